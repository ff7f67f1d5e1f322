"""Outlets that fall silent, in the database: days counted by outlet, alarms and words about them,
all of it added to and never changed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from cashlane.core.silence_alarm import Basis, Pace, Silence, Taking
from cashlane.core.usual_days import Counted
from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements

_SQL = statements("silence.sql")
COUNTED_BACK_DAYS = 60
"""Business days of before that are still counted: twice what rates are read from."""


class Word(Struct, frozen=True):
    """What was said about an alarm, or what ended it: `payment` where one did, `back_on` where
    somebody said when the outlet takes cash again."""

    said_at: datetime
    kind: Literal["acknowledged", "cleared"]
    why: Literal["payment", "off", "word"]
    payment: UUID | None
    back_on: date | None
    note: str
    actor: str


class Alarm(Struct, frozen=True):
    """An outlet was silent for longer than its pace lets one expect, on the day `through` was
    counted; `silent` in thousandths of a usual day."""

    outlet: int
    through: date
    last: date | None
    silent: int
    pace: Pace
    basis: Basis
    raised_at: datetime
    words: tuple[Word, ...]

    @property
    def cleared(self) -> Word | None:
        """What ended it, if anything has."""
        return next((one for one in self.words if one.kind == "cleared"), None)


class SilenceRows:
    """The tables; figures are read by the watching pool, words written by the hub's."""

    def __init__(self, hub: Pool, watch: Pool) -> None:
        self._hub = hub
        self._watch = watch

    async def count_days(self, now: datetime) -> int:
        """Count the business days that were cut, each in a write of its own; how many."""
        days = await self._read("uncounted", {"days": COUNTED_BACK_DAYS})
        for (day,) in days:
            await self._write("count_day", {"day": day, "now": now})
        return len(days)

    async def note_shut(self, agents: Iterable[int], now: datetime) -> None:
        """Agents whose every way is closed, on the latest business day."""
        await self._write("put_shut", {"agents": sorted(agents), "now": now})

    async def counted(self, most: int) -> Counted:
        """What all agents took on the latest business days that were counted."""
        days = tuple(sorted(day for (day,) in await self._read("days", {"most": most})))
        if not days:
            return Counted((), {}, frozenset())
        first = {"first": days[0]}
        taken = await self._read("taken", first)
        shut = await self._read("shut", first)
        return Counted(days, _by_agent(days, taken), frozenset((agent, day) for agent, day in shut))

    async def takings(self, first: date, *, window: int) -> list[Taking]:
        """Every outlet's; its payments are those of so many days up to the last, after `first`."""
        rows = await self._read("takings", {"first": first, "window": window})
        return [Taking(*row) for row in rows]

    async def raise_alarms(self, silent: Iterable[Silence], through: date, now: datetime) -> int:
        """Raise the alarm where none is raised; how many were."""
        rows = [
            {"outlet": one.outlet, "last": one.last, "silent": one.days, "basis": one.basis,
             "payments": one.pace.payments, "days": one.pace.days}
            for one in silent
            if one.pace is not None
        ]  # fmt: skip
        text = msgspec.json.encode(rows).decode()
        return await self._write("raise", {"rows": text, "through": through, "now": now})

    async def clear(self, off: Iterable[int], now: datetime) -> int:
        """End the alarms of outlets that took cash again or are off; how many ended."""
        paid = await self._write("clear_paid", {"now": now})
        return paid + await self._write("clear_off", {"outlets": sorted(off), "now": now})

    async def say(
        self, outlet: int, *, kind: str, back_on: date | None, note: str, actor: str, now: datetime
    ) -> bool:
        """Say something about an outlet's alarm; whether it has one."""
        values = {
            "outlet": outlet, "kind": kind, "back_on": back_on, "note": note, "actor": actor,
            "now": now,
        }  # fmt: skip
        return await self._write("say", values) == 1

    async def of_outlet(self, outlet: int, *, most: int) -> list[Alarm]:
        """An outlet's latest alarms, the newest first."""
        return _alarms(await self._read("of_outlet", {"outlet": outlet, "most": most}))

    async def _read(self, name: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        async with transaction(self._watch) as work:
            return await (await work.execute(_SQL[name], values)).fetchall()

    async def _write(self, name: str, values: Mapping[str, object]) -> int:
        async with transaction(self._hub) as work:
            return (await work.execute(_SQL[name], values)).rowcount


def _by_agent(
    days: Sequence[date], rows: Iterable[tuple[int, date, int]]
) -> dict[int, tuple[int, ...]]:
    found: dict[int, dict[date, int]] = {}
    for agent, day, payments in rows:
        found.setdefault(agent, {})[day] = payments
    return {agent: tuple(each.get(day, 0) for day in days) for agent, each in found.items()}


def _alarms(rows: Sequence[tuple[Any, ...]]) -> list[Alarm]:
    found = []
    for _, group in groupby(rows, key=itemgetter(1)):
        said = list(group)
        outlet, through, last, silent, payments, days, basis, raised_at = said[0][:8]
        words = tuple(Word(*row[8:]) for row in said if row[8] is not None)
        pace = Pace(payments, days)
        found.append(Alarm(outlet, through, last, silent, pace, basis, raised_at, words))
    return found
