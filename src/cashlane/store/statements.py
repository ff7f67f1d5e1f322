"""Named SQL: each statement lives in a .sql file under `-- name: one_word`, beside its Python."""

import re
from pathlib import Path
from typing import LiteralString, cast

_NAME = re.compile(r"^-- name: ([a-z_]+)$", re.MULTILINE)


def statements(file: str) -> dict[str, LiteralString]:
    """The statements of a .sql file of this folder, by name; their text is ours, so literal."""
    text = (Path(__file__).parent / file).read_text(encoding="utf-8")
    _, *parts = _NAME.split(text)
    found = dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))
    assert len(found) * 2 == len(parts), f"{file}: two statements have one name"
    return cast(dict[str, LiteralString], found)
