"""The distance of values/geo.py for many places at once: the same whole metres, to the last one."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from cashlane.values.geo import MICROMETRES_PER_E6, Point, narrowing

Ints = NDArray[np.int64]
_STRIP_E6 = 1_000
"""Within a strip of latitude `narrowing` does not change."""


def columns(places: Iterable[Point]) -> tuple[Ints, Ints]:
    """Longitudes and latitudes, in millionths of a degree."""
    pairs = [(place.longitude_e6, place.latitude_e6) for place in places]
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])


def metres_between(here: tuple[Ints, Ints], there: tuple[Ints, Ints]) -> Ints:
    """Distances in whole metres between longitudes and latitudes, paired as numpy pairs arrays."""
    north = here[1] - there[1]
    strips = (here[1] + there[1]) // 2 // _STRIP_E6
    east = np.abs(here[0] - there[0]) * _narrowing(strips) // 1_000_000
    return _root(north * north + east * east) * MICROMETRES_PER_E6 // 1_000_000


def _narrowing(strips: Ints) -> Ints:
    if strips.size == 0:
        return strips
    low, high = int(strips.min()), int(strips.max())
    table = [narrowing(strip * _STRIP_E6) for strip in range(low, high + 1)]
    return np.array(table, dtype=np.int64)[strips - low]


def _root(squares: Ints) -> Ints:
    """The whole root, rounded down; a float's root can be one too much beyond 2 ** 52."""
    root = np.sqrt(squares.astype(np.float64)).astype(np.int64)
    root -= root * root > squares
    return root
