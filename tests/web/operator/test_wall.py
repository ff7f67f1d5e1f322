"""The wall: its figures are those of the books, and it looks again without being touched."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from playwright.async_api import Page

from cashlane.adapters.clock import SystemClock
from cashlane.core.payment import IN_DOUBT
from cashlane.home import clock_offset
from cashlane.main import network_of
from cashlane.store import tally
from cashlane.store.connect import connect, open_pool
from cashlane.store.pulse import PulseRows
from cashlane.web.operator.pulse import Pulse
from tests.street.running import DAY, Street, run
from tests.web.browser import Window
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk
from tests.web.operator.visitor import Visitor, visiting


def _with_pulse(street: Street, scenario: Callable[[Pulse], Awaitable[None]]) -> None:
    async def play() -> None:
        network = network_of(street.house)
        pool = await open_pool(street.house.databases().watch, size=2)
        try:
            clock = SystemClock(clock_offset(street.house))
            await scenario(Pulse(PulseRows(pool), lambda: network, clock))
        finally:
            await pool.close()

    asyncio.run(play())


async def _paid(street: Street, count: int) -> None:
    """Pay some bills in a thread of their own: the scenario's loop goes on."""

    async def main(http):
        till = street.till(http, "post-0421")
        for _ in range(count):
            bill = await till.hold(street.bill("west-water"))
            assert (await till.pay(bill, str(uuid4()))).status == 201

    await asyncio.to_thread(run, main)


@pytest.mark.usefixtures("doubtful")
def test_the_wall_counts_what_the_books_hold(desk: Desk) -> None:
    async def scenario(pulse: Pulse) -> None:
        wall, counted = await pulse.wall(), await pulse.tally()
        with connect(desk.street.house.databases().watch) as watch:
            by_state = tally.by_state(watch, DAY)
        everything = sum(one.count for one in by_state)
        assert wall.whole.hour == counted.count == everything > 0
        assert sum(one.hour for one in wall.channels) == everything
        assert sum(one.hour for one in wall.billers) == everything
        assert counted.cash == sum(one.cash for one in by_state)
        states = {one.state: (one.count, one.cash) for one in by_state}
        assert counted.by_state(lambda _: True) == states
        assert wall.doubts == sum(one.count for one in by_state if one.state in IN_DOUBT) >= 1
        assert sum(one.recent.confirmed for one in wall.routes) >= 5

    _with_pulse(desk.street, scenario)


def test_minutes_that_are_kept_and_minutes_read_again_add_up(desk: Desk) -> None:
    async def scenario(pulse: Pulse) -> None:
        before = (await pulse.wall()).whole.hour
        await _paid(desk.street, 3)
        wall = await pulse.wall()
        for _ in range(60):
            if wall.whole.hour != before:
                break
            await asyncio.sleep(0.5)
            wall = await pulse.wall()
        assert wall.whole.hour == before + 3
        post = next(one for one in wall.channels if one.number == 1)
        assert post.minutes[-1] + post.minutes[-2] >= 3

    _with_pulse(desk.street, scenario)


def test_the_wall_looks_again_and_keeps_focus_and_place(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/")
        first = await page.text_content("#as-of time")
        await page.focus("#route-1")
        await page.evaluate("window.scrollTo(0, 120)")
        await page.fill("#q", "half a wo")
        await page.focus("#route-1")
        await page.wait_for_function(
            "first => document.querySelector('#as-of time').textContent !== first", arg=first
        )
        assert await page.evaluate("document.activeElement.id") == "route-1"
        assert await page.evaluate("window.scrollY") == 120
        assert await page.input_value("#q") == "half a wo"
        assert await page.locator("#live").count() == 1
        assert await page.locator("#as-of").count() == 1

    browsing(desk.origin, scenario, Window(height=500))


def test_a_wall_that_was_stopped_stands_still(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/")
        await page.click("#still")
        first = await page.text_content("#as-of time")
        await page.wait_for_timeout(6_000)
        assert await page.text_content("#as-of time") == first

    browsing(desk.origin, scenario)


def test_a_wall_whose_server_is_gone_says_so(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/")
        assert not await page.is_visible(".no-answer")
        await page.context.set_offline(True)
        await page.wait_for_selector(".no-answer", state="visible")
        await page.context.set_offline(False)
        await page.wait_for_selector(".no-answer", state="hidden")

    browsing(desk.origin, scenario, Window(excused=("ERR_INTERNET_DISCONNECTED", "htmx:error")))


def test_a_session_that_ended_leaves_no_old_figures_standing(
    browsing: Browsing, desk: Desk
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/")
        await page.context.clear_cookies()
        await page.wait_for_selector("#live [role=alert]")
        assert await page.locator("#as-of").count() == 0
        await page.click("#live [role=alert] a")
        await page.wait_for_selector("[name=login]")

    browsing(desk.origin, scenario, Window(excused=("htmx:response:error",)))


def test_looking_again_by_itself_does_not_keep_a_session_awake(desk: Desk) -> None:
    """Only what a person does is use."""

    def seen_at() -> object:
        with connect(desk.street.house.databases().hub) as hub:
            return hub.execute(
                "SELECT max(s.seen_at) FROM sessions s JOIN users u ON u.id = s.user_id"
                " WHERE u.login = 'operator-2'"
            ).fetchone()

    def age() -> None:
        with connect(desk.street.house.databases().hub) as hub:
            hub.execute(
                "UPDATE sessions SET seen_at = seen_at - interval '5 min' WHERE user_id ="
                " (SELECT id FROM users WHERE login = 'operator-2')"
            )

    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-2")
        age()
        before = seen_at()
        assert (await v.get("/window/", hx_request="true")).status == 200
        assert seen_at() == before
        assert (await v.get("/window/")).status == 200
        assert seen_at() != before

    asyncio.run(visiting(desk, scenario))
