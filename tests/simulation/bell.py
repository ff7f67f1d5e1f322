"""What wakes an idle relay: something of its kind has become due, by the clock of its program.

Production's relays look several times a second; here nearly all those looks would find nothing.
One that is woken is still late by chance, and looks again by itself: its clock may have jumped.
"""

from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from datetime import datetime, timedelta
from typing import Any, Literal

from cashlane.core.clock import Clock
from cashlane.core.record import ErrandKind
from cashlane.switch.mark import SWEEP_AFTER
from cashlane.switch.relay import Round
from tests.simulation.kernel import PROCESS, Handle, Kernel
from tests.simulation.tables import Tables

HOLDS: Literal["holds"] = "holds"
"""What the sweeper waits for: a hold that has lapsed for long enough."""
Kind = ErrandKind | Literal["holds"]


class Bell:
    """Wakes who waits for rows of a kind."""

    def __init__(self, kernel: Kernel, tables: Tables) -> None:
        self._kernel = kernel
        self._tables = tables
        self._asleep: dict[Kind, dict[Sleeper, None]] = {}
        self.look_again_s = 30.0
        """Nobody sleeps for longer, whatever is due."""
        tables.ring = self._ring

    def _ring(self, kind: Kind, due_at: datetime) -> None:
        """A row of this kind will be due then."""
        for sleeper in list(self._asleep.get(kind, ())):
            if sleeper.is_dead():
                self._up(sleeper)
            else:
                sleeper.not_beyond(due_at + SWEEP_AFTER if kind == HOLDS else due_at)

    def _up(self, sleeper: "Sleeper") -> None:
        for kind in sleeper.kinds:
            self._asleep[kind].pop(sleeper, None)

    async def sleep(self, kinds: Sequence[Kind], clock: Clock, seconds: float) -> None:
        """At most so long: less where something becomes due before."""
        sleeper = Sleeper(self._kernel, kinds, clock, seconds)
        for kind in kinds:
            self._asleep.setdefault(kind, {})[sleeper] = None
        await sleeper.rested
        self._up(sleeper)

    def woken(
        self, kinds: Sequence[Kind], round_: Round, clock: Clock, late: Callable[[], float]
    ) -> Round:
        """The same round, begun when there may be something for it to do; `late` draws how many
        seconds after that."""

        async def once() -> int:
            wait = self._wait_s(kinds, clock)
            while wait > 0:
                await self.sleep(kinds, clock, wait)
                await self._kernel.pause(late())
                if wait == self.look_again_s:
                    break
                wait = self._wait_s(kinds, clock)
            return await round_()

        return once

    def _wait_s(self, kinds: Sequence[Kind], clock: Clock) -> float:
        """Seconds until the first of them is due."""
        found = [at for kind in kinds if (at := self._soonest(kind)) is not None]
        if not found:
            return self.look_again_s
        return min((min(found) - clock.now()).total_seconds(), self.look_again_s)

    def _soonest(self, kind: Kind) -> datetime | None:
        if kind != HOLDS:
            return self._tables.soonest(kind)
        lapse = self._tables.soonest_lapse()
        return None if lapse is None else lapse + SWEEP_AFTER


class Sleeper:
    """One relay that sleeps."""

    def __init__(
        self, kernel: Kernel, kinds: Sequence[Kind], clock: Clock, seconds: float
    ) -> None:  # fmt: skip
        self.kinds = kinds
        self.rested = kernel.create_future()
        self._kernel = kernel
        self._clock = clock
        self._context: Context = copy_context()
        self._alarm: Handle = self._set_alarm(seconds)

    def is_dead(self) -> bool:
        """Whether its program died in its sleep."""
        process = self._context.get(PROCESS)
        return process is not None and process.dead

    def not_beyond(self, due_at: datetime) -> None:
        """Sleep no longer than until something is due by its own clock."""
        seconds = max(0.0, (due_at - self._clock.now()) / timedelta(seconds=1))
        if self._kernel.time() + seconds < self._alarm.when():
            self._alarm.cancel()
            self._alarm = self._set_alarm(seconds)

    def _set_alarm(self, seconds: float) -> Any:
        return self._kernel.call_later(seconds, _rise, self.rested, context=self._context)


def _rise(rested: Any) -> None:
    if not rested.done():
        rested.set_result(None)
