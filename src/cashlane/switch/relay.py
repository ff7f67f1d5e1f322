"""Relays: rounds of work that go on by themselves, rest when idle, and survive bad moments."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from cashlane.store.connect import DayNotOpen, Lost, Moved

REST_S, BUSY_REST_S = 0.02, 0.2
"""Rests after a round that found work, and after one that found much: what comes meanwhile is done
together, and costs a fraction each. Nobody at a counter can tell."""
MUCH, FULL = 20, 400
"""So much in one round is much; this leaves nothing to wait for, and the next begins at once."""
IDLE_S = (0.02, 0.05, 0.1, 0.25)
"""Rests between empty rounds, the last one repeated."""
TROUBLED_S = 1.0
"""The rest after an error: a database that is away is not hammered."""

_log = structlog.get_logger("relay")
Round = Callable[[], Awaitable[int]]


async def relay(name: str, round_: Round) -> None:
    """Do rounds until cancelled. What the database cannot do now is tried again later."""
    idle = 0
    while True:
        try:
            done = await round_()
        except (Lost, Moved, DayNotOpen) as error:
            _log.warning("relay.waits", relay=name, why=type(error).__name__)
            await asyncio.sleep(TROUBLED_S)
            continue
        except Exception:
            _log.exception("relay.defect", relay=name)
            await asyncio.sleep(TROUBLED_S)
            continue
        idle = 0 if done else min(idle + 1, len(IDLE_S))
        await asyncio.sleep(_rest_s(done, idle))


def _rest_s(done: int, idle: int) -> float:
    if idle:
        return IDLE_S[idle - 1]
    if done >= FULL:
        return 0
    return BUSY_REST_S if done >= MUCH else REST_S


async def relay_all(rounds: Mapping[str, Round]) -> None:
    """All relays of a worker, side by side, until cancelled."""
    async with asyncio.TaskGroup() as group:
        for name, round_ in rounds.items():
            group.create_task(relay(name, round_))
