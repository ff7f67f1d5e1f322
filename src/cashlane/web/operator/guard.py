"""The coverage guard at the window: an outlet, a service or hours may go only by its assessment;
notices and outages are assessed from their own pages."""

from collections.abc import Sequence
from datetime import date
from typing import Any, get_args
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from msgspec import structs

from cashlane.core.approval import REASON_MOST
from cashlane.core.concentration import Stopped, what_if
from cashlane.core.demand_list import Neighbourhood
from cashlane.core.guard import Instead, Trigger, keep_until
from cashlane.core.hours import HOURS_MOST
from cashlane.core.reduction import WISHED, Lost, Reduction, Wish
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.core.withdrawal import countdown
from cashlane.counter.problems import RefusedError
from cashlane.coverage.deciding import Answered
from cashlane.coverage.offers import billers_at, missing_at
from cashlane.coverage.standing import Ground
from cashlane.store.guard import NEWEST
from cashlane.values.ids import read_id, spell
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, line_of, typed
from cashlane.web.operator.guard_shown import (
    ACTS,
    PROMISES,
    REQUEST,
    SHOWN_MOST,
    affected,
    guard_href,
    impacts,
    promised,
    sketch,
    taking_over,
    told_asked,
    verdict_shown,
)
from cashlane.web.operator.moments import day
from cashlane.web.operator.notices import LOST_SPARES, named_notice
from cashlane.web.operator.places import named_party
from cashlane.web.shared.telling import what

LISTED_MOST = 100
"""Assessments on one page."""
NAMED_MOST = 12
"""Places of a name that are shown to choose from; a longer name finds fewer."""
NAME_MOST = 60
"""Letters of a name that are looked for; what is longer is not asked for."""


@get("/guard")
async def guard_page(here: Here) -> Response[str]:
    """The latest assessments and what became of them, and the places of a name at which a counter
    is asked for that never was."""
    here.require(Permission.NETWORK_READ)
    show, rows = here.show, await here.room.guard.latest(before=NEWEST, most=LISTED_MOST)
    name = line_of(here.request.query_params.get("place", ""), NAME_MOST).strip()
    places = _called(await _ground(here), name) if name else []
    return here.page(
        "guards.html",
        rows=[told_asked(show, one) for one in rows],
        walks=here.session.person.may(Permission.CITIZEN_READ),
        asks=here.session.person.may(Permission.OUTLETS_PROPOSE),
        place=name,
        place_most=NAME_MOST,
        places=places[:NAMED_MOST],
        more=max(len(places) - NAMED_MOST, 0),
        billers=sorted(show.network.billers.values(), key=lambda one: one.number),
    )


def _called(ground: Ground, name: str) -> list[Neighbourhood]:
    """Places of this name, those that begin with it first."""
    wanted = name.casefold()
    found = []
    for one in ground.places.values():
        at = [text.casefold().find(wanted) for text in (one.name.zh, one.name.en)]
        if max(at) >= 0:
            found.append((min(it for it in at if it >= 0), one.name.zh, one.number))
    return [ground.places[number] for _, _, number in sorted(found)]


@post("/guard/wish", status_code=200)
async def ask_wish(here: Here) -> Response[Any]:
    """Ask what people of a place miss where a counter never was: what somebody asks for there."""
    here.require(Permission.OUTLETS_PROPOSE)
    network, words, ground = here.show.network, await typed(here.request), await _ground(here)
    number = words.get("at", "")
    place = next((one for one in ground.places.values() if str(one.number) == number), None)
    if place is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("居住地点", "place")}))
    code = words.get("biller", "")
    billers = tuple(sorted(
        one.number for one in network.billers.values() if code in ("", one.code)
    ))  # fmt: skip
    wish = Wish(place.name, place.district, place.place)
    today = network.local(here.show.now).date()
    return await _ask(here, Reduction(REQUEST, (Lost(WISHED, billers),), "", today, "", wish), ())


@post("/outlet/{code:str}/guard", status_code=200)
async def ask_outlet(here: Here, code: str) -> Response[Any]:
    """Ask what would be lost if something of an outlet went, what was lost since its shop closed,
    or what a citizen misses who asks to have it back."""
    here.require(Permission.OUTLETS_PROPOSE)
    network, words = here.show.network, await typed(here.request)
    outlet = named_party(network.outlets.values(), code, Text("网点", "outlet"))
    since = day(words.get("since", ""), here.show, Text("生效日期", "the day it holds from"))
    if isinstance(since, Refused):
        raise RefusedError(since)
    act = words.get("act", "")
    if act not in (*ACTS, REQUEST):
        raise RefusedError(Refused("MALFORMED", {"what": Text("事项", "what is to go")}))
    taken = billers_at(network, outlet.number)
    codes = {one.code: one.number for one in network.billers.values()}
    service = (codes.get(words.get("biller", ""), 0),)
    missing = missing_at(network, outlet.number)
    back = service if service[0] in missing else missing
    billers = {"withdrawing": service, "hours": (), REQUEST: back}.get(act, taken)
    if act in ("shop", REQUEST) and not billers:
        raise RefusedError(Refused("MALFORMED", {"what": Text("事项", "what is to go")}))
    hours = line_of(words.get("hours", ""), HOURS_MOST + 1) if act == "hours" else ""
    lost = (Lost(outlet.number, billers),)
    return await _ask(here, Reduction(_trigger(act), lost, hours, since, ""), ())


def _trigger(name: str) -> Trigger:
    return next(one for one in get_args(Trigger) if one == name)


@post("/notice/{name:str}/guard", status_code=200)
async def ask_notice(here: Here, name: str) -> Response[Any]:
    """Ask what a posted notice takes from whom."""
    here.require(Permission.OUTLETS_PROPOSE)
    notice, show = await named_notice(here, name), here.show
    losses = countdown(notice, show.network, here.room.service.outlook(), show.now).losses
    pairs = [(one.biller, one.outlets) for one in losses if one.spare in LOST_SPARES]
    since = show.network.local(max(show.now, notice.since)).date()
    return await _ask(here, _event(here, "notice", pairs, since, name), ())


@post("/route/{code:str}/guard", status_code=200)
async def ask_route(here: Here, code: str) -> Response[Any]:
    """Ask what an outage of a way takes from whom."""
    here.require(Permission.OUTLETS_PROPOSE)
    show = here.show
    route = named_party(show.network.routes.values(), code, Text("通道", "route"))
    impact = what_if(
        Stopped("route", route.number), show.network, here.room.service.outlook(), show.now
    )
    gone = ("closes", "closed_already")
    pairs = [(one.biller, one.outlets) for one in impact.pairs if one.outcome in gone]
    today = show.network.local(show.now).date()
    return await _ask(here, _event(here, "outage", pairs, today, code), ())


def _event(
    here: Here, trigger: Trigger, pairs: Sequence[tuple[int, Sequence[int]]], since: date,
    cause: str,
) -> Reduction:  # fmt: skip
    """What happens anyway, by outlet; one that loses nothing is not part of it."""
    lost: dict[int, set[int]] = {}
    for biller, outlets in pairs:
        for outlet in outlets:
            lost.setdefault(outlet, set()).add(biller)
    if not lost:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("受影响的网点", "affected outlet")}))
    rows = tuple(Lost(outlet, tuple(sorted(billers))) for outlet, billers in sorted(lost.items()))
    return Reduction(trigger, rows, "", since, cause)


@get("/guard/{name:str}")
async def assessment_page(here: Here, name: str) -> Response[str]:
    """One assessment: who loses what, what there is instead, what was decided."""
    here.require(Permission.NETWORK_READ)
    return await _page(here, await _named(here, name), None)


@post("/guard/{name:str}/promise", status_code=200)
async def promise(here: Here, name: str) -> Response[Any]:
    """Ask again with something promised to all that are affected."""
    here.require(Permission.OUTLETS_PROPOSE)
    found, words = await _named(here, name), await typed(here.request)
    until = day(words.get("until", ""), here.show, Text("保留至", "keep until"))
    if isinstance(until, Refused):
        return await _page(here, found, until)
    kind = words.get("kind", "")
    if kind not in PROMISES:
        refused = Refused("MALFORMED", {"what": Text("替代办法", "what is there instead")})
        return await _page(here, found, refused)
    points = frozenset(loss.point for loss in found.answer.losses)
    walkers = frozenset(one.walker for one in found.answer.stranded)
    made = Instead(kind, points, walkers, until)  # type: ignore[arg-type]
    return await _ask(here, found.asked.reduction, (*found.answer.instead, made))


@post("/guard/{name:str}/again", status_code=200)
async def again(here: Here, name: str) -> Response[Any]:
    """Ask the same of the network as it is now."""
    here.require(Permission.OUTLETS_PROPOSE)
    found = await _named(here, name)
    today = here.show.network.local(here.show.now).date()
    since = max(today, found.asked.reduction.since)
    return await _ask(
        here, structs.replace(found.asked.reduction, since=since), found.answer.instead
    )


@post("/guard/{name:str}/decide", status_code=200)
async def decide(here: Here, name: str) -> Response[Any]:
    """Sign: what waits takes effect, what happened is made good."""
    here.require(Permission.OUTLETS_APPROVE)
    found, words = await _named(here, name), await typed(here.request)
    reason = line_of(words.get("reason", ""), REASON_MOST + 1)
    made = await here.room.guard.decide(found.asked.id, here.session.person, reason)
    if isinstance(made, Refused):
        return await _page(here, await _named(here, name), made)
    return Redirect(guard_href(found.asked), status_code=303)


async def _ask(here: Here, wanted: Reduction, instead: Sequence[Instead]) -> Response[Any]:
    made = await here.room.guard.ask(wanted, here.session.person, instead)
    if isinstance(made, Refused):
        raise RefusedError(made)
    return Redirect(f"/window/guard/{spell('asm', made)}", status_code=303)


async def _named(here: Here, name: str) -> Answered:
    found = await here.room.guard.find(read_id("asm", name) or UUID(int=0))
    if isinstance(found, Refused):
        raise RefusedError(found)
    return found


async def _ground(here: Here) -> Ground:
    ground = await here.room.guard.ground()
    if isinstance(ground, Refused):
        raise RefusedError(ground)
    return ground


async def _page(here: Here, found: Answered, refused: Refused | None) -> Response[str]:
    show, person, asked, answer = here.show, here.session.person, found.asked, found.answer
    ground = await _ground(here)
    rows = affected(answer, ground)
    open_ = asked.decided is None
    return here.page(
        "assessment.html",
        status=200 if refused is None else refused.entry.status,
        path=guard_href(asked),
        asked=asked,
        answer=answer,
        what=show.say(what(show.network, asked.reduction)),
        verdict=verdict_shown(show, asked.verdict),
        impacts=impacts(show, answer),
        rows=rows[:SHOWN_MOST],
        rows_count=len(rows),
        picture=sketch(rows, asked.reduction, ground),
        substitutes=taking_over(answer)[:SHOWN_MOST],
        substitutes_count=len(answer.substitutes),
        promised=promised(show, answer.instead),
        promises=PROMISES,
        outlets=[one for one in asked.reduction.outlets if one in show.network.outlets],
        stale=open_ and asked.reduction.waits and asked.ground != ground.version,
        asks=open_ and person.may(Permission.OUTLETS_PROPOSE),
        signs=open_ and person.may(Permission.OUTLETS_APPROVE),
        own=asked.asked_by == person.id and asked.reduction.takes_effect,
        until=keep_until(show.network.local(show.now).date()),
        reason_most=REASON_MOST,
        refused=refused,
        list_name=_list_name(ground, asked.list),
    )


def _list_name(ground: Ground, ident: UUID) -> str:
    return ground.list.name if ground.list.id == ident else str(ident)
