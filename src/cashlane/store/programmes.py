"""Programmes at outlets in the database: lists, and what was told last of each thing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct, structs
from psycopg import Connection

from cashlane.core.programme import Attendance, Book, Placement, Programme
from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements
from cashlane.values.text import Text

_SQL = statements("programmes.sql")


class ListRow(Struct, frozen=True):
    """A list that was taken. `told`: rows of it that said something new; `synthetic`: what it tells
    is made up, and every figure that rests on it says so."""

    id: UUID
    sha256: bytes
    kind: Literal["placements", "visits"]
    name: str
    synthetic: bool
    received_at: datetime
    actor: str
    lines: int
    told: int


def outlet_numbers(connection: Connection[Any]) -> dict[str, int]:
    """All outlets' numbers by their codes."""
    return dict(connection.execute(_SQL["outlets"]).fetchall())


def read_programmes(connection: Connection[Any]) -> dict[str, Programme]:
    """The programmes on record, by code."""
    return _named(connection.execute(_SQL["names"]).fetchall())


def read_placements(connection: Connection[Any]) -> tuple[Placement, ...]:
    """How programmes stand at outlets, as last told."""
    return tuple(Placement(*row) for row in connection.execute(_SQL["placements"]).fetchall())


def attendances_in(connection: Connection[Any], months: Iterable[date]) -> list[Attendance]:
    """Who came in some months, as last told."""
    rows = connection.execute(_SQL["visits_in"], {"months": sorted(set(months))}).fetchall()
    return [Attendance(*row) for row in rows]


def put_placements(
    connection: Connection[Any], row: ListRow, named: Sequence[Programme],
    placed: Sequence[Placement],
) -> None:  # fmt: skip
    """Write a list of placements down, in the connection's transaction."""
    connection.execute(_SQL["put_list"], structs.asdict(row))
    said = {"list": row.id, "recorded_at": row.received_at}
    connection.execute(_SQL["put_names"], said | {"rows": _json(named)})
    connection.execute(_SQL["put_placements"], said | {"rows": _json(placed)})


def put_visits(connection: Connection[Any], row: ListRow, counted: Sequence[Attendance]) -> None:
    """Write a list of who came down, in the connection's transaction."""
    connection.execute(_SQL["put_list"], structs.asdict(row))
    said = {"list": row.id, "recorded_at": row.received_at, "rows": _json(counted)}
    connection.execute(_SQL["put_visits"], said)


def lists_taken(connection: Connection[Any], *, most: int) -> list[ListRow]:
    """The lists that were taken, the newest first."""
    return [ListRow(*row) for row in connection.execute(_SQL["lists"], {"most": most})]


class ProgrammeRows:
    """Reads as the watching role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def book(self) -> Book:
        """All that is known, with the latest month of which anybody told."""
        async with transaction(self._pool) as work:
            names = await (await work.execute(_SQL["names"])).fetchall()
            placed = await (await work.execute(_SQL["placements"])).fetchall()
            head = await (await work.execute(_SQL["latest_month"])).fetchone()
            assert head is not None, "a selection of two values is one row"
            month, synthetic = head
            asked = {"months": [month] if month is not None else []}
            came = await (await work.execute(_SQL["visits_in"], asked)).fetchall()
        return Book(
            _named(names),
            tuple(Placement(*row) for row in placed),
            tuple(Attendance(*row) for row in came),
            synthetic,
        )

    async def attendances_at(self, outlet: int, *, most: int) -> list[Attendance]:
        """Who came to an outlet, month by month, the latest first."""
        async with transaction(self._pool) as work:
            asked = {"outlet": outlet, "most": most}
            rows = await (await work.execute(_SQL["visits_at"], asked)).fetchall()
        return [Attendance(*row) for row in rows]


def _named(rows: Iterable[Sequence[str]]) -> dict[str, Programme]:
    return {
        code: Programme(code, Text(zh, en), Text(about_zh, about_en))
        for code, zh, en, about_zh, about_en in rows
    }


def _json(rows: Any) -> str:
    return msgspec.json.encode(rows).decode()
