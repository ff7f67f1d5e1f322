"""Keys of machines: made once, shown once, kept as a hash, looked up in memory."""

import asyncio
import hashlib
import secrets

from cashlane.core.clock import Clock
from cashlane.core.network import Actor
from cashlane.store.connect import Pool
from cashlane.store.people import KeyRow, live_keys

PREFIX = "ck_"
REFRESH_S = 5.0
"""A key that was ended stops opening doors within this time; an unknown one asks no oftener."""


def new_key() -> str:
    """A fresh key of 256 bits, to be shown to its holder once."""
    return PREFIX + secrets.token_urlsafe(32)


def key_hash(key: str) -> bytes:
    """What is stored of a key. It has full entropy, so a plain hash keeps it."""
    return hashlib.sha256(key.encode()).digest()


class KeyRing:
    """The keys that open the API, re-read every few seconds."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._rows: dict[bytes, KeyRow] = {}
        self._read_at: float | None = None
        self._turn = asyncio.Lock()

    async def actor(self, key: str) -> Actor | None:
        """Who stands behind a key; None where it opens nothing."""
        if not key.startswith(PREFIX) or len(key) > 100:
            return None
        await self._refresh()
        row = self._rows.get(key_hash(key))
        return None if row is None else Actor(row.agent, row.outlet, None, row.name)

    async def _refresh(self) -> None:
        if self._fresh():
            return
        async with self._turn:
            if not self._fresh():
                self._rows = {row.key_hash: row for row in await live_keys(self._pool)}
                self._read_at = self._clock.elapsed()

    def _fresh(self) -> bool:
        return self._read_at is not None and self._clock.elapsed() - self._read_at < REFRESH_S
