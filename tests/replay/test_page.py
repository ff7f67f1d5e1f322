"""The page of a replay in a real browser: both languages, wide, narrow and printed, alone."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.async_api import Page

from cashlane.trial.replay.figures import FIGURES, told
from cashlane.trial.replay.page import page, policy
from cashlane.trial.replay.replay import Replay
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing, browsing

__all__ = ["browsing"]

_SMALL = """
() => [...document.querySelectorAll('svg.steps text')]
  .filter(it => it.checkVisibility() && it.getBoundingClientRect().height < 11)
  .map(it => it.textContent)
"""
"""Words in pictures that nobody can read."""


@pytest.fixture(scope="module")
def written(done: Replay) -> str:
    return page(done, "zh")


@pytest.fixture(scope="module")
def origin(written: str) -> Iterator[str]:
    """A server that knows nothing but the page, and sends its policy as a header too."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/"
            content = written.encode() if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Security-Policy", f"{policy()}; frame-ancestors 'none'")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_needs_nothing_else(written: str) -> None:
    assert not re.findall(r"<script|<link|<img|<iframe|\sstyle=|\son\w+=|https?:|url\(", written)
    assert policy() in written.replace("&#39;", "'")


@pytest.mark.parametrize("width", [360, 820, 1440])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_hinders_people(browsing: Browsing, origin: str, language: str, width: int) -> None:
    async def look(page: Page) -> None:
        await page.goto(f"/#{language}")
        assert await axe(page) == []
        across = "document.documentElement.scrollWidth <= innerWidth"
        assert await page.evaluate(across), "it must not scroll sideways"
        small = await page.evaluate(_SMALL)
        assert small == [], "words in pictures must be legible"

    browsing(origin, look, Window(width=width))


def test_one_language_at_a_time_without_a_script(browsing: Browsing, origin: str) -> None:
    async def look(page: Page) -> None:
        await page.goto("/")
        assert await page.locator("h1:visible").all_inner_texts() == [
            "上海，2021年末至2022年3月：现金缴费网点的停与复"
        ]
        await page.get_by_role("link", name="English").click()
        (title,) = await page.locator("h1:visible").all_inner_texts()
        assert title.startswith("Shanghai, end of 2021")
        await page.get_by_role("link", name="中文").click()
        assert await page.locator("main:visible").count() == 1
        assert await page.get_by_role("link", name="English").is_visible()

    browsing(origin, look, Window(scripts=False))


def test_it_opens_in_the_language_asked_for(done: Replay) -> None:
    for first, second in (("zh", "en"), ("en", "zh")):
        text = page(done, "zh" if first == "zh" else "en")
        assert f'class="first" id="{first}"' in text
        assert text.index(f'id="{second}"') < text.index(f'id="{first}"')


def test_every_figure_and_fact_is_on_it(done: Replay, written: str) -> None:
    for figure in FIGURES:
        assert all(f">{told(figure, outcome)}<" in written for outcome in done.outcomes)
    for fact in done.story.facts.values():
        assert f"<code>{fact.name}</code>" in written
        assert fact.says.en.replace("'", "&#39;") in written
    assert done.story.banner.zh in written
    assert done.story.banner.en in written


def test_the_dated_values_stand_in_the_picture(browsing: Browsing, origin: str) -> None:
    async def look(page: Page) -> None:
        await page.goto("/#en")
        first = page.locator("#en .world").first
        said = [await it.text_content() for it in await first.locator("svg text").all()]
        expected = ["4,407", "1,251", "31 Dec", "1,276", "14 Jan", "1,676", "22 Jan", "2,960",
                    "15 Feb", "4,407", "17 Feb"]  # fmt: skip
        assert [it for it in said if it in expected] == expected

    browsing(origin, look)


def test_paper_shows_all_of_it(browsing: Browsing, origin: str) -> None:
    async def look(page: Page) -> None:
        await page.goto("/#en")
        await page.emulate_media(media="print")
        assert await page.locator("#en .facts li:visible").count() > 50
        assert not await page.get_by_role("link", name="中文").is_visible()
        white = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert white == "rgb(255, 255, 255)"

    browsing(origin, look)
