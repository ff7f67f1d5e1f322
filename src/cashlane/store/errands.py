"""Errands: work left for relays, taken by lease and SKIP LOCKED, never "id > last"."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import astuple

from cashlane.core.record import ErrandKey, ErrandKind, ErrandRow
from cashlane.store.connect import Pool, at_once
from cashlane.store.spelling import columns
from cashlane.store.statements import statements

_SQL = statements("errands.sql")


class Errands:
    """The errands table."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def take(
        self,
        kinds: Sequence[ErrandKind],
        buckets: Sequence[int],
        *,
        now: datetime,
        lease: timedelta,
        most: int,
    ) -> list[ErrandRow]:
        """Lease due errands of these kinds, up to `most` of each kind and bucket.

        A lapsed lease may be taken by others.
        """
        rows = await self._execute(
            "take",
            {
                "kinds": list(map(int, kinds)),
                "buckets": list(buckets),
                "now": now,
                "lease": lease,
                "most": most,
            },
        )
        return [_errand(row) for row in rows]

    async def finish(self, done: Sequence[ErrandKey]) -> None:
        """Delete errands that are done and wrote nothing into the books."""
        await self._execute("finish", _named(done))

    async def put_off(self, errands: Sequence[ErrandKey], *, due_at: datetime) -> None:
        """Give errands back to be taken later."""
        await self._execute("put_off", _named(errands) | {"due_at": due_at})

    async def try_later(self, errands: Sequence[ErrandKey], *, due_at: datetime) -> None:
        """Give errands back after a try that came to nothing; the try is counted."""
        await self._execute("try_later", _named(errands) | {"due_at": due_at})

    async def release(self, errands: Sequence[ErrandKey], *, until: datetime) -> None:
        """Give errands back without losing their turn; nobody takes them before a moment."""
        await self._execute("release", _named(errands) | {"until": until})

    async def waiting(self) -> list[tuple[ErrandKind, int, datetime]]:
        """How many errands wait by kind, and since when the oldest is due."""
        rows = await self._execute("waiting", {})
        return [(ErrandKind(kind), count, due) for kind, count, due in rows]

    async def _execute(self, name: str, arguments: dict[str, object]) -> list[tuple[Any, ...]]:
        return await at_once(self._pool, _SQL[name], arguments)


def _named(errands: Sequence[ErrandKey]) -> dict[str, object]:
    return {**columns(map(astuple, errands), ("bucket", "id"))}


def _errand(row: tuple[Any, ...]) -> ErrandRow:
    bucket, ident, kind, *rest = row
    return ErrandRow(bucket, ident, ErrandKind(kind), *rest)
