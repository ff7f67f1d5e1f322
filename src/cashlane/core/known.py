"""What a decision may look at: rows read under lock, and nothing else."""

from datetime import date
from uuid import UUID

from msgspec import Struct, structs

from cashlane.core.chart import Limited
from cashlane.core.life import PaymentLife
from cashlane.core.network import Day
from cashlane.core.record import AskRow
from cashlane.core.shift import Shift


class Book(Struct, frozen=True):
    """A limited account of an outlet, with its receipt counter. Amounts in minor units."""

    bucket: int
    balance: int
    most: int
    receipts_day: date
    receipts: int

    def after_receipt(self, day: date, cash: int) -> "Book":
        """One more receipt of this business date, and its cash in the drawer."""
        count = self.receipts + 1 if self.receipts_day == day else 1
        return structs.replace(self, balance=self.balance + cash, receipts_day=day, receipts=count)

    def after_cash(self, delta: int) -> "Book":
        """Cash put into or taken out of the drawer."""
        return structs.replace(self, balance=self.balance + delta)


class Loaded(Struct):
    """The known rows of one batch. The decision adds to them as it goes."""

    day: Day
    asks: dict[tuple[int, UUID], AskRow]
    holds: dict[UUID, AskRow]
    books: dict[tuple[Limited, int], Book]
    shifts: dict[int, Shift]
    lives: dict[UUID, PaymentLife]
    visits: set[tuple[int, UUID]]
    errands: set[UUID]


class Wanted(Struct, frozen=True):
    """What a batch needs to know: keys and holds to look up, accounts and payments to lock."""

    keys: tuple[tuple[int, int, UUID], ...]
    """(bucket, outlet, key)"""
    holds: tuple[tuple[int, UUID], ...]
    """(bucket, hold)"""
    books: tuple[tuple[int, Limited, int], ...]
    """(bucket, kind, party)"""
    tills: tuple[tuple[int, int], ...]
    """(bucket, till)"""
    payments: tuple[tuple[int, date, UUID], ...]
    """(bucket, business date, id)"""
    visits: tuple[tuple[int, int, UUID], ...]
    """(bucket, outlet, id)"""
    errands: tuple[tuple[int, UUID], ...]
    """(bucket, id) of work that this write may finish"""
