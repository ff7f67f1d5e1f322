"""Business days: which one is open, opening the next, cutting the last."""

from datetime import date, datetime
from typing import Any

from psycopg import Connection

from cashlane.core.network import Day
from cashlane.store.statements import statements

_SQL = statements("days.sql")


def latest_day(connection: Connection[Any]) -> Day | None:
    """The latest business day; None before the first."""
    row = connection.execute(_SQL["latest"]).fetchone()
    return Day(*row) if row is not None else None


def open_day(connection: Connection[Any], day: date, *, now: datetime) -> None:
    """Open a business day unless it exists."""
    connection.execute(_SQL["open"], {"day": day, "now": now})


def cut_day(connection: Connection[Any], day: date, *, now: datetime) -> bool:
    """Cut a business day; False where it was not open."""
    return connection.execute(_SQL["cut"], {"day": day, "now": now}).rowcount == 1
