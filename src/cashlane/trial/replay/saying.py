"""Everything a replay says that is no fact: faults of facts, names of figures, parties, units."""

from collections.abc import Mapping

from cashlane.values.text import Text

FAULTS: Mapping[str, Text] = {
    "no-story": Text(
        "没有名为 {name} 的回放；可用：{names}", "no story {name}; there are: {names}"
    ),
    "no-file": Text("读不了 {file}：{why}", "cannot read {file}: {why}"),
    "long-file": Text("{file} 超过 {most} 字节", "{file} is longer than {most} bytes"),
    "no-toml": Text("{file} 不是有效的 TOML：{why}", "{file} is not TOML: {why}"),
    "no-section": Text(
        "没有名为 {section} 的部分；可用：{known}",
        "there is no section {section}; there are: {known}",
    ),
    "no-table": Text("{place} 应为表", "{place} must be a table"),
    "no-sentence": Text(
        "{place} 缺中文或英文句子", "{place} lacks its Chinese or English sentence"
    ),
    "no-field": Text("{place} 不认识字段 {field}", "{place} knows no field {field}"),
    "field-missing": Text("{place} 缺字段 {field}", "{place} lacks its {field}"),
    "no-kind": Text(
        "{place} 的类别 {kind} 不认识；可用：{kinds}", "{place}: no kind {kind}; there are: {kinds}"
    ),
    "no-date": Text("{place} 的 date 不是日期", "{place}: its date is no date"),
    "no-source": Text(
        "{place} 的来源 {source} 未在 sources 中列出", "{place}: {source} is not among the sources"
    ),
    "no-setting": Text("应写作 名称=值：{setting}", "write name=value: {setting}"),
    "no-fact": Text(
        "没有名为 {place} 的事实；相近的有：{near}", "there is no fact {place}; near it: {near}"
    ),
    "fact-missing": Text("缺事实 {place}", "the fact {place} is missing"),
    "no-world": Text("没有任何经过可算", "there is no world to compute"),
    "want-date": Text(
        "{place} 应为日期（年-月-日），现为 {value}",
        "{place} must be a date (2022-01-14), not {value}",
    ),
    "want-word": Text(
        "{place} 应为 {words} 之一，现为 {value}", "{place} must be one of {words}, not {value}"
    ),
    "want-number": Text(
        "{place} 应为整数，现为 {value}", "{place} must be a whole number, not {value}"
    ),
    "out-of-bounds": Text(
        "{place} 应在 {least} 与 {most} 之间，现为 {value}",
        "{place} must lie between {least} and {most}, not {value}",
    ),
    "no-chain": Text(
        "模拟城市没有代码为 {code} 的渠道；可用：{codes}",
        "the simulated city has no channel {code}; there are: {codes}",
    ),
    "no-outlets": Text("{world}：一个网点也没有", "{world}: there are no outlets"),
    "window": Text(
        "{world}：回放应从第一天到最后一天，至多 {most} 天",
        "{world}: the replay runs from its first day to its last, {most} days at most",
    ),
    "outside": Text(
        "{world}：{place} 不在回放的日期之内",
        "{world}: {place} lies outside the days of the replay",
    ),
    "order": Text(
        "{world}：{later} 应晚于 {earlier}", "{world}: {later} must come after {earlier}"
    ),
    "no-share": Text("{world}：手续费没有任何一方分得", "{world}: nobody has a share of the fee"),
    "too-many": Text(
        "{world}：撤下的网点 {count} 多于邮政网点 {most}",
        "{world}: {count} quiet offices are more than the {most} there are",
    ),
}
