"""People who pay at counters: as many, as old and as often as the census and the calendar say."""

from collections import Counter
from datetime import date

import pytest

from cashlane.values.money import share_out
from cashlane.world.census import counter_weights
from cashlane.world.city import City, make_city
from cashlane.world.outline import metres
from cashlane.world.payers import OVER_70, draw_comings, draw_payers

COUNT = 20_000


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(1)


def test_districts_have_their_share(city: City) -> None:
    payers = draw_payers(city, seed=3, count=COUNT)
    weights = [sum(counter_weights(area)) for area in city.districts]
    shares = dict(
        zip([area.key for area in city.districts], share_out(COUNT, weights), strict=True)
    )
    assert Counter(payer.district for payer in payers) == shares


def test_the_old_are_as_many_as_pay_at_counters(city: City) -> None:
    payers = draw_payers(city, seed=3, count=COUNT)
    whole = sum(sum(counter_weights(area)) for area in city.districts)
    old = sum(counter_weights(area)[OVER_70] for area in city.districts)
    found = sum(payer.age_band == OVER_70 for payer in payers)
    assert abs(found - COUNT * old // whole) < 4 * COUNT**0.5
    assert {payer.age_band for payer in payers} == {1, 2, 3, 4, 5, 6}
    assert {payer.hears for payer in payers} == set(range(100))


def test_homes_lie_about_their_neighbourhoods(city: City) -> None:
    for payer in draw_payers(city, seed=3, count=50):
        near = min(
            metres(payer.home, home.place)
            for home in city.neighbourhoods
            if home.district == payer.district
        )
        assert near < 1_500


def test_the_same_seed_draws_the_same(city: City) -> None:
    assert draw_payers(city, seed=3, count=99) == draw_payers(city, seed=3, count=99)
    assert draw_payers(city, seed=3, count=99) != draw_payers(city, seed=4, count=99)


def test_everybody_comes_as_often_as_there_are_bills() -> None:
    whole = draw_comings(
        500, seed=3, first=date(2022, 1, 1), last=date(2022, 2, 28), bills_a_month=3
    )
    assert len(whole) == 31 + 28
    assert Counter(payer for day in whole for payer in day) == dict.fromkeys(range(500), 6)


def test_twice_as_many_come_from_the_15th_to_the_25th() -> None:
    days = draw_comings(
        50_000, seed=3, first=date(2022, 1, 1), last=date(2022, 1, 31), bills_a_month=1
    )
    busy, quiet = days[14:25], [*days[:14], *days[25:]]
    assert min(map(len, busy)) > 1.8 * 50_000 / 42
    assert max(map(len, quiet)) < 1.2 * 50_000 / 42


def test_a_window_cuts_what_falls_outside() -> None:
    part = draw_comings(
        1_000, seed=3, first=date(2022, 1, 30), last=date(2022, 2, 1), bills_a_month=1
    )
    whole = draw_comings(
        1_000, seed=3, first=date(2022, 1, 1), last=date(2022, 2, 28), bills_a_month=1
    )
    assert [sorted(day) for day in part] == [sorted(day) for day in whole[29:32]]
