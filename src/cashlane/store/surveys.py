"""Surveys of who needs a counter: taken once, kept as they were."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, structs
from psycopg import Connection

from cashlane.core.survey import Needed, Survey
from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements

_SQL = statements("surveys.sql")


class SurveyRow(Struct, frozen=True):
    """A survey that was taken, about the places of one list."""

    id: UUID
    sha256: bytes
    name: str
    made_by: str
    ended_on: date
    demand_list: UUID
    received_at: datetime
    actor: str
    places: int


def is_known(connection: Connection[Any], digest: bytes) -> bool:
    """Whether this very file was taken before."""
    return connection.execute(_SQL["known"], {"sha256": digest}).fetchone() is not None


def put_survey(connection: Connection[Any], row: SurveyRow, found: Sequence[Needed]) -> None:
    """Write a survey down, in the connection's transaction."""
    connection.execute(_SQL["put_survey"], structs.asdict(row))
    rows = msgspec.json.encode(found).decode()
    connection.execute(_SQL["put_places"], {"survey": row.id, "rows": rows})


async def read_surveys(pool: Pool, demand_list: UUID, *, most: int) -> list[Survey]:
    """The surveys about the places of a list, the latest ended first."""
    async with transaction(pool) as work:
        asked = {"demand_list": demand_list, "most": most}
        heads = await (await work.execute(_SQL["surveys_of"], asked)).fetchall()
        rows = [SurveyRow(*head) for head in heads]
        cursor = await work.execute(_SQL["places_of"], {"surveys": [row.id for row in rows]})
        told: dict[UUID, list[Needed]] = {}
        for survey, *found in await cursor.fetchall():
            told.setdefault(survey, []).append(Needed(*found))
    return [Survey(row.made_by, row.ended_on, tuple(told.get(row.id, ()))) for row in rows]
