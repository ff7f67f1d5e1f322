"""Which of many places is nearest to a point: a grid of squares, looked through in rings."""

from collections.abc import Iterable, Iterator
from math import cos, floor, radians

from cashlane.values.nearest import ring_around
from cashlane.world.outline import METRES_PER_DEGREE, Point, metres

_SQUARE_M = 1_000.0
"""About as far as the next counter is."""
_SHRINK = cos(radians(31.2))
"""Squares are a little narrower in the north of the city than in its south; distances are not."""
_SLACK = 0.98
"""A ring is this much nearer than its squares say, for the same reason."""


class Nearest:
    """Places by number, and the nearest of them to any point."""

    def __init__(self, places: Iterable[tuple[int, Point]]) -> None:
        self._squares: dict[tuple[int, int], list[tuple[int, Point]]] = {}
        for number, place in places:
            self._squares.setdefault(_square(place), []).append((number, place))
        columns = [x for x, _ in self._squares] or [0]
        rows = [y for _, y in self._squares] or [0]
        self._corners = min(columns), min(rows), max(columns), max(rows)

    def to(self, point: Point) -> tuple[int, int] | None:
        """The nearest place's number and its distance in metres, rounded half up; None without
        any place. Of places equally far the lower number is nearest."""
        x, y = _square(point)
        west, south, east, north = self._corners
        rings = max(abs(x - west), abs(x - east), abs(y - south), abs(y - north))
        best: tuple[float, int] | None = None
        for ring in range(rings + 1):
            if best is not None and best[0] <= (ring - 1) * _SQUARE_M * _SLACK:
                break
            for number, place in self._within(x, y, ring):
                far = (metres(point, place), number)
                best = far if best is None or far < best else best
        return None if best is None else (best[1], floor(best[0] + 0.5))

    def _within(self, x: int, y: int, ring: int) -> Iterator[tuple[int, Point]]:
        for square in ring_around((x, y), ring):
            yield from self._squares.get(square, ())


def _square(place: Point) -> tuple[int, int]:
    east, north = place[0] * _SHRINK, place[1]
    return floor(east * METRES_PER_DEGREE / _SQUARE_M), floor(north * METRES_PER_DEGREE / _SQUARE_M)
