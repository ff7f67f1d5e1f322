"""Programmes: other public services at the counter of an outlet, as dated facts: planned for a day,
live from a day, ended on a day; and how many people came, for how many minutes, in a month.

Nothing told is ever changed: whoever tells it again adds to it, and the latest telling counts.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from cashlane.values.text import Text

State = Literal["planned", "live", "ended"]
STATE_NAMES: Mapping[State, Text] = {
    "planned": Text("计划中", "planned"),
    "live": Text("已开办", "live"),
    "ended": Text("已结束", "ended"),
}


class Programme(Struct, frozen=True):
    """A service that somebody places at counters; `about` says in a sentence what it is."""

    code: str
    name: Text
    about: Text


class Placement(Struct, frozen=True):
    """A programme at an outlet as last told; None where nobody has said.

    It is `planned` for a day, there from the day `live` on, and `ended` is the first day on which
    it is not there any more, or the day on which a plan was given up.
    """

    outlet: int
    programme: str
    planned: date | None
    live: date | None
    ended: date | None

    def state(self, on: date) -> State:
        """How it stands on a day."""
        if self.ended is not None and self.ended <= on:
            return "ended"
        return "live" if self.live is not None and self.live <= on else "planned"

    def is_late(self, on: date) -> bool:
        """Whether the day has passed for which it was planned, and it is not there."""
        return self.state(on) == "planned" and self.planned is not None and self.planned < on

    def is_live_in(self, first: date, following: date) -> bool:
        """Whether it is there on any day from the first on, before the following one."""
        return (
            self.live is not None
            and self.live < following
            and (self.ended is None or self.ended > max(first, self.live))
        )


class Attendance(Struct, frozen=True):
    """How many came to an outlet for a programme in a month, and the minutes that its staff spent
    on all of them. `month` is the month's first day."""

    outlet: int
    programme: str
    month: date
    visits: int
    minutes: int


class Work(Struct, frozen=True):
    """What all programmes at an outlet came to in a month."""

    visits: int
    minutes: int


NO_WORK = Work(0, 0)


class Book(Struct, frozen=True):
    """What is known of programmes: their names by code, where they are placed, and who came in the
    latest month of which anybody told. `synthetic`: some of it is made up, and so are the sums."""

    programmes: Mapping[str, Programme]
    placements: tuple[Placement, ...]
    attendances: tuple[Attendance, ...]
    synthetic: bool

    @property
    def month(self) -> date | None:
        """The month of the attendances; None before the first."""
        return self.attendances[0].month if self.attendances else None


EMPTY = Book({}, (), (), synthetic=False)
"""Before anybody told of a programme."""


def live_at(placements: Iterable[Placement], on: date) -> tuple[str, ...]:
    """The programmes that are there on a day, by code."""
    return tuple(sorted(one.programme for one in placements if one.state(on) == "live"))


class Sum(Struct, frozen=True):
    """A programme at some outlets: how many stand how, of how many somebody told who came in the
    latest month, and who came."""

    planned: int
    late: int
    live: int
    ended: int
    told: int
    visits: int
    minutes: int


def sums(
    book: Book, agent_of: Mapping[int, int], on: date
) -> dict[tuple[str, int], Sum]:  # fmt: skip
    """Each programme with each agent that has or had it, by the programme's code and the agent's
    number. `agent_of`: whose outlets are which."""
    placed: dict[tuple[str, int], list[Placement]] = {}
    for one in book.placements:
        placed.setdefault((one.programme, agent_of[one.outlet]), []).append(one)
    came: dict[tuple[str, int], list[Attendance]] = {}
    for told in book.attendances:
        came.setdefault((told.programme, agent_of[told.outlet]), []).append(told)
    return {key: _sum(placed[key], came.get(key, ()), on) for key in sorted(placed)}


def _sum(placed: Collection[Placement], came: Sequence[Attendance], on: date) -> Sum:
    states = [one.state(on) for one in placed]
    return Sum(
        planned=states.count("planned"),
        late=sum(one.is_late(on) for one in placed),
        live=states.count("live"),
        ended=states.count("ended"),
        told=len(came),
        visits=sum(one.visits for one in came),
        minutes=sum(one.minutes for one in came),
    )


def together(parts: Iterable[Sum]) -> Sum:
    """The sum of sums."""
    rows = list(parts)
    return Sum(*(sum(getattr(row, name) for row in rows) for name in Sum.__struct_fields__))


def work_of(book: Book, on: date) -> dict[int, Work]:
    """The latest month's work by outlet, of the programmes that are live there on a day: what has
    ended since costs nobody a minute any more."""
    live = {(one.outlet, one.programme) for one in book.placements if one.state(on) == "live"}
    found: dict[int, Work] = {}
    for one in book.attendances:
        if (one.outlet, one.programme) in live:
            before = found.get(one.outlet, NO_WORK)
            found[one.outlet] = Work(before.visits + one.visits, before.minutes + one.minutes)
    return found
