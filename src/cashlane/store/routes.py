"""How ways to billers are, every change of it, and what was said about them beforehand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, structs

from cashlane.core.health import Change, Condition, Health, Pulse, Scope, probe_after
from cashlane.core.routing import Outlook, RouteNotice, Stage
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.statements import statements
from cashlane.values.text import Text

_SQL = statements("routes.sql")
Feel = Callable[[Health, Iterable[Pulse], datetime], tuple[Health, list[Change]]]
"""What pulses make of a way, and its changes."""


class StageRow(Struct, frozen=True):
    """A stage of a return as last said; an agent of 0 stands for the route as a whole."""

    agent: int
    stage: Stage
    planned: bool
    day: date
    actor: str
    recorded_at: datetime


class Routes:
    """The tables of ways."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def outlook(self, now: datetime) -> Outlook:
        """Everything known about the ways."""
        async with transaction(self._pool) as work:
            health = await _rows(work, "read_health", {})
            said = await _rows(work, "read_notices", {"now": now})
        known = [_health(row) for row in health]
        return Outlook({one.scope: one for one in known}, tuple(_notice(row) for row in said))

    async def lease_probes(self, wanted: Mapping[int, int], now: datetime) -> list[int]:
        """Of routes (with the seconds to their next probe) those that are the caller's to probe."""
        rows = _json([{"route": route, "every": every} for route, every in wanted.items()])
        async with transaction(self._pool) as work:
            found = await _rows(work, "lease_probes", {"rows": rows, "now": now})
        return [route for (route,) in found]

    async def fold(
        self, felt: Mapping[Scope, Sequence[Pulse]], now: datetime, feel: Feel
    ) -> list[Change]:
        """Make what was felt part of the shared rows, under lock; the changes that came of it."""
        async with transaction(self._pool) as work:
            told: list[Change] = []
            known = []
            for health in await _locked(work, felt, now):
                after, changes = feel(health, felt[health.scope], now)
                known.append(after)
                told += changes
            await _save(work, known, told)
        return told

    async def changes(self, since: datetime, *, most: int) -> list[Change]:
        """The latest changes of condition, the newest first."""
        async with transaction(self._pool) as work:
            rows = await _rows(work, "read_changes", {"since": since, "most": most})
        return [
            Change(Scope(route, biller, agent), at, Condition(before), Condition(after))
            for route, biller, agent, at, before, after in rows
        ]

    async def notice(self, ident: UUID) -> RouteNotice | None:
        """One notice, over or not."""
        async with transaction(self._pool) as work:
            rows = await _rows(work, "read_notice", {"id": ident})
        return _notice(rows[0]) if rows else None

    async def add_notice(self, notice: RouteNotice) -> None:
        """Say something about a way; the same notice again changes nothing."""
        values = structs.asdict(notice) | {"sentence": _json(notice.sentence)}
        async with transaction(self._pool) as work:
            await work.execute(_SQL["add_notice"], values)

    async def end_notice(
        self, notice: UUID, *, ended_at: datetime, actor: str, recorded_at: datetime
    ) -> None:
        """Say that a notice holds no longer than this."""
        values = {
            "notice": notice, "ended_at": ended_at, "actor": actor, "recorded_at": recorded_at,
        }  # fmt: skip
        async with transaction(self._pool) as work:
            await work.execute(_SQL["end_notice"], values)

    async def add_stage(self, notice: UUID, stage: StageRow) -> None:
        """Say when a stage of a return is planned or came."""
        async with transaction(self._pool) as work:
            await work.execute(_SQL["add_stage"], {"notice": notice} | structs.asdict(stage))

    async def stages(self, notice: UUID) -> list[StageRow]:
        """The stages of a return, as last said."""
        async with transaction(self._pool) as work:
            rows = await _rows(work, "read_stages", {"notice": notice})
        return [StageRow(*row) for row in rows]


async def _locked(work: Work, scopes: Iterable[Scope], now: datetime) -> list[Health]:
    """How some ways are, held until the end of the write; begun where nothing was known."""
    named = {"scopes": _json(sorted(scopes)), "now": now}
    await work.execute(_SQL["begin_health"], named)
    return [_health(row) for row in await _rows(work, "lock_health", named)]


async def _save(work: Work, known: Sequence[Health], changes: Sequence[Change]) -> None:
    """How they are from now on, and their changes."""
    rows = [
        structs.asdict(one.scope)
        | {name: getattr(one, name) for name in _KEPT}
        | {"condition": int(one.condition), "probe_due": one.heard_at + probe_after(one)}
        for one in known
    ]
    await work.execute(_SQL["save_health"], {"rows": _json(rows)})
    told = [
        structs.asdict(one.scope)
        | {"at": one.at, "place": place, "before": int(one.before), "after": int(one.after)}
        for place, one in enumerate(changes)
    ]
    if told:
        await work.execute(_SQL["add_changes"], {"rows": _json(told)})


_KEPT = ("since", "score", "heard_at", "relapses", "proven_at")


async def _rows(work: Work, name: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    cursor = await work.execute(_SQL[name], values, prepare=True)
    return await cursor.fetchall()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _health(row: tuple[Any, ...]) -> Health:
    route, biller, agent, condition, *rest = row
    return Health(Scope(route, biller, agent), Condition(condition), *rest)


def _notice(row: tuple[Any, ...]) -> RouteNotice:
    ident, route, biller, agent, kind, since, until, reason, sentence, actor, recorded_at = row
    return RouteNotice(
        ident, route, biller, agent, kind, since, until, reason,
        msgspec.convert(sentence, Text), actor, recorded_at,
    )  # fmt: skip
