"""The simulated database server: row locks, waiting, commits - and the nasty truths about them.

A commit may apply and answer, apply and lose its answer, not apply and raise, or fail to be
serialised. A dead client's open transaction vanishes; one whose COMMIT had left is carried out.
"""

import asyncio
from collections.abc import Callable, Hashable, Iterable
from contextvars import Context
from random import Random
from typing import Protocol
from uuid import UUID

from cashlane.store.connect import Lost
from tests.simulation.kernel import PROCESS, Kernel, Process
from tests.simulation.tables import Tables

PATIENCE_S = 5.0
"""Whoever waits longer for a lock is sent away, as the real server does."""
UNANSWERED_MOST_S = 8.0
"""So long a client may wait for an answer that got lost; others go on with what it wrote."""
Row = Hashable


class StoreFaults(Protocol):
    """What may go wrong with the server at this moment."""

    def away(self) -> bool:
        """Nobody can reach it."""
        ...

    def fate(self) -> str:
        """What becomes of a commit: kept, unanswered, undone or unserialised."""
        ...

    def trip_s(self) -> float:
        """How long a message to it takes now."""
        ...


class Session:
    """One transaction of a client."""

    __slots__ = ("held", "over", "process", "shares_day", "staged")

    def __init__(self, process: Process | None) -> None:
        self.process = process
        self.held: list[Row] = []
        self.staged: list[Callable[[], None]] = []
        self.shares_day = False
        self.over = False


class Server:
    """Transactions over the tables."""

    def __init__(self, kernel: Kernel, tables: Tables, faults: StoreFaults, noise: Random) -> None:
        self.kernel = kernel
        self.tables = tables
        self.faults = faults
        self._noise = noise
        self._locks: dict[Row, Session] = {}
        self._waiting: dict[Row, list[asyncio.Future[None]]] = {}
        self._open: dict[Session, None] = {}
        self._at_home = Context()
        self.sharers = 0

    # -- a transaction's life ----------------------------------------------------------------------

    def begin(self) -> Session:
        """Open a transaction for the process that is running."""
        session = Session(PROCESS.get())
        self._open[session] = None
        return session

    async def trip(self) -> None:
        """A statement's way there and back. Raises Lost where the server is away."""
        seconds = self.faults.trip_s()
        if self.faults.away():
            await self.kernel.pause(seconds + self._noise.random())
            raise Lost("the server is away")
        await self.kernel.pause(seconds)

    async def commit(self, session: Session) -> None:
        """Keep what was staged - or not. Raises Lost where the answer does not come."""
        if not session.staged:
            self.forget(session)
            return
        fate = "undone" if self.faults.away() else self.faults.fate()
        answer: asyncio.Future[None] = self.kernel.create_future()
        # From here on the client's death changes nothing: the message is on its way.
        del self._open[session]
        self.kernel.call_later(
            self.faults.trip_s(), self._finish, session, fate, answer, context=self._at_home
        )
        await answer

    def _finish(self, session: Session, fate: str, answer: "asyncio.Future[None]") -> None:
        if fate in {"kept", "unanswered"}:
            for act in session.staged:
                act()
        self._release(session)
        if fate == "kept":
            _set(answer)
            return
        delay = self._noise.random() * (UNANSWERED_MOST_S if fate == "unanswered" else 0.1)
        self.kernel.call_later(delay, _fail, answer, fate, context=self._at_home)

    def forget(self, session: Session) -> None:
        """Roll back: nothing of it was ever there."""
        if session in self._open:
            del self._open[session]
            self._release(session)

    def abandoned_by(self, process: Process) -> None:
        """The client is dead: its open transactions are rolled back."""
        for session in [one for one in self._open if one.process is process]:
            self.forget(session)

    def _release(self, session: Session) -> None:
        session.over = True
        if session.shares_day:
            self.sharers -= 1
            session.shares_day = False
        for row in session.held:
            del self._locks[row]
            # All are woken and look again: the first in line may be dead by now.
            for future in self._waiting.pop(row, ()):
                _set(future)
        session.held.clear()

    # -- locks -------------------------------------------------------------------------------------

    def share_day(self, session: Session) -> None:
        """Hold the business day, so that a cut waits."""
        if not session.shares_day:
            session.shares_day = True
            self.sharers += 1

    def is_locked(self, errand: tuple[int, UUID]) -> bool:
        """Whether somebody holds this errand's row."""
        bucket, ident = errand
        return ("errand", bucket, ident.int) in self._locks

    async def lock(self, session: Session, rows: Iterable[Row]) -> None:
        """Hold these rows until the end, waiting for whoever has them. Raises Lost in time."""
        for row in rows:
            owner = self._locks.get(row)
            while owner is not None and owner is not session:
                await self._wait(row)
                owner = self._locks.get(row)
            if owner is None:
                assert not session.over
                self._locks[row] = session
                session.held.append(row)

    async def _wait(self, row: Row) -> None:
        future: asyncio.Future[None] = self.kernel.create_future()
        self._waiting.setdefault(row, []).append(future)
        timer = self.kernel.call_later(PATIENCE_S, _fail, future, "lock", context=self._at_home)
        try:
            await future
        finally:
            timer.cancel()


def _set(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _fail(future: "asyncio.Future[None]", why: str) -> None:
    if not future.done():
        future.set_exception(Lost(why))
        future.exception()
