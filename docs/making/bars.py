"""Pictures of measurements as SVG: figures beside what they must reach, a whole made of parts.

Colours are the reader's: a light and a dark set, chosen by what the screen prefers.
"""

from collections.abc import Iterator, Sequence
from html import escape

from msgspec import Struct

WIDTH = 760
_LEFT, _RIGHT = 20, 740
_ROW = 94
_FONT = "'Noto Sans SC','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
_STYLE = f"""<style>
svg {{ font-family: {_FONT}; --paper: #fffdf8; --ink: #13222a; --quiet: #4d5d67; --rail: #e6e9ec;
  --good: #2f855a; --bad: #c53030; --mark: #13222a; }}
@media (prefers-color-scheme: dark) {{ svg {{ --paper: #11181d; --ink: #e8eef2; --quiet: #a9b7c0;
  --rail: #2a353d; --good: #5dbb8a; --bad: #f08080; --mark: #e8eef2; }} }}
.paper {{ fill: var(--paper); }} .ink {{ fill: var(--ink); }} .quiet {{ fill: var(--quiet); }}
.rail {{ fill: var(--rail); }} .good {{ fill: var(--good); }} .bad {{ fill: var(--bad); }}
.mark {{ stroke: var(--mark); stroke-width: 1.6; fill: none; }}
.faint {{ fill: none; stroke: var(--quiet); stroke-dasharray: 3 3; }}
.name {{ font-size: 15px; font-weight: 600; }} .value {{ font-size: 15px; }}
.small {{ font-size: 12px; }} .end {{ text-anchor: end; }} .middle {{ text-anchor: middle; }}
</style>"""


class Reached(Struct, frozen=True):
    """A figure: how far it reaches where the bar is 1 (None: its bar is no number), the middle half
    of what was measured likewise, and whether the bar holds. `wanted` says the bar in words."""

    name: str
    value: str
    wanted: str
    made: str
    reach: float | None
    low: float
    high: float
    holds: bool


class Part(Struct, frozen=True):
    """A part of a whole; `faint` is shown beside it and does not belong to it."""

    name: str
    size: float
    colour: str
    faint: bool


class Whole(Struct, frozen=True):
    """A bar made of parts."""

    name: str
    said: str
    parts: Sequence[Part]


def reached_picture(title: str, bar: str, rows: Sequence[Reached]) -> str:
    """All figures below one another; the bars that they must reach stand on one line."""
    parts = [
        *_begin(title, 46 + _ROW * len(rows)),
        _words(_reach(1.0), 24, "small quiet middle", bar),
    ]
    for number, row in enumerate(rows):
        parts += _reached(row, 56 + _ROW * number)
    return _ended(parts)


def _reached(row: Reached, y: int) -> Iterator[str]:
    yield _words(_LEFT, y, "name ink", row.name)
    yield _words(_RIGHT, y, "value ink end", row.value)
    tone, at_bar = "good" if row.holds else "bad", _reach(1.0)
    if row.reach is not None:
        yield f'<rect class="rail" x="{_LEFT}" y="{y + 9}" width="{_RIGHT - _LEFT}" height="12"/>'
        yield (f'<rect class="{tone}" x="{_LEFT}" y="{y + 9}" '
               f'width="{_reach(row.reach) - _LEFT}" height="12"/>')  # fmt: skip
        if row.high > row.low:
            low, high = _reach(row.low), _reach(row.high)
            yield (f'<path class="mark" d="M{low} {y + 11}V{y + 19}M{low} {y + 15}H{high}'
                   f'M{high} {y + 11}V{y + 19}"/>')  # fmt: skip
        yield f'<path class="mark" d="M{at_bar} {y + 5}V{y + 25}" stroke-dasharray="4 2"/>'
    yield _words(_LEFT, y + 38, f"small {tone}", row.wanted)
    yield _words(_LEFT, y + 56, "small quiet", row.made)


def _reach(share: float) -> int:
    """Where so many times the bar is; what is beyond twice the bar ends at the edge."""
    return round(_LEFT + (_RIGHT - _LEFT) * min(share, 2.0) / 2)


def whole_picture(title: str, wholes: Sequence[Whole], notes: Sequence[str], unit: str) -> str:
    """Wholes at one scale below one another, each with what its parts are, and lines of words."""
    scale = (_RIGHT - _LEFT) / max(sum(part.size for part in one.parts) for one in wholes)
    lines: list[str] = []
    y = 40
    for whole in wholes:
        lines += _whole(whole, scale, y, unit)
        y += 74 + 24 * ((len(whole.parts) + 1) // 2)
    for note in notes:
        lines.append(_words(_LEFT, y, "small quiet", note))
        y += 20
    return _ended([*_begin(title, y), *lines])


def _whole(whole: Whole, scale: float, y: int, unit: str) -> Iterator[str]:
    yield _words(_LEFT, y, "name ink", whole.name)
    yield _words(_RIGHT, y, "value ink end", whole.said)
    x = float(_LEFT)
    for number, part in enumerate(whole.parts):
        wide = part.size * scale
        yield _box(part, x, y + 12, wide, 30)
        x += wide
        left = _LEFT + (_RIGHT - _LEFT) // 2 * (number % 2)
        row = y + 68 + 24 * (number // 2)
        yield _box(part, left, row - 11, 12, 12)
        yield _words(left + 20, row, "small ink", part.name)
        yield _words(left + 340, row, "small ink end", f"{part.size:.1f} {unit}")


def _box(part: Part, x: float, y: int, wide: float, high: int) -> str:
    tone = 'class="faint"' if part.faint else f'fill="{part.colour}"'
    return f'<rect {tone} x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{high}"/>'


def _begin(title: str, high: int) -> Iterator[str]:
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{high}" '
           f'viewBox="0 0 {WIDTH} {high}" role="img">')  # fmt: skip
    yield f"<title>{escape(title)}</title>"
    yield _STYLE
    yield f'<rect class="paper" width="{WIDTH}" height="{high}"/>'


def _ended(parts: Sequence[str]) -> str:
    return "\n".join([*parts, "</svg>"]) + "\n"


def _words(x: float, y: int, kind: str, words: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y}">{escape(words)}</text>'
