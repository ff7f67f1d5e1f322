"""An agent's list of its outlets, read cell by cell: what it says, what is wrong and where.

A list declares the coordinate system of its places; there is no silent default. Every wrong cell
is named, not the first alone, so that whoever made the list mends it once.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from msgspec import Struct, structs

from cashlane.core.hours import HOURS_MOST, readable
from cashlane.values.datum import Datum, Place, place
from cashlane.values.geo import Point, metres
from cashlane.values.text import Text

SAME_PLACE_M = 50
"""Two rows of one name and brand this near to each other are one outlet: wide enough for two
measurings of one door, narrower than two shops of a brand in one street."""
NAME_MOST, CODE_MOST, FOUND_MOST = 120, 40, 40

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "outlet", "outlet_code", "id", "编号", "网点编号", "门店编号", "代码"),
    "name": (
        "name",
        "store_name",
        "name_zh",
        "outlet_name",
        "名称",
        "网点名称",
        "门店名称",
        "店名",
    ),
    "name_en": ("name_en", "english_name", "英文名", "英文名称"),
    "brand": ("brand", "chain", "品牌"),
    "district": ("district", "area", "city", "区", "区县", "行政区"),
    "address": ("address", "addr", "street", "地址", "详细地址"),
    "latitude": ("latitude", "lat", "y", "纬度"),
    "longitude": ("longitude", "lng", "lon", "long", "x", "经度"),
    "hours": ("hours", "opening_hours", "营业时间"),
    "step_free": ("step_free", "wheelchair", "accessible", "无障碍", "无台阶"),
    "since": ("since", "collecting_since", "代收起始日", "开办日期"),
}
"""What a column may be called, by what it holds; letters small, spaces as underscores."""
_POLE = 90_000_000
_NEEDED = ("name", "latitude", "longitude")
_STEP_FREE = {
    "yes": True,
    "true": True,
    "1": True,
    "是": True,
    "有": True,
    "designated": True,
    "no": False,
    "false": False,
    "0": False,
    "否": False,
    "无": False,
    "limited": False,
}
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


class Listed(Struct, frozen=True):
    """One outlet as its list tells it; "" and None where it does not say."""

    line: int
    code: str
    name: Text
    brand: str
    district: str
    address: str
    place: Place
    hours: str
    step_free: bool | None
    since: date | None


class Fault(Struct, frozen=True):
    """A cell that cannot be right: where it is, what stands there, and why not."""

    line: int
    column: str
    found: str
    why: Text


class Merged(Struct, frozen=True):
    """A row that tells of an outlet told of before."""

    line: int
    into: int


class Reading(Struct, frozen=True):
    """A list read: its outlets, what is wrong, which rows are one, which columns said nothing."""

    outlets: tuple[Listed, ...]
    faults: tuple[Fault, ...]
    merged: tuple[Merged, ...]
    ignored: tuple[str, ...]


_NO_COLUMN = Text("缺少这一列", "the list has no such column")
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
_NO_HOURS = Text(
    "不是营业时间，如 Mo-Fr 08:30-17:30; PH off", "not hours such as Mo-Fr 08:30-17:30; PH off"
)
_NO_YES = Text("应为 是/否", "say yes or no")
_NO_DATE = Text("不是日期，如 2022-01-14", "not a date such as 2022-01-14")
_CODE_TWICE = Text(
    "与第 {line} 行编号相同，内容不同", "row {line} has this code and tells of another outlet"
)


def read_list(lines: Sequence[Line], declared: Declared) -> Reading:
    """All that a list says. A row with a fault gives no outlet; the others do."""
    columns = _columns(lines)
    missing = [Fault(1, name, "", _NO_COLUMN) for name in _NEEDED if name not in columns]
    ignored = tuple(sorted({column for line in lines for column in line.cells}
                           - set(columns.values())))  # fmt: skip
    if missing:
        return Reading((), tuple(missing), (), ignored)
    faults: list[Fault] = []
    found = [one for line in lines if (one := _Row(line, columns, faults).read(declared))]
    outlets, merged = _merge(found, faults)
    faults.sort(key=lambda fault: fault.line)
    return Reading(tuple(outlets), tuple(faults), tuple(merged), ignored)


def _columns(lines: Sequence[Line]) -> dict[str, str]:
    """The file's own name of each column that is known; the first of several."""
    known = {word: name for name, words in COLUMNS.items() for word in words}
    found: dict[str, str] = {}
    for column in dict.fromkeys(column for line in lines for column in line.cells):
        name = known.get(column.strip().lower().replace(" ", "_"))
        if name is not None:
            found.setdefault(name, column)
    return found


class _Row:
    """One row under the reader's finger: what its cells say, and the faults noted."""

    def __init__(self, line: Line, columns: Mapping[str, str], faults: list[Fault]) -> None:
        self._line = line
        self._columns = columns
        self._faults = faults

    def read(self, declared: Declared) -> Listed | None:
        before = len(self._faults)
        name = self._words("name", NAME_MOST, needed=True)
        where = self._place(declared)
        listed = Listed(
            line=self._line.number,
            code=self._code(),
            name=Text(name, self._words("name_en", NAME_MOST) or name),
            brand=self._words("brand", NAME_MOST),
            district=self._words("district", NAME_MOST),
            address=self._words("address", 2 * NAME_MOST),
            place=where or place(declared.datum, 0, 0),
            hours=self._read("hours", _hours, _NO_HOURS) or "",
            step_free=self._read("step_free", _STEP_FREE.get, _NO_YES),
            since=self._read("since", _date, _NO_DATE),
        )
        return listed if len(self._faults) == before else None

    def _cell(self, name: str) -> str:
        column = self._columns.get(name)
        return self._line.cells.get(column, "").strip() if column is not None else ""

    def _fault(self, name: str, why: Text) -> None:
        found = self._cell(name)[:FOUND_MOST]
        self._faults.append(Fault(self._line.number, self._columns[name], found, why))

    def _words(self, name: str, most: int, *, needed: bool = False) -> str:
        words = " ".join(self._cell(name).split())
        if needed and not words:
            self._fault(name, _EMPTY)
        elif len(words) > most:
            self._fault(name, _TOO_LONG.fill(most=most))
        return words

    def _code(self) -> str:
        code = self._cell("code").lower()
        if code and (len(code) > CODE_MOST or _CODE.fullmatch(code) is None):
            self._fault("code", _NO_CODE)
        return code

    def _read(self, name: str, read: Callable[[str], T | None], why: Text) -> T | None:
        cell = self._cell(name)
        if not cell:
            return None
        found = read(cell.lower() if name == "step_free" else cell)
        if found is None:
            self._fault(name, why)
        return found

    def _place(self, declared: Declared) -> Place | None:
        latitude, longitude = self._degrees("latitude"), self._degrees("longitude")
        if latitude is None or longitude is None:
            return None
        if abs(latitude) > _POLE:
            swapped = declared.within.holds(Point(latitude, longitude))
            self._fault("latitude", _SWAPPED if swapped else _NOT_ON_EARTH.fill(most=90))
            return None
        if (latitude, longitude) == (0, 0):
            self._fault("latitude", _NOWHERE)
            return None
        found = place(declared.datum, longitude, latitude)
        if not declared.within.holds(found.point):
            swapped = declared.within.holds(Point(latitude, longitude))
            self._fault("latitude", _SWAPPED if swapped else _OUTSIDE)
            return None
        return found

    def _degrees(self, name: str) -> int | None:
        """Millionths of a degree, rounded, by the figures themselves."""
        found = _DEGREES.fullmatch(self._cell(name))
        if found is None:
            self._fault(name, _NO_DEGREES)
            return None
        sign, whole, part = found.groups()
        figures = (part or "").ljust(7, "0")
        size = int(whole) * 1_000_000 + (int(figures[:7]) + 5) // 10
        if size > 2 * _POLE:
            self._fault(name, _NOT_ON_EARTH.fill(most=180))
            return None
        return -size if sign else size


def _hours(cell: str) -> str | None:
    return cell if len(cell) <= HOURS_MOST and readable(cell) else None


def _date(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


# -- rows that tell of one outlet ------------------------------------------------------------------


def spelled(words: str) -> str:
    """A name without what two hands write differently: width, case, spaces, punctuation."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _merge(found: Sequence[Listed], faults: list[Fault]) -> tuple[list[Listed], list[Merged]]:
    """The outlets told of, each once. The first row stays, filled in by what later ones add."""
    kept: dict[int, Listed] = {}
    merged: list[Merged] = []
    by_code: dict[str, int] = {}
    by_name: dict[tuple[str, str], list[int]] = {}
    for one in found:
        twin = _twin(one, kept, by_code, by_name)
        if twin is None:
            kept[one.line] = one
            if one.code:
                by_code[one.code] = one.line
            by_name.setdefault(_name(one), []).append(one.line)
        elif _is_one(kept[twin], one):
            kept[twin] = _filled(kept[twin], one)
            if kept[twin].code:
                by_code[kept[twin].code] = twin
            merged.append(Merged(one.line, twin))
        else:
            faults.append(Fault(one.line, "code", one.code, _CODE_TWICE.fill(line=twin)))
    return list(kept.values()), merged


def _twin(
    one: Listed, kept: Mapping[int, Listed], by_code: Mapping[str, int],
    by_name: Mapping[tuple[str, str], Sequence[int]],
) -> int | None:  # fmt: skip
    if one.code and one.code in by_code:
        return by_code[one.code]
    near = (line for line in by_name.get(_name(one), ()) if _is_one(kept[line], one))
    return next(near, None)


def _is_one(first: Listed, second: Listed) -> bool:
    if first.code and second.code and first.code != second.code:
        return False
    return (
        _name(first) == _name(second)
        and metres(first.place.point, second.place.point) <= SAME_PLACE_M
    )


def _name(one: Listed) -> tuple[str, str]:
    return spelled(one.brand), spelled(one.name.zh)


def _filled(first: Listed, more: Listed) -> Listed:
    return structs.replace(
        first,
        code=first.code or more.code,
        district=first.district or more.district,
        address=first.address or more.address,
        hours=first.hours or more.hours,
        step_free=more.step_free if first.step_free is None else first.step_free,
        since=first.since or more.since,
    )


# -- beside what is known --------------------------------------------------------------------------


class Known(Struct, frozen=True):
    """An outlet of the agent that is on record; `brand` is the name over the door."""

    number: int
    code: str
    name: Text
    brand: str
    brand_code: str
    district: str
    point: Point


def known_by(listed: Sequence[Listed], known: Sequence[Known]) -> Iterator[tuple[Listed, int]]:
    """Each listed outlet with the number that it has on record, 0 for a new one: by its code, else
    by its name, place and the brand that it names. No number is given twice."""
    by_code = {record.code: record for record in known}
    by_name: dict[str, list[Known]] = {}
    for record in known:
        by_name.setdefault(spelled(record.name.zh), []).append(record)
    taken = {by_code[one.code].number for one in listed if one.code in by_code}
    for one in listed:
        found = by_code.get(one.code)
        if found is None and not one.code:
            near = (
                record
                for record in by_name.get(spelled(one.name.zh), ())
                if record.number not in taken
                and spelled(one.brand) in ("", spelled(record.brand))
                and metres(record.point, one.place.point) <= SAME_PLACE_M
            )
            found = next(near, None)
            if found is not None:
                taken.add(found.number)
        yield one, found.number if found is not None else 0
