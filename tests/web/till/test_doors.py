"""Who may sit at a till: its machine, its people, their PINs; and nothing from elsewhere."""

import asyncio

import aiohttp

from tests.web.till.cashier import Cashier

FORM = {"Cashlane-Form": "till"}


def test_a_wrong_pin_is_refused_and_the_right_one_goes_on(at_till):
    async def work(till: Cashier) -> None:
        await till.open()
        await till.sign_in("000000")
        await till.page.wait_for_selector(".notice.wrong")
        assert "PIN" in await till.text(".notice.wrong") or "登录" in await till.text(
            ".notice.wrong"
        )
        await till.sign_in(till.seat.cashier.word)
        await till.page.wait_for_selector("main.basket")

    at_till(work)


def test_a_browser_that_is_no_till_is_asked_for_its_secret(at_till):
    async def work(till: Cashier) -> None:
        await till.page.goto("/till/")
        await till.page.wait_for_selector("main.door")
        await till.type("not-the-secret-of-any-till")
        await till.page.wait_for_selector(".notice.wrong")
        await till.page.keyboard.type(till.seat.device, delay=4)
        await till.press("Enter")
        await till.page.wait_for_selector(".field + .field")

    at_till(work)


def test_signing_out_ends_the_session_for_good(at_till):
    async def work(till: Cashier) -> None:
        await till.sit_down()
        cookies = await till.page.context.cookies()
        await till.press("F10")
        await till.page.wait_for_selector("main.door")
        await till.page.context.add_cookies(cookies)
        await till.page.reload()
        await till.page.wait_for_selector("main.door")

    at_till(work)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(at_till):
    async def work(till: Cashier) -> None:
        await till.sit_down()
        assert await till.page.evaluate("document.cookie") == ""
        cookies = {one["name"]: one for one in await till.page.context.cookies()}
        assert set(cookies) == {"cashlane_till_session", "cashlane_till_device"}
        for cookie in cookies.values():
            assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (
                True, "Strict", "/till",
            )  # fmt: skip

    at_till(work)


def test_what_comes_from_another_site_is_forbidden(street, seat):
    async def main() -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(street.api, cookie_jar=jar) as http:
            enrolled = await http.post("/till/api/till", json={"secret": seat.device}, headers=FORM)
            assert enrolled.status == 200
            who = {"login": seat.cashier.login, "pin": seat.cashier.word}
            for foreign in (
                {},
                FORM | {"Origin": "https://elsewhere.example"},
                FORM | {"Sec-Fetch-Site": "cross-site"},
                FORM | {"Sec-Fetch-Site": "same-site"},
            ):
                answer = await http.post("/till/api/seat", json=who, headers=foreign)
                assert (answer.status, (await answer.json())["code"]) == (403, "FORBIDDEN")
            assert (await http.post("/till/api/seat", json=who, headers=FORM)).status == 200
            # A session alone is no proof either: every post carries the form's token.
            for token in ("till", "x" * 43):
                answer = await http.post(
                    "/till/api/inquiries", json={"code": "1"}, headers={"Cashlane-Form": token}
                )
                assert answer.status == 403

    asyncio.run(main())


def test_every_answer_forbids_what_no_page_of_ours_needs(street):
    async def main() -> None:
        async with aiohttp.ClientSession(street.api) as http:
            for path in ("/till/", "/till/static/till.js", "/till/api/door", "/check/", "/check/x",
                         "/shared/paper.css", "/till/service.js"):  # fmt: skip
                answer = await http.get(path)
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["X-Frame-Options"] == "DENY"

    asyncio.run(main())


def test_the_clock_of_the_page_is_the_networks(at_till, street):

    async def work(till: Cashier) -> None:
        await till.sit_down()
        seat = await till.page.evaluate("fetch('/till/api/seat').then(it => it.json())")
        assert seat["now"][11:15] == (await till.text(".clock"))[:4]

    at_till(work)
