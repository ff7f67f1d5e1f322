"""A case of lost service: its stages, everything that was said about it and by whom, and the forms
by which an operator says more, corrects, or ends it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from msgspec import Struct

from cashlane.core.refusals import Refused
from cashlane.core.restoration import Course, Fact, Kind, standing
from cashlane.core.restoration_rules import NOTE_MOST
from cashlane.core.roles import Permission
from cashlane.core.withdrawal import STAGE_NAMES
from cashlane.counter.problems import RefusedError
from cashlane.registry.restoration import Word
from cashlane.values.ids import read_id, spell
from cashlane.values.money import read_minor
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, line_of, typed
from cashlane.web.operator.moments import day
from cashlane.web.operator.restoration import BAR_WIDTH, case_href, outlets_typed, row_of
from cashlane.web.operator.show import Show

NAMED_MOST = 200
"""Outlets by name on a case's page: the first of them say which ones are meant."""
KINDS: Mapping[Kind, Text] = {
    "planned": Text("计划", "planned"),
    "came": Text("已实现", "came"),
    "closed": Text("结束", "closed"),
    "mistaken": Text("误开", "opened by mistake"),
    "undone": Text("撤回", "taken back"),
}


class FactShown(Struct, frozen=True):
    """A fact in a case's history; `over` where a later one replaced it."""

    fact: Fact
    kind: str
    stage: str
    over: bool


@get("/restoration/case/{name:str}")
async def case_page(here: Here, name: str) -> Response[str]:
    """The case's page."""
    here.require(Permission.NETWORK_READ)
    return await _page(here, await _named(here, name), {}, None)


@post("/restoration/case/{name:str}/say", status_code=200)
async def say(here: Here, name: str) -> Response[Any]:
    """Plan a stage, say that it came, correct, take back, close; refused, it is typed still."""
    here.require(Permission.ROUTES_PROPOSE)
    course, words = await _named(here, name), await typed(here.request)
    word = _word(here.show, words)
    if isinstance(word, Refused):
        return await _page(here, course, words, word)
    login = here.session.person.login
    said = await here.room.restoration.say(course.case.id, word, actor=login)
    if isinstance(said, Refused):
        return await _page(here, course, words, said)
    return Redirect(case_href(course.case), status_code=303)


async def _named(here: Here, name: str) -> Course:
    course = await here.room.restoration.find(read_id("rst", name) or UUID(int=0))
    if isinstance(course, Refused):
        raise RefusedError(course)
    return course


def _word(show: Show, words: Mapping[str, str]) -> Word | Refused:
    """What was typed; only what a kind has is looked at."""
    kind = words.get("kind", "")
    staged = kind in ("planned", "came")
    dated = staged or kind == "closed"
    on = day(words.get("day", ""), show, Text("日期", "day")) if dated else None
    outlets = outlets_typed(words.get("outlets_on", "")) if kind == "came" else None
    corrects = _corrects(words.get("corrects", ""))
    if isinstance(on, Refused):
        return on
    if isinstance(outlets, Refused):
        return outlets
    if isinstance(corrects, Refused):
        return corrects
    stage = words.get("stage") if staged else None
    return Word(kind, stage, on, outlets, corrects, line_of(words.get("note", ""), NOTE_MOST + 1))


def _corrects(text: str) -> int | Refused | None:
    """The place of the fact that is corrected; nothing typed is a word of its own."""
    if not text:
        return None
    return read_minor(text) or Refused("RESTORATION_CORRECTS")


async def _page(
    here: Here, course: Course, words: Mapping[str, str], refused: Refused | None
) -> Response[str]:
    show, today, case = here.show, here.room.restoration.today, course.case
    stands = standing(course, today)
    codes = [show.outlet_code(one) for one in case.outlets if one in show.network.outlets]
    return here.page(
        "restoration_case.html",
        status=200 if refused is None else refused.entry.status,
        path=case_href(case),
        row=row_of(show, stands),
        case=case,
        standing=stands,
        mistaken=course.mistaken,
        facts=_history(show, course),
        live=[it for it in _history(show, course) if not it.over and it.fact.stage is not None],
        stage_names=STAGE_NAMES,
        kinds=KINDS,
        codes=codes[:NAMED_MOST],
        codes_count=len(codes),
        notice=spell("ntc", case.notice) if case.notice is not None else None,
        bar=BAR_WIDTH,
        refused=refused,
        words=words,
        note_most=NOTE_MOST,
        today=today.isoformat(),
        says=here.session.person.may(Permission.ROUTES_PROPOSE),
    )


def _history(show: Show, course: Course) -> Sequence[FactShown]:
    """Everything that was said, the newest first."""
    corrected = {fact.corrects for fact in course.facts}
    return [
        FactShown(
            fact,
            show.say(KINDS[fact.kind]),
            show.say(STAGE_NAMES[fact.stage]) if fact.stage is not None else "",
            fact.place in corrected,
        )
        for fact in reversed(course.facts)
    ]
