"""Find a counter: by estate, street or name; on a list that needs no script, with a small map, in
very large letters, or on a sheet of paper."""

import asyncio
from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import Provide
from litestar.response import Redirect
from msgspec import Struct, structs

from cashlane.core.demand_list import Neighbourhood
from cashlane.core.finding import Counter, Wish, counters_among, counters_near, names_of
from cashlane.core.network import Network, Outlet
from cashlane.core.outlet_list import spelled
from cashlane.core.programme import Programme
from cashlane.counter.service import Service
from cashlane.values.geo import Point
from cashlane.values.text import Text
from cashlane.web.citizen.asked import Asked, asked_of
from cashlane.web.citizen.estates import LOOKED_S, Estates, Look, looking
from cashlane.web.citizen.little_map import LittleMap, little_map, radius_m
from cashlane.web.citizen.shown import Shown, aloud, shown
from cashlane.web.shared.headers import guarded
from cashlane.web.shared.pages import Pages
from cashlane.web.shared.resting import Resting

_pages = Pages("cashlane.web.citizen")
LISTED_MOST = 8
"""Counters near a place: a person reads no more, and the map stays readable."""
DESK_MOST = 3
"""Counters that somebody on the telephone can be told."""
PAPER_MOST, LARGE_PAPER_MOST = 5, DESK_MOST
"""Counters on one sheet with a map, and on one in letters of 18 points, which has no room for it:
those that the desk tells, the open ones first."""
CHOICES_MOST = 24
"""Estates of one name: more are not read, one types more letters."""
DISTRICT_MOST = 60
"""Counters of one district on a page; the search finds the others."""
CONTEXT_WITHIN_M = 20_000
CONTEXT_MOST = 12
"""Estates that may be named on the map, before those are left out that would not fit."""


class Here(Struct, frozen=True):
    """The place that is asked about, and what it is called."""

    point: Point
    name: str


class Answer(Struct, frozen=True):
    """What a search led to: a place with counters round it, or estates and counters to choose
    from."""

    here: Here | None
    counters: list[Shown]
    picture: LittleMap | None
    choices: list[Neighbourhood]
    reach_m: int


async def answer(
    service: Service, estates: Estates, asked: Asked, *, most: int, open_first: bool
) -> Answer:
    """Look up what was asked. With `open_first` closed doors are told of only where too few are
    open."""
    network, now = service.places.network, service.clock.now()
    choices = _choices(estates, asked)
    here = _here(estates, asked, choices)
    wish = Wish(
        _biller(network, asked), asked.open_now, asked.step_free, _programme(network, asked)
    )
    found: list[Counter] = []
    if here is not None:
        found = _near(service, here, wish, most=most, open_first=open_first)
    elif asked.typed or asked.district:
        outlets = await _outlets(service, asked)
        found = counters_among(
            network, service.outlook(), outlets, now, wish=wish, most=DISTRICT_MOST
        )
    each = [
        shown(network, one, now, place=at, language=asked.language)
        for at, one in enumerate(found, start=1)
    ]
    picture, reach = _picture(network, estates, asked, here, each)
    return Answer(here, each, picture, [] if here is not None else choices, reach)


def _near(
    service: Service, here: Here, wish: Wish, *, most: int, open_first: bool
) -> list[Counter]:
    network, outlook, now = service.places.network, service.outlook(), service.clock.now()

    def nearest(wished: Wish) -> list[Counter]:
        return counters_near(
            network, outlook, here.point, now,
            places=service.places.nearest_with(wished.programme), wish=wished, most=most,
        )  # fmt: skip

    if not open_first:
        return nearest(wish)
    found = nearest(structs.replace(wish, open_now=True))
    if len(found) < most and not wish.open_now:
        known = {one.outlet for one in found}
        found += [one for one in nearest(wish) if one.outlet not in known]
    return found[:most]


def _choices(estates: Estates, asked: Asked) -> list[Neighbourhood]:
    """Estates of the name that was typed."""
    numbers = estates.names.like(asked.typed, most=CHOICES_MOST)
    return [one for number in numbers if (one := estates.get(number)) is not None]


def _here(estates: Estates, asked: Asked, choices: list[Neighbourhood]) -> Here | None:
    """The place that is meant: a chosen estate, degrees, or the only estate that is called so or
    has this in its name."""
    chosen = estates.get(asked.estate)
    if chosen is None and asked.point is not None:
        return Here(asked.point, asked.typed)
    if chosen is None:
        whole = [one for one in choices if spelled(asked.typed) in names_of(one)]
        only = whole if len(whole) == 1 else choices
        chosen = only[0] if len(only) == 1 else None
    return None if chosen is None else Here(chosen.place, chosen.name.say(asked.language))


def _biller(network: Network, asked: Asked) -> int | None:
    named = (one.number for one in network.billers.values() if one.code == asked.biller)
    return next(named, None)


def _programme(network: Network, asked: Asked) -> str | None:
    return asked.programme if asked.programme in network.programmes else None


async def _outlets(service: Service, asked: Asked) -> list[Outlet]:
    """Outlets by name, or those of a district, by code."""
    network = service.places.network
    if not asked.typed:
        every = sorted(network.outlets.values(), key=lambda one: one.code)
        return [one for one in every if one.district == asked.district]
    names = await asyncio.to_thread(lambda: service.places.names)
    return [network.outlets[one] for one in names.like(asked.typed, most=DISTRICT_MOST)]


def _picture(
    network: Network, estates: Estates, asked: Asked, here: Here | None, each: list[Shown]
) -> tuple[LittleMap | None, int]:
    if here is None or not each:
        return None, 0
    placed = [(one, network.places[one.outlet]) for one in each]
    reach = radius_m([place for _, place in placed], here.point)
    near = estates.around(here.point, within_m=min(reach, CONTEXT_WITHIN_M), most=CONTEXT_MOST)
    others = [one for one in near if one.place != here.point]
    return little_map(here.point, placed, others, asked.language), reach


@get("/")
async def front_door(request: Request[Any, Any, Any]) -> Redirect:
    """Whoever types no more than the name of the place wants a counter."""
    said = request.url.query
    return Redirect("/find/" + (f"?{said}" if said else ""), status_code=303)


@get("/")
async def find_page(
    request: Request[Any, Any, Any], service: Service, estates: Resting[Estates]
) -> Response[str]:
    """The search and what it found."""
    asked, known = asked_of(request), await estates.latest()
    found = await answer(service, known, asked, most=LISTED_MOST, open_first=False)
    return _page("find.html", service, known, asked, found, path="/find/")


@get("/paper")
async def paper_page(
    request: Request[Any, Any, Any], service: Service, estates: Resting[Estates]
) -> Response[str]:
    """The same on one sheet of A4 in large letters, with the date on it."""
    asked, known = asked_of(request), await estates.latest()
    most = LARGE_PAPER_MOST if asked.elder else PAPER_MOST
    found = await answer(service, known, asked, most=most, open_first=asked.elder)
    return _page("paper.html", service, known, asked, found, path="/find/paper")


@get("/how")
async def how_page(
    request: Request[Any, Any, Any], service: Service, estates: Resting[Estates]
) -> Response[str]:
    """How to pay over a counter, step by step."""
    asked, known = asked_of(request), await estates.latest()
    nothing = Answer(None, [], None, [], 0)
    return _page("how.html", service, known, asked, nothing, path="/find/how")


@get("/")
async def desk_page(
    request: Request[Any, Any, Any], service: Service, estates: Resting[Estates]
) -> Response[str]:
    """For whoever answers a telephone or sits in a neighbourhood office: three counters that work
    now, with a sentence to read aloud."""
    asked, known = asked_of(request), await estates.latest()
    found = await answer(service, known, asked, most=DESK_MOST, open_first=True)
    return _page("desk.html", service, known, asked, found, path="/desk/")


def _page(
    template: str, service: Service, estates: Estates, asked: Asked, found: Answer, *, path: str
) -> Response[str]:
    network, language = service.places.network, asked.language

    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(language)

    return _pages.page(
        template,
        language=language,
        say=say,
        asked=asked,
        place=found.here.name if found.here is not None else asked.typed,
        path=path,
        found=found,
        aloud=aloud,
        at=network.local(service.clock.now()),
        billers=sorted(network.billers.values(), key=lambda one: one.number),
        programmes=_offered(service),
        districts=service.places.districts,
        district=network.district,
        synthetic=estates.demand.row is not None and estates.demand.row.synthetic,
        searchable=bool(estates.demand.places),
    )


def _offered(service: Service) -> list[Programme]:
    """The programmes that one can wish for: those that are at some counter today."""
    network = service.places.network
    today = network.local(service.clock.now()).date()
    live = {it for one in network.placements for it in network.live_programmes(one, today)}
    return [network.programmes[code] for code in sorted(live)]


def finder_routers(service: Service, look: Look) -> list[Router]:
    """The public search, and the desk beside it."""
    estates = Resting(looking(look), service.clock.elapsed, least_s=LOOKED_S)
    shared: dict[str, Any] = {
        "dependencies": {
            "service": Provide(lambda: service, sync_to_thread=False),
            "estates": Provide(lambda: estates, sync_to_thread=False),
        },
        "include_in_schema": False,
        "after_request": guarded,
    }
    return [
        Router("/", route_handlers=[front_door], **shared),
        Router("/find", route_handlers=[find_page, paper_page, how_page], **shared),
        Router("/desk", route_handlers=[desk_page], **shared),
    ]
