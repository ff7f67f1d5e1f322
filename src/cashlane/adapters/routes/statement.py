"""A sandbox's own statement: what it says it has carried out, page by page over HTTP.

It is what a partner would settle by; a double posting shows here or nowhere.
"""

import ssl
from datetime import date
from typing import Annotated

import aiohttp
import msgspec
from msgspec import Meta, Struct

from cashlane.core.evidence import BookLine

PAGES_MOST = 200
"""Pages of one statement that are read: a sandbox that has carried out more is cleared first."""
PAGE_BYTES = 4 << 20
"""Bytes of one page that are read; a longer one is no page."""
PATIENCE_S = 30.0
"""For one page: nobody waits at a counter for it."""
_CARRIED_OUT = frozenset({"posted", "already_posted"})

_Text = Annotated[str, Meta(max_length=200)]


class Line(Struct, frozen=True):
    """One line of a page; `amount` in minor units. Other fields are not looked at."""

    payment: _Text
    amount: int
    result: _Text
    voided: bool | int = False
    business_date: date | None = None


class Page(Struct, frozen=True):
    """A page; `next` is where the one after it begins, null on the last."""

    payments: tuple[Line, ...]
    next: int | None


def read_page(body: bytes) -> Page | None:
    """A page out of its JSON; None where it is not one."""
    try:
        return msgspec.json.decode(body, type=Page)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def book_lines(page: Page) -> list[tuple[str, BookLine]]:
    """The lines of payments that were carried out, by payment."""
    return [
        (line.payment, BookLine(line.payment, line.amount, bool(line.voided), line.business_date))
        for line in page.payments
        if line.result in _CARRIED_OUT
    ]


class Statement:
    """A statement at an address, asked as `?after=<line>&limit=<lines>`."""

    def __init__(self, address: str, tls: ssl.SSLContext | None) -> None:
        self._address = address
        self._tls = tls

    async def read(self) -> dict[str, tuple[BookLine, ...]] | None:
        """All carried-out payments by their id; None where no whole statement could be read."""
        book: dict[str, tuple[BookLine, ...]] = {}
        after: int | None = 0
        async with self._session() as session:
            for _ in range(PAGES_MOST):
                page = await self._page(session, after or 0)
                if page is None:
                    return None
                for payment, line in book_lines(page):
                    book[payment] = (*book.get(payment, ()), line)
                after = page.next
                if after is None:
                    return book
        return None

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls or True),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
        )

    async def _page(self, session: aiohttp.ClientSession, after: int) -> Page | None:
        query = {"after": str(after), "limit": "1000"}
        try:
            async with session.get(self._address, params=query, allow_redirects=False) as answer:
                if answer.status != 200:
                    return None
                body = await _whole(answer.content)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return None
        return None if body is None else read_page(body)


async def _whole(content: aiohttp.StreamReader) -> bytes | None:
    """The whole body, or None once it is longer than a page may be."""
    body = b""
    while piece := await content.read(1 << 16):
        body += piece
        if len(body) > PAGE_BYTES:
            return None
    return body
