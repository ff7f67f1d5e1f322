"""The meeting of a decision with the books: what it may know, and its one write.

`Unit` is one transaction. `load_known` locks and reads, `record` writes all of a decision or
nothing; errands that were taken are finished in the same write.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from msgspec import structs
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import args_row, tuple_row

from cashlane.core.chart import Limited
from cashlane.core.known import Book, Loaded, Wanted
from cashlane.core.life import PaymentLife
from cashlane.core.network import Day
from cashlane.core.payment import FactKind, Known, State
from cashlane.core.record import (
    AskKind,
    AskRow,
    ErrandKey,
    ErrandRow,
    FactRow,
    LimitDelta,
    Move,
    PaymentRow,
    PostingRow,
    Record,
    ShiftRow,
    Verdict,
    VisitRow,
)
from cashlane.core.shift import Shift
from cashlane.store.connect import Pool, transaction
from cashlane.store.spelling import Rows, columns
from cashlane.store.statements import statements

_SQL = statements("payments.sql")
_FAMILIES: dict[str, Rows[Any]] = {
    "asks": Rows(AskRow), "visits": Rows(VisitRow), "shifts": Rows(ShiftRow),
    "payments": Rows(PaymentRow), "moves": Rows(Move), "facts": Rows(FactRow),
    "postings": Rows(PostingRow), "limits": Rows(LimitDelta), "errands": Rows(ErrandRow),
    "done": Rows(ErrandKey),
}  # fmt: skip
"""What one write carries, in the order of its digest."""
R = TypeVar("R")
KEPT_MOST = 4_096
"""Payments whose fixed columns a process remembers: a few seconds of what it carries. Each is read
once instead of at every step of its way."""


Name = tuple[int, date, UUID]
"""Of a payment: bucket, business date, id."""


class Kept:
    """Payments that were read before: what was fixed at their acceptance holds for ever, how they
    stand does not. The older half of them is forgotten at once, when there is no room for more."""

    def __init__(self) -> None:
        self._rows: dict[UUID, PaymentRow] = {}
        self._older: dict[UUID, PaymentRow] = {}

    def among(self, wanted: Iterable[Name]) -> dict[UUID, PaymentRow]:
        """Those of them that were read before, as they were then."""
        rows, older = self._rows, self._older
        found = ((ident, rows.get(ident) or older.get(ident)) for _, _, ident in wanted)
        return {ident: row for ident, row in found if row is not None}

    def put(self, rows: Iterable[PaymentRow]) -> None:
        """Remember rows that are committed."""
        self._rows.update((row.id, row) for row in rows)
        if len(self._rows) >= KEPT_MOST // 2:
            self._rows, self._older = {}, self._rows


class Unit:
    """One transaction of a decision. Made by `Books.unit`."""

    def __init__(self, connection: AsyncConnection[Any], kept: Kept) -> None:
        self._connection = connection
        self._kept = kept

    async def load_known(self, wanted: Wanted) -> Loaded:
        """Lock the business day, the limited accounts and the payments; then read the rest.

        One way to the server and back: each statement still sees what committed while those
        before it waited for their locks.
        """
        day = await self._ask("open_day")
        books = await self._ask("lock_books", columns(wanted.books, _BOOK))
        payments = columns(wanted.payments, _PAYMENT)
        standing = await self._ask("lock_payments", payments)
        fixed = self._kept.among(wanted.payments)
        rows = await self._ask_payments([one for one in wanted.payments if one[2] not in fixed])
        facts = await self._ask("known_facts", payments)
        errands = await self._ask("open_errands", columns(wanted.errands, _HELD))
        named = columns(wanted.keys, _KEY) | columns(wanted.holds, _HOLD)
        asks = await self._ask("known_asks", named)
        shifts = await self._ask("latest_shifts", columns(wanted.tills, _TILL))
        visits = await self._ask("known_visits", columns(wanted.visits, _VISIT))
        open_day = await _all(day)
        loaded = Loaded(
            day=Day(*open_day[0]) if open_day else Day(date.min, open=False),
            asks={}, holds={}, books=_books(await _all(books)), shifts={}, lives={}, visits=set(),
            errands=set(),
        )  # fmt: skip
        stand = await _all(standing)
        fixed |= self._remembered(await _all(rows))
        now = [_as_it_stands(fixed[one[0]], *one[1:]) for one in stand]
        loaded.lives |= _lives(now, await _all(facts))
        loaded.errands |= {ident for (ident,) in await _all(errands)}
        for row in map(_ask_row, await _all(asks)):
            loaded.asks[row.outlet, row.key] = row
            if row.hold is not None:
                loaded.holds[row.hold] = row
        loaded.shifts |= {row[0]: Shift(*row[1:]) for row in await _all(shifts)}
        loaded.visits |= {(outlet, visit) for outlet, visit in await _all(visits)}
        await self._read_answered(loaded)
        return loaded

    def _remembered(self, rows: Sequence[PaymentRow]) -> dict[UUID, PaymentRow]:
        self._kept.put(rows)
        return {row.id: row for row in rows}

    async def read_lives(self, wanted: Sequence[Name]) -> list[PaymentLife]:
        """Payments and their facts as they stand, without locks, for answers and deliveries."""
        rows = await self._ask_payments(wanted)
        facts = await self._ask("known_facts", columns(wanted, _PAYMENT))
        return list(_lives(await _all(rows), await _all(facts)).values())

    async def read_fixed(self, wanted: Sequence[Name]) -> dict[UUID, PaymentRow]:
        """Payments as they were when they were first read: of what may change, nothing holds."""
        fixed = self._kept.among(wanted)
        rows = await self._ask_payments([one for one in wanted if one[2] not in fixed])
        return fixed | self._remembered(await _all(rows))

    async def record(self, record: Record, *, batch: UUID, now: datetime) -> None:
        """Write a decision: all of it or nothing. An empty decision writes nothing."""
        if record.is_empty():
            return
        families = {name: _spelled(record, name) for name in _FAMILIES}
        digest = hashlib.sha256()
        for name in _FAMILIES:
            digest.update((families[name] or name).encode())
        arguments = families | {
            "batch": batch,
            "bucket": _bucket(record),
            "digest": digest.digest(),
            "rows": sum(len(getattr(record, name)) for name in _FAMILIES),
            "now": now,
            "day": record.business_date,
        }
        await self._connection.execute(_SQL["record"], arguments, prepare=True)

    async def _read_answered(self, loaded: Loaded) -> None:
        """The payments that known asks speak of, and their facts."""
        answered = [
            (row.bucket, row.payment_date, row.payment)
            for row in loaded.asks.values()
            if row.payment is not None
            and row.payment_date is not None
            and row.payment not in loaded.lives
        ]
        if answered:
            lives = await self.read_lives(answered)
            loaded.lives |= {life.payment.id: life for life in lives}

    async def _ask(
        self, name: str, about: Mapping[str, str] | None = None
    ) -> AsyncCursor[Any] | None:
        """Send a question; None where it asks about nothing."""
        if about is not None and all(value == "{}" for value in about.values()):
            return None
        cursor = self._connection.cursor(row_factory=tuple_row)
        return await cursor.execute(_SQL[name], about, prepare=True)

    async def _ask_payments(self, wanted: Sequence[Name]) -> AsyncCursor[PaymentRow] | None:
        if not wanted:
            return None
        cursor = self._connection.cursor(row_factory=args_row(_payment_row))
        return await cursor.execute(_SQL["read_payments"], columns(wanted, _PAYMENT), prepare=True)


async def _all(cursor: AsyncCursor[R] | None) -> list[R]:
    return [] if cursor is None else await cursor.fetchall()


class Books:
    """The books of one lane, as the flows see them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept = Kept()

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[Unit]:
        """One transaction: committed at the end, rolled back on any error.

        Raises Moved, Lost or DayNotOpen for what the database says; other errors are defects.
        """
        async with transaction(self._pool) as connection, connection.pipeline():
            yield Unit(connection, self._kept)
            await connection.commit()  # on the same way as the write before it


_BOOK, _TILL, _VISIT = ("bucket", "kind", "party"), ("bucket", "till"), ("bucket", "outlet", "id")
_KEY, _HOLD = ("key_bucket", "outlet", "key"), ("hold_bucket", "hold")
_PAYMENT = ("bucket", "business_date", "id")
_HELD = ("bucket", "id")


def _spelled(record: Record, name: str) -> str | None:
    rows = getattr(record, name)
    return _FAMILIES[name].spell(rows) if rows else None


def _bucket(record: Record) -> int:
    first = next(rows[0] for name in _FAMILIES if (rows := getattr(record, name)))
    bucket: int = first.bucket
    return bucket


def _books(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[Limited, int], Book]:
    return {
        (Limited(kind), party): Book(bucket, balance, most, day, receipts)
        for bucket, kind, party, balance, most, day, receipts in rows
    }


def _ask_row(row: tuple[Any, ...]) -> AskRow:
    bucket, outlet, key, kind, digest, hold, verdict, *rest = row
    return AskRow(bucket, outlet, key, AskKind(kind), digest, hold, Verdict(verdict), *rest)


def _payment_row(*columns: Any) -> PaymentRow:
    """The columns of `read_payments`, which are those of the row in its order."""
    values = list(columns)
    values[_STATE] = State(values[_STATE])
    return PaymentRow(*values)


_STATE = PaymentRow.__struct_fields__.index("state")


def _as_it_stands(fixed: PaymentRow, state: int, posted: int, carried_by: int) -> PaymentRow:
    """A locked payment: how it stands was read under the lock, the rest is as ever."""
    if (fixed.state, fixed.posted, fixed.carried_by) == (state, posted, carried_by):
        return fixed
    return structs.replace(fixed, state=State(state), posted=posted, carried_by=carried_by)


def _lives(rows: Iterable[PaymentRow], facts: Iterable[tuple[Any, ...]]) -> dict[UUID, PaymentLife]:
    known: dict[UUID, list[Known]] = {}
    for payment, kind, route, attempt, at in facts:
        known.setdefault(payment, []).append(Known(FactKind(kind), route, attempt, at))
    return {row.id: PaymentLife(row, tuple(known.get(row.id, ()))) for row in rows}
