"""A route falls silent where hardly anybody pays: one payment a minute, real processes. What finds
it out are the network's own questions; within a minute new payments go another way."""

import asyncio
import time
from collections.abc import Iterator

import aiohttp
import pytest

from cashlane.values.ids import read_id
from tests.street.running import Street, Till, rounds, run, running_street
from tests.street.test_another_way import Taken, carriers, clean, order, take

pytestmark = pytest.mark.storm
ROUTE = "post-line"
OWN, SPARE = 3, 1
"""By their numbers: the post's own line, and the other way that it may go."""
EVERY_S = 60.0
LEFT_WITHIN_S = 60.0
"""The bar."""
LOOK_S = 0.25
INTO_THE_MINUTE_S = (2.0, 7.0, 12.0)
"""When it falls silent after a payment: early, midway and late between two questions to a route
that is well, which come every fifteen seconds."""


@pytest.fixture
def city(tmp_path) -> Iterator[Street]:
    with running_street(tmp_path / "data", bills=500, steady=False) as street:
        yield street


async def left_after(till: Till, since: float) -> float:
    """Seconds until the route is open no more."""
    while time.monotonic() - since < 2 * LEFT_WITHIN_S:
        told = (await till.ask("GET", "/v1/routes")).json["routes"]
        if not next(way["open"] for way in told if way["code"] == ROUTE):
            return time.monotonic() - since
        await asyncio.sleep(LOOK_S)
    raise AssertionError("it was never left")


async def one_a_minute(city: Street, till: Till, count: int) -> list[Taken]:
    began, taken = time.monotonic(), []
    for at in range(count):
        await asyncio.sleep(began + at * EVERY_S - time.monotonic())
        taken.append(asyncio.create_task(take(city, till, began)))
    return list(await asyncio.gather(*taken))


@pytest.mark.skipif(not rounds(0, 1), reason="minutes of waiting: ./do storm -k silent_route")
@pytest.mark.parametrize("into_s", INTO_THE_MINUTE_S)
def test_at_one_payment_a_minute_a_silent_route_is_left_within_a_minute(
    city: Street, figures, into_s: float
) -> None:
    async def scenario(http: aiohttp.ClientSession) -> tuple[list[Taken], float]:
        till = city.till(http)
        payments = asyncio.create_task(one_a_minute(city, till, 3))
        await asyncio.sleep(into_s)
        await order(city, http, ROUTE, behaviour="silent")
        left_s = await left_after(till, time.monotonic())
        taken = await payments
        return taken, left_s

    taken, left_s = run(scenario)
    ways = carriers(city, [])
    routes = [{route for route, _ in ways[str(read_id("pay", one.payment))]} for one in taken]
    figures(
        f"silent {into_s:.0f} s after one of a payment a minute: left after {left_s:.1f} s,"
        f" {sum(one.word != 'paid' for one in taken)} of {len(taken)} in doubt meanwhile"
    )
    assert left_s <= LEFT_WITHIN_S
    assert routes[0] == {OWN}
    carried = list(zip(taken, routes, strict=True))
    late = [(one, way) for one, way in carried if one.at > into_s + LEFT_WITHIN_S]
    assert late
    assert all((one.word, way) == ("paid", {SPARE}) for one, way in late)
    assert all(len(way) == 1 for way in routes), "in doubt moved"
    assert clean(city)
