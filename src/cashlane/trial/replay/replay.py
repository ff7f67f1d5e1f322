"""A whole replay: a story, the sample looked at, and the outcome of each of its worlds."""

from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct

from cashlane.trial.replay.crowd import Sample, crowd_of
from cashlane.trial.replay.outcome import Outcome, outcome_of
from cashlane.trial.replay.story import Story


class Replay(Struct, frozen=True):
    """What a story's worlds came to. `looked_at` of `payers` were followed: the sample.

    Outlets are exact whatever the sample; payments, walking, and costs that follow from payments
    are estimates from it.
    """

    story: Story
    seed: int
    looked_at: int
    payers: int
    first_day: date
    last_day: date
    outcomes: Sequence[Outcome]


def replay(story: Story, sample: Sample, told: Callable[[str, int, int], None]) -> Replay:
    """Live through every world of a story; `told` hears of the progress."""
    outcomes = []
    for at, world in enumerate(story.worlds):
        told(world.key, at, len(story.worlds))
        outcomes.append(outcome_of(story, world, sample))
    told("", len(story.worlds), len(story.worlds))
    spans = [story.given(world) for world in story.worlds]
    scale = crowd_of(spans[0], sample).scale
    return Replay(
        story=story,
        seed=sample.seed,
        looked_at=scale.looked_at,
        payers=scale.whole,
        first_day=min(facts.first_day for facts in spans),
        last_day=max(facts.last_day for facts in spans),
        outcomes=outcomes,
    )
