"""Measures functions and files: short ones are read whole, long ones are believed."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from statistics import median

from tests.house.verdict import Finding, Rule

FUNCTION_MEDIAN, FUNCTION_NINE_TENTHS, FUNCTION_MOST = 10, 30, 60
FILE_MEDIAN, FILE_MOST = 150, 600
EMPTY_NAMES = frozenset({"utils", "util", "helpers", "helper", "manager", "managers", "common"}
    | {"base", "misc"})  # fmt: skip

RULES = {
    "function-length": Rule(
        f"half of the functions have at most {FUNCTION_MEDIAN} lines, nine in ten at most"
        f" {FUNCTION_NINE_TENTHS}, none over {FUNCTION_MOST}: what fits the eye is checked by it",
        "give a part its name and its own function; where a table or a statement must be long,"
        " say why in a `# long:` comment on the def line or above it",
    ),
    "file-length": Rule(
        f"half of the files have at most {FILE_MEDIAN} lines and none over {FILE_MOST}: one noun"
        " a file",
        "move a noun into a file of its own",
    ),
    "empty-name": Rule(
        "utils, helpers, manager, common, base and misc name nothing, so everything gathers there",
        "name the noun; what has no name yet has no place yet",
    ),
}


def size_findings(sources: Mapping[str, str]) -> Iterator[Finding]:
    """All that is too long or named after nothing; `sources` is Python text by path."""
    lengths = {path: list(_functions(text)) for path, text in sources.items()}
    yield from _functions_as_a_whole([n for each in lengths.values() for _, n, _ in each])
    for path, functions in sorted(lengths.items()):
        for name, lines, reasoned in functions:
            if lines > FUNCTION_MOST and not reasoned:
                yield Finding("function-length", f"{path}:{name}", f"has {lines} lines")
    yield from _files(sources)


def _functions(text: str) -> Iterator[tuple[str, int, bool]]:
    """Name and length of each function, and whether it says why it is long."""
    rows = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            head = rows[max(0, node.lineno - 2) : node.lineno]
            reasoned = any("# long: " in row for row in head)
            yield node.name, node.end_lineno - node.lineno + 1, reasoned


def _functions_as_a_whole(lengths: list[int]) -> Iterator[Finding]:
    if not lengths:
        return
    middle = median(lengths)
    if middle > FUNCTION_MEDIAN:
        yield Finding("function-length", "all functions", f"half have {middle} lines or more")
    short = sum(length <= FUNCTION_NINE_TENTHS for length in lengths)
    if short * 10 < len(lengths) * 9:
        said = f"only {short} of {len(lengths)} have at most {FUNCTION_NINE_TENTHS} lines"
        yield Finding("function-length", "all functions", said)


def _files(sources: Mapping[str, str]) -> Iterator[Finding]:
    lines = {path: text.count("\n") for path, text in sources.items()}
    middle = median([count for count in lines.values() if count > 3] or [0])
    if middle > FILE_MEDIAN:
        yield Finding("file-length", "all files", f"half have {middle} lines or more")
    for path, count in sorted(lines.items()):
        if count > FILE_MOST:
            yield Finding("file-length", path, f"has {count} lines")
        for part in PurePosixPath(path).with_suffix("").parts:
            if part in EMPTY_NAMES:
                yield Finding("empty-name", path, f"{part} says nothing")
