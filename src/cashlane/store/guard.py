"""The coverage guard in the database: tables to which rows are added and in which none changes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from cashlane.core.access import Layer
from cashlane.core.guard import Assessment, GuardDecision, Instead, Verdict, Walker
from cashlane.core.public_cells import Partition
from cashlane.core.reduction import Reduction
from cashlane.store.connect import Pool, Single, Work, transaction
from cashlane.store.statements import statements
from cashlane.values.geo import Point

_SQL = statements("guard.sql")
NEWEST = datetime.max.replace(tzinfo=UTC), UUID(int=(1 << 128) - 1)
"""Before this are all assessments."""


class Told(Struct, frozen=True):
    """Somebody who cannot walk far, as they were told: nobody's name. `synthetic`: made up."""

    place: Point
    walk_most_m: int
    layer: Layer
    synthetic: bool


class Decided(Struct, frozen=True):
    """What was decided about an assessment; `effect`: the network changed by it."""

    at: datetime
    actor: str
    reason: str
    keep_until: date
    effect: bool


class Asked(Struct, frozen=True):
    """An assessment without its answer: what was asked in which state (`ground`) of the network,
    the figures of the answer, and by which method and rule they were found. `act_by` is the day by
    which what happened must be made good."""

    id: UUID
    made_at: datetime
    asked_by: UUID
    actor: str
    ground: int
    network_version: int
    list: UUID
    verdict: Verdict
    people: int
    elders: int
    stranded: int
    act_by: date | None
    reduction: Reduction
    method: str
    rule: str
    decided: Decided | None


async def walkers_of(pool: Pool) -> tuple[Walker, ...]:
    """Everybody who cannot walk far, by number."""
    async with transaction(pool) as work:
        rows = await (await work.execute(_SQL["walkers"])).fetchall()
    return tuple(
        Walker(number, Point(east, north), most, Layer(kind, hour, step_free))
        for number, east, north, most, kind, hour, step_free in rows
    )


def put_walkers(connection: Single, told: Sequence[Told], *, at: datetime, actor: str) -> None:
    """Note people who cannot walk far, in the connection's transaction."""
    connection.execute(_SQL["put_walkers"], _walker_values(told, at, actor))


async def add_walker(work: Work, told: Told, *, at: datetime, actor: str) -> int:
    """Note somebody who cannot walk far; answers the number."""
    row = await (
        await work.execute(_SQL["put_walkers"], _walker_values([told], at, actor))
    ).fetchone()
    assert row is not None, "an insert answers its row"
    return int(row[0])


def _walker_values(told: Sequence[Told], at: datetime, actor: str) -> dict[str, object]:
    return {"rows": _json(told), "recorded_at": at, "actor": actor}


def any_walkers(connection: Single) -> bool:
    """Whether anybody was ever noted."""
    return connection.execute(_SQL["any_walkers"]).fetchone() == (True,)


async def end_walker(work: Work, number: int, *, at: datetime, actor: str) -> None:
    """Ask for this walker no longer; ended before is ended."""
    await work.execute(_SQL["end_walker"], {"walker": number, "ended_at": at, "actor": actor})


async def add_assessment(work: Work, asked: Asked, answer: Assessment) -> None:
    """Keep what was asked and what the guard answered."""
    values = {
        name: getattr(asked, name)
        for name in ("id", "made_at", "asked_by", "actor", "ground", "network_version", "list",
                     "verdict", "people", "elders", "stranded", "act_by", "method", "rule")
    } | {
        "outlets": list(asked.reduction.outlets),
        "reduction": _json(asked.reduction),
        "answer": _json(answer),
    }  # fmt: skip
    await work.execute(_SQL["add_assessment"], values)


async def find(work: Work, ident: UUID) -> tuple[Asked, Assessment] | None:
    """An assessment with its whole answer."""
    row = await (await work.execute(_SQL["find"], {"id": ident})).fetchone()
    if row is None:
        return None
    *head, answer = row
    return _asked(tuple(head)), msgspec.convert(answer, Assessment)


async def latest(pool: Pool, *, before: tuple[datetime, UUID], most: int) -> list[Asked]:
    """The assessments before one, the newest first."""
    values = {"before": before[0], "below": before[1], "most": most}
    async with transaction(pool) as work:
        return [
            _asked(row) for row in await (await work.execute(_SQL["latest"], values)).fetchall()
        ]


async def of_outlet(pool: Pool, outlet: int, *, most: int) -> list[Asked]:
    """The latest assessments of one outlet, the newest first."""
    values = {"outlet": outlet, "most": most}
    async with transaction(pool) as work:
        rows = await (await work.execute(_SQL["of_outlet"], values)).fetchall()
    return [_asked(row) for row in rows]


async def same(
    work: Work, reduction: Reduction, instead: Sequence[Instead], *, ground: int, since: datetime
) -> UUID | None:
    """The last assessment of the same since a moment, in the same state of the network."""
    values = {
        "reduction": _json(reduction), "instead": _json(instead), "ground": ground, "since": since,
    }  # fmt: skip
    row = await (await work.execute(_SQL["same"], values)).fetchone()
    return row[0] if row is not None else None


async def to_come(work: Work, today: date) -> list[Reduction]:
    """What was allowed and has not come into force yet, in the order of its days."""
    rows = await (await work.execute(_SQL["to_come"], {"today": today.isoformat()})).fetchall()
    return [msgspec.convert(body, Reduction) for (body,) in rows]


async def effects_since(work: Work, moment: datetime) -> int:
    """How many decisions changed the network after a moment."""
    row = await (await work.execute(_SQL["effects_since"], {"since": moment})).fetchone()
    assert row is not None, "a count is one row"
    return int(row[0])


async def add_decision(
    work: Work, assessment: UUID, made: GuardDecision, *, actor: str, effect: bool
) -> bool:
    """Keep a decision; False where another came first."""
    values = {
        "assessment": assessment, "decided_at": made.at, "decided_by": made.by, "actor": actor,
        "reason": made.reason, "keep_until": made.keep_until, "effect": effect,
    }  # fmt: skip
    return await (await work.execute(_SQL["add_decision"], values)).fetchone() is not None


async def kept_partition(pool: Pool, list_: UUID, made: Partition, *, at: datetime) -> Partition:
    """The groups in which a list's people are shown: those that were kept first."""
    values = {"list": list_, "made_at": at, "groups": _json(made)}
    async with transaction(pool) as work:
        await work.execute(_SQL["keep_partition"], values)
        row = await (await work.execute(_SQL["partition"], {"list": list_})).fetchone()
    assert row is not None, "it was kept in this transaction or before"
    return msgspec.convert(row[0], Partition)


def _asked(row: tuple[Any, ...]) -> Asked:
    ident, made_at, by, actor, ground, version, list_, verdict, people, elders, *more = row
    stranded, act_by, reduction, method, rule, decided_at, decider, *last = more
    reason, keep_until, effect = last
    decided = None
    if decided_at is not None:
        decided = Decided(decided_at, decider, reason, keep_until, effect)
    return Asked(
        ident, made_at, by, actor, ground, version, list_, verdict, people, elders, stranded,
        act_by, msgspec.convert(reduction, Reduction), method, rule, decided,
    )  # fmt: skip


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
