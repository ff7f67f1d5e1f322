"""Which bills can be paid where right now, since when not, and the nearest place that works."""

from datetime import date

import pytest
from msgspec import structs

from cashlane.core.network import Network
from cashlane.core.routing import CLEAR, Outlook
from cashlane.core.truth import Line, at_outlet, everywhere
from cashlane.values.geo import Point, metres
from cashlane.values.nearest import Nearest
from tests.core.ways import ill
from tests.rolls.counter import OPENING, network

HERE = Point(121_470_000, 31_230_000)


def placed() -> Network:
    """Outlet 2 is 1,110 m north of outlet 1, outlet 3 half as far to the east."""
    places = {1: HERE, 2: Point(121_470_000, 31_240_000), 3: Point(121_475_848, 31_230_000)}
    return structs.replace(network(), places=places)


def lines(net: Network, outlook: Outlook, outlet: int = 1) -> list[Line]:
    """What an outlet's page says."""
    places = Nearest(net.places)
    return at_outlet(net, outlook, net.outlets[outlet], OPENING, places=places, nearest=3)


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        (HERE, 0),
        (Point(121_470_000, 31_240_000), 1_110),
        (Point(121_475_848, 31_230_000), 555),
        (Point(121_470_000 - 5_848, 31_230_000), 555),
    ],
)
def test_metres(there: Point, wanted: int) -> None:
    assert abs(metres(HERE, there) - wanted) <= 2
    assert metres(HERE, there) == metres(there, HERE)


def test_an_open_counter_needs_no_neighbour() -> None:
    said = lines(placed(), CLEAR)
    assert [line.biller for line in said] == [1, 2, 3, 4]
    assert all(line.standing.refused is None and line.nearest == () for line in said)


def test_a_closed_one_names_the_nearest_that_work() -> None:
    (line, *_) = lines(placed(), ill(1))
    assert line.standing.refused is not None
    assert line.standing.refused.code == "NO_ROUTE"
    assert line.standing.since == OPENING
    assert [near.outlet for near in line.nearest] == [3, 2]
    (line, *_) = lines(placed(), ill(1, 2))
    assert line.nearest == ()


def test_a_neighbour_that_is_closed_itself_is_passed_over() -> None:
    net = placed()
    shut = structs.replace(net.outlets[3], suspended=True)
    (line, *_) = lines(structs.replace(net, outlets=net.outlets | {3: shut}), ill(1))
    assert [near.outlet for near in line.nearest] == [2]


def test_no_place_no_neighbour() -> None:
    (line, *_) = lines(network(), ill(1))
    assert line.standing.refused is not None
    assert line.nearest == ()


def test_outlets_closed_since_different_days_keep_their_own_dates() -> None:
    net = placed()
    off = {number: structs.replace(net.outlets[number], suspended=True) for number in (1, 3)}
    since = {(1, 0): date(2022, 1, 3), (3, 0): date(2022, 1, 5)}
    net = structs.replace(net, outlets=net.outlets | off, withdrawn=since)
    found = [lines(net, CLEAR, outlet)[0].standing.since for outlet in (1, 3)]
    assert [net.local(one).date() for one in found if one] == [date(2022, 1, 3), date(2022, 1, 5)]


def test_the_whole_city_in_rows() -> None:
    rows = {(row.agent, row.biller): row for row in everywhere(placed(), ill(1), OPENING)}
    assert (rows[1, 1].taking, rows[1, 1].outlets) == (0, 1)
    assert rows[1, 1].closed is not None
    assert (rows[2, 1].taking, rows[2, 1].closed) == (1, None)
    assert rows[3, 1].taking == 1, "its spare carries on"


def test_a_suspended_outlet_is_counted_apart() -> None:
    net = placed()
    shut = structs.replace(net.outlets[1], suspended=True)
    (row, *_) = everywhere(structs.replace(net, outlets=net.outlets | {1: shut}), CLEAR, OPENING)
    assert (row.agent, row.taking, row.outlets) == (1, 0, 1)
    assert row.closed is not None
    assert row.closed.refused is not None
    assert row.closed.refused.code == "OUTLET_SUSPENDED"
