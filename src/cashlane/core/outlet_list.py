"""An agent's list of its outlets: what it says, which rows tell of one outlet, which are known."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct, structs

from cashlane.core.hours import HOURS_MOST, readable
from cashlane.core.place_list import (
    NAME_MOST,
    NO_COLUMN,
    NO_DATE,
    Declared,
    Fault,
    Line,
    Row,
    columns_of,
    date_of,
)
from cashlane.values.datum import Place, place
from cashlane.values.geo import Point, metres
from cashlane.values.text import Text

SAME_PLACE_M = 50
"""Two rows of one name and brand this near to each other are one outlet: wide enough for two
measurings of one door, narrower than two shops of a brand in one street."""

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
    "transit": ("transit", "bus", "公交", "交通"),
    "since": ("since", "collecting_since", "代收起始日", "开办日期"),
}
"""What a column may be called, by what it holds; letters small, spaces as underscores."""
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


class Listed(Struct, frozen=True):
    """One outlet as its list tells it; "" and None where it does not say. `transit`: how to get
    there by bus or train."""

    line: int
    code: str
    name: Text
    brand: str
    district: str
    address: str
    place: Place
    hours: str
    step_free: bool | None
    transit: str
    since: date | None


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


_NO_HOURS = Text(
    "不是营业时间，如 Mo-Fr 08:30-17:30; PH off", "not hours such as Mo-Fr 08:30-17:30; PH off"
)
_NO_YES = Text("应为 是/否", "say yes or no")
_CODE_TWICE = Text(
    "与第 {line} 行编号相同，内容不同", "row {line} has this code and tells of another outlet"
)


def read_list(lines: Sequence[Line], declared: Declared) -> Reading:
    """All that a list says. A row with a fault gives no outlet; the others do."""
    columns, ignored = columns_of(lines, COLUMNS)
    missing = [Fault(1, name, "", NO_COLUMN) for name in _NEEDED if name not in columns]
    if missing:
        return Reading((), tuple(missing), (), ignored)
    faults: list[Fault] = []
    found = [one for line in lines if (one := _listed(Row(line, columns, faults), line, declared))]
    outlets, merged = _merge(found, faults)
    faults.sort(key=lambda fault: fault.line)
    return Reading(tuple(outlets), tuple(faults), tuple(merged), ignored)


def _listed(row: Row, line: Line, declared: Declared) -> Listed | None:
    before = row.faults
    name = row.words("name", NAME_MOST, needed=True)
    where = row.place(declared)
    listed = Listed(
        line=line.number,
        code=row.code("code"),
        name=Text(name, row.words("name_en", NAME_MOST) or name),
        brand=row.words("brand", NAME_MOST),
        district=row.words("district", NAME_MOST),
        address=row.words("address", 2 * NAME_MOST),
        place=where or place(declared.datum, 0, 0),
        hours=row.read("hours", _hours, _NO_HOURS) or "",
        step_free=row.read("step_free", _step_free, _NO_YES),
        transit=row.words("transit", 2 * NAME_MOST),
        since=row.read("since", date_of, NO_DATE),
    )
    return listed if row.faults == before else None


def _step_free(cell: str) -> bool | None:
    return _STEP_FREE.get(cell.lower())


def _hours(cell: str) -> str | None:
    return cell if len(cell) <= HOURS_MOST and readable(cell) else None


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
        transit=first.transit or more.transit,
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
