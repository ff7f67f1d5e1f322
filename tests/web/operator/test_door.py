"""The door of the window: who comes in, how far, and what no page of another site can do."""

import asyncio

import pytest

from cashlane.web.operator.door import HOME, safe_next
from cashlane.web.shared.headers import POLICY
from tests.web.operator.conftest import Desk
from tests.web.operator.visitor import Visitor, visiting

COOKIE = "cashlane_window"


def test_without_a_session_every_page_leads_to_the_door_and_back(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        for path in (
            "/window/",
            "/window/doubt",
            "/window/find",
            f"/window/payment/{desk.seen.paid}",
        ):
            page = await v.get(path)
            assert (page.status, page.text) == (303, "")
            assert page.leads_to == f"/window/sign-in?next={path.rstrip('/')}"
        itself = await v.get("/window/", hx_request="true")
        assert itself.status == 401
        assert "/window/sign-in" in itself.text

    asyncio.run(visiting(desk, scenario))


def test_a_sign_in_gives_a_cookie_that_scripts_and_other_sites_do_not_get(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        page = await v.sign_in("operator-1")
        assert (page.status, page.leads_to) == (303, "/window/doubt")
        cookie = page.cookies[COOKIE]
        assert (cookie["httponly"], cookie["samesite"].lower(), cookie["path"]) == (
            True,
            "strict",
            "/",
        )
        assert (await v.get("/window/sign-in")).leads_to == HOME

    asyncio.run(visiting(desk, scenario))


def test_by_https_the_browser_itself_keeps_the_cookie_to_this_host(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        door = await v.get("/window/sign-in", x_forwarded_proto="https")
        (made,) = door.cookies.values()
        assert made.key == "__Host-cashlane_door"
        assert (made["secure"], made["path"], made["domain"]) == (True, "/", "")
        values = {"login": "operator-1", "password": desk.words["operator-1"], "form": door.form}
        page = await v.post(
            "/window/sign-in", values,
            x_forwarded_proto="https", cookie=f"{made.key}={made.value}",
        )  # fmt: skip
        session = page.cookies[f"__Host-{COOKIE}"]
        assert (session["secure"], session["path"], session["domain"]) == (True, "/", "")

    asyncio.run(visiting(desk, scenario))


def test_a_wrong_password_says_so_and_keeps_the_door_shut(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        page = await v.sign_in("operator-1", "not the word at all")
        assert page.status == 401
        assert "The login or the password is wrong." in page.text
        assert "not the word at all" not in page.text
        assert (await v.get("/window/")).status == 303

    asyncio.run(visiting(desk, scenario))


def test_a_given_password_opens_one_page_only_until_it_is_changed(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("newcomer")
        for path in ("/window/", "/window/doubt", "/window/find", "/window/sign-in"):
            assert (await v.get(path)).leads_to == "/window/password"
        page = await v.get("/window/password")
        old, new = desk.words["newcomer"], "a quiet river at dusk"
        given = {"old": old, "new": new, "again": new, "form": page.form}
        differ = await v.post("/window/password", given | {"again": "another one"})
        assert (differ.status, "typed in two ways" in differ.text) == (422, True)
        weak = await v.post("/window/password", given | {"new": "short", "again": "short"})
        assert weak.status == 422
        wrong = await v.post("/window/password", given | {"old": "not it, not it"})
        assert wrong.status == 401
        done = await v.post("/window/password", given)
        assert (done.status, done.leads_to) == (303, HOME)
        # A newcomer has no role yet: inside, and refused plainly.
        refused = await v.get("/window/")
        assert (refused.status, "Your role may not do this" in refused.text) == (403, True)

    asyncio.run(visiting(desk, scenario))


def test_a_role_that_may_not_is_told_so_plainly(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("regulator-1")
        for path in (
            "/window/", "/window/doubt", "/window/find", f"/window/payment/{desk.seen.paid}",
            f"/window/payment/{desk.seen.paid}/bill", "/window/outlet/post-0420",
            "/window/biller/city-power", "/window/route/bank-b",
            f"/window/visit/{desk.seen.visit}",
        ):  # fmt: skip
            page = await v.get(path)
            assert page.status == 403, path
            assert "<h1>Your role may not do this." in page.text
            assert desk.seen.receipt not in page.text

    asyncio.run(visiting(desk, scenario))


@pytest.mark.parametrize("login", ["operator-1", "operator-lead-1", "auditor-1"])
def test_those_who_run_and_examine_the_network_may_look(desk: Desk, login: str) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in(login)
        assert (await v.get("/window/")).status == 200
        assert (await v.get(f"/window/payment/{desk.seen.paid}")).status == 200

    asyncio.run(visiting(desk, scenario))


def test_what_another_site_sends_is_refused(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        form = (await v.get("/window/doubt")).form
        values = {"q": desk.seen.receipt, "form": form}
        assert (await v.post("/window/find", values)).status == 303
        for headers in (
            {"origin": "https://elsewhere.example"},
            {"origin": "null"},
            {"sec_fetch_site": "cross-site"},
            {"sec_fetch_site": "same-site"},
        ):
            assert (await v.post("/window/find", values, **headers)).status == 403
            assert (await v.get("/window/", **headers)).status == 403
        own = {"origin": "null", "sec_fetch_site": "same-origin"}
        assert (await v.post("/window/find", values, **own)).status == 303

    asyncio.run(visiting(desk, scenario))


def test_a_post_without_its_form_changes_nothing(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        for form in ({}, {"form": ""}, {"form": "0" * 64}):
            for path in ("/window/sign-out", "/window/find", "/window/password"):
                assert (await v.post(path, form)).status == 403
        assert (await v.get("/window/")).status == 200

    asyncio.run(visiting(desk, scenario))


def test_a_sign_in_from_no_page_of_ours_is_not_tried(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        right = {"login": "operator-1", "password": desk.words["operator-1"]}
        without = await v.post("/window/sign-in", right | {"form": "0" * 64})
        assert without.status == 401
        await v.get("/window/sign-in")
        assert (await v.post("/window/sign-in", right | {"form": "0" * 64})).status == 403
        assert (await v.get("/window/")).status == 303

    asyncio.run(visiting(desk, scenario))


def test_signing_out_ends_the_session_for_good(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        token = (await v.sign_in("operator-1")).cookies[COOKIE].value
        form = (await v.get("/window/")).form
        out = await v.post("/window/sign-out", {"form": form})
        assert (out.status, out.leads_to) == (303, "/window/sign-in")
        again = await v.get("/window/", cookie=f"{COOKIE}={token}")
        assert again.status == 303

    asyncio.run(visiting(desk, scenario))


def test_every_answer_carries_the_policy_and_is_kept_by_nobody(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        answers = [await v.get("/window/"), await v.get("/window/sign-in")]
        await v.sign_in("operator-1")
        answers += [
            await v.get(path)
            for path in (
                "/window/",
                "/window/doubt",
                "/window/outlet/none",
                "/window/payment/pay_x",
            )
        ]
        answers.append(await v.post("/window/find", {}))
        for answer in answers:
            assert answer.headers["content-security-policy"] == POLICY
            assert answer.headers["x-frame-options"] == "DENY"
            assert answer.headers["cache-control"] == "no-store"

    asyncio.run(visiting(desk, scenario))


@pytest.mark.parametrize(
    ("given", "leads"),
    [
        ("/window/doubt", "/window/doubt"),
        ("/window/outlet/post-0001", "/window/outlet/post-0001"),
        ("", HOME),
        ("https://elsewhere.example", HOME),
        ("//elsewhere.example", HOME),
        ("/window//elsewhere.example", HOME),
        ("/window/\\elsewhere.example", HOME),
        ("/till", HOME),
        ("/window/password", HOME),
    ],
)
def test_a_sign_in_leads_to_the_window_only(given: str, leads: str) -> None:
    assert safe_next(given) == leads
