"""Other public services at the window: sums by programme and agent, outlet by outlet, in a file, on
the outlet's own page, and in what keeps it."""

import asyncio
import csv
from collections import Counter as Count
from collections.abc import Iterator
from io import StringIO

import pytest
from playwright.async_api import Page

from cashlane.core.place_list import Line
from cashlane.main import placements_taken, visits_taken
from cashlane.registry.programme_lists import HandedList
from cashlane.store.connect import connect
from cashlane.trial.programmes import placements, visits
from tests.street.running import DAY
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk
from tests.web.operator.visitor import Visitor, visiting

HREF = "/window/programmes"
NAMES = {"one-stop": "one-stop government services", "police": "police services at the post"}


def _handed(rows: list[dict[str, str]]) -> HandedList:
    lines = [Line(at, row) for at, row in enumerate(rows, start=2)]
    return HandedList("test.csv", repr(rows).encode(), lines, False, "test")


def _state(row: dict[str, str]) -> str:
    day = DAY.isoformat()
    if row.get("ended", "9999") <= day:
        return "ended"
    return "live" if row.get("live", "9999") <= day else "planned"


@pytest.fixture
def told_anew(desk: Desk) -> Iterator[str]:
    """A post counter without any gets a programme, and a month of visits."""
    placed = {row["outlet"] for row in placements(desk.street.city)}
    bare = next(one.code for one in desk.street.city.outlets
                if one.chain == "post" and one.code not in placed)  # fmt: skip
    row = {"outlet": bare, "programme": "police", "planned": "2021-11-15", "live": "2021-12-01",
           "ended": ""}  # fmt: skip
    came = {"month": "2021-12", "outlet": bare, "programme": "police", "visits": "70",
            "minutes": "840"}  # fmt: skip
    assert placements_taken(desk.street.house, _handed([row]), for_real=True).done
    assert visits_taken(desk.street.house, _handed([came]), for_real=True).done
    yield bare
    with connect(desk.street.house.databases().admin) as admin:
        for table in ("programme_visits", "programme_placements", "programmes", "programme_lists"):
            column = "id" if table == "programme_lists" else "list"
            admin.execute(
                f"DELETE FROM {table} WHERE {column} IN"
                " (SELECT id FROM programme_lists WHERE actor = 'test')"
            )


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_sums_are_a_count_by_hand(browsing: Browsing, desk: Desk, language: str) -> None:
    rows = [dict(row) for row in placements(desk.street.city)]
    came = [row for row in visits(rows) if row["month"] == "2021-12"]

    def by_hand(programme: str) -> list[str]:
        states = Count(_state(row) for row in rows if row["programme"] == programme)
        late = sum(row["programme"] == programme and row.get("planned", "9999") < DAY.isoformat()
                   for row in rows)  # fmt: skip
        mine = [row for row in came if row["programme"] == programme]
        figures = [
            states["planned"],
            late,
            states["live"],
            states["ended"],
            len(mine),
            *(sum(int(row[name]) for row in mine) for name in ("visits", "minutes")),
        ]
        return [f"{figure:,}" for figure in figures]

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/outlets")
        await page.click(f"nav.choices a[href='{HREF}']")
        assert await axe(page) == []
        for at, programme in enumerate(("one-stop", "police")):
            cells = await page.locator(f"#sums tbody tr >> nth={at} >> td").all_inner_texts()
            assert cells[1:] == by_hand(programme)
        assert await page.locator("main >> text=/2021-12/").count() >= 1
        assert ("synthetic" if language == "en-GB" else "合成") in await page.inner_text(".title")

    browsing(desk.origin, scenario, Window(language))


def test_the_list_is_narrowed_goes_on_and_is_taken_along(browsing: Browsing, desk: Desk) -> None:
    rows = [dict(row) for row in placements(desk.street.city)]
    wanted = sorted((row["outlet"], row["programme"]) for row in rows if _state(row) == "live")

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(HREF)
        await page.select_option("#state", "live")
        await page.click(".narrow button")
        assert await axe(page) == []
        seen: list[tuple[str, str]] = []
        while True:
            for row in await page.locator("#placements tbody tr").all():
                cells = await row.locator("td").all_inner_texts()
                code = next(code for code, name in NAMES.items() if name == cells[3])
                assert "live" in cells[4]
                seen.append((cells[0], code))
            if not await page.locator(".paging a").count():
                break
            await page.click(".paging a")
        assert seen == wanted
        answer = await page.request.get(f"{desk.origin}{HREF}.csv?state=live&lang=en")
        told = list(csv.DictReader(StringIO((await answer.body()).decode("utf-8-sig"))))
        assert [(row["outlet"], row["programme"]) for row in told] == wanted
        assert {row["state"] for row in told} == {"live"}
        assert {row["month"] for row in told} <= {"2021-12", ""}

    browsing(desk.origin, scenario, Window("en-GB"))


def test_an_outlets_own_page_tells_of_its_programmes(
    browsing: Browsing, desk: Desk, told_anew: str
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(f"/window/outlet/{told_anew}")
        tables = page.locator("#programmes table")
        first = await tables.nth(0).locator("tbody tr").all_inner_texts()
        assert len(first) == 1
        for word in (NAMES["police"], "live", "2021-11-15", "2021-12-01"):
            assert word in first[0]
        cells = await tables.nth(1).locator("tbody td").all_inner_texts()
        assert cells == ["2021-12", NAMES["police"], "70", "840"]
        assert await axe(page) == []
        await page.goto("/window/outlet/a-0001")
        assert await page.locator("#programmes").count() == 0

    browsing(desk.origin, scenario, Window("en-GB"))


def test_minutes_carry_their_share_of_what_the_counter_costs(
    browsing: Browsing, desk: Desk, told_anew: str
) -> None:
    """70 visits took 840 minutes; 420 payments of 100 seconds take 700: 840 of 1,540 parts."""
    carried = 3_000 * 840 // 1_540
    bills = 36_225 + 2_100 + 210 + 3_000
    alone, shared = -(-bills // 420), -(-(bills - carried) // 420)
    paid = -(-(bills - carried - 70 * 100) // 420)
    assert alone > shared > paid

    async def told(page: Page, address: str) -> list[str]:
        await page.goto(address)
        row = page.locator("#outlets tbody tr").first
        assert told_anew in await row.inner_text()
        return (await row.locator("td.number").all_inner_texts())[2:4]

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        address = f"/window/economics?q={told_anew}&lang=en"
        for _ in range(20):
            fees = await told(page, address)
            if fees[0] != fees[1]:
                break
            await asyncio.sleep(1)
        assert fees == [f"{shared / 100:.2f}", f"{alone / 100:.2f}"]
        assert await page.inner_text("#alone-post") == f"{alone / 100:.2f}"
        assert "2021-12" in await page.inner_text("#beside")
        assert "−" in await page.inner_text("#carried")
        assert await axe(page) == []
        fees = await told(page, f"{address}&post.programme_pay=100")
        assert fees == [f"{paid / 100:.2f}", f"{alone / 100:.2f}"]
        assert "Paid by programmes" in await page.inner_text("#lines")

    browsing(desk.origin, scenario, Window("en-GB"))


def test_whatever_is_asked_for_a_page_is_the_answer(desk: Desk) -> None:
    async def scenario(visitor: Visitor) -> None:
        assert "sign-in" in (await visitor.get(HREF)).leads_to
        await visitor.sign_in("operator-1")
        for asked in ("?state=maybe", "?programme=%3Cscript%3E", "?after=zzz", "?q=" + "x" * 2_000):
            page = await visitor.get(HREF + asked)
            assert page.status == 200, asked
            assert "<script>" not in page.text

    asyncio.run(visiting(desk, scenario))


def test_who_may_not_look_sees_nothing(desk: Desk) -> None:
    async def scenario(visitor: Visitor) -> None:
        await visitor.sign_in("admin-1")
        assert (await visitor.get(HREF)).status == 403
        assert (await visitor.get(f"{HREF}.csv")).status == 403

    asyncio.run(visiting(desk, scenario))
