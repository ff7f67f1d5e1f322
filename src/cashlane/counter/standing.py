"""What is open where, in the words of the wire: outlets, ways, and billers at a counter."""

from datetime import datetime

from cashlane.core.bill import Biller
from cashlane.core.finding import Counter, Wish, counters_near
from cashlane.core.network import Actor, Network, Outlet
from cashlane.core.outlet import Standing, standing
from cashlane.core.routing import is_shut
from cashlane.counter.service import Service
from cashlane.counter.whereabouts import (
    BillerHereOut,
    BillersOut,
    DoorOut,
    FieldOut,
    NearestOut,
    NearOut,
    OutletOut,
    OutletsOut,
    ProgrammeOut,
    ReasonOut,
    RouteOut,
    RoutesOut,
)
from cashlane.counter.wording import name_out
from cashlane.values.geo import Point


def outlets_page(
    service: Service,
    actor: Actor,
    *,
    after: str,
    limit: int,
    brand: str,
    district: str,
    is_open: bool | None,
) -> OutletsOut:
    """The caller's outlets after a code, as far as they are of that brand, district and state.

    An empty brand or district, and a state of None, let all through.
    """
    rest = [
        one
        for one in service.places.outlets_of(actor)
        if one.code > after
        and brand in ("", one.brand)
        and district in ("", one.district)
        and is_open in (None, not one.suspended)
    ]
    page = rest[:limit]
    more = page[-1].code if len(rest) > limit else None
    return OutletsOut([outlet_out(service, one) for one in page], more)


def outlet_out(service: Service, place: Outlet) -> OutletOut:
    """One outlet."""
    return OutletOut(
        code=place.code,
        name=name_out(place.name),
        agent=service.places.network.agents[place.agent].code,
        brand=place.brand,
        district=place.district,
        open=not place.suspended,
        tills=service.places.tills_of(place),
    )


def nearest_to(
    service: Service, here: Point, *, biller: str, programme: str, open_now: bool,
    step_free: bool, most: int,
) -> NearestOut:  # fmt: skip
    """The nearest outlets of all agents that take a biller's bills now, any bills where it is "",
    and have a programme, whether or not one where it is "".

    What everybody may know: `/find/` tells it to citizens.
    """
    places, now = service.places, service.clock.now()
    network = places.network
    wish = Wish(
        places.biller(biller).number if biller else None, open_now=open_now, step_free=step_free,
        programme=places.programme(programme).code if programme else None,
    )  # fmt: skip
    near = places.nearest_with(wish.programme)
    found = counters_near(network, service.outlook(), here, now, places=near, wish=wish, most=most)
    return NearestOut(network.written(now), [_near(network, one) for one in found])


def _near(network: Network, one: Counter) -> NearOut:
    outlet, premises, door = network.outlets[one.outlet], one.premises, one.opening
    assert one.metres is not None
    assert one.minutes is not None
    changes = None if door.changes_at is None else network.written(door.changes_at)
    return NearOut(
        code=outlet.code,
        name=name_out(outlet.name),
        brand=outlet.brand,
        district=outlet.district,
        metres=one.metres,
        walk_minutes=one.minutes,
        billers=[network.billers[number].code for number in one.billers],
        door=DoorOut(door.state, changes, premises.hours),
        step_free=premises.step_free,
        address=premises.address,
        transit=premises.transit,
        programmes=[
            ProgrammeOut(code, name_out(network.programmes[code].name)) for code in one.programmes
        ],
    )


def routes_of(service: Service, actor: Actor) -> RoutesOut:
    """The ways that the caller's contracts use, by code."""
    network, outlook, now = service.places.network, service.outlook(), service.clock.now()
    used = {
        number
        for (agent, _), contract in network.contracts.items()
        if agent == actor.agent
        for number in contract.routes
    }
    mine = sorted((network.routes[number] for number in used), key=lambda one: one.code)
    return RoutesOut(
        [
            RouteOut(
                code=route.code,
                name=name_out(route.name),
                kind=route.kind,
                open=not is_shut(outlook, route.number, now),
                billers=sorted(network.billers[number].code for number in route.billers),
            )
            for route in mine
        ]
    )


def billers_at(service: Service, outlet: Outlet) -> BillersOut:
    """Every biller under contract with the outlet's agent, as it stands there now."""
    network, now, outlook = service.places.network, service.clock.now(), service.outlook()
    numbers = sorted(biller for agent, biller in network.contracts if agent == outlet.agent)
    here = [
        _here(network, biller, standing(network, outlet, biller, now, outlook))
        for biller in (network.billers[number] for number in numbers)
    ]
    return BillersOut(outlet.code, network.written(now), here)


def _here(network: Network, biller: Biller, stands: Standing) -> BillerHereOut:
    field = biller.fields[0] if biller.fields else None
    return BillerHereOut(
        code=biller.code,
        name=name_out(biller.name),
        kind=biller.kind,
        account=FieldOut(name_out(field.name), field.least, field.most, field.digits_only)
        if field
        else None,
        parts_allowed=biller.parts_allowed,
        open=stands.refused is None,
        closed=_reason(network, stands),
    )


def _reason(network: Network, stands: Standing) -> ReasonOut | None:
    if stands.refused is None:
        return None

    def moment(at: datetime | None) -> str | None:
        return network.written(at) if at is not None else None

    sentence = stands.refused.sentence()
    return ReasonOut(
        code=stands.refused.code,
        detail=sentence.en,
        detail_zh=sentence.zh,
        since=moment(stands.since),
        until=moment(stands.until),
    )
