"""One payment with everything that hangs on it: asks, facts, ledger lines, open errands."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg.rows import dict_row

from cashlane.core.chart import Account
from cashlane.core.payment import FactKind, State
from cashlane.core.record import EntryRow, ErrandKind, ErrandRow, FactRow, PaymentRow
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.finding import Decided, decided
from cashlane.store.shelf import Shelf, Shelved
from cashlane.store.statements import statements
from cashlane.values.ids import BUCKETS, payment_home

_SQL = statements("lives.sql")


class Waiting(Struct, frozen=True):
    """An open errand, and until when somebody works on it."""

    errand: ErrandRow
    leased_until: datetime | None


class WholeLife(Struct, frozen=True):
    """A payment and all that is kept about it. `cashier` is a login, None for a machine's."""

    payment: PaymentRow
    contradicted: bool
    state_at: datetime
    cashier: str | None
    facts: tuple[FactRow, ...]
    entries: tuple[EntryRow, ...]
    asks: tuple[Decided, ...]
    waiting: tuple[Waiting, ...]
    archived: bool
    """Its month is put away: its row and facts were read from files."""


class Lives:
    """Reads as the watching role, in one transaction a payment; what is archived, from files."""

    def __init__(self, pool: Pool, shelf: Shelf) -> None:
        self._pool = pool
        self._shelf = shelf

    async def of(self, ident: UUID) -> WholeLife | None:
        """Everything about a payment; None where there is none. Raises AwayError."""
        bucket, day = payment_home(ident)
        home = {"bucket": bucket, "day": day, "id": ident, "every": list(range(BUCKETS))}
        async with transaction(self._pool) as work:
            cursor = work.cursor(row_factory=dict_row)
            row = await (await cursor.execute(_SQL["payment"], home)).fetchone()
            if row is not None:
                return await _whole(work, row, home)
        shelved = await self._shelf.payment(ident)
        return None if shelved is None else await self._from_shelf(shelved, home)

    async def _from_shelf(self, shelved: Shelved, home: dict[str, Any]) -> WholeLife:
        """Row and facts from files; lines from wherever their dates lie; the rest was kept."""
        payment, facts = shelved.payment, await self._shelf.facts(shelved.payment)
        days = sorted({payment.business_date, *(fact.business_date for fact in facts)})
        shelved_lines = [line for day in days for line in await self._shelf.entries(payment, day)]
        async with transaction(self._pool) as work:
            live = [_entry(row) for row in await _rows(work, "entries", home | {"days": days})]
            (login,) = (await _rows(work, "login", {"user": payment.cashier}))[0]
            asks = await _rows(work, "asks", home | {"hold": payment.hold})
        return WholeLife(
            payment=payment,
            contradicted=shelved.contradicted,
            state_at=shelved.state_at,
            cashier=login,
            facts=tuple(facts),
            entries=tuple(sorted([*shelved_lines, *live], key=lambda line: line.line)),
            asks=tuple(decided(row) for row in asks),
            waiting=(),
            archived=True,
        )


async def _whole(work: Work, row: dict[str, Any], home: dict[str, Any]) -> WholeLife:
    contradicted, state_at, cashier = (
        row.pop(name) for name in ("contradicted", "state_at", "login")
    )
    payment = PaymentRow(**(row | {"state": State(row["state"])}))
    facts = [_fact(each) for each in await _rows(work, "facts", home)]
    days = sorted({payment.business_date, *(fact.business_date for fact in facts)})
    return WholeLife(
        payment=payment,
        contradicted=contradicted,
        state_at=state_at,
        cashier=cashier,
        facts=tuple(facts),
        entries=tuple(_entry(each) for each in await _rows(work, "entries", home | {"days": days})),
        asks=tuple(
            decided(each) for each in await _rows(work, "asks", home | {"hold": payment.hold})
        ),
        waiting=tuple(_waiting(each) for each in await _rows(work, "errands", home)),
        archived=False,
    )


async def _rows(work: Work, name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return await (await work.execute(_SQL[name], values)).fetchall()


def _fact(row: tuple[Any, ...]) -> FactRow:
    values = list(row)
    values[3] = FactKind(values[3])
    return FactRow(*values)


def _entry(row: tuple[Any, ...]) -> EntryRow:
    values = list(row)
    values[4] = Account(values[4])
    return EntryRow(*values)


def _waiting(row: tuple[Any, ...]) -> Waiting:
    bucket, ident, kind, *rest, leased_until = row
    return Waiting(ErrandRow(bucket, ident, ErrandKind(kind), *rest), leased_until)
