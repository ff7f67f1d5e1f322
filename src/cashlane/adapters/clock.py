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


def system_ids() -> Ids:
    """Ids whose random bits come from the operating system."""
    return Ids(secrets.randbits)
