"""Tables: CSV in the encodings of this trade, and Excel's first sheet with rows in it."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook

from cashlane.core.place_list import Line
from cashlane.values.text import Text

ENCODINGS = ("utf-8-sig", "gb18030")
"""Excel in China writes the second where it is not asked for the first."""
CELL_MOST = 4_096
"""An address or a door sign; what is longer is no cell of such a list and is cut off."""


class UnreadableError(Exception):
    """A file that is not what its name says. `why` is for whoever handed it in."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


_NO_TEXT = Text("既不是 UTF-8 也不是 GB 18030 文本", "is neither UTF-8 nor GB 18030 text")
_NO_CSV = Text("第 {line} 行不是 CSV", "row {line} is no CSV")
_NO_SHEET = Text("不是能读的 Excel 表", "is no Excel sheet that can be read")
_NO_HEAD = Text("第一行应为列名", "its first row must name the columns")


def read_csv(content: bytes) -> list[Line]:
    """Rows of a CSV with a head, separated by whatever its head shows."""
    text = _text(content)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    found: list[tuple[int, Sequence[str]]] = []
    try:
        found.extend((rows.line_num, row) for row in rows)
    except csv.Error:
        raise UnreadableError(_NO_CSV.fill(line=rows.line_num)) from None
    return _lines(found)


def read_excel(content: bytes) -> list[Line]:
    """Rows of the first sheet that has any."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = (book.get_sheet_by_index(at).to_python() for at in range(len(book.sheet_names)))
        rows = next((rows for rows in sheets if rows), [])
    except CalamineError:
        raise UnreadableError(_NO_SHEET) from None
    return _lines([(at, [_cell(cell) for cell in row]) for at, row in enumerate(rows, start=1)])


def _text(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError(_NO_TEXT)


def _separator(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)


def _lines(rows: Sequence[tuple[int, Sequence[str]]]) -> list[Line]:
    """Rows with anything in them, beneath the first such row, which names the columns."""
    full = [(at, row) for at, row in rows if any(cell.strip() for cell in row)]
    if not full:
        raise UnreadableError(_NO_HEAD)
    head = [cell.strip() for cell in full[0][1]]
    if not all(head) or len(set(head)) != len(head):
        raise UnreadableError(_NO_HEAD)
    return [
        Line(at, {name: cell[:CELL_MOST] for name, cell in zip(head, row, strict=False)})
        for at, row in full[1:]
    ]


def _cell(cell: object) -> str:
    """What a person sees in a cell: whole numbers without a point, days without a time."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return "" if cell is None else str(cell)
