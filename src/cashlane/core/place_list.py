"""Lists of places as somebody hands them in, read cell by cell: what a row says, what is wrong and
where.

A list declares the coordinate system of its places; there is no silent default. Every wrong cell
is named, not the first alone, so that whoever made the list mends it once.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from msgspec import Struct

from cashlane.values.datum import Datum, Place, place
from cashlane.values.geo import Point
from cashlane.values.text import Text

NAME_MOST = 120
"""Letters of a name: the longest over any door are shorter, and a screen shows no more."""
CODE_MOST, FOUND_MOST = 40, 40
"""Letters of a code, and of a wrong cell that are shown again."""
_POLE = 90_000_000
T = TypeVar("T")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_DEGREES = re.compile(r"(-?)([0-9]{1,3})(?:\.([0-9]{1,15}))?", re.ASCII)


class Box(Struct, frozen=True):
    """Where outlets can be, in millionths of a degree of WGS-84, edges included."""

    west: int
    south: int
    east: int
    north: int

    def holds(self, point: Point) -> bool:
        """Whether a point lies in it."""
        return (
            self.west <= point.longitude_e6 <= self.east
            and self.south <= point.latitude_e6 <= self.north
        )


EARTH = Box(-180_000_000, -90_000_000, 180_000_000, 90_000_000)


class Declared(Struct, frozen=True):
    """What whoever hands a list in says about all of it."""

    datum: Datum
    within: Box


class Line(Struct, frozen=True):
    """One row as it lies in its file: its place there, and its cells by their columns."""

    number: int
    cells: Mapping[str, str]


class Fault(Struct, frozen=True):
    """A cell that cannot be right: where it is, what stands there, and why not."""

    line: int
    column: str
    found: str
    why: Text


NO_COLUMN = Text("缺少这一列", "the list has no such column")
_EMPTY = Text("不能为空", "must not be empty")
_TOO_LONG = Text("太长，最多 {most} 字", "too long, {most} letters at most")
_NO_CODE = Text(
    "编号只用小写字母、数字和连字符", "a code is small letters, digits and hyphens between them"
)
_NO_DEGREES = Text("不是十进制度数，如 31.2304", "not degrees in decimal figures such as 31.2304")
_NOT_ON_EARTH = Text("超出 {most} 度", "beyond {most} degrees")
_NOWHERE = Text("0,0 不是任何网点的位置", "0,0 is nobody's place")
_SWAPPED = Text("经纬度像是写反了", "latitude and longitude look as if they had changed places")
_OUTSIDE = Text("在申报范围之外", "outside the declared bounds")


def columns_of(
    lines: Sequence[Line], words: Mapping[str, Sequence[str]]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The file's own name of each column that is known, the first of several; and the columns that
    say nothing to us. `words` are what a column may be called, letters small, spaces as
    underscores."""
    known = {word: name for name, called in words.items() for word in called}
    found: dict[str, str] = {}
    every = dict.fromkeys(column for line in lines for column in line.cells)
    for column in every:
        name = known.get(column.strip().lower().replace(" ", "_"))
        if name is not None:
            found.setdefault(name, column)
    return found, tuple(sorted(set(every) - set(found.values())))


class Row:
    """One row under the reader's finger: what its cells say, and the faults noted."""

    def __init__(self, line: Line, columns: Mapping[str, str], faults: list[Fault]) -> None:
        self._line = line
        self._columns = columns
        self._faults = faults

    @property
    def faults(self) -> int:
        """How many were noted until now, in this row and those before it."""
        return len(self._faults)

    def cell(self, name: str) -> str:
        """What stands in a column, without blanks around it; "" where there is no such column."""
        column = self._columns.get(name)
        return self._line.cells.get(column, "").strip() if column is not None else ""

    def fault(self, name: str, why: Text) -> None:
        """Note that a cell cannot be right."""
        found = self.cell(name)[:FOUND_MOST]
        self._faults.append(Fault(self._line.number, self._columns[name], found, why))

    def words(self, name: str, most: int, *, needed: bool = False) -> str:
        """Words with single blanks between them."""
        words = " ".join(self.cell(name).split())
        if needed and not words:
            self.fault(name, _EMPTY)
        elif len(words) > most:
            self.fault(name, _TOO_LONG.fill(most=most))
        return words

    def code(self, name: str) -> str:
        """A code; "" where there is none."""
        code = self.cell(name).lower()
        if code and (len(code) > CODE_MOST or _CODE.fullmatch(code) is None):
            self.fault(name, _NO_CODE)
        return code

    def read(self, name: str, read: Callable[[str], T | None], why: Text) -> T | None:
        """What a cell means; None where it is empty, and with a fault where it means nothing."""
        cell = self.cell(name)
        if not cell:
            return None
        found = read(cell)
        if found is None:
            self.fault(name, why)
        return found

    def place(self, declared: Declared) -> Place | None:
        """Where it is; None with a fault where it can be nowhere."""
        latitude, longitude = self._degrees("latitude"), self._degrees("longitude")
        if latitude is None or longitude is None:
            return None
        if abs(latitude) > _POLE:
            swapped = declared.within.holds(Point(latitude, longitude))
            self.fault("latitude", _SWAPPED if swapped else _NOT_ON_EARTH.fill(most=90))
            return None
        if (latitude, longitude) == (0, 0):
            self.fault("latitude", _NOWHERE)
            return None
        found = place(declared.datum, longitude, latitude)
        if not declared.within.holds(found.point):
            swapped = declared.within.holds(Point(latitude, longitude))
            self.fault("latitude", _SWAPPED if swapped else _OUTSIDE)
            return None
        return found

    def _degrees(self, name: str) -> int | None:
        """Millionths of a degree, rounded, by the figures themselves."""
        found = _DEGREES.fullmatch(self.cell(name))
        if found is None:
            self.fault(name, _NO_DEGREES)
            return None
        sign, whole, part = found.groups()
        figures = (part or "").ljust(7, "0")
        size = int(whole) * 1_000_000 + (int(figures[:7]) + 5) // 10
        if size > 2 * _POLE:
            self.fault(name, _NOT_ON_EARTH.fill(most=180))
            return None
        return -size if sign else size


NO_DATE = Text("不是日期，如 2022-01-14", "not a date such as 2022-01-14")


def date_of(cell: str) -> date | None:
    """A date as it is written in ISO 8601."""
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


NO_COUNT = Text("不是整数", "not a whole number")
COUNT_MOST = 10_000_000
"""More people than the largest district of any city has."""


def count_of(cell: str) -> int | None:
    """A whole number of ASCII digits, with commas between thousands where somebody likes them."""
    digits = cell.replace(",", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        return None
    found = int(digits)
    return found if found <= COUNT_MOST else None
