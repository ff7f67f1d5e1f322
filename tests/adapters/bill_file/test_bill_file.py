"""A biller's bill file is believed whole or not at all, and every bad line is named."""

from datetime import date

import pytest

from cashlane.adapters.files.bill_file import BARS, COLUMNS, BadFile, BillFile, read_bill_file
from cashlane.core.bill import Bill

BILLS = (
    Bill(6, "B000001", "A000001", "202601", 12650, date(2026, 2, 10), "张三"),
    Bill(6, "B000002", "A000002", "202601", 9900, None, "李四"),
)


def read(content, layout=BARS):
    return read_bill_file(content, partner="island-gas", biller=6, layout=layout)


@pytest.mark.parametrize(("name", "layout"), [("good", BARS), ("columns", COLUMNS)])
def test_good_files_in_both_layouts(golden, name, layout):
    wanted = BillFile("island-gas", date(2026, 1, 15), 1, BILLS)
    assert read(golden(f"{name}.txt"), layout) == wanted


def test_every_bad_line_is_reported_with_what_to_do(golden):
    found = read(golden("broken.txt"))
    assert isinstance(found, BadFile)
    assert [(problem.line, problem.what.en) for problem in found.problems] == [
        (1, '"20260132" is not a date like YYYYMMDD'),
        (3, "bill B000001 stood in line 2 already"),
        (4, '"１２６" is not an amount in fen (only the digits 0-9, above zero)'),
        (5, 'field account: "A 4" may hold only letters, digits and hyphens'),
        (5, '"126.50" is not an amount in fen (only the digits 0-9, above zero)'),
        (6, "7 fields wanted, 3 found"),
    ]
    assert all(problem.remedy.zh and problem.remedy.en for problem in found.problems)


@pytest.mark.parametrize("name", ["cut", "empty"])
def test_a_file_cut_short_or_empty_is_not_believed(golden, name):
    assert isinstance(read(golden(f"{name}.txt")), BadFile)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (b"0001|2|22550", b"0001|3|22550", 1),
        (b"0001|2|22550", b"0001|2|22551", 1),
        (b"T|2|22550", b"T|2|22551", 4),
        (b"T|2|22550", b"T|1|22550", 4),
        (b"island-gas", b"north-gas", 1),
        (b"T|2|22550\n", b"", 3),
    ],
)
def test_header_lines_and_trailer_must_agree(golden, old, new, line):
    found = read(golden("good.txt").replace(old, new))
    assert isinstance(found, BadFile)
    assert line in {problem.line for problem in found.problems}


def test_a_line_in_another_encoding_does_not_hide_the_others(golden):
    content = golden("good.txt").replace("张三".encode("gb18030"), b"\xff\xff")
    content = content.replace(b"9900", b"99.0")
    found = read(content)
    assert isinstance(found, BadFile)
    assert {problem.line for problem in found.problems} >= {2, 3}


def test_a_name_whose_bytes_hold_a_bar_is_one_field(golden):
    bars = [c for c in map(chr, range(0x4E00, 0x9FA5)) if b"|" in c.encode("gb18030")]
    content = golden("good.txt").replace("张三".encode("gb18030"), bars[0].encode("gb18030"))
    found = read(content)
    assert isinstance(found, BillFile)
    assert found.bills[0].customer == bars[0]
