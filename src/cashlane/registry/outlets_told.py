"""What became of a list of outlets, for whoever handed it in: line by line, in one language."""

from collections.abc import Iterator

from cashlane.core.outlet_list import Box
from cashlane.registry.outlet_lists import Taken
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
_IGNORED = Text("没有用到的列：{columns}", "columns not used: {columns}")


def told(taken: Taken, language: Language) -> Iterator[str]:
    """The report: first what is wrong, then what it comes to."""
    for fault in taken.faults[:FAULTS_SHOWN_MOST]:
        yield _FAULT.fill(
            line=fault.line, column=fault.column, found=fault.found, why=fault.why
        ).say(language)
    more = len(taken.faults) - FAULTS_SHOWN_MOST
    if more > 0:
        yield _MORE.fill(more=more).say(language)
    if taken.reading.ignored:
        yield _IGNORED.fill(columns=", ".join(taken.reading.ignored)).say(language)
    if taken.faults:
        yield _FAULTS.fill(faults=len(taken.faults)).say(language)
        return
    head = _DONE if taken.done else _WOULD
    yield head.say(language) + _SUM.fill(
        added=taken.added, changed=taken.changed, same=taken.same,
        merged=len(taken.reading.merged),
    ).say(language)  # fmt: skip


def box(text: str) -> Box:
    """Read `W,S,E,N` in degrees. Raises ValueError where it is not that."""
    west, south, east, north = (round(float(part) * 1_000_000) for part in text.split(","))
    if not (west < east and south < north):
        raise ValueError(text)
    return Box(west, south, east, north)
