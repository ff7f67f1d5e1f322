"""The line of outlets taking cash by day, drawn on the server in whole units: the same picture in
the operator's window and on the page for everybody."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from msgspec import Struct

from cashlane.core.restoration import Step

WIDTH, HEIGHT = 720, 216
_LEFT, _RIGHT, _TOP, _FLOOR = 10, 710, 34, 184
_LETTER, _LINE = 9, 17
"""A digit is about so wide, a line of words so high."""
_DAY = timedelta(days=1)


class Label(Struct, frozen=True):
    """Words at a place; `end` where they end there instead of beginning."""

    x: int
    y: int
    words: str
    kind: str
    end: bool

    @property
    def box(self) -> tuple[int, int, int, int]:
        """About what it covers: left, right, top, bottom."""
        wide = _LETTER * len(self.words)
        left = self.x - wide if self.end else self.x
        return left, left + wide, self.y - _LINE + 4, self.y + 3


class Line(Struct, frozen=True):
    """The picture: paths, the height of all outlets, months, and labels that fit beside each
    other."""

    width: int
    height: int
    line: str
    area: str
    top: int
    floor: int
    left: int
    right: int
    months: Sequence[int]
    labels: Sequence[Label]


class _Level(Struct, frozen=True):
    """A flat part of the line, in pixels."""

    left: int
    right: int
    y: int
    step: Step


def outlets_line(steps: Sequence[Step], enabled: int, today: date) -> Line:
    """Draw it, up to and with today. There is at least one step, as a board has it."""
    first = steps[0].since
    most = max(enabled, *(step.outlets for step in steps), 1)
    levels = list(_levels(steps, first, today, most))
    way = "".join(f"V{one.y}H{one.right}" for one in levels)
    months = list(_months(first, today))
    labels = [Label(x + 3, _FLOOR + 18, f"{day:%Y-%m}", "when", False) for x, day in months]
    return Line(
        WIDTH, HEIGHT, f"M{_LEFT} {levels[0].y}{way}", f"M{_LEFT} {_FLOOR}{way}V{_FLOOR}Z",
        _y(enabled, most), _FLOOR, _LEFT, _RIGHT, [x for x, _ in months],
        _fitting([*labels, *_words(levels)]),
    )  # fmt: skip


def _levels(steps: Sequence[Step], first: date, today: date, most: int) -> Iterator[_Level]:
    ends = [*(step.since for step in steps[1:]), today + _DAY]
    days = (today - first) // _DAY + 1
    for step, end in zip(steps, ends, strict=True):
        left, right = _x(step.since, first, days), _x(end, first, days)
        yield _Level(left, right, _y(step.outlets, most), step)


def _x(day: date, first: date, days: int) -> int:
    return _LEFT + (_RIGHT - _LEFT) * ((day - first) // _DAY) // days


def _y(outlets: int, most: int) -> int:
    return _FLOOR - (_FLOOR - _TOP) * outlets // most


def _months(first: date, today: date) -> Iterator[tuple[int, date]]:
    days = (today - first) // _DAY + 1
    for at in range(days):
        day = first + at * _DAY
        if day.day == 1:
            yield _x(day, first, days), day


def _words(levels: Sequence[_Level]) -> Iterator[Label]:
    """The number stands on its level, the day below it; where the level is narrower than its
    number, both end with it, on the side where no line is."""
    for at, level in enumerate(levels):
        number, when = f"{level.step.outlets:,}", f"{level.step.since:%m-%d}"
        if level.right - level.left >= _LETTER * len(number):
            yield Label(level.left + 5, level.y - 7, number, "many", False)
            if at:
                yield Label(level.left + 5, level.y + 17, when, "when", False)
            continue
        rose = at > 0 and level.y < levels[at - 1].y
        near, far = (level.y - 7, level.y - 24) if rose else (level.y + 17, level.y + 34)
        yield Label(level.right, near, number, "many", True)
        yield Label(level.right, far, when, "when", True)


def _fitting(labels: Sequence[Label]) -> list[Label]:
    """Those that lie inside the picture and on no earlier one: the table below has all."""
    kept: list[Label] = []
    for one in labels:
        left, right, top, bottom = one.box
        inside = left >= 0 and right <= WIDTH and bottom <= HEIGHT
        free = all(
            right < other[0] or left > other[1] or bottom < other[2] or top > other[3]
            for other in (it.box for it in kept)
        )
        if inside and free:
            kept.append(one)
    return kept
