"""The two doors: a desk opens to login and password, a till to its own secret and a PIN.

A PIN opens nothing by itself: it counts only at an enrolled till of the person's own outlet.
"""

from collections.abc import Callable

from cashlane.core import throttle
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission, Person
from cashlane.core.sitting import Session
from cashlane.people.guard import Attempt, Guard, subject_name
from cashlane.people.sessions import LoggedIn, Sessions
from cashlane.people.tokens import token_hash
from cashlane.people.tries import Subject
from cashlane.store.connect import Pool, transaction
from cashlane.store.people import Account
from cashlane.store.sessions import Device, find_device
from cashlane.values.secret import Secret


class DeskDoor:
    """Lets staff in at a browser."""

    def __init__(self, guard: Guard, sessions: Sessions) -> None:
        self._guard = guard
        self._sessions = sessions

    async def log_in(
        self, login: str, password: Secret, *, address: str, before: Secret | None
    ) -> LoggedIn | Refused:
        """Begin a session. `before` is the token that the browser brought, if any."""
        account = await self._guard.prove(desk_attempt(login, password, address))
        if isinstance(account, Refused):
            return account
        return await self._sessions.start(account, None, before=before)


def desk_attempt(login: str, password: Secret, address: str) -> Attempt:
    """A try at a desk, counted by login and by address."""
    subjects = (
        Subject("login", subject_name(login), throttle.LOGIN),
        Subject("address", address, throttle.ADDRESS),
    )
    return Attempt(login, password, "password", subjects, lambda _: True)


class TillDoor:
    """Lets cashiers in at their outlet's enrolled tills."""

    def __init__(self, pool: Pool, guard: Guard, sessions: Sessions) -> None:
        self._pool = pool
        self._guard = guard
        self._sessions = sessions

    async def log_in(
        self, device: Secret, login: str, pin: Secret, *, before: Secret | None
    ) -> LoggedIn | Refused:
        """Begin a session at a till; whoever stood there before is logged out."""
        till = await self.till_of(device)
        if isinstance(till, Refused):
            return till
        account = await self.prove(till, login, pin, Permission.SHIFT_WORK)
        if isinstance(account, Refused):
            return account
        return await self._sessions.start(account, till, before=before)

    async def vouch(
        self, session: Session, device: Secret, login: str, pin: Secret
    ) -> Person | Refused:
        """A second person stands by what the cashier does, by PIN at the same till."""
        till = await self.till_of(device)
        if isinstance(till, Refused):
            return till
        if till.till != session.till:
            return Refused("TILL_NOT_ENROLLED")
        account = await self.prove(till, login, pin, Permission.PAYMENT_VOUCH)
        if isinstance(account, Refused):
            return account
        if account.must_change:
            return Refused("FORBIDDEN")
        if account.person.id == session.person.id:
            return Refused("OWN_MATTER")
        return account.person

    async def till_of(self, device: Secret) -> Device | Refused:
        """The till that holds this secret."""
        async with transaction(self._pool) as work:
            found = await find_device(work, token_hash(device))
        return found or Refused("TILL_NOT_ENROLLED")

    async def prove(
        self, till: Device, login: str, pin: Secret, permission: Permission
    ) -> Account | Refused:
        """Somebody of the till's outlet who may do this, by PIN."""
        subjects = (
            Subject("pin", subject_name(login), throttle.PIN),
            Subject("till", str(till.till), throttle.TILL),
        )
        fits = _of_outlet(till, permission)
        return await self._guard.prove(Attempt(login, pin, "pin", subjects, fits))


def _of_outlet(till: Device, permission: Permission) -> Callable[[Account], bool]:
    def fits(account: Account) -> bool:
        return account.person.outlet == till.outlet and account.person.may(permission)

    return fits
