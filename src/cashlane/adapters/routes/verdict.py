"""What a partner's code means to us: a table per adapter, and one way to read it.

A code that the table does not list is Unknown, and so is any answer about another amount.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from cashlane.core.ports import Confirmed, Declined, Delivery, Finding, NotFound, Outcome, Unknown

_CODE_MOST = 40
"""Letters of a route's code that are kept: a longer one is no code."""
_REFERENCE_MOST = 64
"""Letters of the other side's number for a payment that are kept."""


class Meaning(Struct, frozen=True):
    """What one code says. `not_posted`: it proves that nothing was or will be posted.

    `shut`: it is no word about the bill, the way itself is closed for it.
    """

    kind: Literal["confirmed", "declined", "duplicate", "pending", "not_found"]
    not_posted: bool
    shut: bool = False


CONFIRMED = Meaning("confirmed", not_posted=False)
NOT_POSTED = Meaning("declined", not_posted=True)
SHUT = Meaning("declined", not_posted=True, shut=True)
UNDONE = Meaning("declined", not_posted=False)
DUPLICATE = Meaning("duplicate", not_posted=True)
PENDING = Meaning("pending", not_posted=False)
ABSENT = Meaning("not_found", not_posted=False)


class Said(Struct, frozen=True):
    """A partner's words about one payment; `amount` None where it was not readable."""

    code: str
    amount: int | None
    reference: str


def judge(meanings: Mapping[str, Meaning], said: Said, amount: int) -> Finding:
    """What a partner's words prove about a payment of this amount."""
    meaning = meanings.get(said.code)
    code = plain(said.code, _CODE_MOST)
    if meaning is None:
        return Unknown(f"code {code} is not in the table", heard=True)
    match meaning.kind:
        case "confirmed" if said.amount != amount:
            return Unknown("amount differs", heard=True)
        case "confirmed":
            return Confirmed(plain(said.reference, _REFERENCE_MOST), amount)
        case "pending":
            return Unknown(f"pending, code {code}", heard=True)
        case "not_found":
            return NotFound()
    return Declined(code, meaning.not_posted, duplicate=meaning.kind == "duplicate")


def outcome(finding: Finding) -> Outcome:
    """The answer to an act: a partner that knows no such payment has not answered the act."""
    return (
        Unknown("the partner knows no such payment") if isinstance(finding, NotFound) else finding
    )


def not_posted_codes(meanings: Mapping[str, Meaning]) -> tuple[str, ...]:
    """The codes a manifest may declare as proof that nothing was posted."""
    return tuple(sorted(code for code, meaning in meanings.items() if meaning.not_posted))


def shut_codes(meanings: Mapping[str, Meaning]) -> tuple[str, ...]:
    """The codes that say that the way is closed, whatever the bill."""
    return tuple(sorted(code for code, meaning in meanings.items() if meaning.shut))


def no_payment(now: datetime) -> Delivery:
    """A payment that never was, to ask about where only a sign of life is wanted."""
    return Delivery(
        payment=UUID(int=0), biller="", bill_ref="", account="", amount=0, outlet="",
        receipt_number="", accepted_at=now, attempt=0,
    )  # fmt: skip


def plain(text: str, most: int) -> str:
    """A partner's text as we may store and show it: printable, and not too long."""
    return "".join(letter for letter in text[:most] if letter.isprintable())
