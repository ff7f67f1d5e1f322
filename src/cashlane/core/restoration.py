"""Lost service and its way back: a case for a chain and a cause, the dated facts said about it,
and what they add up to: stage, lateness, outlets back, outlet-days lost."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from cashlane.core.network import Network
from cashlane.core.routing import Reason, Stage
from cashlane.core.withdrawal import STAGES

Kind = Literal["planned", "came", "closed", "mistaken", "undone"]
"""What a fact says: a stage is planned or came; the case is closed, or was opened by mistake; an
earlier fact is not so, and nothing stands in its place."""
_DAY = timedelta(days=1)


class Case(Struct, frozen=True):
    """Service that was lost at an agent's outlets, for one cause.

    `route` is None where no way to billers is the cause; `biller` 0 speaks of all bills; `notice`
    is what was said about the way, if that is where it began. `outlets_meant` is fixed when the
    case is opened; `outlets` names them where they are known one by one. `place` numbers the cases
    of an agent. The note is for those who work on it and is never published.
    """

    id: UUID
    agent: int
    place: int
    route: int | None
    biller: int
    cause: Reason
    notice: UUID | None
    began_on: date
    outlets_meant: int
    outlets: tuple[int, ...]
    note: str
    actor: str
    recorded_at: datetime


class Fact(Struct, frozen=True):
    """Something said about a case; `place` numbers the facts of a case in the order of writing.

    `outlets_on` are the outlets back by the end of `day`; where all of them came back it is None.
    `corrects` is the place of an earlier fact that this one replaces.
    """

    place: int
    kind: Kind
    stage: Stage | None
    day: date
    outlets_on: int | None
    corrects: int | None
    note: str
    actor: str
    recorded_at: datetime


class Step(Struct, frozen=True):
    """From this day on so many outlets."""

    since: date
    outlets: int


class Course(Struct, frozen=True):
    """A case with everything said about it, in the order of writing."""

    case: Case
    facts: tuple[Fact, ...]

    @property
    def live(self) -> list[Fact]:
        """The facts that hold: neither replaced by a later one nor only taking one back."""
        corrected = {fact.corrects for fact in self.facts}
        return [it for it in self.facts if it.place not in corrected and it.kind != "undone"]

    @property
    def mistaken(self) -> bool:
        """Whether it should not have been opened: it counts nowhere."""
        return any(fact.kind == "mistaken" for fact in self.live)

    @property
    def closed_on(self) -> date | None:
        """The day on which it ended, if it has."""
        return next((fact.day for fact in self.live if fact.kind == "closed"), None)

    @property
    def progress(self) -> list[Fact]:
        """The facts that tell how many outlets are back, by day."""
        told = (it for it in self.live if it.kind == "came" and self.back_by(it) is not None)
        return sorted(told, key=lambda it: (it.day, it.place))

    def back_by(self, fact: Fact) -> int | None:
        """The outlets back that a fact tells of: its number, or all with the last stage."""
        whole = self.case.outlets_meant if fact.stage == STAGES[-1] else None
        return whole if fact.outlets_on is None else fact.outlets_on

    def outlets_on(self, day: date) -> int:
        """Outlets that were back at the end of a day."""
        told = [self.back_by(fact) or 0 for fact in self.progress if fact.day <= day]
        return told[-1] if told else 0

    def outlets_out(self, day: date) -> int:
        """Outlets that this case kept from taking cash at the end of a day."""
        closed = self.closed_on
        over = closed is not None and closed <= day
        if self.mistaken or over or day < self.case.began_on:
            return 0
        return self.case.outlets_meant - self.outlets_on(day)

    def out_steps(self) -> list[Step]:
        """How many were out, from each change on."""
        closed = self.closed_on
        days = {self.case.began_on, *(fact.day for fact in self.progress)}
        days |= {closed} if closed is not None else set()
        return [Step(day, self.outlets_out(day)) for day in sorted(days)]


class StageStanding(Struct, frozen=True):
    """A stage as it stands. `first_planned` is what was planned before all else; `late_days` are
    counted from `planned` to the day it came, or to today. `behind`: the work is at a later one,
    whether or not anybody said when this came."""

    stage: Stage
    first_planned: date | None
    planned: date | None
    came: date | None
    late_days: int
    behind: bool


class Standing(Struct, frozen=True):
    """A case as it stands on a day.

    `stage` is the one that is worked on, None once all outlets are back. `late_days` are those of
    the stage that is waited for longest.
    """

    course: Course
    stages: tuple[StageStanding, ...]
    stage: Stage | None
    outlets_on: int
    outlets_out: int
    lost_outlet_days: int
    late_days: int
    closed_on: date | None

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.course.case

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.closed_on is None and self.stage is not None


def standing(course: Course, today: date) -> Standing:
    """What all that was said about a case amounts to."""
    came = [_came(course, stage, today) for stage in STAGES]
    at = _worked_on(came, course.outlets_on(today))
    cells = tuple(
        _cell(course, stage, day, today, behind=place < at)
        for place, (stage, day) in enumerate(zip(STAGES, came, strict=True))
    )
    return Standing(
        course=course,
        stages=cells,
        stage=STAGES[at] if at < len(STAGES) else None,
        outlets_on=course.outlets_on(today),
        outlets_out=course.outlets_out(today),
        lost_outlet_days=lost_outlet_days(course, through=today),
        late_days=max((cell.late_days for cell in cells if cell.came is None), default=0),
        closed_on=course.closed_on,
    )


def _worked_on(came: Sequence[date | None], outlets_on: int) -> int:
    """The place of the stage after the last that came; some outlets back are the last one begun."""
    after = max((at + 1 for at, day in enumerate(came) if day is not None), default=0)
    return max(after, len(STAGES) - 1) if outlets_on else after


def _cell(
    course: Course, stage: Stage, came: date | None, today: date, *, behind: bool
) -> StageStanding:
    planned = [it.day for it in course.live if (it.kind, it.stage) == ("planned", stage)]
    first = [it.day for it in course.facts if (it.kind, it.stage) == ("planned", stage)]
    until = came or min(today, course.closed_on or today)
    waits = bool(planned) and not (behind and came is None)
    late = max(0, (until - planned[-1]) // _DAY) if waits else 0
    return StageStanding(
        stage, first[0] if first else None, planned[-1] if planned else None, came, late, behind
    )


def _came(course: Course, stage: Stage, today: date) -> date | None:
    """The day a stage came; the last one has come once no outlet is out any more."""
    if stage != STAGES[-1]:
        came = [it.day for it in course.live if (it.kind, it.stage) == ("came", stage)]
        return max((day for day in came if day <= today), default=None)
    since: date | None = None
    for fact in course.progress:
        if fact.day <= today:
            whole = course.back_by(fact) == course.case.outlets_meant
            since = (since or fact.day) if whole else None
    return since


def lost_outlet_days(course: Course, *, through: date) -> int:
    """A day for every outlet that was out at its end, up to and with a day."""
    steps = [step for step in course.out_steps() if step.since <= through]
    ends = [*(step.since for step in steps[1:]), through + _DAY]
    return sum(
        step.outlets * ((end - step.since) // _DAY) for step, end in zip(steps, ends, strict=False)
    )


class Board(Struct, frozen=True):
    """All cases as they stand on a day, and the outlets taking cash by day.

    `enabled` are the outlets that the register has on today, whatever the cases say.
    """

    today: date
    standings: tuple[Standing, ...]
    enabled: int
    steps: tuple[Step, ...]

    @property
    def taking(self) -> int:
        """Outlets taking cash today."""
        return self.steps[-1].outlets


BEFORE = timedelta(days=7)
"""The line of outlets begins a week before the first trouble, so that its height is seen."""
LINE_MOST_DAYS = 400
"""A line of more than thirteen months says nothing at a glance."""


def board(
    courses: Sequence[Course], enabled: Mapping[int, int], today: date, *, silent: Mapping[int, int]
) -> Board:
    """All of it on a day; `enabled` outlets by agent, and `silent` those whose silence is an alarm
    today. What is open and keeps most outlets out is first, what was opened by mistake is left
    out."""
    found = [standing(one, today) for one in courses if not one.mistaken]
    found.sort(key=lambda it: (not it.open, -it.outlets_out, it.case.began_on, it.case.id))
    first = min((it.case.began_on for it in found), default=today)
    since = max(min(first, today) - BEFORE, today - LINE_MOST_DAYS * _DAY)
    steps = taking_cash(courses, enabled, first=since, last=today)
    steps = _less_silent(steps, courses, enabled, silent, today)
    return Board(today, tuple(found), sum(enabled.values()), tuple(steps))


def taking_cash(
    courses: Iterable[Course], enabled: Mapping[int, int], *, first: date, last: date
) -> list[Step]:
    """Outlets taking cash by day, over all cases: those enabled less those that are out.

    A case about one biller's bills leaves an outlet taking others, so it is not counted here; an
    agent never has more outlets out than it has.
    """
    counted = [one for one in courses if one.case.biller == 0]
    days = {step.since for one in counted for step in one.out_steps()}
    found: list[Step] = []
    for day in sorted({first, *(day for day in days if first < day <= last)}):
        outlets = sum(enabled.values()) - _out(counted, enabled, day, also={})
        if not found or found[-1].outlets != outlets:
            found.append(Step(day, outlets))
    return found


def _less_silent(
    steps: Sequence[Step], courses: Iterable[Course], enabled: Mapping[int, int],
    silent: Mapping[int, int], today: date,
) -> list[Step]:  # fmt: skip
    """The same, with those that are silent today left out of its last step."""
    counted = [one for one in courses if one.case.biller == 0]
    outlets = sum(enabled.values()) - _out(counted, enabled, today, also=silent)
    if outlets == steps[-1].outlets:
        return list(steps)
    return [*(one for one in steps if one.since < today), Step(today, outlets)]


def _out(
    courses: Iterable[Course], enabled: Mapping[int, int], day: date, *, also: Mapping[int, int]
) -> int:
    """Outlets out by the cases, and `also` so many of each agent."""
    out = dict(also)
    for one in courses:
        out[one.case.agent] = out.get(one.case.agent, 0) + one.outlets_out(day)
    return sum(min(count, enabled.get(agent, 0)) for agent, count in out.items())


def enabled_outlets(network: Network, today: date) -> dict[int, int]:
    """The outlets of each agent that the register has on: neither suspended nor withdrawn whole."""
    return {
        agent: sum(not _off(network, one.number, today) for one in outlets)
        for agent, outlets in network.outlets_by_agent().items()
    }


def silent_outlets(network: Network) -> dict[int, int]:
    """The outlets of each agent whose silence is an alarm."""
    agents = (network.outlets[one].agent for one in network.silent if one in network.outlets)
    return dict(Counter(agents))


def _off(network: Network, outlet: int, today: date) -> bool:
    since = network.withdrawn.get((outlet, 0))
    return network.outlets[outlet].suspended or (since is not None and since <= today)
