"""One way to prove who one is: the try is paid, the word is compared, a stale hash made anew.

Unknown, disabled and unfit people take as long as a wrong word and get the same answer.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct, structs

from cashlane.core.clock import Clock
from cashlane.core.credentials import read_login
from cashlane.core.refusals import Refused
from cashlane.people.hashing import Hasher
from cashlane.people.tries import Subject, Tries
from cashlane.store.connect import Pool, transaction
from cashlane.store.people import Account, find_account, lock_account, write_account
from cashlane.values.secret import Secret

LOGIN_MOST = 100
"""Letters of a login name that are looked at."""
Word = Literal["password", "pin"]


class Attempt(Struct, frozen=True):
    """What somebody presents. `fits` says whether such an account may use this door at all."""

    login: str
    word: Secret
    which: Word
    subjects: Sequence[Subject]
    fits: Callable[[Account], bool]


class Guard:
    """Stands at every door that a password or PIN opens."""

    def __init__(self, pool: Pool, clock: Clock, hasher: Hasher, tries: Tries) -> None:
        self._pool = pool
        self._clock = clock
        self._hasher = hasher
        self._tries = tries

    async def prove(self, attempt: Attempt) -> Account | Refused:
        """The account whose word this is."""
        trouble = await self._tries.take(attempt.subjects)
        if trouble is not None:
            return trouble
        account = await self._find(attempt)
        stored = None if account is None else word_of(account, attempt.which)
        right = await self._hasher.verify(stored, attempt.word)
        if account is None or stored is None or not right:
            return Refused("LOGIN_REFUSED" if attempt.which == "password" else "PIN_REFUSED")
        await self._tries.give_back(attempt.subjects)
        if self._hasher.stale(stored):
            await self._rehash(account, stored, attempt)
        return account

    async def _find(self, attempt: Attempt) -> Account | None:
        """The account, where it may use this door; the database is asked for every login alike."""
        login = read_login(attempt.login)
        async with transaction(self._pool) as work:
            account = await find_account(work, login=login or "", user=None)
        usable = account is not None and not account.disabled and attempt.fits(account)
        return account if usable else None

    async def _rehash(self, account: Account, stored: Secret, attempt: Attempt) -> None:
        fresh = await self._hasher.hash(attempt.word)
        async with transaction(self._pool) as work:
            now = await lock_account(work, account.person.id)
            if now is not None and word_of(now, attempt.which) == stored:
                await write_account(
                    work, with_word(now, attempt.which, fresh),
                    what="rehashed", by=None, now=self._clock.now(),
                )  # fmt: skip


def subject_name(login: str) -> str:
    """How tries at a login are counted, whether or not anybody has it."""
    return read_login(login) or login[:LOGIN_MOST]


def word_of(account: Account, which: Word) -> Secret | None:
    """The stored hash of a password or PIN."""
    return account.password_hash if which == "password" else account.pin_hash


def with_word(account: Account, which: Word, stored: Secret | None) -> Account:
    """The account with another hash."""
    if which == "password":
        return structs.replace(account, password_hash=stored)
    return structs.replace(account, pin_hash=stored)
