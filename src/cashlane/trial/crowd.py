"""The people of a day: who comes with which bill to which counter, repeatable by seed."""

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from msgspec import Struct

from cashlane.world.city import City, CityOutlet
from cashlane.world.city_bills import CityBill, make_bills, printed_code

POST_WEIGHT = 3
"""A post counter sees three times the bills of a shop (assumed)."""
BASKET_OF_100 = 15
"""People with several bills, of a hundred at post counters (assumed)."""
BASKET_MOST = 4
"""Bills that one simulated citizen brings."""
TWICE_PPM = 10_000
"""Cashiers who press twice."""


class Errand(Struct, frozen=True):
    """One person: the bills they bring, and the counter they come to."""

    outlet: CityOutlet
    bills: tuple[CityBill, ...]
    codes: tuple[str, ...]
    twice: bool


def crowd(city: City, *, seed: int, bills: int, payments: int, people: int) -> Iterator[Errand]:
    """People until `payments` bills have been brought to counters.

    `bills` is how many open bills the city was loaded with under this seed; `people` is the seed
    by which they come.
    """
    chance = Random(f"crowd {people}")  # noqa: S311 - repeatable people, not a secret
    waiting = list(make_bills(city, seed, bills))
    chance.shuffle(waiting)
    counters = _Counters(city)
    stream = iter(waiting[:payments])
    while first := next(stream, None):
        outlet = counters.near(first.district, chance)
        yield _errand(outlet, [first, *_more(stream, outlet, chance)], chance)


def _more(stream: Iterator[CityBill], outlet: CityOutlet, chance: Random) -> Iterator[CityBill]:
    """At post counters some bring more than one bill."""
    if outlet.chain != "post" or chance.randrange(100) >= BASKET_OF_100:
        return iter(())
    return islice(stream, chance.randint(1, BASKET_MOST - 1))


def _errand(outlet: CityOutlet, bills: Sequence[CityBill], chance: Random) -> Errand:
    codes = tuple(printed_code(row.bill, form="symbol") for row in bills)
    return Errand(outlet, tuple(bills), codes, chance.randrange(1_000_000) < TWICE_PPM)


class _Counters:
    """The outlets of each district, weighted by how many people they see."""

    def __init__(self, city: City) -> None:
        self._by_district: dict[str, list[CityOutlet]] = {}
        for outlet in city.outlets:
            self._by_district.setdefault(outlet.district, []).append(outlet)
        self._weights = {
            district: [POST_WEIGHT if outlet.chain == "post" else 1 for outlet in outlets]
            for district, outlets in self._by_district.items()
        }

    def near(self, district: str, chance: Random) -> CityOutlet:
        """A counter of a person's own district."""
        return chance.choices(self._by_district[district], self._weights[district])[0]
