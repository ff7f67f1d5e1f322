"""Billers and their bills: who is owed, what, and how much of it a counter may take.

The record of a biller follows India's bill network: input fields, flow, amount rule, windows,
limits, capacity and posting rules are data, so that a biller is added without code.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Literal

from msgspec import Struct

from cashlane.values.text import Text


class InputField(Struct, frozen=True):
    """One thing the cashier types when there is no barcode, with its bounds."""

    key: str
    name: Text
    least: int
    most: int
    digits_only: bool


class AmountRule(Struct, frozen=True):
    """What amounts a biller takes against a bill; bounds in minor units.

    exact: the bill's amount. below / above: exact or less / more. any: no bill needed. range:
    `least` to `most`. multiple: of `step`. choices: one of `choices`.
    """

    kind: Literal["exact", "below", "above", "any", "range", "multiple", "choices"]
    least: int = 1
    most: int = 0
    step: int = 1
    choices: tuple[int, ...] = ()


class CashRule(Struct, frozen=True):
    """What happens to the part of an amount that no existing coin can pay.

    exact: the amount is asked for to the minor unit. down: the cash figure is rounded down and
    `bearer` carries the rest. carry: rounded down, and the rest stays owed on the customer's
    account (零头), which the receipt says. Never up.
    """

    kind: Literal["exact", "down", "carry"]
    bearer: Literal["biller", "network"] = "biller"


class Window(Struct, frozen=True):
    """A daily opening in the network's zone, from `opens` up to but not including `closes`."""

    opens: time
    closes: time


class Notice(Struct, frozen=True):
    """A planned or sudden closure of a biller, and the sentence shown at the till."""

    since: datetime
    until: datetime | None
    sentence: Text


class Biller(Struct, frozen=True):
    """Who issues bills, and everything a counter must know to take money for it.

    `number` names it inside the ledger, `code` on the wire. `flow`: "inquire" asks the biller
    what is owed; "file" looks in the bill file it handed over; "direct" trusts the printed code.
    `inquiries_per_minute` is the biller's published capacity, per network and per customer.
    `receipt_discharges`: by contract the customer is free of the debt at acceptance.
    `dedups_across_routes`: the biller itself refuses a second posting of one payment id.
    """

    number: int
    code: str
    name: Text
    kind: Literal["electricity", "water", "gas", "other"]
    flow: Literal["inquire", "file", "direct"]
    fields: tuple[InputField, ...]
    layouts: tuple[str, ...]
    amount_rule: AmountRule
    cash_rule: CashRule
    choice: Literal["one", "any", "all"]
    payment_most: int
    windows: tuple[Window, ...]
    notices: tuple[Notice, ...]
    inquiries_per_minute: int
    inquiries_per_minute_customer: int
    parts_allowed: bool
    receipt_discharges: bool
    dedups_across_routes: bool


class BillLine(Struct, frozen=True):
    """One line of a bill as the biller prints it, in minor units (a rebate is negative)."""

    name: Text
    amount: int


class Bill(Struct, frozen=True):
    """What is owed. `ref` is the biller's own identity of the bill, never the scanned text."""

    biller: int
    ref: str
    account: str
    period: str
    amount: int
    due_on: date | None
    customer: str
    lines: tuple[BillLine, ...] = ()


class BillKey(Struct, frozen=True):
    """How a bill was named at the counter: read from a code, or typed as an account."""

    biller: int
    account: str
    ref: str | None = None
    amount: int | None = None


def mask_name(name: str) -> str:
    """A customer's name as a counter may show it: 张三 -> 张*, 欧阳小明 -> 欧阳**."""
    kept = 2 if len(name) > 3 else 1
    return name[:kept] + "*" * max(1, len(name) - kept)


def mask_account(account: str) -> str:
    """An account number as a list may show it, its end only: 310100123456 -> ••••3456."""
    return "••••" + account[-min(4, len(account) // 2) :] if len(account) > 1 else "••••"


def takes(rule: AmountRule, *, owed: int, amount: int) -> bool:
    """Whether a biller's rule lets this amount be taken against what is owed (minor units)."""
    return _TAKES[rule.kind](rule, owed, amount)


_TAKES: Mapping[str, Callable[[AmountRule, int, int], bool]] = {
    "exact": lambda _rule, owed, amount: amount == owed,
    "below": lambda rule, owed, amount: rule.least <= amount <= owed,
    "above": lambda _rule, owed, amount: amount >= owed,
    "any": lambda rule, _owed, amount: amount >= rule.least,
    "range": lambda rule, _owed, amount: rule.least <= amount <= rule.most,
    "multiple": lambda rule, _owed, amount: amount >= rule.least and amount % rule.step == 0,
    "choices": lambda rule, _owed, amount: amount in rule.choices,
}
