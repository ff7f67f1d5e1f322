"""Parquet files of archived months: made of lines of text, and read back as the same lines.

One form of text stands between the database and a file - CSV with every value quoted, moments in
UTC to the microsecond - so that both sides can be compared byte by byte.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from cashlane.store.statements import statements

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SQL = statements("parquet.sql")
ROW_GROUP = 16_384
"""Rows that are read to find one: a receipt check looks into one group, some tens of kilobytes."""
MEMORY_MOST = "256MB"
"""Far above what one row group takes; whatever a month's size, an archive never needs more."""
THREADS = 2
"""Files are read beside the counters: more would take the processors from them."""
_READ_AT_ONCE = 1 << 20


class Column(Struct, frozen=True):
    """A column and its type as PostgreSQL calls it."""

    name: str
    kind: str


class _Kind(Struct, frozen=True):
    """A column type in the file, and how its values are written as text and read as themselves."""

    stored: str
    as_text: str = "{}"
    as_value: str = "{}"


_MOMENT = "strftime({}, '%Y-%m-%dT%H:%M:%S.%fZ')"
_KINDS: dict[str, _Kind] = {
    "smallint": _Kind("SMALLINT"),
    "integer": _Kind("INTEGER"),
    "bigint": _Kind("BIGINT"),
    "text": _Kind("VARCHAR"),
    "uuid": _Kind("UUID"),
    "date": _Kind("DATE"),
    "boolean": _Kind("BOOLEAN", "{}::INTEGER"),
    "timestamp with time zone": _Kind("TIMESTAMPTZ", _MOMENT, _MOMENT),
}


class UnreadableError(Exception):
    """A file of an archive is missing, or is no such file."""


def pack(lines: Path, file: Path, columns: Sequence[Column]) -> None:
    """Make a Parquet file of lines, and have it on the disk."""
    spec = ", ".join(f"{one.name}: {_quoted(_KINDS[one.kind].stored)}" for one in columns)
    _run("pack", lines=_quoted(lines), columns=f"{{{spec}}}", file=_quoted(file), group=ROW_GROUP)
    with file.open("rb") as done:
        os.fsync(done.fileno())


def unpack(file: Path, lines: Path, columns: Sequence[Column]) -> None:
    """Write a file's rows as the lines that it was made of. Raises UnreadableError."""
    texts = [_KINDS[one.kind].as_text.format(one.name) for one in columns]
    _run("unpack", columns=", ".join(texts), file=_quoted(file), lines=_quoted(lines))


def find(
    file: Path, columns: Sequence[Column], where: Mapping[str, int | date | UUID]
) -> list[dict[str, Any]]:
    """The rows of a file whose columns have these values. Raises UnreadableError."""
    values = [_KINDS[one.kind].as_value.format(one.name) for one in columns]
    kinds = {one.name: _KINDS[one.kind].stored for one in columns}
    condition = " AND ".join(
        f"{name} = {_quoted(value)}::{kinds[name]}" for name, value in where.items()
    )
    rows = _run("find", columns=", ".join(values), file=_quoted(file), condition=condition)
    return [_row(columns, row) for row in rows]


def _row(columns: Sequence[Column], values: Sequence[Any]) -> dict[str, Any]:
    return {
        one.name: datetime.fromisoformat(value)
        if one.kind.startswith("timestamp") and value is not None
        else value
        for one, value in zip(columns, values, strict=True)
    }


def digest(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises UnreadableError."""
    seal = hashlib.sha256()
    try:
        with file.open("rb") as read:
            while chunk := read.read(_READ_AT_ONCE):
                seal.update(chunk)
    except OSError as error:
        raise UnreadableError(str(error)) from error
    return seal.hexdigest()


@cache
def _reader() -> "DuckDBPyConnection":
    """One for the process, loaded by the first who needs it: most programs never do. Nothing of
    its own is fetched: it reads and writes what it is told to."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False, "autoload_known_extensions": False,
        "memory_limit": MEMORY_MOST, "threads": THREADS,
    }  # fmt: skip
    reader = duckdb.connect(":memory:", config=settings)
    reader.execute(_SQL["settings"])
    return reader


def _run(statement: str, **places: object) -> list[Any]:
    from duckdb import Error

    try:
        with _reader().cursor() as cursor:
            return cursor.execute(_SQL[statement].format(**places)).fetchall()
    except Error as error:
        raise UnreadableError(str(error)) from error


def _quoted(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
