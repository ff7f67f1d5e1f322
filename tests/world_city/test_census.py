"""The people: figures add up to the census, outlines are plausible and do not overlap."""

import csv
from itertools import combinations, pairwise
from pathlib import Path
from random import Random

import pytest

from cashlane.world.census import (
    BILLS_PER_HOUSEHOLD_YEAR,
    age_bands,
    counter_bills_per_year,
    counter_weights,
    districts,
)
from cashlane.world.outline import Point, bounds, contains, metres, moved, square_kilometres

CITY = districts()
CSV = Path(__file__).parents[3] / "shared" / "data" / "shanghai-census2020-districts.csv"


def test_figures_add_up() -> None:
    assert len(CITY) == 16
    assert sum(area.population for area in CITY) == 24_870_895
    assert sum(area.households for area in CITY) == 9_644_628
    assert all(sum(area.ages) == area.population for area in CITY)
    assert all(len(area.ages) == len(age_bands()) for area in CITY)
    assert all(area.one_person < area.households > area.with_elders for area in CITY)


@pytest.mark.skipif(not CSV.exists(), reason="the census table lies beside the project only")
def test_figures_are_the_census() -> None:
    with CSV.open(encoding="utf-8-sig") as lines:
        rows = {row["区划代码"][:6]: row for row in csv.DictReader(lines)}
    for area in CITY:
        row = rows[area.code]
        assert area.population == float(row["人口数_合计"])
        assert area.households == float(row["家庭户数"])
        assert area.with_elders == float(row["有65岁及以上老年人口的户数"])


def test_centres_lie_inside_their_outlines() -> None:
    for area in CITY:
        assert contains(area.outline, area.centre), area.key
        assert not any(contains(other.outline, area.centre) for other in CITY if other != area)


def crosses(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two edges cross."""

    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 > side(c, d, a) * side(c, d, b)


def edges(outline: tuple[Point, ...]) -> list[tuple[Point, Point]]:
    return list(pairwise([*outline, outline[0]]))


def test_outlines_do_not_overlap() -> None:
    for one, other in combinations(CITY, 2):
        for a, b in edges(one.outline):
            assert not any(crosses(a, b, c, d) for c, d in edges(other.outline)), (
                one.key,
                other.key,
            )
        assert not any(contains(one.outline, corner) for corner in other.outline)
        assert not any(contains(other.outline, corner) for corner in one.outline)


def test_any_place_lies_in_one_district_at_most() -> None:
    chance = Random(3)
    for _ in range(2_000):
        place = (chance.uniform(120.8, 122.0), chance.uniform(30.6, 31.9))
        assert sum(contains(area.outline, place) for area in CITY) <= 1


def test_outlines_have_plausible_sizes() -> None:
    by_key = {area.key: square_kilometres(area.outline) for area in CITY}
    assert 6_000 < sum(by_key.values()) < 8_000
    assert all(20 < by_key[area.key] < 110 for area in CITY if area.inner)
    assert all(300 < by_key[area.key] < 1_500 for area in CITY if not area.inner)


def test_who_pays_at_counters() -> None:
    per_year = counter_bills_per_year(CITY)
    homes = sum(area.households for area in CITY)
    assert sum(per_year.values()) == homes * BILLS_PER_HOUSEHOLD_YEAR // 10
    assert 14 < sum(per_year.values()) / 365 / 4_407 < 15
    for inner, low, high in ((True, 0.58, 0.62), (False, 0.45, 0.52)):
        weights = [counter_weights(area) for area in CITY if area.inner is inner]
        old = sum(each[5] + each[6] for each in weights)
        assert low < old / sum(map(sum, weights)) < high


def test_distances() -> None:
    here = (121.47, 31.23)
    assert metres(here, here) == 0
    assert abs(metres(here, moved(here, 300, 400)) - 500) < 0.5
    assert bounds(((0, 1), (2, 0), (1, 3))) == (0, 0, 2, 3)
