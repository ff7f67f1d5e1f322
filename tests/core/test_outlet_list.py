"""An agent's list, cell by cell: what it tells, every fault, and rows that are one outlet."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from cashlane.core.hours import changes_at, is_open, readable
from cashlane.core.outlet_list import Known, Reading, known_by, read_list, spelled
from cashlane.core.place_list import EARTH, Box, Declared, Line
from cashlane.values.datum import from_wgs84
from cashlane.values.geo import Point, metres
from cashlane.values.text import Text

SHANGHAI = Box(120_800_000, 30_600_000, 122_300_000, 31_900_000)
HOME = {"name": "江边店", "lat": "31.230400", "lng": "121.473700"}


def reading(*rows: dict[str, str], within: Box = SHANGHAI, datum: str = "wgs84") -> Reading:
    lines = [Line(at, row) for at, row in enumerate(rows, start=2)]
    return read_list(lines, Declared(datum, within))


def test_a_whole_row_is_read() -> None:
    row = {
        "编号": "HM-0007", "名称": " 江边  店 ", "英文名": "Riverside", "品牌": "海港",
        "区": "东区", "地址": "某路 1 号", "纬度": "31.2304004", "经度": "121.4737006",
        "营业时间": "Mo-Fr 08:30-17:30; PH off", "无障碍": "是", "代收起始日": "2021-03-01",
        "备注": "x",
    }  # fmt: skip
    found = reading(row)
    (one,) = found.outlets
    assert found.ignored == ("备注",)
    assert (one.line, one.code, one.name) == (2, "hm-0007", Text("江边 店", "Riverside"))
    assert (one.brand, one.district, one.address) == ("海港", "东区", "某路 1 号")
    assert one.place.point == Point(121_473_701, 31_230_400)
    assert (one.hours, one.step_free) == ("Mo-Fr 08:30-17:30; PH off", True)
    assert one.since == date(2021, 3, 1)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_place_is_turned_into_wgs84_and_kept_as_it_came(datum: str) -> None:
    true = Point(121_473_700, 31_230_400)
    shown = from_wgs84(datum, true)
    row = HOME | {"lat": f"{shown.latitude_e6 / 1e6:.6f}", "lng": f"{shown.longitude_e6 / 1e6:.6f}"}
    (one,) = reading(row, datum=datum).outlets
    assert one.place.received == shown
    assert metres(one.place.point, true) <= 1
    assert metres(shown, true) > 400


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"name": "  "}, "name", "must not be empty"),
        ({"name": "长" * 121}, "name", "too long"),
        ({"code": "Ä 1"}, "code", "a code is"),
        ({"code": "a" * 41}, "code", "a code is"),
        ({"lat": "abc"}, "lat", "not degrees"),
        ({"lat": "31,23"}, "lat", "not degrees"),
        ({"lat": "３１.23"}, "lat", "not degrees"),
        ({"lng": "181"}, "lng", "beyond 180"),
        ({"lat": "91"}, "lat", "beyond 90"),
        ({"lat": "0", "lng": "0.0"}, "lat", "nobody's place"),
        ({"lat": "-31.2304"}, "lat", "outside"),
        ({"lat": "121.4737", "lng": "31.2304"}, "lat", "changed places"),
        ({"hours": "all day"}, "hours", "not hours"),
        ({"hours": "Mo 08:00-09:00;" * 40}, "hours", "not hours"),
        ({"step_free": "perhaps"}, "step_free", "yes or no"),
        ({"since": "2022-02-30"}, "since", "not a date"),
    ],
)
def test_a_wrong_cell_is_named(cells: dict[str, str], column: str, words: str) -> None:
    found = reading(HOME | cells)
    (fault,) = found.faults
    assert found.outlets == ()
    assert (fault.line, fault.column) == (2, column)
    assert fault.found == cells[column].strip()[:40]
    assert words in fault.why.en
    assert fault.why.zh


def test_every_fault_of_every_row_is_named_in_order() -> None:
    found = reading(HOME | {"lat": "x", "lng": "y", "name": ""}, HOME, HOME | {"lng": "200"})
    assert [(fault.line, fault.column) for fault in found.faults] == [
        (2, "name"), (2, "lat"), (2, "lng"), (4, "lng"),
    ]  # fmt: skip
    assert [one.line for one in found.outlets] == [3]


def test_a_list_without_places_says_which_columns_it_lacks() -> None:
    found = reading({"name": "江边店", "y": "31.2"})
    assert [(fault.line, fault.column) for fault in found.faults] == [(1, "longitude")]


def test_a_swapped_pair_within_ninety_degrees_is_seen_too() -> None:
    japan = Box(20_000_000, 122_000_000, 46_000_000, 154_000_000)
    assert (
        reading(HOME | {"lat": "35.1", "lng": "139.2"}, within=japan)
        .faults[0]
        .why.en.startswith("latitude and longitude")
    )


def test_one_outlet_told_of_twice_is_one_and_filled_in() -> None:
    again = HOME | {"name": "江边（店）", "lat": "31.230500", "地址": "某路 1 号", "无障碍": "否"}
    far = HOME | {"lat": "31.240000"}
    other = HOME | {"name": "河边店"}
    found = reading(HOME, again, far, other)
    assert [(one.line, one.into) for one in found.merged] == [(3, 2)]
    assert [one.line for one in found.outlets] == [2, 4, 5]
    assert found.outlets[0].address == "某路 1 号"
    assert found.outlets[0].step_free is False


def test_two_codes_are_two_outlets_though_they_share_a_door() -> None:
    found = reading(HOME | {"code": "a-1"}, HOME | {"code": "a-2"})
    assert len(found.outlets) == 2
    assert found.faults == ()


def test_a_code_given_to_two_places_is_a_fault() -> None:
    found = reading(HOME | {"code": "a-1"}, HOME | {"code": "A-1", "name": "河边店"})
    (fault,) = found.faults
    assert (fault.line, fault.column, fault.found) == (3, "code", "a-1")
    assert "row 2" in fault.why.en


def test_what_two_hands_write_differently_is_one_name() -> None:
    assert spelled("ＡＢＣ 江边（1）店") == spelled("abc江边1店")
    assert spelled("江边店") != spelled("江边二店")


def test_known_outlets_are_found_by_code_then_by_name_and_place() -> None:
    listed = reading(
        HOME | {"code": "a-1"}, HOME | {"name": "河边店"}, HOME | {"name": "河边店", "lat": "31.24"}
    ).outlets
    here = Point(121_473_700, 31_230_400)
    known = [
        Known(7, "a-1", Text("旧名", "Old"), "", "a", "", Point(0, 0)),
        Known(8, "a-2", Text("河边店", "River"), "", "a", "", here),
        Known(9, "a-3", Text("河边店", "River"), "", "a", "", here),
    ]
    assert [number for _, number in known_by(listed, known)] == [7, 8, 0]


def test_a_list_without_brands_finds_outlets_of_any_brand() -> None:
    """A brand that is named must be the same; one that is not named is no difference."""
    here = Point(121_473_700, 31_230_400)
    record = Known(5, "a-1", Text("江边店", "River"), "新海", "a", "", here)
    for brand, number in (("", 5), ("新海", 5), ("旧海", 0)):
        (listed,) = reading(HOME | {"name": "江边店", "brand": brand}).outlets
        assert [found for _, found in known_by([listed], [record])] == [number]


AT = ZoneInfo("Asia/Shanghai")


def test_hours_know_weekdays_and_holidays() -> None:
    hours = "Mo-Fr 08:30-17:30; Sa 09:00-12:00; PH off"
    at = {"zone": "Asia/Shanghai", "country": "CN"}
    assert is_open(hours, datetime(2022, 2, 8, 10, 0, tzinfo=AT), **at)
    assert not is_open(hours, datetime(2022, 2, 8, 18, 0, tzinfo=AT), **at)
    assert not is_open(hours, datetime(2022, 2, 1, 10, 0, tzinfo=AT), **at), "New Year's Day"
    assert changes_at(hours, datetime(2022, 2, 8, 10, 0, tzinfo=AT), **at) == datetime(
        2022, 2, 8, 17, 30, tzinfo=AT
    )
    assert is_open("", datetime(2022, 2, 8, 10, 0, tzinfo=AT), **at) is None
    assert changes_at("", datetime(2022, 2, 8, 10, 0, tzinfo=AT), **at) is None
    assert readable("24/7")
    assert not readable("乱写")


def test_the_whole_earth_is_no_bound() -> None:
    assert reading(HOME | {"lat": "-54.8", "lng": "-68.3"}, within=EARTH).faults == ()
