"""A plan as a map, drawn on the server: people as soft dots, what may be chosen, what is chosen in
its order, what is open anyhow."""

from collections.abc import Iterable, Sequence
from math import isqrt

from msgspec import Struct

from cashlane.coverage.planning.desk import Task
from cashlane.values.geo import Point, narrowing

WIDTH, HEIGHT_MOST, EDGE = 900, 720, 18
CELL = 9
"""People within so many pixels are one dot: as many dots as an eye tells apart, however many
points were loaded."""
RADIUS_MOST, RADIUS_LEAST = 11, 2
NUMBERED_MOST = 99
"""Chosen outlets with their numbers on the map; the rest are in the list."""
SMALL_MOST = 6_000
"""Dots of outlets on one map."""


class Dot(Struct, frozen=True):
    """A place on the map in pixels. `size` is a radius; `order` 0 where there is none."""

    x: int
    y: int
    size: int
    order: int


class Drawn(Struct, frozen=True):
    """The map's layers, the lowest first."""

    width: int
    height: int
    people: Sequence[Dot]
    standing: Sequence[Dot]
    candidates: Sequence[Dot]
    chosen: Sequence[Dot]


class _Ground(Struct, frozen=True):
    """Where a point of the earth lies on the map: a degree eastward is shorter than northward."""

    west: int
    north: int
    scale: int
    narrow: int

    def at(self, place: Point) -> tuple[int, int]:
        """In pixels."""
        east = (place.longitude_e6 - self.west) * self.narrow // 1_000_000
        return EDGE + east // self.scale, EDGE + (self.north - place.latitude_e6) // self.scale


def drawn(task: Task) -> Drawn:
    """The map of a plan."""
    wish = task.wish
    places = [*wish.places, *(one.place for one in wish.candidates)]
    ground, height = _ground(places)
    inside = [one for one in wish.standing if _within(ground, one, height)]
    order = {one.candidate: at for at, one in enumerate(task.plan.steps if task.plan else (), 1)}
    chosen = [
        Dot(*ground.at(one.place), 8, _numbered(order[one.number]))
        for one in wish.candidates
        if one.number in order
    ]
    return Drawn(
        width=WIDTH,
        height=height,
        people=_people(ground, wish.places, wish.weights),
        standing=_small(ground, inside, 2),
        candidates=_small(
            ground, (one.place for one in wish.candidates if one.number not in order), 3
        ),
        chosen=sorted(chosen, key=lambda one: -one.order),
    )


def _numbered(order: int) -> int:
    return order if order <= NUMBERED_MOST else 0


def _ground(places: Sequence[Point]) -> tuple[_Ground, int]:
    """So that all places fit, and the map's height."""
    west, east = _ends(one.longitude_e6 for one in places)
    south, north = _ends(one.latitude_e6 for one in places)
    narrow = narrowing((south + north) // 2)
    wide = (east - west) * narrow // 1_000_000
    scale = max(wide // (WIDTH - 2 * EDGE) + 1, (north - south) // (HEIGHT_MOST - 2 * EDGE) + 1)
    # What is narrower than the map stands in its middle.
    spare = (WIDTH - 2 * EDGE) * scale - wide
    ground = _Ground(west - spare * 1_000_000 // narrow // 2, north, scale, narrow)
    return ground, 2 * EDGE + (north - south) // scale


def _ends(values: Iterable[int]) -> tuple[int, int]:
    rows = list(values)
    return min(rows), max(rows)


def _within(ground: _Ground, place: Point, height: int) -> bool:
    x, y = ground.at(place)
    return 0 <= x <= WIDTH and 0 <= y <= height


def _people(ground: _Ground, places: Sequence[Point], weights: Sequence[int]) -> list[Dot]:
    """People gathered cell by cell; the area of a dot stands for how many they are."""
    cells: dict[tuple[int, int], int] = {}
    for place, weight in zip(places, weights, strict=True):
        x, y = ground.at(place)
        cell = (x // CELL, y // CELL)
        cells[cell] = cells.get(cell, 0) + weight
    top = max(1, *cells.values())
    return [
        Dot(x * CELL + CELL // 2, y * CELL + CELL // 2, _radius(weight, top), 0)
        for (x, y), weight in sorted(cells.items())
        if weight
    ]


def _radius(weight: int, top: int) -> int:
    return max(RADIUS_LEAST, isqrt(weight * RADIUS_MOST * RADIUS_MOST // top))


def _small(ground: _Ground, places: Iterable[Point], size: int) -> list[Dot]:
    """Each pixel once."""
    spots = dict.fromkeys(ground.at(one) for one in places)
    return [Dot(x, y, size, 0) for x, y in list(spots)[:SMALL_MOST]]
