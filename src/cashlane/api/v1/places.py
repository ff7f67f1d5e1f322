"""Outlets, ways and billers over the wire: what can be paid where now, and why not."""

from typing import Annotated, Literal

from litestar import get
from litestar.params import QueryParameter

from cashlane.api.v1 import examples
from cashlane.api.v1.told import AT_COUNTER, told
from cashlane.core.network import Actor
from cashlane.counter.messages import Code
from cashlane.counter.service import Service
from cashlane.counter.standing import (
    billers_at,
    nearest_to,
    outlet_out,
    outlets_page,
    routes_of,
)
from cashlane.counter.whereabouts import BillersOut, NearestOut, OutletOut, OutletsOut, RoutesOut
from cashlane.values.datum import Datum, to_wgs84
from cashlane.values.geo import Point

PAGE_MOST = 200
"""Rows of one page: the next page begins after the last code."""
NEAREST_MOST = 20
"""More neighbours than anybody walks to."""
_FILTER_MOST = 64
"""Letters of a filter: no brand or district is longer."""


@get("/outlets", opt=told("places", "SCHEMA", answered=examples.OUTLETS))
async def outlets(
    service: Service,
    actor: Actor,
    after: Annotated[str, QueryParameter(max_length=_FILTER_MOST)] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MOST)] = PAGE_MOST,
    brand: Annotated[str, QueryParameter(max_length=_FILTER_MOST)] = "",
    district: Annotated[str, QueryParameter(max_length=_FILTER_MOST)] = "",
    open: Literal["true", "false", "any"] = "any",
) -> OutletsOut:
    """List the caller's outlets by code, a page at a time; `next` goes into `after`.

    An empty filter filters nothing.
    """
    return outlets_page(
        service, actor, after=after, limit=limit, brand=brand, district=district,
        is_open=None if open == "any" else open == "true",
    )  # fmt: skip


@get("/outlets/{code:str}", opt=told("places", "SCHEMA", *AT_COUNTER))
async def outlet(service: Service, actor: Actor, code: Code) -> OutletOut:
    """Show one outlet of the caller."""
    return outlet_out(service, service.places.outlet(actor, code))


@get(
    "/nearest",
    opt=told("places", "SCHEMA", "UNKNOWN_BILLER", "NOT_FOUND", answered=examples.NEAREST),
)
async def nearest(
    service: Service,
    longitude: Annotated[float, QueryParameter(ge=-180, le=180)],
    latitude: Annotated[float, QueryParameter(ge=-90, le=90)],
    system: Datum,
    biller: Annotated[str, QueryParameter(max_length=_FILTER_MOST)] = "",
    programme: Annotated[str, QueryParameter(max_length=_FILTER_MOST)] = "",
    open_now: bool = False,
    step_free: bool = False,
    limit: Annotated[int, QueryParameter(ge=1, le=NEAREST_MOST)] = 3,
) -> NearestOut:
    """Find the nearest outlets that take cash now, of any agent, for one biller or for any.

    With `open_now` or `step_free` only those of which it is known that their door is open, or that
    there is no step; with `programme` only those that have this other public service today.

    `system` says in which coordinate system the point is; a point of a Chinese map read as
    satellite coordinates would be half a kilometre off.
    """
    here = Point(round(longitude * 1_000_000), round(latitude * 1_000_000))
    return nearest_to(
        service, to_wgs84(system, here), biller=biller, programme=programme, open_now=open_now,
        step_free=step_free, most=limit,
    )  # fmt: skip


@get("/routes", opt=told("places"))
async def routes(service: Service, actor: Actor) -> RoutesOut:
    """List the ways to billers that the caller's contracts use, and whether each is open now."""
    return routes_of(service, actor)


@get("/billers", opt=told("places", "SCHEMA", *AT_COUNTER, answered=examples.BILLERS))
async def billers(service: Service, actor: Actor, outlet: Code) -> BillersOut:
    """List what can be paid at an outlet now; what cannot says why, since when, until when."""
    return billers_at(service, service.places.outlet(actor, outlet))
