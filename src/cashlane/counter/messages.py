"""The bodies of requests and answers. Inputs are checked here, at the door, and not again.

Unknown fields are refused; amounts are integers of the minor unit.
"""

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, convert, field
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from cashlane.counter.problems import Problem
from cashlane.values.money import AMOUNT_MAX

_CODE = "[a-z0-9][a-z0-9-]{0,31}"
_TOKEN_LEAST, _TOKEN_MOST = 20, 2000
LINES_MOST = 200
"""Payments of one batch."""
Code = Annotated[str, StringConstraints(pattern=f"^{_CODE}$")]
Account = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Scanned = Annotated[str, StringConstraints(min_length=1, max_length=400)]


def _whole(value: object) -> object:
    """Only a whole JSON number is an amount: no text, no fraction, no truth value.

    JSON knows one kind of number, and some programs write 100 as 100.0: that is taken as 100.
    """
    if type(value) is float and value.is_integer():
        return int(value)
    if type(value) is not int:
        raise ValueError("must be a whole JSON number of minor units")
    return value


def _truth(value: object) -> object:
    if type(value) is not bool:
        raise ValueError("must be true or false")
    return value


def _key_text(value: object) -> object:
    """A UUID in its one common spelling: other spellings of a key would be other keys to people."""
    if isinstance(value, UUID) or (isinstance(value, str) and is_key(value)):
        return value
    raise ValueError("must be a UUID written as 8-4-4-4-12 hexadecimal digits")


def is_key(text: str) -> bool:
    """Whether a text is a UUID in the common spelling."""
    return _KEY.fullmatch(text) is not None


_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
Key = Annotated[UUID, BeforeValidator(_key_text)]
Amount = Annotated[int, Field(ge=1, le=AMOUNT_MAX), BeforeValidator(_whole)]
Cash = Annotated[int, Field(ge=0, le=AMOUNT_MAX), BeforeValidator(_whole)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Token = Annotated[str, StringConstraints(min_length=_TOKEN_LEAST, max_length=_TOKEN_MOST)]
PaymentId = Annotated[str, StringConstraints(pattern=r"^pay_[0-9a-hjkmnp-tv-z]{26}$")]
Language = Literal["zh", "en"]
Minor = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]
Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Day = Annotated[str, Meta(extra_json_schema={"format": "date"})]

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_BY_CODE: Schema = {"required": ["code"], "properties": {"code": _TEXT}}


def _by_name(*more: str) -> Schema:
    """A bill that is named by biller, account and more."""
    names = ("biller", "account", *more)
    kinds = {name: {"type": "integer"} if name == "amount" else _TEXT for name in names}
    return {"required": list(names), "properties": kinds}


def _one_of(*ways: Schema) -> ConfigDict:
    """Says in the description what the rules then ask for: one of these ways to name a bill."""
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"anyOf": list(ways)})


class Body(BaseModel):
    """A request's body: nothing unknown in it, and nothing changes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class At(Body):
    """Where the request comes from: an outlet of the caller, and a till of it."""

    outlet: Code
    till: Code


class Named(Body):
    """A bill: by the scanned code, or by biller and account."""

    code: Scanned | None = None
    biller: Code | None = None
    account: Account | None = None
    bill_ref: Account | None = None
    amount: Amount | None = None


class Wanted(Named):
    """What is owed: by the scanned code, or by biller and account."""

    model_config = _one_of(_BY_CODE, _by_name())

    hold: Truth = False


class InquiryIn(At, Wanted):
    """What is owed, at which counter."""

    model_config = _one_of(_BY_CODE, _by_name())


class HoldIn(At, Named):
    """Hold exactly one bill: by its code, or by biller, account and bill_ref."""

    model_config = _one_of(_BY_CODE, _by_name("bill_ref"))


class PaymentIn(At, Named):
    """Take cash for a held bill, or directly for a named one."""

    model_config = _one_of(
        {"required": ["hold"], "properties": {"hold": _TEXT}}, _BY_CODE, _by_name("amount")
    )

    hold: Token | None = None
    currency: Annotated[str, StringConstraints(min_length=3, max_length=3)] | None = None
    tendered: Cash


class KeyedPaymentIn(PaymentIn):
    """One payment of a batch, under its own key."""

    key: Key


class BatchIn(Body):
    """Payments of one agent, each decided on its own."""

    payments: Annotated[list[KeyedPaymentIn], Field(min_length=1, max_length=LINES_MOST)]


_PlainCode = Annotated[str, Meta(pattern=rf"\A{_CODE}\Z")]


class HeldIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Take cash for a held bill, said as plainly as it can be: what tills send all day, read in a
    fifth of the time. All of it is a `PaymentIn` too; what says more is read as that."""

    outlet: _PlainCode
    till: _PlainCode
    hold: Annotated[str, Meta(min_length=_TOKEN_LEAST, max_length=_TOKEN_MOST)]
    tendered: Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]


class HeldLineIn(HeldIn, frozen=True, forbid_unknown_fields=True):
    """One such payment of a batch, under its own key."""

    number: Annotated[str, Meta(pattern=rf"\A{_KEY.pattern}\Z")] = field(name="key")

    @property
    def key(self) -> UUID:
        """The till's own number for it."""
        return convert(self.number, UUID)


class HeldBatchIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A batch of nothing but such payments."""

    payments: Annotated[list[HeldLineIn], Meta(min_length=1, max_length=LINES_MOST)]


class VisitLineIn(Body):
    """One held bill of a basket, under its own key."""

    key: Key
    hold: Token


class BasketIn(Body):
    """A basket: one cash figure for 1 to 20 held bills."""

    visit: Key
    tendered: Cash
    items: Annotated[list[VisitLineIn], Field(min_length=1, max_length=20)]


class VisitIn(At, BasketIn):
    """A basket, at which counter."""


class AbandonIn(At):
    """Make sure that a key never becomes a payment."""

    key: Key


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
    until: Moment


class BillOut(Struct, frozen=True):
    """One bill on offer, and what it costs here."""

    bill_ref: str
    account: str
    period: str
    customer: str
    due_on: Day | None
    owed: Minor
    amount: Minor
    customer_fee: Minor
    rounding: Minor
    carried: Minor
    cash_due: Minor
    currency: str
    hold: HoldOut | None


class InquiryOut(Struct, frozen=True):
    """What is owed to a biller."""

    biller: BillerOut
    bills: list[BillOut]


class HeldOut(Struct, frozen=True):
    """One bill, held for the till that asked: what it costs, and the promise to pay it with."""

    biller: BillerOut
    bill: BillOut


class PaymentOut(Struct, frozen=True):
    """An accepted payment: only what was fixed at acceptance, so that a replay is the same."""

    payment: str
    receipt_number: str
    business_date: Day
    accepted_at: Moment
    outlet: str
    till: str
    biller: str
    bill_ref: str
    account: str
    period: str
    amount: Minor
    customer_fee: Minor
    rounding: Minor
    carried: Minor
    cash_due: Minor
    tendered: Minor
    change: Minor
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
    at: Moment


class LineOut(Struct, frozen=True):
    """One line of a batch or basket: the payment, or the problem with it."""

    key: UUID
    payment: PaymentOut | None
    problem: Problem | None


class BatchOut(Struct, frozen=True):
    """Answers in the order of the requests; partly refused is normal."""

    results: list[LineOut]


class VisitOut(Struct, frozen=True):
    """A basket's answer: what was taken of the cash, what goes back, and each line's own."""

    visit: UUID
    tendered: Minor
    count: int
    total: Minor
    change: Minor
    currency: str
    results: list[LineOut]
