"""What was said about a way: who loses it and when, what must be done before the day, and the
dated stages of its return."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from msgspec import Struct

from cashlane.core.refusals import Refused
from cashlane.core.restoration import standing
from cashlane.core.roles import Permission
from cashlane.core.routing import RouteNotice, Stage
from cashlane.core.withdrawal import STAGE_NAMES, STAGES, Countdown, countdown, tasks
from cashlane.counter.problems import RefusedError
from cashlane.store.routes import StageRow
from cashlane.values.ids import read_id, spell
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, typed
from cashlane.web.operator.losers import LOSERS_MOST, Loser, losers, losers_sheet
from cashlane.web.operator.moments import day
from cashlane.web.operator.restoration import Row, row_of
from cashlane.web.operator.ways import notice_href, notice_shown
from cashlane.web.operator.ways_shown import REASONS, SPARES, look

DAY = timedelta(days=1)
LOST_SPARES = frozenset({"none", "signed"})
"""Spares that cannot take over."""


class StageShown(Struct, frozen=True):
    """One stage of a return; `late` where its planned day went by without it."""

    planned: date | None
    came: date | None
    late: bool


@get("/notice/{name:str}")
async def notice_page(here: Here, name: str) -> Response[str]:
    """The notice's page."""
    here.require(Permission.NETWORK_READ)
    return await _page(here, await named_notice(here, name), {}, None)


@get("/notice/{name:str}/outlets.csv")
async def notice_outlets(here: Here, name: str) -> Response[bytes]:
    """All outlets that lose something."""
    here.require(Permission.NETWORK_READ)
    return losers_sheet(
        here.show, f"{name}-outlets", _losers(here, _counted(here, await named_notice(here, name)))
    )


@post("/notice/{name:str}/end", status_code=200)
async def end(here: Here, name: str) -> Response[Any]:
    """It holds no longer."""
    here.require(Permission.ROUTES_PROPOSE)
    notice = await named_notice(here, name)
    await here.room.notices.end(notice.id, actor=here.session.person.login)
    return Redirect(notice_href(notice), status_code=303)


@post("/notice/{name:str}/stage", status_code=200)
async def say_stage(here: Here, name: str) -> Response[Any]:
    """Say when a stage of the return is planned, or that it came."""
    here.require(Permission.ROUTES_PROPOSE)
    notice, words = await named_notice(here, name), await typed(here.request)
    refused = await _say_stage(here, notice, words)
    if refused is not None:
        return await _page(here, notice, words, refused)
    return Redirect(notice_href(notice), status_code=303)


async def _say_stage(here: Here, notice: RouteNotice, words: Mapping[str, str]) -> Refused | None:
    on = day(words.get("day", ""), here.show, Text("日期", "day"))
    if isinstance(on, Refused):
        return on
    codes = {one.code: one.number for one in here.show.network.agents.values()} | {"": 0}
    agent, which = codes.get(words.get("agent", "")), words.get("which", "")
    if agent is None:
        return Refused("NOT_FOUND", {"what": Text("机构", "agent")})
    if which not in {"planned", "came"}:
        return Refused("MALFORMED", {"what": Text("计划或实际", "planned or came")})
    return await here.room.notices.stage(
        notice.id, words.get("stage", ""), agent=agent, planned=which == "planned", day=on,
        actor=here.session.person.login,
    )  # fmt: skip


async def named_notice(here: Here, name: str) -> RouteNotice:
    """The notice of this spelling. Raises NOT_FOUND."""
    ident = read_id("ntc", name)
    notice = await here.room.notices.find(ident or UUID(int=0))
    if isinstance(notice, Refused):
        raise RefusedError(notice)
    return notice


def _counted(here: Here, notice: RouteNotice) -> Countdown:
    show = here.show
    return countdown(notice, show.network, here.room.service.outlook(), show.now)


def _losers(here: Here, counted: Countdown) -> list[Loser]:
    """By name; a way that is kept open takes nothing away."""
    if counted.notice.kind == "open":
        return []
    lost = [(loss.biller, loss.outlets) for loss in counted.losses if loss.spare in LOST_SPARES]
    return losers(here.show, lost, frozenset())


async def _page(
    here: Here, notice: RouteNotice, words: Mapping[str, str], refused: Refused | None
) -> Response[str]:
    show, outlook = here.show, here.room.service.outlook()
    counted = _counted(here, notice)
    lost, stages = _losers(here, counted), await here.room.notices.stages(notice.id)
    return here.page(
        "notice.html",
        status=200 if refused is None else refused.entry.status,
        path=notice_href(notice),
        one=notice_shown(show, outlook, notice),
        notice=notice,
        reason=REASONS[notice.reason],
        counted=counted if notice.kind != "open" else None,
        days=max(0, -(-counted.left // DAY)),
        losses=[(loss, look(show, SPARES[loss.spare]), tasks(loss)) for loss in counted.losses],
        others=SPARES,
        look=look,
        losers=lost[:LOSERS_MOST],
        losers_count=len(lost),
        stage_names=STAGE_NAMES,
        stages=_stages(here, counted, stages),
        cases=await _cases(here, notice),
        name=spell("ntc", notice.id),
        says=here.session.person.may(Permission.ROUTES_PROPOSE),
        guards=here.session.person.may(Permission.OUTLETS_PROPOSE) and bool(lost),
        over=notice.until is not None and notice.until <= show.now,
        refused=refused,
        words=words,
        today=show.network.local(show.now).date().isoformat(),
    )


async def _cases(here: Here, notice: RouteNotice) -> list[Row]:
    """The cases of lost service that were opened from it."""
    found = await here.room.restoration.of_notice(notice.id)
    today = here.room.restoration.today
    return [row_of(here.show, standing(one, today)) for one in found if not one.mistaken]


def _stages(
    here: Here, counted: Countdown, rows: Sequence[StageRow]
) -> list[tuple[int, list[StageShown]]]:
    """The route as a whole (agent 0) and every agent concerned, each with all stages."""
    said = {(row.agent, row.stage, row.planned): row.day for row in rows}
    agents = {0} | {loss.agent for loss in counted.losses} | {row.agent for row in rows}
    today = here.show.network.local(here.show.now).date()
    return [
        (agent, [_stage(said, agent, one, today) for one in STAGES]) for agent in sorted(agents)
    ]


def _stage(
    said: Mapping[tuple[int, Stage, bool], date], agent: int, stage: Stage, today: date
) -> StageShown:
    planned, came = said.get((agent, stage, True)), said.get((agent, stage, False))
    return StageShown(planned, came, planned is not None and came is None and planned < today)
