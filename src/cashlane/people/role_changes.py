"""What two persons decide about a third: roles given and taken, a password taken away."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, structs

from cashlane.core.approval import REASON_MOST, Approval, Kind
from cashlane.core.clock import Clock
from cashlane.core.refusals import Refused
from cashlane.core.roles import Person, Role, check_role
from cashlane.people.approvals import Handler
from cashlane.store.connect import Work
from cashlane.store.people import (
    Account,
    Grant,
    find_account,
    lock_account,
    write_account,
    write_role,
)
from cashlane.store.sessions import end_sessions_of
from cashlane.values.text import Text

T = TypeVar("T")
Reason = Annotated[str, Meta(max_length=REASON_MOST)]
"""Why it is wanted, for whoever decides."""


class RoleChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `user_role`: whether a person is to hold a role."""

    user: UUID
    role: Role
    held: bool
    reason: Reason = ""


class PasswordAway(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `user_password`: whose password is to be taken away."""

    user: UUID
    reason: Reason = ""


class RoleUnfitError(Exception):
    """An approved role no longer fits its person; it stays without effect until that is mended."""


def handlers(clock: Clock) -> dict[Kind, Handler]:
    """The kinds that concern people, to be registered with the others."""
    changes = PeopleChanges(clock)
    return {
        Kind.USER_ROLE: Handler(changes.read_role, changes.change_role),
        Kind.USER_PASSWORD: Handler(changes.read_password, changes.take_password),
    }


class PeopleChanges:
    """Both changes, read and carried out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def read_role(self, work: Work, _: Person, body: Mapping[str, Any]) -> UUID | Refused:
        """Whose role: a role that does not fit is refused before anybody looks at it."""
        change = _read(body, RoleChange)
        if isinstance(change, Refused):
            return change
        account = await find_account(work, login=None, user=change.user)
        if account is None:
            return Refused("NOT_FOUND", {"what": Text("人员", "user")})
        unfit = check_role(account.person, change.role) if change.held else None
        return unfit or change.user

    async def read_password(self, work: Work, _: Person, body: Mapping[str, Any]) -> UUID | Refused:
        """Whose password."""
        change = _read(body, PasswordAway)
        if isinstance(change, Refused):
            return change
        account = await find_account(work, login=None, user=change.user)
        return (
            change.user
            if account is not None
            else Refused("NOT_FOUND", {"what": Text("人员", "user")})
        )

    async def change_role(self, work: Work, approval: Approval) -> None:
        """Give or take a role; a session sees it at its next request."""
        change = msgspec.convert(approval.body, RoleChange)
        account = await _lock(work, change.user)
        if change.held and check_role(account.person, change.role) is not None:
            raise RoleUnfitError(f"{change.role} does not fit user {change.user}")
        grant = Grant(change.user, change.role, change.held, approval.proposed_by, approval.id)
        await write_role(work, grant, now=self._clock.now())

    async def take_password(self, work: Work, approval: Approval) -> None:
        """Take the password away and end the sessions; a new one can be issued then."""
        now, account = self._clock.now(), await _lock(work, approval.concerns)
        bare = structs.replace(account, password_hash=None, must_change=True)
        by = approval.proposed_by
        await write_account(work, bare, what="password_taken", by=by, now=now)
        await end_sessions_of(work, account.person.id, keep=None, now=now)


def _read(body: Mapping[str, Any], form: type[T]) -> T | Refused:
    try:
        return msgspec.convert(body, form)
    except msgspec.ValidationError as error:
        return Refused("MALFORMED", {"what": str(error)})


async def _lock(work: Work, user: UUID) -> Account:
    account = await lock_account(work, user)
    assert account is not None, "users are never deleted, and the proposal named one"
    return account
