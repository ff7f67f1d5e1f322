"""The map of coverage: places where people live, coloured and sized by the walk of their people,
with outlets as small marks; drawn on the server, a path for each band."""

from bisect import bisect_left
from collections.abc import Sequence

from msgspec import Struct

from cashlane.core.demand_list import Neighbourhood
from cashlane.coverage.standing import Ground
from cashlane.values.text import Text
from cashlane.web.shared.ground_plan import Scale, ground_plan
from cashlane.web.shared.telling import bands_of

WIDTH, HEIGHT_MOST, EDGE = 760, 720, 18
NAMED_MOST = 400
"""Places that can be pointed at one by one; of more the names would weigh more than the map."""


class Spot(Struct, frozen=True):
    """A place that can be pointed at."""

    x: int
    y: int
    band: int
    name: Text
    walk_m: int | None


class MapShown(Struct, frozen=True):
    """The drawing: for each band its name, how many places, and their path; outlets as one path."""

    width: int
    height: int
    bands: tuple[tuple[Text, int, str], ...]
    open_outlets: str
    closed_outlets: str
    spots: tuple[Spot, ...]
    scale: Scale


def coverage_map(
    ground: Ground, points: Sequence[tuple[Neighbourhood, int | None]], *, near: bool
) -> MapShown:
    """The map of some places with their walks (None: out of reach). `near` shows places one by one,
    as far as there are not too many."""
    plan = ground_plan(
        (one.place for one, _ in points), width=WIDTH, height_most=HEIGHT_MOST, edge=EDGE
    )
    method = ground.reach.method
    names = [*bands_of(method), Text("够不着", "out of reach")]
    spots = [
        Spot(*plan.spot(one.place), _band(method.bands_m, walk), one.name, walk)
        for one, walk in points
    ]
    outlets = [one for one in ground.offers.values() if plan.holds(one.place)]
    return MapShown(
        plan.width,
        plan.height,
        tuple(
            (name, len(mine), _dots([(one.x, one.y) for one in mine]))
            for at, name in enumerate(names)
            for mine in [[one for one in spots if one.band == at]]
        ),
        _dots([plan.spot(one.place) for one in outlets if one.kinds]),
        _dots([plan.spot(one.place) for one in outlets if not one.kinds]),
        tuple(spots) if near and len(spots) <= NAMED_MOST else (),
        plan.scale,
    )


def _band(bands_m: Sequence[int], walk_m: int | None) -> int:
    return len(bands_m) if walk_m is None else bisect_left(bands_m, walk_m)


def _dots(spots: Sequence[tuple[int, int]]) -> str:
    """A path that is drawn with round ends: a dot at each spot, those on one spot once."""
    return "".join(f"M{x} {y}h0" for x, y in sorted(set(spots)))
