"""Kills under load: whatever dies, no acknowledged payment is lost and none is doubled."""

import asyncio
import random
import time
from uuid import uuid4

import aiohttp
import pytest

from cashlane.store.connect import connect
from tests.storms.processes import Storm, storm
from tests.street.running import rounds, session

pytestmark = pytest.mark.storm
TILLS = 6
PATIENCE_S = 60.0
_NOT_NOW = {(409, "KEY_RUNNING"), (503, "OUTCOME_UNKNOWN")}
"""What a till may hear in a storm besides its receipt: refusals to be asked again later."""


async def pay_through(till, row, acknowledged: dict[str, str]) -> None:
    """A till that insists: the same key until something definite is said."""
    until = time.monotonic() + PATIENCE_S
    bill = None
    while bill is None and time.monotonic() < until:
        try:
            answer = await till.inquire(row)
        except (aiohttp.ClientError, OSError, TimeoutError):
            await asyncio.sleep(0.2)
            continue
        if answer.status == 200:
            bill = answer.json["bills"][0]
        elif answer.code in {"BILL_PAID", "NOTHING_OWED", "NO_SUCH_ACCOUNT"}:
            return
        else:
            await asyncio.sleep(0.2)
    key = str(uuid4())
    while bill is not None and time.monotonic() < until:
        try:
            answer = await till.pay(bill, key)
        except (aiohttp.ClientError, OSError, TimeoutError):
            await asyncio.sleep(0.2)
            continue
        if answer.status == 201:
            acknowledged[key] = answer.json["payment"]
            return
        assert (answer.status, answer.code) in _NOT_NOW, answer.json
        await asyncio.sleep(0.2)


async def under_load(street: Storm, acknowledged: dict[str, str], over: asyncio.Event) -> None:
    """Tills that pay one bill after the other until the storm is over."""
    async with session() as http:

        async def till_at(outlet: str) -> None:
            till = street.till(http, outlet)
            while not over.is_set():
                await pay_through(till, street.bill(), acknowledged)

        await asyncio.gather(*(till_at(f"post-{at:04d}") for at in range(1, TILLS + 1)))


def weather(street: Storm, blows: list[str], seed: int) -> dict[str, str]:
    """Load and blows together; what was acknowledged."""
    acknowledged: dict[str, str] = {}
    chance = random.Random(seed)

    async def main() -> None:
        over = asyncio.Event()
        load = asyncio.create_task(under_load(street, acknowledged, over))
        for blow in blows:
            await asyncio.sleep(chance.uniform(0.1, 0.6))
            await asyncio.to_thread(_strike, street, blow)
        await asyncio.sleep(0.5)
        over.set()
        await load

    asyncio.run(main())
    return acknowledged


def _strike(street: Storm, blow: str) -> None:
    if blow == "database":
        street.processes.crash_database()
        return
    street.processes.kill(blow)
    street.processes.start(blow)


def check(street: Storm, acknowledged: dict[str, str]) -> None:
    """Every acknowledged payment is there once under its key; the auditor finds nothing."""
    street.settle(within_s=150)
    assert len(acknowledged) > TILLS, "the storm must have let something through"
    with connect(street.house.databases().watch) as watch:
        rows = watch.execute(
            "SELECT a.key::text, p.id FROM asks a JOIN payments p ON p.bucket = a.bucket"
            " AND p.business_date = a.payment_date AND p.id = a.payment WHERE a.kind = 1"
        ).fetchall()
        twice = watch.execute(
            "SELECT bill_ref FROM payments WHERE state = 5 GROUP BY bill_ref HAVING count(*) > 1"
        ).fetchall()
    stored = {key for key, _ in rows}
    assert set(acknowledged) <= stored, "an acknowledged payment was lost"
    assert len(rows) == len(stored)
    assert twice == []
    assert street.findings() == []


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory):
    with storm(tmp_path_factory.mktemp("storm") / "data", bills=60_000) as street:
        yield street


def test_kills_of_the_api(street: Storm) -> None:
    check(street, weather(street, ["serve"] * rounds(3, 100), seed=1))


def test_kills_of_the_worker(street: Storm) -> None:
    check(street, weather(street, ["worker"] * rounds(2, 50), seed=2))


def test_kills_of_the_database(street: Storm) -> None:
    check(street, weather(street, ["database"] * rounds(2, 30), seed=3))
