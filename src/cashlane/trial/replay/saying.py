"""Everything a replay says that is no fact: faults of facts, names of figures, parties, units."""

from collections.abc import Mapping

from cashlane.values.text import Text

FAULTS: Mapping[str, Text] = {
    "no-story": Text(
        "没有名为 {name} 的回放；可用：{names}", "no story {name}; there are: {names}"
    ),
    "no-file": Text("读不了 {file}：{why}", "cannot read {file}: {why}"),
    "long-file": Text("{file} 超过 {most} 字节", "{file} is longer than {most} bytes"),
    "no-folder": Text("没有可以写 {file} 的目录", "there is no folder to write {file} into"),
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

METHOD: tuple[Text, ...] = (
    Text(
        "网点与住处由种子在各区内合成摆放，不是真实位置；各区人口、户数、年龄取自2020年人口普查，"
        "谁在柜台缴费按各年龄手机支付的比例推得（中国人民银行2021年消费者调查）。换一个种子就换一种摆放，推算值会变动百分之几。",
        "Outlets and homes are placed synthetically within each district from a seed and are"
        " nowhere real; people, households and ages of the districts are the census of 2020, and"
        " who pays at counters follows from how many of each age pay by phone (central bank"
        " survey, 2021). Another seed places them elsewhere and moves the estimates by some"
        " percent.",
    ),
    Text(
        "网点何时收现金由产品自己的受理规则逐网点判定，精确，不随抽样变化；一天结束时收现金即算当天收。",
        "When an outlet takes cash is decided by the product's own rule, outlet by outlet: exact,"
        " whatever the sample. It counts for a day if it does so at the day's end.",
    ),
    Text(
        "恢复日期是各渠道恢复完成之日，门店其实是陆续恢复的，所以停收天数是上限。",
        "The days of return are those on which a channel was complete; its shops came back one by"
        " one before, so the outlet-days lost are an upper bound.",
    ),
    Text(
        "平时，人们去离家最近的网点。那里停收时，去最近的照常收现金的网点；比平时多走得太远，就等到有变化"
        "再去。白跑过一次的人从此知道该去哪里，直到自己的网点恢复。",
        "People usually go to the counter nearest to their home. When it is shut they go to the"
        " nearest that takes cash as always; if that is too much further they wait for a change."
        " Who came in vain once knows from then on, until their own counter is back.",
    ),
    Text(
        "备用通道每天先到先办，满了就请回；其每日承载量以这些网点最忙一天为准。被拒者下次仍先去自己的网点。",
        "The spare serves who comes first each day, and then no more; what it carries is a part"
        " of the busiest day of these counters. Who was turned away tries their own counter first"
        " again.",
    ),
    Text(
        "多走的路按往返计，白跑全程计入；路程为直线乘以绕行系数。不计公交、不计等待时间、不计滞纳金。",
        "Metres are there and back and a trip in vain counts in full: straight line times detour."
        " Buses, time lost and late fees are not counted.",
    ),
    Text(
        "金额以分为单位取整（四舍五入），分摊用最大余数法；备用通道与可用性付费无论停不停都要付，月数见事实。",
        "Money is whole fen, rounded half up, shares by largest remainder. A spare and an"
        " availability payment are paid whether anything stops or not, for as many months as the"
        " facts say.",
    ),
)
"""How a replay is computed, beside its figures: what no single fact says."""

SAMPLED = Text(
    "网点数与网点天数为精确值；其余按 {looked_at} 名缴费人（共 {payers} 名）抽样推算，"
    "取三位有效数字。种子 {seed}。",
    "Outlets and outlet-days are exact; the rest is estimated from {looked_at} of {payers}"
    " payers and told to three digits. Seed {seed}.",
)
