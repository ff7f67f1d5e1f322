"""The line between a till and the program that answers counters: requests and answers get lost,
doubled and late on it, and either end may die meanwhile.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import Context
from random import Random
from typing import Any

from msgspec import Struct

from tests.simulation.faults import Faults
from tests.simulation.kernel import Kernel
from tests.simulation.programs import Counter, Unanswered

PATIENCE_S = 5.0
"""So long a till waits; then it is in doubt."""


class Silence(Struct, frozen=True):
    """No answer within the till's patience."""


class Line:
    """One till's line."""

    def __init__(
        self, kernel: Kernel, faults: Faults, draw: Random, home: Context,
        counters: Callable[[], Sequence[Counter]],
    ) -> None:  # fmt: skip
        self._kernel = kernel
        self._faults = faults
        self._draw = draw
        self._home = home
        self._counters = counters

    async def ask(self, verb: str, *asked: Any) -> Any:
        """The answer, or Silence."""
        answer: asyncio.Future[Any] = self._kernel.create_future()
        faults, draw = self._faults, self._draw
        for _ in range(2 if faults.hits("line-duplicate", draw) else 1):
            if not faults.hits("line-loss", draw):
                self._kernel.call_later(
                    self._late(), self._arrive, verb, asked, answer, context=self._home
                )
        timer = self._kernel.call_later(PATIENCE_S, _put, answer, Silence(), context=self._home)
        found = await answer
        timer.cancel()
        return found

    def _arrive(self, verb: str, asked: Sequence[Any], answer: "asyncio.Future[Any]") -> None:
        """At one of the programs, whichever it is; a dead one hangs up."""
        counter = self._draw.choice(self._counters())
        if counter.process.dead:
            _put(answer, Silence())
            return
        counter.process.spawn(self._serve(counter, verb, asked, answer))

    async def _serve(
        self, counter: Counter, verb: str, asked: Sequence[Any], answer: "asyncio.Future[Any]"
    ) -> None:
        found = await counter.answer(verb, *asked)
        if isinstance(found, Unanswered):
            found = Silence()
        if not self._faults.hits("line-answer-lost", self._draw):
            self._kernel.call_later(self._late(), _put, answer, found, context=self._home)

    def _late(self) -> float:
        if self._faults.hits("line-delay", self._draw):
            return min(40.0, self._draw.expovariate(1 / 3.0))
        return 0.002 + self._draw.random() * 0.03


def _put(answer: "asyncio.Future[Any]", found: Any) -> None:
    if not answer.done():
        answer.set_result(found)
