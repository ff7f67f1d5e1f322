"""What every public figure about lost service counts, from which rows, as of when; and the columns
of its open data, in the order in which they stand for good."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from cashlane.core.network import Network
from cashlane.core.restoration import Standing
from cashlane.core.withdrawal import STAGE_NAMES, STAGES
from cashlane.values.ids import spell
from cashlane.values.text import Text
from cashlane.web.citizen.proven import READINESS

Cell = str | int | date | None
Value = Callable[[Network, Standing], Cell]


class Figure(Struct, frozen=True):
    """A public figure: what it counts, and from which rows by which rule."""

    anchor: str
    name: Text
    counts: Text
    query: Text


_ALL_ROWS = Text(
    "restoration_cases 与 restoration_facts 的全部行；被更正的事实与误开的事项不计。",
    "All rows of restoration_cases and restoration_facts; facts that were corrected and cases"
    " opened by mistake are left out.",
)
FIGURES: tuple[Figure, ...] = (
    Figure(
        "outlets-taking-cash",
        Text("可收现金的网点", "outlets taking cash"),
        Text(
            "当日终了时，启用的网点减去停收的网点；今天还减去沉默到已触发警报的网点。"
            "只停一家账单的事项不计，因为该网点仍收其他账单。",
            "Outlets enabled less outlets out, at the end of the day; today, less those too whose"
            " silence is an alarm. A case about one biller's bills is not counted, since the outlet"
            " still takes the others.",
        ),
        Text(
            "启用数按机构合计，减去该机构各事项的停收数与 silence_alarms 中未解除的警报数"
            "（至多减到零）；列在“按日”表中。",
            "Outlets enabled by chain, less those out in the chain's cases and those with an alarm"
            " in silence_alarms that has not ended (never below none); listed by day.",
        ),
    ),
    Figure(
        "outlets-enabled",
        Text("启用的网点", "outlets enabled"),
        Text(
            "登记册上今天启用的网点：未被暂停，也未整体撤办。以往各日也用今天的数。",
            "Outlets that the register has on today: neither suspended nor withdrawn as a whole."
            " Earlier days are told with today's number.",
        ),
        Text(
            "outlets 与 service_states 中今天有效的状态。",
            "The states of outlets and service_states in force today.",
        ),
    ),
    Figure(
        "outlets-took-cash",
        Text("近 14 天收过现金的网点", "outlets that took cash in the last 14 days"),
        Text(
            "启用的网点中，最近 14 个账务日里至少收过一笔现金、且沉默未触发警报的。",
            "Of the outlets enabled, those with a payment in cash on one of the last 14 business"
            " days, whose silence is no alarm.",
        ),
        Text(
            "limits 中各网点最近一次开出收据的账务日；减去 silence_alarms 中未解除的；半分钟一查。",
            "The business date of each outlet's last receipt in limits, less those with an alarm in"
            " silence_alarms that has not ended; looked up every half minute.",
        ),
    ),
    Figure(
        "taking-now",
        Text("此刻能收的网点", "outlets taking a bill now"),
        Text(
            "该机构有合同的网点中，此刻业务未停、收费单位在收、至少一条通道畅通的；"
            "沉默已触发警报的不计。关着门的网点也算：营业时间见各网点页。",
            "Of the agent's outlets under contract, those whose service is on, whose biller takes"
            " payments and for which a way is open at this moment, without those whose silence is"
            " an alarm. A door may be closed: each outlet's page tells its hours.",
        ),
        Text(
            "每秒按登记册、收费单位公告与时段、各通道状况算一次；页面“截至”即其时刻。",
            "Worked out once a second from the register, billers' notices and windows and the state"
            " of each way; the page's “as of” is its moment.",
        ),
    ),
    Figure(
        "under-contract",
        Text("有合同的网点", "outlets under contract"),
        Text(
            "机构与该收费单位有合同时，该机构启用的和暂停的全部网点。",
            "All outlets of an agent that has a contract for the biller, suspended ones included.",
        ),
        Text(
            "outlets 与 contracts 中今天有效的行。", "Rows of outlets and contracts in force today."
        ),
    ),
    *(
        Figure(
            f"spare-{readiness}",
            name,
            Text(
                "机构与收费单位的组合数，按其备用通道最近一次缴成的日期分类；一个组合计一。",
                "Pairs of an agent and a biller by the day on which their spare way last carried a"
                " payment; each pair counts once.",
            ),
            Text(
                "/now/ways.json 中的 pairs，按 readiness 计数。",
                "The pairs of /now/ways.json, counted by readiness.",
            ),
        )
        for readiness, name in READINESS.items()
    ),
    Figure(
        "outlets-meant",
        Text("涉及的网点", "outlets concerned"),
        Text(
            "登记停收时所指的网点数；此后不变。",
            "The outlets that a case speaks of, fixed when it was put on record.",
        ),
        Text(
            "restoration_cases 的 outlets_meant 列。", "Column outlets_meant of restoration_cases."
        ),
    ),
    Figure(
        "outlets-back",
        Text("已恢复的网点", "outlets back"),
        Text(
            "涉及的网点中，到当日终了时又能收现金的；登记“网点恢复”而未写数目的，视为全部。",
            "Of the outlets concerned, those that took cash again at the end of the day; the stage"
            ' "outlets on" without a number means all of them.',
        ),
        Text(
            "日期不晚于当日的事实中，日期最晚者所写的数目。",
            "The number in the fact with the latest day, of those not after the day in question.",
        ),
    ),
    Figure(
        "outlets-out",
        Text("停收的网点", "outlets out"),
        Text(
            "涉及的网点减去已恢复的网点；开始日期之前与事项结束之后为零。",
            "Outlets concerned less outlets back; none before the case began or after it was"
            " closed.",
        ),
        _ALL_ROWS,
    ),
    Figure(
        "outlet-days-lost",
        Text("损失的网点·天", "outlet-days lost"),
        Text(
            "每个网点每停收一天计一；开始当日计入，恢复当日不计，今天计入。",
            "One for every outlet and day on which it was out at the day's end: the first day"
            " counts, the day of return does not, today does.",
        ),
        _ALL_ROWS,
    ),
    Figure(
        "days-late",
        Text("逾期天数", "days late"),
        Text(
            "阶段的计划日期已过而未实现：计划日期到今天的天数；多个阶段取最大者。",
            "For a stage whose planned day went by without it: days from that day to today; of"
            " several stages the longest.",
        ),
        Text(
            "各阶段最后一次计划，与其实现的日期。",
            "The plan last said for each stage, and the day on which it came.",
        ),
    ),
)


class Column(Struct, frozen=True):
    """A column of the open data: its name, type, meaning, and value for a case."""

    name: str
    kind: Literal["string", "date", "integer"]
    meaning: Text
    of: Value


CASE_COLUMNS: tuple[Column, ...] = (
    Column("case", "string", Text("事项编号，永久不变", "the case's name, for good"),
           lambda _, it: spell("rst", it.case.id)),
    Column("chain", "string", Text("代收机构代码", "the chain's code"),
           lambda net, it: net.agents[it.case.agent].code),
    Column("chain_zh", "string", Text("代收机构名称（中文）", "the chain's name in Chinese"),
           lambda net, it: net.agents[it.case.agent].name.zh),
    Column("chain_en", "string", Text("代收机构名称（英文）", "the chain's name in English"),
           lambda net, it: net.agents[it.case.agent].name.en),
    Column("cause", "string",
           Text("原因类别：technical 技术，commercial 商务，legal 法律，other 其他",
                "class of the cause: technical, commercial, legal or other"),
           lambda _, it: it.case.cause),
    Column("route", "string",
           Text("通道代码；空为不因通道", "the route's code; empty where no route is the cause"),
           lambda net, it: None if it.case.route is None else net.routes[it.case.route].code),
    Column("biller", "string",
           Text("收费单位代码；空为全部账单", "the biller's code; empty for all bills"),
           lambda net, it: net.billers[it.case.biller].code if it.case.biller else None),
    Column("began_on", "date", Text("停收开始日期", "the day it began"),
           lambda _, it: it.case.began_on),
    Column("closed_on", "date", Text("事项结束日期；空为未结束", "the day it was closed"),
           lambda _, it: it.closed_on),
    Column("stage", "string",
           Text("正在进行的阶段；空为全部恢复", "the stage worked on; empty once all are back"),
           lambda _, it: it.stage),
)  # fmt: skip


def _stage_columns() -> Iterator[Column]:
    for at, stage in enumerate(STAGES):
        name = STAGE_NAMES[stage]
        planned = Text("阶段“{stage}”的计划日期", 'stage "{stage}": the day planned')
        came = Text("阶段“{stage}”的实现日期", 'stage "{stage}": the day it came')
        yield Column(f"{stage}_planned", "date", planned.fill(stage=name), _planned(at))
        yield Column(f"{stage}_came", "date", came.fill(stage=name), _came(at))


def _planned(at: int) -> Value:
    return lambda _, it: it.stages[at].planned


def _came(at: int) -> Value:
    return lambda _, it: it.stages[at].came


def _meaning(anchor: str) -> Text:
    return next(one.counts for one in FIGURES if one.anchor == anchor)


_FIGURE_COLUMNS: Mapping[str, tuple[str, Callable[[Standing], int]]] = {
    "outlets_meant": ("outlets-meant", lambda it: it.case.outlets_meant),
    "outlets_back": ("outlets-back", lambda it: it.outlets_on),
    "outlets_out": ("outlets-out", lambda it: it.outlets_out),
    "outlet_days_lost": ("outlet-days-lost", lambda it: it.lost_outlet_days),
    "days_late": ("days-late", lambda it: it.late_days),
}


def _figure_columns() -> Iterator[Column]:
    for name, (anchor, of) in _FIGURE_COLUMNS.items():
        yield Column(name, "integer", _meaning(anchor), _figure(of))


def _figure(of: Callable[[Standing], int]) -> Value:
    return lambda _, it: of(it)


COLUMNS: tuple[Column, ...] = (*CASE_COLUMNS, *_stage_columns(), *_figure_columns())
"""New columns are added at the end, and none changes its place or meaning."""
DAY_COLUMNS: Mapping[str, tuple[str, Text]] = {
    "day": ("date", Text("日期", "the day")),
    "outlets_taking_cash": ("integer", _meaning("outlets-taking-cash")),
}
"""The columns of the line by day."""
