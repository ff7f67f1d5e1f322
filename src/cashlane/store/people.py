"""People and machines in the database. Passwords, PINs and keys are stored as hashes only."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncConnection, Connection

from cashlane.core.roles import Person, Role
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.statements import statements
from cashlane.values.secret import Secret

_SQL = statements("people.sql")
What = Literal[
    "made", "password_issued", "password_changed", "password_taken",
    "pin_issued", "pin_changed", "rehashed", "disabled", "enabled",
]  # fmt: skip


class Account(Struct, frozen=True):
    """A person's row. `must_change`: the word was given by another and is to be replaced."""

    person: Person
    synthetic: bool
    disabled: bool
    must_change: bool
    password_hash: Secret | None
    pin_hash: Secret | None


class Event(Struct, frozen=True):
    """What was done to an account; `by` is a login, None where the system did it."""

    at: datetime
    what: What
    by: str | None


class Grant(Struct, frozen=True):
    """A role given or taken. `approval` is the two-person decision it came from."""

    user: UUID
    role: Role
    held: bool
    by: UUID | None
    approval: UUID | None


async def find_account(work: Work, *, login: str | None, user: UUID | None) -> Account | None:
    """The account of a login or an id."""
    cursor = await work.execute(_SQL["find_user"], {"login": login, "id": user})
    row = await cursor.fetchone()
    return None if row is None else _account(row)


async def logins_of(work: Work, users: Collection[UUID]) -> dict[UUID, str]:
    """The logins of some users."""
    cursor = await work.execute(_SQL["list_logins"], {"users": list(users)})
    return dict(await cursor.fetchall())


async def list_accounts(
    work: Work, *, agent: int | None, outlet: int | None, after: str, most: int
) -> list[Account]:
    """Staff in the order of their logins, from behind `after`."""
    places = {"agent": agent, "outlet": outlet, "after": after, "most": most}
    cursor = await work.execute(_SQL["list_users"], places)
    return [_account(row) for row in await cursor.fetchall()]


async def lock_account(work: Work, user: UUID) -> Account | None:
    """The account, held until the end of the transaction."""
    await work.execute(_SQL["lock_user"], {"id": user})
    return await find_account(work, login=None, user=user)


async def write_account(
    work: Work, account: Account, *, what: What, by: UUID | None, now: datetime
) -> bool:
    """Write a new or changed account and what was done; False where its login is taken."""
    person = account.person
    values = {
        "id": person.id, "login": person.login, "name": person.name, "agent": person.agent,
        "outlet": person.outlet, "synthetic": account.synthetic, "disabled": account.disabled,
        "must_change": account.must_change, "password_hash": _text(account.password_hash),
        "pin_hash": _text(account.pin_hash), "what": what, "by": by, "now": now,
    }  # fmt: skip
    cursor = await work.execute(_SQL["add_user" if what == "made" else "change_user"], values)
    if cursor.rowcount == 1:
        await work.execute(_SQL["add_user_event"], values)
    return cursor.rowcount == 1


async def account_events(work: Work, user: UUID, *, most: int) -> list[Event]:
    """What was done to an account, newest first."""
    cursor = await work.execute(_SQL["list_user_events"], {"id": user, "most": most})
    return [Event(*row) for row in await cursor.fetchall()]


async def write_role(work: Work, grant: Grant, *, now: datetime) -> None:
    """Give or take a role; the latest row decides."""
    await work.execute(
        _SQL["add_role"],
        {"user": grant.user, "role": grant.role.value, "held": grant.held, "by": grant.by,
         "approval": grant.approval, "now": now},
    )  # fmt: skip


async def has_place(work: Work, *, agent: int | None, outlet: int | None) -> bool:
    """Whether the company and its outlet exist; the network itself has no outlets."""
    if agent is None:
        return outlet is None
    cursor = await work.execute(_SQL["find_place"], {"agent": agent, "outlet": outlet})
    return await cursor.fetchone() is not None


async def is_trial(work: Work) -> bool:
    """Whether this network is a trial, where synthetic people may work."""
    row = await (await work.execute(_SQL["is_trial"])).fetchone()
    return row is not None and bool(row[0])


class KeyRow(Struct, frozen=True):
    """A machine's key: for one outlet, or for a whole agent where `outlet` is None."""

    key_hash: bytes
    name: str
    agent: int
    outlet: int | None


class KeyLife(Struct, frozen=True):
    """A key with its life."""

    row: KeyRow
    created_at: datetime
    ended_at: datetime | None


def add_key(connection: Connection[Any], row: KeyRow, *, now: datetime) -> None:
    """Let a machine in by a key, where the caller has a plain connection."""
    connection.execute(_SQL["add_key"], _key_values(row, now))


async def write_key(work: AsyncConnection[Any], row: KeyRow, *, now: datetime) -> None:
    """Let a machine in by a key."""
    await work.execute(_SQL["add_key"], _key_values(row, now))


async def list_keys(work: Work, agent: int, *, most: int) -> list[KeyLife]:
    """A company's keys, ended ones too, newest first."""
    cursor = await work.execute(_SQL["list_keys"], {"agent": agent, "most": most})
    return [KeyLife(KeyRow(*row[:4]), *row[4:]) for row in await cursor.fetchall()]


async def end_key(work: Work, key_hash: bytes, *, agent: int, now: datetime) -> bool:
    """End a company's key; False where it has no such live key."""
    values = {"key_hash": key_hash, "agent": agent, "now": now}
    return (await work.execute(_SQL["end_key"], values)).rowcount == 1


async def live_keys(pool: Pool) -> list[KeyRow]:
    """All keys that open a door now."""
    async with transaction(pool) as connection:
        cursor = await connection.execute(_SQL["live_keys"])
        return [KeyRow(*row) for row in await cursor.fetchall()]


def _key_values(row: KeyRow, now: datetime) -> dict[str, Any]:
    return {"key_hash": row.key_hash, "name": row.name, "agent": row.agent,
            "outlet": row.outlet, "now": now}  # fmt: skip


def _account(row: tuple[Any, ...]) -> Account:
    ident, login, name, agent, outlet, roles, *flags, password, pin = row
    held = frozenset(Role(role) for role in roles)
    synthetic, disabled, must_change = flags
    return Account(
        Person(ident, login, name, agent, outlet, held),
        synthetic, disabled, must_change, _secret(password), _secret(pin),
    )  # fmt: skip


def _secret(text: str | None) -> Secret | None:
    return None if text is None else Secret(text)


def _text(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()
