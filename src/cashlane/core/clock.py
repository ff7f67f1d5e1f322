"""What the flows expect of time: a wall to label with and a stopwatch to measure with."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The machine's clock in production, a seeded one in a simulation."""

    def now(self) -> datetime:
        """The moment, with its zone."""
        ...

    def elapsed(self) -> float:
        """Seconds that only grow."""
        ...
