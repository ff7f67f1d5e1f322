"""The machine's clock and chance, handed to the rooms so that rules never reach for them."""

import secrets
import time
from datetime import UTC, datetime, timedelta

from cashlane.values.ids import Ids


class SystemClock:
    """Wall time for labels, monotonic time for limits.

    `offset` shifts the wall of a trial to another day; it is never scaled, and elapsed time is
    never touched.
    """

    def __init__(self, offset: timedelta) -> None:
        self._offset = offset

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC) + self._offset

    def elapsed(self) -> float:
        """Seconds on a clock that only goes forward."""
        return time.monotonic()


class SystemNoise:
    """The operating system's random bits, fetched in stocks: one call for hundreds of ids."""

    def __init__(self) -> None:
        self._stock = b""
        self._used = 0

    def __call__(self, bits: int) -> int:
        size = (bits + 7) // 8
        if self._used + size > len(self._stock):
            self._stock, self._used = secrets.token_bytes(_STOCK_BYTES), 0
        self._used += size
        return int.from_bytes(self._stock[self._used - size : self._used]) >> size * 8 - bits


_STOCK_BYTES = 4_096
"""One page: a system call costs more than the bits it brings."""


def system_ids() -> Ids:
    """Ids whose random bits come from the operating system."""
    return Ids(SystemNoise())
