"""Places on a rough map: inside an outline or not, and how many metres apart.

Coordinates are WGS-84 degrees, longitude first. Plane formulas: good to a metre across a city.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import cos, hypot, radians

Point = tuple[float, float]
METRES_PER_DEGREE = 110_950.0


def contains(outline: Sequence[Point], place: Point) -> bool:
    """Whether a place lies inside an outline (a ring of corners, not closed)."""
    x, y = place
    inside = False
    for (x1, y1), (x2, y2) in pairwise([*outline, outline[0]]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def metres(one: Point, other: Point) -> float:
    """The distance of two places of a city."""
    shrink = cos(radians((one[1] + other[1]) / 2))
    return hypot((one[0] - other[0]) * shrink, one[1] - other[1]) * METRES_PER_DEGREE


def moved(place: Point, east: float, north: float) -> Point:
    """A place so many metres further east and north, to six decimals (10 cm)."""
    shrink = cos(radians(place[1]))
    x = place[0] + east / METRES_PER_DEGREE / shrink
    return round(x, 6), round(place[1] + north / METRES_PER_DEGREE, 6)


def bounds(outline: Sequence[Point]) -> tuple[float, float, float, float]:
    """West, south, east and north of an outline."""
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    return min(xs), min(ys), max(xs), max(ys)


def square_kilometres(outline: Sequence[Point]) -> float:
    """The area inside an outline."""
    turns = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*outline, outline[0]]))
    shrink = cos(radians(outline[0][1]))
    return abs(turns) / 2 * shrink * (METRES_PER_DEGREE / 1000) ** 2
