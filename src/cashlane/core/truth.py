"""The truth about counters: which bills can be paid where right now, since when not, and the
nearest place that works. Told at the till before scanning, on the wall, and to everybody."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from operator import itemgetter

from msgspec import Struct

from cashlane.core.network import Network, Outlet
from cashlane.core.outlet import Standing, standing
from cashlane.core.routing import Outlook
from cashlane.values.geo import Point
from cashlane.values.nearest import Nearest
from cashlane.values.text import Text

LOOKED_AT_MOST = 200
"""Neighbours that are looked at for one that works: beyond them it is no walk any more."""
WITHIN_M = 50_000
"""No neighbour is farther than this: that is another city."""


class Near(Struct, frozen=True):
    """A place that works, and how far it is in a straight line."""

    outlet: int
    metres: int


class Around(Struct, frozen=True):
    """A place near a point that takes cash now, and whose bills it takes."""

    near: Near
    billers: tuple[int, ...]


class Line(Struct, frozen=True):
    """One biller at one outlet; where its bills cannot be paid, the nearest that take them."""

    biller: int
    standing: Standing
    nearest: tuple[Near, ...]


class Row(Struct, frozen=True):
    """One biller at all outlets of an agent: how many take its bills now, of how many under
    contract; and why the rest do not, by the reason that most of them share. Those whose silence is
    an alarm are not counted as taking."""

    agent: int
    biller: int
    taking: int
    outlets: int
    closed: Standing | None


def reason(stands: Standing) -> Text:
    """Why nothing can be paid, without the biller's name where it can be said without."""
    assert stands.refused is not None, "what is open needs no reason"
    for place in ("why", "sentence"):
        said = stands.refused.places.get(place)
        if isinstance(said, Text):
            return said
    return stands.refused.sentence()


def at_outlet(
    network: Network,
    outlook: Outlook,
    outlet: Outlet,
    now: datetime,
    *,
    places: Nearest,
    nearest: int,
) -> list[Line]:
    """Every biller under contract at an outlet, the closed ones with the nearest that work.

    `places` are the network's own.
    """
    kinds = Kinds(network, outlook, now)
    billers = sorted(biller for agent, biller in network.contracts if agent == outlet.agent)
    stands = {biller: kinds.standing(outlet, biller) for biller in billers}
    shut = any(one.refused is not None for one in stands.values())
    neighbours = _neighbours(network, outlet, places) if shut else []
    return [
        Line(biller, one, kinds.taking(biller, neighbours, most=nearest) if one.refused else ())
        for biller, one in stands.items()
    ]


def _neighbours(network: Network, outlet: Outlet, places: Nearest) -> list[Near]:
    """Other outlets, the nearest first; none where places are not known."""
    here = network.places.get(outlet.number)
    if here is None:
        return []
    others = (
        Near(number, far)
        for far, number in places.around(here, within_m=WITHIN_M)
        if number != outlet.number
    )
    return list(islice(others, LOOKED_AT_MOST))


def each_around(
    network: Network, outlook: Outlook, here: Point, now: datetime, *, places: Nearest,
    biller: int | None,
) -> Iterator[Around]:  # fmt: skip
    """Outlets that take a biller's bills now, any bills where it is None: the nearest to a point
    first, one after the other, as long as anybody asks on."""
    kinds = Kinds(network, outlook, now)
    for metres, number in islice(places.around(here, within_m=WITHIN_M), LOOKED_AT_MOST):
        open_for = kinds.open_for(network.outlets[number])
        if open_for and biller in (None, *open_for):
            yield Around(Near(number, metres), open_for)


def _contracts(network: Network) -> dict[int, list[int]]:
    """The billers under contract with each agent."""
    found: dict[int, list[int]] = {}
    for agent, biller in sorted(network.contracts):
        found.setdefault(agent, []).append(biller)
    return found


def everywhere(network: Network, outlook: Outlook, now: datetime) -> list[Row]:
    """The whole city: each agent with each biller it is under contract for."""
    kinds, outlets = Kinds(network, outlook, now), network.outlets_by_agent()
    return [
        kinds.row(outlets[agent], biller)
        for agent, biller in sorted(network.contracts)
        if agent in outlets
    ]


_Kind = tuple[int, int, bool, date | None, date | None]
"""What the answer depends on: agent, biller, suspended, and since when it is off."""


class Kinds:
    """How outlets stand at one moment: those that differ in nothing are asked about once."""

    def __init__(self, network: Network, outlook: Outlook, now: datetime) -> None:
        self._network = network
        self._outlook = outlook
        self._now = now
        self._known: dict[_Kind, Standing] = {}
        self._contracts = _contracts(network)

    def standing(self, outlet: Outlet, biller: int) -> Standing:
        """Whether a biller's bills may be paid at an outlet, and why not since when."""
        kind = self._kind(outlet, biller)
        found = self._known.get(kind)
        if found is None:
            found = self._known[kind] = standing(
                self._network, outlet, self._network.billers[biller], self._now, self._outlook
            )
        return found

    def open_for(self, outlet: Outlet) -> tuple[int, ...]:
        """The billers whose bills may be paid at an outlet."""
        return tuple(
            biller
            for biller in self._contracts.get(outlet.agent, ())
            if self.standing(outlet, biller).refused is None
        )

    def taking(self, biller: int, neighbours: Iterable[Near], *, most: int) -> tuple[Near, ...]:
        """The first of these outlets that take a biller's bills."""
        outlets = self._network.outlets
        found = (
            near
            for near in neighbours
            if self.standing(outlets[near.outlet], biller).refused is None
        )
        return tuple(islice(found, most))

    def row(self, outlets: Sequence[Outlet], biller: int) -> Row:
        """One biller at all outlets of an agent."""
        kinds = [self._kind(outlet, biller) for outlet in outlets]
        counts, examples = Counter(kinds), dict(zip(kinds, outlets, strict=True))
        stands = {kind: self.standing(one, biller) for kind, one in examples.items()}
        shut = [(count, kind) for kind, count in counts.items() if stands[kind].refused]
        closed = stands[max(shut, key=itemgetter(0))[1]] if shut else None
        quiet = sum(
            one.number in self._network.silent and stands[kind].refused is None
            for one, kind in zip(outlets, kinds, strict=True)
        )
        taking = len(outlets) - sum(count for count, _ in shut) - quiet
        return Row(outlets[0].agent, biller, taking, len(outlets), closed)

    def _kind(self, outlet: Outlet, biller: int) -> _Kind:
        off = self._network.withdrawn
        return (
            outlet.agent, biller, outlet.suspended,
            off.get((outlet.number, 0)), off.get((outlet.number, biller)),
        )  # fmt: skip
