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


class Lives:
    """Reads as the watching role, in one transaction a payment."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, ident: UUID) -> WholeLife | None:
        """Everything about a payment; None where there is none."""
        bucket, day = payment_home(ident)
        home = {"bucket": bucket, "day": day, "id": ident, "every": list(range(BUCKETS))}
        async with transaction(self._pool) as work:
            cursor = work.cursor(row_factory=dict_row)
            row = await (await cursor.execute(_SQL["payment"], home)).fetchone()
            return None if row is None else await _whole(work, row, home)


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
