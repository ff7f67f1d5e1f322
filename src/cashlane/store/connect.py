"""Connections, and the one rule for trying again what the database could not finish."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import chain, repeat
from typing import Any, LiteralString, TypeVar

import psycopg
import stamina
from psycopg import AsyncConnection, Connection, errors
from psycopg_pool import AsyncConnectionPool, PoolTimeout

T = TypeVar("T")


class Connected(AsyncConnection[Any]):
    """A pooled connection that remembers when it last did its work, and since when its statements
    have their plans (seconds of the loop)."""

    used_at = float("-inf")
    planned_at = float("-inf")


Work = AsyncConnection[Any]
"""A connection inside its transaction: what is done on it is kept or lost together."""
Pool = AsyncConnectionPool[Connected]
Single = Connection[Any]
"""One connection for human-scale work."""

STATEMENT_TIMEOUT_MS = 15_000
"""No statement of the street needs a second: one that takes this long is stuck."""
LOCK_TIMEOUT_MS = 5_000
"""A till's patience: whoever waits longer for a lock is answered "in doubt" anyway."""
CONNECTION_WITHIN_S = 2.0
"""No connection free by then: three tries of it are about a till's patience, and while the
database is away nothing piles up behind it."""
RECONNECT_S = 2.0
"""Attempts at one broken connection rest ever longer, so they are given up after this and begun
anew by whoever asks next: however long the database was away, it is found again at once."""
FRESH_S = 1.0
"""A connection that worked so lately is taken unasked; one that rested longer may have broken."""
PLANS_KEPT_S = 5.0
"""A plan made while a table was nearly empty - a new month's, a new network's - may look at more
rows with every payment; it is made anew after this, which costs less than one slow batch."""
TRIES = 3
"""The same write, under the same keys; then its caller learns that it is lost."""

MOVED = "CL001"
"""Something moved under the writer: load and decide again."""
DAY_NOT_OPEN = "CL003"


class Moved(Exception):
    """The write met a change it had not seen; the same decision must be made again."""


class DayNotOpen(Exception):
    """The business day was cut between the decision and its write."""


class Lost(Exception):
    """The connection broke or the server refused; whether the write happened is unknown.

    The way out is the same write under the same key: the constraint decides.
    """


def connect(dsn: str, *, autocommit: bool = False) -> Connection[Any]:
    """One connection for human-scale work."""
    return psycopg.connect(dsn, autocommit=autocommit)


async def open_pool(dsn: str, *, size: int) -> Pool:
    """A pool whose connections time out on locks and statements, and are checked when taken."""
    pool: Pool = AsyncConnectionPool(
        dsn,
        min_size=1,
        max_size=size,
        open=False,
        timeout=CONNECTION_WITHIN_S,
        reconnect_timeout=RECONNECT_S,
        connection_class=Connected,
        check=_check,
        configure=_configure,
    )
    await pool.open()
    return pool


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[AsyncConnection[Any]]:
    """One transaction on a pooled connection, with database errors said in our own words.

    Raises Moved, Lost or DayNotOpen; any other database error is a defect and comes as it is.
    """
    try:
        async with pool.connection() as connection:
            yield connection
            connection.used_at = asyncio.get_running_loop().time()
    except PoolTimeout as error:
        raise Lost("no database connection was free in time") from error
    except psycopg.Error as error:
        raise understood(error) from error


async def at_once(
    pool: Pool, statement: LiteralString, arguments: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    """One statement as a transaction of its own, in one way to the server and back; its rows, which
    are committed by then."""
    async with transaction(pool) as connection, connection.pipeline():
        cursor = await connection.execute(statement, arguments, prepare=True)
        await connection.commit()
        return await cursor.fetchall() if cursor.description else []


async def _check(connection: Connected) -> None:
    now = asyncio.get_running_loop().time()
    if now - connection.used_at > FRESH_S:
        await AsyncConnectionPool.check_connection(connection)
    if now - connection.planned_at > PLANS_KEPT_S:
        await connection.execute("DISCARD PLANS")
        await connection.commit()
        connection.planned_at = now


async def _configure(connection: AsyncConnection[Any]) -> None:
    await connection.execute(
        f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}; SET lock_timeout = {LOCK_TIMEOUT_MS};"
        " SET timezone = 'UTC'"
    )
    await connection.commit()


def understood(error: psycopg.Error) -> Exception:
    """What a database error means to a writer; errors that mean a defect come back as they are."""
    if isinstance(error, errors.UniqueViolation) or error.sqlstate == MOVED:
        return Moved(str(error))
    if error.sqlstate == DAY_NOT_OPEN:
        return DayNotOpen(str(error))
    passing = (
        errors.SerializationFailure,
        errors.DeadlockDetected,
        errors.LockNotAvailable,
        errors.QueryCanceled,
        errors.ReadOnlySqlTransaction,
        errors.CannotConnectNow,
        errors.OperationalError,
        errors.InterfaceError,
    )
    return Lost(str(error)) if isinstance(error, passing) else error


async def again(work: Callable[[], Awaitable[T]], *, tries: int) -> T:
    """Do the same work again while it is lost or moved, with growing, jittered pauses.

    Raises the last Moved or Lost when the tries are used up.
    """
    try:
        return await work()
    except (Moved, Lost) as error:
        # Nearly all work is done at the first try, which needs nothing of what repeats it.
        return await _repeated(work, error, tries=tries)


def optimist(work: Callable[[bool], Awaitable[T]]) -> Callable[[], Awaitable[T]]:
    """Work whose first try takes for granted what is nearly always so and is checked by the write
    itself; only where that came to nothing (Moved, Lost) does it look first."""
    looks = chain((False,), repeat(True))
    return lambda: work(next(looks))


async def _repeated(work: Callable[[], Awaitable[T]], first: Moved | Lost, *, tries: int) -> T:
    """The tries after the first one, which came to this."""
    async for attempt in stamina.retry_context(
        on=(Moved, Lost), attempts=tries, timeout=None, wait_initial=0.02, wait_max=2.0
    ):
        with attempt:
            if attempt.num == 1:
                raise first
            return await work()
    raise AssertionError("a retry context either answers or raises")
