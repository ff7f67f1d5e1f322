"""Clocks of the simulated processes: the wall drifts and jumps, the stopwatch never does."""

from collections.abc import Callable
from datetime import datetime, timedelta


class SimClock:
    """One process's clock. `offset` is how far its wall is out of true at a moment."""

    def __init__(
        self, time: Callable[[], float], start: datetime, offset: Callable[[float], float]
    ) -> None:
        self._time = time
        self._start = start
        self._offset = offset
        self._read_at = -1.0
        self._shown = start

    def now(self) -> datetime:
        """What the wall shows; reckoned once for each moment."""
        true = self._time()
        if true != self._read_at:
            self._read_at = true
            self._shown = self._start + timedelta(seconds=true + self._offset(true))
        return self._shown

    def elapsed(self) -> float:
        """Seconds that only grow."""
        return self._time()
