"""Whether the facts of each world fit together: dates in order, places that exist."""

from collections.abc import Iterator

from cashlane.trial.replay.given import Given
from cashlane.trial.replay.saying import FAULTS
from cashlane.trial.replay.story import Story
from cashlane.values.text import Text
from cashlane.world.city import chains

WINDOW_MOST_DAYS = 200
"""Days of one replay: half a year, and still drawn legibly on a phone."""


def misfits(story: Story) -> Iterator[Text]:
    """All that does not fit, in both languages."""
    codes = [chain.code for chain in chains()]
    for code in story.channels:
        if code not in codes:
            yield FAULTS["no-chain"].fill(code=code, codes=", ".join(codes))
    for world in story.worlds:
        yield from _misfits(world.key, story.given(world))


def _misfits(world: str, facts: Given) -> Iterator[Text]:
    days = (facts.last_day - facts.first_day).days + 1
    if not 1 <= days <= WINDOW_MOST_DAYS:
        yield FAULTS["window"].fill(world=world, most=WINDOW_MOST_DAYS)
    for place in ("stops_on", "quiet_leave_on"):
        if not facts.first_day < getattr(facts, place) <= facts.last_day:
            yield FAULTS["outside"].fill(world=world, place=place)
    if facts.quiet_return_on < facts.quiet_leave_on:
        yield FAULTS["order"].fill(world=world, later="quiet_return_on", earlier="quiet_leave_on")
    for channel in facts.channels:
        if channel.way == "aggregator" and channel.returns_on < facts.stops_on:
            later = f"returns_on.{channel.code}"
            yield FAULTS["order"].fill(world=world, later=later, earlier="stops_on")
    yield from _empty(world, facts)


def _empty(world: str, facts: Given) -> Iterator[Text]:
    if not facts.fee_share_agent + facts.fee_share_operator + facts.fee_share_route:
        yield FAULTS["no-share"].fill(world=world)
    if not any(channel.outlets for channel in facts.channels):
        yield FAULTS["no-outlets"].fill(world=world)
    posts = sum(channel.outlets for channel in facts.channels if channel.code == "post")
    if facts.quiet_offices > posts:
        yield FAULTS["too-many"].fill(world=world, count=facts.quiet_offices, most=posts)
