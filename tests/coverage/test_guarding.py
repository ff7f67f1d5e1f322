"""From an offer to the guard's answer; and two scenarios side by side."""

from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest
from msgspec import structs

from cashlane.core.access import ALWAYS, ANYTHING, WALKING, Layer, Offer, layers
from cashlane.core.demand import AGE_BANDS, DemandPoint
from cashlane.core.guard import GUARD, Assessment, Question, Stranded, Substitute, Walker
from cashlane.coverage.comparing import compared
from cashlane.coverage.guarding import assessed
from cashlane.coverage.laid import Coverage, lay
from cashlane.coverage.reach import Reach
from cashlane.values.geo import Point
from tests.coverage.brute import KINDS, small_city

NOW = datetime(2022, 3, 3, 9, tzinfo=UTC)
WEST, EAST = 121_470_000, 121_480_000
GAS, TUESDAY_NINE = Layer("gas", None, False), Layer(None, 33, False)
LAYERS = (ANYTHING, GAS, TUESDAY_NINE)


def spot(longitude: int) -> Point:
    return Point(longitude, 31_230_000)


def village(old: int) -> tuple[Coverage, Offer, Offer]:
    """A counter at everybody's door in the west, and another 1.2 km further east."""
    people = [0] * len(AGE_BANDS)
    people[-1], people[8] = old, 300
    here, there = (
        Offer(number, spot(at), frozenset({"gas", "water"}), ALWAYS, True, 400)
        for number, at in ((1, WEST), (2, EAST))
    )
    reach = Reach(
        [DemandPoint(5, spot(WEST), tuple(people))], {1: here.place, 2: there.place}, WALKING
    )
    return lay(reach, LAYERS, [here, there]), here, there


def answer(change: Offer, *, old: int = 30, walkers: tuple[Walker, ...] = ()) -> Assessment:
    before, _, _ = village(old)
    found, after = assessed(
        Question("closing", (1,), 7), before, [change], walkers, [], rule=GUARD, now=NOW
    )
    assert after.offers[1] == change
    assert before.offers[1] != change
    return found


def test_a_closing_is_assessed_in_all_layers_with_the_counter_that_takes_over() -> None:
    _, here, _ = village(30)
    walker = Walker(9, spot(WEST), 400, ANYTHING)
    found = answer(here.closed(), walkers=(walker,))
    assert {loss.layer for loss in found.losses} == set(LAYERS)
    assert (found.people, found.elders) == (330, 30)
    assert found.impacts == ("walkers", "elders", "people")
    assert found.verdict == "blocked"
    (far,) = {loss.after_m for loss in found.losses}
    assert found.stranded == (Stranded(9, 400, 0, far),)
    payers = (30 * 679_000 + 300 * 166_200) // 1_000_000
    assert found.substitutes == (Substitute(2, 0, payers, 400),)
    assert (found.method, found.made_at) == ("walking-1", NOW)


def test_withdrawing_one_service_or_cutting_hours_counts_though_the_outlet_stays_open() -> None:
    _, here, _ = village(30)
    no_gas = answer(structs.replace(here, kinds=frozenset({"water"})))
    assert {loss.layer for loss in no_gas.losses} == {GAS}
    assert (no_gas.people, no_gas.verdict) == (330, "blocked")
    payers = (30 * 679_000 + 300 * 166_200) // 1_000_000
    assert no_gas.substitutes == (Substitute(2, 0, payers, 400),), "for gas they go there"
    short = answer(structs.replace(here, hours=1 << 34))
    assert {loss.layer for loss in short.losses} == {TUESDAY_NINE}
    assert short.elders == 30


def test_what_harms_nobody_is_clear() -> None:
    before, here, there = village(0)
    found, _ = assessed(
        Question("closing", (2,), 7), before, [there.closed()], [], [], rule=GUARD, now=NOW
    )
    assert (found.losses, found.verdict) == ((), "clear")
    with pytest.raises(AssertionError):
        assessed(Question("closing", (2,), 7), before, [here], [], [], rule=GUARD, now=NOW)


def test_two_scenarios_are_compared_layer_by_layer_and_back() -> None:
    points, offers = small_city(Random("compared"), points=60, outlets=50, spread_e6=20_000)
    reach = Reach(points, {number: one.place for number, one in offers.items()}, WALKING)
    first = lay(reach, layers(KINDS, ()), offers.values())
    second = first.changed([offers[number].closed() for number in (1, 2, 3, 4, 5)])
    there, back = compared(first, second), compared(second, first)
    assert any(one.farther for one in there)
    for one, other in zip(there, back, strict=True):
        assert (one.people <= 0).all()
        assert np.array_equal(one.people, -other.people)
        assert (one.farther, one.nearer) == (other.nearer, other.farther)
        walks = zip(points, first.walks_m(one.layer), second.walks_m(one.layer), strict=True)
        assert one.farther == tuple(point.number for point, was, now in walks if now > was)
