"""Where people live: lists as they were handed in, the latest in force."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, structs
from psycopg import Connection

from cashlane.core.demand_list import Neighbourhood
from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements
from cashlane.values.datum import Datum
from cashlane.values.geo import Point
from cashlane.values.text import Text

_SQL = statements("demand.sql")


class DemandRow(Struct, frozen=True):
    """A list that was taken. `synthetic`: its places are made up, and every figure that rests on
    them says so."""

    id: UUID
    sha256: bytes
    name: str
    datum: Datum
    synthetic: bool
    received_at: datetime
    actor: str
    points: int


class Demand(Struct, frozen=True):
    """Where people live as far as it is known: the list in force and its places; None and nobody
    before the first."""

    row: DemandRow | None
    places: tuple[Neighbourhood, ...]


def latest_row(connection: Connection[Any]) -> DemandRow | None:
    """The list in force."""
    found = connection.execute(_SQL["latest"]).fetchone()
    return DemandRow(*found) if found is not None else None


def put_demand(
    connection: Connection[Any], row: DemandRow, places: Sequence[Neighbourhood]
) -> None:
    """Bring a list into force, in the connection's transaction."""
    connection.execute(_SQL["put_list"], structs.asdict(row))
    rows = msgspec.json.encode(places).decode()
    connection.execute(_SQL["put_points"], {"list": row.id, "rows": rows})


def lists_taken(connection: Connection[Any], *, most: int) -> list[DemandRow]:
    """The lists that were taken, the newest first."""
    return [DemandRow(*row) for row in connection.execute(_SQL["lists"], {"most": most})]


async def read_demand(pool: Pool, known: Demand | None) -> Demand:
    """The list in force with its places; the one that is known where it is still in force."""
    async with transaction(pool) as work:
        head = await (await work.execute(_SQL["latest"])).fetchone()
        if head is None:
            return Demand(None, ())
        row = DemandRow(*head)
        if known is not None and known.row == row:
            return known
        rows = await (await work.execute(_SQL["points"], {"list": row.id})).fetchall()
    return Demand(row, tuple(_neighbourhood(*one) for one in rows))


def _neighbourhood(
    number: int, zh: str, en: str, district: str, longitude: int, latitude: int, people: list[int]
) -> Neighbourhood:
    place = Point(longitude, latitude)
    return Neighbourhood(number, Text(zh, en), district, place, tuple(people))
