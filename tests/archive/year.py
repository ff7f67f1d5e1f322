"""Years of synthetic months in miniature: two business days a month, by the rules themselves.

The last days of a month leave lives that go on in the next one, so that entries of one month are
about payments of another.
"""

import asyncio
from datetime import date, datetime, timedelta
from itertools import count

from cashlane.core.record import ErrandKind
from cashlane.home import Databases
from cashlane.store.claims import Claims
from cashlane.store.connect import Pool, connect, open_pool
from cashlane.store.days import cut_day, open_day
from cashlane.store.errands import Errands
from cashlane.store.network import put_charter, read_network
from cashlane.store.payments import Books
from cashlane.store.schema import ensure_partitions, months
from tests.store import books
from tests.store.books import OPENING, Counter
from tests.store.street import street

JANUARY = date(2026, 1, 1)
SETTLED = {
    "confirmed": (("send", "confirm"), 8),
    "confirmed late": (("send", "doubt", "confirm"), 3),
    "sent again": (("send", "unsent", "send", "confirm"), 2),
    "returned": (("send", "decline", "hand back", "overdue"), 3),
    "refunded": (("send", "decline", "overdue", "refund"), 2),
    "voided": (("send", "confirm", "void", "reversed"), 2),
    "upheld, refunded": (("send", "confirm", "owed", "refund"), 1),
}
"""Lives that end, and how often each is led."""


class Settling(Counter):
    """A counter whose payments all come to an end."""

    def _begin(self, answers: object) -> None:
        super()._begin(answers)  # type: ignore[arg-type]
        names = list(SETTLED)
        for life in self.lives.values():
            if life.story not in SETTLED or tuple(life.left) == books.STORIES[life.story][0]:
                life.story = self.chance.choices(names, [many for _, many in SETTLED.values()])[0]
                life.left = list(SETTLED[life.story][0])


def write_months(ways: Databases, many: int, *, each: int, seed: int = 3) -> Settling:
    """Books of so many months from January 2026 on, each of so many payments, all settled; the
    last month's last day is open, and has a few payments more."""
    return asyncio.run(_write(ways, many, each, seed))


async def reopened(ways: Databases, pool: Pool) -> Settling:
    """A counter that goes on in books that were written before, with bills of its own."""
    with connect(ways.hub) as hub:
        network = read_network(hub, JANUARY)
        row = hub.execute("SELECT max(business_date), max(opened_at) FROM business_days").fetchone()
    assert network is not None
    assert row is not None
    counter = Settling(Books(pool), Claims(pool), Errands(pool), network, 11)
    counter._bills = count(1_000_000)
    counter.wall._at = row[1] + timedelta(hours=1)
    return counter


async def _write(ways: Databases, many: int, each: int, seed: int) -> Settling:
    with connect(ways.owner) as owner:
        ensure_partitions(owner, JANUARY)
        ensure_partitions(owner, months(JANUARY, many)[-1])
        for start in months(JANUARY, many)[::3]:
            ensure_partitions(owner, start)
    with connect(ways.hub) as hub:
        put_charter(hub, street())
        network = read_network(hub, JANUARY)
    assert network is not None
    pool = await open_pool(ways.hub, size=2)
    try:
        counter = Settling(Books(pool), Claims(pool), Errands(pool), network, seed)
        for month in months(JANUARY, many):
            await _month(counter, ways, month, each)
        await counter.go_on(pausing=False)
        await counter.mark()
    finally:
        await pool.close()
    # People close their cases, and billers were told: work whose doing is not looked at here.
    with connect(ways.admin) as admin:
        done = [ErrandKind.CASE, ErrandKind.NOTICE]
        admin.execute("DELETE FROM errands WHERE kind = ANY(%s)", (done,))
    return counter


async def _month(counter: Settling, ways: Databases, month: date, each: int) -> None:
    for day in (month.replace(day=2), month.replace(day=27)):
        wall = counter.wall
        wall._at = max(wall._at, OPENING + (day - date(2026, 1, 2)) - timedelta(days=12))
        with connect(ways.hub) as hub:
            _next_day(hub, day, wall.tick())
        await counter.go_on(pausing=False)
        await counter.mark()
        await counter.take(each // 2)
        await counter.go_on(pausing=True)
        await counter.mark()


def _next_day(hub: object, day: date, now: datetime) -> None:
    row = hub.execute("SELECT max(business_date) FROM business_days").fetchone()  # type: ignore[attr-defined]
    if row[0] is not None:
        cut_day(hub, row[0], now=now)  # type: ignore[arg-type]
    open_day(hub, day, now=now + timedelta(seconds=1))  # type: ignore[arg-type]
