"""What the till page sends and is told, beyond what every counter is told."""

from typing import Annotated
from uuid import UUID

from msgspec import Struct
from pydantic import StringConstraints

from cashlane.counter.messages import Body, NameOut, PaymentOut, StatusOut

Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class EnrolIn(Body):
    """The secret that the company's clerk was told for this till."""

    secret: Word


class SignInIn(Body):
    """A cashier's login and PIN."""

    login: Word
    pin: Word


class PinIn(Body):
    """One's old PIN and the new one."""

    old: Word
    new: Word


class KeyIn(Body):
    """The till's own number of a payment it asked for."""

    key: UUID


class TillOut(Struct, frozen=True):
    """Which till this browser is."""

    outlet: str
    outlet_name: NameOut
    till: str


class DoorOut(Struct, frozen=True):
    """What is known of a browser: its till (null before it is enrolled), and whether a cashier
    is signed in."""

    at: TillOut | None
    seated: bool


class CashOut(Struct, frozen=True):
    """The money of the counter; `pieces` are its notes and coins, largest first."""

    currency: str
    exponent: int
    unit: int
    pieces: tuple[int, ...]


class BillerOnTill(Struct, frozen=True):
    """A biller whose bills this counter takes, and the form of its accounts."""

    code: str
    name: NameOut
    kind: str
    field: NameOut
    least: int
    most: int


class NearOut(Struct, frozen=True):
    """A counter that takes such a bill now, and how far it is in a straight line."""

    name: NameOut
    metres: int


class ShutOut(Struct, frozen=True):
    """Billers whose bills this counter cannot take now, for one reason: why, since when, and where
    they can be paid."""

    billers: list[NameOut]
    why: NameOut
    since: str | None
    nearest: list[NearOut]


class SeatOut(Struct, frozen=True):
    """Everything the page needs to begin. `form` goes with every post."""

    login: str
    person: str
    must_change: bool
    form: str
    now: str
    at: TillOut
    cash: CashOut
    billers: list[BillerOnTill]


class FoundOut(Struct, frozen=True):
    """A payment found, with its biller's name and what may be done with it."""

    status: StatusOut
    biller: NameOut
    own_till: bool
    paper: bool


class ShiftLineOut(Struct, frozen=True):
    """Payments of one present state."""

    state: str
    count: int
    cash: int


class ShiftOut(Struct, frozen=True):
    """A till's latest shift; all null and empty before the first one."""

    business_date: str | None
    number: int | None
    opened_at: str | None
    closed_at: str | None
    count: int
    in_drawer: int
    lines: list[ShiftLineOut]
    payments: list["RecentOut"]


class RecentOut(Struct, frozen=True):
    """A payment in the list of the latest."""

    state: str
    word: str
    biller: NameOut
    details: PaymentOut
