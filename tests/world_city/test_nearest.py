"""The nearest place, against looking at all of them."""

from hypothesis import given
from hypothesis import strategies as st

from cashlane.world.nearest import Nearest
from cashlane.world.outline import Point, metres

PLACES = st.tuples(
    st.integers(120_850, 122_000).map(lambda n: n / 1_000),
    st.integers(30_680, 31_870).map(lambda n: n / 1_000),
)


@given(st.lists(PLACES, min_size=1, max_size=30), PLACES)
def test_it_is_the_nearest_of_all(places: list[Point], point: Point) -> None:
    distance, number = min((metres(point, place), at) for at, place in enumerate(places))
    assert Nearest(enumerate(places)).to(point) == (number, int(distance + 0.5))


def test_of_two_equally_near_the_lower_number() -> None:
    place = (121.5, 31.2)
    assert Nearest([(5, place), (2, place), (9, place)]).to((121.4, 31.2)) == (2, 9_490)


def test_there_may_be_none() -> None:
    assert Nearest([]).to((121.4, 31.2)) is None
