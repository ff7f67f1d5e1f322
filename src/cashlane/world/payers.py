"""People who pay their bills at counters: where they live, how old they are, when they come.

All of them are made up; how many, how old and in which district follows the census.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from msgspec import Struct

from cashlane.values.money import share_out
from cashlane.world.census import District, counter_weights
from cashlane.world.city import City, Neighbourhood
from cashlane.world.demand import day_weights
from cashlane.world.outline import Point, moved

OVER_70 = 6
"""The last age band of the census: people of 70 and more."""

_HOME_M = 250.0
"""How far homes lie about the middle of their neighbourhood, as a standard deviation."""


class Payer(Struct, frozen=True):
    """Somebody who pays at counters. `hears` is 0 to 99: who hears of things first, who last."""

    district: str
    home: Point
    age_band: int
    hears: int


def draw_payers(city: City, *, seed: int, count: int) -> list[Payer]:
    """So many payers: districts and ages by who does not pay by phone, homes by people.

    Districts are shared out (largest remainder), so that a small sample has all of them.
    """
    chance = Random(f"payers {seed}")  # noqa: S311 - repeatable people, not a secret
    weights = [sum(counter_weights(area)) for area in city.districts]
    shares = share_out(count, weights)
    areas = zip(city.districts, shares, strict=True)
    return [payer for area, share in areas for payer in _of(area, city, share, chance)]


def _of(area: District, city: City, count: int, chance: Random) -> Iterator[Payer]:
    homes = [home for home in city.neighbourhoods if home.district == area.key]
    people = list(accumulate(home.population for home in homes))
    ages = list(accumulate(counter_weights(area)))
    for home in chance.choices(homes, cum_weights=people, k=count):
        band = chance.choices(range(len(ages)), cum_weights=ages)[0]
        yield Payer(area.key, _door(home, chance), band, chance.randrange(100))


def _door(home: Neighbourhood, chance: Random) -> Point:
    return moved(home.place, chance.gauss(0, _HOME_M), chance.gauss(0, _HOME_M))


def draw_comings(
    payers: int, *, seed: int, first: date, last: date, bills_a_month: int
) -> list[list[int]]:
    """Who comes on which day from `first` to `last`: numbers of payers, in the order of coming.

    Each payer brings each bill of a month on a day of its own, twice as often from the 15th to
    the 25th.
    """
    chance = Random(f"comings {seed}")  # noqa: S311 - repeatable people, not a secret
    days: list[list[int]] = [[] for _ in range((last - first).days + 1)]
    for month in _months(first, last):
        length = (_next(month) - month).days
        weights, begins = day_weights(length), (month - first).days
        drawn = chance.choices(range(length), weights, k=payers * bills_a_month)
        for at, day in enumerate(drawn):
            if 0 <= begins + day < len(days):
                days[begins + day].append(at // bills_a_month)
    for day_of_comings in days:
        chance.shuffle(day_of_comings)
    return days


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _next(month)


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
