"""A village in a real database: a home, a counter 300 m of walking west of it, one 815 m east, and
one 4.3 km away; with everybody who asks the guard and signs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from msgspec import structs

from cashlane.adapters.clock import system_ids
from cashlane.core.access import ANYTHING, Layer
from cashlane.core.charter import Charter, Place
from cashlane.core.demand import AGE_BANDS
from cashlane.core.demand_list import Neighbourhood
from cashlane.core.network import Network
from cashlane.core.premises import Premises
from cashlane.core.roles import Person, Role
from cashlane.coverage.deciding import GuardDesk
from cashlane.coverage.standing import Standing
from cashlane.home import Databases
from cashlane.store.connect import Pool, connect, open_pool, transaction
from cashlane.store.days import open_day
from cashlane.store.demand import DemandRow, put_demand, read_demand
from cashlane.store.guard import Told, add_walker, walkers_of
from cashlane.store.network import put_charter, read_network
from cashlane.values.geo import Point
from cashlane.values.text import Text
from tests.databases import DAY
from tests.store.street import street

T = TypeVar("T")
OPENING = datetime(2026, 1, 14, 1, 0, tzinfo=UTC)
HOME = Point(121_470_000, 31_230_000)
WEST_E6, EAST_E6, FAR_E6 = -2_424, 6_600, 35_000
BEFORE_M, AFTER_M = 299, 815
"""The walks to the counters west and east, counted by hand: 0.0951 m a millionth of a degree at
this latitude, times 1.3."""
HOURS = "Mo-Su 08:00-18:00"
CLERK = Person(UUID(int=1), "clerk", "", None, None, frozenset({Role.OPERATOR}))
LEAD = Person(UUID(int=2), "lead", "", None, None, frozenset({Role.OPERATOR_LEAD}))
LIST = UUID(int=77)


class At:
    """A clock that moves a second with every look, and on when it is told to."""

    def __init__(self) -> None:
        self.at = OPENING

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def elapsed(self) -> float:
        return (self.at - OPENING).total_seconds()


def charter() -> Charter:
    """The test street with its outlets in the village and hours on their doors."""
    west, east, far = street().places
    return structs.replace(
        street(),
        places=(_at(west, WEST_E6), _at(east, EAST_E6), _at(far, FAR_E6)),
    )


def _at(place: Place, east_e6: int) -> Place:
    told = Premises("", HOURS, True, "", None)
    east = (HOME.longitude_e6 + east_e6) / 1_000_000
    return structs.replace(place, longitude=east, latitude=31.23, premises=told)


def people(*, young: int, old: int) -> tuple[int, ...]:
    """Some of 30 and some of 80."""
    counted = [0] * len(AGE_BANDS)
    counted[AGE_BANDS.index("30-34")], counted[AGE_BANDS.index("80-84")] = young, old
    return tuple(counted)


def settle(ways: Databases, *, young: int, old: int) -> None:
    """Charter, day and the people of the only home."""
    home = Neighbourhood(1, Text("村", "the village"), "hp", HOME, people(young=young, old=old))
    row = DemandRow(LIST, bytes(32), "village.csv", "wgs84", True, OPENING, "test", 1)
    with connect(ways.hub) as hub:
        put_charter(hub, charter())
        open_day(hub, DAY, now=OPENING)
        put_demand(hub, row, [home])


class Village:
    """One process's view of it."""

    def __init__(self, ways: Databases, pool: Pool) -> None:
        self.ways, self.pool, self.clock = ways, pool, At()
        self.network = self._read()
        self.standing = Standing(
            lambda: self.network, partial(read_demand, pool), partial(walkers_of, pool),
            self.clock,
        )  # fmt: skip
        self.desk = GuardDesk(pool, self.standing, self.clock, system_ids())

    def refresh(self) -> None:
        """Read the network anew, as every process does, and later than it may lag."""
        self.network = self._read()
        self.clock.at += timedelta(minutes=1)

    def _read(self) -> Network:
        with connect(self.ways.hub) as hub:
            network = read_network(hub, DAY)
        assert network is not None
        return network

    async def walker(self, walk_most_m: int, layer: Layer = ANYTHING) -> int:
        """Somebody at home who cannot walk farther than this."""
        async with transaction(self.pool) as work:
            told = Told(HOME, walk_most_m, layer, synthetic=True)
            return await add_walker(work, told, at=self.clock.now(), actor="test")

    def rows(self, question: str) -> Sequence[tuple[object, ...]]:
        """What stands in the database."""
        with connect(self.ways.hub) as hub:
            return hub.execute(question.encode()).fetchall()


def living(ways: Databases, scenario: Callable[[Village], Awaitable[T]]) -> T:
    """Play a scenario in the village."""

    async def main() -> T:
        pool = await open_pool(ways.hub, size=2)
        try:
            return await scenario(Village(ways, pool))
        finally:
            await pool.close()

    return asyncio.run(main())
