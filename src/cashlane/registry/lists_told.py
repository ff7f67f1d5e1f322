"""What became of a list, for whoever handed it in: line by line, in one language."""

from collections.abc import Iterator, Sequence

from cashlane.core.demand import elders
from cashlane.core.place_list import Box, Fault
from cashlane.registry.demand_lists import TakenDemand
from cashlane.registry.outlet_lists import Taken
from cashlane.registry.programme_lists import TakenPlacements, TakenVisits
from cashlane.registry.surveys import TakenSurvey
from cashlane.values.text import Language, Text

FAULTS_SHOWN_MOST = 200
"""Whoever has more of them has one cause, and sees it in the first."""
UNDECLARED = Text(
    "请用 --system 声明坐标系（wgs84、gcj02 或 bd09）。同一扇门在上海按 GCJ-02 偏约 480 米，"
    "按 BD-09 偏约 1,140 米，看数字分不出来，所以没有默认值。什么也没有写入。",
    "Declare the coordinate system with --system (wgs84, gcj02 or bd09). In Shanghai the same door"
    " lies about 480 m off in GCJ-02 and about 1,140 m off in BD-09, and its figures do not say"
    " which: so there is no default. Nothing was written.",
)
_FAULT = Text("第 {line} 行 {column}：“{found}”{why}", "row {line}, {column}: “{found}” {why}")
_MORE = Text("……还有 {more} 处", "… and {more} more")
_FAULTS = Text(
    "{faults} 处有误，什么也没有写入。改好后再交。",
    "{faults} cells are wrong; nothing was written. Mend them and hand the list in again.",
)
_DONE = Text("已写入：", "written: ")
_WOULD = Text("将会写入：", "would be written: ")
_SUM = Text(
    "新增 {added} 个网点，更新 {changed} 个，未变 {same} 个；{merged} 行与别的行是同一网点。",
    "{added} outlets new, {changed} changed, {same} as they were; {merged} rows told of an outlet"
    " told of before.",
)
_NOT_TAKEN = Text(
    "没有写入（试读，或这份清单已在用）：", "not written (tried, or in force already): "
)
_PEOPLE = Text(
    "{places} 处，{people} 人，其中 65 岁以上 {elders} 人；{empty} 处没有人。",
    "{places} places with {people} people, {elders} of them 65 or older; {empty} places without"
    " anybody.",
)
_SURVEYED = Text(
    "{places} 处，走访 {asked} 人，{cash} 人用现金缴费，{homebound} 人出不了门。",
    "{places} places, {asked} people asked, {cash} pay in cash, {homebound} cannot go out.",
)
_PLACED = Text(
    "{rows} 行里 {fresh} 行是新说法，涉及 {outlets} 个网点；业务名称 {named} 项新增或更改。",
    "{fresh} of {rows} rows say something new, about {outlets} outlets; {named} programmes named"
    " anew.",
)
_CAME = Text(
    "{rows} 行里 {fresh} 行是新说法：共 {visits} 人次，用时 {minutes} 分钟。",
    "{fresh} of {rows} rows say something new: {visits} visits and {minutes} minutes in all.",
)
_IGNORED = Text("没有用到的列：{columns}", "columns not used: {columns}")


def told(taken: Taken, language: Language) -> Iterator[str]:
    """The report: first what is wrong, then what it comes to."""
    yield from what_is_wrong(taken.faults, taken.reading.ignored, language)
    if taken.faults:
        return
    head = _DONE if taken.done else _WOULD
    yield head.say(language) + _SUM.fill(
        added=taken.added, changed=taken.changed, same=taken.same,
        merged=len(taken.reading.merged),
    ).say(language)  # fmt: skip


def demand_told(taken: TakenDemand, language: Language) -> Iterator[str]:
    """The same about where people live."""
    reading = taken.reading
    yield from what_is_wrong(reading.faults, reading.ignored, language)
    if reading.faults:
        return
    head = _DONE if taken.done else _NOT_TAKEN
    people = [sum(one.people) for one in reading.places]
    yield head.say(language) + _PEOPLE.fill(
        places=len(reading.places), people=sum(people),
        elders=sum(elders(one.people) for one in reading.places), empty=people.count(0),
    ).say(language)  # fmt: skip


def survey_told(taken: TakenSurvey, language: Language) -> Iterator[str]:
    """The same about a survey."""
    reading = taken.reading
    yield from what_is_wrong(reading.faults, reading.ignored, language)
    if reading.faults:
        return
    head = _DONE if taken.done else _NOT_TAKEN
    yield head.say(language) + _SURVEYED.fill(
        places=len(reading.found), asked=sum(one.asked for one in reading.found),
        cash=sum(one.cash for one in reading.found),
        homebound=sum(one.homebound for one in reading.found),
    ).say(language)  # fmt: skip


def placements_told(taken: TakenPlacements, language: Language) -> Iterator[str]:
    """The same about programmes at outlets."""
    reading = taken.reading
    yield from what_is_wrong(reading.faults, reading.ignored, language)
    if reading.faults:
        return
    head = _DONE if taken.done else _WOULD
    yield head.say(language) + _PLACED.fill(
        rows=len(reading.placed), fresh=taken.fresh, named=len(reading.named),
        outlets=len({one.outlet for one in reading.placed}),
    ).say(language)  # fmt: skip


def visits_told(taken: TakenVisits, language: Language) -> Iterator[str]:
    """The same about who came for them."""
    reading = taken.reading
    yield from what_is_wrong(reading.faults, reading.ignored, language)
    if reading.faults:
        return
    head = _DONE if taken.done else _WOULD
    yield head.say(language) + _CAME.fill(
        rows=len(reading.counted), fresh=taken.fresh,
        visits=sum(one.visits for one in reading.counted),
        minutes=sum(one.minutes for one in reading.counted),
    ).say(language)  # fmt: skip


def what_is_wrong(
    faults: Sequence[Fault], ignored: Sequence[str], language: Language
) -> Iterator[str]:
    """Every cell that cannot be right, and what was not read at all."""
    for fault in faults[:FAULTS_SHOWN_MOST]:
        yield _FAULT.fill(
            line=fault.line, column=fault.column, found=fault.found, why=fault.why
        ).say(language)
    more = len(faults) - FAULTS_SHOWN_MOST
    if more > 0:
        yield _MORE.fill(more=more).say(language)
    if ignored:
        yield _IGNORED.fill(columns=", ".join(ignored)).say(language)
    if faults:
        yield _FAULTS.fill(faults=len(faults)).say(language)


def box(text: str) -> Box:
    """Read `W,S,E,N` in degrees. Raises ValueError where it is not that."""
    west, south, east, north = (round(float(part) * 1_000_000) for part in text.split(","))
    if not (west < east and south < north):
        raise ValueError(text)
    return Box(west, south, east, north)
