"""Tries are paid for before a secret is looked at, and given back when it was right.

Who tries is stored as a keyed hash: people type passwords into the field for the login.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from cashlane.core import throttle
from cashlane.core.clock import Clock
from cashlane.core.refusals import Refused
from cashlane.core.throttle import Rate
from cashlane.store.connect import Pool
from cashlane.store.sessions import Guesses

_Owed = Mapping[bytes, datetime]
_SECOND = timedelta(seconds=1)


class Subject(Struct, frozen=True):
    """One of those by whom tries are counted: kind "login", "pin", "till" or "address"."""

    kind: str
    name: str
    rate: Rate


class Tries:
    """Counts tries over all processes, in the database."""

    def __init__(self, pool: Pool, clock: Clock, key: bytes) -> None:
        self._guesses = Guesses(pool)
        self._clock = clock
        self._key = key

    async def take(self, subjects: Sequence[Subject]) -> Refused | None:
        """Take one try of every subject, or of none where one of them has to wait."""
        now, rates = self._clock.now(), self._rates(subjects)
        waits: list[timedelta] = []

        def rule(owed: _Owed) -> _Owed:
            waits.extend(throttle.wait(at, now, rates[who]) for who, at in owed.items())
            if any(waits):
                return {}
            return {who: throttle.charged(at, now, rates[who]) for who, at in owed.items()}

        await self._guesses.change(list(rates), now, rule)
        seconds = -(-max(waits) // _SECOND)
        return Refused("TOO_MANY_TRIES", {"seconds": seconds}) if seconds else None

    async def give_back(self, subjects: Sequence[Subject]) -> None:
        """The try was right and costs nothing."""
        rates = self._rates(subjects)

        def rule(owed: _Owed) -> _Owed:
            return {who: throttle.given_back(at, rates[who]) for who, at in owed.items()}

        await self._guesses.change(list(rates), self._clock.now(), rule)

    async def forget(self) -> int:
        """Drop the rows of those who owe nothing; a job does so now and then."""
        return await self._guesses.forget(self._clock.now())

    def _rates(self, subjects: Sequence[Subject]) -> dict[bytes, Rate]:
        return {self._name(subject): subject.rate for subject in subjects}

    def _name(self, subject: Subject) -> bytes:
        text = f"{subject.kind}\x1f{subject.name}"
        return hmac.digest(self._key, text.encode(), hashlib.sha256)
