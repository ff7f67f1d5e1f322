"""Sessions, enrolled tills and the count of guesses in the database; tokens as hashes only."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from cashlane.core.roles import Person, Role
from cashlane.core.sitting import Session, at_work
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.statements import statements

_SQL = statements("sessions.sql")


class Device(Struct, frozen=True):
    """An enrolled machine and where it stands."""

    secret_hash: bytes
    till: int
    outlet: int
    agent: int


class Seat(Struct, frozen=True):
    """One of a person's live sessions, as its owner sees it in a list."""

    id: UUID
    till: int | None
    started_at: datetime
    seen_at: datetime
    expires_at: datetime


async def start_session(
    work: Work, session: Session, *, token_hash: bytes, device: bytes | None
) -> None:
    """Write a new session."""
    await _write(
        work, "start_session",
        token_hash=token_hash, id=session.id, user=session.person.id, device=device,
        now=session.started_at, expires_at=session.expires_at,
    )  # fmt: skip


async def find_session(work: Work, token_hash: bytes) -> Session | None:
    """The session of a token, unless it, its person or its till was ended; times not judged."""
    cursor = await work.execute(_SQL["find_session"], {"token_hash": token_hash}, prepare=True)
    row = await cursor.fetchone()
    if row is None:
        return None
    ident, user, login, name, agent, outlet, roles, must_change, *rest = row
    person = Person(user, login, name, agent, outlet, frozenset(Role(role) for role in roles))
    return Session(ident, at_work(person, must_change=must_change), must_change, *rest)


async def list_sessions(work: Work, user: UUID, *, now: datetime, most: int) -> list[Seat]:
    """A person's sessions that have not come to their end, newest first."""
    cursor = await work.execute(_SQL["list_sessions"], {"user": user, "now": now, "most": most})
    return [Seat(*row) for row in await cursor.fetchall()]


async def touch_session(work: Work, token_hash: bytes, *, now: datetime) -> None:
    """Write down that a session was used."""
    await _write(work, "touch_session", token_hash=token_hash, now=now)


async def end_session(work: Work, token_hash: bytes, *, now: datetime) -> None:
    """End the session of a token."""
    await _write(work, "end_session", token_hash=token_hash, now=now)


async def end_named_session(work: Work, session: UUID, *, user: UUID, now: datetime) -> bool:
    """End a person's own session by its public id; False where there is none."""
    return await _write(work, "end_named_session", id=session, user=user, now=now) == 1


async def end_sessions_of(work: Work, user: UUID, *, keep: UUID | None, now: datetime) -> None:
    """End all of a person's sessions but the one to keep."""
    await _write(work, "end_sessions_of", user=user, keep=keep, now=now)


async def end_sessions_at(work: Work, till: int, *, now: datetime) -> None:
    """End whoever's session at a till."""
    await _write(work, "end_sessions_at", till=till, now=now)


async def find_device(work: Work, secret_hash: bytes) -> Device | None:
    """The till that a secret was given to, while the secret lives."""
    cursor = await work.execute(_SQL["find_device"], {"secret_hash": secret_hash})
    row = await cursor.fetchone()
    return None if row is None else Device(secret_hash, *row)


async def lock_till(work: Work, till: int) -> tuple[int, int] | None:
    """(agent, outlet) of a till, which is held until the end of the transaction."""
    row = await (await work.execute(_SQL["find_till"], {"till": till})).fetchone()
    return None if row is None else (row[2], row[1])


async def enrol_device(
    work: Work, till: int, *, secret_hash: bytes, by: UUID, now: datetime
) -> None:
    """Give a till its secret; the one before it and all sessions there end."""
    await end_devices(work, till, now=now)
    await _write(work, "add_device", secret_hash=secret_hash, till=till, by=by, now=now)


async def end_devices(work: Work, till: int, *, now: datetime) -> None:
    """Take a till's secret away; all sessions there end."""
    await _write(work, "end_sessions_at", till=till, now=now)
    await _write(work, "end_devices", till=till, now=now)


class Guesses:
    """The guesses table: what each subject owes, changed under the subjects' locks."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def change(
        self,
        subjects: list[bytes],
        now: datetime,
        rule: Callable[[Mapping[bytes, datetime]], Mapping[bytes, datetime]],
    ) -> None:
        """Let a rule say what is owed afterwards; an empty answer changes nothing."""
        async with transaction(self._pool) as work:
            await work.execute(_SQL["meet_subjects"], {"subjects": subjects, "now": now})
            cursor = await work.execute(_SQL["lock_subjects"], {"subjects": subjects})
            after = rule(dict(await cursor.fetchall()))
            values = {"subjects": list(after), "clear_ats": list(after.values())}
            await work.execute(_SQL["owe"], values)

    async def forget(self, before: datetime) -> int:
        """Drop who has owed nothing since a moment; answer how many."""
        async with transaction(self._pool) as work:
            return (await work.execute(_SQL["forget_subjects"], {"before": before})).rowcount


async def _write(work: Work, name: str, **values: Any) -> int:
    return (await work.execute(_SQL[name], values)).rowcount
