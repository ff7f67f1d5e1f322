"""Pictures of a replay, drawn as SVG in whole units: outlets as steps, trips in vain as bars.

Nothing in them is styled inline, so that the strictest policy of a page shows them.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from html import escape

from msgspec import Struct, structs

from cashlane.trial.replay.figures import about, day_in, exactly
from cashlane.trial.replay.outcome import Outcome, Step
from cashlane.values.text import Language, Text

WIDTH, HEIGHT = 560, 300
_LEFT, _RIGHT = 10, 550
_TOP, _FLOOR = 36, 196
_BARS_TOP, _BARS_FLOOR = 240, 276
_LETTER = 9
"""A digit is about so wide: what is narrower than its words gets them at its side."""


_TICK = 60
"""A month's name is about so wide: the last one ends at the edge."""


class Frame(Struct, frozen=True):
    """What the pictures of all worlds have in common, so that they can be compared."""

    first: date
    last: date
    outlets_most: int
    in_vain_most: int

    @property
    def days(self) -> int:
        """Days across."""
        return (self.last - self.first).days + 1

    def x(self, day: int) -> int:
        """Where a day begins."""
        return _LEFT + (_RIGHT - _LEFT) * day // self.days

    def y(self, outlets: int) -> int:
        """How high so many outlets stand."""
        return _FLOOR - (_FLOOR - _TOP) * outlets // max(1, self.outlets_most)

    def tall(self, trips: int) -> int:
        """How tall a bar is; what is not zero is seen."""
        if trips == 0:
            return 0
        return max(1, trips * (_BARS_FLOOR - _BARS_TOP) // max(1, self.in_vain_most))


class _Level(Struct, frozen=True):
    """A flat part of the line: its days, outlets, those of them as always, first day."""

    begin: int
    end: int
    outlets: int
    as_always: int
    since: date


def frame_of(outcomes: Sequence[Outcome], first: date, last: date) -> Frame:
    """A frame that all worlds fit into."""
    return Frame(
        first=first,
        last=last,
        outlets_most=max(max(it.outlets.by_day) for it in outcomes),
        in_vain_most=max(max(it.payments.in_vain_by_day) for it in outcomes),
    )


def steps_chart(outcome: Outcome, frame: Frame, language: Language) -> str:
    """A world's outlets by day with their dated values, and its trips in vain below."""
    title = Text(
        "{key}：每日收现金的网点数与白跑趟数",
        "{key}: outlets taking cash by day, and trips in vain",
    ).fill(key=outcome.key)
    levels = list(_levels(outcome.outlets.steps, frame))
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" class="steps" '
        f'aria-label="{escape(title.say(language))}">',
        *_ground(frame, language),
        _area(levels, frame, "all", lambda level: level.outlets),
        _area(levels, frame, "as-always", lambda level: level.as_always),
        f'<path class="line" d="{_line(levels, frame)}"/>',
        *_labels(_merged(levels), frame, language),
        *_bars(outcome, frame, language),
        "</svg>",
    ]
    return "\n".join(parts)


def _levels(steps: Sequence[Step], frame: Frame) -> Iterator[_Level]:
    ends = [*((step.since - frame.first).days for step in steps[1:]), frame.days]
    for step, end in zip(steps, ends, strict=True):
        begin = (step.since - frame.first).days
        yield _Level(begin, end, step.outlets, step.outlets - step.over_spare, step.since)


def _merged(levels: Sequence[_Level]) -> list[_Level]:
    """Levels of equal height are one, to be labelled once."""
    found: list[_Level] = []
    for level in levels:
        if found and found[-1].outlets == level.outlets:
            found[-1] = structs.replace(found[-1], end=level.end)
        else:
            found.append(level)
    return found


def _ground(frame: Frame, language: Language) -> Iterator[str]:
    top = frame.y(frame.outlets_most)
    yield f'<path class="full" d="M{_LEFT} {top}H{_RIGHT}"/>'
    yield f'<path class="floor" d="M{_LEFT} {_FLOOR}H{_RIGHT}"/>'
    yield f'<path class="floor" d="M{_LEFT} {_BARS_FLOOR}H{_RIGHT}"/>'
    for day in range(frame.days):
        when = frame.first + timedelta(days=day)
        if when.day == 1:
            x = frame.x(day)
            yield f'<path class="month" d="M{x} {_TOP}V{_FLOOR}M{x} {_BARS_TOP}V{_BARS_FLOOR}"/>'
            kind, at = ("tick", x + 3) if x < _RIGHT - _TICK else ("tick end", _RIGHT)
            yield _words(at, _BARS_FLOOR + 17, kind, day_in(when, language))


def _line(levels: Sequence[_Level], frame: Frame) -> str:
    way = [f"M{frame.x(0)} {frame.y(levels[0].outlets)}"]
    for level in levels:
        way.append(f"V{frame.y(level.outlets)}H{frame.x(level.end)}")
    return "".join(way)


def _area(
    levels: Sequence[_Level], frame: Frame, kind: str, height: Callable[[_Level], int]
) -> str:
    way = [f"M{frame.x(0)} {_FLOOR}"]
    for level in levels:
        way.append(f"V{frame.y(height(level))}H{frame.x(level.end)}")
    return f'<path class="{kind}" d="{"".join(way)}V{_FLOOR}Z"/>'


def _labels(levels: Sequence[_Level], frame: Frame, language: Language) -> Iterator[str]:
    """The number stands on its level and the day below; at a narrow level both at its left."""
    for at, level in enumerate(levels):
        number, when = exactly(level.outlets), day_in(level.since, language) if at else ""
        left, right, y = frame.x(level.begin), frame.x(level.end), frame.y(level.outlets)
        narrow = right - left < _LETTER * len(number)
        x, end = (left - 5, " end") if narrow else (left + 5, "")
        over, under = (y + 2, y + 21) if narrow else (y - 7, y + 17)
        yield _words(x, over, f"number{end}", number)
        if when:
            yield _words(x, under, f"when{end}", when)


def _bars(outcome: Outcome, frame: Frame, language: Language) -> Iterator[str]:
    trips = outcome.payments.in_vain_by_day
    for day, count in enumerate(trips):
        tall = frame.tall(count)
        if tall:
            left, wide = frame.x(day), frame.x(day + 1) - frame.x(day) - 1
            yield (
                f'<rect class="bar" x="{left}" y="{_BARS_FLOOR - tall}" '
                f'width="{wide}" height="{tall}"/>'
            )
    said = Text("白跑，每天至多 {most} 趟", "trips in vain, {most} a day at most")
    none = Text("没有白跑", "no trips in vain")
    words = said.fill(most=about(max(trips))) if any(trips) else none
    yield _words(_LEFT, _BARS_TOP - 8, "caption", words.say(language))


def _words(x: int, y: int, kind: str, words: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(words)}</text>'


BAR_WIDE, BAR_HIGH = 200, 14


def share_bar(part: int, most: int) -> str:
    """A bar for a figure beside the largest of its kind; for the eye only."""
    wide = 0 if part <= 0 else max(2, part * BAR_WIDE // max(1, most))
    return (
        f'<svg viewBox="0 0 {BAR_WIDE} {BAR_HIGH}" preserveAspectRatio="none" class="share" '
        f'aria-hidden="true"><rect class="rail" width="{BAR_WIDE}" height="{BAR_HIGH}"/>'
        f'<rect class="bar" width="{wide}" height="{BAR_HIGH}"/></svg>'
    )
