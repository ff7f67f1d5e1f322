"""Guarding: one change of offers is laid beside what stands, and the guard's rule assesses it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cashlane.core.access import Offer
from cashlane.core.guard import Assessment, GuardRule, Instead, Question, Walker, assess, strand
from cashlane.coverage.laid import Coverage, lay
from cashlane.coverage.losing import losses, substitutes
from cashlane.coverage.reach import Reach


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


def missed(
    question: Question,
    now_laid: Coverage,
    wished: Offer,
    walkers: Sequence[Walker],
    instead: Sequence[Instead],
    *,
    rule: GuardRule,
    now: datetime,
) -> Assessment:
    """The assessment of a citizen's request: what would be lost if an outlet that is wished for had
    been there and closed. So a place that never had a counter is measured like one that loses it,
    as British rules do with a hypothetical facility (ATCS 5.3.2R)."""
    offers = {**now_laid.offers, wished.outlet: wished}
    assert wished.outlet not in now_laid.offers, "a wished outlet has a number of its own"
    places = {number: offer.place for number, offer in offers.items()}
    reach = Reach(now_laid.reach.points, places, now_laid.reach.method)
    before = lay(reach, now_laid.layers, offers.values())
    closed = [wished.closed()]
    return assessed(question, before, closed, walkers, instead, rule=rule, now=now)[0]
