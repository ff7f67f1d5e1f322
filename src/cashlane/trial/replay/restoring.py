"""A story's facts as cases of lost service: what the restoration board would have shown."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from uuid import UUID

from cashlane.core.restoration import Case, Course, Fact
from cashlane.core.routing import Reason
from cashlane.trial.replay.given import Channel, Given
from cashlane.trial.replay.ground import ROUTES
from cashlane.trial.replay.phases import kept_offices

ACTOR = "facts"
"""Who says it: the story's data file."""


def courses_of(facts: Given) -> list[Course]:
    """A case for each chain whose way was suspended, and one for the quiet offices. Agents are
    numbered in the order of the story's channels."""
    return list(_courses(facts))


def enabled_of(facts: Given) -> dict[int, int]:
    """The outlets of each channel."""
    return {number: one.outlets for number, one in enumerate(facts.channels, start=1)}


def _courses(facts: Given) -> Iterator[Course]:
    for number, channel in enumerate(facts.channels, start=1):
        if channel.way == "aggregator" and channel.outlets:
            yield _course(number, channel, ROUTES["aggregator"], "technical", channel.outlets,
                          facts.stops_on, channel.returns_on)  # fmt: skip
        quiet = facts.quiet_offices - kept_offices(facts)
        if channel.way == "own" and quiet:
            yield _course(number, channel, None, "commercial", quiet,
                          facts.quiet_leave_on, facts.quiet_return_on)  # fmt: skip


def _course(
    number: int, channel: Channel, route: int | None, cause: Reason, outlets: int,
    began: date, back: date,
) -> Course:  # fmt: skip
    written = datetime.combine(back, time(0), tzinfo=UTC)
    case = Case(
        UUID(int=number), number, 1, route, 0, cause, None, began, outlets, (), channel.code,
        ACTOR, written,
    )  # fmt: skip
    came = Fact(1, "came", "outlets_on", back, None, None, "", ACTOR, written)
    return Course(case, (came,))
