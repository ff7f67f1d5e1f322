"""Makes operate/figures.md in both languages and its pictures, out of what ./do bench kept.

A figure is shown by its latest line; what was never measured is not shown.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from bench.finding import DATABASE, Profile, Run, kept_profile
from bench.results import Figure, kept

from cashlane.values.text import LANGUAGES, Language, Text
from docs.making.bars import Part, Reached, Whole, reached_picture, whole_picture

FIGURES: Mapping[str, Text] = {
    "pay_single": Text("逐笔缴费", "pays, one a request"),
    "pay_batch": Text("每个请求一百笔缴费", "pays, a hundred a request"),
    "pay_hot": Text("全部缴给同一收费单位、同一通道", "all pays to one biller over one route"),
    "pay_direct": Text("不先占用的缴费，当场查询", "pays without a hold, their bill asked for"),
    "visit": Text("整次到店：查询、占用、缴费、销账", "whole visits: asked, held, paid, confirmed"),
    "latency_200": Text("每秒 200 笔、十分钟内的等待", "the wait at 200 pays a second for 10 min"),
    "bytes_accepted": Text("一笔已受理缴费占用的字节", "bytes that an accepted payment weighs"),
    "bytes_confirmed": Text("一笔已确认缴费占用的字节", "bytes that a confirmed payment weighs"),
    "history_10m": Text(
        "账上已有一千万笔时的逐笔缴费", "pays, one a request, on ten million in the books"
    ),
    "overload": Text("来者三倍于放行数时的拒绝用时", "refusing when three times too many come"),
    "pay_drained": Text("受理并确认的稳定速率", "pays accepted and confirmed, steadily"),
    "import_47475": Text("导入 47,475 家门店的网点表", "a list of 47,475 stores taken"),
    "nearest_outlet": Text("四万多网点中最近的三个", "the nearest three of 47,475 outlets"),
    "coverage_full": Text("全市覆盖，4,407 个网点", "a whole city's coverage, 4,407 outlets"),
    "coverage_delta": Text("关一个网点后的覆盖", "coverage after one closure"),
    "plan_2500x400": Text("规划：2,500 点、400 候选、选 40", "plan: 2,500 points, 40 of 400"),
    "plan_4407": Text("规划：4,407 个候选", "plan: 4,407 candidates"),
}
PARTS: Mapping[str, Text] = {
    "loop": Text("事件循环与套接字", "event loop and sockets"),
    "http": Text("HTTP 读写", "HTTP: reader and writer"),
    "checks": Text("核对：密钥、JSON、占用签名", "checks: key, JSON, the hold's signature"),
    "gather": Text("汇成一批", "gathered into a batch"),
    "decide": Text("决定", "the decision"),
    "rows": Text("组成与读取各行", "rows put together and read"),
    "driver": Text("数据库驱动", "the database driver"),
    "answer": Text("答复的措辞", "the answer's words"),
    "beside": Text("旁边的值守任务", "watching that goes on beside"),
    "load": Text("数据库：加锁与查找", "database: locks and look-ups"),
    "record": Text("数据库：写入各行与索引", "database: rows and indexes"),
    "commit": Text("数据库：提交", "database: commit"),
    "helpers": Text("数据库：其余进程", "database: its other processes"),
    "server": Text("数据库：整个事务", "database: the whole transaction"),
    "press": Text("施压程序（不属于缴费本身）", "the load itself, no part of it"),
}
YARDSTICKS: Mapping[str, Text] = {
    "tpcb": Text("PostgreSQL 的 TPC-B", "PostgreSQL's TPC-B"),
    "pay_single": Text("逐笔缴费", "pays one by one"),
    "empty": Text("空账时的逐笔缴费", "the same on empty books"),
}
UNITS: Mapping[str, Text] = {
    "payments/s": Text("笔/秒", "payments/s"),
    "visits/s": Text("次/秒", "visits/s"),
    "ms": Text("毫秒", "ms"),
    "bytes": Text("字节", "bytes"),
    "s": Text("秒", "s"),
}
_COLOURS = {
    "loop": "#6a5a9e", "http": "#a08fd0", "checks": "#5b8fd6", "gather": "#3fa7b5",
    "decide": "#2f9e6e",
    "rows": "#8fb339", "driver": "#c2a633", "answer": "#b58ad1", "beside": "#8a949c",
    "load": "#e0913a", "record": "#d9663d", "commit": "#c04a5a", "helpers": "#9a6b5b",
    "server": "#d9663d", "press": "#8a949c",
}  # fmt: skip
_PAGES: Mapping[Language, str] = {
    "en": "docs/operate/figures.md",
    "zh": "docs/operate/figures.zh.md",
}
_SUFFIX: Mapping[Language, str] = {"en": "", "zh": ".zh"}

_HEAD = {
    "en": "# Figures of speed\n\n"
          "[中文](figures.zh.md) · made by `./do figures`; not written by hand\n\n"
          "What they mean and how they come about: [speed](speed.md).\n",
    "zh": "# 速度数字\n\n[English](figures.md) · 由 `./do figures` 生成，请勿手工修改\n\n"
          "含义与由来见[速度](speed.zh.md)。\n",
}  # fmt: skip
_NOTHING = Text("尚未测量。", "Nothing has been measured yet.")
_COLUMNS = Text(
    "数字|值|与标尺之比|标准|是否达到|同时测得|日期|提交|命令|机器",
    "Figure|Value|Beside its yardstick|Bar|Holds|Also|Date|Commit|Command|Machine",
)
_BESIDE = Text("{ratio} × {yardstick}，四分位距 {iqr}", "{ratio} × {yardstick}, IQR {iqr}")
_HOLDS = {True: Text("达到", "holds"), False: Text("未达到", "MISSED")}
_MEASURED = Text("测得的数字与其标准", "What was measured, beside its bar")
_AT_BAR = Text("标准（绿色为达到）", "the bar (green: it holds)")
_TITLE = Text("一笔缴费的处理器时间去了哪里", "Where the processor time of one payment goes")
_UNIT = Text("微秒", "µs")
_PAYMENT = Text("一笔缴费", "one payment")
_HUNDRED = Text("百笔一请求中的一笔", "one of a hundred in a request")
_TPCB = Text("一个 TPC-B 事务", "one TPC-B transaction")
_SAID = Text("{us} 微秒，每秒 {per_s}", "{us} µs, {per_s} a second")
_PROFILE_MADE = Text(
    "{date}，提交 {commit}，`{command}`，{machine}。",
    "{date}, commit {commit}, `{command}`, {machine}.",
)
_DISTANCE = Text(
    "一笔缴费是一个 TPC-B 事务的 {times} 倍：数据库部分 {database} 倍，其外另有 {api} 微秒。",
    "A payment takes {times} times a TPC-B transaction: its database part {database} times,"
    " and {api} µs besides.",
)
_MANY_TIMES = 4
"""What a hundred a request should reach, in TPC-B transactions a second."""
_LIMIT = Text(
    "百笔一请求：每笔 {own} 微秒，加施压程序 {press} 微秒。"
    "要达到 TPC-B（同时测得每秒 {theirs}）的 {times} 倍，全部核心每笔只能用 {room} 微秒；"
    "数据库写入各行与索引已用 {record} 微秒，"
    "其余数据库工作 {database} 微秒，接口 {api} 微秒。",
    "A hundred a request: {own} µs each, and {press} µs of the load itself. {times} times TPC-B"
    " ({theirs} a second beside it) would leave {room} µs of all cores for each. The database takes"
    " {record} µs for rows and indexes and {database} µs for the rest, the API {api} µs.",
)
_CORE = Text(
    "一个核心的全部时间够每秒 {per_s} 笔缴费，别无他用。",
    "All the time of one core is enough for {per_s} payments a second, and for nothing else.",
)
_KERNEL = Text(
    "接口的时间中，{kernel} 微秒在内核里：接收一个请求，发出一个答复，与数据库往返。",
    "Of the API's time {kernel} µs are the kernel's: one request received, one answer sent, the way"
    " to the database and back.",
)
_LOGGED = Text(
    "日志：每笔 {bytes} 字节、{images} 个整页映像；每秒 {fsyncs} 次落盘；"
    "每次提交 {each} 笔。TPC-B：{theirs} 字节。",
    "The log: {bytes} bytes and {images} page images a payment; {fsyncs} fsyncs a second;"
    " {each} payments a commit. TPC-B: {theirs} bytes.",
)
_HEAVIEST = Text(
    "| 接口中自身用时最多的函数 | 微秒 |", "| The API's functions that used most themselves | µs |"
)
_CORES = Text(
    "处理器核心：空闲 {idle}，他人占用（含内核自身）{others}。",
    "The cores: {idle} idle, {others} taken by others, the kernel's own work among them.",
)


def pages() -> dict[str, str]:
    """The pages and their pictures by path, of what is kept."""
    return made_of(latest(kept()), kept_profile())


def latest(figures: Iterable[Figure]) -> list[Figure]:
    """The last line of each figure, in the order of the words above; others come last."""
    found = {one.figure: one for one in figures}
    order = [*FIGURES, *sorted(set(found) - set(FIGURES))]
    return [found[name] for name in order if name in found]


def made_of(figures: list[Figure], profile: Profile | None) -> dict[str, str]:
    """Pages and pictures of figures and of a profile, as far as there are any."""
    made = {}
    for language in LANGUAGES:
        text = _HEAD[language]
        if figures:
            name = f"figures{_SUFFIX[language]}.svg"
            made[f"docs/pictures/{name}"] = _figures_picture(figures, language)
            text += f"\n![{_MEASURED.say(language)}](../pictures/{name})\n\n"
            text += "\n".join(_table(figures, language)) + "\n"
        if profile is not None:
            name = f"profile{_SUFFIX[language]}.svg"
            made[f"docs/pictures/{name}"] = _profile_picture(profile, language)
            title = _TITLE.say(language)
            text += f"\n## {title}\n\n![{title}](../pictures/{name})\n\n"
            text += "\n".join(_profile_lines(profile, language)) + "\n"
        if not figures and profile is None:
            text += f"\n{_NOTHING.say(language)}\n"
        made[_PAGES[language]] = text
    return made


# -- figures -----------------------------------------------------------------------------------


def _table(figures: list[Figure], language: Language) -> Iterator[str]:
    names = _COLUMNS.say(language).split("|")
    yield f"| {' | '.join(names)} |\n|{'---|' * len(names)}"
    for one in figures:
        also = ", ".join(f"{name} {number(value)}" for name, value in one.also.items())
        cells = (
            named(one, language), _value(one, language), _beside(one, language),
            one.bar, _holds(one, language), also, one.date, one.commit,
            f"`{one.command}`", one.machine,
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _holds(figure: Figure, language: Language) -> str:
    """Whether it holds; nothing where it has no bar to hold."""
    return _HOLDS[figure.holds].say(language) if figure.bar else ""


def named(figure: Figure, language: Language) -> str:
    """A figure's name; its own where it has no words yet."""
    said = FIGURES.get(figure.figure)
    return said.say(language) if said is not None else figure.figure


def _value(figure: Figure, language: Language) -> str:
    unit = UNITS.get(figure.unit, Text(figure.unit, figure.unit))
    return f"{number(figure.value)} {unit.say(language)}"


def _beside(figure: Figure, language: Language) -> str:
    if not figure.yardstick:
        return ""
    yardstick = YARDSTICKS.get(figure.yardstick, Text(figure.yardstick, figure.yardstick))
    said = _BESIDE.fill(
        ratio=number(figure.ratio), yardstick=yardstick, iqr=number(figure.iqr)
    )  # fmt: skip
    return said.say(language)


def _figures_picture(figures: list[Figure], language: Language) -> str:
    rows = [_reached(one, language) for one in figures]
    return reached_picture(_MEASURED.say(language), _AT_BAR.say(language), rows)


def _reached(figure: Figure, language: Language) -> Reached:
    """Beside a yardstick the ratio counts, and its middle half is drawn around it."""
    bar = bar_of(figure)
    own = figure.ratio if figure.yardstick else figure.value
    beside = _beside(figure, language)
    value = _value(figure, language)
    half = figure.iqr / 2
    return Reached(
        name=named(figure, language),
        value=f"{value} · {beside}" if beside else value,
        wanted=f"{figure.bar}: {_holds(figure, language)}" if figure.bar else "",
        made=" · ".join((figure.date, figure.commit, figure.command, figure.machine)),
        reach=own / bar if bar else None,
        low=(own - half) / bar if bar else 0,
        high=(own + half) / bar if bar else 0,
        holds=figure.holds,
    )  # fmt: skip


def bar_of(figure: Figure) -> float | None:
    """The number that a figure must reach or keep below; None where its bar tells none first."""
    found = re.match(r"(?:p\d+ )?[<>]= ([0-9.]+)", figure.bar)
    return float(found[1]) if found else None


def number(value: float) -> str:
    """As people read it: four digits, thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


# -- the profile -------------------------------------------------------------------------------


def _profile_picture(profile: Profile, language: Language) -> str:
    runs = ((_PAYMENT, profile.payment), (_HUNDRED, profile.hundred), (_TPCB, profile.tpcb))
    wholes = [_whole(name, run, language) for name, run in runs]
    made = _PROFILE_MADE.fill(
        date=profile.date, commit=profile.commit, command=profile.command, machine=profile.machine
    )
    notes = [_distance(profile).say(language), made.say(language).replace("`", "")]
    return whole_picture(_TITLE.say(language), wholes, notes, _UNIT.say(language))


def _whole(name: Text, run: Run, language: Language) -> Whole:
    said = _SAID.fill(us=number(round(run.own_us)), per_s=number(round(run.per_s)))
    parts = [
        Part(PARTS[part].say(language), us, _COLOURS[part], faint=part == "press")
        for part, us in run.parts.items()
    ]
    return Whole(name.say(language), said.say(language), parts)


def _profile_lines(profile: Profile, language: Language) -> Iterator[str]:
    payment, log = profile.payment, profile.payment_log
    lines = (
        _distance(profile),
        _limit(profile),
        _CORE.fill(per_s=number(round(1e6 / payment.own_us))),
        _KERNEL.fill(kernel=f"{profile.kernel_us:.0f}"),
        _LOGGED.fill(
            bytes=number(round(log.bytes_each)), images=f"{log.images_each:.2f}",
            fsyncs=number(round(log.fsyncs_per_s)), each=f"{log.each_commit:.1f}",
            theirs=number(round(profile.tpcb_log.bytes_each)),
        ),
        _CORES.fill(
            idle=f"{payment.idle_percent:.1f} %", others=f"{payment.others_percent:.1f} %"
        ),
        _PROFILE_MADE.fill(
            date=profile.date, commit=profile.commit, command=profile.command,
            machine=profile.machine,
        ),
    )  # fmt: skip
    for line in lines:
        yield f"- {line.say(language)}"
    yield f"\n{_HEAVIEST.say(language)}\n|---|--:|"
    for name, us in profile.heaviest.items():
        yield f"| `{name}` | {us:.1f} |"


def _distance(profile: Profile) -> Text:
    payment, tpcb = profile.payment, profile.tpcb
    database = sum(payment.parts[part] for part in (*DATABASE, "helpers"))
    return _DISTANCE.fill(
        times=f"{payment.own_us / tpcb.own_us:.2f}", database=f"{database / tpcb.own_us:.2f}",
        api=f"{payment.own_us - database:.0f}",
    )  # fmt: skip


def _limit(profile: Profile) -> Text:
    """What keeps many payments in one request from going faster."""
    run = profile.hundred
    database = sum(run.parts[part] for part in (*DATABASE, "helpers"))
    return _LIMIT.fill(
        own=f"{run.own_us:.0f}", press=f"{run.parts['press']:.0f}", times=_MANY_TIMES,
        theirs=number(round(profile.tpcb.per_s)),
        room=f"{profile.cores * 1e6 / (_MANY_TIMES * profile.tpcb.per_s):.0f}",
        record=f"{run.parts['record']:.0f}", database=f"{database - run.parts['record']:.0f}",
        api=f"{run.own_us - database:.0f}",
    )  # fmt: skip
