"""Coverage and the guard at the window: figures against a count by hand, scenarios, files;
a closing asked by one and signed by another; and who may not ask."""

import asyncio
import csv
from datetime import date
from io import StringIO

import pytest
from playwright.async_api import Page

from cashlane.core.access import ANYTHING, WALKING, Layer, serves
from cashlane.core.demand import elders
from cashlane.core.network import Network
from cashlane.coverage.offers import offers_of, without_agent
from cashlane.main import network_of
from cashlane.store.connect import connect
from cashlane.store.network import add_service_state
from cashlane.trial.neighbours import neighbourhoods
from cashlane.values.geo import Point, metres
from tests.coverage.village import OPENING
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk
from tests.web.operator.visitor import Visitor, visiting

WEIGHT_MOST = 900_000
"""Bytes of the map of a whole city: it is one page of an operator's."""


def _walk_by_hand(network: Network, place: Point, layer: Layer) -> int | None:
    """The walk to the nearest outlet that serves, by looking at every one."""
    offers = offers_of(network, OPENING).values()
    near = [metres(place, one.place) for one in offers if serves(one, layer)]
    walk = min(near) * 13 // 10 if near else None
    return None if walk is None or walk > WALKING.reach_m else walk


def _digits(text: str) -> int:
    return int(text.splitlines()[0].replace(",", ""))


def _within_by_hand(
    desk: Desk, network: Network, layer: Layer, bands: tuple[int, ...]
) -> dict[int, tuple[int, int]]:
    """People and elders by band: every place beside every outlet, in plain Python. Whoever stands
    in a box of degrees too far off is not looked at."""
    offers = [one for one in offers_of(network, OPENING).values() if serves(one, layer)]
    found = dict.fromkeys(bands, (0, 0))
    for place in neighbourhoods(desk.street.city):
        here = place.place
        close = [
            metres(here, one.place)
            for one in offers
            if abs(one.place.latitude_e6 - here.latitude_e6) < 34_000
            and abs(one.place.longitude_e6 - here.longitude_e6) < 45_000
        ]
        walk = min(close, default=1 << 30) * 13 // 10
        for band in bands:
            if walk <= band:
                people, old = found[band]
                found[band] = people + sum(place.people), old + elders(place.people)
    return found


@pytest.mark.parametrize(
    ("query", "layer"),
    [
        ("", ANYTHING),
        ("&kind=gas&day=5&hour=19&steps=1", Layer("gas", 5 * 24 + 19, True)),
    ],
)
def test_the_pages_figures_are_those_counted_by_hand(
    browsing: Browsing, desk: Desk, query: str, layer: Layer
) -> None:
    network = network_of(desk.street.house)
    by_hand = _within_by_hand(desk, network, layer, WALKING.bands_m)

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(f"/window/coverage?lang=en{query}")
        rows = page.locator(".bands tbody tr")
        assert await rows.count() == len(WALKING.bands_m) + 1
        for at, band in enumerate(WALKING.bands_m):
            cells = [await one.inner_text() for one in await rows.nth(at).locator("td").all()]
            assert (_digits(cells[0]), _digits(cells[2])) == by_hand[band], band
        assert await axe(page) == []
        assert len(await page.content()) < WEIGHT_MOST

    browsing(desk.origin, scenario, Window("en-GB"))


def test_a_scenario_is_laid_beside_what_is(browsing: Browsing, desk: Desk) -> None:
    network = network_of(desk.street.house)
    less = without_agent(network, network.outlets[1].agent)
    bands = (500, 1_000)
    now, then = (_within_by_hand(desk, one, ANYTHING, bands) for one in (network, less))
    assert now[500] > then[500]
    code = network.agents[network.outlets[1].agent].code

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(f"/window/coverage?lang=en&without=agent:{code}")
        cell = await page.inner_text(".bands tbody tr:nth-child(2) td >> nth=0")
        first, second = cell.splitlines()
        assert _digits(first) == now[500][0]
        assert second.startswith(f"{then[500][0]:,} (−{now[500][0] - then[500][0]:,})")
        assert await page.locator(".farther tbody tr").count() > 1
        assert await axe(page) == []

    browsing(desk.origin, scenario, Window("en-GB"))


def test_any_two_dates_are_laid_beside_one_another(browsing: Browsing, desk: Desk) -> None:
    """An agent's outlets stop on a day to come and are back ten days later."""
    network = network_of(desk.street.house)
    agent = network.outlets[1].agent
    less = without_agent(network, agent)
    now, then = (_within_by_hand(desk, one, ANYTHING, (500,))[500] for one in (network, less))
    assert now > then
    stopped = [number for number, one in network.outlets.items() if one.agent == agent]
    with connect(desk.street.house.databases().hub) as hub:
        for day, state in ((date(2030, 3, 1), "off"), (date(2030, 3, 11), "on")):
            for outlet in stopped:
                add_service_state(
                    hub, outlet=outlet, biller=0, since=day, recorded_at=OPENING,
                    state=state, reason="works", actor="test",
                )  # fmt: skip
        hub.commit()

    async def figures(page: Page) -> list[int]:
        cell = await page.inner_text(".bands tbody tr:nth-child(2) td >> nth=0")
        return [_digits(line.partition(" ")[0]) for line in cell.splitlines()]

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/coverage?lang=en&on=2030-02-28&to=2030-03-01")
        assert await figures(page) == [now[0], then[0]]
        assert "2030-03-01" in await page.inner_text(".notice.plain")
        assert await axe(page) == []
        await page.goto("/window/coverage?lang=en&on=2030-03-10&to=2030-03-11")
        assert await figures(page) == [then[0], now[0]]
        await page.goto(f"/window/coverage?lang=en&to=2030-03-05&without=outlet:{code}&by=room")
        assert (await figures(page))[0] == now[0]
        assert await axe(page) == []
        await page.fill(".asks [name=on]", "2030-03-05")
        await page.fill(".asks [name=to]", "")
        await page.fill(".asks [name=outlet]", "")
        async with page.expect_navigation():
            await page.click(".asks button")
        assert await figures(page) == [then[0]], "one date by itself"

    code = next(one.code for one in network.outlets.values() if one.agent != agent)
    try:
        browsing(desk.origin, scenario, Window("en-GB"))
    finally:
        with connect(desk.street.house.databases().admin) as admin:
            admin.execute("DELETE FROM service_states WHERE since >= '2030-01-01'")


def test_the_map_shows_room_and_the_least_first(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/coverage?lang=en&by=room")
        legend = await page.locator(".legend strong").all_inner_texts()
        lived = [one for one in neighbourhoods(desk.street.city) if sum(one.people)]
        assert sum(_digits(one) for one in legend) == len(lived)
        rows = await page.locator(".worst tbody tr td:nth-child(7)").all_inner_texts()
        times = [float(one.split()[0].replace(",", "")) for one in rows]
        assert times == sorted(times)
        assert await axe(page) == []

    browsing(desk.origin, scenario, Window("en-GB"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_district_is_looked_at_closer_and_places_are_found_by_name(
    browsing: Browsing, desk: Desk, language: str
) -> None:
    network = network_of(desk.street.house)
    district = next(one.district for one in network.outlets.values() if one.district)
    mine = [it for it in neighbourhoods(desk.street.city) if it.district == district]
    name = mine[0].name.zh if language == "zh" else mine[0].name.en

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(f"/window/coverage?lang={language}&district={district}")
        lived = [one for one in mine if sum(one.people)]
        assert await page.locator("svg.map circle").count() == len(lived)
        assert await axe(page) == []
        await page.fill(".asks [name=q]", name)
        async with page.expect_navigation():
            await page.click(".asks button")
        assert await page.locator(".worst tbody tr").count() == 1
        assert name in await page.inner_text(".worst tbody tr")
        walk = _walk_by_hand(network, mine[0].place, ANYTHING)
        shown = (await page.inner_text(".worst tbody td >> nth=4")).replace(",", "")
        assert walk is None or str(walk) in shown
        assert await axe(page) == []

    browsing(desk.origin, scenario)


def test_the_file_has_every_place(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        page = await v.get("/window/coverage.csv?lang=en")
        rows = list(csv.reader(StringIO(page.text.lstrip("\ufeff"))))
        lived = [one for one in neighbourhoods(desk.street.city) if sum(one.people)]
        assert len(rows) == len(lived) + 1
        walks = [int(row[6]) if row[6] else 1 << 30 for row in rows[1:]]
        assert walks == sorted(walks, reverse=True), "the worst first"
        assert sum(int(row[3]) for row in rows[1:]) == sum(sum(one.people) for one in lived)

    asyncio.run(visiting(desk, scenario))


def test_whatever_the_address_says_the_page_answers(browsing: Browsing, desk: Desk) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        for query in (
            "kind=gold", "day=9&hour=99", "day=1", "hour=%00", "without=outlet:none",
            "without=moon:1", "on=yesterday&to=0001-01-01", "given=agent:x",
            "district=%27--", "q=%3Cscript%3E", "outlet=%E2%80%AE",
        ):  # fmt: skip
            answer = await page.goto(f"/window/coverage?{query}")
            assert answer is not None
            assert answer.status == 200, query

    browsing(desk.origin, scenario)


def test_a_closing_is_asked_by_one_and_signed_by_another(browsing: Browsing, desk: Desk) -> None:
    """An outlet beside many others: nobody has far to go, so that a signature is enough."""
    code = "post-0002"

    async def ask(page: Page) -> str:
        await desk.sign_in(page, "operator-1")
        await page.goto(f"/window/outlet/{code}?lang=en")
        assert await axe(page) == []
        await page.select_option("[name=act]", "withdrawing")
        await page.select_option("[name=biller]", "city-power")
        await page.click("form.pairs button")
        await page.wait_for_url("**/window/guard/asm_*")
        assert await axe(page) == []
        assert await page.locator("[action$='/decide']").count() == 0, "one asks, another signs"
        return page.url

    where = browsing(desk.origin, ask, Window("en-GB"))

    async def sign(page: Page) -> None:
        await desk.sign_in(page, "operator-lead-1")
        await page.goto(where)
        assert await axe(page) == []
        verdict = await page.inner_text(".verdict")
        if "blocked" in verdict:
            assert await page.locator("[action$='/decide']").count() == 0
            await page.select_option("[action$='/promise'] [name=kind]", "counter")
            await page.click("[action$='/promise'] button")
            await page.wait_for_url(lambda url: "asm_" in url and url != where)
            assert await axe(page) == []
            return
        await page.fill("[name=reason]", "one till for two counters")
        await page.click("[action$='/decide'] button")
        await page.wait_for_load_state()
        assert "one till for two counters" in await page.inner_text("main")
        assert await axe(page) == []
        for _ in range(100):
            await page.goto(f"/window/outlet/{code}?lang=en")
            if await page.locator(".facts .gone").count():
                break
            await page.wait_for_timeout(100)
        assert await page.locator(".facts .gone").count() == 1, "it took effect"

    browsing(desk.origin, sign, Window("en-GB"))
    with connect(desk.street.house.databases().admin) as admin:
        admin.execute("DELETE FROM service_states")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_outage_is_assessed_from_its_routes_page_and_recorded(
    browsing: Browsing, desk: Desk, language: str
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(f"/window/route/post-line?lang={language}")
        await page.click("[action$='/guard'] button")
        await page.wait_for_url("**/window/guard/asm_*")
        assert await axe(page) == []
        assert await page.locator(".head .facts").count() == 1
        await page.goto("/window/guard")
        assert await axe(page) == []
        assert await page.locator("tbody tr").count() >= 1
        await page.goto("/window/walkers")
        assert await axe(page) == []

    browsing(desk.origin, scenario)


def test_somebody_is_noted_without_a_name_and_in_a_declared_system(
    browsing: Browsing, desk: Desk
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/walkers?lang=en")
        before = await page.locator("tbody tr").count()
        await page.fill("[name=place]", "31.2304, 121.4737")
        await page.select_option("[name=datum]", "gcj02")
        await page.fill("[name=metres]", "350")
        await page.click(".two .main")
        await page.wait_for_load_state()
        assert await page.locator("tbody tr").count() == before + 1
        assert "31.23" not in await page.inner_text("main"), "no page shows where somebody lives"
        await page.click("tbody tr:last-child button")
        await page.wait_for_load_state()
        assert await page.locator("tbody tr").count() == before

    browsing(desk.origin, scenario)


def test_without_a_declared_system_nobody_is_noted(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("operator-1")
        form = (await v.get("/window/walkers")).form
        values = {"form": form, "place": "31.2304, 121.4737", "datum": "", "metres": "350"}
        assert (await v.post("/window/walkers", values)).status == 400
        values |= {"datum": "wgs84", "place": "here"}
        assert (await v.post("/window/walkers", values)).status == 400
        values |= {"place": "31.2304, 121.4737", "metres": "99999"}
        assert (await v.post("/window/walkers", values)).status == 400

    asyncio.run(visiting(desk, scenario))


def test_an_auditor_looks_and_asks_for_nothing(desk: Desk) -> None:
    async def scenario(v: Visitor) -> None:
        await v.sign_in("auditor-1")
        assert (await v.get("/window/coverage")).status == 200
        assert (await v.get("/window/guard")).status == 200
        assert (await v.get("/window/walkers")).status == 403
        form = (await v.get("/window/guard")).form
        asked = {"form": form, "act": "closing", "since": "2022-01-14"}
        assert (await v.post("/window/outlet/post-0003/guard", asked)).status == 403
        assert (await v.post("/window/guard/wish", {"form": form, "at": "1"})).status == 403

    asyncio.run(visiting(desk, scenario))


def test_a_shops_end_and_a_citizens_request_are_assessed_from_the_outlets_page(
    browsing: Browsing, desk: Desk
) -> None:
    """Both happened anyway: they are never blocked, and the page says what is measured."""
    code = "post-0004"
    network = network_of(desk.street.house)
    outlet = next(one for one in network.outlets.values() if one.code == code)
    biller = next(one.number for one in network.billers.values() if one.code == "east-water")

    async def shop(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(f"/window/outlet/{code}?lang=en")
        record = await page.inner_text("#record")
        assert network.premises[outlet.number].address in record
        assert "WGS-84" in record
        assert await page.locator("#record tbody tr").count() == 6
        await page.select_option("[name=act]", "shop")
        await page.click("form.pairs:has([name=hours]) button")
        await page.wait_for_url("**/window/guard/asm_*")
        assert "closed by itself" in await page.inner_text("main")
        assert "blocked" not in await page.inner_text(".verdict")

    browsing(desk.origin, shop, Window("en-GB"))
    with connect(desk.street.house.databases().hub) as hub:
        add_service_state(
            hub, outlet=outlet.number, biller=biller, since=date(2020, 1, 1), recorded_at=OPENING,
            state="off", reason="test", actor="test",
        )  # fmt: skip
        hub.commit()

    async def request(page: Page) -> None:
        await desk.sign_in(page)
        for _ in range(100):
            await page.goto(f"/window/outlet/{code}?lang=en")
            if await page.locator("form:has([name=act][value=request])").count():
                break
            await page.wait_for_timeout(100)
        assert await axe(page) == []
        await page.click("form:has([name=act][value=request]) button")
        await page.wait_for_url("**/window/guard/asm_*")
        said = await page.inner_text("main")
        assert "asks to have East Water back" in said
        assert "as if it had been there and went" in said
        assert await axe(page) == []
        await page.goto("/find/decisions?lang=en")
        assert "asks to have East Water back" in await page.inner_text("main")

    try:
        browsing(desk.origin, request, Window("en-GB"))
    finally:
        with connect(desk.street.house.databases().admin) as admin:
            admin.execute("DELETE FROM service_states")


def test_a_counter_that_never_was_is_asked_for_by_the_name_of_a_place(
    browsing: Browsing, desk: Desk
) -> None:
    with connect(desk.street.house.databases().hub) as hub:
        row = hub.execute(
            "SELECT p.name_en FROM demand_points p WHERE p.list = (SELECT id FROM"
            " demand_lists ORDER BY received_at DESC, id DESC LIMIT 1) ORDER BY p.number LIMIT 1"
        ).fetchone()
    assert row is not None
    name = row[0]

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto("/window/guard?lang=en")
        assert await axe(page) == []
        await page.fill("#wish [name=place]", "no such place")
        await page.click("#wish form[method=get] button")
        assert "No such place" in await page.inner_text("#wish")
        await page.fill("#wish [name=place]", name)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#wish [name=at]")
        assert name in await page.inner_text("#wish [name=at]")
        assert await axe(page) == []
        await page.select_option("#wish [name=biller]", "east-water")
        await page.click("#wish form[method=post] button")
        await page.wait_for_url("**/window/guard/asm_*")
        said = await page.inner_text("main")
        assert "somebody asks for a counter for East Water" in said
        assert name in said
        assert await axe(page) == []
        await page.goto("/find/decisions?lang=en")
        record = await page.inner_text("main")
        assert "somebody asks for a counter for East Water" in record
        assert name not in record, "whoever asks lives there: everybody learns the district only"
        assert "walking-1" in record

    browsing(desk.origin, scenario, Window("en-GB"))
