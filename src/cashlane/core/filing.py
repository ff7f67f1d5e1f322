"""Files that partners hand over: what was read of one, and what may be done with it.

Whole or not at all: a content counts once, and one number of a day means one content for ever.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from cashlane.core.bill import Bill
from cashlane.values.text import Text

Verdict = Literal["applied", "repeated", "held", "refused"]
"""applied: brought into effect. repeated: had been before. held: another file has its number, and a
person must say which is right. refused: does not agree with itself."""
NOTED_MOST = 20
"""Problems kept with a file: its sender is told all of them, a reader needs the first ones."""


class Problem(Struct, frozen=True):
    """One thing wrong with a file. `line` 0 speaks of the file as a whole."""

    line: int
    what: Text
    remedy: Text


class BadFile(Struct, frozen=True):
    """A file of which nothing may be applied, and everything that is wrong with it."""

    problems: tuple[Problem, ...]


class BillFile(Struct, frozen=True):
    """A file that agrees with itself. `sequence` counts the partner's files of that day."""

    partner: str
    day: date
    sequence: int
    bills: tuple[Bill, ...]


class Earlier(Struct, frozen=True):
    """What is known of files applied before: the name of one with the same content, and of one
    with the same number of the same day."""

    same_content: str | None
    same_number: str | None


class Filed(Struct, frozen=True):
    """What becomes of a file, and why."""

    verdict: Verdict
    note: tuple[Text, ...]


def judge(read: BillFile | BadFile, earlier: Earlier) -> Filed:
    """What may be done with a file that was just received."""
    if earlier.same_content is not None:
        return Filed("repeated", (_REPEATED.fill(name=earlier.same_content),))
    if isinstance(read, BadFile):
        return Filed("refused", tuple(_said(one) for one in read.problems[:NOTED_MOST]))
    if earlier.same_number is not None:
        places = {"name": earlier.same_number, "day": read.day, "sequence": read.sequence}
        return Filed("held", (_HELD.fill(**places),))
    return Filed("applied", ())


def _said(problem: Problem) -> Text:
    return _PROBLEM.fill(line=problem.line, what=problem.what, remedy=problem.remedy)


_PROBLEM = Text("第 {line} 行：{what}。{remedy}", "line {line}: {what}; {remedy}")
_REPEATED = Text(
    "内容与已生效的文件 {name} 相同，未再次入账。",
    "The same content was applied before as {name}; it was not applied again.",
)
_HELD = Text(
    "{day} 的第 {sequence} 号文件已按 {name} 生效，本文件内容不同，整份暂缓。"
    "请向发送单位确认以哪份为准；更正后的文件请用新序号重发。",
    "File {sequence} of {day} was applied as {name}; this one has other content and is held whole."
    " Ask the sender which is right; a corrected file comes under a new number.",
)
