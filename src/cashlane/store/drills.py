"""Drills in the database: two append-only tables, what was found and how often it is due."""

from collections.abc import Sequence
from typing import Any

import msgspec

from cashlane.core.drill import Finding, Record, Schedule, Thing, read_thing
from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements

_SQL = statements("drills.sql")


class Drills:
    """The tables of drills."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, record: Record) -> None:
        """Keep what a drill found; the same record again changes nothing."""
        values = {
            "id": record.id,
            "thing": record.finding.thing.spelled(),
            "began_at": record.began_at,
            "ended_at": record.ended_at,
            "actor": record.actor,
            "scheduled": record.scheduled,
            "passed": record.finding.passed,
            "finding": msgspec.json.encode(record.finding).decode(),
        }
        async with transaction(self._pool) as work:
            await work.execute(_SQL["add_drill"], values)

    async def schedule(self, schedule: Schedule) -> None:
        """Say how often a thing is to be drilled."""
        values = msgspec.structs.asdict(schedule) | {"thing": schedule.thing.spelled()}
        async with transaction(self._pool) as work:
            await work.execute(_SQL["add_schedule"], values)

    async def latest(self) -> dict[Thing, Record]:
        """The last drill of each thing that ever had one."""
        found = [_record(row) for row in await self._rows("read_latest", {})]
        return {one.finding.thing: one for one in found}

    async def of(self, thing: Thing, *, most: int) -> list[Record]:
        """The last drills of one thing, the newest first."""
        values = {"thing": thing.spelled(), "most": most}
        return [_record(row) for row in await self._rows("read_of", values)]

    async def schedules(self) -> list[Schedule]:
        """Every schedule as last said; one of 0 days is over."""
        return [
            Schedule(_thing(thing), every_days, actor, recorded_at)
            for thing, every_days, actor, recorded_at in await self._rows("read_schedules", {})
        ]

    async def _rows(self, name: str, values: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
        async with transaction(self._pool) as work:
            return await (await work.execute(_SQL[name], values, prepare=True)).fetchall()


def _record(row: tuple[Any, ...]) -> Record:
    ident, began_at, ended_at, actor, scheduled, finding = row
    found = msgspec.convert(finding, Finding)
    return Record(ident, began_at, ended_at, actor, scheduled, found)


def _thing(text: str) -> Thing:
    thing = read_thing(text)
    assert thing is not None, "the table checks how a thing is spelled"
    return thing
