"""A route's line to the billers' posting desks, over real HTTP.

Payments for one biller that arrive while messages are under way travel together in the next.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeVar

import aiohttp
import msgspec

from cashlane.world.journal import Row
from cashlane.world.postings import Answer, Posting, Standing

T = TypeVar("T")
PATIENCE_S = 5.0
"""What a route allows a biller for one answer."""

TOGETHER_MOST = 200
"""Payments in one message to a biller."""
LINES_MOST = 4
"""Messages under way to one biller at a time."""


class _Answers(msgspec.Struct, frozen=True):
    results: tuple[Answer, ...]


class Forwarder:
    """Carries postings, status questions and voids to billers. None means: no answer came."""

    def __init__(self, billers: Mapping[str, str]) -> None:
        self._billers = billers
        self._session: aiohttp.ClientSession | None = None
        self._waiting: dict[str, list[tuple[Row, asyncio.Future[Answer | None]]]] = {}
        self._lines: dict[str, set[asyncio.Task[None]]] = {}

    async def post(self, row: Row) -> Answer | None:
        """Forward one payment to its biller."""
        if row.biller not in self._billers:
            return Answer(row.payment, "no_such_bill")
        future: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(row.biller, []).append((row, future))
        lines = self._lines.setdefault(row.biller, set())
        if len(lines) < LINES_MOST:
            line = asyncio.create_task(self._carry(row.biller))
            lines.add(line)
            line.add_done_callback(lines.discard)
        return await future

    async def standing(self, row: Row) -> Standing | bool | None:
        """Ask a biller what became of a payment; False where it knows none."""
        address = f"{self._billers.get(row.biller, '')}/postings/{row.payment}"
        status, body = await self._exchange("GET", address, None)
        if status == 404:
            return False
        return _read(body, Standing) if status == 200 else None

    async def void(self, biller: str, payments: Sequence[str]) -> Sequence[Answer] | None:
        """Ask a biller to undo payments."""
        address = f"{self._billers.get(biller, '')}/voids"
        status, body = await self._exchange("POST", address, {"payments": payments})
        found = _read(body, _Answers) if status == 200 else None
        return None if found is None else found.results

    async def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()

    async def _carry(self, biller: str) -> None:
        """One line's work: message after message while payments wait."""
        # The first payment of a burst lets the others of the same moment get on board.
        await asyncio.sleep(0)
        while self._waiting.get(biller):
            waiting = self._waiting[biller]
            taken, self._waiting[biller] = waiting[:TOGETHER_MOST], waiting[TOGETHER_MOST:]
            answers = await self._message(biller, [row for row, _ in taken])
            for row, future in taken:
                if not future.done():
                    future.set_result(answers.get(row.payment))

    async def _message(self, biller: str, rows: Sequence[Row]) -> dict[str, Answer]:
        postings = [Posting(row.payment, row.bill_ref, row.account, row.amount) for row in rows]
        address = f"{self._billers[biller]}/postings"
        status, body = await self._exchange("POST", address, {"postings": postings})
        found = _read(body, _Answers) if status == 200 else None
        return {} if found is None else {answer.payment: answer for answer in found.results}

    async def _exchange(self, method: str, address: str, message: object) -> tuple[int, bytes]:
        """One question and its answer; status 0 where none came."""
        try:
            async with (
                asyncio.timeout(PATIENCE_S),
                self._open().request(
                    method,
                    address,
                    data=None if message is None else msgspec.json.encode(message),
                    headers={"Content-Type": "application/json"},
                ) as response,
            ):
                return response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0, b""

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=64), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def _read(body: bytes, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError:
        return None
