"""An answer shared by everybody who asks, looked up again only after a rest.

However many windows are open, and however large the tables grow, watching costs a small share of
one connection.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")
REST = 20
"""A look rests so many times as long as it took: watching costs a twentieth of a connection."""


class Resting(Generic[T]):
    """Looks again at most every `least_s` seconds, and never more often than its rest allows."""

    def __init__(
        self, look: Callable[[], Awaitable[T]], elapsed: Callable[[], float], *, least_s: float
    ) -> None:
        self._look = look
        self._elapsed = elapsed
        self._least_s = least_s
        self._lock = asyncio.Lock()
        self._answer: T | None = None
        self._again_at = 0.0

    async def latest(self) -> T:
        """The answer as of its last look. Raises what the look raises."""
        async with self._lock:
            if self._answer is None or self._elapsed() >= self._again_at:
                begun = self._elapsed()
                self._answer = await self._look()
                ended = self._elapsed()
                self._again_at = ended + max(self._least_s, REST * (ended - begun))
            return self._answer
