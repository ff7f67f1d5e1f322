"""The figures that a calculation begins with: public ones and assumptions, marked apart.

Whoever runs a network replaces them by measured ones; each says what it rests on.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from cashlane.values.text import Text

Basis = Literal["public", "assumed", "measured", "agreed"]
BASIS_NAMES: Mapping[Basis, Text] = {
    "public": Text("公开数据", "public"),
    "assumed": Text("假设", "assumed"),
    "measured": Text("本网络实测", "measured here"),
    "agreed": Text("合同约定", "by contract"),
}


class Figure(Struct, frozen=True):
    """A whole number with its unit, and what it rests on. `dated`: since when it holds if it is
    public or agreed, when it was counted if it was measured, when it was assumed otherwise."""

    code: str
    value: int
    unit: Text
    basis: Basis
    source: Text
    dated: date


_FEN = Text("分", "fen")
_SECONDS = Text("秒", "seconds")
_PPM = Text("百万分之一", "parts per million")
_COUNT = Text("笔", "payments")
_TRIPS = Text("次", "trips")
_VISITS = Text("人次", "visits")
_MINUTES = Text("分钟", "minutes")
_ASSUMED_ON = date(2026, 11, 24)


def _assumed(code: str, value: int, unit: Text, zh: str, en: str) -> Figure:
    return Figure(code, value, unit, "assumed", Text(zh, en), _ASSUMED_ON)


STARTING = (
    Figure(
        "wage_an_hour", 2_300, _FEN, "public",
        Text("上海市公布的小时最低工资标准，自 2021 年 7 月 1 日起",
             "Shanghai's minimum hourly wage as the city announced it, from 1 July 2021"),
        date(2021, 7, 1),
    ),
    _assumed("on_cost_ppm", 350_000, _PPM, "雇主在工资之外的支出，约三成半",
             "what an employer pays on top of a wage, about 35 %"),
    _assumed("seconds_store", 35, _SECONDS, "便利店扫码收款一笔", "one scanned payment at a store"),
    _assumed("seconds_post", 100, _SECONDS, "邮政柜台收款一笔", "one payment at a post counter"),
    _assumed("seconds_bank", 100, _SECONDS, "银行柜台收款一笔，取与邮政柜台相同",
             "one payment at a bank counter, taken to be as long as at the post"),
    _assumed("payments_a_day", 14, _COUNT, "按线下约一成缴费分摊到 4,407 个网点推算",
             "a tenth of the city's bills shared by 4,407 outlets"),
    _assumed("payments_a_month", 420, _COUNT, "每天 14 笔，一月按 30 天",
             "fourteen a day, a month of thirty days"),
    _assumed("bill", 10_000, _FEN, "水、电、燃气账单的平均金额，按居民电价水价气价推算",
             "a mean bill of electricity, water or gas at a household's tariffs"),
    _assumed("fee", 30, _FEN, "网点每笔所得", "what an outlet gets for a payment"),
    _assumed("subsidy", 0, _FEN, "每笔另得的补贴；未见公开的做法",
             "what is paid on top for each payment; none is known"),
    _assumed("availability", 0, _FEN, "网点每月的保底补贴；未见公开的做法",
             "what an outlet gets a month for being there; none is known"),
    _assumed("deposit_ppm", 500, _PPM, "银行收存现金的费用占比",
             "what a bank takes of cash paid in"),
    _assumed("trips", 0, _TRIPS, "账单现金随网点其他现金一同解款，不另跑",
             "the cash of bills goes with the outlet's other cash"),
    _assumed("trip_cost", 5_000, _FEN, "专跑一次解款", "one trip to the bank made for it"),
    _assumed("errors_ppm", 50, _PPM, "盖章而未入账，两万笔一笔",
             "stamped and never posted: one payment in 20,000"),
    _assumed("error_cost", 10_000, _FEN, "一张差错账单的金额，由网点承担",
             "the amount of such a bill, borne by the outlet"),
    _assumed("programme_pay", 0, _FEN,
             "合办业务每次在其用时工资之外付给网点的；未见公开的做法",
             "what a programme pays for a visit beyond the wage of its minutes; none is known"),
    _assumed("programme_visits", 60, _VISITS, "一项合办业务每月的人次，一个工作日约三人次",
             "visits a month for one programme: about three a working day"),
    _assumed("programme_minutes", 10, _MINUTES, "合办业务一次用时",
             "the time of one visit for a programme"),
    _assumed("fixed", 3_000, _FEN, "收款机、线路与备用金每月分摊",
             "its part of the machine, the line and the cash kept ready, a month"),
)  # fmt: skip
"""What a new network's calculator shows before anybody has measured anything."""


def figure(code: str) -> Figure:
    """One of the starting figures."""
    return next(one for one in STARTING if one.code == code)
