"""Archived rows laid beside the live ones, in one connection, for those who read the books whole.

Files that are not what their manifest says are named, and not read.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import msgspec
from msgspec import Struct
from psycopg import Connection, sql

from cashlane.core.archiving import name
from cashlane.store.archives import TABLES, Manifest
from cashlane.store.parquet import UnreadableError, digest, unpack
from cashlane.store.statements import statements

_SQL = statements("archives.sql")
MANIFEST = "manifest.json"
_READ_AT_ONCE = 1 << 20


class Trouble(Struct, frozen=True):
    """A file of an archive that cannot be believed, or is not there."""

    code: Literal["ARCHIVE_MISSING", "ARCHIVE_ALTERED"]
    place: str


def file_of(folder: Path, manifest: Manifest, table: str) -> Path:
    """Where a month's file of a table lies."""
    return folder / name(manifest.month) / f"{table}.parquet"


def troubles(folder: Path | None, manifest: Manifest) -> list[Trouble]:
    """What is wrong with a month's files, by their SHA-256 and by the manifest beside them."""
    if folder is None or not (place := folder / name(manifest.month)).is_dir():
        return [Trouble("ARCHIVE_MISSING", f"{folder or '-'}: {name(manifest.month)}")]
    found = [_trouble(folder, manifest, table) for table in TABLES]
    if not _same_manifest(place / MANIFEST, manifest):
        found.append(Trouble("ARCHIVE_ALTERED", str(place / MANIFEST)))
    return [one for one in found if one is not None]


def _trouble(folder: Path, manifest: Manifest, table: str) -> Trouble | None:
    file = file_of(folder, manifest, table)
    try:
        same = digest(file) == manifest.tables[table].sha256
    except UnreadableError:
        return Trouble("ARCHIVE_MISSING", str(file))
    return None if same else Trouble("ARCHIVE_ALTERED", str(file))


def _same_manifest(file: Path, manifest: Manifest) -> bool:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Manifest) == manifest
    except (OSError, msgspec.DecodeError):
        return False


def lay_beside(
    connection: Connection[Any], folder: Path | None, manifests: Mapping[date, Manifest]
) -> list[Trouble]:
    """Have the connection see the rows of archived months; answer what could not be read."""
    if not manifests:
        return []
    found: list[Trouble] = []
    for table in TABLES:
        _run(connection, "shadow", table=table)
    for manifest in manifests.values():
        wrong = troubles(folder, manifest)
        found += wrong
        if folder is not None and not wrong:
            _lay(connection, folder, manifest)
    for table in TABLES:
        _run(connection, "find_by_bucket", table=table)
        _run(connection, "weigh", table=table)
        _run(connection, "show", table=table)
    return found


def _lay(connection: Connection[Any], folder: Path, manifest: Manifest) -> None:
    with TemporaryDirectory(prefix="cashlane-archive-") as spare:
        for table, packed in manifest.tables.items():
            lines = Path(spare) / f"{table}.csv"
            unpack(file_of(folder, manifest, table), lines, packed.columns)
            _fill(connection, table, [one.name for one in packed.columns], lines)
            lines.unlink()


def _fill(connection: Connection[Any], table: str, columns: Sequence[str], lines: Path) -> None:
    query = sql.SQL(_SQL["fill"]).format(
        rows=_rows(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with (
        lines.open("rb") as read,
        connection.cursor() as cursor,
        cursor.copy(query) as copy,
    ):
        while chunk := read.read(_READ_AT_ONCE):
            copy.write(chunk)


def _run(connection: Connection[Any], statement: str, *, table: str) -> None:
    query = sql.SQL(_SQL[statement]).format(table=sql.Identifier(table), rows=_rows(table))
    connection.execute(query)


def _rows(table: str) -> sql.Identifier:
    return sql.Identifier(f"archived_{table}")
