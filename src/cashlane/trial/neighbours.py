"""Where the synthetic city's people live, as an operator's list would tell it: made up, and saying
so. Districts add up to their census; how a district's people lie in it is invented."""

from collections.abc import Iterator, Sequence

from cashlane.core.access import Layer
from cashlane.core.demand import AGE_BANDS, spread
from cashlane.core.demand_list import Neighbourhood
from cashlane.store.guard import Told
from cashlane.values.geo import Point
from cashlane.values.money import share_out
from cashlane.values.text import Text
from cashlane.world.census import District
from cashlane.world.city import City

WALKER_EVERY = 40
_COARSE = ((0, 5), (5, 7), (7, 9), (9, 11), (11, 13), (13, 15), (15, 19))
"""The bands of AGE_BANDS that each of the city's seven coarse ones spans."""
_WITHIN = (
    (1, 4, 5, 5, 5), (1, 1), (1, 1), (1, 1), (1, 1), (6, 4), (40, 26, 20, 14),
)  # fmt: skip
"""How a coarse band's people are shared by the fine ones in it (assumed)."""
assert _COARSE[-1][1] == len(AGE_BANDS)


def neighbourhoods(city: City) -> tuple[Neighbourhood, ...]:
    """All of them, numbered as the city numbers them."""
    return tuple(sorted(_all(city), key=lambda one: one.number))


def walkers(places: Sequence[Neighbourhood]) -> list[Told]:
    """One in forty of the made-up estates has somebody who cannot walk far, at its middle; made up
    like the estates, and saying so."""
    return [
        Told(one.place, 300 + one.number % 3 * 100, Layer(None, None, one.number % 2 == 0), True)
        for one in places[::WALKER_EVERY]
    ]


def _all(city: City) -> Iterator[Neighbourhood]:
    for area in city.districts:
        homes = [one for one in city.neighbourhoods if one.district == area.key]
        places = {one.number: (_point(one.place), one.population) for one in homes}
        for at, point in enumerate(spread(_by_age(area), places), start=1):
            yield Neighbourhood(
                point.number,
                Text(f"{area.name.zh}合成{at:03d}小区", f"{area.name.en} made-up estate {at:03d}"),
                area.key, point.place, point.people,
            )  # fmt: skip


def _by_age(area: District) -> tuple[int, ...]:
    parts = zip(area.ages, _WITHIN, strict=True)
    return tuple(count for people, weights in parts for count in share_out(people, weights))


def _point(place: tuple[float, float]) -> Point:
    return Point(*(round(degrees * 1_000_000) for degrees in place))
