"""A silence alarm at the window: counted on the wall, listed, told in a sentence, answered by a
person's word; and left out of what everybody is told."""

import asyncio
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.async_api import Page

from cashlane.adapters.clock import SystemClock
from cashlane.home import clock_offset
from cashlane.main import network_of
from cashlane.store.connect import connect
from cashlane.store.days import latest_day
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk
from tests.web.operator.test_ways import signed_in, until
from tests.web.operator.visitor import Visitor, visiting

GHOST = "e-0111"
"""An outlet that no other test looks at."""


@pytest.fixture
def alarm(desk: Desk) -> Iterator[datetime]:
    """The alarm as the worker would have raised it; when."""
    house = desk.street.house
    number = next(one.number for one in network_of(house).outlets.values() if one.code == GHOST)
    now = SystemClock(clock_offset(house)).now()
    with connect(house.databases().hub) as hub:
        day = latest_day(hub)
        assert day is not None
        through = day.business_date
        hub.execute("INSERT INTO counted_days VALUES (%s, %s)", (through, now))
        hub.execute(
            "INSERT INTO silence_alarms VALUES (%s, %s, %s, 2000, 337, 27500, 'own', %s)",
            (number, through, through - timedelta(days=2), now),
        )
    yield now
    with connect(house.databases().admin) as admin:
        for table in ("silence_words", "silence_alarms", "outlet_days", "counted_days"):
            admin.execute(f"DELETE FROM {table}")


def test_an_alarm_is_seen_asked_about_and_left_out(
    browsing: Browsing, desk: Desk, alarm: datetime
) -> None:
    async def seen(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        await until(v, "/window/?still=1", 'id="silent" href="/window/outlets?only=alarm">1<',
                    there=True)  # fmt: skip
        told = await v.get(f"/window/outlet/{GHOST}")
        assert "No payment for 2.0 business days" in told.text
        assert "nobody has asked" in told.text
        everybody = await v.get("/now/?lang=en")
        row = everybody.text.partition('<th scope="row">Chain E')[2].partition("</tr>")[0]
        chain = sum(
            one.code.startswith("e-") for one in network_of(desk.street.house).outlets.values()
        )
        assert f"{chain - 1:,} / {chain:,}" in re.sub("<[^>]*>", "", row)
        assert (await v.get("/window/outlets?only=alarm")).text.count(f">{GHOST}<") == 1

    async def looked_at(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/?still=1")
        assert await axe(page) == []
        await page.click("#silent")
        assert await axe(page) == []
        await page.click(f".list a[href='/window/outlet/{GHOST}']")
        assert await axe(page) == []

    asyncio.run(visiting(desk, seen))
    for language in ("zh-CN", "en-GB"):
        browsing(desk.origin, looked_at, Window(language))


def test_a_word_is_kept_and_only_who_works_cases_says_it(desk: Desk, alarm: datetime) -> None:
    path = f"/window/outlet/{GHOST}"

    async def auditor(v: Visitor) -> None:
        await signed_in(v, "auditor-1")
        form = (await v.get(path)).form
        words = {"form": form, "kind": "cleared", "note": "all well"}
        assert (await v.post(f"{path}/silence", words)).status == 403

    async def operator(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        form = (await v.get(path)).form
        said = {"form": form, "kind": "acknowledged", "note": "", "back_on": ""}
        assert (await v.post(f"{path}/silence", said)).status in (400, 422)
        assert (
            await v.post(f"{path}/silence", said | {"note": "x", "back_on": "soon"})
        ).status != 303
        word = said | {"note": "called the shop; reader broken", "back_on": "2022-01-20"}
        assert (await v.post(f"{path}/silence", word)).status == 303
        page = await v.get(path)
        for part in ("called the shop; reader broken", "2022-01-20", "operator-1", "acknowledged"):
            assert part in page.text
        await until(v, "/window/?still=1", "none to ask", there=True)
        assert (await v.post(f"{path}/silence", word | {"kind": "cleared"})).status == 303
        assert "ended by a person" in (await v.get(path)).text
        assert (await v.post(f"{path}/silence", word)).status == 404

    asyncio.run(visiting(desk, auditor))
    asyncio.run(visiting(desk, operator))
