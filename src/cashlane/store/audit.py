"""The books read whole, in one snapshot and as a stream, by the role that may only look.

However many entries there are, memory stays the same: rows come by server-side cursors.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from heapq import merge
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection, IsolationLevel
from psycopg.rows import args_row, tuple_row

from cashlane.store.archives import Manifest, archived
from cashlane.store.beside import Trouble, lay_beside
from cashlane.store.connect import connect
from cashlane.store.statements import statements
from cashlane.values.ids import BUCKETS
from cashlane.values.money import Currency
from cashlane.values.text import Text

T = TypeVar("T")
_SQL = statements("audit.sql")
_CHECKS = statements("audit_checks.sql")
ROWS_AT_ONCE = 5_000


class Taken(Struct, frozen=True):
    """A payment as its row says it stands. Amounts in minor units."""

    payment: UUID
    business_date: date
    state: int
    posted: int
    contradicted: bool
    outlet: int
    till: int
    shift: int
    agent: int
    biller: int
    route: int
    amount: int
    cash_due: int
    rounding: int
    rounding_party: int
    fee_by_biller: bool
    fee_agent: int
    fee_network: int
    fee_route: int
    stood_in: bool


class Told(Struct, frozen=True):
    """One fact about a payment, and the business date it was written on."""

    payment: UUID
    kind: int
    route: int
    attempt: int
    payment_date: date
    business_date: date


class Line(Struct, frozen=True):
    """One line of the ledger: debit plus, credit minus."""

    payment: UUID
    line: int
    account: int
    party: int
    amount: int
    business_date: date
    till: int
    shift: int


class Life(Struct, frozen=True):
    """All that the books hold under one payment id. `taken` is empty where its row is missing."""

    payment: UUID
    bucket: int
    taken: tuple[Taken, ...]
    told: tuple[Told, ...]
    lines: tuple[Line, ...]


class DayBalance(Struct, frozen=True):
    """What an account was debited and credited on a business date, in minor units."""

    business_date: date
    account: int
    party: int
    debit: int
    credit: int


class DayLine(Struct, frozen=True):
    """One line of a business date's ledger, and the outlet it came from (0 where unknown)."""

    payment: UUID
    line: int
    account: int
    party: int
    amount: int
    outlet: int


class DaySum(Struct, frozen=True):
    """Lines of a business date summed over an outlet's `payments` for a biller."""

    outlet: int
    biller: int
    posting: int
    account: int
    party: int
    amount: int
    payments: int


class Party(Struct, frozen=True):
    """Who a party number stands for. `kind` is agent, biller or route."""

    kind: str
    number: int
    code: str
    name: Text


class Counts(Struct, frozen=True):
    """How much the books hold. `carried` stays owed on customers' accounts, in minor units."""

    payments: int
    facts: int
    entries: int
    asks: int
    claims: int
    errands: int
    batches: int
    days: int
    carried: int


class Found(Struct, frozen=True):
    """A place where a check found something, and how many such places there are."""

    payment: UUID | None
    place: str
    count: int


class Reading:
    """One snapshot of the books. Made by `reading`."""

    def __init__(self, connection: Connection[Any], troubles: Sequence[Trouble] = ()) -> None:
        self._connection = connection
        self.troubles = tuple(troubles)

    @property
    def whole(self) -> bool:
        """Whether every archived month could be read: only then do rows and totals meet."""
        return not self.troubles

    def network(self) -> tuple[Text, Currency]:
        """The network's name and its currency. Raises LookupError before a network was loaded."""
        row = self._connection.execute(_SQL["network"]).fetchone()
        if row is None:
            raise LookupError("there is no network in this database")
        return msgspec.convert(row[0], Text), msgspec.convert(row[1], Currency)

    def parties(self) -> dict[tuple[str, int], Party]:
        """Every party, by kind and number."""
        rows = self._connection.execute(_SQL["parties"]).fetchall()
        return {
            (kind, number): Party(kind, number, code, Text(zh, en))
            for kind, number, code, zh, en in rows
        }

    def outlets(self) -> dict[int, str]:
        """The code of each outlet."""
        return dict(self._connection.execute(_SQL["outlets"]).fetchall())

    def counts(self) -> Counts:
        """How much there is of everything."""
        row = self._connection.execute(_SQL["counts"]).fetchone()
        assert row is not None
        return Counts(*row)

    def balances(self, day: date | None) -> Iterator[DayBalance]:
        """Accounts by business date, of one day or of all, in order."""
        name = "balances" if day is None else "balances_of_day"
        return self._stream(name, DayBalance, {"day": day} if day is not None else {})

    def lives(self) -> Iterator[Life]:
        """Every payment with its facts and entries, bucket by bucket, each in the order of ids."""
        for bucket in range(BUCKETS):
            yield from self._lives_of(bucket)

    def lines(self, day: date) -> Iterator[DayLine]:
        """A business date's ledger, payment by payment."""
        return self._stream("lines_of_day", DayLine, {"day": day})

    def sums(self, day: date) -> Iterator[DaySum]:
        """A business date's ledger, summed by outlet, biller and kind of posting."""
        return self._stream("sums_of_day", DaySum, {"day": day})

    def payments_on(self, day: date) -> int:
        """How many payments have entries on a business date."""
        row = self._connection.execute(_SQL["payments_on_day"], {"day": day}).fetchone()
        assert row is not None
        return int(row[0])

    def check(self, name: str) -> list[Found]:
        """Ask one of the set-wise checks; empty where all is well."""
        self._connection.execute(_CHECKS["nested_loops"], {"allowed": "off"})
        with self._connection.cursor(row_factory=args_row(Found)) as cursor:
            found = cursor.execute(_CHECKS[name], {}).fetchall()
        self._connection.execute(_CHECKS["nested_loops"], {"allowed": "on"})
        return found

    def in_flight(self) -> int:
        """How many payments still have to reach the claims on their bills."""
        with self._connection.cursor(row_factory=tuple_row) as cursor:
            return sum(count for _, count in cursor.execute(_CHECKS["in_flight"]).fetchall())

    def _lives_of(self, bucket: int) -> Iterator[Life]:
        home = {"bucket": bucket}
        rows: list[Iterable[Taken | Told | Line]] = [
            self._stream("payments_of", Taken, home),
            self._stream("facts_of", Told, home),
            self._stream("entries_of", Line, home),
        ]
        together = merge(*rows, key=_order)
        for payment, group in groupby(together, key=attrgetter("payment")):
            yield _life(payment, bucket, list(group))

    def _stream(self, name: str, row: type[T], arguments: Mapping[str, object]) -> Iterator[T]:
        with self._connection.cursor(name=name, row_factory=args_row(row)) as cursor:
            cursor.itersize = ROWS_AT_ONCE
            yield from cursor.execute(_SQL[name], arguments, binary=True)


@contextmanager
def reading(dsn: str, archive: Path | None = None) -> Iterator[Reading]:
    """One read-only snapshot: what is written meanwhile is not seen, and cannot disturb.

    Archived months are read from their files in the folder `archive`, so that live and archived
    rows are one book. Balances come from the database alone: they need no file.
    """
    with connect(dsn) as connection:
        troubles = _snapshot(connection, archive)
        yield Reading(connection, troubles)


def _snapshot(connection: Connection[Any], archive: Path | None) -> list[Trouble]:
    """Lay archived rows beside the live ones, then take the snapshot; anew where a month was
    archived between the two. While it is open no month can leave the books."""
    laid: dict[date, Manifest] = {}
    troubles: list[Trouble] = []
    connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
    while True:
        connection.execute(_SQL["hold"])
        connection.execute(_SQL["settings"])
        found = archived(connection)
        if found == laid:
            return troubles
        connection.rollback()
        connection.isolation_level, connection.read_only = None, None
        connection.execute(_SQL["forget"])
        troubles = lay_beside(connection, archive, found)
        connection.commit()
        laid = found
        connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True


def _order(row: Taken | Told | Line) -> int:
    return row.payment.int


def _life(payment: UUID, bucket: int, rows: list[Taken | Told | Line]) -> Life:
    return Life(
        payment=payment,
        bucket=bucket,
        taken=tuple(row for row in rows if type(row) is Taken),
        told=tuple(row for row in rows if type(row) is Told),
        lines=tuple(row for row in rows if type(row) is Line),
    )
