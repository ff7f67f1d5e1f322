"""A biller's live inquiry desk: JSON over HTTP, asked by account or by bill.

Every answer that is not plainly understood is silence: nobody's money is moved by a guess.
"""

import ssl
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from cashlane.adapters.link import Answered, Link, LinkPlan, NotAnswered
from cashlane.core.bill import Bill, BillKey
from cashlane.core.ports import (
    AlreadyPaid,
    BillsFound,
    Delivery,
    DeskAnswer,
    DeskSilent,
    NoSuchAccount,
)
from cashlane.values.ids import spell
from cashlane.values.money import AMOUNT_MAX
from cashlane.values.times import write_moment

BILLS_MOST = 50
"""Bills in one answer: more on one account is no household's, and no screen shows them."""

_Name = Annotated[str, Meta(min_length=1, max_length=64)]
_JSON = {"Content-Type": "application/json"}

REFUSALS: Mapping[tuple[int, str], DeskAnswer] = {
    (404, "no_such_account"): NoSuchAccount(),
    (404, "no_such_bill"): NoSuchAccount(),
    (409, "already_paid"): AlreadyPaid(),
}
"""The desk's refusals that we understand; any other is silence."""


class _Bill(Struct, frozen=True):
    bill_ref: _Name
    account: _Name
    period: _Name
    amount: Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
    due_on: date | None
    customer: Annotated[str, Meta(max_length=64)]


class _Bills(Struct, frozen=True):
    bills: Annotated[tuple[_Bill, ...], Meta(max_length=BILLS_MOST)]


class _Refusal(Struct, frozen=True):
    code: str


class BillerDesk:
    """The desk as a BillerPort."""

    def __init__(self, plan: LinkPlan, *, tls: ssl.SSLContext | None) -> None:
        self._link = Link(plan, tls)

    async def inquire(self, key: BillKey) -> DeskAnswer:
        """Ask what is owed."""
        answer = await self._link.post(
            "/inquiries", write_question(key), _JSON, until=self._link.deadline()
        )
        return DeskSilent(answer.why) if isinstance(answer, NotAnswered) else read(answer, key)

    async def keep_on(self, taken: Sequence[Delivery]) -> bool | None:
        """Say whose cash was taken; a desk that does not know such notices takes none."""
        answer = await self._link.post(
            "/notices", write_notices(taken), _JSON, until=self._link.deadline()
        )
        if isinstance(answer, NotAnswered):
            return False
        return None if answer.status in _TAKES_NONE else answer.status == 200

    async def close(self) -> None:
        """Hang up."""
        await self._link.close()


_TAKES_NONE = frozenset({404, 405, 501})


def write_notices(taken: Sequence[Delivery]) -> bytes:
    """The notices as they are sent: whose bill, how much, and when the cash was taken."""
    notices = [
        {
            "payment": spell("pay", one.payment),
            "bill_ref": one.bill_ref,
            "account": one.account,
            "amount": one.amount,
            "accepted_at": write_moment(one.accepted_at),
        }
        for one in taken
    ]
    return msgspec.json.encode({"notices": notices})


def write_question(key: BillKey) -> bytes:
    """The question as it is sent."""
    return msgspec.json.encode({"account": key.account, "bill_ref": key.ref or ""})


def read(answer: Answered, key: BillKey) -> DeskAnswer:
    """What a desk's answer says about the bill or account asked for."""
    if answer.status != 200:
        return _refusal(answer)
    try:
        found = msgspec.json.decode(answer.body, type=_Bills)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return DeskSilent("the answer is not readable")
    if not all(_asked_for(bill, key) for bill in found.bills):
        return DeskSilent("the answer is about another bill")
    bills = sorted(found.bills, key=lambda bill: (bill.period, bill.bill_ref))
    return BillsFound(tuple(_bill(bill, key.biller) for bill in bills))


def _refusal(answer: Answered) -> DeskAnswer:
    try:
        code = msgspec.json.decode(answer.body, type=_Refusal).code
    except (msgspec.DecodeError, UnicodeDecodeError):
        code = ""
    return REFUSALS.get((answer.status, code)) or DeskSilent(f"status {answer.status}")


def _asked_for(bill: _Bill, key: BillKey) -> bool:
    right_account = not key.account or bill.account == key.account
    return right_account and (key.ref is None or bill.bill_ref == key.ref)


def _bill(bill: _Bill, biller: int) -> Bill:
    return Bill(
        biller, bill.bill_ref, bill.account, bill.period, bill.amount, bill.due_on, bill.customer
    )
