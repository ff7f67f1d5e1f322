"""The repository's own files as text by path, read once."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house.verdict import ROOT, SOURCE

_NOT_OURS = frozenset({"__pycache__", "dist", "node_modules", "var", "vendor"})
_READ_MOST = 2 << 20


@cache
def texts() -> dict[str, str]:
    """Every text file of the checkout, by its path in it; what is not UTF-8 is left out."""
    return {path.relative_to(ROOT).as_posix(): text for path, text in _read(ROOT)}


@cache
def source() -> dict[str, str]:
    """The program's Python, by its path below src/cashlane."""
    start = SOURCE.relative_to(ROOT).as_posix() + "/"
    return {path.removeprefix(start): text for path, text in texts().items()
            if path.startswith(start) and path.endswith(".py")}  # fmt: skip


@cache
def tests() -> dict[str, str]:
    """The tests' Python by path, without the house rules themselves."""
    return {path: text for path, text in texts().items()
            if path.startswith("tests/") and path.endswith(".py")
            and not path.startswith("tests/house/")}  # fmt: skip


def folder(name: str, suffix: str) -> dict[str, str]:
    """The files below a folder of the checkout that end so, by path."""
    return {path: text for path, text in texts().items()
            if path.startswith(f"{name}/") and path.endswith(suffix)}  # fmt: skip


def pages() -> dict[str, str]:
    """All Markdown pages, by path."""
    return {path: text for path, text in texts().items() if path.endswith(".md")}


def _read(at: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(at.iterdir()):
        if path.name in _NOT_OURS or (path.name.startswith(".") and path.name != ".ci"):
            continue
        if path.is_dir():
            yield from _read(path)
        elif path.stat().st_size <= _READ_MOST:
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
