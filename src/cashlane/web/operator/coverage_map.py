"""The map of coverage: places where people live, coloured and sized by the walk of their people or
by the room at the counters around them, with outlets as small marks; drawn on the server, a path
for each band."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from msgspec import Struct

from cashlane.core.access import Method, Offer
from cashlane.core.demand_list import Neighbourhood
from cashlane.coverage.room import ROOM_TENTHS, room_band
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
    room: int


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
    method: Method, offers: Iterable[Offer],
    points: Sequence[tuple[Neighbourhood, int | None, int]], *, near: bool, by_room: bool,
) -> MapShown:  # fmt: skip
    """The map of some places with their walks (None: out of reach) and their room in tenths. `near`
    shows places one by one, as far as there are not too many."""
    plan = ground_plan(
        (one.place for one, _, _ in points), width=WIDTH, height_most=HEIGHT_MOST, edge=EDGE
    )
    names = _room_names() if by_room else [*bands_of(method), Text("够不着", "out of reach")]
    spots = [
        Spot(
            *plan.spot(one.place),
            room_band(room) if by_room else _band(method.bands_m, walk),
            one.name, walk, room,
        )
        for one, walk, room in points
    ]  # fmt: skip
    outlets = [one for one in offers if plan.holds(one.place)]
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


def _room_names() -> list[Text]:
    times = [one // 10 for one in ROOM_TENTHS]
    enough = [
        Text(f"够 {one} 倍以上", f"room for {one} times as much, or more") for one in times[:-1]
    ]
    return [*enough, Text("够用", "room enough"), Text("不够", "too little room")]


def _band(bands_m: Sequence[int], walk_m: int | None) -> int:
    return len(bands_m) if walk_m is None else bisect_left(bands_m, walk_m)


def _dots(spots: Sequence[tuple[int, int]]) -> str:
    """A path that is drawn with round ends: a dot at each spot, those on one spot once."""
    return "".join(f"M{x} {y}h0" for x, y in sorted(set(spots)))
