"""The ways at the window: how each is, what was said about it, what hangs on it, who may say what;
and lists that a spreadsheet opens as text."""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from io import StringIO

import pytest
from playwright.async_api import Page as BrowserPage

from cashlane.store.connect import connect
from cashlane.web.shared.sheets import safe
from tests.street.running import DAY
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk
from tests.web.operator.visitor import Page, Visitor, visiting

WITHDRAWAL = {
    "kind": "withdrawn", "reason": "commercial", "biller": "", "agent": "",
    "since": "2022-02-10T00:00", "until": "", "zh": "通道合同到期停办",
    "en": "The contract of this way ends",
}  # fmt: skip


async def signed_in(v: Visitor, login: str) -> Visitor:
    assert (await v.sign_in(login)).status == 303
    return v


async def say(v: Visitor, route: str, **words: str) -> Page:
    here = f"/window/route/{route}"
    values = WITHDRAWAL | words | {"form": (await v.get(here)).form}
    return await v.post(f"{here}/say", values)


@asynccontextmanager
async def said(v: Visitor, route: str, **words: str) -> AsyncIterator[str]:
    """The page of something said, which holds no longer than the test looks at it."""
    made = await say(v, route, **words)
    assert (made.status, made.leads_to[:19]) == (303, "/window/notice/ntc_"), made.text
    try:
        yield made.leads_to
    finally:
        ended = await act(v, made.leads_to, "end")
        assert (ended.status, ended.leads_to) == (303, made.leads_to)


async def act(v: Visitor, path: str, verb: str, **words: str) -> Page:
    return await v.post(f"{path}/{verb}", words | {"form": (await v.get(path)).form})


async def until(v: Visitor, path: str, words: str, *, there: bool) -> Page:
    """The page once it says something, or says it no longer: processes look twice a second."""
    for _ in range(100):
        page = await v.get(path)
        if (words in page.text) is there:
            return page
        await asyncio.sleep(0.1)
    raise AssertionError(f"{path}: {words!r} {'missing' if there else 'still there'} after 10 s")


def table(page: Page) -> list[list[str]]:
    """The rows of a CSV file, without its mark."""
    assert page.text.startswith("\ufeff")
    return list(csv.reader(StringIO(page.text[1:], newline="")))


def test_a_withdrawal_counts_down_to_the_outlets_that_lose(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        async with said(v, "post-line") as path:
            page = await v.get(path)
            for words in ("The contract of this way ends", "27 <small>days", "soon", "no spare",
                          "find another way and sign it", "commercial", "operator-1 ·",
                          "The first 200 of 504"):  # fmt: skip
                assert words in page.text, words
            rows = table(await v.get(f"{path}/outlets.csv"))
            assert rows[0] == ["outlet", "name", "agent", "district", "billers lost"]
            assert (len(rows) - 1, len({row[0] for row in rows[1:]})) == (504, 504)
            assert {row[2] for row in rows[1:]} == {"City Post"}
            assert "City Power" in rows[1][4]
            await until(v, "/window/ways", "The contract of this way ends", there=True)
            shown = await v.get("/window/route/post-line")
            assert "The contract of this way ends" in shown.text
        ended = await v.get(path)
        assert "End it now" not in ended.text
        assert ended.text.count("ended") >= 1
        await until(v, "/window/ways", "The contract of this way ends", there=False)

    asyncio.run(visiting(desk, scenario))


def test_a_way_kept_open_takes_nothing_from_anybody(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        async with said(v, "post-line", kind="open", since="") as path:
            page = await v.get(path)
            assert "it takes nothing away from anybody" in page.text
            assert "in force" in page.text
            assert len(table(await v.get(f"{path}/outlets.csv"))) == 1

    asyncio.run(visiting(desk, scenario))


@pytest.fixture
def withdrawal(desk: Desk) -> Iterator[str]:
    """The page of a withdrawal, which is ended when the test has looked at it."""
    paths: list[str] = []

    async def begin(v: Visitor) -> None:
        paths.append((await say(await signed_in(v, "operator-1"), "island-files")).leads_to)

    async def end(v: Visitor) -> None:
        await act(await signed_in(v, "operator-1"), paths[0], "end")

    asyncio.run(visiting(desk, begin))
    yield paths[0]
    asyncio.run(visiting(desk, end))


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1024), ("en-GB", 1440), ("en-GB", 390)])
def test_the_countdown_hinders_nobody(
    browsing: Browsing, desk: Desk, withdrawal: str, language: str, width: int
) -> None:
    async def scenario(page: BrowserPage) -> None:
        await desk.sign_in(page)
        for path in (withdrawal, "/window/route/island-files", "/window/ways", "/window/stand-in"):
            await page.goto(path)
            assert await axe(page) == [], path
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, path

    browsing(desk.origin, scenario, Window(language, width=width))


def test_a_file_of_outlets_is_a_file(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        answer = await v.get("/window/what-if/agent/post/outlets.csv?lang=zh")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer.headers["content-disposition"]
        assert table(answer)[0][0] == "网点代码"

    asyncio.run(visiting(desk, scenario))


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1+1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "post-0001", "1-2", "城市邮政 = 1"])
def test_a_plain_cell_stays_as_it_is(cell: str) -> None:
    assert safe(cell) == cell


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"kind": "maintenance"}, "the end of a maintenance"),
        ({"kind": "gone"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"reason": "weather"}, "reason"),
        ({"until": "2022-02-09T00:00"}, "after the beginning"),
        ({"since": "tomorrow"}, "the beginning"),
        ({"since": "0001-01-01T00:00"}, "the beginning"),
        ({"since": "2022-02-10T00:00+05:00"}, "the beginning"),
        ({"until": "9999-12-31T23:59"}, "the end"),
        ({"zh": " "}, "the sentence in both languages"),
        ({"en": "x" * 201}, "the sentence in both languages"),
        ({"biller": "no-such-biller"}, "biller"),
        ({"agent": "no-such-agent"}, "agent"),
    ],
)
def test_what_does_not_fit_is_refused_and_stays_typed(
    desk: Desk, words: dict[str, str], told: str
) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        page = await say(v, "post-line", **({"zh": "仍在此处", "en": "still <here>"} | words))
        assert page.status == 400
        assert 'role="alert">The request cannot be read: ' in page.text
        assert told in page.text.partition('role="alert">')[2].partition("</p>")[0]
        kept = "still &lt;here&gt;" if "en" not in words else "x" * 201
        assert kept in page.text
        assert 'href="/window/route/post-line?lang=zh"' in page.text

    asyncio.run(visiting(desk, scenario))


def test_only_those_who_may_say_something(desk: Desk) -> None:
    """Auditors look at everything and say nothing; a form of another session says nothing."""

    async def scenario(v: Visitor) -> None:
        await signed_in(v, "auditor-1")
        for path in ("/window/ways", "/window/stand-in", "/window/route/post-line",
                     "/window/what-if/hub"):  # fmt: skip
            page = await v.get(path)
            assert page.status == 200, path
            assert 'class="desk' not in page.text, path
        form = (await v.get("/window/ways")).form
        for path in ("/window/route/post-line/say", "/window/stand-in",
                     f"/window/notice/ntc_{'0' * 26}/end",
                     f"/window/notice/ntc_{'0' * 26}/stage"):  # fmt: skip
            assert (await v.post(path, WITHDRAWAL | {"form": form})).status == 403, path

    async def foreign(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        for path in ("/window/route/post-line/say", "/window/stand-in"):
            assert (await v.post(path, WITHDRAWAL | {"form": "0" * 64})).status == 403, path

    asyncio.run(visiting(desk, scenario))
    asyncio.run(visiting(desk, foreign))


def test_what_does_not_exist_is_not_found(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        for path in ("/window/notice/ntc_0", f"/window/notice/ntc_{'0' * 26}",
                     f"/window/notice/ntc_{'0' * 26}/outlets.csv", "/window/what-if/route/none",
                     "/window/what-if/hub/none", "/window/what-if/moon/post",
                     "/window/what-if/agent/none/outlets.csv", "/window/route/none"):  # fmt: skip
            assert (await v.get(path)).status == 404, path
        form = (await v.get("/window/ways")).form
        for verb in ("end", "stage"):
            path = f"/window/notice/ntc_{'0' * 26}/{verb}"
            assert (await v.post(path, {"form": form})).status == 404, path

    asyncio.run(visiting(desk, scenario))


def test_a_return_is_planned_and_comes_in_stages(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        async with said(v, "island-files") as path:
            stage = {"stage": "repaired", "agent": "", "which": "planned", "day": "2022-01-10"}
            assert (await act(v, path, "stage", **stage)).status == 303
            assert "planned 2022-01-10 <strong>late" in (await v.get(path)).text
            came = stage | {"which": "came", "day": "2022-01-12"}
            assert (await act(v, path, "stage", **came)).status == 303
            page = await v.get(path)
            assert "<strong>late" not in page.text
            assert "✓ 2022-01-12" in page.text
            own = {"stage": "tested", "agent": "post", "which": "planned", "day": "2022-03-01"}
            assert (await act(v, path, "stage", **own)).status == 303
            assert "planned 2022-03-01" in (await v.get(path)).text
            for wrong, status in (
                ({"day": "soon"}, 400), ({"stage": "hoped_for"}, 400), ({"which": "perhaps"}, 400),
                ({"agent": "nobody"}, 404), ({"day": "9999-01-01"}, 400),
            ):  # fmt: skip
                page = await act(v, path, "stage", **(stage | wrong))
                assert (page.status, 'role="alert"' in page.text) == (status, True), wrong

    asyncio.run(visiting(desk, scenario))


def test_the_wall_tells_how_ways_are_and_how_they_changed(desk: Desk) -> None:
    with connect(desk.street.house.databases().hub) as hub:
        hub.execute(
            "INSERT INTO route_changes SELECT number, 0, 0, %s::date + time '00:20', 0, 1, 2"
            " FROM routes WHERE code = 'bank-b' ON CONFLICT DO NOTHING",
            (DAY,),
        )

    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        page = await until(v, "/window/", "the whole route", there=True)
        row = page.text.partition("the whole route")[2].partition("</tr>")[0]
        assert row.index("well") < row.index("sick")
        assert page.text.count("kept open by hand") == 4
        live = await v.get("/window/", hx_request="true")
        assert "Latest changes of ways" in live.text
        assert "<html" not in live.text

    asyncio.run(visiting(desk, scenario))


def test_what_would_happen_is_asked_before_it_does(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        page = await v.get("/window/what-if/route/post-line")
        for words in ("If Post line stopped", "closes", "504", "the route&#39;s operator"):
            assert words in page.text, words
        hub = await v.get("/window/what-if/hub")
        assert "100.0 %" in hub.text
        assert "of 4,407" in hub.text
        assert len(table(await v.get("/window/what-if/hub/outlets.csv"))) == 4_408
        for path in ("biller/city-power", "agent/chain-a"):
            assert (await v.get(f"/window/what-if/{path}")).status == 200, path

    asyncio.run(visiting(desk, scenario))


def test_who_hangs_on_it_is_counted_from_the_books(desk: Desk) -> None:
    with connect(desk.street.house.databases().watch) as watch:
        ((payments, customers),) = watch.execute(
            "SELECT count(*), count(DISTINCT (biller, account)) FROM payments WHERE agent ="
            " (SELECT number FROM agents WHERE code = 'post')"
        ).fetchall()

    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        page = await v.get("/window/what-if/agent/post")
        sums = page.text.partition("Who hangs on it")[2].partition("</tr>")[2].partition("</tr>")[0]
        figures = [one.partition("<")[0] for one in sums.split('class="number">')[1:]]
        assert 0 < int(figures[1]) <= payments
        assert 0 < int(figures[2]) <= customers

    asyncio.run(visiting(desk, scenario))
