"""The grid names the same neighbours in the same order as looking at every place."""

from random import Random

import pytest

from cashlane.values.geo import Point, metres
from cashlane.values.nearest import Nearest

CITY = Point(121_470_000, 31_230_000)


@pytest.mark.parametrize("latitude", [-90_000_000, 89_999_000, 90_000_000])
def test_near_a_pole_the_answer_comes_at_once_and_is_right(latitude: int) -> None:
    """Squares there are a metre wide: ring after ring of them would never end."""
    near = Point(121_000_000, latitude - 5_000 if latitude > 0 else latitude + 5_000)
    nearest = Nearest({1: CITY, 2: near})
    here = Point(121_000_000, latitude)
    assert list(nearest.around(here, within_m=50_000)) == [(metres(here, near), 2)]


def scattered(chance: Random, *, middle: Point, spread_e6: int, count: int) -> dict[int, Point]:
    """Places all over a square."""
    return {
        number: Point(middle.longitude_e6 + chance.randint(-spread_e6, spread_e6),
                      middle.latitude_e6 + chance.randint(-spread_e6, spread_e6))
        for number in range(count)
    }  # fmt: skip


@pytest.mark.parametrize("latitude_e6", [31_230_000, 0, -45_000_000, 69_000_000])
@pytest.mark.parametrize("spread_e6", [5_000, 100_000, 900_000])
def test_the_order_is_that_of_looking_at_every_place(latitude_e6: int, spread_e6: int) -> None:
    chance = Random(f"{latitude_e6} {spread_e6}")
    middle = Point(121_470_000, latitude_e6)
    places = scattered(chance, middle=middle, spread_e6=spread_e6, count=400)
    nearest = Nearest(places)
    for here in scattered(chance, middle=middle, spread_e6=spread_e6 * 2, count=20).values():
        for within_m in (0, 700, 20_000):
            wanted = sorted((metres(here, place), number) for number, place in places.items())
            wanted = [one for one in wanted if one[0] <= within_m]
            assert list(nearest.around(here, within_m=within_m)) == wanted


def test_a_place_is_its_own_first_neighbour_and_twins_are_told_by_number() -> None:
    nearest = Nearest({7: CITY, 3: CITY})
    assert list(nearest.around(CITY, within_m=100)) == [(0, 3), (0, 7)]


def test_without_places_there_are_no_neighbours() -> None:
    assert list(Nearest({}).around(CITY, within_m=50_000)) == []
