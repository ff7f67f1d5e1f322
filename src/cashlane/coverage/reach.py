"""Reach: every demand point beside the outlets that can be walked to from it, the nearest first.

It depends on places alone. What is open when and for what is laid over it, so that closing a
counter or asking about another hour never measures a distance again.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cashlane.core.access import Method
from cashlane.core.demand import DemandPoint, payers
from cashlane.coverage.distances import Ints, columns, metres_between
from cashlane.values.geo import MICROMETRES_PER_E6, Point, narrowing

POINTS_AT_ONCE = 1_024
"""So many points' distances are in memory at one time."""
BEYOND_M = 1 << 30
"""Stands for a walk out of reach."""


class Reach:
    """Pairs of a point and an outlet within the method's reach, in one long row of pairs.

    Point `i` has the pairs from `starts[i]` up to `starts[i + 1]`, the nearest outlet first and of
    outlets equally far the lower number. Position `none`, one past the last pair, stands for no
    outlet and lies BEYOND_M away. `band` is the place of each pair's walk among the method's bands.
    """

    def __init__(
        self, points: Sequence[DemandPoint], places: Mapping[int, Point], method: Method
    ) -> None:
        self.method = method
        self.points = tuple(points)
        self.outlets = tuple(sorted(places))
        self.index = {outlet: at for at, outlet in enumerate(self.outlets)}
        self.people: Ints = np.array([one.people for one in points], dtype=np.int64)
        self.payers: Ints = np.array([payers(one.people) for one in points], dtype=np.int64)
        there = columns(places[outlet] for outlet in self.outlets)
        self.point, self.outlet, walks = _pairs(columns(one.place for one in points), there, method)
        self.none = len(walks)
        self.walk_m: Ints = np.append(walks, BEYOND_M)
        self.starts: Ints = np.searchsorted(self.point, np.arange(len(points) + 1))
        by_outlet: Ints = np.argsort(self.outlet, kind="stable")
        self._by_outlet = by_outlet
        self._from: Ints = np.searchsorted(self.outlet[by_outlet], np.arange(len(self.outlets) + 1))
        self.band: Ints = np.searchsorted(np.array(method.bands_m), self.walk_m)
        near = np.flatnonzero(walks <= method.catchment_m)
        self.payers_around: Ints = np.zeros(len(self.outlets), dtype=np.int64)
        np.add.at(self.payers_around, self.outlet[near], self.payers[self.point[near]])

    def pairs_of(self, outlet: int) -> Ints:
        """The pairs of the outlet with this index."""
        return self._by_outlet[self._from[outlet] : self._from[outlet + 1]]


def _pairs(
    here: tuple[Ints, Ints], there: tuple[Ints, Ints], method: Method
) -> tuple[Ints, NDArray[np.int32], Ints]:
    """Points, outlets and walks of all pairs, in the order that Reach promises."""
    by_latitude: Ints = np.argsort(there[1], kind="stable")
    found = [
        _near(
            here, there, by_latitude, np.arange(at, min(at + POINTS_AT_ONCE, len(here[0]))), method
        )
        for at in range(0, len(here[0]), POINTS_AT_ONCE)
    ]
    points, outlets, walks = (
        np.concatenate([one[column] for one in found] or [np.zeros(0, dtype=np.int64)])
        for column in range(3)
    )
    order = np.lexsort((outlets, walks, points))
    return points[order], outlets[order].astype(np.int32), walks[order]


def _near(
    here: tuple[Ints, Ints], there: tuple[Ints, Ints], by_latitude: Ints, rows: Ints, method: Method
) -> tuple[Ints, Ints, Ints]:
    """The pairs of some points, in no order: first those in the box round each, then measured."""
    high_e6 = method.reach_m * 1_000_000 // MICROMETRES_PER_E6 + 20
    latitudes = there[1][by_latitude]
    low = np.searchsorted(latitudes, here[1][rows] - high_e6)
    counts = np.searchsorted(latitudes, here[1][rows] + high_e6, side="right") - low
    points = np.repeat(rows, counts)
    outlets = by_latitude[
        np.repeat(low - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    ]
    wide_e6 = high_e6 * 1_000_000 // _narrowest(here[1][rows], high_e6)
    boxed = np.abs(here[0][points] - there[0][outlets]) <= wide_e6
    points, outlets = points[boxed], outlets[boxed]
    straight = metres_between(
        (here[0][points], here[1][points]), (there[0][outlets], there[1][outlets])
    )
    walks = straight * method.detour_ppm // 1_000_000
    within = walks <= method.reach_m
    return points[within], outlets[within], walks[within]


def _narrowest(latitudes: Ints, high_e6: int) -> int:
    """What a degree of longitude measures least within reach of these, in millionths of one of
    latitude."""
    farthest = int(np.abs(latitudes).max()) + high_e6
    return max(1, narrowing(farthest) - 20)
