"""Looking payments up for a party, under row level security: absent and not yours are alike."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from cashlane.core.payment import State
from cashlane.core.record import AskKind, PaymentRow, Verdict
from cashlane.store.connect import Pool, transaction
from cashlane.store.shelf import Shelf, Shelved
from cashlane.store.statements import statements

_SQL = statements("lookup.sql")


class Seen(Struct, frozen=True):
    """A payment as it stands. `archived`: its month is put away, and nothing changes it now."""

    payment: PaymentRow
    contradicted: bool
    archived: bool = False


class SeenAsk(Struct, frozen=True):
    """What was decided under a key."""

    kind: AskKind
    verdict: Verdict
    payment: UUID | None
    payment_date: date | None
    detail: str | None


class SeenShift(Struct, frozen=True):
    """A till's latest shift: payments and their cash in minor units, by present state."""

    business_date: date
    number: int
    opened_at: datetime
    closed_at: datetime | None
    tally: Mapping[State, tuple[int, int]]


class Lookup:
    """Reads as the party role: every query sees the caller's own rows only.

    What is not among the rows may be archived: then it is the shelf's, and still the caller's own.
    """

    def __init__(self, pool: Pool, shelf: Shelf) -> None:
        self._pool = pool
        self._shelf = shelf

    async def payment(self, party: int, bucket: int, day: date, ident: UUID) -> Seen | None:
        """A payment of this party by its id and home. Raises AwayError likewise."""
        found = await self._payments(party, "payment", {"bucket": bucket, "day": day, "id": ident})
        return found[0] if found else _own(party, await self._shelf.payment(ident))

    async def receipt(
        self, party: int, bucket: int, *, outlet: int, day: date, number: int
    ) -> Seen | None:
        """A payment of this party by the number on its paper.

        Raises AwayError where its month is archived and the archive cannot be read.
        """
        found = await self._payments(
            party, "receipt", {"bucket": bucket, "day": day, "outlet": outlet, "receipt": number}
        )
        if found:
            return found[0]
        return _own(party, await self._shelf.receipt(bucket, outlet=outlet, day=day, number=number))

    async def shift(self, party: int, bucket: int, till: int) -> SeenShift | None:
        """The latest shift of a till of this party, and what it took."""
        async with self._as(party) as connection:
            place = {"bucket": bucket, "till": till}
            row = await (await connection.execute(_SQL["shift"], place)).fetchone()
            if row is None:
                return None
            place |= {"day": row[0], "shift": row[1]}
            tally = await (await connection.execute(_SQL["shift_tally"], place)).fetchall()
        day, number, opened_at, closed_at = row
        taken = {State(state): (count, cash) for state, count, cash in tally}
        return SeenShift(day, number, opened_at, closed_at, taken)

    async def shift_payments(
        self, party: int, bucket: int, till: int, shift: SeenShift, *, most: int
    ) -> list[Seen]:
        """The latest payments of a shift, newest first."""
        return await self._payments(
            party,
            "shift_payments",
            {
                "bucket": bucket, "till": till, "day": shift.business_date,
                "shift": shift.number, "most": most,
            },
        )  # fmt: skip

    async def _payments(self, party: int, statement: str, values: dict[str, Any]) -> list[Seen]:
        async with self._as(party) as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_SQL[statement], values, prepare=True)
            return [_seen(row) for row in await cursor.fetchall()]

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


def _own(party: int, shelved: Shelved | None) -> Seen | None:
    if shelved is None or shelved.payment.agent != party:
        return None
    return Seen(shelved.payment, shelved.contradicted, archived=True)


def _seen(row: dict[str, Any]) -> Seen:
    contradicted = row.pop("contradicted")
    return Seen(PaymentRow(**(row | {"state": State(row["state"])})), contradicted)
