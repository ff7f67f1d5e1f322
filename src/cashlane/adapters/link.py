"""One line to a counterpart over HTTP, which never raises for what the counterpart does.

It tells exactly one thing beyond the answer: whether anything can have left us.
"""

import asyncio
import ssl
from collections.abc import Mapping

import aiohttp
from msgspec import Struct

ATTEMPT_S = 8.0
"""One attempt, from the first wait to the last byte of the answer."""

INQUIRY_S = 4.0
"""An inquiry ends before a till's patience of 5 s does: the counter is told that the biller does
not answer, rather than nothing."""

BODY_MOST = 1 << 20
"""Bytes of an answer that are read; a longer one is no answer."""

_CHUNK = 1 << 16


class LinkPlan(Struct, frozen=True):
    """How to reach a counterpart: where, how long an attempt may last, how many at a time.

    `host` is the name it is asked by, where the address is that of a line in between.
    """

    address: str
    attempt_s: float
    connections: int
    host: str | None = None


class Answered(Struct, frozen=True):
    """A whole answer within the limits."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NotAnswered(Struct, frozen=True):
    """No usable answer. `sent` is False only where no byte of the message can have left."""

    why: str
    sent: bool


class Link:
    """A line with its own session, opened at the first message and closable."""

    def __init__(self, plan: LinkPlan, tls: ssl.SSLContext | None) -> None:
        self._plan = plan
        self._tls = tls
        self._lines = asyncio.Semaphore(plan.connections)
        self._session: aiohttp.ClientSession | None = None

    def deadline(self) -> float:
        """When an attempt that starts now must have ended, on the loop's own clock."""
        return asyncio.get_running_loop().time() + self._plan.attempt_s

    async def post(
        self, path: str, body: bytes, headers: Mapping[str, str], *, until: float
    ) -> Answered | NotAnswered:
        """Send one message and read its answer before the deadline, a slow drip included."""
        if not await self._line_free(until):
            return NotAnswered("no line was free before the deadline", sent=False)
        try:
            async with asyncio.timeout_at(until):
                return await self._exchange(path, body, headers)
        except aiohttp.ClientConnectorError as refused:
            return NotAnswered(f"no connection: {type(refused).__name__}", sent=False)
        except TimeoutError:
            return NotAnswered("no whole answer before the deadline", sent=True)
        except (aiohttp.ClientError, OSError, ValueError) as broken:
            return NotAnswered(f"the line broke: {type(broken).__name__}", sent=True)
        finally:
            self._lines.release()

    async def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _line_free(self, until: float) -> bool:
        try:
            async with asyncio.timeout_at(until):
                return await self._lines.acquire()
        except TimeoutError:
            return False

    async def _exchange(
        self, path: str, body: bytes, headers: Mapping[str, str]
    ) -> Answered | NotAnswered:
        async with self._open().post(
            f"{self._plan.address}{path}", data=body, headers=headers, allow_redirects=False
        ) as response:
            answer = await _read_within(response.content)
            if answer is None:
                return NotAnswered("the answer is longer than allowed", sent=True)
            return Answered(response.status, response.headers, answer)

    def _open(self) -> aiohttp.ClientSession:
        """The session. No cookies, no redirects, no proxies, no unpacking of compressed bodies."""
        if self._session is None:
            named = {"Host": self._plan.host} if self._plan.host else {}
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._plan.connections, ssl=self._tls or True),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": "identity", **named},
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
            )
        return self._session


async def _read_within(content: aiohttp.StreamReader) -> bytes | None:
    """The whole body, or None once it is longer than allowed."""
    parts, length = [], 0
    while part := await content.read(_CHUNK):
        length += len(part)
        if length > BODY_MOST:
            return None
        parts.append(part)
    return b"".join(parts)
