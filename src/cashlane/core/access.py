"""Access: what an outlet offers to whom, how far a walk to it is, and by which method that is told.

A figure about coverage is worth what its method is, so the method is a value with a version and is
kept with every result.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from cashlane.values.geo import Point, metres

HOURS_OF_WEEK = 168
"""Hours are counted from Monday's first; what lies within one is open for all of it or not."""
ALWAYS = (1 << HOURS_OF_WEEK) - 1
"""Open day and night."""


class Method(Struct, frozen=True):
    """How coverage is told. `bands_m` are walks, the shortest first; `detour_ppm` is how much
    longer a walk is than the straight line; within `catchment_m` people share an outlet."""

    version: str
    detour_ppm: int
    bands_m: tuple[int, ...]
    catchment_m: int

    @property
    def reach_m(self) -> int:
        """What is farther than this is out of reach."""
        return self.bands_m[-1]

    def walk_m(self, straight_m: int) -> int:
        """The walk behind a straight line, in metres rounded down."""
        return straight_m * self.detour_ppm // 1_000_000


MILE_M, THREE_MILES_M = 1_609, 4_828
WALKING = Method("walking-1", 1_300_000, (300, 500, 1_000, MILE_M, THREE_MILES_M), MILE_M)
"""Walks in a city are some 1.2 to 1.4 times the straight line; 1.3 is assumed until a network of
footpaths is loaded. 300 m is what many old people manage, 500 m the everyday walk."""
STRAIGHT = Method("straight-1", 1_000_000, (300, 500, 1_000, MILE_M, THREE_MILES_M), MILE_M)
"""By straight lines, as British rules on access to cash measure one mile and three; for
comparison with theirs only."""


class Offer(Struct, frozen=True):
    """What an outlet offers: kinds of bills it takes, when (a bit for each hour of the week; None
    where nobody said), whether one is known to reach its counter without a step, and how many
    payments a week it can take."""

    outlet: int
    place: Point
    kinds: frozenset[str]
    hours: int | None
    step_free: bool
    capacity: int

    def closed(self) -> "Offer":
        """The same place, offering nothing."""
        return Offer(self.outlet, self.place, frozenset(), 0, self.step_free, 0)


class Layer(Struct, frozen=True):
    """One question to the map: which kind of bill (any where None), at which hour of the week (at
    any time where None), and whether without a step only."""

    kind: str | None
    hour: int | None
    step_free: bool


ANYTHING = Layer(None, None, False)
"""Any bill, at any time, by whoever can climb a step."""


def serves(offer: Offer, layer: Layer) -> bool:
    """Whether an outlet counts in a layer. One without kinds or hours counts in none: it is
    closed. One whose hours nobody said is open at some time, and at no hour for certain."""
    kind = bool(offer.kinds) if layer.kind is None else layer.kind in offer.kinds
    if layer.hour is None:
        open_then = offer.hours is None or offer.hours > 0
    else:
        open_then = bool((offer.hours or 0) >> layer.hour & 1)
    return kind and open_then and (offer.step_free or not layer.step_free)


def week_of(monday: datetime, is_open: Callable[[datetime], bool]) -> int:
    """The hours of the week that begins with this moment in which a place is open from the first
    minute to the last: whoever comes within such an hour is served."""
    assert (monday.weekday(), monday.hour, monday.minute) == (0, 0, 0), "a week begins on Monday"
    week = 0
    for hour in range(HOURS_OF_WEEK):
        begun = monday + timedelta(hours=hour)
        if is_open(begun) and is_open(begun + timedelta(minutes=59)):
            week |= 1 << hour
    return week


def layers(kinds: tuple[str, ...], hours: tuple[int, ...]) -> tuple[Layer, ...]:
    """Every combination: any kind and each, at any time and at each hour, with and without steps;
    ANYTHING is the first."""
    return tuple(
        Layer(kind, hour, step_free)
        for kind in (None, *kinds)
        for hour in (None, *hours)
        for step_free in (False, True)
    )


def walk_m(method: Method, here: Point, there: Point) -> int:
    """How far somebody walks."""
    return method.walk_m(metres(here, there))
