"""A party's own book: one SQLite file that answers only for what is on the disk.

Works that arrive together are committed together, and nobody hears of a work before its commit.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]

WORKS_MOST = 400
"""Works in one commit: enough to share an fsync, few enough to answer the first one soon."""


def open_book_file(path: Path, schema: str) -> sqlite3.Connection:
    """Open a book file for writing, making its tables where they are missing."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(schema)
    return connection


class Book:
    """One party's book. Writes go through one thread; short reads run where they are asked."""

    def __init__(self, path: Path, schema: str) -> None:
        self._writer = open_book_file(path, schema)
        self._reader = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=path.stem)
        self._waiting: list[tuple[Work, asyncio.Future[Any]]] = []
        self._rounds: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Carry out a work; returns its value once the commit that holds it is on disk."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._commit_rounds())
        return await future

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """A short look at what is committed."""
        return work(self._reader)

    async def close(self) -> None:
        """Let waiting works finish, then close the file."""
        if self._rounds is not None:
            await self._rounds
        self._thread.shutdown()
        self._reader.close()
        self._writer.close()

    async def _commit_rounds(self) -> None:
        """Commit whatever gathered while the last commit was under way, until nothing waits."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            taken, self._waiting = self._waiting[:WORKS_MOST], self._waiting[WORKS_MOST:]
            works = [work for work, _ in taken]
            values = await loop.run_in_executor(self._thread, _commit, self._writer, works)
            for (_, future), value in zip(taken, values, strict=True):
                _tell(future, value)


def _commit(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Any]:
    """All works in one commit; if one breaks, each alone, so that it spoils no other."""
    try:
        return _commit_together(connection, works)
    except Exception as broken:
        if len(works) == 1:
            return [broken]
        return [value for work in works for value in _commit(connection, [work])]


def _commit_together(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Any]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        values = [work(connection) for work in works]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return values


def _tell(future: asyncio.Future[Any], value: Any) -> None:
    if future.done():
        return
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)
