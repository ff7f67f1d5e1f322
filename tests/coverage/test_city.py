"""The whole synthetic city: as fast as a person waits for, and right beside slower ways.

Seconds are a processor's, so that a busy machine fails nothing.
"""

import os
from array import array
from random import Random

import numpy as np
import pytest
from bench.coverage import LAYERS, city_coverage, coverage_delta, plan_2500x400, plan_4407

from cashlane.core.access import ANYTHING, WALKING
from cashlane.core.guard import GUARD
from cashlane.coverage.laid import Coverage, lay
from cashlane.coverage.losing import losses
from cashlane.coverage.planning.plan import Goal
from tests.coverage.brute import walk

CLOSURES = int(os.environ.get("STORM_ROUNDS", "2"))
"""A hundred for the figure in the documents; each looks at all nine million walks."""


@pytest.fixture(scope="module")
def counted() -> tuple[Coverage, float]:
    return city_coverage()


def test_the_whole_city_is_counted_within_two_seconds(counted: tuple[Coverage, float]) -> None:
    whole, seconds = counted
    assert (len(whole.offers), len(whole.reach.points), len(LAYERS)) == (4_407, 2_000, 200)
    assert whole.people_within(ANYTHING).shape == (5, 19)
    assert whole.reach.people.sum() == 24_870_895
    assert seconds <= 2.0


def test_a_closed_counter_is_counted_within_fifty_milliseconds(
    counted: tuple[Coverage, float],
) -> None:
    assert max(coverage_delta(counted[0])) <= 0.05


def test_a_hundred_changes_in_the_city_are_a_fresh_count(counted: tuple[Coverage, float]) -> None:
    whole, chance = counted[0], Random("city")
    closed = [whole.offers[number].closed() for number in chance.sample(sorted(whole.offers), 100)]
    now = whole.changed(closed)
    fresh = lay(whole.reach, LAYERS, now.offers.values())
    for layer in chance.sample(LAYERS, 20):
        assert np.array_equal(now.people_within(layer), fresh.people_within(layer))
        assert np.array_equal(now.shares(layer), fresh.shares(layer))
        assert np.array_equal(now.depending(layer), fresh.depending(layer))


@pytest.mark.parametrize("goal", ["walk", "cover"])
def test_forty_of_four_hundred_are_planned_within_five_seconds(goal: Goal) -> None:
    made, seconds = plan_2500x400(goal)
    assert len(made.steps) == 40
    assert made.gap_ppm <= 10_000
    assert seconds <= 5.0


@pytest.mark.parametrize("goal", ["walk", "cover"])
def test_all_outlets_are_planned_within_a_minute_with_a_gap_of_two_hundredths(goal: Goal) -> None:
    made, seconds = plan_4407(goal, 200)
    assert len(made.steps) == 200
    assert made.gap_ppm <= 20_000
    assert seconds <= 60.0


@pytest.mark.storm
def test_closures_in_the_city_harm_exactly_whom_all_nine_million_walks_name(
    counted: tuple[Coverage, float],
) -> None:
    whole, chance = counted[0], Random("closures in the city")
    numbers, points = whole.reach.outlets, whole.reach.points
    walks = [
        array("l", (walk(WALKING, point.place, whole.offers[number].place) for number in numbers))
        for point in points
    ]
    before = [min(row) for row in walks]
    beyond, reach_m = 1 << 40, WALKING.reach_m
    for at in chance.sample(range(len(numbers)), CLOSURES):
        wanted = set()
        for point, row, was in zip(points, walks, before, strict=True):
            kept, row[at] = row[at], beyond
            now = min(row)
            row[at] = kept
            if was <= GUARD.far_m < now:
                wanted.add((point.number, was, now if now <= reach_m else None))
        after = whole.changed([whole.offers[numbers[at]].closed()])
        assert wanted == {
            (one.point, one.before_m, one.after_m)
            for one in losses(whole, after)
            if one.layer == ANYTHING and one.before_m <= GUARD.far_m
            and (one.after_m is None or one.after_m > GUARD.far_m)
        }  # fmt: skip
