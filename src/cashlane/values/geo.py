"""A place on earth, and how far it is from another, in a straight line."""

from math import cos, isqrt, radians

from msgspec import Struct

MILLIMETRES_PER_E6 = 111
"""A millionth of a degree of latitude is 111.2 mm; the rest is less than streets are crooked."""


class Point(Struct, frozen=True):
    """WGS-84, in millionths of a degree: exact, and comparable."""

    longitude_e6: int
    latitude_e6: int


def metres(here: Point, there: Point) -> int:
    """The distance in whole metres, rounded down; within a city true to a few in a thousand."""
    north = here.latitude_e6 - there.latitude_e6
    middle = (here.latitude_e6 + there.latitude_e6) // 2
    east = (here.longitude_e6 - there.longitude_e6) * narrowing(middle) // 1_000
    return isqrt(north * north + east * east) * MILLIMETRES_PER_E6 // 1_000


def narrowing(latitude_e6: int) -> int:
    """What a degree of longitude measures there, in thousandths of one of latitude (rounded)."""
    return round(cos(radians(latitude_e6 / 1_000_000)) * 1_000)
