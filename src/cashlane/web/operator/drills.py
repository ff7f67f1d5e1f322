"""Drills at the window: how each thing stands, what its last drills found, and the form by which
somebody says how often it is due."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Response, post
from litestar.response import Redirect
from msgspec import Struct

from cashlane.core.drill import (
    Record,
    Schedule,
    Standing,
    Thing,
    differences,
    due_at,
    party_names,
    read_thing,
    standing,
)
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.counter.problems import RefusedError
from cashlane.store.connect import Lost
from cashlane.values.money import read_minor
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, typed
from cashlane.web.operator.show import Show, StateShown
from cashlane.web.operator.ways_shown import Look, look

HISTORY_MOST = 5
"""Drills of a thing on its page: the last ones tell how it goes."""
STANDINGS: Mapping[Standing, Look] = {
    "never": (Text("从未演练", "never drilled"), "quiet", "○"),
    "passed": (Text("演练相符", "as predicted"), "paid", "✓"),
    "failed": (Text("演练不符", "not as predicted"), "not", "✕"),
    "due": (Text("应演练", "due"), "doubt", "◔"),
    "overdue": (Text("逾期未演练", "overdue"), "not", "!"),
}
RESULTS: Mapping[bool, Look] = {True: STANDINGS["passed"], False: STANDINGS["failed"]}


class DrillsKnown(Struct, frozen=True):
    """The last drill and the schedule of every thing, as of one look."""

    latest: Mapping[Thing, Record]
    schedules: Mapping[Thing, Schedule]


class DrillShown(Struct, frozen=True):
    """How a thing stands, when it was drilled last and is next; `every_days` 0 is never."""

    badge: StateShown
    last: Record | None
    due: datetime | None
    every_days: int


class PastShown(Struct, frozen=True):
    """A drill that was: its result, its seconds, and every difference in this person's language."""

    record: Record
    result: StateShown
    seconds: str
    differences: Sequence[str]


def drill_shown(show: Show, known: DrillsKnown, thing: Thing) -> DrillShown:
    """One thing as a list or a page shows it."""
    last, schedule = known.latest.get(thing), known.schedules.get(thing)
    badge = look(show, STANDINGS[standing(schedule, last, show.now)])
    every = schedule.every_days if schedule is not None else 0
    return DrillShown(badge, last, due_at(schedule, last), every)


def seconds(record: Record) -> str:
    """What was measured: until the first payment took another way, else until all were served."""
    found = record.finding
    ms = found.back_ms if found.moved_ms is None else found.moved_ms
    return "–" if ms is None else f"{ms // 1000}.{ms % 1000 // 100} s"


async def known_drills(here: Here) -> DrillsKnown | None:
    """What is known of drills; None where it could not be read: a page about trouble goes on."""
    try:
        return DrillsKnown(await here.room.drills.latest(), await here.room.drills.schedules())
    except Lost:
        return None


async def past_drills(here: Here, thing: Thing) -> list[PastShown]:
    """The last drills of a thing, the newest first."""
    show, names = here.show, party_names(here.show.network)
    try:
        found = await here.room.drills.of(thing, most=HISTORY_MOST)
    except Lost:
        return []
    return [
        PastShown(
            one,
            look(show, RESULTS[one.finding.passed]),
            seconds(one),
            [show.say(words) for words in differences(one.finding, names)],
        )
        for one in found
    ]


@post("/what-if/{kind:str}/{code:str}/every", status_code=200)
async def say_every(here: Here, kind: str, code: str) -> Response[Any]:
    """Say how often a route, a biller or an agent is to be drilled."""
    return await _say(here, f"{kind}:{code}", f"{kind}/{code}")


@post("/what-if/hub/every", status_code=200)
async def say_every_hub(here: Here) -> Response[Any]:
    """Likewise Cashlane itself."""
    return await _say(here, "hub", "hub")


async def _say(here: Here, spelled: str, path: str) -> Response[Any]:
    here.require(Permission.ROUTES_PROPOSE)
    thing = read_thing(spelled)
    if thing is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("事物", "thing")}))
    days = read_minor((await typed(here.request)).get("days", ""))
    if days is None:
        raise RefusedError(Refused("MALFORMED", {"what": Text("天数", "the days")}))
    made = await here.room.drills.schedule(thing, days, actor=here.session.person.login)
    if isinstance(made, Refused):
        raise RefusedError(made)
    return Redirect(f"/window/what-if/{path}#drills", status_code=303)
