"""Small pictures of life cycles: states in the cells of a grid, steps as arrows, as SVG.

The layers of a picture are its columns, from left to right as a life goes. A group is a frame
around states; an arrow that leaves the frame stands for the same step from each state within.
"""

from collections.abc import Mapping, Sequence
from html import escape
from math import hypot

from msgspec import Struct

from cashlane.values.text import Text

CELL_W, CELL_H = 176, 104
BOX_W, BOX_H = 128, 54
MARGIN = 40
ROUND = 14
FONT = "'Noto Sans SC','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
TONES = {
    "doubt": ("#fdf3dc", "#b7791f"),
    "good": ("#e2f4e6", "#2f855a"),
    "owed": ("#e3eefb", "#2b6cb0"),
    "ended": ("#eef0f3", "#718096"),
}


class Node(Struct, frozen=True):
    """A state: its code, its place on the grid (column, row), its colour, its name."""

    code: str
    at: tuple[float, float]
    tone: str
    name: Text


class Group(Struct, frozen=True):
    """A frame around states, named by its code in arrows; `pad` widens it, in pixels."""

    code: str
    members: tuple[str, ...]
    pad: int
    name: Text


class Arrow(Struct, frozen=True):
    """A step from a state or group to a state; `both` draws it in both directions.

    `via` are grid points it passes; `leave` and `reach` are grid points to aim at in place of
    the middles of its ends.
    """

    source: str
    target: str
    both: bool = False
    via: tuple[tuple[float, float], ...] = ()
    leave: tuple[float, float] | None = None
    reach: tuple[float, float] | None = None
    label: Text | None = None
    label_at: tuple[float, float] | None = None


class Picture(Struct, frozen=True):
    """A whole picture, and the sentence that it is for those who cannot see it."""

    title: Text
    nodes: Sequence[Node]
    groups: Sequence[Group]
    arrows: Sequence[Arrow]


Point = tuple[float, float]
Rect = tuple[float, float, float, float]


def svg(picture: Picture) -> str:
    """The picture as a self-contained SVG file."""
    rects = {node.code: _node_rect(node) for node in picture.nodes}
    rects |= {group.code: _group_rect(group, rects) for group in picture.groups}
    lines = {arrow: _line(arrow, rects) for arrow in picture.arrows}
    ways = [point for line in lines.values() for point in line]
    right = max([rect[2] for rect in rects.values()] + [x for x, _ in ways])
    bottom = max([rect[3] for rect in rects.values()] + [y for _, y in ways])
    width, height = right + MARGIN, bottom + MARGIN
    title = escape(f"{picture.title.zh} · {picture.title.en}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" font-family="{FONT}">',
        f"<title>{title}</title>",
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
        'markerHeight="7" orient="auto-start-reverse"><path d="M0 0.8 L10 5 L0 9.2 Z" '
        'fill="#4a5568"/></marker></defs>',
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
        *(_drawn_group(group, rects[group.code]) for group in picture.groups),
        *(_drawn_arrow(arrow, line) for arrow, line in lines.items()),
        *(_drawn_node(node, rects[node.code]) for node in picture.nodes),
        *(_drawn_label(arrow, line) for arrow, line in lines.items()),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _point(at: Point) -> Point:
    return MARGIN + (at[0] + 0.5) * CELL_W, MARGIN + (at[1] + 0.5) * CELL_H


def _node_rect(node: Node) -> Rect:
    x, y = _point(node.at)
    return x - BOX_W / 2, y - BOX_H / 2, x + BOX_W / 2, y + BOX_H / 2


def _group_rect(group: Group, rects: Mapping[str, Rect]) -> Rect:
    inner = [rects[code] for code in group.members]
    return (
        min(r[0] for r in inner) - group.pad,
        min(r[1] for r in inner) - group.pad - 16,
        max(r[2] for r in inner) + group.pad,
        max(r[3] for r in inner) + group.pad,
    )


def _line(arrow: Arrow, rects: Mapping[str, Rect]) -> list[Point]:
    """From border to border, through the points on the way."""
    source, target = rects[arrow.source], rects[arrow.target]
    start = _point(arrow.leave) if arrow.leave else _middle(source)
    end = _point(arrow.reach) if arrow.reach else _middle(target)
    way = [start, *map(_point, arrow.via), end]
    return [_border(source, way[0], way[1]), *way[1:-1], _border(target, way[-1], way[-2])]


def _middle(rect: Rect) -> Point:
    return (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2


def _border(rect: Rect, inside: Point, towards: Point) -> Point:
    """Where the way from a point within a frame to one outside crosses the frame."""
    (x, y), (dx, dy) = inside, (towards[0] - inside[0], towards[1] - inside[1])
    shares = [1.0]
    if dx:
        shares.append(((rect[2] if dx > 0 else rect[0]) - x) / dx)
    if dy:
        shares.append(((rect[3] if dy > 0 else rect[1]) - y) / dy)
    share = min(value for value in shares if value >= 0)
    return x + dx * share, y + dy * share


def _drawn_group(group: Group, rect: Rect) -> str:
    x, y, right, bottom = rect
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{right - x:g}" height="{bottom - y:g}" rx="16" '
        'fill="#f8fafc" stroke="#a0aec0" stroke-width="1.3" stroke-dasharray="6 4"/>'
        f'<text x="{x + 14:g}" y="{y + 19:g}" font-size="12.5" fill="#4a5568">'
        f'<tspan font-weight="600">{escape(group.name.zh)}</tspan> {escape(group.name.en)}</text>'
    )


def _drawn_node(node: Node, rect: Rect) -> str:
    fill, line = TONES[node.tone]
    x, y = _middle(rect)
    return (
        f'<rect x="{rect[0]:g}" y="{rect[1]:g}" width="{BOX_W}" height="{BOX_H}" rx="10" '
        f'fill="{fill}" stroke="{line}" stroke-width="1.6"/>'
        f'<text x="{x:g}" y="{y - 4:g}" text-anchor="middle" font-size="15" font-weight="600" '
        f'fill="#1a202c">{escape(node.name.zh)}</text>'
        f'<text x="{x:g}" y="{y + 15:g}" text-anchor="middle" font-size="11" '
        f'fill="#4a5568">{escape(node.code)}</text>'
    )


def _drawn_arrow(arrow: Arrow, line: Sequence[Point]) -> str:
    both = ' marker-start="url(#tip)"' if arrow.both else ""
    return (
        f'<path d="{_rounded(line)}" fill="none" stroke="#4a5568" stroke-width="1.5" '
        f'marker-end="url(#tip)"{both}/>'
    )


def _rounded(line: Sequence[Point]) -> str:
    """A way with its corners rounded."""
    path = [f"M{line[0][0]:.1f} {line[0][1]:.1f}"]
    for before, corner, after in zip(line, line[1:], line[2:], strict=False):
        into, out = _towards(corner, before, ROUND), _towards(corner, after, ROUND)
        path.append(
            f"L{into[0]:.1f} {into[1]:.1f} "
            f"Q{corner[0]:.1f} {corner[1]:.1f} {out[0]:.1f} {out[1]:.1f}"
        )
    return " ".join([*path, f"L{line[-1][0]:.1f} {line[-1][1]:.1f}"])


def _towards(start: Point, end: Point, far: float) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1])
    share = min(0.5, far / length) if length else 0
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _drawn_label(arrow: Arrow, line: Sequence[Point]) -> str:
    if arrow.label is None:
        return ""
    (ax, ay), (bx, by) = line[len(line) // 2 - 1], line[len(line) // 2]
    x, y = _point(arrow.label_at) if arrow.label_at else ((ax + bx) / 2, (ay + by) / 2)
    halo = 'stroke="#ffffff" stroke-width="5" stroke-linejoin="round" paint-order="stroke"'
    return (
        f'<text x="{x:g}" y="{y - 3:g}" text-anchor="middle" font-size="12" fill="#2d3748" {halo}>'
        f'{escape(arrow.label.zh)}</text><text x="{x:g}" y="{y + 12:g}" text-anchor="middle" '
        f'font-size="10.5" fill="#4a5568" {halo}>{escape(arrow.label.en)}</text>'
    )
