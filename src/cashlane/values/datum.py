"""The coordinate systems in which places of China are handed over, and the way from one to another.

A place is kept in WGS-84 beside what was received, so that a wrongly declared list is put right
later without asking for it again. The formulas are those that maps of China publish; the way back
has no formula and is found by trying.
"""

from collections.abc import Callable, Mapping
from math import atan2, cos, hypot, pi, sin, sqrt
from typing import Literal

from msgspec import Struct

from cashlane.values.geo import Point
from cashlane.values.text import Text

Datum = Literal["wgs84", "gcj02", "bd09"]
DATUM_NAMES: Mapping[Datum, Text] = {
    "wgs84": Text("WGS-84（卫星定位、开放街图）", "WGS-84 (GPS, OpenStreetMap)"),
    "gcj02": Text("GCJ-02（高德、腾讯等国内地图）", "GCJ-02 (most maps of mainland China)"),
    "bd09": Text("BD-09（百度地图）", "BD-09 (Baidu's maps)"),
}
WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271
"""The box in which GCJ-02 differs from WGS-84, as the published formula has it. It is wider than
the country: only who declares GCJ-02 or BD-09 is converted, and nobody outside China does."""
TRIES = 10
"""Each try brings the way back nearer a hundredfold or more: three are enough, ten prove it."""

_AXIS, _ECCENTRICITY = 6_378_245.0, 0.006693421622965823
_CLOSE = 1e-9
_Degrees = tuple[float, float]
"""Longitude and latitude."""


class Place(Struct, frozen=True):
    """Where something is, and the numbers that said so in the system they were declared in."""

    point: Point
    declared: Datum
    received: Point


def place(declared: Datum, longitude_e6: int, latitude_e6: int) -> Place:
    """What was received, in millionths of a degree, with its point in WGS-84."""
    received = Point(longitude_e6, latitude_e6)
    return Place(to_wgs84(declared, received), declared, received)


def to_wgs84(declared: Datum, received: Point) -> Point:
    """A point of some system in WGS-84, to the nearest millionth of a degree (11 cm)."""
    here = _degrees(received)
    if declared == "wgs84" or not _in_china(here):
        return received
    if declared == "bd09":
        here = _back(_bd09_of_gcj02, here)
    return _point(_back(_gcj02_of_wgs84, here))


def from_wgs84(wanted: Datum, point: Point) -> Point:
    """A WGS-84 point in another system, as a map of that system shows it."""
    here = _degrees(point)
    if wanted == "wgs84" or not _in_china(here):
        return point
    here = _gcj02_of_wgs84(here)
    return _point(_bd09_of_gcj02(here) if wanted == "bd09" else here)


def _degrees(point: Point) -> _Degrees:
    return point.longitude_e6 / 1_000_000, point.latitude_e6 / 1_000_000


def _point(here: _Degrees) -> Point:
    return Point(round(here[0] * 1_000_000), round(here[1] * 1_000_000))


def _in_china(here: _Degrees) -> bool:
    return WEST <= here[0] <= EAST and SOUTH <= here[1] <= NORTH


def _back(onward: Callable[[_Degrees], _Degrees], target: _Degrees) -> _Degrees:
    """The place that `onward` brings to the target: step by as much as the last try missed."""
    x, y = target
    for _ in range(TRIES):
        reached = onward((x, y))
        x, y = x + target[0] - reached[0], y + target[1] - reached[1]
        if max(abs(target[0] - reached[0]), abs(target[1] - reached[1])) < _CLOSE:
            return x, y
    raise AssertionError(f"no way back to {target}: a formula was changed")


def _gcj02_of_wgs84(here: _Degrees) -> _Degrees:
    longitude, latitude = here
    east, north = _metres_off(longitude - 105, latitude - 35)
    angle = latitude * pi / 180
    bulge = 1 - _ECCENTRICITY * sin(angle) ** 2
    east_radius = _AXIS / sqrt(bulge) * cos(angle)
    north_radius = _AXIS * (1 - _ECCENTRICITY) / (bulge * sqrt(bulge))
    return longitude + east / east_radius * 180 / pi, latitude + north / north_radius * 180 / pi


def _metres_off(x: float, y: float) -> tuple[float, float]:
    """How far GCJ-02 lies east and north, by degrees from 105° E 35° N."""
    both = 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    east = both + 20 * sin(x * pi) + 40 * sin(x / 3 * pi)
    east += 150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)
    north = both + 20 * sin(y * pi) + 40 * sin(y / 3 * pi)
    north += 160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)
    root = sqrt(abs(x))
    return (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + east * 2 / 3,
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + north * 2 / 3,
    )


def _bd09_of_gcj02(here: _Degrees) -> _Degrees:
    x, y = here
    far = hypot(x, y) + 0.00002 * sin(y * pi * 3000 / 180)
    angle = atan2(y, x) + 0.000003 * cos(x * pi * 3000 / 180)
    return far * cos(angle) + 0.0065, far * sin(angle) + 0.006
