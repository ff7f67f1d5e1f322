"""The street of one payment in eight boxes, as a picture for the first page."""

from itertools import pairwise

from cashlane.values.text import Text
from docs.making.graph import Arrow, Node, Picture, svg

_BOXES = (
    ("scan a bill", (0, 0), "owed", "扫描账单"),
    ("ask, price", (1, 0), "owed", "查询计价"),
    ("hold the bill", (2, 0), "owed", "占用账单"),
    ("take cash", (3, 0), "good", "收现金"),
    ("write once", (3, 1), "good", "一次写入"),
    ("carry, enquire", (2, 1), "doubt", "送达与查询"),
    ("receipt or slip", (1, 1), "good", "收据或受理单"),
    ("audit", (0, 1), "ended", "稽核"),
)


def picture() -> dict[str, str]:
    """The picture by its file name."""
    nodes = [Node(en, at, tone, Text(zh, en)) for en, at, tone, zh in _BOXES]
    ways = [Arrow(here.code, there.code) for here, there in pairwise(nodes)]
    title = Text("一笔缴费走过的八步", "The eight steps of one payment")
    return {"street.svg": svg(Picture(title, nodes, (), ways))}
