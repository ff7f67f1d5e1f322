"""Papers as plain text for an 80 mm or 58 mm printer roll, 48 or 32 columns wide.

A Chinese character takes two columns; no line is ever wider than the roll.
"""

import re
from typing import Literal
from unicodedata import east_asian_width

from cashlane.core.papers import Paper, PaperLine
from cashlane.values.text import Text

Columns = Literal[32, 48]

_PIECES = re.compile(r"(?:[!-~]+|[^\s!-~])[，。；：、）》？！]*|\s")
"""Where a line may break: at blanks, and around Chinese characters but not before their stops."""


def roll_text(paper: Paper, columns: Columns) -> str:
    """The whole paper, one line feed after every line."""
    rule = "-" * columns
    head = [paper.title, *([paper.copy] if paper.copy else []), paper.word]
    lines = [centred(text, columns) for both in head for text in (both.zh, both.en)]
    lines.append(rule)
    for line in paper.lines:
        lines += _line(line, columns)
    lines += [rule, centred("核验码 Code", columns), centred(paper.code, columns), rule]
    for note in paper.notes:
        lines += [*wrapped(note.zh, columns), *wrapped(note.en, columns)]
    return "".join(line.rstrip() + "\n" for line in lines)


def width(text: str) -> int:
    """Columns that a text takes on the roll."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def centred(text: str, columns: int) -> str:
    """A text in the middle of the roll."""
    return " " * ((columns - width(text)) // 2) + text


def _line(line: PaperLine, columns: int) -> list[str]:
    """Name on the left, value on the right; a value that does not fit goes below."""
    name = f"{line.name.zh} {line.name.en}"
    values = [line.value] if isinstance(line.value, str) else _both(line.value)
    parts = [part for value in values for part in wrapped(value, columns)]
    room = columns - width(name) - 1
    first = [name] if width(parts[0]) > room else [_pair(name, parts.pop(0), columns)]
    return first + [_pair("", part, columns) for part in parts]


def _both(text: Text) -> list[str]:
    return [text.zh, text.en]


def _pair(left: str, right: str, columns: int) -> str:
    return left + " " * (columns - width(left) - width(right)) + right


def wrapped(text: str, columns: int) -> list[str]:
    """Break a text into lines of at most so many columns."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if width(lines[-1]) + width(piece) > columns and lines[-1]:
            lines.append("")
        lines[-1] += piece if lines[-1] or not piece.isspace() else ""
        while width(lines[-1]) > columns:
            lines += _cut(lines.pop(), columns)
    return [line.rstrip() for line in lines if line.strip()]


def _cut(word: str, columns: int) -> list[str]:
    """A single word wider than the roll, cut where the roll ends."""
    end = len(word)
    while width(word[:end]) > columns:
        end -= 1
    return [word[:end], word[end:]]
