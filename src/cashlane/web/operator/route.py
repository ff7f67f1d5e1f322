"""A route: what it was certified to do, how it is, what was said about it, its payments in doubt;
and the form by which an operator says something about it."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from cashlane.core.concentration import Stopped, what_if
from cashlane.core.health import Condition, Health
from cashlane.core.network import Contract, Network, Route
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.core.routing import Outlook
from cashlane.registry.notices import SENTENCE_MOST, Wanted
from cashlane.values.text import LANGUAGES, Text
from cashlane.web.operator.door import Here, line_of, typed
from cashlane.web.operator.doubt import FIRST
from cashlane.web.operator.moments import moment
from cashlane.web.operator.places import PAGE_MOST, named_party
from cashlane.web.operator.show import Show
from cashlane.web.operator.ways import notice_href, notices_of
from cashlane.web.operator.ways_shown import NOTICES, REASONS, of_health, of_route

FORM_MOMENT = "%Y-%m-%dT%H:%M"
"""How a form holds a moment."""


@get("/route/{code:str}")
async def route_page(here: Here, code: str) -> Response[str]:
    """The route's page."""
    here.require(Permission.NETWORK_READ)
    return await _page(here, _route(here, code), {}, None)


@post("/route/{code:str}/say", status_code=200)
async def say(here: Here, code: str) -> Response[Any]:
    """Say that it is withdrawn, under maintenance, shut or open; refused, it is typed still."""
    here.require(Permission.ROUTES_PROPOSE)
    route, words = _route(here, code), await typed(here.request)
    wanted = _wanted(here.show, route, words)
    if isinstance(wanted, Refused):
        return await _page(here, route, words, wanted)
    notice = await here.room.notices.say(wanted, actor=here.session.person.login)
    if isinstance(notice, Refused):
        return await _page(here, route, words, notice)
    return Redirect(notice_href(notice), status_code=303)


def _route(here: Here, code: str) -> Route:
    return named_party(here.show.network.routes.values(), code, Text("通道", "route"))


def _wanted(show: Show, route: Route, words: Mapping[str, str]) -> Wanted | Refused:
    """What was typed; an empty beginning means now."""
    since = moment(words.get("since", ""), show, Text("开始时间", "the beginning"))
    until = moment(words.get("until", ""), show, Text("结束时间", "the end"))
    if isinstance(since, Refused):
        return since
    if isinstance(until, Refused):
        return until
    parties = _parties(show.network, words)
    if isinstance(parties, Refused):
        return parties
    zh, en = (line_of(words.get(name, ""), SENTENCE_MOST + 1) for name in LANGUAGES)
    return Wanted(
        route.number, *parties, words.get("kind", ""), since or show.now, until,
        words.get("reason", ""), Text(zh, en),
    )  # fmt: skip


def _parties(network: Network, words: Mapping[str, str]) -> tuple[int, int] | Refused:
    """Biller and agent by their codes; nothing chosen is all."""
    billers = {one.code: one.number for one in network.billers.values()} | {"": 0}
    agents = {one.code: one.number for one in network.agents.values()} | {"": 0}
    biller, agent = words.get("biller", ""), words.get("agent", "")
    if biller not in billers:
        return Refused("MALFORMED", {"what": Text("收费单位", "biller")})
    if agent not in agents:
        return Refused("MALFORMED", {"what": Text("机构", "agent")})
    return billers[biller], agents[agent]


async def _page(
    here: Here, route: Route, words: Mapping[str, str], refused: Refused | None
) -> Response[str]:
    show, outlook = here.show, here.room.service.outlook()
    wall, tally = await here.room.pulse.wall(), await here.room.pulse.tally()
    return here.page(
        "route.html",
        status=200 if refused is None else refused.entry.status,
        path=f"/window/route/{route.code}",
        route=route,
        now=next(one for one in wall.routes if one.number == route.number),
        wall=wall,
        states=tally.by_state(lambda row: row.route == route.number),
        tally=tally,
        condition=of_route(show, outlook, route.number),
        health=[(one, of_health(show, one)) for one in _health(outlook, route.number)],
        notices=notices_of(show, outlook, route.number),
        impact=what_if(Stopped("route", route.number), show.network, outlook, show.now),
        refused=refused,
        words=words,
        says=here.session.person.may(Permission.ROUTES_PROPOSE),
        guards=here.session.person.may(Permission.OUTLETS_PROPOSE),
        kinds_of_notice=NOTICES,
        reasons=REASONS,
        agents=sorted({one.agent for one in _contracts(show.network, route)}),
        sentence_most=SENTENCE_MOST,
        now_typed=_typed_now(show),
        rows=await here.room.finding.doubts(
            after=FIRST, biller=0, route=route.number, most=PAGE_MOST
        ),
    )


def _typed_now(show: Show) -> str:
    """This minute, as a form holds it: what is said by default holds at once."""
    return show.network.local(show.now).strftime(FORM_MOMENT)


def _contracts(network: Network, route: Route) -> list[Contract]:
    return [
        one
        for one in network.contracts.values()
        if any(way.route == route.number for way in one.ways)
    ]


def _health(outlook: Outlook, route: int) -> list[Health]:
    """The route itself, then what is not well behind it, then the rest."""
    known = [one for scope, one in outlook.health.items() if scope.route == route]
    return sorted(
        known, key=lambda one: (one.scope.biller > 0, one.condition is Condition.WELL, one.scope)
    )
