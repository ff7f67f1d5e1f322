"""Who is let in when more come than can be served: those who come anew are asked to wait.

A till that holds a bill already is never turned away: its citizen has counted the cash.
"""

from collections.abc import Callable

from cashlane.core.clock import Clock
from cashlane.switch.budget import Budget

LANE_WAITING_MOST = 1_000
"""Asks that wait for their write: five full batches, a second of work on a small machine. Beyond
it nobody new is let in."""

SAVED_S = 0.1
"""A quiet moment lets no crowd in afterwards: who waits for it is served later than a refusal is
told, and whoever comes next waits behind it."""


class Admission:
    """Lets inquiries and holds in: so many a second at most where the operator says so (None: no
    such bound), and none while too much waits for its write."""

    def __init__(self, waiting: Callable[[], int], clock: Clock, *, per_second: int | None) -> None:
        self._waiting = waiting
        self._clock = clock
        self._budget = None if per_second is None else Budget(per_second, saved_s=SAVED_S)

    def admits(self, more: int) -> bool:
        """Whether one more may come in; `more` wait beside those who wait for their write."""
        if self._waiting() + more >= LANE_WAITING_MOST:
            return False
        return self._budget is None or self._budget.take(self._clock.elapsed())

    def is_full(self, more: int) -> bool:
        """Whether one more would be turned away now: nothing is used up by asking."""
        if self._waiting() + more >= LANE_WAITING_MOST:
            return True
        return self._budget is not None and self._budget.is_empty(self._clock.elapsed())
