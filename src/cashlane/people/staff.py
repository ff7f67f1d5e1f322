"""Making people, giving them their first words, ending and restoring them.

A cashier is the outlet's own matter; everybody else is the administrator's, whose roles come by
the two-person rule. Words are made by chance, shown once, and replaced by their owner.
"""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct, structs

from cashlane.core.clock import Clock
from cashlane.core.credentials import read_login
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission, Person, Role
from cashlane.people.guard import Word, with_word
from cashlane.people.hashing import Hasher
from cashlane.people.tokens import new_password, new_pin
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.people import (
    Account,
    Event,
    Grant,
    What,
    account_events,
    find_account,
    has_place,
    list_accounts,
    lock_account,
    write_account,
    write_role,
)
from cashlane.store.sessions import end_sessions_of
from cashlane.values.ids import Ids
from cashlane.values.secret import Secret
from cashlane.values.text import Text

PAGE_MOST = 100
"""People of one page, and lines of what was done to one of them."""
_ISSUED: dict[Word, What] = {"password": "password_issued", "pin": "pin_issued"}


class Newcomer(Struct, frozen=True):
    """Somebody to be made; of the network's own staff where `agent` is None."""

    login: str
    name: str
    agent: int | None
    outlet: int | None


class Member(Struct, frozen=True):
    """Somebody as a list of staff shows them: nothing of their words but whether there is one."""

    person: Person
    synthetic: bool
    disabled: bool
    has_password: bool


class Issued(Struct, frozen=True):
    """A word to be printed or read out once."""

    person: Person
    word: Secret


class Staff:
    """The people of the network, as their leads and administrators see them."""

    def __init__(self, pool: Pool, clock: Clock, ids: Ids, hasher: Hasher) -> None:
        self._pool = pool
        self._clock = clock
        self._ids = ids
        self._hasher = hasher

    async def make(self, by: Person, newcomer: Newcomer) -> Issued | Refused:
        """Make somebody who can log in at a desk and, without a role yet, do nothing."""
        if not by.may(Permission.USERS_MANAGE):
            return Refused("FORBIDDEN")
        return await self._make(by, newcomer, "password", new_password(), None)

    async def make_cashier(self, by: Person, newcomer: Newcomer) -> Issued | Refused:
        """Make a cashier of an outlet, with a PIN."""
        if newcomer.outlet is None or not _leads(by, newcomer.agent, newcomer.outlet):
            return Refused("FORBIDDEN")
        return await self._make(by, newcomer, "pin", new_pin(), Role.CASHIER)

    async def issue_pin(self, by: Person, user: UUID) -> Issued | Refused:
        """A new PIN for somebody at a counter; their sessions end."""
        return await self._issue(by, user, "pin", new_pin())

    async def issue_password(self, by: Person, user: UUID) -> Issued | Refused:
        """A password for somebody who has none, so that nobody can step into another's place."""
        return await self._issue(by, user, "password", new_password())

    async def set_disabled(self, by: Person, user: UUID, *, disabled: bool) -> Refused | None:
        """Shut somebody out, or let them in again; their sessions end."""
        async with transaction(self._pool) as work:
            account = await self._subordinate(work, by, user)
            if isinstance(account, Refused):
                return account
            after = structs.replace(account, disabled=disabled)
            await self._write(work, by, after, "disabled" if disabled else "enabled")
        return None

    async def people_of(
        self, by: Person, *, agent: int | None, outlet: int | None, after: str
    ) -> Sequence[Member] | Refused:
        """Staff by login, a page of PAGE_MOST from behind `after`."""
        if not _sees(by, agent, outlet):
            return Refused("FORBIDDEN")
        async with transaction(self._pool) as work:
            found = await list_accounts(
                work, agent=agent, outlet=outlet, after=after, most=PAGE_MOST
            )
        return [_member(account) for account in found]

    async def find(self, by: Person, login: str) -> Member | Refused:
        """Somebody of the own staff by login; others are as if there were none."""
        async with transaction(self._pool) as work:
            account = await find_account(work, login=read_login(login) or "", user=None)
        if account is None or not _sees(by, account.person.agent, account.person.outlet):
            return Refused("NOT_FOUND", {"what": Text("人员", "user")})
        return _member(account)

    async def history(self, by: Person, user: UUID) -> Sequence[Event] | Refused:
        """What was done to an account: everybody may see their own."""
        async with transaction(self._pool) as work:
            account = await find_account(work, login=None, user=user)
            if account is None:
                return Refused("NOT_FOUND", {"what": Text("人员", "user")})
            if user != by.id and not _sees(by, account.person.agent, account.person.outlet):
                return Refused("FORBIDDEN")
            return await account_events(work, user, most=PAGE_MOST)

    async def _make(
        self, by: Person, newcomer: Newcomer, which: Word, word: Secret, role: Role | None
    ) -> Issued | Refused:
        login = read_login(newcomer.login)
        if login is None:
            return Refused("LOGIN_FORM")
        now = self._clock.now()
        roles = frozenset() if role is None else frozenset({role})
        person = Person(
            self._ids.fresh(now), login, newcomer.name, newcomer.agent, newcomer.outlet, roles
        )
        stored = await self._hasher.hash(word)
        account = with_word(blank_account(person, synthetic=False), which, stored)
        async with transaction(self._pool) as work:
            if not await has_place(work, agent=person.agent, outlet=person.outlet):
                return Refused("NOT_FOUND", {"what": Text("网点", "outlet")})
            if not await write_account(work, account, what="made", by=by.id, now=now):
                return Refused("LOGIN_TAKEN", {"login": login})
            for held in roles:
                await write_role(work, Grant(person.id, held, True, by.id, None), now=now)
        return Issued(person, word)

    async def _issue(self, by: Person, user: UUID, which: Word, word: Secret) -> Issued | Refused:
        stored = await self._hasher.hash(word)
        async with transaction(self._pool) as work:
            account = await self._subordinate(work, by, user)
            if isinstance(account, Refused):
                return account
            trouble = _check_issue(account, which)
            if trouble is not None:
                return trouble
            after = structs.replace(with_word(account, which, stored), must_change=True)
            await self._write(work, by, after, _ISSUED[which])
        return Issued(account.person, word)

    async def _subordinate(self, work: Work, by: Person, user: UUID) -> Account | Refused:
        """The account, locked, where it is for this person to change; never one's own."""
        account = await lock_account(work, user)
        if account is None:
            return Refused("NOT_FOUND", {"what": Text("人员", "user")})
        if user == by.id:
            return Refused("OWN_MATTER")
        return account if in_charge(by, account.person) else Refused("FORBIDDEN")

    async def _write(self, work: Work, by: Person, account: Account, what: What) -> None:
        now = self._clock.now()
        await write_account(work, account, what=what, by=by.id, now=now)
        await end_sessions_of(work, account.person.id, keep=None, now=now)


def in_charge(by: Person, person: Person) -> bool:
    """Whether a person's account is another's to change: an outlet's lead has its cashiers."""
    only_cashier = person.roles <= {Role.CASHIER} and person.outlet is not None
    return by.may(Permission.USERS_MANAGE) or (
        only_cashier and _leads(by, person.agent, person.outlet)
    )


def blank_account(person: Person, *, synthetic: bool) -> Account:
    """An account with no word yet, whose first one will have to be changed."""
    return Account(
        person, synthetic=synthetic, disabled=False, must_change=True,
        password_hash=None, pin_hash=None,
    )  # fmt: skip


def _member(account: Account) -> Member:
    return Member(
        account.person, account.synthetic, account.disabled, account.password_hash is not None
    )


def _check_issue(account: Account, which: Word) -> Refused | None:
    if which == "password" and account.password_hash is not None:
        return Refused("PASSWORD_STANDS", {"login": account.person.login})
    if which == "pin" and account.person.outlet is None:
        return Refused("ROLE_UNFIT", {"role": "cashier", "login": account.person.login})
    return None


def _leads(by: Person, agent: int | None, outlet: int | None) -> bool:
    return by.may(Permission.OUTLET_STAFF) and by.answers_for(agent, outlet)


def _sees(by: Person, agent: int | None, outlet: int | None) -> bool:
    return by.may(Permission.USERS_MANAGE) or _leads(by, agent, outlet)
