"""Finding a counter: hours, steps, bills, how far a walk, and names that people half remember."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from cashlane.core.finding import (
    Counter,
    Names,
    Opening,
    Wish,
    counters_among,
    counters_near,
    opening,
    outlet_names,
)
from cashlane.core.network import Network
from cashlane.core.premises import UNTOLD, Premises
from cashlane.core.programme import Placement
from cashlane.core.routing import CLEAR
from cashlane.values.geo import Point
from cashlane.values.nearest import Nearest
from tests.rolls.counter import network as city

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2022, 1, 14, 9, 0, tzinfo=ZONE)
HERE = Point(121_473_700, 31_230_400)
DAY = Premises("江边路 1 号", "Mo-Fr 08:30-17:00; PH off", True, "", None)
ALWAYS = Premises("", "24/7", False, "", None)
ANY = Wish(None, open_now=False, step_free=False)


def _with(told: dict[int, Premises]) -> Network:
    network = city()
    places = {
        number: Point(HERE.longitude_e6 + 1_000 * at, HERE.latitude_e6)
        for at, number in enumerate(sorted(network.outlets))
    }
    return structs.replace(network, places=places, premises=told, country="CN")


def _near(network: Network, wish: Wish, now: datetime = MORNING, most: int = 10) -> list[int]:
    found = counters_near(
        network, CLEAR, HERE, now, places=Nearest(network.places), wish=wish, most=most
    )
    return [one.outlet for one in found]


def test_the_nearest_come_first_and_no_more_than_wanted() -> None:
    network = _with({})
    assert _near(network, ANY) == sorted(network.outlets)
    assert _near(network, ANY, most=1) == [min(network.outlets)]


def test_who_wants_an_open_door_is_sent_to_one_that_is_known_to_be_open() -> None:
    first, second, *_ = sorted(city().outlets)
    network = _with({first: DAY, second: ALWAYS})
    wish = Wish(None, open_now=True, step_free=False)
    assert _near(network, wish) == [first, second]
    assert _near(network, wish, MORNING.replace(hour=20)) == [second]
    holiday = datetime(2022, 2, 1, 9, 0, tzinfo=ZONE)
    assert _near(network, wish, holiday) == [second], "Spring Festival is a public holiday"


def test_who_cannot_climb_is_sent_where_it_is_known_that_there_is_no_step() -> None:
    first, second, *_ = sorted(city().outlets)
    network = _with({first: DAY, second: ALWAYS})
    assert _near(network, Wish(None, open_now=False, step_free=True)) == [first]


@pytest.mark.parametrize(("day", "found"), [(13, False), (14, True), (19, True), (20, False)])
def test_a_programme_is_found_from_its_day_until_the_day_it_ends(day: int, found: bool) -> None:
    """Live on the 14th, ended on the 20th: by the network's own clock."""
    first, *others = sorted(city().outlets)
    told = Placement(first, "one-stop", None, date(2022, 1, 14), date(2022, 1, 20))
    network = structs.replace(_with({}), placements={first: (told,)})
    wish = Wish(None, open_now=False, step_free=False, programme="one-stop")
    now = MORNING.replace(day=day)
    assert _near(network, wish, now) == ([first] if found else [])
    assert _near(network, ANY, now) == [first, *others]
    (counter, *_) = counters_among(network, CLEAR, [network.outlets[first]], now, wish=ANY, most=1)
    assert counter.programmes == (("one-stop",) if found else ())
    midnight = now.replace(hour=0, minute=0)
    assert _near(network, wish, midnight) == ([first] if found else [])
    assert _near(network, wish, now.replace(hour=23, minute=59)) == ([first] if found else [])


def test_a_counter_counts_only_for_the_bills_that_it_takes() -> None:
    network = _with({})
    first = min(network.outlets)
    biller = min(network.billers)
    shut = structs.replace(network, withdrawn={(first, biller): MORNING.date()})
    assert first not in _near(shut, Wish(biller, open_now=False, step_free=False))
    assert first in _near(shut, ANY)
    found = counters_among(shut, CLEAR, [shut.outlets[first]], MORNING, wish=ANY, most=5)
    assert [biller in one.billers for one in found] == [False]
    assert found[0].metres is None
    assert found[0].minutes is None


def test_a_suspended_outlet_is_not_found() -> None:
    network = _with({})
    first = min(network.outlets)
    off = structs.replace(network.outlets[first], suspended=True)
    shut = structs.replace(network, outlets={**network.outlets, first: off})
    assert first not in _near(shut, ANY)


@pytest.mark.parametrize(("hour", "state", "changes"), [
    (9, "open", 17), (18, "closed", None), (7, "closed", 8),
])  # fmt: skip
def test_a_door_says_until_when(hour: int, state: str, changes: int | None) -> None:
    network = _with({1: DAY})
    told = opening(network, 1, MORNING.replace(hour=hour))
    assert told.state == state
    if changes is not None:
        assert told.changes_at is not None
        assert told.changes_at.astimezone(ZONE).hour == changes


def test_a_door_of_which_nobody_told_is_neither_open_nor_closed() -> None:
    assert opening(_with({}), 1, MORNING) == Opening("unknown", None)


@pytest.mark.parametrize(
    ("metres", "minutes"), [(0, 0), (46, 1), (47, 2), (462, 10), (463, 11), (1_000, 22)]
)
def test_a_walk_is_rounded_up_to_whole_minutes(metres: int, minutes: int) -> None:
    """1.3 times the straight line, at 60 metres a minute: 46 m are 59 m of walking."""
    counter = Counter(1, metres, (1,), UNTOLD, Opening("unknown", None))
    assert counter.minutes == minutes


def test_names_are_found_by_any_part_whatever_their_spelling() -> None:
    names = Names([(1, ("江边新村", "Riverside")), (2, ("新江湾", "")), (3, ("东村", "East"))])
    assert names.like("江", most=9) == [1, 2], "names that begin so come first"
    assert names.like("ｒＩＶＥＲ", most=9) == [1]
    assert names.like("村", most=1) == [1]
    assert names.like(" -- ", most=9) == []
    assert names.like("西", most=9) == []


def test_outlets_are_found_by_code_name_and_address() -> None:
    network = _with({min(city().outlets): DAY})
    outlet = network.outlets[min(network.outlets)]
    names = outlet_names(network)
    for typed in (outlet.code, outlet.name.zh, outlet.name.en, "江边路1号"):
        assert outlet.number in names.like(typed, most=50)
