"""The restoration board at the window: lost service put on record, planned, come back, corrected;
who may say so; and nothing that hinders anybody."""

import asyncio
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.async_api import Page as BrowserPage

from cashlane.store.connect import connect
from tests.street.running import DAY
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk
from tests.web.operator.visitor import Page, Visitor, visiting

LOST = {
    "agent": "chain-d", "cause": "technical", "route": "aggregator-a", "biller": "",
    "began": "2021-12-31", "count": "", "outlets": "", "note": "interface under repair",
    "notice": "",
}  # fmt: skip
BOARD = "/window/restoration"


async def signed_in(v: Visitor, login: str = "operator-1") -> Visitor:
    assert (await v.sign_in(login)).status == 303
    return v


async def record(v: Visitor, **words: str) -> Page:
    form = (await v.get(f"{BOARD}/open")).form
    return await v.post(f"{BOARD}/open", LOST | words | {"form": form})


async def recorded(v: Visitor, **words: str) -> str:
    made = await record(v, **words)
    assert (made.status, made.leads_to[:29]) == (303, f"{BOARD}/case/rst_"), made.text
    return made.leads_to


async def say(v: Visitor, path: str, **words: str) -> Page:
    return await v.post(f"{path}/say", words | {"form": (await v.get(path)).form})


async def take_away(v: Visitor, path: str) -> None:
    """The case was the test's own: it counts nowhere afterwards."""
    assert (await say(v, path, kind="mistaken")).status == 303


def row(page: Page, path: str) -> str:
    """The row of a case on the board."""
    return page.text.partition(f'href="{path}"')[2].partition("</tr>")[0]


def test_a_chain_is_out_and_comes_back_in_stages(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v)
        path = await recorded(v)
        board = await v.get(BOARD)
        assert "4,007" in board.text
        assert "0 / 400" in row(board, path)
        for words in (
            {"kind": "planned", "stage": "repaired", "day": "2022-01-10"},
            {"kind": "planned", "stage": "outlets_on", "day": "2022-01-22"},
        ):
            assert (await say(v, path, **words)).status == 303
        late = row(await v.get(BOARD), path)
        assert "4 days late" in late
        assert path in (await v.get(f"{BOARD}?show=late")).text
        for words in (
            {"kind": "came", "stage": "repaired", "day": "2022-01-12"},
            {"kind": "came", "stage": "outlets_on", "day": "2022-01-13", "outlets_on": "100"},
        ):
            assert (await say(v, path, **words)).status == 303
        shown = row(await v.get(BOARD), path)
        for told in ("100 / 400", ">300<", "2022-01-12", "2022-01-22", "5,800"):
            assert told in shown, (told, shown)
        assert path not in (await v.get(f"{BOARD}?show=late")).text
        await take_away(v, path)
        assert path not in (await v.get(f"{BOARD}?show=all")).text

    asyncio.run(visiting(desk, scenario))


def test_the_board_is_searched(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v)
        path = await recorded(v, agent="chain-e", count="2", route="", cause="legal")
        for find, there in (
            ("legal", True), ("chain e LEGAL", True), ("technical", False), ("no route", True),
            ("interface repaired", True), ("%", False),
        ):  # fmt: skip
            page = await v.get(f"{BOARD}?find={find.replace('%', '%25').replace(' ', '+')}")
            assert (path in page.text) is there, find
        await take_away(v, path)

    asyncio.run(visiting(desk, scenario))


def test_a_word_is_corrected_taken_back_and_never_lost(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v)
        path = await recorded(v, agent="chain-e", outlets="e-0001, e-0002 e-0003")
        came = {"kind": "came", "stage": "tested", "day": "2022-01-12"}
        assert (await say(v, path, **came)).status == 303
        assert (await say(v, path, **came | {"day": "2022-01-11"}, corrects="1")).status == 303
        page = await v.get(path)
        assert page.text.count('class="mono gone"') == 1
        assert "corrects #1" in page.text.replace("</small>", "")
        assert (await say(v, path, **came, corrects="1")).status == 409
        assert (await say(v, path, kind="undone", corrects="2")).status == 303
        page = await v.get(path)
        assert "✓" not in page.text.partition("Stages")[2].partition("</table>")[0]
        assert page.text.count("operator-1 ·") == 4, "the case and three words about it"
        assert 'href="/window/outlet/e-0002"' in page.text
        early = {"kind": "came", "stage": "outlets_on", "day": "2022-01-09"}
        assert (await say(v, path, **came)).status == 303
        refused = await say(v, path, **early)
        assert refused.status == 409
        assert "cannot come before" in refused.text.partition('role="alert">')[2]
        assert 'value="2022-01-09"' in refused.text, "what was typed is typed still"
        await take_away(v, path)

    asyncio.run(visiting(desk, scenario))


def test_a_case_ends_with_a_word_about_the_rest(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v)
        path = await recorded(v, agent="chain-e", count="5")
        end = {"kind": "closed", "day": str(DAY)}
        assert (await say(v, path, **end)).status == 422
        assert (await say(v, path, **end, note="five shops are no more")).status == 303
        page = await v.get(path)
        assert "Close the case" not in page.text
        assert (await say(v, path, kind="planned", stage="tested", day=str(DAY))).status == 409
        assert (await say(v, path, kind="undone", corrects="1")).status == 303
        await take_away(v, path)

    asyncio.run(visiting(desk, scenario))


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ({"agent": ""}, 400, "agent"),
        ({"route": "none"}, 400, "route"),
        ({"biller": "none"}, 400, "biller"),
        ({"cause": "weather"}, 400, "reason"),
        ({"began": "soon"}, 400, "the beginning"),
        ({"began": "2034-01-01"}, 422, "too far ahead"),
        ({"count": "many"}, 400, "outlets"),
        ({"count": "0"}, 422, "outlets: 0"),
        ({"count": "401"}, 422, "between 1 and 400"),
        ({"outlets": "d-0001 nowhere-1"}, 404, "outlet nowhere-1"),
        ({"outlets": "e-0001"}, 400, "of this agent"),
        ({"note": "x" * 301}, 422, "the note"),
    ],
)
def test_what_does_not_fit_is_refused_and_stays_typed(
    desk: Desk, words: dict[str, str], status: int, told: str
) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v)
        page = await record(v, **({"note": "still <here>"} | words))
        assert page.status == status
        assert told in page.text.partition('role="alert">')[2].partition("</p>")[0]
        kept = "still &lt;here&gt;" if "note" not in words else "x" * 301
        assert kept in page.text

    asyncio.run(visiting(desk, scenario))


def test_no_outlet_is_put_on_record_twice(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v)
        path = await recorded(v)
        again = await record(v)
        assert again.status == 409
        assert "400 outlets of this agent are out already" in again.text
        await take_away(v, path)

    asyncio.run(visiting(desk, scenario))


def test_a_notice_begins_a_case(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v)
        route = "/window/route/island-files"
        notice = {
            "kind": "withdrawn", "reason": "legal", "biller": "", "agent": "",
            "since": "2022-02-10T00:00", "until": "", "zh": "停办", "en": "ends",
            "form": (await v.get(route)).form,
        }  # fmt: skip
        there = (await v.post(f"{route}/say", notice)).leads_to
        name = there.rpartition("/")[2]
        page = await v.get(there)
        assert f'href="{BOARD}/open?notice={name}"' in page.text
        form = await v.get(f"{BOARD}/open?notice={name}")
        for kept in ('value="legal" selected', 'value="island-files" selected',
                     'value="2022-02-10"', f'value="{name}"'):  # fmt: skip
            assert kept in form.text, kept
        path = await recorded(
            v, notice=name, route="island-files", cause="legal", began="2022-02-10", count="3"
        )
        assert path in (await v.get(there)).text
        assert f'href="{there}"' in (await v.get(path)).text
        await take_away(v, path)
        assert path not in (await v.get(there)).text
        await v.post(f"{there}/end", {"form": page.form})

    asyncio.run(visiting(desk, scenario))


def test_only_those_who_may_say_something(desk: Desk) -> None:
    """Auditors look and say nothing; a form of another session says nothing; unknown is 404."""
    paths: list[str] = []

    async def scenario(v: Visitor) -> None:
        await signed_in(v)
        paths.append(await recorded(v, agent="chain-e", count="1"))
        nothing = f"{BOARD}/case/rst_{'0' * 26}"
        for path in (nothing, f"{BOARD}/case/none", f"{BOARD}/open?notice=ntc_{'0' * 26}"):
            assert (await v.get(path)).status == 404, path
        form = (await v.get(BOARD)).form
        assert (await v.post(f"{nothing}/say", {"form": form})).status == 404
        foreign = LOST | {"form": "0" * 64}
        assert (await v.post(f"{BOARD}/open", foreign)).status == 403

    async def auditor(v: Visitor) -> None:
        await signed_in(v, "auditor-1")
        for path in (BOARD, paths[0]):
            page = await v.get(path)
            assert page.status == 200, path
            assert "/say" not in page.text
            assert f"{BOARD}/open" not in page.text
        form = (await v.get(BOARD)).form
        assert (await v.get(f"{BOARD}/open")).status == 403
        for path in (f"{BOARD}/open", f"{paths[0]}/say"):
            assert (await v.post(path, LOST | {"form": form})).status == 403, path

    async def end(v: Visitor) -> None:
        await take_away(await signed_in(v), paths[0])

    for one in (scenario, auditor, end):
        asyncio.run(visiting(desk, one))


@pytest.fixture(scope="module")
def cases(desk: Desk) -> Iterator[list[str]]:
    """The story of a winter at its middle, as the street's neutral names tell it."""
    paths: list[str] = []

    async def begin(v: Visitor) -> None:
        await signed_in(v)
        for agent in ("chain-a", "chain-b", "chain-d"):
            paths.append(await recorded(v, agent=agent))
        paths.append(await recorded(v, agent="post", route="", cause="commercial", count="25"))
        for path, stage, kind, day in (
            (paths[0], "repaired", "planned", date(2022, 1, 10)),
            (paths[0], "outlets_on", "planned", date(2022, 2, 17)),
            (paths[1], "repaired", "came", date(2022, 1, 11)),
            (paths[1], "reconnected", "planned", date(2022, 1, 20)),
            (paths[1], "reconnected", "planned", date(2022, 2, 1)),
            (paths[2], "tested", "came", DAY),
            (paths[3], "outlets_on", "came", DAY),
        ):
            assert (await say(v, path, kind=kind, stage=stage, day=str(day))).status == 303

    async def end(v: Visitor) -> None:
        await signed_in(v)
        for path in paths:
            await take_away(v, path)

    asyncio.run(visiting(desk, begin))
    yield paths
    asyncio.run(visiting(desk, end))


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1440), ("en-GB", 1024), ("en-GB", 390)])
def test_the_board_hinders_nobody(
    browsing: Browsing, desk: Desk, cases: list[str], language: str, width: int
) -> None:
    async def scenario(page: BrowserPage) -> None:
        await desk.sign_in(page)
        for path in (BOARD, f"{BOARD}?show=all", f"{BOARD}/open", *cases):
            await page.goto(path)
            assert await axe(page) == [], path
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        await page.goto(BOARD)
        assert await page.locator("svg.outlets-line").count() == 1
        assert "1,276" in await page.inner_text(".sums")
        assert await page.locator("table.board tbody tr").count() == 3

    browsing(desk.origin, scenario, Window(language, width=width))


def test_a_case_is_put_on_record_by_keyboard_alone(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: BrowserPage) -> None:
        await desk.sign_in(page)
        await page.goto(f"{BOARD}/open")
        assert await page.evaluate("document.activeElement.name") == "agent"
        await page.keyboard.type("Chain E")
        await page.keyboard.press("Tab")
        await page.keyboard.type("legal")
        for _ in range(3):
            await page.keyboard.press("Tab")
        await page.focus("[name=count]")
        await page.keyboard.type("3")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/restoration/case/rst_*")
        assert "0 / 3" in await page.inner_text("header.head")
        await page.focus("[name=kind][value=mistaken] , button[value=mistaken]")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".flag")

    browsing(desk.origin, scenario, Window("en-GB"))


def test_what_was_said_stays_in_the_database(desk: Desk, cases: list[str]) -> None:
    with connect(desk.street.house.databases().watch) as watch:
        told = watch.execute(
            "SELECT c.outlets_meant, c.began_on, c.cause, c.actor FROM restoration_cases c"
            " JOIN agents a ON a.number = c.agent WHERE a.code = 'chain-a'"
        ).fetchall()
    assert told == [(1_447, date(2021, 12, 31), "technical", "operator-1")]
    assert len(cases) == 4
