"""Planning at the window: asked by a form, followed while it runs, shown with its map, taken along.

The window runs over the street's own books, with synthetic people that a test spreads.
"""

import asyncio
import csv
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

import pytest
import uvicorn
from msgspec import structs
from playwright.async_api import Page

from cashlane.api.app import make_app
from cashlane.api.health import Health
from cashlane.core.network import Network
from cashlane.coverage.planning.plan import Effort, Plan, Wish, plan
from cashlane.coverage.planning.wishing import Choice, Settled, of_agent, wish_for
from cashlane.main import (
    _guard,
    _operator,
    _service,
    _standing,
    network_of,
    open_switchboard,
    people_of,
)
from cashlane.store import schema
from cashlane.store.errands import Errands
from cashlane.store.readiness import Readiness
from cashlane.web.operator.app import operator_router
from cashlane.web.shared.files import shared_files
from cashlane.world.city import make_city
from tests.coverage.settled import settled_in
from tests.street.running import Street
from tests.web.browser import Window, axe
from tests.web.conftest import Browsing
from tests.web.operator.conftest import Desk

HREF = "/window/plan"
SETTLED = settled_in(make_city(7), 1_200)


@contextmanager
def window(street: Street, settled: Settled) -> Iterator[str]:
    """The operator's window in a thread of its own; its address."""
    begun: Queue[tuple[uvicorn.Server, asyncio.AbstractEventLoop]] = Queue()

    async def known() -> Settled:
        return settled

    async def serve() -> None:
        async with open_switchboard(street.house) as board:
            service = _service(board)
            people = people_of(street.house, board.hub, board.clock)
            room = _operator(people, board, service, _guard(board, _standing(board)),
                             street.house.databases().hub)  # fmt: skip
            room = structs.replace(room, settled=known)
            health = Health(
                Readiness(board.hub), Errands(board.hub), board.clock,
                revision=schema.expected_revision(),
            )  # fmt: skip
            app = make_app(service, health, lambda _: [operator_router(room), shared_files()])
            config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off",
                                    log_level="warning")  # fmt: skip
            server = uvicorn.Server(config)
            begun.put((server, asyncio.get_running_loop()))
            await server.serve()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    server, _ = begun.get(timeout=30)
    while not server.started:
        assert thread.is_alive()
        threading.Event().wait(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


@pytest.fixture(scope="module")
def origin(desk: Desk) -> Iterator[str]:
    """A window that knows where people live."""
    with window(desk.street, SETTLED) as address:
        yield address


@pytest.fixture(scope="module")
def network(desk: Desk) -> Network:
    """The running street's network."""
    return network_of(desk.street.house)


async def ask(page: Page, **filled: str) -> None:
    """Fill in the form and send it."""
    await page.goto(HREF)
    for name, value in filled.items():
        field = page.locator(f"form.desk [name={name}]")
        if await field.evaluate("one => one.tagName") == "SELECT":
            await field.select_option(value)
        else:
            await field.fill(value)
    await page.click("form.desk button")


async def done(page: Page) -> None:
    """Wait until the page shows what came of it, as it does by itself."""
    await page.wait_for_selector("#work", timeout=60_000)


def by_function(network: Network, goal: str, most: int, within: int) -> tuple[Wish, Plan]:
    """The same plan without a page or a process."""
    assert goal in {"walk", "cover"}
    choice = Choice(of_agent(network, 1), goal, within, most, "people")  # type: ignore[arg-type]
    wish = wish_for(network, SETTLED, choice)
    assert isinstance(wish, Wish)
    return wish, plan(wish, Effort(5_000, 0), lambda progress: None)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_a_plan_is_asked_followed_and_shown(
    browsing: Browsing, desk: Desk, origin: str, network: Network, language: str
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(HREF)
        assert await axe(page) == []
        await ask(page, of="agent:post", most="12", goal="walk")
        await done(page)
        assert await axe(page) == []
        wish, made = by_function(network, "walk", 12, 1_000)
        codes = await page.locator("#work tbody .mono").all_inner_texts()
        assert codes == [network.outlets[step.candidate].code for step in made.steps]
        people = sum(wish.weights)
        mean = (2 * made.steps[-1].reached + people) // (2 * people)
        assert await page.inner_text("#after") == f"{mean:,}"
        assert await page.locator(".plan-map .picked text").count() == 12
        assert await page.locator(".plan-map .people circle").count() > 100
        assert await page.locator(".plan-map .candidates circle").count() > 300

    browsing(origin, scenario, Window(language))


def test_most_people_within_a_walk_and_its_file(
    browsing: Browsing, desk: Desk, origin: str, network: Network
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await page.goto(HREF + "?lang=en")
        await ask(page, of="agent:post", most="8", goal="cover", within="500")
        await done(page)
        _, made = by_function(network, "cover", 8, 500)
        assert await page.inner_text("#before") == f"{made.before:,}"
        assert await page.inner_text("#after") == f"{made.steps[-1].reached:,}"
        assert await page.inner_text("#bound") == f"{made.bound:,}"
        answer = await page.request.get(page.url + "/work.csv")
        rows = list(csv.DictReader(io.StringIO((await answer.body()).decode("utf-8-sig"))))
        assert [int(row["people within the walk"]) for row in rows] == [
            step.reached for step in made.steps
        ]
        last = made.before or 0
        for row, step in zip(rows, made.steps, strict=True):
            assert int(row["adds"]) == step.reached - last
            last = step.reached

    browsing(origin, scenario, Window("en-GB"))


def test_one_under_way_is_ended_and_another_is_told_of_it(
    browsing: Browsing, desk: Desk, origin: str, network: Network
) -> None:
    everywhere = " ".join(one.code for one in network.outlets.values())

    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        # The best there is among all outlets of the city: longer than this test looks on.
        slow = {"of": "typed", "codes": everywhere, "most": "40", "effort": "best"}
        await ask(page, **slow)
        await page.wait_for_selector("#running")
        assert await axe(page) == []
        under_way = page.url
        await ask(page, of="agent:post", most="3")
        assert page.url == under_way + "?other=1"
        assert "One plan at a time" in await page.inner_text("main")
        await ask(page, **slow)
        assert page.url == under_way, "asked again it is the same"
        await page.click("#end")
        await page.wait_for_selector("#over")
        assert "ended by somebody" in await page.inner_text("#over")
        await ask(page, of="agent:post", most="3")
        await done(page)

    browsing(origin, scenario, Window("en-GB"))


def test_only_its_asker_and_a_lead_may_end_it(browsing: Browsing, desk: Desk, origin: str) -> None:
    async def scenario(page: Page) -> None:
        assert page.context.browser is not None
        other = await page.context.browser.new_context(base_url=origin, locale="en-GB")
        auditor = await other.new_page()
        await desk.sign_in(auditor, "auditor-1")
        form = await auditor.get_attribute("form.find input[name=form]", "value")
        await desk.sign_in(page)
        await ask(page, of="agent:chain-a", most="41", effort="best")
        await page.wait_for_selector("#end")
        await auditor.goto(page.url)
        assert await auditor.locator("#running").count() == 1
        assert await auditor.locator("#end").count() == 0
        answer = await auditor.request.post(page.url + "/end", form={"form": form or ""})
        assert answer.status == 403
        await other.close()
        await page.click("#end")
        await page.wait_for_selector("#running", state="detached")
        assert "ended by somebody" in await page.inner_text("#plan")

    browsing(origin, scenario, Window("en-GB"))


def test_it_works_without_scripts(browsing: Browsing, desk: Desk, origin: str) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        codes = [f"post-{number:04}" for number in range(1, 41)]
        await ask(page, of="typed", codes="，".join(codes) + " post-0001", most="5")
        for _ in range(100):
            if await page.locator("#work").count():
                break
            await page.wait_for_timeout(200)
            await page.reload()
        chosen = await page.locator("#work tbody .mono").all_inner_texts()
        assert 1 <= len(chosen) <= 5
        assert {*chosen} <= {*codes}

    browsing(origin, scenario, Window("en-GB", scripts=False))


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        ({"of": "closed"}, "no outlet to choose from"),
        ({"of": "typed", "codes": "post-0001 nowhere-9"}, "no such outlets: nowhere-9"),
        ({"of": "typed", "codes": ""}, "no outlet to choose from"),
    ],
)
def test_what_cannot_be_planned_is_said_and_stays_filled_in(
    browsing: Browsing, desk: Desk, origin: str, filled: dict[str, str], told: str
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await ask(page, most="7", **filled)
        assert told in await page.inner_text("[role=alert]")
        assert await page.input_value("form.desk [name=most]") == "7"
        assert await page.input_value("form.desk [name=of]") == filled["of"]
        assert await axe(page) == []

    browsing(origin, scenario, Window("en-GB"))


@pytest.mark.parametrize(
    "broken", [{"most": "0"}, {"most": "5001"}, {"within": "777"}, {"goal": "best"}, {"of": "x"},
               {"who": "cats"}, {"effort": ""}],
)  # fmt: skip
def test_a_form_that_no_page_of_ours_made_is_answered(
    browsing: Browsing, desk: Desk, origin: str, broken: dict[str, str]
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        form = await page.get_attribute("form.find input[name=form]", "value")
        whole = {"form": form or "", "of": "closed", "codes": "", "district": "", "most": "5",
                 "goal": "walk", "within": "1000", "who": "people", "effort": "good"}  # fmt: skip
        answer = await page.request.post(origin + HREF + "?lang=en", form=whole | broken)
        assert answer.status == 422
        assert "Check the form" in await answer.text()

    browsing(origin, scenario, Window("en-GB"))


def test_where_nobody_was_loaded_it_says_how_to(
    browsing: Browsing, desk: Desk, street: Street
) -> None:
    async def scenario(page: Page) -> None:
        await desk.sign_in(page)
        await ask(page, of="agent:post")
        assert "cashlane demand import" in await page.inner_text("[role=alert]")
        assert await axe(page) == []
        answer = await page.request.get(origin + HREF + "/0123456789abcdef")
        assert answer.status == 404

    with window(street, Settled((), "", False)) as origin:
        browsing(origin, scenario, Window("en-GB"))
