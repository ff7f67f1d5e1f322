"""So many a second and no more: what a partner can take, whoever asks for it."""

QUEUE_MOST_S = 300.0
"""Nobody is sent away for longer than this: by then the queue may have emptied."""


class Budget:
    """So many a second, saved up for one second at most."""

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._left = float(per_second)
        self._at = 0.0
        self._queue_ends = 0.0

    def take(self, elapsed: float) -> bool:
        """Take one if there is one left; `elapsed` is monotonic seconds."""
        gained = (elapsed - self._at) * self._per_second
        self._left = min(float(self._per_second), self._left + gained)
        self._at = elapsed
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def queue(self, elapsed: float) -> float:
        """Take a place in the queue; in how many seconds its turn comes."""
        ends = max(self._queue_ends, elapsed) + 1 / self._per_second
        self._queue_ends = min(ends, elapsed + QUEUE_MOST_S)
        return self._queue_ends - elapsed
