"""Other public services at counters, as citizens find them: where they are today, on the list, on
the sheet, at the desk, and never before their day or after their end."""

from datetime import date

import pytest
from playwright.async_api import Page

from cashlane.core.programme import Work
from cashlane.core.scenario import one_outlet, starting
from cashlane.main import network_of
from cashlane.trial.neighbours import neighbourhoods
from cashlane.trial.programmes import placements
from cashlane.values.geo import metres
from tests.street.running import DAY, Street
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing

PLAIN = Window(scripts=False)
ENGLISH = {"one-stop": "one-stop government services", "police": "police services at the post"}


def told_live(street: Street, on: date) -> dict[str, set[str]]:
    """The programmes of each outlet that has any on a day, by what the made-up lists say."""
    day, found = on.isoformat(), dict[str, set[str]]()
    for row in placements(street.city):
        if row.get("live", "9999") <= day < row.get("ended", "9999"):
            found.setdefault(row["outlet"], set()).add(row["programme"])
    return found


async def codes(page: Page) -> list[str]:
    hrefs = [await one.get_attribute("href") for one in await page.locator(".counters a").all()]
    return [(href or "").split("/")[2].split("?")[0] for href in hrefs]


@pytest.mark.parametrize("elder", ["", "&elder=1"])
def test_the_wish_fits_a_narrow_window(browsing: Browsing, street: Street, elder: str) -> None:
    async def scenario(page: Page) -> None:
        for language in ("zh", "en"):
            await page.goto(f"/find/?estate=7&also=one-stop&lang={language}{elder}")
            assert await page.evaluate("document.documentElement.scrollWidth") <= 390
            assert await axe(page) == []

    browsing(street.api, scenario, Window(width=390))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_who_wishes_for_a_programme_is_sent_where_it_is(
    browsing: Browsing, street: Street, language: str
) -> None:
    network, live = network_of(street.house), told_live(street, DAY)
    here = neighbourhoods(street.city)[6].place
    by_hand = sorted(
        (metres(here, network.places[number]), one.code)
        for number, one in network.outlets.items()
        if "police" in live.get(one.code, ())
    )[:8]

    async def scenario(page: Page) -> None:
        await page.goto(f"/find/?estate=7&lang={language}")
        assert await axe(page) == []
        await page.select_option("select[name=also]", "police")
        async with page.expect_navigation():
            await page.click(".search button")
        assert await page.input_value("select[name=also]") == "police", "the wish is kept"
        assert await codes(page) == [code for _, code in by_hand]
        assert await axe(page) == []
        said = await page.locator(".counters > li .also").all_inner_texts()
        assert len(said) == 8
        name = {"zh": "警邮", "en": ENGLISH["police"]}[language]
        assert all(name in words for words in said)
        await page.click("text=" + {"zh": "印成一张纸", "en": "On one sheet of paper"}[language])
        lines = await page.locator(".lines > li").all_inner_texts()
        assert len(lines) == 5
        assert all(name in line for line in lines)
        assert await axe(page) == []

    browsing(street.api, scenario)


def test_a_counter_tells_of_what_is_there_today_and_of_nothing_else(
    browsing: Browsing, street: Street
) -> None:
    """Two of each: live, planned, late, ended."""
    live, rows = told_live(street, DAY), list(placements(street.city))
    chosen = {
        "live": [row for row in rows if row["outlet"] in live],
        "planned": [row for row in rows if "planned" in row],
        "ended": [row for row in rows if "ended" in row],
    }
    assert all(len(found) >= 2 for found in chosen.values())

    async def scenario(page: Page) -> None:
        for row in (row for found in chosen.values() for row in found[:2]):
            code = row["outlet"]
            await page.goto(f"/find/?q={code}&lang=en")
            words = await page.inner_text(".counters > li")
            await page.goto(f"/now/{code}?lang=en")
            place = await page.inner_text(".door")
            for programme, name in ENGLISH.items():
                there = programme in live.get(code, ())
                assert (name in words) is there, (code, programme)
                assert (name in place) is there, (code, programme)

    browsing(street.api, scenario, PLAIN)


def test_the_sentence_at_the_desk_says_it_too(browsing: Browsing, street: Street) -> None:
    async def scenario(page: Page) -> None:
        await page.goto("/desk/?estate=7&also=one-stop&lang=en")
        said = await page.locator("blockquote").all_inner_texts()
        assert len(said) == 3
        assert all(f"Also there: {ENGLISH['one-stop']}" in words for words in said)
        await page.goto("/desk/?estate=7&also=one-stop&lang=zh")
        assert "还能办一网通办" in await page.inner_text("blockquote >> nth=0")

    browsing(street.api, scenario, PLAIN)


def test_the_sheet_is_still_one_page_of_a4(browsing: Browsing, street: Street) -> None:
    async def scenario(page: Page) -> None:
        for language in ("zh", "en"):
            await page.goto(f"/find/paper?estate=7&also=one-stop&elder=1&lang={language}")
            printed = await page.pdf(prefer_css_page_size=True)
            assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == 1

    browsing(street.api, scenario)


def test_a_wish_for_what_nobody_has_is_no_wish(browsing: Browsing, street: Street) -> None:
    async def scenario(page: Page) -> None:
        await page.goto("/find/?estate=7&lang=en")
        every = await codes(page)
        await page.goto("/find/?estate=7&lang=en&also=%3Cscript%3E")
        assert await codes(page) == every

    browsing(street.api, scenario, PLAIN)


def test_the_public_sums_say_what_a_programme_carries(browsing: Browsing, street: Street) -> None:
    """Sixty visits of ten minutes beside 420 payments of a hundred seconds: 600 of 1,300."""
    values = {code: one.value for code, one in starting("post").items()}
    found = one_outlet(values, Work(60, 600))
    assert found.carried == 3_000 * 600 // 1_300

    async def scenario(page: Page) -> None:
        await page.goto("/now/economics?lang=en")
        assert await page.inner_text("#carried") == f"{found.carried / 100:.2f}"
        assert await page.inner_text("#alone") == f"{(found.break_even_fee_alone or 0) / 100:.2f}"
        assert await page.inner_text("#shared") == f"{(found.break_even_fee or 0) / 100:.2f}"
        await page.click("#beside summary")
        assert await page.locator("#beside li .basis.assumed").count() == 4
        assert await axe(page) == []

    browsing(street.api, scenario)
