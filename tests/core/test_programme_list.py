"""Lists of programmes read row by row: every wrong cell named, and nothing of half a list."""

from datetime import date

import pytest

from cashlane.core.place_list import Line
from cashlane.core.programme import Attendance, Placement, Programme
from cashlane.core.programme_list import (
    MINUTES_MOST,
    PlacementReading,
    VisitReading,
    month_of,
    read_placements,
    read_visits,
)
from cashlane.values.text import Text

OUTLETS = {"post-0001": 1, "post-0002": 2}
ONE = Programme("one-stop", Text("一网通办", "One-stop"), Text("政务", "government"))
NAMED = {"name": "一网通办", "name_en": "One-stop", "about": "政务", "about_en": "government"}
ROW = {"outlet": "post-0001", "programme": "one-stop", "planned": "", "live": "2021-07-01"}
WHOLE = ROW | {"ended": ""} | NAMED
DAY = date(2022, 1, 14)


def placements(*rows: dict[str, str], known: bool = True) -> PlacementReading:
    lines = [Line(at, row) for at, row in enumerate(rows, start=2)]
    return read_placements(lines, OUTLETS, {"one-stop": ONE} if known else {})


def test_a_row_says_what_is_where_from_when() -> None:
    found = placements(ROW, ROW | {"outlet": "POST-0002", "live": "", "planned": "2022-03-01"})
    assert found.faults == ()
    assert found.named == ()
    assert found.placed == (
        Placement(1, "one-stop", None, date(2021, 7, 1), None),
        Placement(2, "one-stop", date(2022, 3, 1), None, None),
    )


def test_a_new_programme_is_named_once_for_all_rows() -> None:
    second = {**dict.fromkeys(WHOLE, ""), "outlet": "post-0002", "programme": "one-stop",
              "live": "2021-08-01"}  # fmt: skip
    found = placements(second, WHOLE, known=False)
    assert found.faults == ()
    assert found.named == (ONE,)
    assert len(found.placed) == 2
    assert placements(WHOLE).named == (), "it is known by this name"
    assert placements(WHOLE | {"name": "一网通"}).named[0].name.zh == "一网通", "told anew"


@pytest.mark.parametrize(("row", "column", "words"), [
    ({"outlet": "post-0009"}, "outlet", "no outlet has this code"),
    ({"outlet": ""}, "outlet", "empty"),
    ({"programme": ""}, "programme", "empty"),
    ({"programme": "One Stop"}, "programme", "a code is small letters"),
    ({"programme": "other"} | dict.fromkeys(NAMED, ""), "programme", "needs its names"),
    ({"programme": "other", "about_en": ""}, "programme", "needs its names"),
    ({"live": "14 January"}, "live", "not a date"),
    ({"ended": "2021-02-30"}, "ended", "not a date"),
    ({"ended": "2021-06-30"}, "ended", "before the day it went live"),
    ({"live": ""}, "live", "say when it is planned"),
    ({"name": "警邮"}, "name", "row 2 calls this programme something else"),
    ({"outlet": "post-0001"}, "programme", "row 2 tells of the same"),
])  # fmt: skip
def test_every_wrong_cell_is_named_and_nothing_is_taken(
    row: dict[str, str], column: str, words: str
) -> None:
    found = placements(WHOLE, WHOLE | {"outlet": "post-0002"} | row, known=False)
    (fault,) = found.faults
    assert (fault.line, fault.column) == (3, column)
    assert words in fault.why.en
    assert fault.why.zh
    assert (found.placed, found.named) == ((), ())


def test_columns_are_known_by_what_people_call_them() -> None:
    row = {"网点编号": "post-0001", "合办业务": "one-stop", "开办日": "2021-07-01", "备注": "好"}
    found = placements(row)
    assert found.placed == (Placement(1, "one-stop", None, date(2021, 7, 1), None),)
    assert found.ignored == ("备注",)
    assert [one.column for one in placements({"outlet": "post-0001"}).faults] == [
        "programme", "live",
    ]  # fmt: skip


PLACED = [
    Placement(1, "one-stop", None, date(2021, 7, 1), None),
    Placement(2, "one-stop", None, date(2021, 7, 1), date(2021, 11, 1)),
]
CAME = {"month": "2021-12", "outlet": "post-0001", "programme": "one-stop", "visits": "1,200",
        "minutes": "9600"}  # fmt: skip


def came(*rows: dict[str, str]) -> VisitReading:
    lines = [Line(at, row) for at, row in enumerate(rows, start=2)]
    return read_visits(lines, OUTLETS, PLACED, DAY)


def test_a_row_says_who_came_in_a_month() -> None:
    found = came(CAME, CAME | {"month": "2021-11-01", "visits": "0", "minutes": "0"})
    assert found.faults == ()
    assert found.counted == (
        Attendance(1, "one-stop", date(2021, 12, 1), 1_200, 9_600),
        Attendance(1, "one-stop", date(2021, 11, 1), 0, 0),
    )


@pytest.mark.parametrize(("row", "column", "words"), [
    ({"month": "2022-01"}, "month", "not over yet"),
    ({"month": "2021-13"}, "month", "not a month"),
    ({"month": "2021-12-02"}, "month", "not a month"),
    ({"month": ""}, "month", "empty"),
    ({"outlet": "post-0003"}, "outlet", "no outlet has this code"),
    ({"programme": "police"}, "programme", "was not live at this outlet"),
    ({"outlet": "post-0002", "month": "2021-11"}, "programme", "was not live at this outlet"),
    ({"month": "2021-06"}, "programme", "was not live at this outlet"),
    ({"visits": ""}, "visits", "empty"), ({"visits": "-1"}, "visits", "whole number"),
    ({"minutes": "1.5"}, "minutes", "whole number"),
    ({"minutes": str(MINUTES_MOST + 1)}, "minutes", "more than the 446400 minutes"),
    ({"month": "2021-12"}, "programme", "row 2 tells of the same"),
])  # fmt: skip
def test_every_wrong_count_is_named_and_nothing_is_taken(
    row: dict[str, str], column: str, words: str
) -> None:
    found = came(CAME, CAME | {"month": "2021-10"} | row)
    (fault,) = found.faults
    assert (fault.line, fault.column) == (3, column)
    assert words in fault.why.en
    assert found.counted == ()


def test_columns_that_are_missing_are_named() -> None:
    assert [one.column for one in came({"month": "2021-12"}).faults] == [
        "outlet", "programme", "visits", "minutes",
    ]  # fmt: skip


@pytest.mark.parametrize(("cell", "month"), [
    ("2021-12", date(2021, 12, 1)), ("2021-12-01", date(2021, 12, 1)), ("2021-12-31", None),
    ("December", None), ("2021", None),
])  # fmt: skip
def test_a_month_is_named_by_its_number_or_its_first_day(cell: str, month: date | None) -> None:
    assert month_of(cell) == month
