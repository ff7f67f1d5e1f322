"""What an act tells: one line for each thing that happened."""

from collections.abc import AsyncIterator
from typing import Literal

from msgspec import Struct

from cashlane.trial.tour.clerk import Answer
from cashlane.values.text import Text

Kind = Literal["act", "fact", "good", "bad"]


class Line(Struct, frozen=True):
    """One thing that happened: an act, a fact, what is proved by it, or what went wrong."""

    kind: Kind
    words: Text
    link: str | None = None


Lines = AsyncIterator[Line]

_FAILED = Text("未成：{why}", "it did not work: {why}")


def line(kind: Kind, words: Text, **places: object) -> Line:
    """A line with its places filled."""
    return Line(kind, words.fill(**places))


def not_done(answer: Answer) -> Line:
    """What an answer says that is not the one hoped for."""
    body = answer.body if isinstance(answer.body, dict) else {}
    why = Text(body.get("detail_zh", "没有应答"), body.get("detail", "no answer"))
    return line("bad", _FAILED, why=why)
