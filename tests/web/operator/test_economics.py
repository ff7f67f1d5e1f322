"""The economics page: its figures are those of the rules, its sliders work with and without
scripts, and a scenario is its address."""

import asyncio
import csv
import io
from collections.abc import Mapping
from functools import cache
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page

from cashlane.core.closing import Closing, closing
from cashlane.core.economics import Account, cheapest_to_keep, together
from cashlane.core.network import Network
from cashlane.core.programme import NO_WORK, Work
from cashlane.core.scenario import Counter, Kind, accounts, starting
from cashlane.main import network_of
from cashlane.trial.programmes import placements, visits
from cashlane.world.city import make_city
from tests.street.running import SEED
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk
from tests.web.operator.visitor import Visitor, visiting

HREF = "/window/economics"
AGREED = 21
"""What an outlet gets by each of the city's contracts: seven tenths of thirty fen."""


@pytest.fixture(scope="module")
def network(desk: Desk) -> Network:
    """The running street's network."""
    return network_of(desk.street.house)


@cache
def told() -> dict[str, Work]:
    """What the made-up lists tell of programmes that are live today, by outlet."""
    rows, found = list(placements(make_city(SEED))), dict[str, Work]()
    ended = {(row["outlet"], row["programme"]) for row in rows if "ended" in row}
    for row in visits(rows):
        if row["month"] == "2021-12" and (row["outlet"], row["programme"]) not in ended:
            before = found.get(row["outlet"], NO_WORK)
            found[row["outlet"]] = Work(
                before.visits + int(row["visits"]), before.minutes + int(row["minutes"])
            )
    return found


def worked_out(network: Network, **moved: int) -> dict[int, Account]:
    """Every open outlet by the rules, with levers moved as `post_fee=50`."""
    rows = [
        Counter(one.number, network.agents[one.agent].kind, None, told().get(one.code, NO_WORK))
        for one in network.outlets.values()
        if not one.suspended
    ]
    kinds: set[Kind] = {row.kind for row in rows}
    return accounts(rows, {kind: _values(kind, moved) for kind in kinds})


def _values(kind: Kind, moved: Mapping[str, int]) -> dict[str, int]:
    found = {code: one.value for code, one in starting(kind).items()} | {"fee": AGREED}
    mine = {name.partition("_")[::2]: value for name, value in moved.items()}
    return found | {code: value for (whose, code), value in mine.items() if whose == kind}


def money(amount: int) -> str:
    """As the page writes it."""
    return f"{'−' if amount < 0 else ''}{abs(amount) // 100:,}.{abs(amount) % 100:02}"


async def check(page: Page, network: Network, found: Mapping[int, Account]) -> None:
    """Every figure that stands alone on the page, and the first outlet of the list."""
    summed = closing(found)
    assert await page.inner_text("#losing") == f"{summed.whole.losing:,}"
    assert await page.inner_text("#result") == money(summed.whole.account.result)
    assert await page.inner_text("#keeps-all") == money(summed.whole.keeps)
    if summed.least is not None:
        assert await page.inner_text("#keeps-one") == money(summed.least[1])
    await _check_ladder(page, summed)
    worst = min(found, key=lambda outlet: (found[outlet].result, outlet))
    first = page.locator("#outlets tbody tr").first
    assert network.outlets[worst].code in await first.inner_text()
    assert money(found[worst].result) in await first.inner_text()


async def _check_ladder(page: Page, summed: Closing) -> None:
    shares = await page.locator("#shares tbody td").all_inner_texts()
    fees = [summed.fee_for(ppm) for ppm in (500_000, 750_000, 900_000, 1_000_000)]
    assert shares == [money(fee) if fee is not None else "no fee" for fee in fees]


async def slide(page: Page, name: str, value: int) -> None:
    """Move a slider as a hand does: its value changes and the page hears of it."""
    await page.eval_on_selector(
        f'[name="{name}"]',
        "(one, value) => { one.value = value;"
        " one.dispatchEvent(new Event('input', {bubbles: true})) }",
        value,
    )


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_nothing_on_it_hinders_anybody(browsing: Browsing, desk: Desk, language: str) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(HREF)
        assert await axe(page) == []
        await page.click("text=" + ("Hold this" if language == "en-GB" else "留存此方案"))
        await slide(page, "post.seconds", 60)
        await page.wait_for_selector("#compared")
        assert await axe(page) == []

    browsing(desk.origin, scenario, Window(language))


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_it_is_no_wider_than_its_window(browsing: Browsing, desk: Desk, width: int) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        for path in (HREF, f"{HREF}?held=post.fee%3D60&post.fee=90"):
            await page.goto(path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, path

    browsing(desk.origin, scenario, Window("en-GB", width=width))


def test_its_figures_are_those_of_the_rules(
    browsing: Browsing, desk: Desk, network: Network
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(HREF)
        found = worked_out(network)
        await check(page, network, found)
        posts = [one for it, one in found.items() if network.agent_of(it).kind == "post"]
        assert await page.inner_text("#alone-post") == "0.99"
        assert await page.inner_text("#break-even-post") == money(
            together(posts).break_even_fee or 0
        )
        assert money(together(posts).carried) in await page.inner_text("#carried")
        assert await page.inner_text("#pays-post") == "24"
        rows = await page.locator("#agents tbody tr").count()
        assert rows == len({one.agent for one in network.outlets.values()})
        marks = await page.locator(".levers .basis").all_inner_texts()
        assert {*marks} == {"public", "assumed", "by contract"}

    browsing(desk.origin, scenario, Window("en-GB"))


def test_sliding_recalculates_and_the_address_follows(
    browsing: Browsing, desk: Desk, network: Network
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(HREF)
        await slide(page, "chain.fee", 70)
        assert await page.inner_text('output[for="chain.fee"]') == "0.70", "at once"
        found = worked_out(network, chain_fee=70)
        await page.wait_for_function(
            "told => document.querySelector('#result').innerText === told",
            arg=money(closing(found).whole.account.result),
        )
        await check(page, network, found)
        shared = page.url
        assert parse_qs(urlsplit(shared).query)["chain.fee"] == ["70"]
        await page.goto("/window/doubt")
        await page.goto(shared)
        assert await page.input_value('[name="chain.fee"]') == "70"
        await check(page, network, found)
        changed = page.locator('.setting:has([name="chain.fee"]) .basis')
        assert await changed.inner_text() == "changed"

    browsing(desk.origin, scenario, Window("en-GB"))


def test_the_latest_of_many_moves_is_what_stands(
    browsing: Browsing, desk: Desk, network: Network
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(HREF)
        for fee in range(30, 121, 3):
            await slide(page, "post.fee", fee)
            await page.wait_for_timeout(25)
        told = money(closing(worked_out(network, post_fee=120)).whole.account.result)
        await page.wait_for_function(
            "told => document.querySelector('#result').innerText === told", arg=told
        )
        await page.wait_for_timeout(400)
        assert await page.inner_text("#result") == told

    browsing(desk.origin, scenario, Window("en-GB"))


def test_it_works_without_scripts(browsing: Browsing, desk: Desk, network: Network) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(HREF)
        await page.focus('[name="post.availability"]')
        for _ in range(3):
            await page.keyboard.press("ArrowRight")
        await page.click("#levers button")
        assert parse_qs(urlsplit(page.url).query)["post.availability"] == ["300"]
        await check(page, network, worked_out(network, post_availability=300))

    browsing(desk.origin, scenario, Window("en-GB", scripts=False))


def test_an_answer_that_does_not_come_is_said(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(HREF)
        await page.route("**/economics?*", lambda route: route.abort())
        await slide(page, "post.fee", 44)
        await page.wait_for_selector("#sums.stale .no-answer:visible")

    excused = ("net::ERR_FAILED",)
    browsing(desk.origin, scenario, Window("en-GB", excused=excused))


def test_two_scenarios_stand_side_by_side(browsing: Browsing, desk: Desk, network: Network) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(f"{HREF}?post.fee=60&lang=en")
        await page.click("text=Hold this scenario")
        await slide(page, "post.fee", 99)
        await page.wait_for_selector("#compared + table tbody td.number")
        held, now = (closing(worked_out(network, post_fee=fee)) for fee in (60, 99))
        row = await page.locator("#compared tbody tr").first.locator("td").all_inner_texts()
        change = now.whole.losing - held.whole.losing
        assert change < 0
        assert row == [f"{held.whole.losing:,}", f"{now.whole.losing:,}", f"−{-change:,}"]
        differs = await page.locator("#compared + table tbody td").all_inner_texts()
        assert differs == ["0.60 CNY", "0.99 CNY"]
        assert await page.locator("svg.stairs path.held").count() == 1
        await page.click("text=compare no longer")
        assert await page.locator("#compared").count() == 0
        assert await page.input_value('[name="post.fee"]') == "99"

    browsing(desk.origin, scenario, Window("en-GB"))


def test_the_other_language_keeps_the_scenario(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(f"{HREF}?post.fee=77&held=start&q=post-04")
        await page.click(".who [lang=en]")
        assert await page.get_attribute("html", "lang") == "en"
        assert await page.input_value('[name="post.fee"]') == "77"
        assert await page.input_value(".levers [name=q]") == "post-04"
        assert await page.locator("#compared").count() == 1

    browsing(desk.origin, scenario)


def test_outlets_are_searched_and_all_of_them_taken_along(
    browsing: Browsing, desk: Desk, network: Network
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(f"{HREF}?lang=en")
        await page.fill(".levers [name=q]", "post-042")
        await page.wait_for_function(
            "() => document.querySelectorAll('#outlets tbody tr').length === 10"
        )
        answer = await page.request.get(f"{desk.origin}{HREF}/outlets.csv?post.fee=50")
        rows = list(csv.DictReader(io.StringIO((await answer.body()).decode("utf-8-sig"))))
        found = worked_out(network, post_fee=50)
        assert len(rows) == len(found)
        by_code = {network.outlets[outlet].code: one for outlet, one in found.items()}
        for row in rows[:200]:
            one = by_code[row["outlet"]]
            assert row["loss"] == f"{max(-one.result, 0) / 100:.2f}"
            assert row["payment that keeps it"] == f"{one.keeps / 100:.2f}"

    browsing(desk.origin, scenario, Window("en-GB"))


def test_a_budget_keeps_the_cheapest(browsing: Browsing, desk: Desk, network: Network) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(f"{HREF}?lang=en")
        await page.fill("[name=budget]", "10000.50")
        await page.wait_for_selector("#kept")
        many = len(cheapest_to_keep(worked_out(network), 1_000_050))
        assert many > 100
        assert f"10,000.50 CNY a month {many:,} outlets" in await page.inner_text("#kept")
        await page.click("#levers button")
        assert await page.input_value("[name=budget]") == "10000.50"
        assert await page.locator("#kept").count() == 1

    browsing(desk.origin, scenario, Window("en-GB"))


@pytest.mark.parametrize(
    "asked",
    ["post.fee=none", "post.fee=501", "post.seconds=4", "chain.wage=２３００", "held=post.fee%3D-1",
     "post.fee=1e3", "budget=-5", "budget=1.234", "held=" + "x" * 2_001],
)  # fmt: skip
def test_an_address_that_means_nothing_is_refused(desk: Desk, asked: str) -> None:
    async def scenario(visitor: Visitor) -> None:
        await visitor.sign_in("operator-1")
        answer = await visitor.get(f"{HREF}?{asked}&lang=en")
        assert answer.status == 400
        assert "cannot be read" in answer.text

    asyncio.run(visiting(desk, scenario))


def test_who_may_not_look_sees_nothing(desk: Desk) -> None:
    async def scenario(visitor: Visitor) -> None:
        assert "sign-in" in (await visitor.get(HREF)).leads_to
        await visitor.sign_in("admin-1")
        assert (await visitor.get(HREF)).status == 403
        assert (await visitor.get(f"{HREF}/outlets.csv")).status == 403

    asyncio.run(visiting(desk, scenario))
