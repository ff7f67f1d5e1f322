"""Makes LIMITS.md out of the constants that bound something, and the sentence beneath each."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

NAME = re.compile(
    r"_?[A-Z][A-Z0-9_]*_(MOST|MAX|S|MS|MINUTES|DAYS|BYTES|TRIES)|BUCKETS|TRIES|\w+_MOST_[A-Z_]+"
)

_HEAD = """\
# Limits 限额与时限

Made by `./do figures` from the constants in the source; not written by hand.
由 `./do figures` 根据源码中的常量生成，请勿手工修改。

Everything has a bound: what is unbounded fails at the worst moment. Names say the unit: `_S` is
seconds, `_MS` milliseconds, `_MINUTES` minutes; amounts are minor units (分).
What belongs to a biller, route, agent or outlet (its ceilings, windows and budgets) is data of
the network and not listed here.
"""

_ROOMS = {
    "values": "Values 基础", "core": "Rules of the trade 业务规则", "store": "Database 数据库",
    "switch": "The switch 交换", "coverage": "Coverage 覆盖",
    "adapters": "Counterparts 对外接口", "api": "Interface 接口",
    "engine": "The embedded database 内嵌数据库", "people": "People 人员", "audit": "Audit 稽核",
    "world": "The simulated outside 模拟外部", "trial": "The trial 试运行", "main": "Wiring 装配",
}  # fmt: skip


class Limit(Struct, frozen=True):
    """A constant that bounds something."""

    file: str
    line: int
    name: str
    value: str
    reason: str


def page(source: Path) -> str:
    """The whole page."""
    by_room: dict[str, list[Limit]] = {}
    for limit in limits(source):
        by_room.setdefault(limit.file.split("/")[0].removesuffix(".py"), []).append(limit)
    order = [room for room in _ROOMS if room in by_room] + sorted(set(by_room) - set(_ROOMS))
    return _HEAD + "".join(_table(_ROOMS.get(room, room), by_room[room]) for room in order)


def _table(title: str, rows: list[Limit]) -> str:
    lines = [
        f"| `{one.name}` | {one.value} | {one.reason or '—'} "
        f"| [{one.file}](../src/cashlane/{one.file}) |"
        for one in rows
    ]
    head = "| Constant 常量 | Value 值 | Why 理由 | Where 位置 |\n|---|--:|---|---|\n"
    return f"\n## {title}\n\n{head}" + "\n".join(lines) + "\n"


def limits(source: Path) -> Iterator[Limit]:
    """All limits in the order of their files."""
    for file in sorted(source.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        yield from limits_of(file.relative_to(source).as_posix(), text)


def limits_of(file: str, text: str) -> Iterator[Limit]:
    """The limits of one Python text: module constants of a telling name, with their docstrings."""
    body = ast.parse(text).body
    for node, after in zip(body, [*body[1:], None], strict=False):
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        name = node.targets[0].id
        if NAME.fullmatch(name):
            yield Limit(file, node.lineno, name, _value(node.value), _reason(after))


def _reason(after: ast.stmt | None) -> str:
    if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
        return " ".join(str(after.value.value).split()).replace("|", "\\|")
    return ""


def _value(node: ast.expr) -> str:
    """The value as people write it: 1 << 20 is 1,048,576."""
    value = _worked_out(node)
    if isinstance(value, tuple):
        return ", ".join(f"{one:,}" for one in value)
    return f"{value:,}" if value is not None else f"`{ast.unparse(node)}`"


def _worked_out(node: ast.expr) -> int | float | tuple[int | float, ...] | None:
    if isinstance(node, ast.BinOp):
        left, right = _worked_out(node.left), _worked_out(node.right)
        if isinstance(left, int) and isinstance(right, int):
            works = {ast.LShift: int.__lshift__, ast.Mult: int.__mul__, ast.Sub: int.__sub__}
            work = works.get(type(node.op))
            return work(left, right) if work else None
        return None
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, int | float | tuple) else None
