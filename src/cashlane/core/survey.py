"""A survey of who needs a counter: what a water bureau with civil affairs, say, has found out from
house to house, laid on the places where people live."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from cashlane.core.demand_list import Neighbourhood
from cashlane.core.outlet_list import spelled
from cashlane.core.place_list import NO_COLUMN, NO_COUNT, Fault, Line, Row, columns_of, count_of
from cashlane.values.text import Text

NAME_MOST, NEED_MOST = 120, 400
COLUMNS: Mapping[str, Sequence[str]] = {
    "name": ("name", "estate", "neighbourhood", "名称", "小区", "居委"),
    "district": ("district", "area", "区", "区县", "行政区"),
    "asked": ("asked", "people_asked", "走访人数", "调查人数"),
    "cash": ("cash", "pay_cash", "现金缴费人数", "用现金人数"),
    "homebound": ("homebound", "cannot_go_out", "出不了门人数", "行动不便人数"),
    "need": ("need", "needs", "需求", "备注"),
}
"""What a column may be called, by what it holds; letters small, spaces as underscores."""
_NEEDED = ("name", "asked", "cash")
_UNKNOWN = Text("名单里没有这个小区", "no such place is on the list of where people live")
_SEVERAL = Text("有 {count} 处同名，请写区", "{count} places have this name: name the district")
_TWICE = Text("与第 {line} 行是同一处", "row {line} is about this place too")
_MORE_THAN_ASKED = Text("多于走访人数", "more than were asked")


class Needed(Struct, frozen=True):
    """What was found at one place: people asked, those who pay in cash, those who cannot go out,
    and what they said they need."""

    estate: int
    asked: int
    cash: int
    homebound: int
    need: str


class SurveyReading(Struct, frozen=True):
    """A survey read: what was found where, what is wrong, which columns said nothing."""

    found: tuple[Needed, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]


class Survey(Struct, frozen=True):
    """A survey that was taken: by whom it was made, on which date it ended."""

    by: str
    on: date
    found: tuple[Needed, ...]


def read_survey(lines: Sequence[Line], estates: Sequence[Neighbourhood]) -> SurveyReading:
    """All that a survey says about the places of a list. With a fault in any row it says nothing:
    a half survey looks like a small need."""
    columns, ignored = columns_of(lines, COLUMNS)
    faults = [Fault(1, name, "", NO_COLUMN) for name in _NEEDED if name not in columns]
    if faults:
        return SurveyReading((), tuple(faults), ignored)
    named = _by_name(estates)
    told: dict[int, tuple[int, Needed]] = {}
    for line in lines:
        row = Row(line, columns, faults)
        one = _needed(row, named)
        if one is not None and one.estate in told:
            row.fault("name", _TWICE.fill(line=told[one.estate][0]))
        elif one is not None:
            told[one.estate] = line.number, one
    found = () if faults else tuple(one for _, (_, one) in sorted(told.items()))
    return SurveyReading(found, tuple(faults), ignored)


_ByName = Mapping[str, Sequence[Neighbourhood]]


def _by_name(estates: Sequence[Neighbourhood]) -> _ByName:
    found: dict[str, list[Neighbourhood]] = {}
    for one in estates:
        for name in {spelled(one.name.zh), spelled(one.name.en)}:
            found.setdefault(name, []).append(one)
    return found


def _needed(row: Row, named: _ByName) -> Needed | None:
    before = row.faults
    estate = _estate(row, named)
    asked = row.read("asked", count_of, NO_COUNT) or 0
    cash = row.read("cash", count_of, NO_COUNT) or 0
    homebound = row.read("homebound", count_of, NO_COUNT) or 0
    for name, count in (("cash", cash), ("homebound", homebound)):
        if row.faults == before and count > asked:
            row.fault(name, _MORE_THAN_ASKED)
    need = row.words("need", NEED_MOST)
    if row.faults > before or estate is None:
        return None
    return Needed(estate.number, asked, cash, homebound, need)


def _estate(row: Row, named: _ByName) -> Neighbourhood | None:
    """The place that a row names; a fault where there is none, or more than one."""
    name, district = row.words("name", NAME_MOST, needed=True), row.words("district", NAME_MOST)
    here = [one for one in named.get(spelled(name), ()) if district in ("", one.district)]
    if name and len(here) != 1:
        row.fault("name", _SEVERAL.fill(count=len(here)) if here else _UNKNOWN)
    return here[0] if len(here) == 1 else None
