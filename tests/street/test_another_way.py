"""A route that falls silent, refuses, or is withdrawn: new payments go by another way at once,
those in doubt stay where they are, and where there is no other way the city is told."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import aiohttp
import pytest

from cashlane.audit.verify import verify
from cashlane.core.routing import RouteNotice
from cashlane.store.audit import reading
from cashlane.store.connect import connect, open_pool
from cashlane.store.routes import Routes
from cashlane.values.text import Text
from tests.street.running import Street, Till, run, running_street

BETWEEN_S = 0.05
"""Twenty payments a second."""
GIVEN_UP_S = 60.0
"""By then even the slowest machine has noticed; the bar itself is a figure of the storm."""


@pytest.fixture
def city(tmp_path) -> Iterator[Street]:
    """A street of its own, whose agents have spares: what is done to its routes stays here."""
    with running_street(tmp_path / "data", bills=4_000, steady=False) as street:
        yield street


async def order(street: Street, http: aiohttp.ClientSession, route: str, **what: object) -> None:
    """Tell a route how to behave from now on."""
    body = {"share_ppm": 1_000_000, "seed": 1} | what
    async with http.post(street.parties[route] + "/control", json=body) as answer:
        assert answer.status == 200, await answer.text()


async def behave(street: Street, http: aiohttp.ClientSession, route: str) -> None:
    async with http.delete(street.parties[route] + "/control"):
        pass


def carriers(street: Street, payments: list[str]) -> dict[str, list[tuple[int, str]]]:
    """By payment the routes that were asked to carry it, with the kind of each fact."""
    with connect(street.house.databases().watch) as watch:
        rows = watch.execute(
            "SELECT payment, route, kind FROM facts WHERE route > 0 ORDER BY written_at, attempt"
        ).fetchall()
    found: dict[str, list[tuple[int, str]]] = {}
    for payment, route, kind in rows:
        found.setdefault(str(payment), []).append((route, kind))
    return found


def clean(street: Street) -> bool:
    with reading(street.house.databases().watch) as books:
        report = verify(books)
    assert report.clean, report.lines("en")
    return True


class Taken:
    """One payment at a counter: when it was asked for, and how it stood five seconds later."""

    def __init__(self, at: float, status: int, code: str, payment: str, word: str) -> None:
        self.at, self.status, self.code, self.payment, self.word = at, status, code, payment, word


async def take(street: Street, till: Till, began: float) -> Taken:
    at = time.monotonic() - began
    asked = await till.inquire(street.bill())
    if asked.status != 200:
        return Taken(at, asked.status, asked.code, "", "refused")
    paid = await till.pay(asked.json["bills"][0], str(uuid4()))
    if paid.status != 201:
        return Taken(at, paid.status, paid.code, "", "refused")
    status = await till.ask("GET", f"/v1/payments/{paid.json['payment']}?wait_ms=5000")
    return Taken(at, 201, "", paid.json["payment"], status.json["word"])


async def stream(street: Street, till: Till, until: Callable[[Taken], bool]) -> list[Taken]:
    """Twenty payments a second, until something was seen for two seconds on end."""
    began, tasks, seen = time.monotonic(), [], 0

    async def one() -> Taken:
        nonlocal seen
        taken = await take(street, till, began)
        seen = seen + 1 if until(taken) else 0
        return taken

    while seen < 2 / BETWEEN_S:
        assert time.monotonic() - began < GIVEN_UP_S, "it was not seen in a minute"
        tasks.append(asyncio.create_task(one()))
        await asyncio.sleep(BETWEEN_S)
    return list(await asyncio.gather(*tasks))


def test_a_silent_route_is_left_within_ten_seconds_and_what_is_in_doubt_stays(
    city: Street, figures
) -> None:
    async def scenario(http: aiohttp.ClientSession) -> None:
        till = city.till(http)
        await order(city, http, "post-line", behaviour="silent")
        taken = await stream(city, till, lambda one: one.word == "paid")
        assert {one.status for one in taken} == {201}
        late = [one for one in taken if one.word != "paid"]
        moved_after = max(one.at for one in late)
        await behave(city, http, "post-line")
        settled = [await till.settled(one.payment) for one in late]
        assert {one["word"] for one in settled} == {"paid"}
        figures(
            f"silent route at 20 payments/s: {len(taken)} taken, the last in doubt asked for after"
            f" {moved_after:.1f} s, {len(late)} in doubt and all paid after its return"
        )

    run(scenario)
    ways = carriers(city, [])
    assert all(len({route for route, _ in way}) == 1 for way in ways.values()), "in doubt moved"
    assert {way[0][0] for way in ways.values()} == {1, 3}
    assert clean(city)


def test_a_route_that_refuses_the_service_hands_the_payment_on(city: Street) -> None:
    async def scenario(http: aiohttp.ClientSession) -> None:
        till = city.till(http)
        await order(city, http, "post-line", behaviour="refuses")
        # Two refusals shut the way as soon as they are written down: within a second or two.
        for _ in range(12):
            assert (await till.paid(city.bill()))["word"] == "paid"
            await asyncio.sleep(0.25)

    run(scenario)
    kinds = [[kind for _, kind in way] for way in carriers(city, []).values()]
    assert [1, 16, 1, 5] in kinds, "one was refused by the first route and carried by the second"
    assert [1, 5] in kinds, "after two refusals the way is shut"
    assert clean(city)


def test_a_withdrawn_way_closes_on_its_day_and_the_others_go_on(city: Street) -> None:
    async def withdraw(agent: int) -> None:
        pool = await open_pool(city.house.databases().hub, size=1)
        since = datetime(2020, 1, 1, tzinfo=UTC)
        said = RouteNotice(
            uuid4(), 1, 0, agent, "withdrawn", since, None, "technical",
            Text("通道方停办", "withdrawn by its operator"), "test", since + timedelta(days=1),
        )  # fmt: skip
        await Routes(pool).add_notice(said)
        await pool.close()

    async def scenario(http: aiohttp.ClientSession) -> None:
        chain = city.till(http, "a-0001", "1")
        await withdraw(0)
        for _ in range(50):
            ways = (await chain.ask("GET", "/v1/routes")).json["routes"]
            if not next(way["open"] for way in ways if way["code"] == "aggregator-a"):
                break
            await asyncio.sleep(0.1)
        assert (await chain.paid(city.bill()))["word"] == "paid"

    run(scenario)
    (way,) = carriers(city, []).values()
    assert {route for route, _ in way} == {2}
    assert clean(city)


def test_where_there_is_no_spare_the_counter_is_told_before_any_cash(city: Street, figures) -> None:
    def alone() -> None:
        with connect(city.house.databases().hub) as hub:
            hub.execute(
                "UPDATE contracts SET body = jsonb_set(body, '{ways}',"
                " jsonb_path_query_array(body, '$.ways[0]'))"
            )

    async def scenario(http: aiohttp.ClientSession) -> None:
        till = city.till(http)
        alone()
        await asyncio.sleep(4)
        await order(city, http, "post-line", behaviour="silent")
        taken = await stream(city, till, lambda one: one.status == 409)
        refused = [one for one in taken if one.status != 201]
        assert {one.code for one in refused} == {"NO_ROUTE"}
        figures(
            f"silent route without a spare: the counter is told after"
            f" {min(one.at for one in refused):.1f} s"
        )
        billers = (await till.ask("GET", "/v1/billers?outlet=post-0001")).json["billers"]
        (power,) = [one for one in billers if one["code"] == "city-power"]
        assert not power["open"]
        assert power["closed"]["code"] == "NO_ROUTE"
        assert power["closed"]["since"]

    run(scenario)
