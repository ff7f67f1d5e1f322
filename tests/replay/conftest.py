"""The shipped story, and a replay of a small sample of it, once for all tests of a process."""

import pytest

from cashlane.trial.replay.crowd import Sample
from cashlane.trial.replay.outcome import Outcome, outcome_of
from cashlane.trial.replay.reading import read_story
from cashlane.trial.replay.replay import Replay, replay
from cashlane.trial.replay.story import Story

NAME = "shanghai-2022"
SMALL = Sample(seed=7, ppm=4_000)
"""Some 3,900 payers: enough that every district and every age has some."""


@pytest.fixture(scope="session")
def story() -> Story:
    return read_story(NAME, None, ())


@pytest.fixture(scope="session")
def done(story: Story) -> Replay:
    return replay(story, SMALL, lambda *_: None)


@pytest.fixture(scope="session")
def worlds(done: Replay) -> dict[str, Outcome]:
    return {outcome.key: outcome for outcome in done.outcomes}


def world_with(*settings: str) -> Outcome:
    """The first world of the story with values of one's own, from a small sample."""
    story = read_story(NAME, None, settings)
    return outcome_of(story, story.worlds[0], SMALL)
