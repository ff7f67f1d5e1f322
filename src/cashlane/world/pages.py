"""Reading a book page by page: the question an auditor asks of any party.

Keyset paging: the next page starts after the last row seen, however the book grows meanwhile.
"""

from aiohttp import web
from msgspec import Struct

from cashlane.values.money import read_minor

ROWS_MOST = 1000
"""Rows of one page of a simulated party's books."""


class PageAsked(Struct, frozen=True):
    """Which page: rows after `after`, at most `most` of them."""

    after: int
    most: int


def page_asked(request: web.Request) -> PageAsked:
    """Read `?after=<seq>&limit=<n>`; anything but digits is answered 400."""
    after = read_minor(request.query.get("after", "0"))
    most = read_minor(request.query.get("limit", str(ROWS_MOST)))
    if after is None or most is None or most == 0:
        raise web.HTTPBadRequest(text="after and limit are whole numbers")
    return PageAsked(after, min(most, ROWS_MOST))


def next_after(rows: list[dict[str, object]], asked: PageAsked) -> object:
    """Where the next page starts; None after the last one."""
    return rows[-1]["seq"] if len(rows) == asked.most else None
