"""Keys of machines: made once, shown once, kept as a hash, looked up in memory."""

import asyncio
import hashlib
import secrets

from cashlane.core.clock import Clock
from cashlane.core.network import Actor
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission, Person
from cashlane.store.connect import Pool, transaction
from cashlane.store.people import (
    KeyLife,
    KeyRow,
    end_key,
    has_place,
    list_keys,
    live_keys,
    write_key,
)
from cashlane.values.secret import Secret

PREFIX = "ck_"
LISTED_MOST = 500
"""Keys in one list."""
REFRESH_S = 5.0
"""A key that was ended stops opening doors within this time."""
AHEAD_S = 2.5
"""Keys read so long ago are read again while those who ask are still answered from them."""


def new_key() -> str:
    """A fresh key of 256 bits, to be shown to its holder once."""
    return PREFIX + secrets.token_urlsafe(32)


def key_hash(key: str) -> bytes:
    """What is stored of a key. It has full entropy, so a plain hash keeps it."""
    return hashlib.sha256(key.encode()).digest()


class KeyDesk:
    """Where keys are made, listed and ended, for a company or an outlet of it."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def make(
        self, by: Person, *, name: str, agent: int, outlet: int | None
    ) -> Secret | Refused:
        """A new key, told once."""
        if not _may(by, agent):
            return Refused("FORBIDDEN")
        key = new_key()
        async with transaction(self._pool) as work:
            if not await has_place(work, agent=agent, outlet=outlet):
                return Refused("NOT_FOUND", {"what": "outlet"})
            row = KeyRow(key_hash(key), name, agent, outlet)
            await write_key(work, row, now=self._clock.now())
        return Secret(key)

    async def keys_of(self, by: Person, agent: int) -> list[KeyLife] | Refused:
        """A company's keys, ended ones too; a key is named by its hash."""
        if not _may(by, agent):
            return Refused("FORBIDDEN")
        async with transaction(self._pool) as work:
            return await list_keys(work, agent, most=LISTED_MOST)

    async def end(self, by: Person, name: bytes, *, agent: int) -> Refused | None:
        """End a key by its hash; it opens nothing any more within REFRESH_S."""
        if not _may(by, agent):
            return Refused("FORBIDDEN")
        async with transaction(self._pool) as work:
            ended = await end_key(work, name, agent=agent, now=self._clock.now())
        return None if ended else Refused("NOT_FOUND", {"what": "key"})


def _may(by: Person, agent: int) -> bool:
    return by.may(Permission.AGENT_KEYS) and by.answers_for(agent, None)


def _heard(reading: asyncio.Task[None]) -> None:
    """A reading that fails is told to those who wait for it, if anybody does."""
    if not reading.cancelled():
        reading.exception()


class KeyRing:
    """The keys that open the API, re-read every few seconds."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._rows: dict[bytes, KeyRow] = {}
        self._read_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def actor(self, key: str) -> Actor | None:
        """Who stands behind a key; None where it opens nothing."""
        if not key.startswith(PREFIX) or len(key) > 100:
            return None
        if self._age() >= AHEAD_S:
            await self._read_again()
        row = self._rows.get(key_hash(key))
        return None if row is None else Actor(row.agent, row.outlet, None, row.name)

    async def _read_again(self) -> None:
        """One reading at a time; only who can't be answered without it waits for it."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(_heard)
        if self._age() >= REFRESH_S:
            await asyncio.shield(self._reading)

    async def _read(self) -> None:
        try:
            begun = self._clock.elapsed()
            self._rows = {row.key_hash: row for row in await live_keys(self._pool)}
            self._read_at = begun
        finally:
            self._reading = None

    def _age(self) -> float:
        return self._clock.elapsed() - self._read_at
