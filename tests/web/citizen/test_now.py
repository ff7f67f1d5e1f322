"""The truth page: the whole city, one counter, both languages, without scripts."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Page

from cashlane.main import network_of
from cashlane.store.connect import connect
from tests.street.running import Street
from tests.street.said import post_line_shut
from tests.web.browser import axe
from tests.web.conftest import Browsing


@pytest.fixture
def shut(street: Street) -> Iterator[None]:
    """The post's only way is shut."""
    with post_line_shut(street):
        yield


async def until(page: Page, path: str, words: str) -> None:
    """Look until the page says it: the processes learn within a second."""
    for _ in range(100):
        await page.goto(path)
        if words in await page.inner_text("body"):
            return
        await page.wait_for_timeout(100)
    raise AssertionError(f"{path} does not say {words!r}: {await page.inner_text('body')}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_see_what_can_be_paid_where(
    browsing: Browsing, street: Street, language: str
) -> None:
    async def scenario(page: Page) -> None:
        await page.goto(f"/now/?lang={language}")
        assert await axe(page) == []
        assert await page.locator("tbody tr").count() == 6
        assert await page.locator("td.none").count() == 0
        await page.fill("#q", "post-00")
        await page.click("button")
        assert await page.locator(".found li").count() == 30
        await page.click(".found a >> nth=0")
        assert await page.locator(".bills > li.all").count() == 6
        assert await axe(page) == []

    browsing(street.api, scenario)


def test_each_figure_opens_what_it_counts_and_from_what(browsing: Browsing, street: Street) -> None:
    """On every page with counts, in large letters too, where the letters stay large."""

    async def scenario(page: Page) -> None:
        for path, least in (("/now/", 50), ("/now/ways", 1), ("/now/restoration", 2)):
            await page.goto(f"{path}?lang=en&elder=1")
            size = await page.evaluate("document.querySelector('p').getBoundingClientRect().height")
            assert size > 1.3 * 19 * 1.55, path
            links = await page.locator("a.figure").evaluate_all(
                "all => all.map(one => one.getAttribute('href'))"
            )
            assert len(links) >= least, path
            for link in sorted(set(links)):
                await page.goto(link)
                term = page.locator(f"dt#{link.partition('#')[2]}")
                assert await term.count() == 1, link
                assert await page.locator("html.elder").count() == 1
                assert "From: " in await term.locator("~ dd >> nth=1").inner_text()
                assert "As of" in await page.inner_text("header")

    browsing(street.api, scenario)


def test_two_counts_are_told_for_each_agent_and_for_all(browsing: Browsing, street: Street) -> None:
    network = network_of(street.house)
    enabled = [one for one in network.outlets.values() if not one.suspended]
    with connect(street.house.databases().admin) as admin:
        rows = admin.execute(
            "SELECT party FROM limits WHERE kind = 1 AND receipts > 0"
            " AND receipts_day > (SELECT max(business_date) - 14 FROM business_days)"
        ).fetchall()
    took = {outlet for (outlet,) in rows} - set(network.silent)

    async def scenario(page: Page) -> None:
        await page.goto("/now/?lang=en")
        told = await page.locator(".lead strong").all_inner_texts()
        assert [int(one.replace(",", "")) for one in told] == [len(enabled), len(took)]
        for at, name in ((1, enabled), (2, took)):
            cells = await page.locator(f"tbody tr td:nth-child({at + 1})").all_inner_texts()
            assert sum(int(one.replace(",", "")) for one in cells) == len(name)

    browsing(street.api, scenario)


@pytest.mark.usefixtures("shut")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_closed_way_says_why_since_when_and_where_it_works(
    browsing: Browsing, street: Street, language: str
) -> None:
    why = {"zh": "专线检修", "en": "the line is being mended"}[language]

    async def scenario(page: Page) -> None:
        await until(page, f"/now/post-0001?lang={language}", why)
        assert await page.locator(".bills > li.none").count() == 5
        assert await page.locator(".bills > li.none ol li").count() == 15
        assert "2022-01-01" in await page.inner_text(".bills > li.none >> nth=0")
        assert await axe(page) == []
        await page.click(".bills > li.none ol a >> nth=0")
        assert await page.locator(".bills > li.all").count() == 6, "the nearest one does work"
        await page.goto(f"/now/?lang={language}")
        assert await page.locator("td.none").count() == 5
        assert await axe(page) == []

    browsing(street.api, scenario)


def test_an_unknown_counter_is_said_kindly(browsing: Browsing, street: Street) -> None:
    async def scenario(page: Page) -> None:
        answer = await page.request.get(f"{street.api}/now/nowhere-1?lang=en")
        assert answer.status == 404
        assert "Check the number" in await answer.text()

    browsing(street.api, scenario)
