"""What a counter can ask for under a key, and what can be answered."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID, uuid5

from msgspec import Struct

from cashlane.core.quote import Hold
from cashlane.core.record import AskKind, PaymentRow, Verdict
from cashlane.core.refusals import Refused


class Basket(Struct, frozen=True):
    """The visit that a payment belongs to: one cash figure over `count` bills."""

    id: UUID
    tendered: int
    count: int


class PayAsk(Struct, frozen=True):
    """Take this held bill's cash. `tendered` is the cash given for it, in minor units.

    Within a visit the cash figure belongs to the basket, and `tendered` is the bill's own due.
    `hash` is of the request's content: the same key with another content is refused. `instead_of`
    is the burnt hold whose place `hold` takes.
    """

    outlet: int
    till: int
    key: UUID
    hash: UUID
    hold: Hold
    tendered: int
    visit: Basket | None
    cashier: UUID | None
    actor: str
    instead_of: UUID | None = None


class UndoAsk(Struct, frozen=True):
    """Undo an accepted payment: void it, or note that its cash or its slip was handed over."""

    outlet: int
    till: int
    key: UUID
    hash: UUID
    kind: Literal[AskKind.VOID, AskKind.HAND_BACK, AskKind.SLIP, AskKind.REFUND]
    payment: UUID
    payment_date: date
    actor: str


class AbandonAsk(Struct, frozen=True):
    """Make sure that this key never becomes a payment, or learn that it has."""

    outlet: int
    till: int
    key: UUID
    hash: UUID
    actor: str
    kind: AskKind = AskKind.ABANDON


class BurnAsk(Struct, frozen=True):
    """Make sure that this lapsed hold (its id is the key) never becomes a payment."""

    outlet: int
    till: int
    key: UUID
    hash: UUID
    actor: str
    kind: AskKind = AskKind.BURN


class RefuseAsk(Struct, frozen=True):
    """Keep this refusal for the key: decided outside the batch, where the claim was asked for."""

    outlet: int
    till: int
    key: UUID
    hash: UUID
    actor: str
    refused: Refused
    kind: AskKind = AskKind.PAY


Ask = PayAsk | UndoAsk | AbandonAsk | BurnAsk | RefuseAsk


class Accepted(Struct, frozen=True):
    """The payment is on the books: only what was fixed then, so that a replay is the same."""

    payment: PaymentRow


class Undone(Struct, frozen=True):
    """The undoing is on the books; `at` is when it was decided."""

    kind: AskKind
    payment: PaymentRow
    at: datetime


class Closed(Struct, frozen=True):
    """The key or hold is closed without a payment."""

    verdict: Verdict


class Reclaim(Struct, frozen=True):
    """The hold was burnt: claim the bill anew and ask again. Never leaves the switch."""


class Archived(Struct, frozen=True):
    """The key was decided long ago, and its payment's month is archived: read it there, and say
    what was said then. Never leaves the switch."""

    kind: AskKind
    payment: UUID
    at: datetime

    def told(self, payment: PaymentRow) -> Accepted | Undone:
        """The answer of then."""
        if self.kind is AskKind.PAY:
            return Accepted(payment)
        return Undone(self.kind, payment, self.at)


Answer = Accepted | Undone | Closed | Reclaim | Archived | Refused


def anew_key(burnt: UUID) -> UUID:
    """The key under which it is noted that a burnt hold's bill was claimed anew and paid.

    The same for every key that brings the hold, so that only one of them can be the first.
    """
    return uuid5(burnt, "claimed anew")
