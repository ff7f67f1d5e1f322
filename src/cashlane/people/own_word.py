"""Changing one's own password or PIN: the old one is proved, the new one checked.

The person's other sessions end with the old word.
"""

from msgspec import structs

from cashlane.core.clock import Clock
from cashlane.core.credentials import check_password, check_pin
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.core.sitting import Session
from cashlane.people.doors import TillDoor, desk_attempt
from cashlane.people.guard import Guard, Word, with_word, word_of
from cashlane.people.hashing import Hasher
from cashlane.store.connect import Pool, transaction
from cashlane.store.people import Account, What, lock_account, write_account
from cashlane.store.sessions import end_sessions_of
from cashlane.values.secret import Secret

_DONE: dict[Word, What] = {"password": "password_changed", "pin": "pin_changed"}


class OwnWord:
    """What people do with their own password or PIN."""

    def __init__(
        self, pool: Pool, clock: Clock, hasher: Hasher, guard: Guard, till_door: TillDoor
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._hasher = hasher
        self._guard = guard
        self._till_door = till_door

    async def change_password(
        self, session: Session, old: Secret, new: Secret, *, address: str
    ) -> Refused | None:
        """Replace one's password; one's other sessions end."""
        login = session.person.login
        account = await self._guard.prove(desk_attempt(login, old, address))
        if isinstance(account, Refused):
            return account
        trouble = check_password(new, login=login) or _same(old, new)
        return trouble or await self._write(session, account, "password", new)

    async def change_pin(
        self, session: Session, device: Secret, old: Secret, new: Secret
    ) -> Refused | None:
        """Replace one's PIN, at a till of one's outlet; one's other sessions end."""
        till = await self._till_door.till_of(device)
        if isinstance(till, Refused):
            return till
        login = session.person.login
        account = await self._till_door.prove(till, login, old, Permission.SHIFT_WORK)
        if isinstance(account, Refused):
            return account
        trouble = check_pin(new) or _same(old, new)
        return trouble or await self._write(session, account, "pin", new)

    async def _write(
        self, session: Session, proved: Account, which: Word, new: Secret
    ) -> Refused | None:
        """Write the new hash, unless the old one was taken away since it was proved."""
        stored, now = await self._hasher.hash(new), self._clock.now()
        async with transaction(self._pool) as work:
            account = await lock_account(work, proved.person.id)
            if account is None or account.disabled or word_of(account, which) is None:
                return Refused("SESSION_ENDED")
            after = structs.replace(with_word(account, which, stored), must_change=False)
            await write_account(work, after, what=_DONE[which], by=session.person.id, now=now)
            await end_sessions_of(work, session.person.id, keep=session.id, now=now)
        return None


def _same(old: Secret, new: Secret) -> Refused | None:
    return Refused("PASSWORD_WEAK") if old == new else None
