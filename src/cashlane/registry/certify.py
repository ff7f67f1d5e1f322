"""Certify a route: run the trials on its sandbox, wait out its grace and its day, and judge.

What a partner claims is compared with what it was seen to do; nothing is taken on trust.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from cashlane.core.conformance import Judgement, judge
from cashlane.core.evidence import Evidence, Heard, Measures, Trial
from cashlane.core.partner_sheet import Sheet
from cashlane.core.ports import Delivery, Unknown
from cashlane.registry import trials
from cashlane.registry.bench import Bench, Notes, Tools
from cashlane.values.text import Text

FOLLOW_PERCENT = (0, 25, 50, 75, 100, 125, 150)
"""When payments are asked about again, in percent of the grace: twice after it, as flows do."""
LATE_WAIT_S_MOST = 600
"""A sandbox's day that is longer than ten minutes is not waited for: the run is continued."""


class Owed(Struct, frozen=True):
    """A repeat that must still be tried when the sandbox's day has passed."""

    delivery: Delivery
    first: Heard
    sent_at: datetime


class Run(Struct, frozen=True):
    """One finished run: what was seen, what it earns, and what is still owed."""

    begun_at: datetime
    ended_at: datetime
    evidence: Evidence
    judgement: Judgement
    owed: tuple[Owed, ...]


class Stranger(Struct, frozen=True):
    """What answers is no such partner: nothing was tried."""

    why: Text


async def certify(sheet: Sheet, tools: Tools, owed: Sequence[Owed]) -> Run | Stranger:
    """Run all trials. `owed` are late repeats of an earlier run whose day has passed by now."""
    async with tools.open_wire() as wire:
        bench = Bench(sheet, tools, wire, Notes(sheet, tools.clock.elapsed()))
        return await _run(bench, owed)


async def _run(bench: Bench, owed: Sequence[Owed]) -> Run | Stranger:
    sheet, begun_at = bench.sheet, bench.now()
    stranger = await _greet(bench)
    if stranger is not None:
        return stranger
    due = [one for one in owed if _is_due(one, sheet, begun_at)]
    await _repeat_owed(bench, due)
    first = await _begin_late(bench) if not due else None
    await trials.at_once(bench)
    looked_ms = await _follow(bench)
    await trials.sizes(bench)
    await trials.rates(bench)
    left = await _repeat_late(bench, first) if first is not None else ()
    await _ask_all(bench)
    book = await bench.statement()
    ended_at = bench.now()
    days = tuple(sorted({moment.date().isoformat() for moment in (begun_at, ended_at)}))
    measures = Measures(sheet.answer_within_ms, looked_ms, days)
    evidence = Evidence(sheet.claimed, measures, tuple(bench.heard), book)
    return Run(begun_at, ended_at, evidence, judge(evidence), left)


async def _greet(bench: Bench) -> Stranger | None:
    """Ask about a payment never sent. Slow is no stranger; another language is."""
    one = bench.fresh(bench.sheet.refused[0].bill)
    (found,) = await bench.enquire("never_sent", one)
    heard = bench.heard.pop()
    if isinstance(found, Unknown) and heard.took_ms < bench.sheet.attempt_ms:
        # The wire's own words, the same in every language.
        return Stranger(Text(found.why, found.why))
    return None


# A day later.


def _is_due(owed: Owed, sheet: Sheet, now: datetime) -> bool:
    return (now - owed.sent_at).total_seconds() >= sheet.day_s


async def _repeat_owed(bench: Bench, due: Sequence[Owed]) -> None:
    for one in due:
        bench.heard.append(replace(one.first, at_ms=0))
        await _again(bench, one.delivery)


async def _again(bench: Bench, delivery: Delivery) -> None:
    await bench.send("repeat_late", replace(delivery, attempt=2))
    await bench.enquire("repeat_late", delivery)


async def _begin_late(bench: Bench) -> Owed:
    one = bench.fresh(bench.bill())
    await bench.send("repeat_late", one)
    return Owed(one, bench.heard[-1], bench.now())


async def _repeat_late(bench: Bench, owed: Owed) -> tuple[Owed, ...]:
    """The repeat a day later, or the debt of it where the day is too long to wait."""
    if bench.sheet.day_s > LATE_WAIT_S_MOST:
        return (owed,)
    await bench.wait_until_ms(owed.first.at_ms + owed.first.took_ms + bench.sheet.day_s * 1000)
    await _again(bench, owed.delivery)
    return ()


# Through the grace and beyond.


async def _follow(bench: Bench) -> int:
    """Ask about all tracked payments again and again; how long after the last of them, in ms."""
    begun, grace_ms = bench.elapsed_ms(), bench.sheet.claimed.grace_s * 1000
    for percent in FOLLOW_PERCENT:
        await bench.wait_until_ms(begun + grace_ms * percent // 100)
        last = bench.elapsed_ms()
        await _ask_all(bench)
    return last - begun


async def _ask_all(bench: Bench) -> None:
    by_trial: dict[Trial, list[Delivery]] = {}
    for trial, delivery in bench.tracked:
        by_trial.setdefault(trial, []).append(delivery)
    await asyncio.gather(*(bench.enquire(trial, *each) for trial, each in by_trial.items()))
