"""Finding a counter: the nearest that take one's bills, whether they are open, how far a walk."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Literal

from msgspec import Struct

from cashlane.core.access import WALKING
from cashlane.core.demand_list import Neighbourhood
from cashlane.core.hours import changes_at, is_open
from cashlane.core.network import Network, Outlet
from cashlane.core.outlet_list import spelled
from cashlane.core.premises import UNTOLD, Premises
from cashlane.core.routing import Outlook
from cashlane.core.truth import Kinds, each_around
from cashlane.values.geo import Point
from cashlane.values.nearest import Nearest

WALK_M_PER_MIN = 60
"""A metre a second, as many old people walk; most others are faster."""


class Wish(Struct, frozen=True):
    """What somebody needs: a biller's bills (any where None), a door that is open now, no step, a
    programme beside the bills (any or none where None)."""

    biller: int | None
    open_now: bool
    step_free: bool
    programme: str | None = None


class Opening(Struct, frozen=True):
    """Whether a door is open at a moment, and when that changes; None where it never does or nobody
    has told its hours."""

    state: Literal["open", "closed", "unknown"]
    changes_at: datetime | None


class Counter(Struct, frozen=True):
    """A counter that takes the bills of these billers now, with the programmes that are there
    today. `metres` is the straight line to it, None where nobody said from where."""

    outlet: int
    metres: int | None
    billers: tuple[int, ...]
    premises: Premises
    opening: Opening
    programmes: tuple[str, ...] = ()

    @property
    def minutes(self) -> int | None:
        """The walk in whole minutes, rounded up."""
        if self.metres is None:
            return None
        return -(-WALKING.walk_m(self.metres) // WALK_M_PER_MIN)


def opening(network: Network, outlet: int, now: datetime) -> Opening:
    """Whether an outlet's door is open, by the hours that its agent has told."""
    hours = network.premises.get(outlet, UNTOLD).hours
    local = network.local(now)
    open_ = is_open(hours, local, zone=network.zone, country=network.country)
    if open_ is None:
        return Opening("unknown", None)
    changes = changes_at(hours, local, zone=network.zone, country=network.country)
    return Opening("open" if open_ else "closed", changes)


def counters_near(
    network: Network, outlook: Outlook, here: Point, now: datetime, *, places: Nearest,
    wish: Wish, most: int,
) -> list[Counter]:  # fmt: skip
    """The nearest counters that meet a wish, the nearest first; `places` are the network's own, or
    those that can meet it."""
    each = each_around(network, outlook, here, now, places=places, biller=wish.biller)
    found = (_counter(network, one.near.outlet, one.near.metres, one.billers, now) for one in each)
    return list(islice(_meeting(found, wish), most))


def counters_among(
    network: Network, outlook: Outlook, outlets: Iterable[Outlet], now: datetime, *,
    wish: Wish, most: int,
) -> list[Counter]:  # fmt: skip
    """Those of some outlets that take cash now and meet a wish, in their order."""
    kinds = Kinds(network, outlook, now)
    each = ((outlet.number, kinds.open_for(outlet)) for outlet in outlets)
    found = (
        _counter(network, number, None, billers, now)
        for number, billers in each
        if billers and wish.biller in (None, *billers)
    )
    return list(islice(_meeting(found, wish), most))


def _counter(
    network: Network, number: int, metres: int | None, billers: tuple[int, ...], now: datetime
) -> Counter:
    premises = network.premises.get(number, UNTOLD)
    programmes = network.live_programmes(number, network.local(now).date())
    return Counter(number, metres, billers, premises, opening(network, number, now), programmes)


def _meeting(found: Iterable[Counter], wish: Wish) -> Iterator[Counter]:
    """Nobody is sent to a door that may be closed, or up a step that may be there."""
    for one in found:
        open_enough = one.opening.state == "open" or not wish.open_now
        step_free_enough = one.premises.step_free is True or not wish.step_free
        if open_enough and step_free_enough and wish.programme in (None, *one.programmes):
            yield one


class Names:
    """Things by number, found by a part of what they are called; made once, asked often."""

    def __init__(self, called: Iterable[tuple[int, Sequence[str]]]) -> None:
        self._spelled = [
            (number, tuple(filter(None, map(spelled, words)))) for number, words in called
        ]

    def like(self, typed: str, *, most: int) -> list[int]:
        """Their numbers: first those of which a name begins so, each in the order they came."""
        wanted = spelled(typed)
        if not wanted:
            return []
        begins, holds = [], []
        for number, words in self._spelled:
            if any(word.startswith(wanted) for word in words):
                begins.append(number)
            elif any(wanted in word for word in words):
                holds.append(number)
        return [*begins, *holds][:most]


def names_of(estate: Neighbourhood) -> tuple[str, str]:
    """What a place is called, as names are compared."""
    return spelled(estate.name.zh), spelled(estate.name.en)


def estate_names(estates: Iterable[Neighbourhood]) -> Names:
    """Where people live, by name."""
    return Names((one.number, (one.name.zh, one.name.en)) for one in estates)


def outlet_names(network: Network) -> Names:
    """Outlets by name, code and address, by code."""
    return Names(
        (one.number, (one.code, one.name.zh, one.name.en, _address(network, one.number)))
        for one in sorted(network.outlets.values(), key=lambda it: it.code)
    )


def _address(network: Network, outlet: int) -> str:
    return network.premises.get(outlet, UNTOLD).address
