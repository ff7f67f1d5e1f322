"""Coverage beside a count by hand: afresh, after changes, in every layer."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashlane.core.access import ANYTHING, STRAIGHT, WALKING, Method, layers
from cashlane.core.demand import AGE_BANDS, PAYER_PPM, DemandPoint
from cashlane.core.guard import GUARD
from cashlane.coverage.distances import columns, metres_between
from cashlane.coverage.laid import Coverage, Nearest, lay
from cashlane.coverage.reach import BEYOND_M, Reach
from cashlane.coverage.room import room_band, room_tenths
from cashlane.values.geo import Point, metres
from tests.coverage.brute import KINDS, Walks, people_within, serving, small_city, some_offer

LAYERS = layers(KINDS[:2], (9, 30, 150))
E6 = st.integers(-180_000_000, 180_000_000)
LATITUDE = st.integers(-89_000_000, 89_000_000)


@given(st.lists(st.tuples(E6, LATITUDE, E6, LATITUDE), min_size=1, max_size=20))
def test_distances_of_many_are_those_of_each(rows: list[tuple[int, int, int, int]]) -> None:
    here = [Point(row[0], row[1]) for row in rows]
    there = [Point(row[2], row[3]) for row in rows]
    found = metres_between(columns(here), columns(there))
    assert found.tolist() == [metres(a, b) for a, b in zip(here, there, strict=True)]


@pytest.mark.parametrize("method", [WALKING, STRAIGHT], ids=lambda method: method.version)
@pytest.mark.parametrize("spread_e6", [8_000, 40_000])
def test_a_fresh_count_is_the_count_by_hand(method: Method, spread_e6: int) -> None:
    points, offers = small_city(Random(spread_e6), points=40, outlets=60, spread_e6=spread_e6)
    reach = Reach(points, {number: offer.place for number, offer in offers.items()}, method)
    coverage, walks = lay(reach, LAYERS, offers.values()), Walks(method, points, offers)
    for layer in LAYERS:
        at = serving(offers, layer)
        wanted = people_within(walks, method.bands_m, points, at)
        assert coverage.people_within(layer).tolist() == wanted
        depending = dict.fromkeys(offers, 0)
        for row, point in enumerate(points):
            near = walks.to_open(point.number, at)[:2]
            assert coverage.nearest(layer, row) == tuple(Nearest(n, far) for far, n in near)
            assert coverage.walks_m(layer)[row] == (near[0][0] if near else BEYOND_M)
            if near:
                depending[near[0][1]] += sum(point.people)
        assert (
            dict(zip(reach.outlets, coverage.depending(layer).sum(axis=1).tolist(), strict=True))
            == depending
        )
        for outlet in (1, 2, 30):
            dependents = coverage.dependents(layer, outlet)
            held = sum(sum(points[one.point - 1].people) for one in dependents)
            assert held == depending[outlet]
            for one in dependents:
                rest = walks.to_open(one.point, at)
                assert (one.walk_m, outlet) == rest[0]
                assert one.otherwise == (Nearest(rest[1][1], rest[1][0]) if rest[1:] else None)


def same(one: Coverage, other: Coverage) -> None:
    """All figures of both, layer by layer."""
    for layer in one.layers:
        assert np.array_equal(one.people_within(layer), other.people_within(layer))
        assert np.array_equal(one.walks_m(layer), other.walks_m(layer))
        assert np.array_equal(one.shares(layer), other.shares(layer))
        assert np.array_equal(one.depending(layer), other.depending(layer))
        for row in range(len(one.reach.points)):
            assert one.nearest(layer, row) == other.nearest(layer, row)


@pytest.mark.parametrize("seed", range(6))
def test_changes_lead_to_the_figures_of_a_fresh_count(seed: int) -> None:
    chance = Random(seed)
    points, offers = small_city(chance, points=50, outlets=40, spread_e6=20_000)
    reach = Reach(points, {number: offer.place for number, offer in offers.items()}, WALKING)
    first = now = lay(reach, LAYERS, offers.values())
    kept = first.people_within(ANYTHING)
    for _ in range(25):
        changing = chance.sample(sorted(offers), 3)
        new = [some_offer(number, offers[number].place, chance) for number in changing]
        offers |= {offer.outlet: offer for offer in new}
        now = now.changed(new)
    same(now, lay(reach, LAYERS, offers.values()))
    assert np.array_equal(first.people_within(ANYTHING), kept), "a coverage is a value"


def test_many_changes_at_once_are_the_same_as_few_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An aggregator that stops closes thousands of counters in one moment."""
    points, offers = small_city(Random("outage"), points=40, outlets=60, spread_e6=20_000)
    reach = Reach(points, {number: offer.place for number, offer in offers.items()}, WALKING)
    whole = lay(reach, LAYERS, offers.values())
    closed = [offers[number].closed() for number in range(1, 51)]
    one_by_one = whole.changed(closed)
    monkeypatch.setattr("cashlane.coverage.laid.CHANGES_MOST", 10)
    same(whole.changed(closed), one_by_one)


def test_room_at_counters_is_shared_by_who_lives_around() -> None:
    """Two outlets for 300 payers in the west and one of them for 100 more in the east."""
    people = [0] * len(AGE_BANDS)
    west, east = list(people), list(people)
    west[-1], east[-1] = 300_000_000 // PAYER_PPM[-1] + 1, 100_000_000 // PAYER_PPM[-1] + 1
    points = [DemandPoint(1, Point(121_000_000, 31_000_000), tuple(west)),
              DemandPoint(2, Point(121_020_000, 31_000_000), tuple(east))]  # fmt: skip
    chance = Random(0)
    places = {1: Point(120_995_000, 31_000_000), 2: Point(121_010_000, 31_000_000)}
    offers = [some_offer(number, place, chance) for number, place in places.items()]
    offers = [type(one)(one.outlet, one.place, frozenset(KINDS), 1, True, 600) for one in offers]
    coverage = lay(Reach(points, places, WALKING), [ANYTHING], offers)
    shared = coverage.shares(ANYTHING).tolist()
    assert coverage.reach.payers.tolist() == [300, 100]
    assert shared == [600 * 10**9 // 300 + 600 * 10**9 // 400, 600 * 10**9 // 400]
    room = room_tenths(coverage, ANYTHING, GUARD)
    assert room.tolist() == [455, 195], "3.5 and 1.5 a week for each, who brings four a year"
    closed = coverage.changed([offers[1].closed()])
    assert closed.shares(ANYTHING).tolist() == [600 * 10**9 // 300, 0]


def test_without_outlets_nobody_reaches_one() -> None:
    points, _ = small_city(Random(1), points=3, outlets=2, spread_e6=5_000)
    coverage = lay(Reach(points, {}, WALKING), [ANYTHING], [])
    assert coverage.people_within(ANYTHING).sum() == 0
    assert coverage.nearest(ANYTHING, 0) == ()


def test_bands_of_room() -> None:
    told = (260, 200, 199, 100, 50, 20, 19, 10, 9, 0)
    assert [room_band(it) for it in told] == [0, 0, 1, 1, 2, 3, 4, 4, 5, 5]
