"""All ways at one look: how each is, what was said about it, what hangs on it, which spares are
ready to take over."""

from collections import Counter
from collections.abc import Mapping, Sequence

from litestar import Response, get
from msgspec import Struct

from cashlane.core.concentration import KIND_NAMES, Impact, Stopped
from cashlane.core.drill import Thing, thing_of
from cashlane.core.health import Health
from cashlane.core.network import Network
from cashlane.core.roles import Permission
from cashlane.core.routing import Outlook, RouteNotice
from cashlane.core.withdrawal import countdown
from cashlane.values.ids import spell
from cashlane.web.operator.door import Here
from cashlane.web.operator.drills import DrillShown, drill_shown, known_drills
from cashlane.web.operator.pictures import share
from cashlane.web.operator.show import Show, StateShown
from cashlane.web.operator.ways_shown import (
    LEVELS,
    NOTICES,
    SPARES,
    WayShown,
    ailing,
    look,
    of_route,
    phase,
    ways_of,
)

SHARE_WIDTH = 140
WHOLE_PPM = 1_000_000


class NoticeShown(Struct, frozen=True):
    """A notice in a list. `level` is None where it takes nothing away."""

    href: str
    notice: RouteNotice
    kind: StateShown
    phase: StateShown
    level: StateShown | None


class RouteShown(Struct, frozen=True):
    """A route in the list of ways."""

    number: int
    condition: StateShown
    ailing: Sequence[Health]
    notices: Sequence[NoticeShown]
    impact: Impact | None


class Weight(Struct, frozen=True):
    """A thing that may stop, and the part of all outlets that would lose some bill (pixels)."""

    href: str
    kind: str
    name: str
    impact: Impact
    width: int
    thing: Thing


@get("/ways")
async def ways_page(here: Here) -> Response[str]:
    """Every route, every notice, every spare."""
    here.require(Permission.NETWORK_READ)
    show, outlook = here.show, here.room.service.outlook()
    impacts = await here.room.watching.impacts()
    pairs = pairs_shown(show, outlook)
    return here.page(
        "ways.html",
        routes=_routes(show, outlook, impacts),
        weights=[weight(show, one) for one in impacts],
        pairs=pairs,
        agents=sorted({agent for agent, _ in pairs}),
        billers=sorted({biller for _, biller in pairs}),
        spares=_spares(show, pairs),
        width=SHARE_WIDTH,
        drilled=await _drilled(here),
    )


async def _drilled(here: Here) -> Mapping[Thing, DrillShown]:
    """How every thing stands that was ever drilled or is to be."""
    known = await known_drills(here)
    if known is None:
        return {}
    things = {*known.latest, *known.schedules}
    return {thing: drill_shown(here.show, known, thing) for thing in things}


def notices_of(show: Show, outlook: Outlook, route: int) -> list[NoticeShown]:
    """What was said about a route and holds or is to come, the soonest first."""
    found = [one for one in outlook.notices if one.route == route]
    return [notice_shown(show, outlook, one) for one in sorted(found, key=lambda one: one.since)]


def notice_shown(show: Show, outlook: Outlook, notice: RouteNotice) -> NoticeShown:
    """A notice with how loud it is."""
    loud = None
    if notice.kind != "open":
        loud = look(show, LEVELS[countdown(notice, show.network, outlook, show.now).level])
    kind = look(show, NOTICES[notice.kind])
    return NoticeShown(notice_href(notice), notice, kind, phase(show, notice), loud)


def notice_href(notice: RouteNotice) -> str:
    """The page of a notice."""
    return f"/window/notice/{spell('ntc', notice.id)}"


def pairs_shown(show: Show, outlook: Outlook) -> Mapping[tuple[int, int], list[WayShown]]:
    """Every agent's ways to every biller it has a contract for."""
    return {
        place: ways_of(show, outlook, contract)
        for place, contract in sorted(show.network.contracts.items())
    }


def weight(show: Show, impact: Impact) -> Weight:
    """A thing with its name and page."""
    code, name = named(show, impact.what)
    href = "/window/what-if/hub" if code is None else f"/window/what-if/{impact.what.kind}/{code}"
    width = share(impact.share_ppm, WHOLE_PPM, SHARE_WIDTH)
    kind, thing = show.say(KIND_NAMES[impact.what.kind]), thing_of(impact.what, show.network)
    return Weight(href, kind, name, impact, width, thing)


def named(show: Show, what: Stopped) -> tuple[str | None, str]:
    """Code and name of a thing that may stop; the hub has no code."""
    network: Network = show.network
    match what.kind:
        case "route":
            return show.route_code(what.number), show.route(what.number)
        case "biller":
            return show.biller_code(what.number), show.biller(what.number)
        case "agent":
            return network.agents[what.number].code, show.agent(what.number)
        case "hub":
            return None, show.t("现金通道中心", "Cashlane itself")


def _routes(show: Show, outlook: Outlook, impacts: Sequence[Impact]) -> list[RouteShown]:
    heavy = {one.what: one for one in impacts}
    return [
        RouteShown(
            number,
            of_route(show, outlook, number),
            ailing(outlook, number),
            notices_of(show, outlook, number),
            heavy.get(Stopped("route", number)),
        )
        for number in sorted(show.network.routes)
    ]


def _spares(
    show: Show, pairs: Mapping[tuple[int, int], list[WayShown]]
) -> list[tuple[StateShown, int]]:
    """How many pairs have which spare as their best, the barest first."""
    order = list(SPARES)
    best = Counter(
        max((way.spare for way in ways[1:]), key=order.index, default="none")
        for ways in pairs.values()
    )
    return [(look(show, SPARES[one]), best[one]) for one in order]
