"""The server's settings and the schema's state, read for the doctor."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct
from psycopg import Connection

from cashlane.store.schema import PARTITIONED, partitions
from cashlane.store.statements import statements

_SQL = statements("vitals.sql")


class Vitals(Struct, frozen=True):
    """What a doctor looks at: settings by name, months by table, constraints by name, and the
    network's country ("" where there is no network yet, or nobody said)."""

    settings: Mapping[str, str]
    months: Mapping[str, list[date]]
    constraints: frozenset[str]
    country: str


def read_vitals(connection: Connection[Any]) -> Vitals:
    """Read them all."""
    months: dict[str, list[date]] = {table: [] for table in PARTITIONED}
    for name in partitions(connection):
        table, year, month = name.rsplit("_", 2)
        months[table].append(date(int(year), int(month), 1))
    return Vitals(
        settings=dict(connection.execute(_SQL["settings"]).fetchall()),
        months=months,
        constraints=frozenset(name for (name,) in connection.execute(_SQL["constraints"])),
        country=next((code for (code,) in connection.execute(_SQL["country"])), ""),
    )
