"""The restoration board: chain by cause by route by stage, planned and as it came; and the form by
which an operator puts lost service on record."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from msgspec import Struct

from cashlane.core.network import Network
from cashlane.core.refusals import Refused
from cashlane.core.restoration import Case, Standing
from cashlane.core.restoration_rules import NOTE_MOST
from cashlane.core.roles import Permission
from cashlane.core.routing import RouteNotice
from cashlane.core.withdrawal import STAGE_NAMES
from cashlane.counter.problems import RefusedError
from cashlane.registry.restoration import Wanted
from cashlane.values.ids import read_id, spell
from cashlane.values.money import read_minor
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, line_of, typed
from cashlane.web.operator.moments import day
from cashlane.web.operator.pictures import share
from cashlane.web.operator.show import Show, StateShown
from cashlane.web.operator.ways_shown import REASONS
from cashlane.web.shared.outlets_line import outlets_line

BAR_WIDTH = 90
TYPED_MOST = 40
"""Letters of a search that are looked at."""
LISTED_MOST = 200
"""Cases on one page: more are not read, one types letters or asks for the open ones."""
CODES_MOST = 60_000
"""Letters of a list of outlets: 5,000 codes of eleven letters and a blank."""
SHOWN: Mapping[str, Text] = {
    "open": Text("未恢复", "Open"),
    "late": Text("逾期", "Late"),
    "all": Text("全部", "All"),
}
"""Which cases the board shows; the first is what it opens with."""
_NO_ROUTE = Text("不因通道", "no route")


class Row(Struct, frozen=True):
    """A case on the board; `width` is the part of its outlets that is back (pixels)."""

    href: str
    standing: Standing
    agent: str
    route: str
    bills: str
    cause: str
    at: StateShown
    width: int


@get("/restoration")
async def board_page(here: Here) -> Response[str]:
    """All cases as they stand, with a filter and a search."""
    here.require(Permission.NETWORK_READ)
    asked = here.request.query_params
    board, chosen = await here.room.restoration.board(), asked.get("show", "open")
    text = line_of(asked.get("find", ""), TYPED_MOST)
    rows = [row_of(here.show, one) for one in board.standings if _wanted_in(chosen, one)]
    found = [row for row in rows if _matches(row, text)]
    return here.page(
        "restoration.html",
        board=board,
        rows=found[:LISTED_MOST],
        count=len(found),
        counts={name: sum(_wanted_in(name, it) for it in board.standings) for name in SHOWN},
        shown=SHOWN,
        chosen=chosen if chosen in SHOWN else "open",
        text=text,
        drawn=outlets_line(board.steps, board.enabled, board.today),
        stage_names=STAGE_NAMES,
        bar=BAR_WIDTH,
        lost=sum(row.standing.lost_outlet_days for row in found),
        says=here.session.person.may(Permission.ROUTES_PROPOSE),
    )


def row_of(show: Show, standing: Standing) -> Row:
    """A case with the names that people know."""
    case = standing.case
    return Row(
        case_href(case),
        standing,
        show.agent(case.agent),
        show.say(_NO_ROUTE) if case.route is None else show.route(case.route),
        show.biller(case.biller) if case.biller else show.t("全部账单", "all bills"),
        show.say(REASONS[case.cause]),
        at_stage(show, standing),
        share(standing.outlets_on, case.outlets_meant, BAR_WIDTH),
    )


def case_href(case: Case) -> str:
    """The page of a case."""
    return f"/window/restoration/case/{spell('rst', case.id)}"


def at_stage(show: Show, standing: Standing) -> StateShown:
    """Where a case stands, in a word."""
    if standing.closed_on is not None:
        return StateShown(show.t("已结束", "closed"), "quiet", "✓")
    if standing.stage is None:
        return StateShown(show.t("全部恢复", "all back"), "paid", "✓")
    if standing.case.began_on > show.network.local(show.now).date():
        return StateShown(show.t("将停收", "to come"), "doubt", "◔")
    if standing.late_days:
        many = standing.late_days
        late = show.t(f"逾期 {many} 天", f"{many} {'day' if many == 1 else 'days'} late")
        return StateShown(late, "not", "!")
    waits = show.say(STAGE_NAMES[standing.stage])
    return StateShown(show.t(f"待{waits}", f"waits: {waits}"), "doubt", "◔")


def _wanted_in(chosen: str, standing: Standing) -> bool:
    match chosen:
        case "all":
            return True
        case "late":
            return standing.open and standing.late_days > 0
        case _:
            return standing.open


def _matches(row: Row, text: str) -> bool:
    """Every typed word is part of some name."""
    names = (row.agent, row.route, row.bills, row.cause, row.at.name, row.href)
    whole = " ".join(names).casefold()
    return all(word in whole for word in text.casefold().split())


@get("/restoration/open")
async def open_page(here: Here) -> Response[str]:
    """The form, empty or begun with what a notice says about a way."""
    here.require(Permission.ROUTES_PROPOSE)
    notice = await _notice(here, here.request.query_params.get("notice", ""))
    words = {} if notice is None else _from_notice(here.show, notice)
    return _form(here, words, None)


@post("/restoration/open", status_code=200)
async def open_case(here: Here) -> Response[Any]:
    """Put lost service on record; refused, it is typed still."""
    here.require(Permission.ROUTES_PROPOSE)
    words = await typed(here.request)
    notice = await _notice(here, words.get("notice", ""))
    wanted = _wanted(here.show, words, None if notice is None else notice.id)
    if isinstance(wanted, Refused):
        return _form(here, words, wanted)
    case = await here.room.restoration.open(wanted, actor=here.session.person.login)
    if isinstance(case, Refused):
        return _form(here, words, case)
    return Redirect(case_href(case), status_code=303)


async def _notice(here: Here, name: str) -> RouteNotice | None:
    """A notice by its name; nothing typed is none, what does not exist is not found."""
    if not name:
        return None
    found = await here.room.notices.find(read_id("ntc", name) or UUID(int=0))
    if isinstance(found, Refused):
        raise RefusedError(found)
    return found


def _from_notice(show: Show, notice: RouteNotice) -> dict[str, str]:
    network = show.network
    return {
        "notice": spell("ntc", notice.id),
        "route": show.route_code(notice.route),
        "biller": show.biller_code(notice.biller) if notice.biller else "",
        "agent": network.agents[notice.agent].code if notice.agent else "",
        "cause": notice.reason,
        "began": network.local(notice.since).date().isoformat(),
    }


def _wanted(show: Show, words: Mapping[str, str], notice: UUID | None) -> Wanted | Refused:
    """What was typed; the registry says whether it fits."""
    began = day(words.get("began", ""), show, Text("开始日期", "the beginning"))
    outlets = _outlets(show.network, words.get("outlets", ""))
    count = outlets_typed(words.get("count", ""))
    parties = _parties(show.network, words)
    if isinstance(began, Refused):
        return began
    if isinstance(outlets, Refused):
        return outlets
    if isinstance(count, Refused):
        return count
    if isinstance(parties, Refused):
        return parties
    note = line_of(words.get("note", ""), NOTE_MOST + 1)
    return Wanted(*parties, words.get("cause", ""), notice, began, count, outlets, note)


def _parties(network: Network, words: Mapping[str, str]) -> tuple[int, int | None, int] | Refused:
    """Agent, route and biller by their codes; no route is none, no biller is all."""
    agents = {one.code: one.number for one in network.agents.values()}
    routes = {one.code: one.number for one in network.routes.values()}
    billers = {one.code: one.number for one in network.billers.values()} | {"": 0}
    agent, route, biller = (words.get(name, "") for name in ("agent", "route", "biller"))
    if agent not in agents or biller not in billers or (route and route not in routes):
        what = Text("机构、通道或收费单位", "agent, route or biller")
        return Refused("MALFORMED", {"what": what})
    return agents[agent], routes.get(route), billers[biller]


def _outlets(network: Network, text: str) -> tuple[int, ...] | Refused:
    """Outlets by their codes, apart by blanks, commas or lines."""
    codes = text[:CODES_MOST].replace(",", " ").replace("，", " ").split()
    known = {one.code: one.number for one in network.outlets.values()} if codes else {}
    unknown = next((code for code in codes if code not in known), None)
    if unknown is not None or len(text) > CODES_MOST:
        name = line_of(unknown or text, TYPED_MOST)
        return Refused("NOT_FOUND", {"what": Text("网点 {code}", "outlet {code}").fill(code=name)})
    return tuple(known[code] for code in codes)


def outlets_typed(text: str) -> int | Refused | None:
    """A number of outlets; nothing typed is None."""
    if not text.strip():
        return None
    number = read_minor(text.strip())
    return Refused("MALFORMED", {"what": Text("网点数", "outlets")}) if number is None else number


def _form(here: Here, words: Mapping[str, str], refused: Refused | None) -> Response[str]:
    network = here.show.network
    return here.page(
        "restoration_open.html",
        status=200 if refused is None else refused.entry.status,
        path="/window/restoration/open",
        refused=refused,
        words=words,
        agents=_by_number(network.agents.values()),
        routes=_by_number(network.routes.values()),
        billers=_by_number(network.billers.values()),
        causes=REASONS,
        note_most=NOTE_MOST,
        codes_most=CODES_MOST,
        today=here.room.restoration.today.isoformat(),
    )


def _by_number(parties: Any) -> Sequence[Any]:
    return sorted(parties, key=lambda one: one.number)
