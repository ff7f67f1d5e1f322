"""A sandbox's statement: kept pages, and servers that give them well and badly."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from aiohttp import web

from cashlane.adapters.routes.statement import PAGE_BYTES, Statement, book_lines, read_page
from cashlane.core.evidence import BookLine

GOLDEN = Path(__file__).parent / "golden"


def test_what_was_carried_out_is_read_and_refusals_are_not() -> None:
    page = read_page((GOLDEN / "good.json").read_bytes())
    assert page is not None
    first = BookLine("pay_a", 12650, undone=False, business_date=date(2026, 1, 15))
    second = BookLine("pay_a", 12650, undone=True, business_date=None)
    assert book_lines(page) == [("pay_a", first), ("pay_a", second)]


def test_an_empty_page_is_a_page() -> None:
    page = read_page((GOLDEN / "empty.json").read_bytes())
    assert page is not None
    assert book_lines(page) == []


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", (GOLDEN / "broken.json").read_bytes()])
def test_what_is_no_page_is_none(body: bytes) -> None:
    assert read_page(body) is None


def read_from(answer: Callable[[web.Request], web.Response]) -> object:
    async def handler(request: web.Request) -> web.Response:
        return answer(request)

    async def run() -> object:
        app = web.Application()
        app.router.add_get("/books", handler)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        try:
            return await Statement(f"http://127.0.0.1:{port}/books", None).read()
        finally:
            await runner.cleanup()

    return asyncio.run(run())


def test_pages_are_followed_to_the_last() -> None:
    def answer(request: web.Request) -> web.Response:
        last = request.query["after"] == "7"
        line = {"payment": "pay_a", "amount": 5, "result": "posted"}
        return web.json_response({"payments": [line], "next": None if last else 7})

    book = read_from(answer)
    assert book == {"pay_a": (BookLine("pay_a", 5, False, None),) * 2}


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: web.json_response({"payments": [], "next": 1}),
        lambda _: web.Response(status=500),
        lambda _: web.Response(body=b" " * (PAGE_BYTES + 1)),
        lambda _: web.Response(status=302, headers={"Location": "/elsewhere"}),
    ],
)
def test_half_a_statement_is_none(answer: Callable[[web.Request], web.Response]) -> None:
    assert read_from(answer) is None


def test_nobody_there_is_no_statement() -> None:
    assert asyncio.run(Statement("http://127.0.0.1:9/books", None).read()) is None
