"""The bill file of a biller without a live desk: read whole, checked whole, or not believed.

Every bad line is reported with its number, what is wrong and what to do; no line is skipped.
"""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from msgspec import Struct

from cashlane.adapters.files import bill_words as say
from cashlane.core.bill import Bill
from cashlane.core.filing import BadFile, BillFile, Problem
from cashlane.values.money import read_minor

FILE_MOST = 64 << 20
"""Bytes of one file: a whole city's bills of a month, and still read at once in memory."""
LINES_MOST = 1_000_000
"""Lines of one file: the same bound, for whoever counts lines."""

_DAY = re.compile(r"[0-9]{8}", re.ASCII)
_NAME = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)

__all__ = ["BARS", "COLUMNS", "BadFile", "BillFile", "Problem", "read_bill_file"]
HEADER = ("mark", "partner", "day", "sequence", "count", "sum")
DETAIL = ("mark", "bill_ref", "account", "period", "amount", "due_on", "customer")
TRAILER = ("mark", "count", "sum")


class Layout(Struct, frozen=True):
    """How fields are told apart: by a separator, or by widths in bytes of the encoding.

    Widths stand in the order of HEADER, DETAIL and TRAILER; texts are padded with blanks on the
    right, numbers with zeros on the left.
    """

    encoding: str
    separator: str
    widths: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]] | None


BARS = Layout(encoding="gb18030", separator="|", widths=None)
COLUMNS = Layout(
    encoding="gb18030",
    separator="",
    widths=((1, 20, 8, 4, 8, 12), (1, 24, 20, 8, 12, 8, 40), (1, 8, 12)),
)


class _Reading:
    """What was read so far, and what was found wrong."""

    def __init__(self, biller: int, layout: Layout) -> None:
        self.biller = biller
        self.layout = layout
        self.problems: list[Problem] = []
        self.bills: list[Bill] = []
        self.first_seen: dict[str, int] = {}
        self.declared: list[tuple[int, dict[str, str]]] = []

    def wrong(self, line: int, finding: say.Finding, **places: object) -> None:
        """Report one problem."""
        shown = {name: _shown(value) for name, value in places.items()}
        what, remedy = finding.what.fill(**shown), finding.remedy.fill(**shown)
        self.problems.append(Problem(line, what, remedy))


def _shown(value: object) -> str:
    """Text out of a partner's file as a report may show it: printable and short."""
    return "".join(letter for letter in str(value)[:60] if letter.isprintable())


def read_bill_file(
    content: bytes, *, partner: str, biller: int, layout: Layout
) -> BillFile | BadFile:
    """Read a partner's bill file; `biller` is the number its bills get here."""
    reading = _Reading(biller, layout)
    lines = _lines(reading, content)
    if not lines:
        return BadFile(tuple(reading.problems))
    header = _header(reading, lines[0], partner)
    for number, line in enumerate(lines[1:-1], start=2):
        _detail(reading, number, line)
    _trailer(reading, len(lines), lines[-1])
    _agree(reading, len(lines) - 2)
    if reading.problems or header is None:
        return BadFile(tuple(sorted(reading.problems, key=lambda problem: problem.line)))
    return BillFile(partner, header[0], header[1], tuple(reading.bills))


def _lines(reading: _Reading, content: bytes) -> list[bytes]:
    """The lines as bytes: one that cannot be read must not take the others with it."""
    if len(content) > FILE_MOST:
        reading.wrong(0, say.TOO_LARGE, most=FILE_MOST)
        return []
    lines = [line.removesuffix(b"\r") for line in content.split(b"\n")]
    if lines[-1]:
        reading.wrong(len(lines), say.NOT_ENDED)
    else:
        lines.pop()
    if len(lines) < 2:
        reading.wrong(0, say.EMPTY)
        return []
    if len(lines) > LINES_MOST:
        reading.wrong(0, say.TOO_LONG, most=LINES_MOST)
        return []
    return lines


def _fields(
    reading: _Reading, number: int, line: bytes, names: Sequence[str], kind: int
) -> dict[str, str] | None:
    """The named fields of a line; None, and a problem, where it has not that shape."""
    try:
        parts = _split(reading.layout, line, kind)
    except UnicodeDecodeError:
        reading.wrong(number, say.NOT_TEXT, encoding=reading.layout.encoding)
        return None
    if len(parts) != len(names):
        reading.wrong(number, say.SHAPE, wanted=len(names), found=len(parts))
        return None
    return dict(zip(names, parts, strict=True))


def _split(layout: Layout, line: bytes, kind: int) -> list[str]:
    if layout.widths is None:
        return line.decode(layout.encoding).split(layout.separator)
    widths = layout.widths[kind]
    if len(line) != sum(widths):
        return []
    ends = [sum(widths[:count]) for count in range(len(widths) + 1)]
    return [line[start:end].decode(layout.encoding).rstrip(" ") for start, end in pairwise(ends)]


def _header(reading: _Reading, line: bytes, partner: str) -> tuple[date, int] | None:
    fields = _fields(reading, 1, line, HEADER, 0)
    if fields is None:
        return None
    reading.declared.append((1, fields))
    if fields["mark"] != "H":
        reading.wrong(1, say.NO_HEADER)
    if fields["partner"] != partner:
        reading.wrong(1, say.PARTNER, wanted=partner, found=fields["partner"])
    day, sequence = _day(fields["day"]), read_minor(fields["sequence"])
    if day is None:
        reading.wrong(1, say.DAY, found=fields["day"])
    if not sequence:
        reading.wrong(1, say.SEQUENCE, found=fields["sequence"])
    return None if day is None or not sequence else (day, sequence)


def _detail(reading: _Reading, number: int, line: bytes) -> None:
    fields = _fields(reading, number, line, DETAIL, 1)
    if fields is None:
        return
    before = len(reading.problems)
    if fields["mark"] != "D":
        reading.wrong(number, say.NO_DETAIL, found=fields["mark"])
    _names(reading, number, fields)
    amount, due_on = read_minor(fields["amount"]), _day(fields["due_on"])
    if not amount:
        reading.wrong(number, say.AMOUNT, found=fields["amount"])
    if due_on is None and fields["due_on"]:
        reading.wrong(number, say.DAY, found=fields["due_on"])
    _once(reading, number, fields["bill_ref"])
    if amount and len(reading.problems) == before:
        reading.bills.append(_bill(reading.biller, fields, amount, due_on))


def _names(reading: _Reading, number: int, fields: dict[str, str]) -> None:
    for name in ("bill_ref", "account", "period"):
        if _NAME.fullmatch(fields[name]) is None:
            reading.wrong(number, say.NAME, field=name, found=fields[name])


def _once(reading: _Reading, number: int, bill_ref: str) -> None:
    first = reading.first_seen.setdefault(bill_ref, number)
    if first != number:
        reading.wrong(number, say.TWICE, ref=bill_ref, first=first)


def _bill(biller: int, fields: dict[str, str], amount: int, due_on: date | None) -> Bill:
    return Bill(
        biller, fields["bill_ref"], fields["account"], fields["period"],
        amount, due_on, fields["customer"],
    )  # fmt: skip


def _trailer(reading: _Reading, number: int, line: bytes) -> None:
    fields = _fields(reading, number, line, TRAILER, 2)
    if fields is None:
        return
    reading.declared.append((number, fields))
    if fields["mark"] != "T":
        reading.wrong(number, say.NO_TRAILER)


def _agree(reading: _Reading, count: int) -> None:
    """Header, trailer and lines must say the same; a sum is judged only over whole lines."""
    total = sum(bill.amount for bill in reading.bills)
    whole = len(reading.bills) == count
    for number, fields in reading.declared:
        if read_minor(fields["count"]) != count:
            reading.wrong(number, say.COUNT, found=fields["count"], counted=count)
        if whole and read_minor(fields["sum"]) != total:
            reading.wrong(number, say.SUM, found=fields["sum"], counted=total)


def _day(text: str) -> date | None:
    if _DAY.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
