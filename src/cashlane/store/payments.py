"""The meeting of a decision with the books: what it may know, and its one write.

`Unit` is one transaction. `load_known` locks and reads, `record` writes all of a decision or
nothing; errands that were taken are finished in the same write.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import kwargs_row, tuple_row

from cashlane.core.chart import Limited
from cashlane.core.known import Book, Loaded, Wanted
from cashlane.core.life import PaymentLife
from cashlane.core.network import Day
from cashlane.core.payment import FactKind, Known, State
from cashlane.core.record import AskKind, AskRow, PaymentRow, Record, Verdict
from cashlane.core.shift import Shift
from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements

_SQL = statements("payments.sql")
_FAMILIES = (
    "asks", "visits", "shifts", "payments", "moves", "facts", "postings", "limits", "errands",
    "done",
)  # fmt: skip
_encode = msgspec.json.Encoder().encode
R = TypeVar("R")


class Unit:
    """One transaction of a decision. Made by `Books.unit`."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection

    async def load_known(self, wanted: Wanted) -> Loaded:
        """Lock the business day, the limited accounts and the payments; then read the rest.

        One way to the server and back: each statement still sees what committed while those
        before it waited for their locks.
        """
        day = await self._ask("open_day")
        books = await self._ask("lock_books", books=_listed(wanted.books, _BOOK))
        payments = await self._ask_payments("lock_payments", wanted.payments)
        errands = await self._ask("lock_errands", errands=_listed(wanted.errands, _HELD))
        keys, holds = _listed(wanted.keys, _KEY), _listed(wanted.holds, _HOLD)
        asks = await self._ask("known_asks", keys=keys, holds=holds)
        shifts = await self._ask("latest_shifts", tills=_listed(wanted.tills, _TILL))
        visits = await self._ask("known_visits", visits=_listed(wanted.visits, _VISIT))
        open_day = await _all(day)
        loaded = Loaded(
            day=Day(*open_day[0]) if open_day else Day(date.min, open=False),
            asks={}, holds={}, books=_books(await _all(books)), shifts={},
            lives={row.id: PaymentLife(row, ()) for row in await _all(payments)}, visits=set(),
            errands={ident for (ident,) in await _all(errands)},
        )  # fmt: skip
        for row in map(_ask_row, await _all(asks)):
            loaded.asks[row.outlet, row.key] = row
            if row.hold is not None:
                loaded.holds[row.hold] = row
        loaded.shifts |= {row[0]: Shift(*row[1:]) for row in await _all(shifts)}
        loaded.visits |= {(outlet, visit) for outlet, visit in await _all(visits)}
        await self._read_lives(loaded)
        return loaded

    async def read_lives(self, wanted: Sequence[tuple[int, date, UUID]]) -> list[PaymentLife]:
        """Payments and their facts as they stand, without locks, for answers and deliveries."""
        lives = {
            row.id: PaymentLife(row, ()) for row in await self._payments("read_payments", wanted)
        }
        facts = await self._rows("known_facts", payments=_listed(wanted, _PAYMENT))
        return list(_with_facts(lives, facts).values())

    async def record(self, record: Record, *, batch: UUID, now: datetime) -> None:
        """Write a decision: all of it or nothing. An empty decision writes nothing."""
        if record.is_empty():
            return
        families = {name: _family(getattr(record, name)) for name in _FAMILIES}
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

    async def _read_lives(self, loaded: Loaded) -> None:
        """Facts of the locked payments, and the payments that known asks speak of."""
        answered = [
            (row.bucket, row.payment_date, row.payment)
            for row in loaded.asks.values()
            if row.payment is not None and row.payment not in loaded.lives
        ]
        for payment in await self._payments("read_payments", answered):
            loaded.lives[payment.id] = PaymentLife(payment, ())
        locked = [
            (life.payment.bucket, life.payment.business_date, ident)
            for ident, life in loaded.lives.items()
        ]
        if locked:
            facts = await self._rows("known_facts", payments=_listed(locked, _PAYMENT))
            loaded.lives |= _with_facts(loaded.lives, facts)

    async def _rows(self, name: str, **arguments: str) -> list[tuple[Any, ...]]:
        return await _all(await self._ask(name, **arguments))

    async def _payments(self, name: str, wanted: Sequence[tuple[object, ...]]) -> list[PaymentRow]:
        return await _all(await self._ask_payments(name, wanted))

    async def _ask(self, name: str, **arguments: str) -> AsyncCursor[Any] | None:
        """Send a question; None where it asks about nothing."""
        if arguments and all(value == "[]" for value in arguments.values()):
            return None
        cursor = self._connection.cursor(row_factory=tuple_row)
        return await cursor.execute(_SQL[name], arguments, prepare=True)

    async def _ask_payments(
        self, name: str, wanted: Sequence[tuple[object, ...]]
    ) -> AsyncCursor[PaymentRow] | None:
        if not wanted:
            return None
        cursor = self._connection.cursor(row_factory=kwargs_row(_payment_row))
        return await cursor.execute(
            _SQL[name], {"payments": _listed(wanted, _PAYMENT)}, prepare=True
        )


async def _all(cursor: AsyncCursor[R] | None) -> list[R]:
    return [] if cursor is None else await cursor.fetchall()


class Books:
    """The books of one lane, as the flows see them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[Unit]:
        """One transaction: committed at the end, rolled back on any error.

        Raises Moved, Lost or DayNotOpen for what the database says; other errors are defects.
        """
        async with transaction(self._pool) as connection, connection.pipeline():
            yield Unit(connection)
            await connection.commit()  # on the same way as the write before it


_BOOK, _KEY, _HOLD = ("bucket", "kind", "party"), ("bucket", "outlet", "key"), ("bucket", "hold")
_TILL, _VISIT = ("bucket", "till"), ("bucket", "outlet", "id")
_PAYMENT = ("bucket", "business_date", "id")
_HELD = ("bucket", "id")


def _listed(rows: Iterable[Sequence[object]], names: Sequence[str]) -> str:
    """Rows as the JSON that a statement unfolds; the same row twice is one."""
    once = sorted(set(map(tuple, rows)))
    return _encode([dict(zip(names, row, strict=True)) for row in once]).decode()


def _family(rows: list[Any]) -> str | None:
    return _encode(rows).decode() if rows else None


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


def _payment_row(state: int, **columns: Any) -> PaymentRow:
    return PaymentRow(state=State(state), **columns)


def _with_facts(
    lives: dict[UUID, PaymentLife], rows: Iterable[tuple[Any, ...]]
) -> dict[UUID, PaymentLife]:
    facts: dict[UUID, list[Known]] = {}
    for payment, kind, route, attempt, at in rows:
        facts.setdefault(payment, []).append(Known(FactKind(kind), route, attempt, at))
    return {
        ident: PaymentLife(life.payment, tuple(facts.get(ident, ())))
        for ident, life in lives.items()
    }
