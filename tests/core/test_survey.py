"""A survey read row by row: places by name, counts that can be, and nothing of half a survey."""

import pytest

from cashlane.core.demand import AGE_BANDS
from cashlane.core.demand_list import Neighbourhood
from cashlane.core.place_list import Line
from cashlane.core.survey import Needed, SurveyReading, read_survey
from cashlane.values.geo import Point
from cashlane.values.text import Text

NOBODY = (0,) * len(AGE_BANDS)
ESTATES = [
    Neighbourhood(1, Text("江边新村", "Riverside"), "北区", Point(0, 0), NOBODY),
    Neighbourhood(2, Text("东村", "East"), "北区", Point(0, 0), NOBODY),
    Neighbourhood(3, Text("东村", "East"), "南区", Point(0, 0), NOBODY),
]
ROW = {"name": "江边新村", "asked": "40", "cash": "12", "homebound": "3", "need": "换零钱"}


def read(*rows: dict[str, str]) -> SurveyReading:
    return read_survey([Line(at, row) for at, row in enumerate(rows, start=2)], ESTATES)


def test_a_place_is_named_as_people_name_it() -> None:
    found = Needed(1, 40, 12, 3, "换零钱")
    assert read(ROW).found == (found,)
    assert read(ROW | {"name": " riverside "}).found == (found,)
    assert read(ROW | {"name": "东村", "district": "南区"}).found[0].estate == 3


@pytest.mark.parametrize(("row", "column", "words"), [
    ({"name": "西村"}, "name", "no such place"), ({"name": "东村"}, "name", "2 places"),
    ({"name": ""}, "name", "empty"), ({"cash": "41"}, "cash", "more than were asked"),
    ({"homebound": "41"}, "homebound", "more than were asked"), ({"asked": "x"}, "asked", "whole"),
    ({}, "name", "row 2"),
])  # fmt: skip
def test_every_wrong_cell_is_named_and_nothing_is_taken(
    row: dict[str, str], column: str, words: str
) -> None:
    other = ROW | {"name": "东村", "district": "北区"}
    second = other | {"district": ""} | row if "name" in row else other | row
    reading = read(ROW, second if row else ROW)
    (fault, *_) = reading.faults
    assert (fault.line, fault.column) == (3, column)
    assert words in fault.why.en
    assert reading.found == ()


def test_columns_that_are_missing_are_named() -> None:
    assert [one.column for one in read({"name": "东村"}).faults] == ["asked", "cash"]
