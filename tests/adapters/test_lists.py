"""Lists of places in every file format that is read, good, broken and empty."""

import io
import json

import pytest
import xlsxwriter

from cashlane.adapters.lists import reading as kinds
from cashlane.adapters.lists.reading import read_rows
from cashlane.adapters.lists.table import UnreadableError
from cashlane.core.place_list import Line

HEAD, ROW = "名称,纬度,经度", "江边店,31.2,121.5"
WANTED = [Line(2, {"名称": "江边店", "纬度": "31.2", "经度": "121.5"})]
FEATURE = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.5, 31.2, 4]},
           "properties": {"name": "江边", "step_free": True, "floor": 2, "note": None}}  # fmt: skip


POINTLESS = (
    b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry":'
    b' {"type": "Point", "coordinates": [1]}, "properties": null}]}'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_of_the_trade(encoding: str) -> None:
    assert read_rows("a.CSV", f"{HEAD}\r\n{ROW}\r\n".encode(encoding)) == WANTED


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators(separator: str) -> None:
    text = f"{HEAD}\n\n{ROW}\n".replace(",", separator)
    assert read_rows("a.csv", text.encode()) == [Line(3, WANTED[0].cells)]


def test_quoted_cells_keep_their_line() -> None:
    (line,) = read_rows("a.csv", b'name,lat\n"two\nlines",1\n')
    assert line == Line(3, {"name": "two\nlines", "lat": "1"})


def excel(*rows: tuple[object, ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("空")
        sheet = book.add_worksheet("网点")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def test_excels_first_sheet_with_rows() -> None:
    found = read_rows("a.xlsx", excel(("编号", "纬度", "x"), (7, 31.25, True), (8.5, None, "=1+1")))
    assert found == [
        Line(2, {"编号": "7", "纬度": "31.25", "x": "True"}),
        Line(3, {"编号": "8.5", "纬度": "", "x": found[1].cells["x"]}),
    ]


def test_geojson_points() -> None:
    content = json.dumps({"type": "FeatureCollection", "features": [FEATURE]}).encode()
    assert read_rows("a.geojson", content) == [
        Line(1, {"name": "江边", "step_free": "yes", "floor": "2", "note": "",
                 "longitude": "121.5000000", "latitude": "31.2000000"})
    ]  # fmt: skip


def test_what_overpass_answers() -> None:
    content = json.dumps(
        {"elements": [
            {"type": "node", "id": 5, "lat": 31.2, "lon": 121.5,
             "tags": {"name": "江边店", "wheelchair": "yes", "addr:full": "某路"}},
            {"type": "way", "id": 6, "center": {"lat": 31.3, "lon": 121.6}, "tags": {"name": "楼"}},
            {"type": "relation", "id": 7, "tags": {"name": "无处"}},
        ]}
    ).encode()  # fmt: skip
    first, second, nowhere = read_rows("a.osm.json", content)
    assert first.cells == {
        "code": "osm-5", "name": "江边店", "wheelchair": "yes", "address": "某路",
        "longitude": "121.5000000", "latitude": "31.2000000",
    }  # fmt: skip
    assert second.cells["latitude"] == "31.3000000"
    assert "latitude" not in nowhere.cells


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "name the columns"),
        ("a.csv", b"\n \n", "name the columns"),
        ("a.csv", b"a,a\n1,2\n", "name the columns"),
        ("a.csv", b"a,\n1,2\n", "name the columns"),
        ("a.csv", b"\xff\xfe\x00", "neither UTF-8 nor"),
        ("a.csv", b'a,b\n"1,2\n', "is no CSV"),
        ("a.xlsx", b"PK\x03\x04nothing", "no Excel sheet"),
        ("a.xlsx", b"", "no Excel sheet"),
        ("a.geojson", b"{}", "no GeoJSON"),
        ("a.geojson", POINTLESS, "no GeoJSON"),
        ("a.osm.json", b"[]", "no JSON answer"),
        ("a.pdf", b"%PDF", "must end in one of"),
    ],
)  # fmt: skip
def test_what_is_no_list_says_why(name: str, content: bytes, words: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read_rows(name, content)
    assert words in raised.value.why.en
    assert raised.value.why.zh


def test_a_file_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "LIST_BYTES_MOST", 3)
    with pytest.raises(UnreadableError, match="more than 3 bytes"):
        read_rows("a.csv", b"abcd")
