"""The city: published counts, made-up places, the same from the same seed."""

from collections import Counter

import pytest

from cashlane.world.city import SPACING_M, City, make_city
from cashlane.world.demand import day_weights, hour_weights, open_hour_weights
from cashlane.world.outline import contains, metres

PUBLISHED = {"post": 504, "a": 1_447, "b": 1_284, "c": 637, "d": 400, "e": 135}


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(1)


def test_published_counts(city: City) -> None:
    assert Counter(outlet.chain for outlet in city.outlets) == PUBLISHED
    assert len(city.outlets) == 4_407
    brands = Counter((outlet.chain, outlet.brand) for outlet in city.outlets)
    for chain in city.chains:
        assert chain.outlets == PUBLISHED[chain.code]
        assert all(brands[chain.code, brand.code] == brand.outlets for brand in chain.brands)
    three = [chain for chain in city.chains if len(chain.brands) == 3]
    assert [chain.outlets for chain in three] == [637]


def test_who_depended_on_the_aggregator(city: City) -> None:
    ways = Counter(
        {chain.code: chain.outlets for chain in city.chains if "aggregator" in chain.way}
    )
    assert ways.total() == 3_131


def test_numbers_and_codes(city: City) -> None:
    assert [outlet.number for outlet in city.outlets] == list(range(1, 4_408))
    codes = {outlet.code for outlet in city.outlets}
    assert len(codes) == 4_407
    assert {"post-0001", "post-0504", "a-0001", "a-1447", "e-0135"} <= codes


def test_outlets_lie_inside_their_district(city: City) -> None:
    outlines = {area.key: area.outline for area in city.districts}
    homes = {home.number: home for home in city.neighbourhoods}
    for outlet in city.outlets:
        assert contains(outlines[outlet.district], outlet.place), outlet.code
        home = homes[outlet.neighbourhood]
        assert home.district == outlet.district
        assert metres(home.place, outlet.place) < 3_000


def test_outlets_keep_their_distance(city: City) -> None:
    by_latitude = sorted(city.outlets, key=lambda outlet: outlet.place[1])
    for at, one in enumerate(by_latitude):
        for other in by_latitude[at + 1 :]:
            if other.place[1] - one.place[1] > 0.0006:
                break
            assert metres(one.place, other.place) >= SPACING_M, (one.code, other.code)


def test_neighbourhoods(city: City) -> None:
    outlines = {area.key: area.outline for area in city.districts}
    assert all(contains(outlines[home.district], home.place) for home in city.neighbourhoods)
    people = Counter[str]()
    for home in city.neighbourhoods:
        assert home.population > 1_000
        people[home.district] += home.population
    assert people == {area.key: area.population for area in city.districts}


def test_every_district_has_every_large_chain(city: City) -> None:
    found = {(outlet.district, outlet.chain) for outlet in city.outlets}
    for area in city.districts:
        assert {(area.key, code) for code in ("post", "a", "b", "c", "d")} <= found


def test_the_seed_decides(city: City) -> None:
    assert make_city(1) == city
    assert make_city(2).outlets != city.outlets


def test_franchises(city: City) -> None:
    share = Counter((outlet.chain, outlet.franchised) for outlet in city.outlets)
    assert share["post", True] == 0
    assert 0.7 < share["a", True] / 1_447 < 0.9


def test_hours_of_the_day() -> None:
    for elders in (False, True):
        assert sum(hour_weights(elders=elders)) == 1_000
        assert len(hour_weights(elders=elders)) == 24
    hours = hour_weights(elders=False)
    assert (sum(hours[5:9]), hours[12], sum(hours[16:20])) == (200, 80, 250)
    assert sum(hour_weights(elders=True)[7:10]) == 450
    open_hours = open_hour_weights(9, 17, elders=False)
    assert {hour for hour, weight in enumerate(open_hours) if weight} == set(range(9, 17))


def test_days_of_the_month() -> None:
    weights = day_weights(31)
    assert len(weights) == 31
    assert [day for day, weight in enumerate(weights, 1) if weight == 2] == list(range(15, 26))
    with pytest.raises(AssertionError):
        day_weights(32)
