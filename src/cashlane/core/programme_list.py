"""Lists of programmes as somebody hands them in: which are at which outlets from when, and who came
in which month; every wrong cell is named."""

from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from typing import TypeVar

from msgspec import Struct

from cashlane.core.place_list import (
    NAME_MOST,
    NO_COLUMN,
    NO_COUNT,
    NO_DATE,
    Fault,
    Line,
    Row,
    columns_of,
    count_of,
    date_of,
)
from cashlane.core.programme import Attendance, Placement, Programme
from cashlane.values.text import Text

MINUTES_MOST = 446_400
"""Minutes of staff at one outlet in a month: ten people, day and night."""
ABOUT_MOST = 240
"""Letters of what a programme is: one sentence on a public page."""
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
_OUTLET = ("outlet", "outlet_code", "code", "网点", "网点编号", "网点代码")
_PROGRAMME = ("programme", "program", "service", "合办业务", "业务编号", "业务代码")
PLACEMENT_COLUMNS: Mapping[str, Sequence[str]] = {
    "outlet": _OUTLET,
    "programme": _PROGRAMME,
    "planned": ("planned", "planned_for", "计划开办日", "计划日期"),
    "live": ("live", "live_since", "开办日", "开办日期"),
    "ended": ("ended", "ended_on", "结束日", "结束日期"),
    "name": ("name", "name_zh", "业务名称", "名称"),
    "name_en": ("name_en", "english_name", "英文名"),
    "about": ("about", "about_zh", "说明"),
    "about_en": ("about_en", "英文说明"),
}
VISIT_COLUMNS: Mapping[str, Sequence[str]] = {
    "month": ("month", "月份"),
    "outlet": _OUTLET,
    "programme": _PROGRAMME,
    "visits": ("visits", "people", "办件数", "人次"),
    "minutes": ("minutes", "staff_minutes", "用时分钟", "分钟"),
}
"""What a column may be called, by what it holds; letters small, spaces as underscores."""
_PLACEMENT_NEEDED = ("outlet", "programme", "live")
_NO_OUTLET = Text("没有这个网点", "no outlet has this code")
_NAME_IT = Text(
    "新业务要写名称（中英文）与说明", "a new programme needs its names and what it is about"
)
_NAMED_OTHERWISE = Text(
    "与第 {line} 行的叫法不同", "row {line} calls this programme something else"
)
_TWICE = Text("与第 {line} 行说的是同一件事", "row {line} tells of the same")
_NO_DAY = Text("计划开办日与开办日至少写一个", "say when it is planned, or since when it is live")
_ENDED_BEFORE = Text("早于开办日", "before the day it went live")
_NO_MONTH = Text("不是月份，如 2022-01", "not a month such as 2022-01")
_NOT_OVER = Text("这个月还没有过完", "this month is not over yet")
_NOT_THERE = Text(
    "这个月这个网点没有开办这项业务", "this programme was not live at this outlet in this month"
)
_TOO_MANY = Text("多于一个月能有的 {most} 分钟", "more than the {most} minutes a month can have")


class PlacementReading(Struct, frozen=True):
    """A list read: programmes that it names, where it says they are, what is wrong, and which
    columns said nothing."""

    named: tuple[Programme, ...]
    placed: tuple[Placement, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]


class VisitReading(Struct, frozen=True):
    """Likewise a list of who came."""

    counted: tuple[Attendance, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]


def read_placements(
    lines: Sequence[Line], outlets: Mapping[str, int], known: Mapping[str, Programme]
) -> PlacementReading:
    """All that a list says; nothing where any row has a fault. `outlets` are numbers by code,
    `known` the programmes on record."""
    columns, ignored = columns_of(lines, PLACEMENT_COLUMNS)
    faults = _missing(_PLACEMENT_NEEDED, columns)
    rows = [(line.number, Row(line, columns, faults)) for line in lines if not faults]
    named = _named(rows, known)
    placed: dict[tuple[int, str], tuple[int, Placement]] = {}
    for number, row in rows:
        one = _placement(row, outlets, known.keys() | named.keys())
        if one is not None:
            _once(row, number, placed, one, (one.outlet, one.programme))
    if faults:
        return PlacementReading((), (), tuple(faults), ignored)
    return PlacementReading(_each(named), _each(placed), (), ignored)


def _missing(needed: Sequence[str], columns: Mapping[str, str]) -> list[Fault]:
    return [Fault(1, name, "", NO_COLUMN) for name in needed if name not in columns]


def _named(
    rows: Sequence[tuple[int, Row]], known: Mapping[str, Programme]
) -> dict[str, tuple[int, Programme]]:
    """The programmes that rows call by a name which is not on record yet."""
    found: dict[str, tuple[int, Programme]] = {}
    for number, row in rows:
        one = _name(row)
        if one is None or known.get(one.code) == one:
            continue
        line, first = found.setdefault(one.code, (number, one))
        if first != one:
            row.fault("name", _NAMED_OTHERWISE.fill(line=line))
    return found


def _name(row: Row) -> Programme | None:
    """What a row calls its programme; None where it does not say, with a fault where it says it by
    halves."""
    if not _is_named(row):
        return None
    words = [row.words(name, NAME_MOST) for name in ("name", "name_en")]
    words += [row.words(name, ABOUT_MOST) for name in ("about", "about_en")]
    if not all(words):
        row.fault("programme", _NAME_IT)
        return None
    zh, en, about_zh, about_en = words
    return Programme(row.cell("programme").lower(), Text(zh, en), Text(about_zh, about_en))


def _is_named(row: Row) -> bool:
    return any(row.cell(name) for name in ("name", "name_en", "about", "about_en"))


def _placement(
    row: Row, outlets: Mapping[str, int], programmes: AbstractSet[str]
) -> Placement | None:  # fmt: skip
    before = row.faults
    outlet, programme = _outlet(row, outlets), _code(row, "programme")
    if row.faults == before and programme not in programmes and not _is_named(row):
        row.fault("programme", _NAME_IT)
    planned, live, ended = (row.read(it, date_of, NO_DATE) for it in ("planned", "live", "ended"))
    if row.faults == before and planned is None and live is None:
        row.fault("live", _NO_DAY)
    if live is not None and ended is not None and ended < live:
        row.fault("ended", _ENDED_BEFORE)
    if row.faults > before or outlet is None:
        return None
    return Placement(outlet, programme, planned, live, ended)


def _outlet(row: Row, outlets: Mapping[str, int]) -> int | None:
    """The outlet that a row names; None with a fault where there is none."""
    code = _code(row, "outlet")
    if code and code not in outlets:
        row.fault("outlet", _NO_OUTLET)
    return outlets.get(code)


def _code(row: Row, name: str) -> str:
    """A code that must be there."""
    return row.code(name) if row.words(name, NAME_MOST, needed=True) else ""


def _once(row: Row, number: int, told: dict[K, tuple[int, T]], one: T, key: K) -> None:
    """Note what a row says under its key; a fault where another row has said something there."""
    if key in told:
        row.fault("programme", _TWICE.fill(line=told[key][0]))
    told.setdefault(key, (number, one))


def _each(told: Mapping[K, tuple[int, T]]) -> tuple[T, ...]:
    return tuple(one for _, one in told.values())


# -- who came --------------------------------------------------------------------------------------


def read_visits(
    lines: Sequence[Line], outlets: Mapping[str, int], placements: Sequence[Placement], on: date
) -> VisitReading:
    """All that a list says, as of a day; nothing where any row has a fault. `placements` are those
    on record."""
    columns, ignored = columns_of(lines, VISIT_COLUMNS)
    faults = _missing(tuple(VISIT_COLUMNS), columns)
    placed = {(one.outlet, one.programme): one for one in placements}
    told: dict[tuple[int, str, date], tuple[int, Attendance]] = {}
    for line in lines if not faults else ():
        row = Row(line, columns, faults)
        one = _attendance(row, outlets, placed, on)
        if one is not None:
            _once(row, line.number, told, one, (one.outlet, one.programme, one.month))
    if faults:
        return VisitReading((), tuple(faults), ignored)
    return VisitReading(_each(told), (), ignored)


def _attendance(
    row: Row, outlets: Mapping[str, int], placed: Mapping[tuple[int, str], Placement], on: date
) -> Attendance | None:
    before = row.faults
    month = _month(row, on)
    outlet, programme = _outlet(row, outlets), _code(row, "programme")
    visits, minutes = _count(row, "visits"), _count(row, "minutes")
    if minutes > MINUTES_MOST:
        row.fault("minutes", _TOO_MANY.fill(most=MINUTES_MOST))
    if row.faults > before or outlet is None or month is None:
        return None
    there = placed.get((outlet, programme))
    if there is None or not there.is_live_in(month, month_after(month)):
        row.fault("programme", _NOT_THERE)
        return None
    return Attendance(outlet, programme, month, visits, minutes)


def _month(row: Row, on: date) -> date | None:
    """The first day of the month that a row names, with a fault where it is not over."""
    row.words("month", NAME_MOST, needed=True)
    month = row.read("month", month_of, _NO_MONTH)
    if month is not None and month_after(month) > on:
        row.fault("month", _NOT_OVER)
    return month


def month_of(cell: str) -> date | None:
    """A month as 2022-01, or by its first day, as a sheet's cell may say it."""
    found = date_of(f"{cell}-01") or date_of(cell)
    return found if found is not None and found.day == 1 else None


def month_after(month: date) -> date:
    """The first day of the following month."""
    return (month + timedelta(days=31)).replace(day=1)


def _count(row: Row, name: str) -> int:
    """A count that must be there: nobody is said by 0."""
    row.words(name, NAME_MOST, needed=True)
    return row.read(name, count_of, NO_COUNT) or 0
