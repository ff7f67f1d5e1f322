"""What keeps a counter open: the public sums are those of the rules, each figure opens to what it
rests on, and the page is light and needs no script."""

import pytest
from playwright.async_api import Page, Response

from cashlane.core.economic_figures import BASIS_NAMES
from cashlane.core.economics import Account
from cashlane.core.programme import NO_WORK
from cashlane.core.scenario import Kind, labour_for, one_outlet, starting
from tests.street.running import Street
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing

PATH = "/now/economics"
WEIGHT_MOST = 100_000
"""Bytes of the page and everything it loads."""


def by_rule(kind: Kind) -> Account:
    return one_outlet({code: one.value for code, one in starting(kind).items()}, NO_WORK)


def written(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02}"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_on_it_hinders_anybody(
    browsing: Browsing, street: Street, language: str, width: int
) -> None:
    async def scenario(page: Page) -> None:
        await page.goto(f"{PATH}?lang={language}")
        assert await axe(page) == []
        for one in await page.locator("details > summary").all():
            await one.focus()
            await page.keyboard.press("Enter")
        assert await page.locator("details[open]").count() == 12
        assert await axe(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width

    browsing(street.api, scenario, Window(width=width))


def test_the_sums_are_those_of_the_rules(browsing: Browsing, street: Street) -> None:
    async def scenario(page: Page) -> None:
        await page.goto(f"{PATH}?lang=en")
        kinds: tuple[Kind, ...] = ("chain", "post")
        for mark, kind in zip("ab", kinds, strict=True):
            one = by_rule(kind)
            for line in ("labour", "deposits", "errors", "fixed", "fees"):
                told = await page.inner_text(f"#{mark}{line} .amount")
                assert told == written(getattr(one, line)), (kind, line)
            assert await page.inner_text(f"#{mark}result") == written(-one.result)
            assert await page.inner_text(f"#{mark}fee") == written(one.break_even_fee or 0)
            assert await page.inner_text(f"#{mark}keeps") == written(one.keeps)
        start = starting("chain")
        wage, on_cost = start["wage"].value, start["on_cost"].value
        rows = page.locator(".seconds tbody tr")
        for at, extra in enumerate((0, on_cost)):
            told = await rows.nth(at).locator("td").all_inner_texts()
            seconds = (20, 30, 40, 60, 90, 120)
            assert told == [written(labour_for(one, extra, wage)) for one in seconds]

    browsing(street.api, scenario, Window("en-GB"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_figure_opens_to_its_source_its_date_and_its_basis(
    browsing: Browsing, street: Street, language: str
) -> None:
    async def scenario(page: Page) -> None:
        await page.goto(f"{PATH}?lang={language}")
        await page.click("#alabour summary")
        rows = await page.locator("#alabour li").all_inner_texts()
        figures = [starting("chain")[one] for one in ("payments", "seconds", "wage", "on_cost")]
        for row, one in zip(rows, figures, strict=True):
            for part in (one.source, BASIS_NAMES[one.basis]):
                assert (part.zh if language == "zh" else part.en) in row
            assert one.dated.isoformat() in row
        assert await page.locator("#alabour .basis.public").count() == 1

    browsing(street.api, scenario, Window(scripts=False))


def test_it_is_light_and_sends_no_script(browsing: Browsing, street: Street) -> None:
    weights: list[int] = []

    async def weigh(answer: Response) -> None:
        assert "javascript" not in answer.headers.get("content-type", "")
        weights.append(len(await answer.body()))

    async def scenario(page: Page) -> None:
        page.on("response", weigh)
        await page.goto(f"{PATH}?lang=zh", wait_until="networkidle")
        assert 5_000 < sum(weights) < WEIGHT_MOST

    browsing(street.api, scenario)


def test_the_city_page_leads_here(browsing: Browsing, street: Street) -> None:
    async def scenario(page: Page) -> None:
        await page.goto("/now/?lang=en")
        await page.click("text=What keeps a counter open?")
        assert await page.inner_text("h1") == "What keeps a counter for cash open"

    browsing(street.api, scenario)
