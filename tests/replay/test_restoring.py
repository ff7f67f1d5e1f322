"""The story's five values to the outlet, from cases of lost service made from its facts."""

from collections.abc import Sequence
from datetime import date

import pytest

from cashlane.core.restoration import Board, Step, board, taking_cash
from cashlane.trial.replay.outcome import Outcome
from cashlane.trial.replay.outcome import Step as Counted
from cashlane.trial.replay.reading import read_story
from cashlane.trial.replay.restoring import courses_of, enabled_of
from cashlane.trial.replay.story import Story
from tests.replay.conftest import NAME


def steps_of(story: Story) -> list[Step]:
    facts = story.given(story.worlds[0])
    return taking_cash(
        courses_of(facts), enabled_of(facts), first=facts.first_day, last=facts.last_day
    )


def test_the_five_values_come_out_to_the_outlet(story: Story) -> None:
    assert [(step.since, step.outlets) for step in steps_of(story)] == [
        (date(2021, 12, 24), 4_407),
        (date(2021, 12, 31), 1_276 - 25),
        (date(2022, 1, 14), 1_276),
        (date(2022, 1, 22), 1_676),
        (date(2022, 2, 15), 2_960),
        (date(2022, 2, 17), 4_407),
    ]


def test_they_are_those_that_the_rule_of_the_counter_finds(
    story: Story, worlds: dict[str, Outcome]
) -> None:
    """The board adds up what people said; the replay asks at every outlet who may take a bill."""
    told = worlds["A"].outlets
    assert [(it.since, it.outlets) for it in steps_of(story)] == _changes(told.steps)
    shown = board_of(story, date(2022, 3, 3))
    assert sum(one.lost_outlet_days for one in shown.standings) == told.days_lost == 137_670


def _changes(steps: Sequence[Counted]) -> list[tuple[date, int]]:
    found: list[tuple[date, int]] = []
    for step in steps:
        if not found or found[-1][1] != step.outlets:
            found.append((step.since, step.outlets))
    return found


def board_of(story: Story, today: date) -> Board:
    facts = story.given(story.worlds[0])
    return board(courses_of(facts), enabled_of(facts), today, silent={})


@pytest.mark.parametrize(("quiet", "low"), [(0, 1_276), (1, 1_275), (504, 772)])
def test_how_many_quiet_offices_left_is_a_fact(quiet: int, low: int) -> None:
    steps = steps_of(read_story(NAME, None, (f"quiet_offices={quiet}",)))
    assert min(step.outlets for step in steps) == low


def test_the_board_of_a_day_in_the_middle(story: Story) -> None:
    """On 1 February nobody knew when the rest would be back: later facts are not yet written."""
    shown = board_of(story, date(2022, 2, 1))
    out = {one.case.note: one.outlets_out for one in shown.standings}
    assert out == {"a": 1_447, "b": 1_284, "d": 0, "post": 0}
    assert [one.open for one in shown.standings] == [True, True, False, False]
    assert shown.taking == 1_676
    assert shown.enabled == 4_407
