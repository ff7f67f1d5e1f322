"""All outlets at one look: two counts, silent ones, search, and the same list in a file."""

import csv
from io import StringIO

from playwright.async_api import Page

from cashlane.main import network_of
from cashlane.store.connect import connect
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk


def test_two_counts_and_the_silent_ones(browsing: Browsing, desk: Desk) -> None:
    network = network_of(desk.street.house)
    with connect(desk.street.house.databases().watch) as watch:
        ((took,),) = watch.execute(
            "SELECT count(*) FROM limits WHERE kind = 1 AND receipts > 0"
            " AND receipts_day > (SELECT max(business_date) - 14 FROM business_days)"
        ).fetchall()
    enabled = sum(not one.suspended for one in network.outlets.values())

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/outlets")
        assert await axe(page) == []
        cells = await page.locator(".figures tbody tr.strong td").all_inner_texts()
        figures = [int(cell.replace(",", "")) for cell in cells]
        assert figures[:2] == [len(network.outlets), enabled]
        assert figures[2] >= took > 0, "tests beside this one may have taken cash meanwhile"
        assert figures[3] == figures[1] - figures[2]
        await page.fill("#part", "post-001")
        await page.select_option("#only", "silent")
        await page.click(".narrow button")
        assert await axe(page) == []
        codes = await page.locator(".list tbody tr td:first-child").all_inner_texts()
        assert codes
        assert all(code.startswith("post-001") for code in codes)
        answer = await page.request.get(f"{desk.origin}/window/outlets.csv?q=post-001&only=silent")
        rows = list(csv.reader(StringIO((await answer.body()).decode("utf-8-sig"))))
        assert [row[0] for row in rows[1:]] == codes

    browsing(desk.origin, scenario, Window("en-GB"))


def test_a_long_list_goes_on_where_it_stopped(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/outlets?agent=chain-a")
        first = await page.locator(".list tbody tr td:first-child").all_inner_texts()
        await page.click(".paging a")
        second = await page.locator(".list tbody tr td:first-child").all_inner_texts()
        assert len(first) == len(second) == 100
        assert first[-1] < second[0]

    browsing(desk.origin, scenario, Window("zh-CN"))


def test_whatever_is_asked_for_a_page_is_the_answer(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        for words in ("agent=nobody", "only=everything", "after=%00", "q=" + "x" * 500):
            answer = await page.request.get(f"{desk.origin}/window/outlets?{words}")
            assert answer.status == 200, words

    browsing(desk.origin, scenario)
