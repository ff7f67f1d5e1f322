"""The watch over pages itself: what it must see, it sees."""

import asyncio
from collections.abc import Iterator
from threading import Thread

import pytest
from aiohttp import web
from playwright.async_api import Page

from tests.web.browser import Window, axe
from tests.web.conftest import Browsing

_GOOD = (
    "<!doctype html><html lang=en><title>A page</title>"
    "<main><h1>A page</h1><p>It does nothing.</p></main>"
)
_PAGES = {
    "/good": _GOOD,
    "/foreign": _GOOD + '<img alt="" src="http://127.0.0.1:9/other.png">',
    "/inline": _GOOD + "<script>1</script>",
    "/loud": _GOOD + '<script src="/loud.js"></script>',
    "/unnamed": _GOOD + "<main><input></main>",
}


@pytest.fixture
def origin() -> Iterator[str]:
    """A server with a good page and one for each fault."""
    loop = asyncio.new_event_loop()

    async def page(request: web.Request) -> web.Response:
        if request.path == "/loud.js":
            return web.Response(text="throw new Error('loud')", content_type="text/javascript")
        headers = {"Content-Security-Policy": "script-src 'self'"}
        text = _PAGES.get(request.path, "")
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def start() -> tuple[web.AppRunner, int]:
        app = web.Application()
        app.router.add_get("/{name}", page)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, runner.addresses[0][1]

    runner, port = loop.run_until_complete(start())
    thread = Thread(target=loop.run_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.run_until_complete(runner.cleanup())
    loop.close()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/foreign", "off origin: http://127.0.0.1:9/other.png"),
        ("/inline", "script-src"),
        ("/loud", "loud"),
    ],
)
def test_a_fault_of_a_page_fails_its_test(
    browsing: Browsing, origin: str, path: str, said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        browsing(origin, lambda page: page.goto(path))


def test_what_a_test_brings_about_itself_is_excused(browsing: Browsing, origin: str) -> None:
    browsing(origin, lambda page: page.goto("/loud"), Window(excused=("loud",)))


def test_hindrances_are_found_and_a_good_page_has_none(browsing: Browsing, origin: str) -> None:
    async def look(page: Page) -> None:
        await page.goto("/good")
        assert await axe(page) == []
        await page.goto("/unnamed")
        assert any(one.startswith("label:") for one in await axe(page))

    browsing(origin, look)
