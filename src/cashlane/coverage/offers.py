"""Offers: what each outlet of a network has for whom, read out of the picture that payments are
routed by; and the same network without one agent, one way or one outlet."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import structs

from cashlane.core.access import Offer, week_of
from cashlane.core.bill import Biller
from cashlane.core.capacity import PACES
from cashlane.core.hours import is_open
from cashlane.core.network import Network
from cashlane.core.premises import UNTOLD

ORDINARY = ""
"""The country of a week without public holidays: what is told of `PH` does not count in it."""


def offers_of(network: Network, now: datetime) -> dict[int, Offer]:
    """Every outlet's offer in an ordinary week of this season, by its number. An outlet that is
    nowhere on the map has none."""
    monday, weeks = _monday(network, now), dict[str, int | None]()
    billers = {agent: _under_contract(network, agent) for agent in network.agents}
    found = {}
    for number, place in sorted(network.places.items()):
        outlet = network.outlets[number]
        premises = network.premises.get(number, UNTOLD)
        if premises.hours not in weeks:
            weeks[premises.hours] = open_week(network, premises.hours, monday)
        left = taken_at(network, number, billers[outlet.agent])
        found[number] = Offer(
            number, place, kinds_of(network, left), weeks[premises.hours],
            premises.step_free is True, PACES[network.agents[outlet.agent].kind].a_week,
        )  # fmt: skip
    return found


def _under_contract(network: Network, agent: int) -> tuple[int, ...]:
    """The billers whose bills some certified way carries for an agent."""
    pairs = network.contracts.items()
    return tuple(sorted(biller for (who, biller), one in pairs if who == agent and one.routes))


def missing_at(network: Network, outlet: int) -> tuple[int, ...]:
    """The billers under contract with its agent whose bills an outlet does not take: what citizens
    can ask to have back."""
    there = billers_at(network, outlet)
    return tuple(
        one for one in _under_contract(network, network.outlets[outlet].agent) if one not in there
    )


def billers_at(network: Network, outlet: int) -> tuple[int, ...]:
    """The billers whose bills an outlet takes; none where it is suspended."""
    return taken_at(network, outlet, _under_contract(network, network.outlets[outlet].agent))


def taken_at(network: Network, outlet: int, billers: Collection[int]) -> tuple[int, ...]:
    """Those of its agent's billers that are not withdrawn from an outlet."""
    if network.outlets[outlet].suspended:
        return ()
    return tuple(one for one in billers if (outlet, one) not in network.withdrawn)


def kinds_of(network: Network, billers: Iterable[int]) -> frozenset[str]:
    """What somebody can ask for there: a kind of bill, or one biller's service."""
    each = [network.billers[one] for one in billers]
    return frozenset(name for one in each for name in (one.kind, service_of(one)))


def service_of(biller: Biller) -> str:
    """One biller's service: withdrawing it is a loss though another of its kind stays."""
    return f"{biller.kind}/{biller.code}"


def kinds_left(kinds: Iterable[str], gone: Collection[str]) -> frozenset[str]:
    """What is left where some services go: a kind stays while one service of it does."""
    services = [one for one in kinds if "/" in one and one not in gone]
    return frozenset(name for one in services for name in (one, one.partition("/")[0]))


def open_week(network: Network, hours: str, monday: datetime) -> int | None:
    """The hours of a week, as bits; None where nobody told them."""
    if not hours:
        return None
    return week_of(
        monday, lambda at: is_open(hours, at, zone=network.zone, country=ORDINARY) is True
    )


def this_week(network: Network, hours: str, now: datetime) -> int | None:
    """Likewise, in the week of a moment."""
    return open_week(network, hours, _monday(network, now))


def _monday(network: Network, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(network.zone))
    monday = local.date() - timedelta(days=local.weekday())
    return datetime(monday.year, monday.month, monday.day, tzinfo=ZoneInfo(network.zone))


def as_on(network: Network, on: date) -> Network:
    """The network read for a date, without the outlets that did not collect yet by what their
    agents tell."""
    told = network.premises
    late = {
        number: structs.replace(outlet, suspended=True)
        for number, outlet in network.outlets.items()
        if not outlet.suspended and (told.get(number, UNTOLD).collecting_since or on) > on
    }
    return structs.replace(network, outlets={**network.outlets, **late})


def without_agent(network: Network, agent: int) -> Network:
    """The network if an agent took nothing any more."""
    kept = {pair: one for pair, one in network.contracts.items() if pair[0] != agent}
    return structs.replace(network, contracts=kept)


def without_route(network: Network, route: int) -> Network:
    """The network if a way carried nothing any more: whoever has another goes on by that."""
    kept = {
        pair: structs.replace(one, ways=tuple(way for way in one.ways if way.route != route))
        for pair, one in network.contracts.items()
    }
    return structs.replace(network, contracts=kept)


def without_outlet(network: Network, outlet: int) -> Network:
    """The network if an outlet closed."""
    closed = structs.replace(network.outlets[outlet], suspended=True)
    return structs.replace(network, outlets={**network.outlets, outlet: closed})
