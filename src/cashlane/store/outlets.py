"""Outlets as lists tell of them: what is on record, what a list adds, how many take cash."""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, structs
from psycopg import Connection

from cashlane.core.charter import Place
from cashlane.core.outlet_list import Known
from cashlane.core.premises import Premises
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.statements import statements
from cashlane.values.datum import Datum, place
from cashlane.values.datum import Place as Received
from cashlane.values.geo import Point
from cashlane.values.text import Text

_SQL = statements("outlets.sql")


class Detail(Struct, frozen=True):
    """How an outlet is told to be, with its place as it was received."""

    outlet: int
    datum: Datum
    longitude_e6: int
    latitude_e6: int
    address: str
    hours: str
    step_free: bool | None
    transit: str
    collecting_since: date | None


class ListRow(Struct, frozen=True):
    """A list that was taken, and what came of it."""

    id: UUID
    sha256: bytes
    name: str
    agent: int
    datum: Datum
    received_at: datetime
    actor: str
    lines: int
    added: int
    changed: int
    merged: int


class Count(Struct, frozen=True):
    """Outlets of an agent: on record, enabled, and with a receipt of the last fourteen days."""

    agent: str
    outlets: int
    enabled: int
    took_cash: int


async def be_alone(work: Work) -> None:
    """Let no other list be taken until this one is: all outlets are numbered in one line."""
    await work.execute(_SQL["alone"])


async def agent_number(work: Work, code: str) -> int | None:
    """An agent's number by its code."""
    row = await (await work.execute(_SQL["agent"], {"code": code})).fetchone()
    return int(row[0]) if row is not None else None


async def known_outlets(work: Work, agent: int) -> list[Known]:
    """An agent's outlets on record."""
    rows = await (await work.execute(_SQL["known"], {"agent": agent})).fetchall()
    return [
        Known(number, code, Text(zh, en), brand, brand_code, district, Point(east, north))
        for number, code, zh, en, brand, brand_code, district, east, north in rows
    ]


async def brands_of(work: Work, agent: int) -> dict[str, str]:
    """An agent's brands: their codes by the names over the doors."""
    return dict(await (await work.execute(_SQL["brands"], {"agent": agent})).fetchall())


async def codes_of_others(work: Work, agent: int, codes: Sequence[str]) -> set[str]:
    """Which of these codes belong to another agent's outlets."""
    asked = {"agent": agent, "codes": list(codes)}
    return {code for (code,) in await (await work.execute(_SQL["codes"], asked)).fetchall()}


async def last_numbers(work: Work) -> tuple[int, int]:
    """The highest number of an outlet and of a till that was given out."""
    row = await (await work.execute(_SQL["last_numbers"])).fetchone()
    assert row is not None, "a selection of two values is one row"
    return int(row[0]), int(row[1])


async def details_of(work: Work, agent: int) -> dict[int, Detail]:
    """How an agent's outlets are as last told."""
    rows = await (await work.execute(_SQL["details"], {"agent": agent})).fetchall()
    return {row[0]: Detail(*row) for row in rows}


async def add_list(work: Work, row: ListRow) -> None:
    """Write a taken list down."""
    await work.execute(_SQL["put_list"], structs.asdict(row))


class Told(Struct, frozen=True):
    """A list that was taken, as whoever looks back sees it."""

    name: str
    agent: str
    datum: Datum
    received_at: datetime
    actor: str
    lines: int
    added: int
    changed: int
    merged: int
    sha256: str


async def lists_taken(pool: Pool, *, most: int) -> list[Told]:
    """The lists that were taken, the newest first."""
    async with transaction(pool) as work:
        rows = await (await work.execute(_SQL["lists"], {"most": most})).fetchall()
    return [Told(*row) for row in rows]


async def add_details(work: Work, row: ListRow, details: Sequence[Detail], since: date) -> None:
    """What the list tells of outlets, from a date on."""
    values = {"rows": _json(details), "since": since, "recorded_at": row.received_at}
    await work.execute(_SQL["add_details"], values | {"list": row.id})


async def put_hours(
    work: Work, outlet: int, hours: str, *, since: date, recorded_at: datetime
) -> None:
    """Other hours of an outlet from a date on."""
    values = {"outlet": outlet, "hours": hours, "since": since, "recorded_at": recorded_at}
    await work.execute(_SQL["put_hours"], values)


def put_premises(connection: Connection[Any], places: Sequence[Place]) -> None:
    """What a charter tells of premises."""
    rows = msgspec.json.encode(places)
    told = {"rows": rows.decode(), "sha256": sha256(rows).digest()}
    connection.execute(_SQL["put_premises"], told)


def read_premises(connection: Connection[Any], on: date) -> dict[int, Premises]:
    """How every outlet is found and entered on a date, by outlet."""
    rows = connection.execute(_SQL["read_premises"], {"on": on}).fetchall()
    return {outlet: Premises(*told) for outlet, *told in rows}


async def counts(pool: Pool, *, on: date, since: date) -> list[Count]:
    """Outlets by agent; `since` is the last date that does not count any more."""
    async with transaction(pool) as work:
        rows = await (await work.execute(_SQL["counts"], {"on": on, "since": since})).fetchall()
    return [Count(*row) for row in rows]


async def numbers_of(work: Work, codes: Sequence[str]) -> dict[str, int]:
    """Outlets' numbers by their codes; a code that nobody bears is not there."""
    return dict(await (await work.execute(_SQL["numbers_of"], {"codes": list(codes)})).fetchall())


async def received_at(pool: Pool, outlet: int) -> Received | None:
    """Where an outlet is as its list has it; None where nobody told."""
    async with transaction(pool) as work:
        row = await (await work.execute(_SQL["received_at"], {"outlet": outlet})).fetchone()
    return None if row is None else place(*row)


async def last_cash(pool: Pool) -> dict[int, date]:
    """The last business date on which each outlet took cash; those that never did are not there."""
    async with transaction(pool) as work:
        return dict(await (await work.execute(_SQL["last_cash"])).fetchall())


def _json(rows: Any) -> str:
    return msgspec.json.encode(rows).decode()
