"""Every screen of the till in both languages: nobody is hindered."""

import pytest

from tests.web.browser import axe
from tests.web.till.cashier import Cashier, misbehave


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_screen_hinders_anyone(at_till, street, language):
    found = []

    async def look(till: Cashier, screen: str) -> None:
        await till.page.wait_for_selector(f"main.{screen}")
        assert (await till.page.get_attribute("html", "lang"))[:2] == language
        found.extend(f"{screen}: {one}" for one in await axe(till.page))

    async def work(till: Cashier) -> None:
        await till.page.add_init_script(f"localStorage.setItem('language', '{language}')")
        await till.page.goto("/till/")
        await look(till, "door")
        await till.open()
        await look(till, "door")
        await till.sign_in(till.seat.cashier.word)
        await look(till, "basket")
        row = street.bill("south-gas")
        await till.type(row.bill.account)
        await look(till, "choice")
        await till.press("Escape")
        await till.scan(street.bill(), street.bill("west-water"), street.bill("east-water"))
        await look(till, "basket")
        await till.press("Enter")
        await look(till, "cash")
        await till.press("Escape")
        outlet = {"count": 1, "outlets": [till.seat.outlet]}
        await misbehave(street, "post-line", "refuses", code="2003",
                        billers=["west-water"], **outlet)  # fmt: skip
        await misbehave(street, "post-line", "pending", ms=20_000, billers=["east-water"], **outlet)
        await till.take("2000")
        await till.told("paid", "not_paid", "in_doubt")
        await look(till, "outcome")
        await till.finish()
        await till.press("F3")
        await look(till, "search")
        await till.press("ArrowDown", "Enter")
        await look(till, "found")
        await till.press("F4")
        await look(till, "shift")
        number = (await till.shift())["payments"][0]["details"]["payment"]
        for size in ("roll", "a4"):
            await till.page.goto(f"/till/papers/{number}?size={size}")
            found.extend(f"paper {size}: {one}" for one in await axe(till.page))
        for path in ("/check/", "/check/0000-0000-0000-0000-0000"):
            await till.page.goto(f"{path}?lang={language}")
            found.extend(f"{path}: {one}" for one in await axe(till.page))

    at_till(work)
    assert found == []
