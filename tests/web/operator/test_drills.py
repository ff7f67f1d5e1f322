"""Drills at the window: how a thing stands, what its drills found, who may say how often."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.async_api import Page as BrowserPage

from cashlane.adapters.clock import SystemClock
from cashlane.core.drill import Finding, PairSeen, Record, Schedule, Thing
from cashlane.home import clock_offset
from cashlane.store.connect import open_pool
from cashlane.store.drills import Drills
from tests.web.browser import axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk
from tests.web.operator.visitor import Visitor, visiting

BANK = Thing("route", "bank-b")
GOOD = PairSeen("chain-c", "city-power", "moves", "first", "other", "aggregator-a", "paid")
BAD = PairSeen("chain-e", "city-power", "moves", "first", "refused", None, "NO_ROUTE")


def finding(*pairs: PairSeen) -> Finding:
    return Finding(BANK, pairs, 0, 9_400, 11_000, None, 40, 7, 0, books_agree=True)


@pytest.fixture(scope="module")
def drilled(desk: Desk) -> None:
    """Bank B was drilled well a while ago, and badly since; it is due every week."""

    async def keep() -> None:
        now = SystemClock(clock_offset(desk.street.house)).now()
        pool = await open_pool(desk.street.house.databases().hub, size=1)
        books = Drills(pool)
        for ago, found, scheduled in (
            (20, finding(GOOD, GOOD), False), (10, finding(GOOD, BAD), True),
        ):  # fmt: skip
            at = now - timedelta(days=ago)
            record = Record(uuid4(), at, at + timedelta(seconds=45), "operator-9", scheduled, found)
            await books.add(record)
            await books.add(record)
        await books.schedule(Schedule(BANK, 30, "operator-9", now - timedelta(days=30)))
        await books.schedule(Schedule(BANK, 7, "operator-9", now - timedelta(days=29)))
        await pool.close()

    asyncio.run(keep())


@pytest.mark.usefixtures("drilled")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("not as predicted", "as predicted", "1 / 2", "2 / 2", "9.4 s", "when due",
                "City Power at Chain E: predicted paid by another way, seen: refused before cash")),
        ("zh", ("演练不符", "演练相符", "1 / 2", "2 / 2", "9.4 s", "按期",
                "连锁戊的城市电力账单：推算为走其他通道缴成，实见：收现金前拒绝")),
    ],
)  # fmt: skip
def test_what_the_drills_found_is_told(
    browsing: Browsing, desk: Desk, language: str, words: tuple[str, ...]
) -> None:
    async def scenario(page: BrowserPage) -> None:
        await desk.sign_in(page)
        await page.goto(f"/window/what-if/route/bank-b?lang={language}")
        card = await page.inner_text("#drills")
        for one in words:
            assert one in card, (one, card)
        assert await page.locator("#drills tbody tr").count() == 2
        assert await page.locator("#drills .drilled .not").count() == 2, "failed, and the date red"
        assert await page.input_value("#drills [name=days]") == "7"
        assert await axe(page) == []
        await page.goto(f"/window/ways?lang={language}")
        assert words[0] in await page.inner_text("main")
        assert await axe(page) == []

    browsing(desk.origin, scenario)


def test_how_often_is_said_by_who_may(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        assert (await v.sign_in("operator-1")).status == 303
        for path in ("hub", "agent/post", "biller/city-power", "route/post-line"):
            here = f"/window/what-if/{path}"
            page = await v.get(here)
            assert "never" in page.text
            made = await v.post(f"{here}/every", {"form": page.form, "days": "14"})
            assert (made.status, made.leads_to) == (303, f"{here}#drills")
            shown = await v.get(here)
            assert 'value="14"' in shown.text
            drills = shown.text.partition('id="drills"')[2]
            assert "due" in drills
            off = await v.post(f"{here}/every", {"form": page.form, "days": "0"})
            assert off.status == 303
            assert "not scheduled" in (await v.get(here)).text
        form = (await v.get("/window/what-if/hub")).form
        for path, days, status in (
            ("hub", "367", 400), ("hub", "", 400), ("hub", "-1", 400), ("hub", "soon", 400),
            ("route/nowhere", "7", 404), ("till/1", "7", 404),
        ):  # fmt: skip
            answer = await v.post(f"/window/what-if/{path}/every", {"form": form, "days": days})
            assert answer.status == status, (path, days)

    asyncio.run(visiting(desk, scenario))


def test_an_auditor_reads_and_says_nothing(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        assert (await v.sign_in("auditor-1")).status == 303
        page = await v.get("/window/what-if/route/bank-b")
        assert 'id="drills"' in page.text
        assert 'name="days"' not in page.text
        answer = await v.post("/window/what-if/hub/every", {"form": page.form, "days": "7"})
        assert answer.status == 403

    asyncio.run(visiting(desk, scenario))
