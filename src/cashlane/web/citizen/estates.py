"""Where people live, ready to be searched by name and by neighbourhood."""

from collections.abc import Awaitable, Callable
from functools import cached_property

from cashlane.core.demand_list import Neighbourhood
from cashlane.core.finding import Names, estate_names
from cashlane.store.demand import Demand
from cashlane.values.geo import Point
from cashlane.values.nearest import Nearest

LOOKED_S = 60.0
"""A new list of where people live is searched within a minute."""
Look = Callable[[Demand | None], Awaitable[Demand]]
"""Reads the list in force; it is handed the one that is known."""


class Estates:
    """One list in force."""

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self._by_number = {one.number: one for one in demand.places}

    def get(self, number: int) -> Neighbourhood | None:
        """A place by its number."""
        return self._by_number.get(number)

    @cached_property
    def names(self) -> Names:
        """Places by parts of their names."""
        return estate_names(self.demand.places)

    @cached_property
    def _nearest(self) -> Nearest:
        return Nearest({one.number: one.place for one in self.demand.places})

    def around(self, here: Point, *, within_m: int, most: int) -> list[Neighbourhood]:
        """The places nearest to a point."""
        found = self._nearest.around(here, within_m=within_m)
        return [self._by_number[number] for (_, number), _ in zip(found, range(most), strict=False)]


def looking(look: Look) -> Callable[[], Awaitable[Estates]]:
    """Looks again for a list in force; where it is the same, so is the answer."""
    known: list[Estates] = []

    async def latest() -> Estates:
        demand = await look(known[0].demand if known else None)
        if not known or known[0].demand is not demand:
            known[:] = [Estates(demand)]
        return known[0]

    return latest
