"""When spare ways were last proven: in public, dated, red after thirty days, with and without
scripts, and the same as open data."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page

from cashlane.adapters.clock import SystemClock
from cashlane.home import clock_offset
from cashlane.store.connect import connect
from tests.street.running import Street, running_street
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing

FRESH, STALE = timedelta(days=3), timedelta(days=40)


@pytest.fixture(scope="module")
def spares(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """A street whose agents have spares: chain A's is proven for power and stale for water."""
    folder = Path(tmp_path_factory.mktemp("spares")) / "data"
    with running_street(folder, bills=300, steady=False) as street:
        now = SystemClock(clock_offset(street.house)).now()
        with connect(street.house.databases().hub) as hub:
            for biller, ago in ((1, FRESH), (2, STALE)):
                hub.execute(
                    "INSERT INTO route_health SELECT number, %(biller)s, 2, 1, %(now)s, 0,"
                    " %(now)s, 0, %(now)s - %(ago)s::interval, %(now)s FROM routes"
                    " WHERE code = 'bank-b'",
                    {"biller": biller, "now": now, "ago": ago},
                )
        yield street


def day(street: Street, ago: timedelta) -> str:
    now = SystemClock(clock_offset(street.house)).now()
    return f"{(now - ago).astimezone().date()}"


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(
    ("language", "never", "stale", "none"),
    [
        ("zh", "从未验证", "已过期", "没有备用通道"),
        ("en", "never proven", "too long ago", "no spare way"),
    ],
)
def test_everybody_sees_which_spares_are_proven(
    browsing: Browsing, spares: Street, language: str, never: str, stale: str, none: str,
    scripts: bool,
) -> None:  # fmt: skip
    async def scenario(page: Page) -> None:
        await page.goto(f"/now/?lang={language}")
        await page.click("a[href^='/now/ways']")
        for _ in range(100):
            if await page.locator("td .all").count():
                break
            await page.wait_for_timeout(200)
            await page.reload()
        if scripts:
            assert await axe(page) == []
        assert await page.locator(".agents > section").count() == 6
        assert await page.locator("tbody tr").count() == 36
        spare = page.locator("tbody td:last-child")
        assert await spare.locator(".all").count() == 1
        said = await spare.locator(".none").all_inner_texts()
        assert (len(said), sum(none in one for one in said)) == (35, 6)
        assert sum(never in one for one in said) == 28
        (old,) = [one for one in said if stale in one]
        assert day(spares, STALE)[:7] in old
        sums = await page.locator(".sums strong").all_inner_texts()
        assert sums == ["1", "29", "6"]

    browsing(spares.api, scenario, Window(scripts=scripts))


def test_on_a_narrow_screen_nothing_is_cut_off(browsing: Browsing, spares: Street) -> None:
    async def scenario(page: Page) -> None:
        await page.goto("/now/ways?lang=zh")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(wide) <= 0
        inner = "[...document.querySelectorAll('.scroll')].map(it => it.scrollWidth-it.clientWidth)"
        assert max(await page.evaluate(inner)) <= 0
        assert await axe(page) == []

    browsing(spares.api, scenario, Window(width=390, height=844))


def test_the_same_is_open_data(browsing: Browsing, spares: Street) -> None:
    async def scenario(page: Page) -> None:
        answer = await page.request.get(f"{spares.api}/now/ways.json")
        found = await answer.json()
        assert answer.headers["content-type"].startswith("application/json")
        assert found["proven_within_days"] == 30
        pairs = {(one["agent"], one["biller"]): one for one in found["pairs"]}
        assert len(pairs) == 36
        power, water = pairs["chain-a", "city-power"], pairs["chain-a", "east-water"]
        assert [(one["route"], one["leads"], one["state"]) for one in power["ways"]] == [
            ("aggregator-a", True, "certified"), ("bank-b", False, "warm"),
        ]  # fmt: skip
        assert (power["spare"], water["spare"]) == ("proven", "unproven")
        assert pairs["post", "island-gas"]["spare"] == "none"
        assert water["ways"][1]["proven_on"] < power["ways"][1]["proven_on"]
        assert power["ways"][0]["proven_on"] is None
        texts = str(found)
        assert "endpoint" not in texts
        assert "http" not in texts

    browsing(spares.api, scenario)
