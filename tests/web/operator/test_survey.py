"""A survey taken by the command, and what the operator sees of it: where to look first."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from playwright.async_api import Page

from cashlane.core.place_list import Line
from cashlane.main import network_of, survey_taken
from cashlane.registry.surveys import HandedSurvey, TakenSurvey
from cashlane.store.connect import connect
from cashlane.trial.neighbours import neighbourhoods
from cashlane.values.geo import metres
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk


def _take(desk: Desk, rows: list[dict[str, str]], by: str, on: date) -> TakenSurvey:
    lines = [Line(at, row) for at, row in enumerate(rows, start=2)]
    handed = HandedSurvey("survey.csv", repr((rows, by)).encode(), lines, by, on, "test")
    return survey_taken(desk.street.house, handed, for_real=True)


@pytest.fixture
def surveyed(desk: Desk) -> Iterator[list[int]]:
    """Three places with people who pay in cash; of the first a later survey knows better."""
    estates = neighbourhoods(desk.street.city)
    chosen = [estates[at] for at in (0, 700, 1_400)]
    rows = [
        {"name": one.name.zh, "asked": "100", "cash": "30", "homebound": "5", "need": ""}
        for one in chosen
    ]
    assert _take(desk, rows, "水务", date(2022, 1, 10)).done
    better = [rows[0] | {"cash": "99", "need": "<b>零钱</b>"}]
    assert _take(desk, better, "民政", date(2022, 1, 12)).done
    assert not _take(desk, better, "民政", date(2022, 1, 12)).done, "once is enough"
    yield [one.number for one in chosen]
    with connect(desk.street.house.databases().admin) as admin:
        admin.execute("DELETE FROM survey_places")
        admin.execute("DELETE FROM surveys")


def test_who_pays_in_cash_and_has_far_to_go_comes_first(
    browsing: Browsing, desk: Desk, surveyed: list[int]
) -> None:
    network = network_of(desk.street.house)
    estates = {one.number: one for one in neighbourhoods(desk.street.city)}
    cash = dict.fromkeys(surveyed, 30) | {surveyed[0]: 99}

    def weight(number: int) -> int:
        far = min(metres(estates[number].place, place) for place in network.places.values())
        return cash[number] * -(-(far * 13 // 10) // 60)

    by_hand = [estates[one].name.en for one in sorted(surveyed, key=weight, reverse=True)]

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/survey")
        assert await axe(page) == []
        names = await page.locator(".list tbody tr td:first-child").all_inner_texts()
        assert names == by_hand
        assert "<b>零钱</b>" in await page.inner_text(".list")
        sums = await page.locator(".figures tr.strong td").all_inner_texts()
        assert [word for word in sums if word] == ["3", "300", "159", "15"]
        answer = await page.request.get(f"{desk.origin}/window/survey.csv?lang=en")
        rows = list(csv.reader(StringIO((await answer.body()).decode("utf-8-sig"))))
        assert [row[0] for row in rows[1:]] == by_hand

    browsing(desk.origin, scenario, Window("en-GB"))


def test_without_a_survey_the_page_says_how_to_load_one(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/survey")
        assert "cashlane demand survey" in await page.inner_text("main")
        assert await axe(page) == []

    browsing(desk.origin, scenario)
