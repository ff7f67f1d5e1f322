"""Who is out and comes back when: in public, in both languages, without scripts, light; and the
same figures as open data, each of which says what it counts."""

import asyncio
import csv
import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import aiohttp
import pytest
from playwright.async_api import Page

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.core.restoration import Case, Fact
from cashlane.home import clock_offset
from cashlane.main import network_of
from cashlane.registry.restoration import Restoration, Wanted, Word
from cashlane.store.connect import open_pool
from cashlane.store.restoration import Cases
from tests.street.running import DAY, Street, running_street
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing

T = TypeVar("T")
STOPPED = date(2021, 12, 31)
LIGHT_BYTES = 100_000
"""What a page may weigh with everything that it asks for."""
PAGE = "/now/restoration"


def play(street: Street, scenario: Callable[[Restoration], Awaitable[T]]) -> T:
    """What a scenario in the street's own registry returns."""

    async def main() -> T:
        network = network_of(street.house)
        pool = await open_pool(street.house.databases().hub, size=1)
        try:
            clock = SystemClock(clock_offset(street.house))
            return await scenario(Restoration(Cases(pool), lambda: network, clock, system_ids()))
        finally:
            await pool.close()

    return asyncio.run(main())


async def lose(room: Restoration, agent: int, cause: str, route: int | None, *,
               count: int | None = None, biller: int = 0) -> UUID:  # fmt: skip
    wanted = Wanted(agent, route, biller, cause, None, STOPPED, count, (), "<b>not for the public")
    case = await room.open(wanted, actor="operator-unnamed")
    assert isinstance(case, Case), case
    return case.id


async def say(room: Restoration, case: UUID, kind: str, stage: str | None, day: date | None,
              on: int | None = None) -> None:  # fmt: skip
    said = await room.say(case, Word(kind, stage, day, on, None, ""), actor="operator-unnamed")
    assert isinstance(said, Fact), said


@pytest.fixture(scope="module")
def winter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """A street of its own on 14 January: the post is back, three chains are out, one of them in
    part; one biller's bills are out at a fourth, which the count of outlets does not show."""
    folder = Path(tmp_path_factory.mktemp("winter")) / "data"

    async def story(room: Restoration) -> None:
        chain_a = await lose(room, 2, "technical", 1)
        chain_b = await lose(room, 3, "technical", 1)
        chain_d = await lose(room, 5, "technical", 1)
        post = await lose(room, 1, "commercial", None, count=25)
        await lose(room, 6, "legal", 2, biller=2)
        wrong = await lose(room, 4, "other", None, count=3)
        await say(room, wrong, "mistaken", None, None)
        await say(room, chain_a, "planned", "repaired", DAY - timedelta(days=4))
        await say(room, chain_b, "came", "repaired", DAY - timedelta(days=2))
        await say(room, chain_b, "planned", "outlets_on", date(2022, 2, 15))
        await say(room, chain_d, "came", "outlets_on", DAY, 100)
        await say(room, post, "came", "outlets_on", DAY)

    with running_street(folder, bills=300) as street:
        play(street, story)
        yield street


def test_the_network_of_the_street_is_the_storys(winter: Street) -> None:
    agents = {one.number: one.code for one in network_of(winter.house).agents.values()}
    assert agents == {1: "post", 2: "chain-a", 3: "chain-b", 4: "chain-c", 5: "chain-d",
                      6: "chain-e"}  # fmt: skip


async def looked(page: Page, language: str) -> None:
    """The page, once the processes have read what was said."""
    for _ in range(100):
        await page.goto(f"{PAGE}?lang={language}")
        if await page.locator("section.case").count() == 4:
            return
        await page.wait_for_timeout(200)
    raise AssertionError(await page.inner_text("body"))


WORDS = {
    "zh": ("技术", "法律", "接口修复", "计划 2022-02-15", "已过 4 天", "日期未定"),
    "en": ("technical", "legal", "interface repaired", "planned 2022-02-15", "4 days late",
           "no date yet"),
}  # fmt: skip


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_sees_who_is_out_and_why_and_back_when(
    browsing: Browsing, winter: Street, language: str, scripts: bool
) -> None:
    async def scenario(page: Page) -> None:
        await looked(page, language)
        if scripts:
            assert await axe(page) == []
        text = " ".join((await page.inner_text("main")).split())
        for word in (*WORDS[language], "1,376", "4,407", "1,447", "100 /"):
            assert word in text, (word, text)
        assert await page.locator("section.case").count() == 4
        numbers = page.locator("svg.outlets-line text[font-weight='700']")
        assert await numbers.all_text_contents() == ["4,407", "1,251", "1,376"]
        whole = await page.content()
        for secret in ("operator-unnamed", "not for the public", "chain-c"):
            assert secret not in whole, secret
        await page.goto(f"/now/?lang={language}")
        await page.click("a[href^='/now/restoration']")
        await page.click("header a >> nth=0")
        assert "/now/?lang=" in page.url

    browsing(winter.api, scenario, Window(scripts=scripts))


def test_every_figure_leads_to_what_it_counts(browsing: Browsing, winter: Street) -> None:
    async def scenario(page: Page) -> None:
        await looked(page, "en")
        led = set()
        for link in await page.locator("a.figure").all():
            led.add(await link.get_attribute("href"))
        assert len(led) >= 5
        for href in sorted(str(one) for one in led):
            await page.goto(href)
            anchor = href.rpartition("#")[2]
            assert await page.locator(f"dt[id='{anchor}']").count() == 1, href
        assert await axe(page) == []
        await page.goto("/open/?lang=zh")
        assert await axe(page) == []
        assert "许可由运营方设定" in await page.inner_text("main")

    browsing(winter.api, scenario)


@pytest.mark.parametrize("path", [f"{PAGE}?lang=zh", "/open/?lang=en"])
def test_on_a_narrow_screen_nothing_is_cut_off_and_little_is_loaded(
    browsing: Browsing, winter: Street, path: str
) -> None:
    async def scenario(page: Page) -> None:
        sizes: list[int] = []

        async def weigh(response: Any) -> None:
            sizes.append(len(await response.body()))

        waiting: list[asyncio.Task[None]] = []
        page.on("response", lambda it: waiting.append(asyncio.ensure_future(weigh(it))))
        await looked(page, "zh")
        await asyncio.gather(*waiting)
        sizes.clear()
        waiting.clear()
        await page.goto(path)
        await asyncio.gather(*waiting)
        assert len(sizes) >= 1
        assert sum(sizes) < LIGHT_BYTES
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(wide) <= 0
        assert await axe(page) == []

    browsing(winter.api, scenario, Window(width=390, height=844))


def read(street: Street, path: str) -> tuple[str, dict[str, str]]:
    async def main() -> tuple[str, dict[str, str]]:
        async with aiohttp.ClientSession() as http, http.get(street.api + path) as answer:
            assert answer.status == 200, path
            return await answer.text(), {name.lower(): it for name, it in answer.headers.items()}

    return asyncio.run(main())


def test_the_open_data_are_the_figures_of_the_page(browsing: Browsing, winter: Street) -> None:
    async def shown(page: Page) -> dict[str, list[int]]:
        await looked(page, "en")
        found: dict[str, list[int]] = {}
        for link in await page.locator("a.figure").all():
            anchor = str(await link.get_attribute("href")).rpartition("#")[2]
            number = int((await link.inner_text()).replace(",", ""))
            found.setdefault(anchor, []).append(number)
        return found

    figures = browsing(winter.api, shown)
    data = json.loads(read(winter, "/open/restoration.json")[0])
    assert figures["outlets-taking-cash"] == [data["outlets_taking_cash"]] == [1_376]
    assert figures["outlets-enabled"] == [data["outlets_enabled"]] == [4_407]
    cases = data["cases"]
    assert sorted(figures["outlets-back"]) == sorted(it["outlets_back"] for it in cases)
    assert sorted(figures["outlets-meant"]) == sorted(it["outlets_meant"] for it in cases)
    assert figures["days-late"] == [it["days_late"] for it in cases if it["days_late"]] == [4]
    line = data["outlets_by_day"]
    assert line[-1] == {"day": str(DAY), "outlets_taking_cash": 1_376}
    assert [it["outlets_taking_cash"] for it in line] == [4_407] * 7 + [1_251] * 14 + [1_376]


def test_a_case_in_the_open_data_is_told_whole(winter: Street) -> None:
    data = json.loads(read(winter, "/open/restoration.json")[0])
    found = {it["chain"]: it for it in data["cases"]}
    assert set(found) == {"post", "chain-a", "chain-b", "chain-d", "chain-e"}
    assert found["chain-b"] | {"case": ""} == {
        "case": "", "chain": "chain-b", "chain_zh": "连锁乙", "chain_en": "Chain B",
        "cause": "technical", "route": "aggregator-a", "biller": None,
        "began_on": "2021-12-31", "closed_on": None, "stage": "reconnected",
        "repaired_planned": None, "repaired_came": "2022-01-12",
        "reconnected_planned": None, "reconnected_came": None,
        "tested_planned": None, "tested_came": None,
        "outlets_on_planned": "2022-02-15", "outlets_on_came": None,
        "outlets_meant": 1_284, "outlets_back": 0, "outlets_out": 1_284,
        "outlet_days_lost": 1_284 * 15, "days_late": 0,
    }  # fmt: skip
    assert found["post"]["outlet_days_lost"] == 25 * 14
    assert (found["post"]["stage"], found["post"]["route"]) == (None, None)
    assert found["chain-e"]["biller"] == "east-water"
    assert [one["name"] for one in data["columns"]] == list(found["post"])


def test_csv_and_json_are_one_and_described(winter: Street) -> None:
    data = json.loads(read(winter, "/open/restoration.json")[0])
    text, headers = read(winter, "/open/restoration.csv")
    assert headers["content-type"].startswith("text/csv")
    assert 'rel="describedby"' in headers["link"]
    rows = list(csv.DictReader(StringIO(text, newline="")))
    told = [{name: "" if it is None else str(it) for name, it in one.items()}
            for one in data["cases"]]  # fmt: skip
    moments = {row.pop("as_of") for row in rows}
    assert rows == told
    assert {one[:10] for one in moments} == {str(DAY)}
    days = list(csv.DictReader(StringIO(read(winter, "/open/outlets-taking-cash.csv")[0])))
    assert [(it["day"], int(it["outlets_taking_cash"])) for it in days] == [
        (it["day"], it["outlets_taking_cash"]) for it in data["outlets_by_day"]
    ]
    described = json.loads(read(winter, "/open/csv-metadata.json")[0])
    schemas = {it["url"]: it["tableSchema"]["columns"] for it in described["tables"]}
    names = {url: [one["name"] for one in columns] for url, columns in schemas.items()}
    assert names["/open/restoration.csv"] == [*told[0], "as_of"]
    assert names["/open/outlets-taking-cash.csv"] == list(days[0])
    assert {"licence set by the operator"} == {
        it["@value"] for it in described["dc:rights"] if it["@language"] == "en"
    }


def test_nothing_of_it_is_anybodys_name(winter: Street) -> None:
    for path in ("/open/restoration.json", "/open/restoration.csv", "/open/csv-metadata.json"):
        text = read(winter, path)[0]
        assert "operator-unnamed" not in text
        assert "not for the public" not in text
