"""Demand: nineteen age bands, who is counted as old, and who pays over a counter."""

import pytest

from cashlane.core.demand import AGE_BANDS, PAYER_PPM, DemandPoint, elders, payers, spread
from cashlane.values.geo import Point

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
