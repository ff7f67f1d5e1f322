"""Every page in both languages: nothing hinders anybody, nothing leaves, nothing inline; and the
names that others write are shown as text."""

import asyncio
from collections.abc import Iterator
from functools import partial

import msgspec
import pytest
from playwright.async_api import Page

from cashlane.store.connect import connect
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk
from tests.web.operator.visitor import Visitor, visiting

HOSTILE = '<script>window.hurt = 1</script>"><img src=x onerror="window.hurt = 1">'
BREACH = "window.hurt === 1"


def _paths(desk: Desk, doubtful: str) -> list[str]:
    seen = desk.seen
    return [
        "/window/", "/window/doubt", "/window/find", "/window/password",
        f"/window/payment/{seen.paid}", f"/window/payment/{seen.voided}",
        f"/window/payment/{doubtful}", f"/window/payment/{seen.paid}/bill",
        f"/window/visit/{seen.visit}", "/window/outlet/post-0420?till=1",
        "/window/biller/city-power", "/window/biller/island-gas", "/window/route/post-line",
        "/window/outlet/none", "/window/outlets", "/window/ways", "/window/stand-in",
        "/window/what-if/hub", "/window/what-if/route/post-line", "/window/what-if/agent/chain-a",
        "/window/restoration", "/window/restoration/open", "/window/survey", "/window/plan",
        "/window/economics", "/window/economics?held=post.fee%3D60&post.fee=90",
        "/window/coverage", "/window/guard", "/window/walkers", "/window/programmes",
        "/window/outlet/post-0007",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_nothing_on_any_page_hinders_anybody(
    browsing: Browsing, desk: Desk, doubtful: str, language: str
) -> None:
    async def scenario(page: Page) -> None:
        await page.goto("/window/sign-in")
        found = [f"door {one}" for one in await axe(page)]
        await desk.sign_in(page)
        for path in _paths(desk, doubtful):
            await page.goto(path)
            found += [f"{path} {one}" for one in await axe(page)]
        for typed in (desk.seen.refused_key, desk.seen.held_hold, "post", "nothing at all"):
            await page.fill("#q", typed)
            await page.press("#q", "Enter")
            await page.wait_for_load_state()
            found += [f"find {typed} {one}" for one in await axe(page)]
        assert not found, "\n".join(found)

    browsing(desk.origin, scenario, Window(language))


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1024), ("en-GB", 1024), ("en-GB", 390)])
def test_no_page_is_wider_than_its_window(
    browsing: Browsing, desk: Desk, doubtful: str, language: str, width: int
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        for path in _paths(desk, doubtful):
            await page.goto(path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, path

    browsing(desk.origin, scenario, Window(language, width=width))


def test_every_page_speaks_one_language_at_a_time(
    browsing: Browsing, desk: Desk, doubtful: str
) -> None:
    """On an English page Chinese stands only where the way to Chinese is shown."""

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        for path in _paths(desk, doubtful):
            await page.goto(path)
            text = await page.evaluate(
                "[...document.querySelectorAll('body *:not([lang])')].flatMap(one =>"
                " [...one.childNodes].filter(it => it.nodeType === 3 && !it.parentElement"
                ".closest('[lang=\"zh-CN\"]')).map(it => it.textContent)).join(' ')"
            )
            chinese = [word for word in text.split() if any("一" <= it <= "鿿" for it in word)]
            assert not chinese, (path, chinese)

    browsing(desk.origin, scenario, Window("en-GB"))


def test_the_language_chosen_once_stays(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        assert await page.get_attribute("html", "lang") == "zh-CN"
        await page.click(".who [lang=en]")
        await page.goto("/window/doubt")
        assert await page.get_attribute("html", "lang") == "en"

    browsing(desk.origin, scenario)


def test_slash_goes_to_the_box_and_enter_to_the_payment(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/doubt")
        await page.keyboard.press("/")
        assert await page.evaluate("document.activeElement.id") == "q"
        await page.keyboard.type(desk.seen.receipt)
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/window/payment/{desk.seen.paid}")
        await page.keyboard.press("/")
        await page.keyboard.type("post-0420/1")
        assert await page.input_value("#q") == "post-0420/1"

    browsing(desk.origin, scenario)


def test_pages_work_without_scripts(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/")
        assert await page.locator("noscript").count() == 1
        await page.fill("#q", desk.seen.receipt)
        await page.press("#q", "Enter")
        await page.wait_for_url(f"**/window/payment/{desk.seen.paid}")
        await page.click(".who button")
        await page.wait_for_url("**/window/sign-in")

    browsing(desk.origin, scenario, Window(scripts=False))


def test_a_first_sign_in_changes_the_password(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page, "second-newcomer")
        await page.wait_for_url("**/window/password")
        assert await axe(page) == []
        await page.fill("[name=old]", desk.words["second-newcomer"])
        for name in ("new", "again"):
            await page.fill(f"[name={name}]", "river stone lantern")
        await page.click("form.sheet button")
        await page.wait_for_url("**/window/")
        assert await axe(page) == []

    browsing(desk.origin, scenario)


@pytest.fixture
def hostile_biller(desk: Desk) -> Iterator[None]:
    """A biller whose name is a script, known to the running processes."""
    name = (
        "UPDATE billers SET body = jsonb_set(body, '{name}', %s::jsonb) WHERE code = 'city-power'"
    )
    with connect(desk.street.house.databases().hub) as hub:
        ((before,),) = hub.execute(
            "SELECT body -> 'name' FROM billers WHERE code = 'city-power'"
        ).fetchall()

    def put(value: object) -> None:
        with connect(desk.street.house.databases().hub) as hub:
            hub.execute(name, (msgspec.json.encode(value).decode(),))

    put({"zh": HOSTILE, "en": HOSTILE})
    yield
    put(before)
    asyncio.run(visiting(desk, partial(_until_shown, False)))


async def _until_shown(shown: bool, v: Visitor) -> None:
    """Wait until the running processes show the hostile name, or have let go of it again."""
    await v.sign_in("operator-1")
    for _ in range(100):
        if ("&lt;script&gt;" in (await v.get("/window/biller/city-power")).text) is shown:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the processes did not take the name in force within ten seconds")


@pytest.mark.usefixtures("hostile_biller")
def test_a_name_that_is_a_script_is_text(browsing: Browsing, desk: Desk, doubtful: str) -> None:
    asyncio.run(visiting(desk, partial(_until_shown, True)))

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        for path in _paths(desk, doubtful):
            await page.goto(path)
            assert not await page.evaluate(BREACH), path
            assert await page.locator("img").count() == 0, path
        await page.goto("/window/biller/city-power")
        assert await page.inner_text("h1") == HOSTILE

    browsing(desk.origin, scenario)
