"""Access: which outlet counts for which question, and what a week's hours are."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from msgspec import structs

from cashlane.core.access import (
    ALWAYS,
    ANYTHING,
    HOURS_OF_WEEK,
    STRAIGHT,
    WALKING,
    Layer,
    Offer,
    layers,
    serves,
    walk_m,
    week_of,
)
from cashlane.values.geo import Point

HERE = Point(121_470_000, 31_230_000)
SHOP = Offer(1, HERE, frozenset({"electricity", "gas"}), ALWAYS, True, 500)
TUESDAY_NINE = Layer("gas", 33, True)
MONDAY = datetime(2022, 1, 10, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("offer", "layer", "counts"),
    [
        (SHOP, TUESDAY_NINE, True),
        (SHOP.closed(), ANYTHING, False),
        (structs.replace(SHOP, hours=0), ANYTHING, False),
        (structs.replace(SHOP, kinds=frozenset()), ANYTHING, False),
        (structs.replace(SHOP, hours=1 << 32), TUESDAY_NINE, False),
        (structs.replace(SHOP, hours=1 << 33), TUESDAY_NINE, True),
        (structs.replace(SHOP, hours=None), TUESDAY_NINE, False),
        (structs.replace(SHOP, hours=None), ANYTHING, True),
        (structs.replace(SHOP, step_free=False), TUESDAY_NINE, False),
        (structs.replace(SHOP, step_free=False), ANYTHING, True),
        (SHOP, Layer("water", None, False), False),
    ],
)
def test_an_outlet_counts_where_it_serves(offer: Offer, layer: Layer, counts: bool) -> None:
    assert serves(offer, layer) == counts


def test_layers_are_all_combinations_with_anything_first() -> None:
    found = layers(("gas", "water"), (9, 33))
    assert found[0] == ANYTHING
    assert len(found) == len(set(found)) == 3 * 3 * 2


def test_a_week_counts_whole_hours_only() -> None:
    def half_past_eight_to_six(at: datetime) -> bool:
        return at.weekday() < 5 and time(8, 30) <= at.time() < time(18)

    week = week_of(MONDAY, half_past_eight_to_six)
    open_hours = [hour for hour in range(HOURS_OF_WEEK) if week >> hour & 1]
    assert open_hours == [24 * day + hour for day in range(5) for hour in range(9, 18)]
    assert week_of(MONDAY, lambda at: True) == ALWAYS
    with pytest.raises(AssertionError):
        week_of(datetime(2022, 1, 11, tzinfo=UTC), lambda at: True)


def test_a_walk_is_longer_than_the_straight_line() -> None:
    there = Point(121_480_000, 31_230_000)
    assert walk_m(STRAIGHT, HERE, there) == 950
    assert walk_m(WALKING, HERE, there) == 950 * 13 // 10
    assert WALKING.reach_m == 4_828
