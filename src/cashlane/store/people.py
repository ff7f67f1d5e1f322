"""People and machines in the database. Keys are stored as hashes only."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from psycopg import Connection

from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements

_SQL = statements("people.sql")


class KeyRow(Struct, frozen=True):
    """A machine's key: for one outlet, or for a whole agent where `outlet` is None."""

    key_hash: bytes
    name: str
    agent: int
    outlet: int | None


def add_key(connection: Connection[Any], row: KeyRow, *, now: datetime) -> None:
    """Let a machine in by a key."""
    connection.execute(
        _SQL["add_key"],
        {"key_hash": row.key_hash, "name": row.name, "agent": row.agent, "outlet": row.outlet,
         "now": now},
    )  # fmt: skip


async def live_keys(pool: Pool) -> list[KeyRow]:
    """All keys that open a door now."""
    async with transaction(pool) as connection:
        cursor = await connection.execute(_SQL["live_keys"])
        return [KeyRow(*row) for row in await cursor.fetchall()]
