"""Claims on bills: hold, mark paid, free. Each is one set-based statement on the bills' rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import astuple

from cashlane.store.connect import Pool, at_once, transaction
from cashlane.store.spelling import columns
from cashlane.store.statements import statements
from cashlane.values.ids import BUCKETS

_SQL = statements("claims.sql")
FREE, HELD, PAID = 0, 1, 2


class Claim(Struct, frozen=True):
    """A wish to hold a bill for a till until a moment, under a new hold id."""

    bucket: int
    biller: int
    bill_ref: str
    outlet: int
    till: int
    until: datetime
    hold: UUID


class Named(Struct, frozen=True):
    """A bill that somebody asks about."""

    bucket: int
    biller: int
    bill_ref: str


class Standing(Struct, frozen=True):
    """How a bill stands in the network."""

    biller: int
    bill_ref: str
    state: int
    outlet: int
    till: int
    until: datetime | None
    hold: UUID | None
    payment: UUID | None
    paid_at: datetime | None
    parts: frozenset[UUID]
    """The payments that stand of it: one, or the parts of a bill that may be paid in parts."""


class Mark(Struct, frozen=True):
    """A payment reaching its bill, or leaving it again. Amounts in minor units."""

    bucket: int
    biller: int
    bill_ref: str
    hold: UUID
    payment: UUID | None
    paid_at: datetime | None
    amount: int
    owed: int
    parts: bool


class Lapsed(Struct, frozen=True):
    """A hold whose time is over."""

    bucket: int
    biller: int
    bill_ref: str
    outlet: int
    till: int
    hold: UUID


class Claims:
    """The claims table."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def hold(self, wanted: Sequence[Claim]) -> dict[tuple[int, str], Standing]:
        """Try to hold bills; answer how each stands afterwards, by (biller, bill_ref)."""
        claims = _columns(_once(wanted))
        async with transaction(self._pool) as connection, connection.pipeline():
            await connection.execute(_SQL["hold"], claims, prepare=True)
            cursor = await connection.execute(_SQL["standing"], claims, prepare=True)
            await connection.commit()
            return _standings(await cursor.fetchall())

    async def mark_paid(self, marks: Sequence[Mark]) -> set[UUID]:
        """Mark bills as paid by the holders of their holds; answer the holds that were marked."""
        return {hold for (hold,) in await self._mark("mark_paid", marks)}

    async def free(self, marks: Sequence[Mark]) -> set[UUID]:
        """Give bills back; answer the holds whose bill was let go."""
        return {hold for (holds,) in await self._mark("free", marks) for hold in holds}

    async def lapsed(self, before: datetime, *, most: int) -> list[Lapsed]:
        """Holds whose time was over before a moment, oldest first."""
        said = {"buckets": list(range(BUCKETS)), "before": before, "most": most}
        rows = await at_once(self._pool, _SQL["lapsed"], said)
        return [Lapsed(*row) for row in rows]

    async def standing(self, wanted: Sequence[Named | Mark]) -> dict[tuple[int, str], Standing]:
        """How bills stand, without touching them."""
        return _standings(await at_once(self._pool, _SQL["standing"], _columns(wanted)))

    async def _mark(self, name: str, marks: Sequence[Mark]) -> list[tuple[Any, ...]]:
        return await at_once(self._pool, _SQL[name], _columns(marks))


def _standings(rows: Sequence[tuple[Any, ...]]) -> dict[tuple[int, str], Standing]:
    found = (Standing(*(*row[:-1], frozenset(map(UUID, row[-1])))) for row in rows)
    return {(one.biller, one.bill_ref): one for one in found}


def _once(wanted: Sequence[Claim]) -> list[Claim]:
    """One wish per bill: ON CONFLICT may not meet the same row twice; the first asker wins."""
    first: dict[tuple[int, str], Claim] = {}
    for claim in wanted:
        first.setdefault((claim.biller, claim.bill_ref), claim)
    return list(first.values())


def _columns(rows: Sequence[Struct]) -> dict[str, str]:
    """The rows' columns by their names; a statement takes those that it knows."""
    names = type(rows[0]).__struct_fields__ if rows else Mark.__struct_fields__
    return columns(map(astuple, rows), names)
