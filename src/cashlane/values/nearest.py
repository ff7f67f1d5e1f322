"""Which of many places are nearest to a point: a grid of squares, looked through in rings."""

from collections.abc import Iterator, Mapping
from heapq import heappop, heappush

from cashlane.values.geo import MICROMETRES_PER_E6, Point, metres, narrowing

_SQUARE_E6 = 10_000
"""A square's side in millionths of a degree: about a kilometre, as far as the next counter is."""
_RINGS_MOST = 500
"""A quarter of a million squares, which a city's places never need; beyond them, looking at each
place takes less time."""

Square = tuple[int, int]
"""Its column and row."""


class Nearest:
    """Places by number; any point's neighbours among them, the nearest first."""

    def __init__(self, places: Mapping[int, Point]) -> None:
        self._squares: dict[Square, list[tuple[int, Point]]] = {}
        for number, place in places.items():
            self._squares.setdefault(_square(place), []).append((number, place))
        self._farthest_from_equator = max((abs(one.latitude_e6) for one in places.values()),
                                          default=0)  # fmt: skip

    def around(self, here: Point, *, within_m: int) -> Iterator[tuple[int, int]]:
        """Each place's distance in metres and number, from the nearest up to `within_m`; of
        places equally far the lower number comes first. A place lies at no distance from itself."""
        width_m = self._width_m(here)
        rings = within_m // width_m + 2
        if rings > _RINGS_MOST:
            yield from self._one_by_one(here, within_m)
            return
        seen: list[tuple[int, int]] = []
        for ring in range(rings):
            for square in ring_around(_square(here), ring):
                for number, place in self._squares.get(square, ()):
                    heappush(seen, (metres(here, place), number))
            # What lies in a later ring is at least as far as the rings that are done.
            while seen and seen[0][0] < ring * width_m:
                if seen[0][0] > within_m:
                    return
                yield heappop(seen)

    def _one_by_one(self, here: Point, within_m: int) -> Iterator[tuple[int, int]]:
        """The same without squares: towards a pole they become slivers without end."""
        every = (one for square in self._squares.values() for one in square)
        far = ((metres(here, place), number) for number, place in every)
        yield from sorted(one for one in far if one[0] <= within_m)

    def _width_m(self, here: Point) -> int:
        """What a square measures from west to east where it is narrowest, in metres, rounded
        down below what `metres` makes of it."""
        latitude = max(self._farthest_from_equator, abs(here.latitude_e6))
        # A strip's narrowing is its middle's: half a strip further is 9 millionths less at most.
        width_e6 = _SQUARE_E6 * (narrowing(latitude) - 20) // 1_000_000
        return max(1, width_e6 * MICROMETRES_PER_E6 // 1_000_000 - 1)


def _square(place: Point) -> Square:
    return place.longitude_e6 // _SQUARE_E6, place.latitude_e6 // _SQUARE_E6


def ring_around(middle: Square, ring: int) -> Iterator[Square]:
    """The squares that are `ring` steps away from one, sideways counted as one step too."""
    x, y = middle
    if ring == 0:
        yield middle
        return
    for step in range(-ring, ring + 1):
        yield x + step, y - ring
        yield x + step, y + ring
    for step in range(-ring + 1, ring):
        yield x - ring, y + step
        yield x + ring, y + step
