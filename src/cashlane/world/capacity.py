"""The published capacity of an inquiry desk: so many questions a minute, and no more.

A bucket that refills evenly and holds at most five seconds' worth, so bursts are refused too.
"""

import time


class Capacity:
    """Admits up to `per_minute` questions a minute."""

    def __init__(self, per_minute: int) -> None:
        self._per_second = per_minute / 60
        self._most = max(1.0, self._per_second * 5)
        self._left = self._most
        self._seen = time.monotonic()

    def admits(self) -> bool:
        """Take one question if there is room for it."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._seen) * self._per_second)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
