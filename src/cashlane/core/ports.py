"""What the rules expect of the world across a wire: ways to a biller, and its inquiry desk.

A port never raises for what the world does. It answers Confirmed, Declined, Unknown or
NotFound; an exception from a port means that our own code is broken.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from cashlane.core.bill import Bill, BillKey


class Delivery(Struct, frozen=True):
    """One payment as it is carried to a biller. `payment` is the network-wide id of the act."""

    payment: UUID
    biller: str
    bill_ref: str
    account: str
    amount: int
    outlet: str
    receipt_number: str
    accepted_at: datetime
    attempt: int


class Confirmed(Struct, frozen=True, tag="confirmed"):
    """The other side has written the payment off. `reference` is its own name for that."""

    reference: str
    amount: int


class Declined(Struct, frozen=True, tag="declined"):
    """The other side has definitely not posted and will not. `code` is its own word.

    `not_posted`: the route's manifest declares that this code proves nothing was posted.
    `duplicate`: the bill is already paid by another payment.
    """

    code: str
    not_posted: bool
    duplicate: bool = False


class Unknown(Struct, frozen=True, tag="unknown"):
    """Nobody can say yet. Never failure. `sent` is False where no byte can have left us.

    `heard`: the route did answer, but not yet about the payment.
    """

    why: str
    sent: bool = True
    heard: bool = False


class NotFound(Struct, frozen=True, tag="not_found"):
    """The other side knows no such payment now. Whether that is final its manifest says.

    `early`: by our own stopwatch its grace has not passed, whatever any wall clock shows.
    """

    early: bool = False


Outcome = Confirmed | Declined | Unknown
Finding = Confirmed | Declined | Unknown | NotFound


class RoutePort(Protocol):
    """A way to billers. Each call takes many and answers in the same order."""

    async def send(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Carry payments; sending one again is the caller's risk, by the manifest."""
        ...

    async def enquire(self, deliveries: Sequence[Delivery]) -> Sequence[Finding]:
        """Ask what became of payments sent before."""
        ...

    async def void(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Ask to undo confirmed payments. Confirmed means undone; safe to repeat."""
        ...

    async def alive(self) -> bool:
        """Ask for a sign of life that moves no money; whether one came."""
        ...


class BillsFound(Struct, frozen=True, tag="bills"):
    """What is owed on an account now, oldest first; empty where nothing is."""

    bills: tuple[Bill, ...]


class NoSuchAccount(Struct, frozen=True, tag="no_account"):
    """The biller does not know this account."""


class AlreadyPaid(Struct, frozen=True, tag="already_paid"):
    """The named bill was paid before, here or elsewhere."""


class DeskSilent(Struct, frozen=True, tag="silent"):
    """The desk gave no usable answer in time. Nothing was asked of anyone's money."""

    why: str


DeskAnswer = BillsFound | NoSuchAccount | AlreadyPaid | DeskSilent


class BillerPort(Protocol):
    """A biller's inquiry desk."""

    async def inquire(self, key: BillKey) -> DeskAnswer:
        """Ask what is owed."""
        ...

    async def keep_on(self, taken: Sequence[Delivery]) -> bool | None:
        """Say that these bills' cash was taken, so that nobody is disconnected for them; safe to
        repeat. Whether the biller took the notice; None where it takes none."""
        ...
