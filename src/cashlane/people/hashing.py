"""Passwords and PINs become argon2 hashes here, under a key that the database never sees.

A stolen table of PIN hashes would be a night's work without that key: a PIN has only 20 bits.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Mapping

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cashlane.core.credentials import normal
from cashlane.values.secret import Secret

TIME_COST, MEMORY_KIB, PARALLELISM = 2, 19_456, 1
"""OWASP's setting for argon2id (19 MiB, two passes), some 25 ms of one core: the morning in which
4,407 counters open within ten minutes asks for seven a second and must not delay payments."""
AT_ONCE = 2
"""Hashes made at the same time: a flood of logins takes 38 MiB and two threads, never more."""


class Hasher:
    """Makes and checks hashes under numbered keys; two may be valid while one replaces the other.

    A stored hash reads "key number" + argon2's own string; its parameters are inside.
    """

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        assert all(len(key) >= 16 for key in keys.values()), "a hashing key has 128 bits or more"
        self._keys = dict(keys)
        self._current = current
        self._argon = PasswordHasher(TIME_COST, MEMORY_KIB, PARALLELISM)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._dummy = self._make(secrets.token_hex(16))

    async def hash(self, word: Secret) -> Secret:
        """What is stored of a password or PIN."""
        async with self._turns:
            return await asyncio.to_thread(self._make, normal(word))

    async def verify(self, stored: Secret | None, word: Secret) -> bool:
        """Whether the word is the one; where there is none to compare, as slowly: no."""
        async with self._turns:
            right = await asyncio.to_thread(self._right, stored or self._dummy, normal(word))
        return right and stored is not None

    def stale(self, stored: Secret) -> bool:
        """Whether a hash was made under another key or weaker parameters than today's."""
        number, _, rest = stored.reveal().partition("$")
        return number != self._current or self._argon.check_needs_rehash("$" + rest)

    def _make(self, text: str) -> Secret:
        return Secret(self._current + self._argon.hash(self._keyed(self._current, text)))

    def _right(self, stored: Secret, text: str) -> bool:
        number, _, rest = stored.reveal().partition("$")
        known = number if number in self._keys else self._current
        try:
            return self._argon.verify("$" + rest, self._keyed(known, text))
        except (VerificationError, InvalidHashError):
            return False

    def _keyed(self, number: str, text: str) -> bytes:
        return hmac.digest(self._keys[number], text.encode(), hashlib.sha256)
