"""Cases of lost service for tests: ten outlets of agent 1, out since 2 January."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from msgspec import structs

from cashlane.core.restoration import Case, Course, Fact, Kind
from cashlane.core.routing import Stage

WRITTEN = datetime(2022, 1, 2, tzinfo=UTC)
CASE = Case(
    UUID(int=1), 1, 1, 2, 0, "technical", None, date(2022, 1, 2), 10, (), "", "operator-1", WRITTEN
)


def day(of_january: int) -> date:
    """A day of the month; 32 is the first of February."""
    return date.fromordinal(date(2021, 12, 31).toordinal() + of_january)


def case(**other: object) -> Case:
    """The case, with something else about it."""
    return structs.replace(CASE, **other)


def fact(
    kind: Kind, stage: Stage | None, on: int, outlets_on: int | None = None,
    corrects: int | None = None, note: str = "",
) -> Fact:  # fmt: skip
    """A fact on a day of January; its place is given by `course`."""
    return Fact(1, kind, stage, day(on), outlets_on, corrects, note, "operator-1", WRITTEN)


def course(*facts: Fact, of: Case = CASE) -> Course:
    """A case and what was said about it, in this order."""
    return Course(of, tuple(numbered(facts)))


def numbered(facts: Sequence[Fact]) -> list[Fact]:
    """Facts in the places in which they were written."""
    return [structs.replace(one, place=at) for at, one in enumerate(facts, start=1)]
