"""Where people live, read row by row: by age, or by homes with a census beside them."""

import pytest

from cashlane.core.demand import AGE_BANDS
from cashlane.core.demand_list import DemandReading, read_census, read_demand
from cashlane.core.place_list import EARTH, Declared, Line

WGS84 = Declared("wgs84", EARTH)
HOME = {"name": "江边新村", "lat": "31.2304", "lng": "121.4737"}
NOBODY = dict.fromkeys(AGE_BANDS, "")
CENSUS = [{"district": "北区"} | {band: str(10 * at) for at, band in enumerate(AGE_BANDS)}]


def lines(*rows: dict[str, str]) -> list[Line]:
    return [Line(at, row) for at, row in enumerate(rows, start=2)]


def read(*rows: dict[str, str], census: list[dict[str, str]] | None = None) -> DemandReading:
    counted = None if census is None else read_census(lines(*census))[0]
    return read_demand(lines(*rows), WGS84, counted)


def test_people_by_age_are_kept_as_they_were_counted() -> None:
    reading = read(HOME | NOBODY | {"65-69": "1,204", "85+": "7", "name_en": "Riverside"})
    (place,) = reading.places
    assert (place.number, place.name.en, place.people[14], place.people[18]) == (
        1, "Riverside", 1_204, 7,
    )  # fmt: skip
    assert sum(place.people) == 1_211
    assert not reading.faults


def test_a_census_is_spread_by_homes_to_the_last_person() -> None:
    north = HOME | {"district": "北区"}
    reading = read(
        north | {"homes": "300"}, north | {"name": "河东", "homes": "100"},
        north | {"name": "空村", "homes": "0"}, census=CENSUS,
    )  # fmt: skip
    assert [sum(ages) for ages in zip(*(one.people for one in reading.places), strict=True)] == [
        10 * at for at in range(len(AGE_BANDS))
    ]
    first, second, empty = (sum(one.people) for one in reading.places)
    assert empty == 0
    assert abs(first - 3 * second) <= 3 * len(AGE_BANDS)


def test_a_list_that_counts_homes_needs_a_census() -> None:
    (fault,) = read(HOME | {"homes": "3", "district": "北区"}).faults
    assert "--census" in fault.why.en


@pytest.mark.parametrize(("row", "column"), [
    ({"homes": "many"}, "homes"), ({"homes": "-3"}, "homes"), ({"homes": "１２"}, "homes"),
    ({"homes": "1", "district": "南区"}, "district"), ({"homes": "1", "lat": "91.5"}, "lat"),
    ({"homes": "1", "name": ""}, "name"), ({"homes": "99999999999"}, "homes"),
])  # fmt: skip
def test_every_wrong_cell_is_named_and_nothing_is_spread(row: dict[str, str], column: str) -> None:
    north = HOME | {"district": "北区", "homes": "3"}
    reading = read(north, north | row, census=CENSUS)
    assert [(fault.line, fault.column) for fault in reading.faults] == [(3, column)]
    assert reading.places == ()


def test_columns_that_are_missing_are_named() -> None:
    assert [one.column for one in read({"lat": "1", "lng": "2"} | NOBODY).faults] == ["name"]
    missing = [one.column for one in read(HOME, census=CENSUS).faults]
    assert missing == ["district", "homes"]


def test_a_census_names_what_is_wrong_in_it() -> None:
    _, faults = read_census(lines({"district": "北区"}))
    assert len(faults) == len(AGE_BANDS)
    found, faults = read_census(lines(*CENSUS, *CENSUS))
    assert [(one.line, one.column) for one in faults] == [(3, "district")]
    assert list(found) == ["北区"]


def test_columns_that_say_nothing_are_told() -> None:
    assert read(HOME | NOBODY | {"colour": "red"}).ignored == ("colour",)
