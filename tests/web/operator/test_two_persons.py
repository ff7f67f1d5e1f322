"""What takes two persons, at the window: proposed by one, decided by another, carried out by the
worker; and who sees whose account."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.async_api import Page as BrowserPage

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.core.approval import Kind, Proposal
from cashlane.core.roles import Role
from cashlane.home import clock_offset
from cashlane.people.approvals import Approvals
from cashlane.people.role_changes import handlers
from cashlane.store.connect import open_pool, transaction
from cashlane.store.people import Account, find_account
from cashlane.web.shared.headers import POLICY
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk
from tests.web.operator.test_pages import BREACH, HOSTILE
from tests.web.operator.visitor import Page, Visitor, visiting

_WORD = re.compile(r'class="mono word">([^<]+)<')
EFFECT_S = 10
"""The worker looks four times a second; a busy machine may take longer."""


async def signed_in(v: Visitor, login: str) -> Visitor:
    assert (await v.sign_in(login)).status == 303
    return v


async def newcomer(v: Visitor, login: str, name: str = "Newcomer", place: str = "") -> Page:
    values = {"login": login, "name": name, "place": place}
    return await v.post("/window/people", values | {"form": (await v.get("/window/people")).form})


async def propose(v: Visitor, login: str, change: str, **said: str) -> Page:
    here = f"/window/people/{login}"
    values = {"change": change, "reason": "the late shift"} | said
    return await v.post(f"{here}/role", values | {"form": (await v.get(here)).form})


async def decide(v: Visitor, path: str, verdict: str, reason: str = "") -> Page:
    form = (await v.get("/window/approvals")).form
    return await v.post(path, {"verdict": verdict, "reason": reason, "form": form})


async def proposed(v: Visitor, login: str, change: str) -> str:
    """A newcomer is made, and a change of them proposed: the proposal's page."""
    assert (await newcomer(v, login)).status == 200
    made = await propose(v, login, change)
    assert (made.status, made.leads_to[:22]) == (303, "/window/approvals/apr_"), made.text
    return made.leads_to


async def until(v: Visitor, path: str, words: str) -> Page:
    for _ in range(EFFECT_S * 10):
        page = await v.get(path)
        if words in page.text:
            return page
        await asyncio.sleep(0.1)
    raise AssertionError(f"{path} did not say {words!r} within {EFFECT_S} seconds")


def account_of(desk: Desk, login: str) -> Account:
    async def read() -> Account:
        pool = await open_pool(desk.street.house.databases().hub, size=1)
        try:
            async with transaction(pool) as work:
                account = await find_account(work, login=login, user=None)
        finally:
            await pool.close()
        assert account is not None
        return account

    return asyncio.run(read())


def test_one_proposes_another_approves_and_the_worker_gives_the_role(desk: Desk) -> None:
    async def first(v: Visitor) -> str:
        await signed_in(v, "admin-1")
        path = await proposed(v, "wei", "give operator")
        page = await v.get(path)
        assert "Give wei the role: Operator" in page.text
        assert "the late shift" in page.text
        assert "You proposed this, so another must decide it." in page.text
        assert 'value="approve"' not in page.text
        own = await decide(v, path, "approve")
        assert own.status == 403
        assert 'role="alert">You proposed this' in own.text
        return path

    paths: list[str] = []

    async def one(v: Visitor) -> None:
        paths.append(await first(v))

    async def other(v: Visitor) -> None:
        await signed_in(v, "admin-2")
        assert "Give wei the role" in (await v.get("/window/approvals?only=waiting")).text
        done = await decide(v, paths[0], "approve", "asked by phone")
        assert (done.status, done.leads_to) == (303, paths[0])
        page = await until(v, paths[0], "In effect since")
        assert "asked by phone" in page.text
        assert (await v.get("/window/approvals?before=apr_" + "0" * 26)).text.count("Give wei") == 0
        again = await decide(v, paths[0], "reject")
        assert (again.status, "This was decided already." in again.text) == (409, True)
        waiting = await v.get("/window/approvals?only=waiting")
        assert "Give wei the role" not in waiting.text

    asyncio.run(visiting(desk, one))
    assert account_of(desk, "wei").person.roles == frozenset()
    asyncio.run(visiting(desk, other))
    assert account_of(desk, "wei").person.roles == {Role.OPERATOR}


def test_what_is_rejected_changes_nothing(desk: Desk) -> None:
    paths: list[str] = []

    async def one(v: Visitor) -> None:
        paths.append(await proposed(await signed_in(v, "admin-1"), "qiao", "give auditor"))

    async def other(v: Visitor) -> None:
        await signed_in(v, "operator-lead-1")
        done = await decide(v, paths[0], "reject", "not this year")
        assert done.status == 303
        page = await v.get(paths[0])
        assert "Rejected" in page.text
        assert "not this year" in page.text
        assert (await decide(v, paths[0], "neither")).status == 400

    asyncio.run(visiting(desk, one))
    asyncio.run(visiting(desk, other))
    assert account_of(desk, "qiao").person.roles == frozenset()


async def _proposed_for(desk: Desk, login: str, open_for: timedelta) -> None:
    clock = SystemClock(clock_offset(desk.street.house))
    pool = await open_pool(desk.street.house.databases().hub, size=1)
    try:
        async with transaction(pool) as work:
            admin = await find_account(work, login="admin-1", user=None)
            user = await find_account(work, login=login, user=None)
        assert admin is not None
        assert user is not None
        body = {"user": str(user.person.id), "role": "operator", "held": True}
        approvals = Approvals(pool, clock, system_ids(), handlers(clock))
        proposal = Proposal(Kind.USER_ROLE, body, None, clock.now() + open_for)
        made = await approvals.propose(admin.person, proposal)
        assert isinstance(made.id, UUID)
    finally:
        await pool.close()


def test_what_nobody_decides_in_time_has_expired(desk: Desk) -> None:
    async def one(v: Visitor) -> None:
        await newcomer(await signed_in(v, "admin-1"), "tang")

    async def late(v: Visitor) -> None:
        await signed_in(v, "admin-2")
        page = await v.get("/window/approvals")
        found = re.search(r'href="([^"]+)">Give tang the role', page.text)
        assert found is not None
        page = await until(v, found[1], "Nobody decided this in time.")
        assert 'value="approve"' not in page.text
        answer = await decide(v, found[1], "approve")
        assert (answer.status, 'role="alert">Nobody decided' in answer.text) == (409, True)

    asyncio.run(visiting(desk, one))
    asyncio.run(_proposed_for(desk, "tang", timedelta(seconds=1)))
    asyncio.run(visiting(desk, late))


def test_a_password_is_taken_by_two_and_a_new_one_shown_once(desk: Desk) -> None:
    words: list[str] = []

    async def one(v: Visitor) -> None:
        await signed_in(v, "admin-1")
        made = await newcomer(v, "fang")
        words.append(_WORD.findall(made.text)[0])
        assert made.headers["cache-control"] == "no-store"
        here = "/window/people/fang"
        page = await v.get(here)
        assert words[0] not in page.text
        stands = await v.post(f"{here}/word", {"which": "password", "form": page.form})
        assert (stands.status, "fang has a password." in stands.text) == (409, True)
        away = await v.post(f"{here}/password", {"reason": "forgotten", "form": page.form})
        words.append(away.leads_to)

    async def other(v: Visitor) -> None:
        await signed_in(v, "operator-lead-2")
        assert (await decide(v, words[1], "approve")).status == 303
        await until(v, words[1], "In effect since")

    async def again(v: Visitor) -> None:
        await signed_in(v, "admin-1")
        here = "/window/people/fang"
        values = {"which": "password", "form": (await v.get(here)).form}
        words.append(_WORD.findall((await v.post(f"{here}/word", values)).text)[0])

    async def comes(v: Visitor) -> None:
        assert (await v.sign_in("fang", words[0])).status == 401
        assert (await v.sign_in("fang", words[2])).status == 303

    for scenario in (one, other, again, comes):
        asyncio.run(visiting(desk, scenario))


def test_what_cannot_be_is_said_on_the_page_it_was_typed_on(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, "admin-1")
        for login, place, status, said in (
            ("9 lives", "", 422, "A login has 2 to 32 small letters"),
            ("admin-2", "", 409, "The login admin-2 is taken."),
            ("nowhere", "no-such-place", 404, "There is no such outlet or agent."),
        ):
            page = await newcomer(v, login, place=place)
            assert (page.status, said in page.text) == (status, True), login
        assert (await newcomer(v, "nameless", name=" \x00 ")).status == 400
        unfit = await propose(v, "operator-2", "give cashier")
        assert 'href="/window/people/operator-2?lang=zh"' in unfit.text
        own = await propose(v, "admin-1", "give operator")
        assert (own.status, 'role="alert">This is about yourself' in own.text) == (403, True)
        for change, more, status in (
            ("give god", {}, 400), ("hold operator", {}, 400), ("give cashier", {}, 409),
            ("take operator", {"effective": "yesterday"}, 400),
            ("take operator", {"effective": "2001-01-01T08:00"}, 422),
        ):  # fmt: skip
            assert (await propose(v, "operator-2", change, **more)).status == status, change
        for path in ("/window/people/nobody", "/window/people/%00", "/window/approvals/apr_0",
                     f"/window/approvals/apr_{'0' * 26}"):  # fmt: skip
            assert (await v.get(path)).status == 404, path
        assert (await v.get("/window/people?after=%00")).status == 200

    asyncio.run(visiting(desk, scenario))


def test_a_list_goes_on_from_the_last_login(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, "admin-1")
        seen: list[str] = []
        path = "/window/people"
        while path:
            page = await v.get(path)
            seen += re.findall(r'<td class="mono"><a href="/window/people/([^"]+)">', page.text)
            further = re.search(r'href="([^"]+)">Next page', page.text)
            path = further[1] if further else ""
        assert seen == sorted(set(seen))
        assert {"admin-1", "post-0001-lead", "post-0040-2", "regulator-1"} <= set(seen)
        assert len(seen) > 100

    asyncio.run(visiting(desk, scenario))


@pytest.mark.parametrize(
    ("login", "open_", "shut"),
    [
        ("regulator-1", set(), {"approvals", "people", "people/admin-1", "ways", "stand-in"}),
        (
            "auditor-1",
            {"", "doubt", "ways", "restoration", "outlets"},
            {"approvals", "people"},
        ),
        (
            "operator-1",
            {"", "doubt", "ways", "restoration", "outlets", "approvals"},
            {"people", "people/admin-1"},
        ),
        (
            "admin-1",
            {"approvals", "people"},
            {
                "doubt",
                "ways",
                "restoration",
                "outlets",
                "programmes",
                "survey",
                "economics",
                "plan",
                "what-if/hub",
                "route/post-line",
            },
        ),
    ],
)
def test_each_role_is_shown_the_way_to_its_own_pages_only(
    desk: Desk, login: str, open_: set[str], shut: set[str]
) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, login)
        for path in open_:
            page = await v.get(f"/window/{path}")
            assert page.status == 200, path
            assert page.headers["content-security-policy"] == POLICY
            entries = set(
                re.findall(r'<a href="/window/([^"?]*)"[^>]*>', page.text.split("</nav>")[0])
            )
            assert entries == open_, path
        for path in shut:
            page = await v.get(f"/window/{path}")
            assert (page.status, "<h1>Your role may not do this." in page.text) == (403, True), path

    asyncio.run(visiting(desk, scenario))


def test_a_companys_clerk_makes_cashiers_of_its_own_outlets_and_sees_nobody_else(
    desk: Desk,
) -> None:
    clerk = next(login for login in desk.words if login.endswith("-clerk"))

    async def scenario(v: Visitor) -> None:
        await signed_in(v, clerk)
        made = await newcomer(v, "lu", place="post-0002")
        assert (made.status, len(_WORD.findall(made.text))) == (200, 1)
        assert "Cashier" in (await v.get("/window/people/lu")).text
        anew = {"which": "pin", "form": (await v.get("/window/people/lu")).form}
        again = await v.post("/window/people/lu/word", anew)
        assert _WORD.findall(again.text) not in ([], _WORD.findall(made.text))
        assert 'action="/window/people/lu/role"' not in (await v.get("/window/people/lu")).text
        assert (await v.get("/window/people/admin-1")).status == 404
        assert (await newcomer(v, "mole")).status == 403
        assert (await v.get("/window/approvals")).status == 403

    asyncio.run(visiting(desk, scenario))
    assert account_of(desk, "lu").person.roles == {Role.CASHIER}


def test_whoever_may_not_gets_nothing_done_by_a_form_of_the_own(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await signed_in(v, "operator-1")
        form = (await v.get("/window/approvals")).form
        here = "/window/people/operator-2"
        for path, values in (
            ("/window/people", {"login": "mole", "name": "Mole"}),
            (f"{here}/role", {"change": "give operator_lead"}),
            (f"{here}/password", {}),
            (f"{here}/word", {"which": "password"}),
            (f"{here}/shut", {"disabled": "yes"}),
        ):
            assert (await v.post(path, values | {"form": form})).status == 403, path

    asyncio.run(visiting(desk, scenario))
    assert account_of(desk, "operator-2").disabled is False


def test_what_another_site_sends_decides_nothing(desk: Desk) -> None:
    paths: list[str] = []

    async def one(v: Visitor) -> None:
        paths.append(await proposed(await signed_in(v, "admin-1"), "shan", "give operator"))

    async def other(v: Visitor) -> None:
        await signed_in(v, "admin-2")
        form = (await v.get(paths[0])).form
        said = {"verdict": "approve", "reason": ""}
        for headers in ({"origin": "https://elsewhere.example"}, {"sec_fetch_site": "cross-site"}):
            assert (await v.post(paths[0], said | {"form": form}, **headers)).status == 403
        for bad in ({}, {"form": "0" * 64}):
            assert (await v.post(paths[0], said | bad)).status == 403
            for path in ("/window/people", "/window/people/shan/role", "/window/people/shan/word",
                         "/window/people/shan/shut", "/window/people/shan/password"):  # fmt: skip
                assert (await v.post(path, said | bad)).status == 403
        assert "Waits for a decision" in (await v.get(paths[0])).text

    asyncio.run(visiting(desk, one))
    asyncio.run(visiting(desk, other))


def test_somebody_shut_out_stays_out_until_let_in(desk: Desk) -> None:
    words: list[str] = []

    async def turn(v: Visitor, disabled: str) -> None:
        here = "/window/people/ning"
        values = {"disabled": disabled, "form": (await v.get(here)).form}
        assert (await v.post(f"{here}/shut", values)).leads_to == here

    async def scenario(v: Visitor) -> None:
        await signed_in(v, "admin-1")
        words.append(_WORD.findall((await newcomer(v, "ning")).text)[0])
        await turn(v, "yes")
        assert ">locked<" in (await v.get("/window/people/ning")).text

    async def knocks(v: Visitor) -> None:
        assert (await v.sign_in("ning", words[0])).status == 401

    async def back(v: Visitor) -> None:
        await turn(await signed_in(v, "admin-1"), "no")

    async def comes(v: Visitor) -> None:
        assert (await v.sign_in("ning", words[0])).status == 303

    for one in (scenario, knocks, back, comes):
        asyncio.run(visiting(desk, one))


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_two_people_at_two_browsers(browsing: Browsing, desk: Desk, language: str) -> None:
    """The whole way by clicks, nothing hindering anybody, and hostile names shown as text."""
    login = f"hostile-{language[:2]}"
    paths: list[str] = []

    async def well(page: BrowserPage) -> None:
        await page.wait_for_load_state()
        assert await axe(page) == [], page.url
        assert not await page.evaluate(BREACH), page.url
        assert await page.locator("img").count() == 0, page.url
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], page.url

    async def one(page: BrowserPage) -> None:
        await desk.sign_in(page, "admin-1")
        await page.wait_for_url("**/window/approvals")
        await page.click("nav [href='/window/people']")
        await well(page)
        await page.fill(".desk [name=login]", login)
        await page.fill(".desk [name=name]", HOSTILE)
        await page.click(".desk .main")
        assert await page.inner_text(".word")
        await well(page)
        await page.click(f"main [href='/window/people/{login}']")
        assert await page.inner_text("header .said") == HOSTILE
        await well(page)
        await page.select_option("[name=change]", "give operator")
        await page.fill("[action$='/role'] [name=reason]", HOSTILE)
        await page.click("[action$='/role'] .main")
        await page.wait_for_url("**/window/approvals/apr_*")
        assert HOSTILE in await page.inner_text("dl")
        await well(page)
        paths.append(page.url)

    async def other(page: BrowserPage) -> None:
        await desk.sign_in(page, "admin-2")
        await page.wait_for_url("**/window/approvals")
        await well(page)
        await page.click(f"text={login}")
        await page.wait_for_url(paths[0])
        await page.fill("main [name=reason]", HOSTILE)
        await well(page)
        await page.click("[value=approve]")
        for _ in range(EFFECT_S * 10):
            if await page.locator(".state.paid").count():
                break
            await asyncio.sleep(0.1)
            await page.reload()
        await well(page)
        await page.goto(f"/window/people/{login}")
        await well(page)

    browsing(desk.origin, one, Window(language, width=1440))
    browsing(desk.origin, other, Window(language, width=390))
    assert account_of(desk, login).person.roles == {Role.OPERATOR}
