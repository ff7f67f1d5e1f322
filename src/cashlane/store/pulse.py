"""What the network does at this moment: counts for the people who watch it.

Every statement is bounded by the latest minutes or by open work, but one: a day's tally.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from cashlane.core.payment import IN_DOUBT, FactKind, State
from cashlane.core.record import ErrandKind
from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements
from cashlane.values.ids import BUCKETS, least_id, moment_of

_SQL = statements("pulse.sql")
_ALL_BUCKETS = list(range(BUCKETS))
CARRYING = (ErrandKind.SEND, ErrandKind.ENQUIRE, ErrandKind.VOID)
"""Errands that stand behind every payment in doubt: the way to find these without reading all."""


class Minute(Struct, frozen=True):
    """Payments accepted within a minute, of one agent for one biller."""

    minute: datetime
    agent: int
    biller: int
    count: int


class RouteMinutes(Struct, frozen=True):
    """What became of a route's latest payments; `last_success` is None where there was none."""

    route: int
    sent: int
    confirmed: int
    declined: int
    unknown: int
    last_success: datetime | None


class Doubts(Struct, frozen=True):
    """Payments in doubt on a route, and the oldest's acceptance."""

    route: int
    count: int
    oldest: datetime


class Queue(Struct, frozen=True):
    """Errands of one kind. `oldest` is when the oldest of their payments was accepted."""

    kind: ErrandKind
    count: int
    due: int
    first_due: datetime
    oldest: datetime


class Tally(Struct, frozen=True):
    """Payments of a business date alike in state and parties; cash in minor units."""

    state: State
    agent: int
    biller: int
    route: int
    count: int
    cash: int
    contradicted: int


class PulseRows:
    """Reads as the watching role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def days(self) -> list[date]:
        """The two latest business dates, newest first."""
        async with transaction(self._pool) as work:
            return [day for (day,) in await (await work.execute(_SQL["days"])).fetchall()]

    async def minutes(self, days: Collection[date], since: datetime) -> list[Minute]:
        """Payments a minute since a moment."""
        values = _since(days, since)
        async with transaction(self._pool) as work:
            cursor = await work.execute(_SQL["minutes"], values, prepare=True)
            return [Minute(*row) for row in await cursor.fetchall()]

    async def routes(self, days: Collection[date], since: datetime) -> list[RouteMinutes]:
        """What became of the payments accepted since a moment."""
        values = _since(days, since) | {
            "sent": FactKind.SENT, "confirmed": FactKind.CONFIRMED,
            "declined": FactKind.DECLINED, "doubt": FactKind.DOUBT,
        }  # fmt: skip
        async with transaction(self._pool) as work:
            cursor = await work.execute(_SQL["routes"], values, prepare=True)
            return [RouteMinutes(*row) for row in await cursor.fetchall()]

    async def doubts(self) -> list[Doubts]:
        """Payments in doubt, by route."""
        values = {
            "buckets": _ALL_BUCKETS, "kinds": list(CARRYING), "states": sorted(IN_DOUBT),
        }  # fmt: skip
        async with transaction(self._pool) as work:
            cursor = await work.execute(_SQL["doubts"], values, prepare=True)
            return [Doubts(*row) for row in await cursor.fetchall()]

    async def queue(self, now: datetime) -> list[Queue]:
        """Errands that wait, by kind."""
        async with transaction(self._pool) as work:
            rows = await (await work.execute(_SQL["queue"], {"now": now})).fetchall()
        return [
            Queue(ErrandKind(kind), count, due, first, moment_of(UUID(oldest)))
            for kind, count, due, first, oldest in rows
        ]

    async def tally(self, day: date) -> Sequence[Tally]:
        """A whole business date."""
        async with transaction(self._pool) as work:
            rows = await (await work.execute(_SQL["tally"], {"day": day})).fetchall()
        return [Tally(State(state), *rest) for state, *rest in rows]


def _since(days: Collection[date], since: datetime) -> dict[str, object]:
    return {"buckets": _ALL_BUCKETS, "days": list(days), "since": least_id(since)}
