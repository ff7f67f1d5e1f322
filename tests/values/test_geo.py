"""Distances: the whole numbers of a city beside the great circle, and known ones."""

from hypothesis import given
from hypothesis import strategies as st

from cashlane.values.geo import Point, great_circle_metres, metres

DEGREE = st.integers(-9_000, 9_000)


def test_a_degree_of_latitude_and_one_of_longitude() -> None:
    equator, north = Point(0, 0), Point(0, 1_000_000)
    assert metres(equator, north) == great_circle_metres(equator, north) == 111_195
    assert great_circle_metres(equator, Point(180_000_000, 0)) == 20_015_115
    assert (
        great_circle_metres(Point(121_000_000, 60_000_000), Point(122_000_000, 60_000_000)) // 10
        == 5_559
    )


@given(st.integers(-60_000_000, 60_000_000), DEGREE, DEGREE, DEGREE, DEGREE)
def test_within_a_city_whole_numbers_tell_the_great_circle(
    latitude: int, east: int, north: int, east_there: int, north_there: int
) -> None:
    here = Point(121_000_000 + 10 * east, latitude + 10 * north)
    there = Point(121_000_000 + 10 * east_there, latitude + 10 * north_there)
    far = great_circle_metres(here, there)
    assert abs(metres(here, there) - far) <= max(2, far // 1_000)
    assert metres(here, there) == metres(there, here)
