"""Where people live, as an operator hands it in: places with their people by age, or places with
their homes, over which a census of their districts is spread."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from cashlane.core.demand import AGE_BANDS, spread
from cashlane.core.place_list import (
    NO_COLUMN,
    NO_COUNT,
    Declared,
    Fault,
    Line,
    Row,
    columns_of,
    count_of,
)
from cashlane.values.geo import Point
from cashlane.values.text import Text

NAME_MOST = 120
_AGES = {f"age {band}": (band, f"age_{band}", f"{band}岁") for band in AGE_BANDS}
COLUMNS: Mapping[str, Sequence[str]] = {
    "name": ("name", "name_zh", "estate", "neighbourhood", "名称", "小区", "居委", "地址"),
    "name_en": ("name_en", "english_name", "英文名"),
    "district": ("district", "area", "区", "区县", "行政区"),
    "latitude": ("latitude", "lat", "y", "纬度"),
    "longitude": ("longitude", "lng", "lon", "long", "x", "经度"),
    "homes": ("homes", "households", "weight", "户数"),
    **_AGES,
}
"""What a column may be called, by what it holds; letters small, spaces as underscores."""
_PLACED = ("name", "latitude", "longitude")
_NO_PEOPLE = Text(
    "要么各年龄段人数，要么户数加分区普查（--census）",
    "people by age, or homes together with a census of their districts (--census)",
)
_NOT_COUNTED = Text("普查里没有这个区", "the census has no such district")
_DISTRICT_TWICE = Text("普查里这个区出现两次", "the census has this district twice")

Census = Mapping[str, tuple[int, ...]]
"""People by the bands of AGE_BANDS, by district."""


class Neighbourhood(Struct, frozen=True):
    """A place where people live, by its name, with its people by the bands of AGE_BANDS."""

    number: int
    name: Text
    district: str
    place: Point
    people: tuple[int, ...]


class DemandReading(Struct, frozen=True):
    """A list read: its places, what is wrong, which columns said nothing."""

    places: tuple[Neighbourhood, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]


class _Home(Struct, frozen=True):
    """A row: its people are None where only its homes were counted."""

    line: int
    name: Text
    district: str
    place: Point
    people: tuple[int, ...] | None
    homes: int


def read_census(lines: Sequence[Line]) -> tuple[dict[str, tuple[int, ...]], list[Fault]]:
    """A census: a district and its people by age in each row."""
    columns, _ = columns_of(lines, COLUMNS)
    faults = [Fault(1, name, "", NO_COLUMN) for name in ("district", *_AGES) if name not in columns]
    found: dict[str, tuple[int, ...]] = {}
    for line in lines if not faults else ():
        row = Row(line, columns, faults)
        district = row.words("district", NAME_MOST, needed=True)
        if district in found:
            row.fault("district", _DISTRICT_TWICE)
        found[district] = tuple(row.read(name, count_of, NO_COUNT) or 0 for name in _AGES)
    return found, faults


def read_demand(lines: Sequence[Line], declared: Declared, census: Census | None) -> DemandReading:
    """All that a list says. With a fault in any row there are no places at all, since people that
    are spread over the others would stand in the wrong ones."""
    columns, ignored = columns_of(lines, COLUMNS)
    faults = [Fault(1, name, "", NO_COLUMN) for name in _needed(columns, census)]
    if not faults and census is None and not set(_AGES) <= set(columns):
        faults.append(Fault(1, "homes", "", _NO_PEOPLE))
    if faults:
        return DemandReading((), tuple(faults), ignored)
    by_age = set(_AGES) <= set(columns)
    homes = [
        one
        for line in lines
        if (one := _home(Row(line, columns, faults), line, declared, by_age=by_age, census=census))
    ]
    if faults:
        return DemandReading((), tuple(faults), ignored)
    return DemandReading(tuple(_placed(homes, census or {})), (), ignored)


def _needed(columns: Mapping[str, str], census: Census | None) -> list[str]:
    wanted = _PLACED if set(_AGES) <= set(columns) else (*_PLACED, "district", "homes")
    if census is None and "homes" not in columns:
        wanted = _PLACED
    return [name for name in wanted if name not in columns]


def _home(
    row: Row, line: Line, declared: Declared, *, by_age: bool, census: Census | None
) -> _Home | None:
    before = row.faults
    name = row.words("name", NAME_MOST, needed=True)
    where, district = row.place(declared), row.words("district", NAME_MOST)
    people, homes = None, 0
    if by_age:
        people = tuple(row.read(age, count_of, NO_COUNT) or 0 for age in _AGES)
    else:
        homes = row.read("homes", count_of, NO_COUNT) or 0
        if census is not None and district not in census:
            row.fault("district", _NOT_COUNTED)
    if row.faults > before or where is None:
        return None
    called = Text(name, row.words("name_en", NAME_MOST) or name)
    return _Home(line.number, called, district, where.point, people, homes)


def _placed(homes: Sequence[_Home], census: Census) -> list[Neighbourhood]:
    """Numbered in the order of their rows. A district's people are spread by homes to the last
    one."""
    counted: dict[int, tuple[int, ...]] = {}
    for district, people in census.items():
        here = {
            at: (one.place, one.homes)
            for at, one in enumerate(homes, start=1)
            if one.people is None and one.district == district
        }
        if any(weight for _, weight in here.values()):
            counted |= {point.number: point.people for point in spread(people, here)}
    nobody = (0,) * len(AGE_BANDS)
    return [
        Neighbourhood(at, one.name, one.district, one.place, one.people or counted.get(at, nobody))
        for at, one in enumerate(homes, start=1)
    ]
