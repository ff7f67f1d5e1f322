"""So many a second and no more: what a partner can take, whoever asks for it."""

QUEUE_MOST_S = 300.0
"""Nobody is sent away for longer than this: by then the queue may have emptied."""


class Budget:
    """So many a second, saved up for `saved_s` seconds at most (and one at least)."""

    def __init__(self, per_second: int, *, saved_s: float = 1.0) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second * saved_s)
        self._left = self._most
        self._at = 0.0
        self._queue_ends = 0.0

    def take(self, elapsed: float) -> bool:
        """Take one if there is one left; `elapsed` is monotonic seconds."""
        if self.is_empty(elapsed):
            return False
        self._left -= 1
        return True

    def is_empty(self, elapsed: float) -> bool:
        """Whether none is left now."""
        gained = (elapsed - self._at) * self._per_second
        self._left = min(self._most, self._left + gained)
        self._at = elapsed
        return self._left < 1

    def queue(self, elapsed: float) -> float:
        """Take a place in the queue; in how many seconds its turn comes."""
        ends = max(self._queue_ends, elapsed) + 1 / self._per_second
        self._queue_ends = min(ends, elapsed + QUEUE_MOST_S)
        return self._queue_ends - elapsed
