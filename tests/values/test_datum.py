"""Coordinates of China: other people's answers, there and back, and what is left alone."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashlane.values import datum
from cashlane.values.datum import DATUM_NAMES, Datum, from_wgs84, place, to_wgs84
from cashlane.values.geo import Point, great_circle_metres

GOLDEN = Path(__file__).with_name("golden") / "gcoord-1.0.7.csv"
CITY = Point(121_473_700, 31_230_400)


def golden() -> list[tuple[Point, ...]]:
    """Each row's points: as given, then GCJ-02 and BD-09 of it, then what it was in WGS-84 if it
    was given in GCJ-02, in GCJ-02 if in BD-09, in WGS-84 if in BD-09."""
    with GOLDEN.open(encoding="ascii") as lines:
        rows = [tuple(map(int, row)) for row in list(csv.reader(lines))[1:]]
    return [tuple(Point(*row[at : at + 2]) for at in range(0, 12, 2)) for row in rows]


def test_the_way_there_is_gcoords_to_the_last_digit() -> None:
    assert len(golden()) == 200
    for given_, gcj02, bd09, *_ in golden():
        assert from_wgs84("gcj02", given_) == gcj02
        assert from_wgs84("bd09", given_) == bd09


def test_the_way_back_is_gcoords_as_far_as_its_own_reaches() -> None:
    """Its way back from GCJ-02 stops at a millionth of a degree; that from BD-09 is a formula
    that misses by up to a metre, which ours does not."""
    for given_, _, _, of_gcj02, _, of_bd09 in golden():
        ours = to_wgs84("gcj02", given_)
        assert abs(ours.longitude_e6 - of_gcj02.longitude_e6) <= 1
        assert abs(ours.latitude_e6 - of_gcj02.latitude_e6) <= 1
        assert great_circle_metres(to_wgs84("bd09", given_), of_bd09) <= 1


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_there_and_back_over_a_grid_of_china_is_less_than_a_metre(system: Datum) -> None:
    worst = 0
    for longitude in range(73_500_000, 135_000_000, 370_001):
        for latitude in range(18_000_000, 53_500_000, 370_001):
            here = Point(longitude, latitude)
            there = from_wgs84(system, here)
            assert there != here
            back = to_wgs84(system, there)
            worst = max(worst, abs(back.longitude_e6 - longitude), abs(back.latitude_e6 - latitude))
    assert worst <= 1, "a millionth of a degree is 11 cm"


def test_the_systems_lie_apart_in_the_city_as_is_known() -> None:
    assert 450 <= great_circle_metres(CITY, from_wgs84("gcj02", CITY)) <= 510
    assert 1_100 <= great_circle_metres(CITY, from_wgs84("bd09", CITY)) <= 1_180


@pytest.mark.parametrize(
    "abroad",
    [
        Point(2_352_200, 48_856_600),
        Point(-74_006_000, 40_712_800),
        Point(139_700_000, 35_700_000),
        Point(121_000_000, -30_000_000),
        Point(100_000_000, 60_000_000),
    ],
)
def test_points_outside_china_are_left_alone(abroad: Point) -> None:
    for system in DATUM_NAMES:
        assert from_wgs84(system, abroad) == abroad == to_wgs84(system, abroad)


def test_what_was_received_is_kept_beside_the_point() -> None:
    kept = place("gcj02", 121_478_231, 31_228_391)
    assert (kept.declared, kept.received) == ("gcj02", Point(121_478_231, 31_228_391))
    assert from_wgs84("gcj02", kept.point) == kept.received
    same = place("wgs84", CITY.longitude_e6, CITY.latitude_e6)
    assert same.point == same.received == CITY


@given(st.integers(72_010_000, 137_830_000), st.integers(830_000, 55_820_000))
def test_the_way_back_is_found_everywhere_in_the_box(longitude: int, latitude: int) -> None:
    received = Point(longitude, latitude)
    assert to_wgs84("gcj02", received) != received
    assert to_wgs84("bd09", received) != received


def test_a_formula_that_leads_nowhere_is_loud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datum, "_gcj02_of_wgs84", lambda here: (here[0] * 3, here[1] * 3))
    with pytest.raises(AssertionError, match="no way back"):
        to_wgs84("gcj02", CITY)
