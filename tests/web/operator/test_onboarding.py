"""The page of chains on their way in: what each has done, what is next, who may propose."""

import asyncio

from playwright.async_api import Page

from cashlane.main import network_of
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk
from tests.web.operator.visitor import Visitor, visiting

HERE = "/window/onboarding"


def test_all_chains_with_their_stages_and_the_next_command(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/outlets")
        await page.click(f"nav.choices a[href='{HERE}']")
        assert await axe(page) == []
        rows = await page.locator(".board tbody tr").count()
        assert rows == len(network_of(desk.street.house).agents)
        # The post's host has paid, in this street; nobody has certified it.
        await page.click(f".board a[href='{HERE}/post']")
        assert await axe(page) == []
        assert "✓" in await page.locator("tr", has_text="5. ").inner_text()
        await page.goto(f"{HERE}/chain-e")
        assert await axe(page) == []
        next_ = await page.locator("tr.chosen").count()
        assert next_ == 1
        assert await page.locator("pre.command").count() >= 1

    for language in ("zh-CN", "en-GB"):
        browsing(desk.origin, scenario, Window(language))


def test_what_is_not_earned_is_not_put_before_anybody(desk: Desk) -> None:
    async def auditor(v: Visitor) -> None:
        assert (await v.sign_in("auditor-1")).status == 303
        page = await v.get(f"{HERE}/chain-e")
        assert page.status == 200
        refused = await v.post(f"{HERE}/chain-e/certify", {"form": page.form, "reason": ""})
        assert refused.status == 403

    async def operator(v: Visitor) -> None:
        assert (await v.sign_in("operator-1")).status == 303
        form = (await v.get(HERE)).form
        refused = await v.post(f"{HERE}/chain-e/certify", {"form": form, "reason": ""})
        assert refused.status == 409
        assert "cannot be certified" in refused.text
        assert (await v.get(f"{HERE}/nobody")).status == 404

    asyncio.run(visiting(desk, auditor))
    asyncio.run(visiting(desk, operator))
