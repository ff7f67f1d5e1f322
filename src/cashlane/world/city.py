"""A synthetic city from a seed: neighbourhoods where people live, and 4,407 places that take cash.

Counts per chain are as published; every placement is made up and says nothing about any company.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random
from typing import Literal

import msgspec
from msgspec import Struct

from cashlane.values.money import share_out
from cashlane.values.text import Text
from cashlane.world.census import District, districts, read_data
from cashlane.world.outline import Point, bounds, contains, metres, moved, square_kilometres

SPACING_M = 60.0
"""Two outlets are never closer than this: a shop front and a street."""

OPEN_MONTH = date(2022, 1, 1)
"""The month in which the open bills are due: the winter of the story."""

_PEOPLE_PER_NEIGHBOURHOOD = 10_000
_SUBURB_KM2 = 40
_NEAR_M, _TOWN_M = 350.0, 1_800.0


class Brand(Struct, frozen=True):
    """A sign over the door, and how many outlets carry it."""

    code: str
    outlets: int


class Chain(Struct, frozen=True):
    """A company behind outlets. `way`: by whom its payments travelled before the story."""

    code: str
    name: Text
    kind: Literal["post", "chain"]
    group: str
    way: str
    brands: tuple[Brand, ...]
    inner_tilt: int
    franchised_of_100: int
    opens: int
    closes: int

    @property
    def outlets(self) -> int:
        """Outlets of all its brands."""
        return sum(brand.outlets for brand in self.brands)


class Neighbourhood(Struct, frozen=True):
    """Where some ten thousand people live."""

    number: int
    district: str
    place: Point
    population: int


class CityOutlet(Struct, frozen=True):
    """A place that takes cash; `opens` and `closes` are hours of the day."""

    number: int
    code: str
    name: Text
    chain: str
    brand: str
    franchised: bool
    district: str
    neighbourhood: int
    place: Point
    opens: int
    closes: int


class City(Struct, frozen=True):
    """The whole made-up city. `month` is when its open bills are due."""

    seed: int
    month: date
    districts: tuple[District, ...]
    neighbourhoods: tuple[Neighbourhood, ...]
    chains: tuple[Chain, ...]
    outlets: tuple[CityOutlet, ...]


class _File(Struct, frozen=True):
    note: str
    chains: tuple[Chain, ...]


def chains() -> tuple[Chain, ...]:
    """The chains with their published counts, under neutral names."""
    return msgspec.json.decode(read_data("chains.json"), type=_File).chains


def make_city(seed: int) -> City:
    """The city of a seed; the same seed always gives the same city, to the last decimal."""
    return city_of(seed, chains())


def city_of(seed: int, companies: tuple[Chain, ...]) -> City:
    """The same city with other chains in it, or as many outlets of each as one likes."""
    chance = Random(f"city {seed}")  # noqa: S311 - a repeatable city, not a secret
    areas = districts()
    homes = tuple(_neighbourhoods(areas, chance))
    outlets = tuple(_outlets(areas, homes, companies, chance))
    return City(seed, OPEN_MONTH, areas, homes, companies, outlets)


def _neighbourhoods(areas: Sequence[District], chance: Random) -> Iterator[Neighbourhood]:
    number = 0
    for area in areas:
        count = max(20, area.population // _PEOPLE_PER_NEIGHBOURHOOD)
        towns = _towns(area, chance)
        sizes = share_out(area.population, [chance.randint(60, 140) for _ in range(count)])
        for size in sizes:
            number += 1
            yield Neighbourhood(number, area.key, _home(area, towns, chance), size)


def _towns(area: District, chance: Random) -> list[Point]:
    """The towns round which a wide district lives; none where it is all one built-up area."""
    wide = square_kilometres(area.outline)
    if wide < 2 * _SUBURB_KM2:
        return []
    return [_anywhere(area, chance) for _ in range(int(wide) // _SUBURB_KM2)]


def _home(area: District, towns: Sequence[Point], chance: Random) -> Point:
    if not towns:
        return _anywhere(area, chance)
    return _about(area, chance.choice(towns), _TOWN_M, chance)


def _anywhere(area: District, chance: Random) -> Point:
    west, south, east, north = bounds(area.outline)
    while True:
        place = (round(chance.uniform(west, east), 6), round(chance.uniform(south, north), 6))
        if contains(area.outline, place):
            return place


def _about(area: District, middle: Point, spread: float, chance: Random) -> Point:
    """A place round a middle, inside the district; the middle itself lies inside."""
    while True:
        place = moved(middle, chance.gauss(0, spread), chance.gauss(0, spread))
        if contains(area.outline, place):
            return place


def _outlets(
    areas: Sequence[District],
    homes: Sequence[Neighbourhood],
    companies: Sequence[Chain],
    chance: Random,
) -> Iterator[CityOutlet]:
    taken = _Taken()
    by_area = {area.key: [home for home in homes if home.district == area.key] for area in areas}
    number = 0
    for chain in companies:
        brands = [brand.code for brand in chain.brands for _ in range(brand.outlets)]
        chance.shuffle(brands)
        spots = _spots(chain, areas, by_area, taken, chance)
        for own, (brand, spot) in enumerate(zip(brands, spots, strict=True), 1):
            number += 1
            franchised = chance.randrange(100) < chain.franchised_of_100
            yield _outlet(chain, brand, spot, numbers=(number, own), franchised=franchised)


class _Spot(Struct, frozen=True):
    area: District
    home: Neighbourhood
    place: Point


def _spots(
    chain: Chain,
    areas: Sequence[District],
    by_area: dict[str, list[Neighbourhood]],
    taken: "_Taken",
    chance: Random,
) -> Iterator[_Spot]:
    """A chain's places: districts by population, then near a neighbourhood, each at a distance."""
    tilts = [area.population * (chain.inner_tilt if area.inner else 1) for area in areas]
    for area, count in zip(areas, share_out(chain.outlets, tilts), strict=True):
        homes = by_area[area.key]
        weights = [home.population for home in homes]
        for home in chance.choices(homes, weights, k=count):
            yield _Spot(area, home, _free(area, home, taken, chance))


def _free(area: District, home: Neighbourhood, taken: "_Taken", chance: Random) -> Point:
    while True:
        place = _about(area, home.place, _NEAR_M, chance)
        if taken.take(place):
            return place


class _Taken:
    """Places already given away, in squares a little wider than the spacing."""

    _WIDE, _HIGH = 0.00066, 0.00056

    def __init__(self) -> None:
        self._squares: dict[tuple[int, int], list[Point]] = {}

    def take(self, place: Point) -> bool:
        """Give a place away, unless another one is too near."""
        x, y = int(place[0] / self._WIDE), int(place[1] / self._HIGH)
        around = ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        near = (other for square in around for other in self._squares.get(square, ()))
        if any(metres(place, other) < SPACING_M for other in near):
            return False
        self._squares.setdefault((x, y), []).append(place)
        return True


def _outlet(
    chain: Chain, brand: str, spot: _Spot, *, numbers: tuple[int, int], franchised: bool
) -> CityOutlet:
    number, own = numbers
    area, sign = spot.area, "网点" if chain.kind == "post" else "店"
    zh = f"{chain.name.zh}{area.name.zh}{own:04d}{sign}"
    return CityOutlet(
        number=number,
        code=f"{chain.code}-{own:04d}",
        name=Text(zh, f"{chain.name.en} {area.name.en} {own:04d}"),
        chain=chain.code,
        brand=brand,
        franchised=franchised,
        district=area.key,
        neighbourhood=spot.home.number,
        place=spot.place,
        opens=chain.opens,
        closes=chain.closes,
    )
