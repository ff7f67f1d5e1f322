"""Sessions: begun at a door under a new name, looked up at every request, ended for good.

A token that somebody brings to a login is never taken over: it ends there.
"""

from uuid import UUID

from msgspec import Struct

from cashlane.core.clock import Clock
from cashlane.core.network import Actor
from cashlane.core.refusals import Refused
from cashlane.core.sitting import AT_TILL, STAFF, Session, at_work
from cashlane.people.tokens import new_token, token_hash
from cashlane.store import sessions as rows
from cashlane.store.connect import Pool, transaction
from cashlane.store.people import Account
from cashlane.store.sessions import Device, Seat
from cashlane.values.ids import Ids
from cashlane.values.secret import Secret

LISTED_MOST = 100
"""Open doors of one person in one list."""


class LoggedIn(Struct, frozen=True):
    """A new session and its token, which is told to nobody but the one browser or till."""

    token: Secret
    session: Session


class Sessions:
    """All sessions, at desks and at tills."""

    def __init__(self, pool: Pool, clock: Clock, ids: Ids) -> None:
        self._pool = pool
        self._clock = clock
        self._ids = ids

    async def start(
        self, account: Account, device: Device | None, *, before: Secret | None
    ) -> LoggedIn:
        """Begin a session; the one brought along ends, and at a till whoever stood there."""
        session, token = self._new(account, device), new_token()
        async with transaction(self._pool) as work:
            if before is not None:
                await rows.end_session(work, token_hash(before), now=session.started_at)
            if device is not None:
                await rows.end_sessions_at(work, device.till, now=session.started_at)
            secret = None if device is None else device.secret_hash
            await rows.start_session(work, session, token_hash=token_hash(token), device=secret)
        return LoggedIn(token, session)

    async def of(self, token: Secret) -> Session | Refused:
        """Whose session a token is; using it keeps it awake."""
        now, name = self._clock.now(), token_hash(token)
        async with transaction(self._pool) as work:
            session = await rows.find_session(work, name)
            if session is None or not session.lasts(now):
                return Refused("SESSION_ENDED")
            if session.worth_touching(now):
                await rows.touch_session(work, name, now=now)
        return session

    async def glance(self, token: Secret) -> Session | Refused:
        """Whose session a token is, for a page that asks by itself: that is no use of it."""
        async with transaction(self._pool) as work:
            session = await rows.find_session(work, token_hash(token))
        if session is None or not session.lasts(self._clock.now()):
            return Refused("SESSION_ENDED")
        return session

    async def end(self, token: Secret) -> None:
        """Log out; ending twice is no fault."""
        async with transaction(self._pool) as work:
            await rows.end_session(work, token_hash(token), now=self._clock.now())

    async def mine(self, session: Session) -> list[Seat]:
        """All sessions of the same person, newest first."""
        async with transaction(self._pool) as work:
            return await rows.list_sessions(
                work, session.person.id, now=self._clock.now(), most=LISTED_MOST
            )

    async def end_mine(self, session: Session, other: UUID) -> Refused | None:
        """End one of one's own sessions from the list."""
        async with transaction(self._pool) as work:
            ended = await rows.end_named_session(
                work, other, user=session.person.id, now=self._clock.now()
            )
        return None if ended else Refused("NOT_FOUND", {"what": "session"})

    def _new(self, account: Account, device: Device | None) -> Session:
        now = self._clock.now()
        life = STAFF if device is None else AT_TILL
        return Session(
            id=self._ids.fresh(now),
            person=at_work(account.person, must_change=account.must_change),
            must_change=account.must_change,
            till=None if device is None else device.till,
            started_at=now,
            seen_at=now,
            expires_at=now + life.whole,
        )


def actor_of(session: Session) -> Actor | None:
    """Who asks for a payment; None for people of the network, who stand at no counter."""
    person = session.person
    if person.agent is None:
        return None
    return Actor(person.agent, person.outlet, person.id, person.login)
