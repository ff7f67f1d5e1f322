"""Rounds and batches: how long a relay rests, and what the askers of a batch learn."""

import asyncio
from collections.abc import Sequence

import pytest

from cashlane.switch import relay as relays
from cashlane.switch.batch import Batcher
from cashlane.switch.relay import BUSY_REST_S, FULL, IDLE_S, MUCH, REST_S, relay


class _Odd(Exception):
    """The one batch of odd numbers is broken."""


async def _doubled(asks: Sequence[int]) -> Sequence[int]:
    if any(ask % 2 for ask in asks):
        raise _Odd
    return [2 * ask for ask in asks]


def test_many_asks_learn_each_their_answer_or_its_error() -> None:
    async def scenario() -> list[object]:
        batcher: Batcher[int, int] = Batcher(_doubled, 2)
        return list(await batcher.ask_all([2, 4, 1, 3, 6]))

    first, second, third, fourth, last = asyncio.run(scenario())
    assert (first, second, last) == (4, 8, 12)
    assert isinstance(third, _Odd)
    assert isinstance(fourth, _Odd)


def test_no_asks_have_no_answers() -> None:
    async def scenario() -> list[object]:
        return list(await Batcher(_doubled, 2).ask_all([]))

    assert asyncio.run(scenario()) == []


def test_rests_grow_with_idleness_and_with_work_but_not_when_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rested: list[float] = []
    rounds = iter([0, 0, 1, MUCH, FULL, 0, 0, 0, 0, 0])

    async def round_() -> int:
        try:
            return next(rounds)
        except StopIteration:
            raise asyncio.CancelledError from None

    async def sleep(seconds: float) -> None:
        rested.append(seconds)

    monkeypatch.setattr(relays.asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(relay("test", round_))
    idle = [*IDLE_S, IDLE_S[-1]]
    assert rested == [*IDLE_S[:2], REST_S, BUSY_REST_S, 0, *idle]
