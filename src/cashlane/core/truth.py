"""The truth about counters: which bills can be paid where right now, since when not, and the
nearest place that works. Told at the till before scanning, on the wall, and to everybody."""

from collections.abc import Iterator
from datetime import datetime
from heapq import nsmallest

from msgspec import Struct

from cashlane.core.network import Network, Outlet
from cashlane.core.outlet import Standing, may_take, standing
from cashlane.core.refusals import Refused
from cashlane.core.routing import Outlook
from cashlane.values.geo import metres
from cashlane.values.text import Text

LOOKED_AT_MOST = 200
"""Neighbours that are looked at for one that works: beyond them it is no walk any more."""


class Near(Struct, frozen=True):
    """A place that works, and how far it is in a straight line."""

    outlet: int
    metres: int


class Line(Struct, frozen=True):
    """One biller at one outlet; where its bills cannot be paid, the nearest that take them."""

    biller: int
    standing: Standing
    nearest: tuple[Near, ...]


class Row(Struct, frozen=True):
    """One biller at all outlets of an agent: how many take its bills now, of how many under
    contract; and why the rest do not, by the reason that most of them share."""

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
    network: Network, outlook: Outlook, outlet: Outlet, now: datetime, *, nearest: int
) -> list[Line]:
    """Every biller under contract at an outlet, the closed ones with the nearest that work."""
    billers = sorted(biller for agent, biller in network.contracts if agent == outlet.agent)
    lines = []
    for number in billers:
        stands = standing(network, outlet, network.billers[number], now, outlook)
        near = () if stands.refused is None else nearest_taking(
            network, outlook, outlet, number, now, most=nearest
        )  # fmt: skip
        lines.append(Line(number, stands, near))
    return lines


def nearest_taking(
    network: Network, outlook: Outlook, outlet: Outlet, biller: int, now: datetime, *, most: int
) -> tuple[Near, ...]:
    """The nearest other outlets that take a biller's bills now."""
    found = []
    for near in _neighbours(network, outlet):
        other, whose = network.outlets[near.outlet], network.billers[biller]
        if not isinstance(may_take(network, other, whose, now, outlook), Refused):
            found.append(near)
        if len(found) == most:
            break
    return tuple(found)


def _neighbours(network: Network, outlet: Outlet) -> Iterator[Near]:
    """Other outlets, the nearest first; none where places are not known."""
    here = network.places.get(outlet.number)
    if here is None:
        return
    distances = (
        (metres(here, place), number)
        for number, place in network.places.items()
        if number != outlet.number
    )
    for far, number in nsmallest(LOOKED_AT_MOST, distances):
        yield Near(number, far)


def everywhere(network: Network, outlook: Outlook, now: datetime) -> list[Row]:
    """The whole city: each agent with each biller it is under contract for."""
    outlets: dict[int, list[Outlet]] = {}
    for outlet in network.outlets.values():
        outlets.setdefault(outlet.agent, []).append(outlet)
    return [
        _row(network, outlook, outlets.get(agent, []), biller, now)
        for agent, biller in sorted(network.contracts)
        if outlets.get(agent)
    ]


def _row(
    network: Network, outlook: Outlook, outlets: list[Outlet], biller: int, now: datetime
) -> Row:
    """Outlets that differ in nothing are asked about once."""
    kinds: dict[tuple[bool, bool], list[Outlet]] = {}
    for outlet in outlets:
        withdrawn = (outlet.number, biller) in network.withdrawn
        kinds.setdefault((outlet.suspended, withdrawn), []).append(outlet)
    whose = network.billers[biller]
    found = [(standing(network, group[0], whose, now, outlook), len(group))
             for group in kinds.values()]  # fmt: skip
    taking = sum(count for stands, count in found if stands.refused is None)
    shut = [(count, stands) for stands, count in found if stands.refused is not None]
    reason = max(shut, key=lambda one: one[0])[1] if shut else None
    return Row(outlets[0].agent, biller, taking, len(outlets), reason)
