"""The coverage as it stands: laid beside the event loop, kept until the network, the list of where
people live or the people who cannot walk far change, and laid anew then."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Literal

import msgspec
from msgspec import Struct

from cashlane.core.access import WALKING, Layer, Offer, layers
from cashlane.core.clock import Clock
from cashlane.core.demand import DemandPoint
from cashlane.core.demand_list import Neighbourhood
from cashlane.core.guard import Walker
from cashlane.core.network import Network
from cashlane.coverage.laid import Coverage, lay
from cashlane.coverage.offers import offers_of
from cashlane.coverage.reach import Reach
from cashlane.store.demand import Demand, DemandRow

WAIT_S = 8.0
"""A page waits so long for a count that is under way; then it says so."""
_VERSION_BYTES = 6
"""Of a digest: a number that JSON keeps exactly, and no two states of a network share."""


class Ground(Struct, frozen=True):
    """Who reaches a counter at one moment, with all that it was counted from.

    `version` tells two states apart: equal numbers mean equal offers, people and walkers.
    """

    network: Network
    list: DemandRow
    places: Mapping[int, Neighbourhood]
    walkers: tuple[Walker, ...]
    coverage: Coverage
    version: int
    counted_at: datetime

    @property
    def reach(self) -> Reach:
        """Points and outlets."""
        return self.coverage.reach

    @property
    def offers(self) -> Mapping[int, Offer]:
        """What each outlet offers."""
        return self.coverage.offers


Missing = Literal["nobody", "counting"]
"""Why there is nothing to show: no list of people is in force, or it is being counted."""


class Standing:
    """Holds the ground that was counted last."""

    def __init__(
        self,
        network: Callable[[], Network],
        demand: Callable[[Demand | None], Awaitable[Demand]],
        walkers: Callable[[], Awaitable[tuple[Walker, ...]]],
        clock: Clock,
    ) -> None:
        self._network, self._demand_of, self._walkers_of = network, demand, walkers
        self._clock = clock
        self._demand: Demand | None = None
        self._known: tuple[Ground, Demand] | None = None
        self._counting: asyncio.Task[None] | None = None

    async def latest(self, *, within_s: float) -> Ground | Missing:
        """The ground as it is now; why not, where it takes longer than this to count it."""
        self._demand = demand = await self._demand_of(self._demand)
        if demand.row is None or not demand.places:
            return "nobody"
        walkers = await self._walkers_of()
        for _ in range(2):
            ground = self._fresh(demand, walkers)
            if ground is not None:
                return ground
            if self._counting is None:
                self._counting = asyncio.create_task(self._count(demand, walkers))
            done, _ = await asyncio.wait({self._counting}, timeout=within_s)
            if not done:
                return "counting"
            for task in done:
                task.result()
        return self._fresh(demand, walkers) or "counting"

    def _fresh(self, demand: Demand, walkers: tuple[Walker, ...]) -> Ground | None:
        if self._known is None:
            return None
        ground, counted = self._known
        same = ground.network is self._network() and ground.walkers == walkers
        return ground if same and counted is demand else None

    async def _count(self, demand: Demand, walkers: tuple[Walker, ...]) -> None:
        network, known, now = self._network(), self._known, self._clock.now()
        try:
            before = known[0] if known is not None and known[1] is demand else None
            ground = await asyncio.to_thread(grounded, network, demand, walkers, now, before)
            self._known = ground, demand
        finally:
            self._counting = None


def grounded(
    network: Network,
    demand: Demand,
    walkers: tuple[Walker, ...],
    now: datetime,
    before: Ground | None,
) -> Ground:
    """Count everything. `before` is a ground of the same list of people: where no outlet moved
    since, no walk is measured again."""
    assert demand.row is not None, "somebody lives somewhere"
    offers = offers_of(network, now)
    places = {number: offer.place for number, offer in offers.items()}
    if before is not None and places == {at: one.place for at, one in before.offers.items()}:
        reach = before.reach
    else:
        points = [DemandPoint(one.number, one.place, one.people) for one in demand.places]
        reach = Reach(points, places, WALKING)
    coverage = lay(reach, layers(kinds_in(network), ()), offers.values())
    named = {one.number: one for one in demand.places}
    version = version_of(offers, demand.row, walkers)
    return Ground(network, demand.row, named, walkers, coverage, version, now)


def kinds_in(network: Network) -> tuple[str, ...]:
    """The kinds of bills that the network knows, in a fixed order."""
    return tuple(sorted({one.kind for one in network.billers.values()}))


def version_of(offers: Mapping[int, Offer], row: DemandRow, walkers: Sequence[Walker]) -> int:
    """A number for all that an assessment rests on."""
    told = [
        (one.outlet, one.place, sorted(one.kinds), str(one.hours), one.step_free, one.capacity)
        for _, one in sorted(offers.items())
    ]
    written = msgspec.json.encode((told, row.id, walkers))
    return int.from_bytes(sha256(written).digest()[:_VERSION_BYTES])


async def seen_in(ground: Ground, layer: Layer, offers: Mapping[int, Offer]) -> Coverage:
    """One question to the map, with these offers on the same ground."""
    return await asyncio.to_thread(lay, ground.reach, (layer,), offers.values())
