"""The figures that a calculation begins with: public ones and assumptions, marked apart.

Whoever runs a network replaces them by measured ones; each says what it rests on.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from cashlane.values.text import Text

Basis = Literal["public", "assumed", "measured"]
BASIS_NAMES: Mapping[Basis, Text] = {
    "public": Text("公开数据", "public"),
    "assumed": Text("假设", "assumed"),
    "measured": Text("本网络实测", "measured here"),
}


class Figure(Struct, frozen=True):
    """A whole number with its unit, and what it rests on."""

    code: str
    value: int
    unit: Text
    basis: Basis
    source: Text


_FEN = Text("分", "fen")
_SECONDS = Text("秒", "seconds")
_PPM = Text("百万分之一", "parts per million")

STARTING = (
    Figure(
        "wage_an_hour", 2_300, _FEN, "public",
        Text("上海市小时最低工资，自 2021 年 7 月 1 日起",
             "Shanghai's minimum hourly wage from 1 July 2021"),
    ),
    Figure(
        "on_cost_ppm", 350_000, _PPM, "assumed",
        Text("雇主在工资之外的支出，约三成半",
             "what an employer pays on top of a wage, about 35 %"),
    ),
    Figure(
        "seconds_store", 35, _SECONDS, "assumed",
        Text("便利店扫码收款一笔", "one scanned payment at a store"),
    ),
    Figure(
        "seconds_post", 100, _SECONDS, "assumed",
        Text("邮政柜台收款一笔", "one payment at a post counter"),
    ),
    Figure(
        "payments_a_day", 14, Text("笔", "payments"), "assumed",
        Text("按线下约一成缴费分摊到 4,407 个网点推算",
             "a tenth of the city's bills shared by 4,407 outlets"),
    ),
    Figure("fee", 30, _FEN, "assumed", Text("网点每笔所得", "what an outlet gets for a payment")),
    Figure(
        "deposit_ppm", 500, _PPM, "assumed",
        Text("银行收存现金的费用占比", "what a bank takes of cash paid in"),
    ),
    Figure(
        "errors_ppm", 50, _PPM, "assumed",
        Text("盖章而未入账，两万笔一笔", "stamped and never posted: one payment in 20,000"),
    ),
    Figure(
        "error_cost", 10_000, _FEN, "assumed",
        Text("一张差错账单的金额，由网点承担", "the amount of such a bill, borne by the outlet"),
    ),
)  # fmt: skip
"""What a new network's calculator shows before anybody has measured anything."""


def figure(code: str) -> Figure:
    """One of the starting figures."""
    return next(one for one in STARTING if one.code == code)
