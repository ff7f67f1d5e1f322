"""Partitions between real processes: the line to the routes is cut one way or both, again and
again, under load. Nothing is lost, nothing is doubled, and all of it is settled afterwards."""

import asyncio
import random
import time
from urllib.parse import urlsplit

import pytest

from cashlane.adapters.fault_line import FaultLine
from cashlane.core.line import PASS, LineKind, fault
from cashlane.main import REFRESH_S
from cashlane.store.connect import connect
from cashlane.store.network import set_endpoints
from tests.storms.judge import Judgement, judge
from tests.storms.processes import Storm, storm
from tests.storms.test_kills import ACTS, under_load
from tests.street.running import rounds

pytestmark = pytest.mark.storm
ROUTE = "post-line"
"""The tills of the storm are the post's, and all their payments go by this line."""
KINDS: tuple[LineKind, ...] = (
    "lose_answers", "lose_requests", "lose_both", "hold_answers", "hold_requests", "hold_both",
    "cut", "refuse",
)  # fmt: skip
SEED = 5


@pytest.fixture
def street(tmp_path):
    with storm(tmp_path / "data", bills=rounds(6_000, 30_000)) as street:
        yield street


async def over_a_line(street: Storm, times: int) -> tuple[Judgement, float]:
    """Load, and so many partitions of the line; the judgement, and the seconds of partition."""
    place = urlsplit(street.parties[ROUTE])
    assert place.hostname is not None
    assert place.port is not None
    line = FaultLine(place.hostname, place.port, None)
    with connect(street.house.databases().hub) as hub:
        set_endpoints(hub, {ROUTE: f"http://{await line.open()}"}, {})
    await asyncio.sleep(REFRESH_S + 1)
    chance, over, apart = random.Random(SEED), asyncio.Event(), 0.0
    load = asyncio.create_task(under_load(street, over, SEED, ACTS))
    for turn in range(times):
        await asyncio.sleep(chance.uniform(0.2, 0.8))
        began = time.monotonic()
        await line.order(fault(KINDS[turn % len(KINDS)]))
        await asyncio.sleep(chance.uniform(0.5, 2.5))
        await line.order(PASS)
        apart += time.monotonic() - began
    over.set()
    await load
    verdict = await asyncio.to_thread(judge, street)
    await line.close()
    return verdict, apart


def test_partitions_one_way_and_both_ways_lose_and_double_nothing(street: Storm, figures) -> None:
    times = rounds(8, 20)
    verdict, apart = asyncio.run(over_a_line(street, times))
    figures(f"partitions: {times} in {apart:.0f} s, one way and both; {verdict.line()}")
    assert verdict.faults == []
    assert verdict.acknowledged > times
