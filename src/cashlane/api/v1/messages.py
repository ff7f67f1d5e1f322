"""The bodies of requests and answers. Inputs are checked here, at the door, and not again.

Unknown fields are refused; amounts are integers of the minor unit.
"""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Struct
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from cashlane.values.money import AMOUNT_MAX

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Account = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Scanned = Annotated[str, StringConstraints(min_length=1, max_length=400)]


def _whole(value: object) -> object:
    """Only a JSON integer is an amount: no text, no fraction, no truth value."""
    if type(value) is not int:
        raise ValueError("must be a JSON integer of minor units")
    return value


def _truth(value: object) -> object:
    if type(value) is not bool:
        raise ValueError("must be true or false")
    return value


Amount = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=AMOUNT_MAX)]
Cash = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=AMOUNT_MAX)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Token = Annotated[str, StringConstraints(min_length=20, max_length=2000)]
PaymentId = Annotated[str, StringConstraints(pattern=r"^pay_[0-9a-hjkmnp-tv-z]{26}$")]
Language = Literal["zh", "en"]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class At(_Body):
    """Where the request comes from: an outlet of the caller, and a till of it."""

    outlet: Code
    till: Code


class InquiryIn(At):
    """What is owed: by the scanned code, or by biller and account."""

    code: Scanned | None = None
    biller: Code | None = None
    account: Account | None = None
    bill_ref: Account | None = None
    amount: Amount | None = None
    hold: Truth = False


class PaymentIn(At):
    """Take cash for a held bill, or directly for a named one."""

    hold: Token | None = None
    code: Scanned | None = None
    biller: Code | None = None
    account: Account | None = None
    bill_ref: Account | None = None
    amount: Amount | None = None
    currency: Annotated[str, StringConstraints(min_length=3, max_length=3)] | None = None
    tendered: Cash


class KeyedPaymentIn(PaymentIn):
    """One payment of a batch, under its own key."""

    key: UUID


class BatchIn(_Body):
    """Payments of one agent, each decided on its own."""

    payments: Annotated[list[KeyedPaymentIn], Field(min_length=1, max_length=200)]


class VisitLineIn(_Body):
    """One held bill of a basket, under its own key."""

    key: UUID
    hold: Token


class VisitIn(At):
    """A basket: one cash figure for 1 to 20 held bills."""

    visit: UUID
    tendered: Cash
    items: Annotated[list[VisitLineIn], Field(min_length=1, max_length=20)]


class AbandonIn(At):
    """Make sure that a key never becomes a payment."""

    key: UUID


class NameOut(Struct, frozen=True):
    """A name in both languages."""

    zh: str
    en: str


class BillerOut(Struct, frozen=True):
    """A biller by code and name."""

    code: str
    name: NameOut


class HoldOut(Struct, frozen=True):
    """The claim on a bill and our signed promise of its price."""

    id: UUID
    token: str
    until: str


class BillOut(Struct, frozen=True):
    """One bill on offer, and what it costs here."""

    bill_ref: str
    account: str
    period: str
    customer: str
    due_on: str | None
    owed: int
    amount: int
    customer_fee: int
    rounding: int
    carried: int
    cash_due: int
    currency: str
    hold: HoldOut | None


class InquiryOut(Struct, frozen=True):
    """What is owed to a biller."""

    biller: BillerOut
    bills: list[BillOut]


class PaymentOut(Struct, frozen=True):
    """An accepted payment: only what was fixed at acceptance, so that a replay is the same."""

    payment: str
    receipt_number: str
    business_date: str
    accepted_at: str
    outlet: str
    till: str
    biller: str
    bill_ref: str
    account: str
    period: str
    amount: int
    customer_fee: int
    rounding: int
    carried: int
    cash_due: int
    tendered: int
    change: int
    currency: str
    visit: UUID | None


class StatusOut(Struct, frozen=True):
    """How a payment stands: its state, the one word for the till, and whether it is written off.

    "paid" and "written off at the biller" are two facts and shown as two.
    """

    payment: str
    state: str
    word: Literal["paid", "not_paid", "in_doubt"]
    written_off: bool
    contradicted: bool
    receipt_number: str
    receipt_code: str | None
    details: PaymentOut


class KeyOut(Struct, frozen=True):
    """What was decided under a key: a payment, a refusal's code, or that it was abandoned."""

    key: UUID
    verdict: Literal["accepted", "refused", "abandoned", "burnt"]
    code: str | None
    payment: str | None


class AbandonOut(Struct, frozen=True):
    """The key is closed for ever, or it had become a payment before."""

    abandoned: bool
    payment: PaymentOut | None


class UndoOut(Struct, frozen=True):
    """An undoing that is on the books; how it ends is asked by the payment's status."""

    payment: str
    act: Literal["void", "cash_returned", "slip_given", "refunded"]
    at: str


class LineOut(Struct, frozen=True):
    """One line of a batch or basket: the payment, or the problem with it."""

    key: UUID
    payment: PaymentOut | None
    problem: dict[str, object] | None


class BatchOut(Struct, frozen=True):
    """Answers in the order of the requests; partly refused is normal."""

    results: list[LineOut]


class VisitOut(Struct, frozen=True):
    """A basket's answer: what was taken of the cash, what goes back, and each line's own."""

    visit: UUID
    tendered: int
    count: int
    total: int
    change: int
    currency: str
    results: list[LineOut]


class OutletOut(Struct, frozen=True):
    """An outlet of the caller."""

    code: str
    name: NameOut
    brand: str
    district: str
    suspended: bool
    tills: list[str]


class OutletsOut(Struct, frozen=True):
    """A page of outlets; `next` is the cursor of the following page, null at the end."""

    outlets: list[OutletOut]
    next: str | None


class RouteOut(Struct, frozen=True):
    """A way to billers."""

    code: str
    name: NameOut
    kind: str
    open: bool
    billers: list[str]


class RoutesOut(Struct, frozen=True):
    """All ways."""

    routes: list[RouteOut]
