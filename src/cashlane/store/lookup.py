"""Looking payments up for a party, under row level security: absent and not yours are alike."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from cashlane.core.payment import State
from cashlane.core.record import AskKind, PaymentRow, Verdict
from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements

_SQL = statements("lookup.sql")


class Seen(Struct, frozen=True):
    """A payment as it stands."""

    payment: PaymentRow
    contradicted: bool


class SeenAsk(Struct, frozen=True):
    """What was decided under a key."""

    kind: AskKind
    verdict: Verdict
    payment: UUID | None
    payment_date: date | None
    detail: str | None


class Lookup:
    """Reads as the party role: every query sees the caller's own rows only."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def payment(self, party: int, bucket: int, day: date, ident: UUID) -> Seen | None:
        """A payment of this party by its id and home."""
        async with self._as(party) as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(
                _SQL["payment"], {"bucket": bucket, "day": day, "id": ident}, prepare=True
            )
            row = await cursor.fetchone()
        if row is None:
            return None
        contradicted = row.pop("contradicted")
        return Seen(PaymentRow(**(row | {"state": State(row["state"])})), contradicted)

    async def ask(self, party: int, bucket: int, outlet: int, key: UUID) -> SeenAsk | None:
        """What was decided under a key of this party."""
        async with self._as(party) as connection:
            cursor = await connection.execute(
                _SQL["ask"], {"bucket": bucket, "outlet": outlet, "key": key}, prepare=True
            )
            row = await cursor.fetchone()
        if row is None:
            return None
        kind, verdict, *rest = row
        return SeenAsk(AskKind(kind), Verdict(verdict), *rest)

    @asynccontextmanager
    async def _as(self, party: int) -> AsyncIterator[AsyncConnection[Any]]:
        async with transaction(self._pool) as connection:
            await connection.execute(_SQL["as_party"], {"party": str(party)}, prepare=True)
            yield connection
