"""The two papers a counter gives: the receipt, and the acceptance slip while in doubt.

Both carry the same number and code. Paid, and written off at the biller, are two facts and are
printed as two; about late fees a paper promises only what a contract or a guarantee carries.
"""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from cashlane.values.money import Currency, write_amount
from cashlane.values.text import Text
from cashlane.values.times import zoned

PaperState = Literal["CONFIRMED", "STOOD_IN", "CASH_IN", "SENT", "UNKNOWN", "OFFLINE"]


class PaperFacts(Struct, frozen=True, kw_only=True):
    """Everything that a paper may say about one payment; amounts in minor units.

    `account` comes in full and is printed masked. `accepted_at` is in the outlet's own zone.
    `receipt_discharges` is the biller's contract, `guarantee` the operator's promise. `copy`
    counts reprints, 0 for the first print. "OFFLINE": accepted by a till without connection.
    """

    payment: str
    biller: Text
    account: str
    period: str
    amount: int
    customer_fee: int
    rounding: int
    carried: int
    cash: int
    currency: Currency
    receipt_number: str
    code: str
    outlet: Text
    outlet_code: str
    business_date: date
    accepted_at: datetime
    state: PaperState
    receipt_discharges: bool
    guarantee: bool
    copy: int


class PaperLine(Struct, frozen=True):
    """One line of a paper: what it is, and what it says. `main` is the line people look for."""

    name: Text
    value: Text | str
    main: bool = False


class Paper(Struct, frozen=True):
    """What both papers have. `word` is printed large; `notes` are whole sentences."""

    title: Text
    word: Text
    lines: tuple[PaperLine, ...]
    notes: tuple[Text, ...]
    code: str
    copy: Text | None


class Receipt(Paper, frozen=True):
    """收据: the bill is paid, checkable by anyone."""


class AcceptanceSlip(Paper, frozen=True):
    """受理单: the cash is here, the outcome is not known yet. Never a receipt."""


def paper_for(facts: PaperFacts) -> Receipt | AcceptanceSlip:
    """The paper that a payment's state calls for. Other states have none.

    A receipt for CONFIRMED and STOOD_IN, else a slip. Raises AssertionError where the parts of
    the amount do not add up.
    """
    assert facts.amount + facts.customer_fee == facts.cash + facts.rounding + facts.carried
    zoned(facts.accepted_at)
    paid = facts.state in {"CONFIRMED", "STOOD_IN"}
    return _receipt(facts) if paid else _slip(facts)


def _receipt(facts: PaperFacts) -> Receipt:
    return Receipt(
        title=Text("缴费收据", "Payment receipt"),
        word=Text("已缴费", "PAID"),
        lines=_lines(facts),
        notes=(discharge(facts), _CHECK, _NOT_AN_INVOICE),
        code=facts.code,
        copy=_copy(facts),
    )


def _slip(facts: PaperFacts) -> AcceptanceSlip:
    return AcceptanceSlip(
        title=Text("缴费受理单（非收据）", "Acceptance slip (not a receipt)"),
        word=Text("结果确认中", "BEING CONFIRMED"),
        lines=_lines(facts),
        notes=(_FOLLOWS, discharge(facts), _NOT_AN_INVOICE),
        code=facts.code,
        copy=_copy(facts),
    )


_CHECK = Text(
    "凭核验码可在任一网点、网页或电话核验本收据。",
    "Anyone can check this receipt by its code: at any outlet, on the web, by telephone.",
)
_FOLLOWS = Text(
    "现金已收，正在与收费单位确认，请勿重复缴费。凭核验码可在任一网点换取收据；如未成功，现金退还。",
    "Your cash is here and we are asking the biller: please do not pay again. The receipt follows"
    " at any outlet by the code; if it cannot be done, your cash is given back.",
)
_NOT_AN_INVOICE = Text(
    "本单不是发票，发票由收费单位开具。",
    "This is not a tax invoice; the biller issues that.",
)
_DISCHARGED = Text(
    "自受理时刻起，本笔账单停止计收滞纳金，并不得因此停供。",
    "From the time of acceptance this bill bears no late fee and no cut-off.",
)
_GUARANTEED = Text(
    "如因本笔缴费被计收滞纳金或停供，由本网络赔付。",
    "If you are charged or cut off because of this payment, the network makes it good.",
)
_CERTAIN = Text(
    "本网点已于上述时刻为该账单收取上述现金。",
    "This outlet took the cash above for this bill at the time above.",
)


def discharge(facts: PaperFacts) -> Text:
    """What a paper may say about late fees: the contract, else the guarantee, else the fact."""
    if facts.receipt_discharges:
        return _DISCHARGED
    return _GUARANTEED if facts.guarantee else _CERTAIN


_WRITTEN_OFF = {
    "CONFIRMED": Text("已销账", "written off"),
    "STOOD_IN": Text("待送达", "to be delivered"),
}
_ASKING = Text("确认中", "being asked")


def _lines(facts: PaperFacts) -> tuple[PaperLine, ...]:
    """All lines that say something; a figure of nothing is printed only for the fee."""
    at = facts.accepted_at
    lines = (
        PaperLine(Text("收费单位", "Biller"), facts.biller),
        PaperLine(Text("户号", "Account"), mask_account(facts.account)),
        PaperLine(Text("账期", "Period"), _period(facts.period)),
        *_money_lines(facts),
        PaperLine(Text("销账", "At the biller"), _WRITTEN_OFF.get(facts.state, _ASKING)),
        PaperLine(Text("网点", "Outlet"), facts.outlet),
        PaperLine(Text("网点编号", "Outlet no."), facts.outlet_code),
        PaperLine(Text("受理时刻", "Accepted"), f"{at:%Y-%m-%d %H:%M:%S}"),
        PaperLine(Text("账务日", "Business date"), f"{facts.business_date:%Y-%m-%d}"),
        PaperLine(Text("收据号", "Number"), facts.receipt_number),
        PaperLine(Text("缴费号", "Payment"), facts.payment),
    )
    return tuple(line for line in lines if line.value)


def _money_lines(facts: PaperFacts) -> tuple[PaperLine, ...]:
    code = facts.currency.code

    def written(amount: int) -> str:
        return f"{write_amount(amount, facts.currency)} {code}"

    carried, rounding = facts.carried, facts.rounding
    return (
        PaperLine(Text("账单金额", "Bill"), written(facts.amount)),
        PaperLine(Text("手续费", "Fee"), written(facts.customer_fee)),
        PaperLine(Text("抹零", "Rounded off"), written(-rounding) if rounding else ""),
        PaperLine(Text("零头转下期", "Carried over"), written(-carried) if carried else ""),
        PaperLine(Text("实收现金", "Cash"), written(facts.cash), main=True),
    )


def _period(period: str) -> str:
    return f"{period[:4]}-{period[4:]}" if len(period) == 6 and period.isdigit() else period


def _copy(facts: PaperFacts) -> Text | None:
    return Text("补印第 {n} 份", "COPY {n}").fill(n=facts.copy) if facts.copy else None


def mask_account(account: str) -> str:
    """An account as a paper may show it: the last four characters, at most half of it."""
    shown = min(4, len(account) // 2)
    return "*" * (len(account) - shown) + account[len(account) - shown :]
