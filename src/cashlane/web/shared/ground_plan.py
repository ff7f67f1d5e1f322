"""A plan of the ground, drawn on the server: where places lie on it, and how long its scale is. No
pictures of streets are needed, and none are fetched."""

from collections.abc import Iterable

from msgspec import Struct

from cashlane.values.geo import MICROMETRES_PER_E6, Point, narrowing

LEAST_M = 600
"""A plan never shows less than this: it would look like the plan of a room."""
_SCALES_M = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)


class Scale(Struct, frozen=True):
    """A bar of so many metres, so many units long."""

    metres: int
    length: int


class GroundPlan(Struct, frozen=True):
    """A drawing of a size in units; `metres` is what its inner width and height measure."""

    middle: Point
    width: int
    height: int
    edge: int
    metres: int
    units: int

    def spot(self, place: Point) -> tuple[int, int]:
        """Where a place lies on it; north is up."""
        east_m, north_m = off_m(self.middle, place)
        x = self.width // 2 + east_m * self.units // self.metres
        return x, self.height // 2 - north_m * self.units // self.metres

    def holds(self, place: Point) -> bool:
        """Whether a place lies on it."""
        x, y = self.spot(place)
        return 0 <= x <= self.width and 0 <= y <= self.height

    @property
    def scale(self) -> Scale:
        """The longest round bar that takes no more than a quarter of the width."""
        fitting = [one for one in _SCALES_M if one * self.units // self.metres <= self.width // 4]
        metres = fitting[-1] if fitting else _SCALES_M[0]
        return Scale(metres, metres * self.units // self.metres)


def ground_plan(places: Iterable[Point], *, width: int, height_most: int, edge: int) -> GroundPlan:
    """The plan on which all of these places lie."""
    each = list(places)
    assert each, "a plan of nothing"
    east, north = [one.longitude_e6 for one in each], [one.latitude_e6 for one in each]
    middle = Point((min(east) + max(east)) // 2, (min(north) + max(north)) // 2)
    offs = [off_m(middle, one) for one in each]
    wide_m = max(LEAST_M, 2 * max(abs(one) for one, _ in offs))
    high_m = max(LEAST_M, 2 * max(abs(one) for _, one in offs))
    room, high_room = width - 2 * edge, height_most - 2 * edge
    if high_m * room > wide_m * high_room:
        return GroundPlan(middle, width, height_most, edge, high_m, high_room)
    return GroundPlan(middle, width, high_m * room // wide_m + 2 * edge, edge, wide_m, room)


def off_m(here: Point, there: Point) -> tuple[int, int]:
    """How far east and north one place lies of another, in metres."""
    east_e6 = (there.longitude_e6 - here.longitude_e6) * narrowing(here.latitude_e6) // 1_000_000
    north_e6 = there.latitude_e6 - here.latitude_e6
    return east_e6 * MICROMETRES_PER_E6 // 1_000_000, north_e6 * MICROMETRES_PER_E6 // 1_000_000
