"""Guarding: one change of offers is laid beside what stands, and the guard's rule assesses it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cashlane.core.access import Offer
from cashlane.core.guard import Assessment, GuardRule, Instead, Question, Walker, assess, strand
from cashlane.coverage.laid import Coverage
from cashlane.coverage.losing import losses, substitutes


def assessed(
    question: Question,
    before: Coverage,
    offers: Iterable[Offer],
    walkers: Sequence[Walker],
    instead: Sequence[Instead],
    *,
    rule: GuardRule,
    now: datetime,
) -> tuple[Assessment, Coverage]:
    """The assessment of some outlets' new offers, and the coverage that they would lead to."""
    new = list(offers)
    assert {one.outlet for one in new} == set(question.outlets), "other outlets than asked about"
    after, method = before.changed(new), before.reach.method
    lost = losses(before, after)
    answer = assess(
        question,
        lost,
        strand(walkers, before.offers, after.offers, method),
        substitutes(before, after, lost),
        instead,
        method=method,
        rule=rule,
        now=now,
    )
    return answer, after
