"""Coverage and decisions for everybody: whole groups of ten or more, no scripts, and open data that
say the same as the pages."""

import csv
from io import StringIO

import pytest
from playwright.async_api import Page

from cashlane.trial.neighbours import neighbourhoods
from tests.street.running import Street
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing

PLAIN = Window(scripts=False)
WEIGHT_MOST = 100_000


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("elder", ["", "&elder=1"])
def test_everybody_sees_who_reaches_a_counter(
    browsing: Browsing, street: Street, language: str, elder: str
) -> None:
    async def scenario(page: Page) -> None:
        for path in ("/find/coverage", "/find/decisions"):
            answer = await page.goto(f"{path}?lang={language}{elder}")
            assert answer is not None
            assert answer.status == 200
            await page.locator("details").first.evaluate("one => one.open = true")
            assert await axe(page) == []
            assert len(await page.content()) < WEIGHT_MOST

    browsing(street.api, scenario)


def test_the_groups_add_up_to_everybody_and_none_shows_few(
    browsing: Browsing, street: Street
) -> None:
    everybody = sum(sum(one.people) for one in neighbourhoods(street.city))

    async def scenario(page: Page) -> None:
        told = await (await page.request.get(f"{street.api}/find/coverage.json")).json()
        groups = told["groups"]
        assert sum(one["people"] for one in groups) == everybody
        assert min(one["people"] for one in groups if one["people"]) >= 10
        cells = [tuple(cell) for one in groups for cell in one["cells"]]
        assert len(cells) == len(set(cells)), "each cell in one group"
        assert told["synthetic"] is True
        await page.goto("/find/coverage?lang=en")
        city = await page.inner_text("tbody .city td >> nth=0")
        assert int(city.replace(",", "")) == everybody
        near = sum(
            one["people"] for one in groups if all(cell[2] == "300" for cell in one["cells"])
        )
        shown = await page.inner_text("tbody .city td >> nth=1")
        assert int(shown.splitlines()[0].lstrip("≥ ").replace(",", "")) == near

    browsing(street.api, scenario, PLAIN)


def test_the_record_says_the_same_in_its_files(browsing: Browsing, street: Street) -> None:
    async def scenario(page: Page) -> None:
        told = await (await page.request.get(f"{street.api}/find/decisions.json")).json()
        text = await (await page.request.get(f"{street.api}/find/decisions.csv")).text()
        rows = list(csv.DictReader(StringIO(text.lstrip("\ufeff"))))
        assert [row["id"] for row in rows] == [one["id"] for one in told]
        for one in told:
            for count in (one["people_far"], one["elders_far"], one["stranded"]):
                assert count is None or count == 0 or count >= 10
        await page.goto("/find/decisions?lang=en")
        assert await page.locator(".decision").count() == len(told)

    browsing(street.api, scenario, PLAIN)
