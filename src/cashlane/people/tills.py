"""Enrolling tills: a machine gets a secret of its own, once, and loses it when it is replaced."""

from cashlane.core.clock import Clock
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission, Person
from cashlane.people.tokens import new_token, token_hash
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.sessions import end_devices, enrol_device, lock_till
from cashlane.values.secret import Secret


class Tills:
    """Which machines are tills."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def enrol(self, by: Person, till: int) -> Secret | Refused:
        """A new secret for a till, told once; the old one and the sessions there end."""
        secret = new_token()
        async with transaction(self._pool) as work:
            trouble = await _check(work, by, till)
            if trouble is not None:
                return trouble
            await enrol_device(
                work, till, secret_hash=token_hash(secret), by=by.id, now=self._clock.now()
            )
        return secret

    async def end(self, by: Person, till: int) -> Refused | None:
        """Take a till's secret away: it was stolen, or is going to be scrapped."""
        async with transaction(self._pool) as work:
            trouble = await _check(work, by, till)
            if trouble is None:
                await end_devices(work, till, now=self._clock.now())
        return trouble


async def _check(work: Work, by: Person, till: int) -> Refused | None:
    """Whether this person may enrol this till; absent and not theirs are alike."""
    if not by.may(Permission.TILL_ENROL):
        return Refused("FORBIDDEN")
    place = await lock_till(work, till)
    if place is None or not by.answers_for(*place):
        return Refused("NOT_FOUND", {"what": "till"})
    return None
