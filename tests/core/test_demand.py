"""Demand: nineteen age bands, who is counted as old, and who pays over a counter."""

import csv
from pathlib import Path

import pytest

from cashlane.core.demand import AGE_BANDS, PAYER_PPM, DemandPoint, elders, payers, spread
from cashlane.core.guard import GUARD
from cashlane.values.geo import Point

CENSUS = Path(__file__).parents[3] / "shared" / "data" / "shanghai-census2020-districts.csv"
HERE = Point(121_470_000, 31_230_000)


def test_the_bands_are_the_census_s_and_elders_are_65_and_more() -> None:
    assert len(AGE_BANDS) == len(PAYER_PPM) == 19
    counted = [1] * len(AGE_BANDS)
    assert elders(counted) == 5
    counted[AGE_BANDS.index("60-64")] = 100
    assert elders(counted) == 5


def test_payers_are_adults_who_do_not_pay_by_phone_rounded_down() -> None:
    nobody = [0] * len(AGE_BANDS)
    assert payers(nobody) == 0
    assert payers([10**6 * (band == "15-19") for band in AGE_BANDS]) == 0
    assert payers([10**6 * (band == "20-24") for band in AGE_BANDS]) == 142_300
    assert payers([10 * (band == "85+") for band in AGE_BANDS]) == 6


def test_a_demand_point_counts_people_by_all_bands() -> None:
    with pytest.raises(AssertionError):
        DemandPoint(1, HERE, (1, 2, 3))
    with pytest.raises(AssertionError):
        DemandPoint(1, HERE, (*[0] * 18, -1))


def test_a_district_is_spread_over_its_points_to_the_last_person() -> None:
    district = [97 * (at + 1) for at in range(len(AGE_BANDS))]
    east = Point(HERE.longitude_e6 + 9_000, HERE.latitude_e6)
    points = spread(district, {7: (HERE, 3), 3: (east, 1), 9: (HERE, 0)})
    assert [(one.number, one.place) for one in points] == [(3, east), (7, HERE), (9, HERE)]
    assert [sum(ages) for ages in zip(*(one.people for one in points), strict=True)] == district
    assert not any(points[2].people)
    assert sum(points[1].people) > 2 * sum(points[0].people)


@pytest.mark.skipif(not CENSUS.exists(), reason="the census table lies beside the project only")
def test_the_bills_of_a_payer_are_the_city_s_tenth_over_its_payers() -> None:
    """By the seventh census (as tabulated in leiii/census): districts end in two other digits."""
    ages = ["0岁", "1到4岁", "5到9岁", *(f"{a}到{a + 4}岁" for a in range(10, 85, 5)), "85岁以上"]
    with CENSUS.open(encoding="utf-8-sig") as lines:
        rows = [row for row in csv.DictReader(lines) if not row["区划代码"].startswith("3100")]
        rows = [row for row in rows if row["区划代码"] != "310100.0"]
    people = [
        sum(round(float(row[f"{sex}_{age}"])) for row in rows for sex in "男女") for age in ages
    ]
    homes = sum(round(float(row["家庭户数"])) for row in rows)
    assert (len(rows), sum(people), len(ages)) == (16, 24_870_895, len(AGE_BANDS))
    assert homes * 24 // 10 < GUARD.bills_a_year * payers(people) < homes * 24 // 10 * 5 // 4
