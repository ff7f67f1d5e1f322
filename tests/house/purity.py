"""Finds, in the rules of the trade, calls that make the same values give another answer.

Only names are followed: what a module imports, under which name, and what it calls by it.
"""

import ast
from collections.abc import Iterator, Mapping

from msgspec import Struct

from tests.house.verdict import Finding, Rule

RULES = {
    "pure": Rule(
        "rules that read a clock, draw chance or touch a file cannot be replayed, simulated or"
        " tested by a table of values",
        "take the value as an argument, as the line above names it",
    ),
    "no-floats": Rule(
        "floats lose fen: 0.1 + 0.2 is not 0.3",
        "use whole minor units, //, values.money.share_out or per_million, and name the rounding",
    ),
    "strict-int": Rule(
        "int() takes full-width digits, blanks and underscores: '１_2 ' would be read as 12",
        "guard the text with a re.ASCII fullmatch in the same function, or use values.money"
        ".read_minor",
    ),
}

_INSTEAD = {
    "datetime.now": "take `now: datetime` as an argument",
    "datetime.utcnow": "take `now: datetime` as an argument",
    "datetime.today": "take `now: datetime` as an argument",
    "date.today": "take the business date as an argument",
    "time": "take `now`, or a core.clock.Clock",
    "random": "take `ids: Ids` or the drawn value as an argument",
    "secrets": "take the secret as an argument; main reads it from the data folder",
    "uuid.uuid1": "take `ids: Ids` (values/ids.py) and ask it",
    "uuid.uuid4": "take `ids: Ids` (values/ids.py) and ask it",
    "uuid.uuid7": "take `ids: Ids` (values/ids.py) and ask it",
    "os": "take the value as an argument; main reads the environment",
    "open": "take the text as an argument; adapters read files",
    "print": "return what should be said",
    "input": "take the text as an argument",
    "hash": "use hashlib: hash() differs from process to process",
    "id": "compare by value or by `is`",
}
_FLOATS = {"float": "//", "decimal": "whole minor units", "fractions": "whole minor units"}
_GUARDS = ("fullmatch", "isascii", "read_minor")


class _Imports(Struct):
    """What local names stand for."""

    names: dict[str, str]

    def full(self, node: ast.expr) -> str:
        """The dotted name that an expression calls by, from its import on."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self.full(node.value)}.{node.attr}"
        return ""


def purity_findings(sources: Mapping[str, str]) -> Iterator[Finding]:
    """All impure calls; `sources` is Python text by path."""
    for path, text in sorted(sources.items()):
        tree = ast.parse(text)
        imports = _Imports(dict(_imported(tree)))
        for node in _walked(tree):
            yield from _look(path, node, imports)
        yield from _loose_ints(path, tree)


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.split(".")[0], alias.name
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            home = "" if node.module == "datetime" else f"{node.module}."
            for alias in node.names:
                yield alias.asname or alias.name, f"{home}{alias.name}"


def _walked(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node but those of a __hash__: it answers within one process and is never kept."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if not (isinstance(node, ast.FunctionDef) and node.name == "__hash__"):
            yield node
            waiting += ast.iter_child_nodes(node)


def _look(path: str, node: ast.AST, imports: _Imports) -> Iterator[Finding]:
    if isinstance(node, ast.Call):
        name = imports.full(node.func)
        for twice in ("datetime.datetime.", "datetime.date."):  # import datetime
            if name.startswith(twice):
                name = name.removeprefix("datetime.")
        for banned, instead in _INSTEAD.items():
            if name == banned or name.startswith(f"{banned}."):
                yield Finding("pure", path, f"line {node.lineno}: {name}(): {instead}")
        if name.split(".")[0] in _FLOATS:
            yield Finding("no-floats", path, f"line {node.lineno}: {name}()")
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield Finding("no-floats", path, f"line {node.lineno}: {node.value}")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield Finding("no-floats", path, f"line {node.lineno}: / answers a float")


def _loose_ints(path: str, tree: ast.Module) -> Iterator[Finding]:
    """int() as a call or handed to map, in a function that guards nothing."""
    guarded = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        and any(guard in ast.unparse(function) for guard in _GUARDS)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and id(node) not in guarded and _takes_int(node):
            said = f"line {node.lineno}: {ast.unparse(node)} without a guard"
            yield Finding("strict-int", path, said)


def _takes_int(node: ast.Call) -> bool:
    """A comparison is no text: int(a in b) counts it."""
    if node.args and isinstance(node.args[0], ast.Compare):
        return False
    called = [node.func, *(node.args[:1] if ast.unparse(node.func) == "map" else [])]
    return any(isinstance(one, ast.Name) and one.id == "int" for one in called)
