"""What wakes an idle relay: something of its kind has become due, by the clock of its program.

Production's relays look several times a second; here nearly all those looks would find nothing.
One that is woken is still late by chance, and looks again by itself: its clock may have jumped.
"""

from collections.abc import Callable, Sequence
from contextvars import Context
from datetime import datetime
from typing import Any, Literal

from cashlane.core.clock import Clock
from cashlane.core.record import ErrandKind
from cashlane.switch.mark import SWEEP_AFTER
from cashlane.switch.relay import Round
from tests.simulation.kernel import PROCESS, Kernel, Pause
from tests.simulation.tables import HOLDS, Tables

Kind = ErrandKind | Literal["holds"]


class Bell:
    """Wakes who waits for rows of a kind."""

    def __init__(self, kernel: Kernel, tables: Tables) -> None:
        self._kernel = kernel
        self._tables = tables
        self._asleep: dict[Kind, dict[Sleep, None]] = {}
        self.look_again_s = 30.0
        """Nobody sleeps for longer, whatever is due."""
        tables.ring = self._ring

    def _ring(self, kind: Kind, due_at: datetime) -> None:
        """A row of this kind will be due then."""
        for sleep in list(self._asleep.get(kind, ())):
            if sleep.is_over():
                self._up(sleep)
            else:
                sleep.not_beyond(due_at + SWEEP_AFTER if kind == HOLDS else due_at)

    def _up(self, sleep: "Sleep") -> None:
        for kind in sleep.kinds:
            self._asleep[kind].pop(sleep, None)

    def woken(
        self, kinds: Sequence[Kind], round_: Round, clock: Clock, late: Callable[[], float]
    ) -> Round:
        """The same round, begun when there may be something for it to do; `late` draws how many
        seconds after that."""

        async def once() -> int:
            wait_s = self._wait_s(kinds, clock)
            while wait_s > 0:
                sleep = Sleep(self._kernel, kinds, clock, wait_s, late())
                for kind in kinds:
                    self._asleep.setdefault(kind, {})[sleep] = None
                await sleep
                self._up(sleep)
                # The others may have been quicker; but now and then one looks for itself.
                looks = wait_s == self.look_again_s
                wait_s = 0 if looks else self._wait_s(kinds, clock)
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


class Sleep(Pause):
    """One relay's sleep, which may be cut short."""

    __slots__ = ("_clock", "_kernel", "_late_s", "kinds")

    def __init__(
        self, kernel: Kernel, kinds: Sequence[Kind], clock: Clock, seconds: float, late_s: float
    ) -> None:  # fmt: skip
        super().__init__(kernel, kernel.time() + seconds + late_s)
        self.kinds = kinds
        self._kernel = kernel
        self._clock = clock
        self._late_s = late_s

    def is_over(self) -> bool:
        """Whether nobody sleeps it any more: its program died meanwhile."""
        context: Context = self._handle.context
        process: Any = context.get(PROCESS)
        return process is not None and process.dead

    def not_beyond(self, due_at: datetime) -> None:
        """No longer than until something is due by its own clock, and as late as it is."""
        seconds = max(0.0, (due_at - self._clock.now()).total_seconds())
        when = self._kernel.time() + seconds + self._late_s
        if when < self._handle.when():
            self._handle = self._kernel.earlier(self._handle, when)
