"""Programmes: how they stand on a day, counted day by day; sums beside a count by hand."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cashlane.core.programme import (
    EMPTY,
    Attendance,
    Book,
    Placement,
    Programme,
    Sum,
    Work,
    live_at,
    sums,
    together,
    work_of,
)
from cashlane.core.programme_list import month_after
from cashlane.values.text import Text

DAY = date(2022, 1, 14)
DAYS = st.dates(date(2021, 11, 1), date(2022, 3, 31))
MAYBE = st.none() | DAYS


@st.composite
def told(draw: st.DrawFn) -> Placement:
    """A placement as a list may tell it."""
    planned, live, ended = draw(MAYBE), draw(MAYBE), draw(MAYBE)
    if planned is None and live is None:
        live = DAY
    if live is not None and ended is not None:
        live, ended = min(live, ended), max(live, ended)
    return Placement(1, "one-stop", planned, live, ended)


@given(told(), st.lists(DAYS, min_size=2, max_size=30))
def test_days_lead_from_planned_over_live_to_ended_and_never_back(
    one: Placement, days: list[date]
) -> None:
    order = ["planned", "live", "ended"]
    ranks = [order.index(one.state(day)) for day in sorted(days)]
    assert ranks == sorted(ranks)


@given(told(), DAYS)
def test_it_is_live_from_its_day_until_the_day_it_ends(one: Placement, day: date) -> None:
    there = one.live is not None and one.live <= day and (one.ended is None or day < one.ended)
    assert (one.state(day) == "live") is there
    assert live_at([one], day) == (("one-stop",) if there else ())
    late = one.planned is not None and one.planned < day and one.state(day) == "planned"
    assert one.is_late(day) is late


@given(told(), st.sampled_from([date(2021, 12, 1), date(2022, 1, 1), date(2022, 2, 1)]))
def test_it_is_live_in_a_month_that_has_a_day_of_it(one: Placement, month: date) -> None:
    following = month_after(month)
    days = [month + timedelta(days=at) for at in range((following - month).days)]
    assert one.is_live_in(month, following) is any(one.state(day) == "live" for day in days)


def test_a_plan_that_was_given_up_has_ended() -> None:
    given_up = Placement(1, "one-stop", date(2022, 3, 1), None, date(2022, 1, 10))
    assert given_up.state(date(2022, 1, 9)) == "planned"
    assert given_up.state(date(2022, 1, 10)) == "ended"
    assert not given_up.is_late(date(2022, 4, 1))


ONE = Programme("one-stop", Text("一网通办", "one-stop"), Text("政务", "government"))
TWO = Programme("police", Text("警邮", "police"), Text("警务", "police"))
NOVEMBER = date(2021, 11, 1)
BOOK = Book(
    {"one-stop": ONE, "police": TWO},
    (
        Placement(1, "one-stop", None, date(2021, 5, 1), None),
        Placement(1, "police", None, date(2021, 5, 1), None),
        Placement(2, "one-stop", date(2022, 2, 1), None, None),
        Placement(3, "one-stop", date(2021, 12, 1), None, None),
        Placement(4, "one-stop", None, date(2021, 5, 1), date(2022, 1, 1)),
        Placement(5, "one-stop", None, date(2021, 5, 1), None),
    ),
    (
        Attendance(1, "one-stop", NOVEMBER, 30, 240),
        Attendance(1, "police", NOVEMBER, 5, 60),
        Attendance(4, "one-stop", NOVEMBER, 7, 70),
    ),
    synthetic=False,
)
AGENTS = {1: 10, 2: 10, 3: 10, 4: 10, 5: 20}


def test_sums_by_programme_and_agent_are_a_count_by_hand() -> None:
    found = sums(BOOK, AGENTS, DAY)
    assert found == {
        ("one-stop", 10): Sum(planned=2, late=1, live=1, ended=1, told=2, visits=37, minutes=310),
        ("one-stop", 20): Sum(planned=0, late=0, live=1, ended=0, told=0, visits=0, minutes=0),
        ("police", 10): Sum(planned=0, late=0, live=1, ended=0, told=1, visits=5, minutes=60),
    }
    assert together(found.values()) == Sum(2, 1, 3, 1, 3, 42, 370)
    assert sums(EMPTY, AGENTS, DAY) == {}


def test_work_is_that_of_programmes_that_are_there_now() -> None:
    """What has ended since costs nobody a minute any more."""
    assert work_of(BOOK, DAY) == {1: Work(35, 300)}
    assert work_of(BOOK, date(2021, 12, 31)) == {1: Work(35, 300), 4: Work(7, 70)}
    assert work_of(EMPTY, DAY) == {}
    assert BOOK.month == NOVEMBER
    assert EMPTY.month is None
