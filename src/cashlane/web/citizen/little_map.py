"""A small map of counters round a place, drawn on the server: where to go, in which direction, how
many minutes; no pictures of streets are needed, and none are fetched."""

from collections.abc import Sequence

from msgspec import Struct

from cashlane.core.demand_list import Neighbourhood
from cashlane.values.geo import MICROMETRES_PER_E6, Point, narrowing
from cashlane.values.text import Language
from cashlane.web.citizen.shown import Shown, minutes_m

SIZE, EDGE = 520, 34
"""Units of the drawing, and of its rim in which nothing is drawn."""
LEAST_M = 300
"""The map never shows less than this to each side: it would look like a plan of a room."""
_RINGS_MIN = (5, 10, 15, 20, 30, 45, 60, 90, 120, 240, 480)
RINGS_MOST = 3
"""Circles of walking time: the widest that fit."""
NAMES_MOST = 5
"""Names of estates: more would hide the counters."""
_LABEL_APART = 22
"""Two names nearer to one another than this would be written over each other."""


class Dot(Struct, frozen=True):
    """A counter, by its number on the page."""

    x: int
    y: int
    place: int
    opening: str


class Ring(Struct, frozen=True):
    """So many minutes of walking, as far as one gets in a straight line."""

    radius: int
    minutes: int


class Name(Struct, frozen=True):
    """A place where people live, for finding one's way. `leftward`: the name ends at its place,
    because it would not fit beside it on the right."""

    x: int
    y: int
    name: str
    leftward: bool


class LittleMap(Struct, frozen=True):
    """The drawing, with the person in its middle."""

    size: int
    middle: int
    dots: tuple[Dot, ...]
    rings: tuple[Ring, ...]
    names: tuple[Name, ...]


def radius_m(places: Sequence[Point], here: Point) -> int:
    """How far the map must reach to each side so that all places are on it."""
    offs = [_off_m(here, place) for place in places]
    return max([LEAST_M, *(max(abs(east), abs(north)) for east, north in offs)])


def little_map(
    here: Point, counters: Sequence[tuple[Shown, Point]], estates: Sequence[Neighbourhood],
    language: Language,
) -> LittleMap:  # fmt: skip
    """The map of some counters round a place."""
    middle = SIZE // 2
    reach_m = radius_m([place for _, place in counters], here)

    def spot(place: Point) -> tuple[int, int]:
        east, north = _off_m(here, place)
        room = middle - EDGE
        return middle + east * room // reach_m, middle - north * room // reach_m

    dots = [Dot(*spot(place), one.place, one.opening) for one, place in counters]
    fitting = [minutes for minutes in _RINGS_MIN if minutes_m(minutes) <= reach_m]
    rings = [
        Ring(minutes_m(minutes) * (middle - EDGE) // reach_m, minutes)
        for minutes in fitting[-RINGS_MOST:]
    ]
    named = [_name(*spot(one.place), one.name.say(language)) for one in estates]
    return LittleMap(SIZE, middle, tuple(dots), tuple(rings), tuple(_apart(named, dots, middle)))


def _name(x: int, y: int, name: str) -> Name:
    return Name(x, y, name, leftward=x > SIZE // 2)


def _apart(names: Sequence[Name], dots: Sequence[Dot], middle: int) -> list[Name]:
    """Names that are on the map and touch neither a counter nor one another."""
    kept: list[Name] = []
    taken = [(dot.x, dot.y) for dot in dots] + [(middle, middle)]
    for one in names:
        inside = EDGE < one.x < SIZE - EDGE and EDGE < one.y < SIZE - EDGE
        free = all(
            abs(one.y - y) > _LABEL_APART or abs(one.x - x) > 4 * _LABEL_APART for x, y in taken
        )
        if inside and free:
            kept.append(one)
            taken.append((one.x, one.y))
    return kept[:NAMES_MOST]


def _off_m(here: Point, there: Point) -> tuple[int, int]:
    """How far east and north one place lies of another, in metres."""
    east_e6 = (there.longitude_e6 - here.longitude_e6) * narrowing(here.latitude_e6) // 1_000_000
    north_e6 = there.latitude_e6 - here.latitude_e6
    return east_e6 * MICROMETRES_PER_E6 // 1_000_000, north_e6 * MICROMETRES_PER_E6 // 1_000_000
