"""Finding a counter: by estate, name or district, without scripts, by keyboard alone, in large
letters, on paper, and whatever an address says."""

from urllib.parse import quote

import pytest
from playwright.async_api import Page

from cashlane.core.access import WALKING
from cashlane.home import home, settings
from cashlane.main import network_of
from cashlane.trial.neighbours import neighbourhoods
from cashlane.values.geo import metres
from cashlane.web.citizen.finder import LARGE_PAPER_MOST
from tests.street.running import Street
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing

WEIGHT_MOST = 100_000
"""Bytes of a public page with everything it needs, its map included."""
PLAIN = Window(scripts=False)


def _estate(street: Street, number: int = 1):
    return next(one for one in neighbourhoods(street.city) if one.number == number)


async def entered(page: Page) -> None:
    """Press Enter and wait for the answer."""
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("elder", ["", "&elder=1"])
def test_an_estate_leads_to_counters_with_a_map(
    browsing: Browsing, street: Street, language: str, elder: str
) -> None:
    async def scenario(page: Page) -> None:
        name = _estate(street).name.zh if language == "zh" else _estate(street).name.en
        await page.goto(f"/?lang={language}{elder}")
        assert await axe(page) == []
        await page.fill("#q", name)
        await entered(page)
        assert await page.locator(".counters > li").count() == 8
        assert await page.locator("svg .dot").count() == 8
        assert await axe(page) == []
        if elder:
            assert await page.locator("html.elder").count() == 1, "the letters stay large"
        await page.click(".counters a >> nth=0")
        assert await page.locator(".bills > li.all").count() == 6
        assert await axe(page) == []

    browsing(street.api, scenario)


def test_the_nearest_are_those_that_a_count_by_hand_names(
    browsing: Browsing, street: Street
) -> None:
    network = network_of(street.house)
    here = _estate(street, 7).place
    by_hand = sorted((metres(here, place), number) for number, place in network.places.items())[:8]

    async def scenario(page: Page) -> None:
        await page.goto("/find/?estate=7&lang=en")
        codes = [
            (await one.get_attribute("href")).split("/")[2].split("?")[0]
            for one in await page.locator(".counters a").all()
        ]
        assert codes == [network.outlets[number].code for _, number in by_hand]
        minutes = [
            int(words.split("about ")[1].split(" min")[0])
            for words in await page.locator(".far").all_inner_texts()
        ]
        assert minutes == [-(-WALKING.walk_m(far) // 60) for far, _ in by_hand]

    browsing(street.api, scenario, PLAIN)


def test_wishes_leave_out_what_does_not_meet_them(browsing: Browsing, street: Street) -> None:
    network = network_of(street.house)
    codes = {one.code: one.number for one in network.outlets.values()}

    async def scenario(page: Page) -> None:
        await page.goto("/find/?estate=7&lang=en")
        await page.check("input[name=steps]")
        await page.check("input[name=open]")
        await page.select_option("#biller", "city-power")
        async with page.expect_navigation():
            await page.click("button")
        assert await page.inner_text("h2 em") == _estate(street, 7).name.en, "the place is kept"
        assert await page.locator(".counters > li").count() == 8
        assert await page.locator(".counters > li.open").count() == 8
        for one in await page.locator(".counters a").all():
            code = (await one.get_attribute("href")).split("/")[2].split("?")[0]
            assert network.premises[codes[code]].step_free is True
        assert await page.is_checked("input[name=steps]")

    browsing(street.api, scenario, PLAIN)


def test_a_half_remembered_name_asks_which_one_and_a_district_lists_its_counters(
    browsing: Browsing, street: Street
) -> None:
    async def scenario(page: Page) -> None:
        await page.goto("/find/?lang=zh")
        await page.fill("#q", "合成00")
        await entered(page)
        assert await page.locator(".choices a").count() == 24
        await page.click(".choices a >> nth=3")
        assert await page.locator(".counters > li").count() == 8
        await page.goto("/find/?lang=zh")
        await page.click(".districts a >> nth=2")
        assert await page.locator(".counters.two > li").count() == 60
        assert await axe(page) == []
        await page.goto("/find/?lang=zh&q=post-0007")
        assert await page.locator(".counters > li").count() == 1
        await page.goto("/find/?lang=zh&q=" + quote("没有这个地方"))
        assert await page.locator(".nothing").count() == 1
        assert await axe(page) == []

    browsing(street.api, scenario)


def test_twenty_seconds_at_the_desk_without_a_mouse(browsing: Browsing, street: Street) -> None:
    """The box is ready, Enter finds, the sentence stands there, Tab leads to the sheet."""

    async def scenario(page: Page) -> None:
        await page.goto("/desk/?lang=zh")
        await page.keyboard.type(_estate(street, 9).name.zh)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("blockquote")
        assert await page.locator("blockquote").count() == 3
        assert await page.locator(".counters > li.open").count() == 3, "open doors come first"
        told = await page.locator(".counters h3").all_inner_texts()
        first = await page.inner_text("blockquote >> nth=0")
        assert first.startswith("您可以去")
        assert "分钟" in first
        assert await axe(page) == []
        for _ in range(30):
            await page.keyboard.press("Tab")
            if "印成一张纸" in await page.evaluate("document.activeElement.textContent"):
                break
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".sheet .lines")
        assert await page.locator(".lines h3").all_inner_texts() == told, "those that were read out"
        assert await axe(page) == []

    browsing(street.api, scenario)


def test_the_sheet_is_one_page_of_a4(browsing: Browsing, street: Street) -> None:
    async def scenario(page: Page) -> None:
        await page.goto("/find/paper?estate=9&lang=zh&elder=1")
        printed = await page.pdf(prefer_css_page_size=True)
        assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == 1
        assert await page.locator(".lines li").count() == LARGE_PAPER_MOST
        await page.emulate_media(media="print")
        size = "getComputedStyle(document.querySelector('.lines p')).fontSize"
        assert float((await page.evaluate(size)).removesuffix("px")) >= 16 * 96 / 72, "large print"
        assert all("公交" in one for one in await page.locator(".lines li").all_inner_texts())

    browsing(street.api, scenario)


@pytest.mark.parametrize("path", ["/find/?estate=9", "/find/", "/find/how", "/desk/?estate=9"])
def test_a_public_page_is_light_and_accessible(
    browsing: Browsing, street: Street, path: str
) -> None:
    async def scenario(page: Page) -> None:
        weights: list[int] = []

        async def weigh(answer) -> None:
            weights.append(len(await answer.body()))

        page.on("response", weigh)
        await page.goto(path, wait_until="networkidle")
        assert await axe(page) == []
        assert weights
        assert sum(weights) < WEIGHT_MOST

    browsing(street.api, scenario)


@pytest.mark.parametrize("words", [
    "estate=999999999999", "estate=-1", "estate=%C2%B2", "q=%00", "q=91.0000,181.0000",
    "q=31.2304,121.4737", "district=%27%3B--", "biller=nobody", "open=maybe", "lang=xx",
    "q=" + "x" * 4_000, "q=%3Cscript%3Ealert(1)%3C/script%3E",
])  # fmt: skip
def test_whatever_an_address_says_a_page_is_the_answer(
    browsing: Browsing, street: Street, words: str
) -> None:
    async def scenario(page: Page) -> None:
        for path in ("/find/", "/desk/", "/find/paper", "/find/how"):
            answer = await page.request.get(f"{street.api}{path}?{words}")
            assert answer.status == 200, (path, words)
            assert "<script" not in await answer.text()

    browsing(street.api, scenario, PLAIN)


def test_the_street_is_the_one_that_is_meant(street: Street) -> None:
    """The made-up city's estates and districts are on record in the books."""
    network = network_of(home(settings(street.house.settings.data)))
    assert network.district("xuhui").zh == "徐汇"
    assert len(network.premises) == len(network.outlets)
