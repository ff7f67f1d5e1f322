"""kill -9 of the whole world loses no acknowledged posting, and it comes back where it was."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from cashlane.adapters.link import LinkPlan
from cashlane.adapters.routes.aggregator import AggregatorRoute
from cashlane.core.ports import Confirmed
from cashlane.world.bills import BillRow, load_bills

START = """
import sys
from collections import defaultdict
from pathlib import Path
from cashlane.world.plan import city_plan
from cashlane.world.serve import run_world
folder = Path(sys.argv[1])
same = defaultdict(lambda: "s")
run_world(folder, city_plan(drop=folder / "drop", secrets=same, api="", api_keys=same))
"""


def start(folder: Path) -> subprocess.Popen[bytes]:
    """The world as a process of its own."""
    known = folder / "addresses.json"
    before = known.stat().st_mtime_ns if known.exists() else 0
    process = subprocess.Popen([sys.executable, "-c", START, str(folder)], env=os.environ)
    for _ in range(100):
        if known.exists() and known.stat().st_mtime_ns != before:
            return process
        time.sleep(0.1)
    process.kill()
    raise AssertionError("the world did not stand up")


def load(folder: Path, count: int) -> None:
    rows = (BillRow(f"B{n:06d}", f"A{n:06d}", "202601", 12650, None, "张三") for n in range(count))
    load_bills(folder, "city-power", rows)


def route_to(folder: Path, attempt_s: float) -> AggregatorRoute:
    address = json.loads((folder / "addresses.json").read_text())["aggregator-a"]
    return AggregatorRoute(
        LinkPlan(address, attempt_s, 8), secret=b"s", clock=lambda: datetime.now(UTC), tls=None
    )


async def send_until_killed(folder, process, deliveries):
    """Payments in flight while the world is killed; returns those that were confirmed."""
    route, confirmed = route_to(folder, 2.0), []

    async def send(part):
        for one, answer in zip(part, await route.send(part), strict=True):
            if isinstance(answer, Confirmed):
                confirmed.append(one)
        if len(confirmed) > len(deliveries) // 4 and process.poll() is None:
            process.kill()

    for start_at in range(0, len(deliveries), 160):
        parts = [deliveries[at : at + 20] for at in range(start_at, start_at + 160, 20)]
        await asyncio.gather(*(send(part) for part in parts if part))
    await route.close()
    return confirmed


async def book_of(folder, party):
    address = json.loads((folder / "addresses.json").read_text())[party]
    rows, after = [], 0
    async with aiohttp.ClientSession() as http:
        while after is not None:
            async with http.get(f"{address}/books?after={after}") as answer:
                page = await answer.json()
            rows += page["postings"]
            after = page["next"]
    return rows


@pytest.mark.storm
def test_kill_loses_no_acknowledged_posting(tmp_path, deliver):
    deliveries = [deliver(n) for n in range(1600)]
    load(tmp_path, 1600)
    process = start(tmp_path)
    addresses = (tmp_path / "addresses.json").read_bytes()
    try:
        confirmed = asyncio.run(send_until_killed(tmp_path, process, deliveries))
    finally:
        process.kill()
        process.wait()
    assert 0 < len(confirmed) < len(deliveries)
    process = start(tmp_path)
    try:
        assert (tmp_path / "addresses.json").read_bytes() == addresses
        asyncio.run(after_the_crash(tmp_path, confirmed, deliveries))
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


async def after_the_crash(folder, confirmed, deliveries):
    """Nothing that was acknowledged is missing, and sending all again credits each bill once."""
    booked = {row["bill_ref"] for row in await book_of(folder, "city-power")}
    assert {one.bill_ref for one in confirmed} <= booked
    route = route_to(folder, 8.0)
    for _ in range(20):
        answers = await route.send(deliveries)
        if all(isinstance(answer, Confirmed) for answer in answers):
            break
        await asyncio.sleep(0.5)
    await route.close()
    assert all(isinstance(answer, Confirmed) for answer in answers)
    rows = await book_of(folder, "city-power")
    assert len(rows) == len({row["bill_ref"] for row in rows}) == len(deliveries)


def test_throughput_is_printed(tmp_path, deliver, capsys):
    count = 3000
    load(tmp_path, count)
    process = start(tmp_path)

    async def run():
        route = route_to(tmp_path, 8.0)
        begun = time.perf_counter()
        answers = await route.send([deliver(n) for n in range(count)])
        spent = time.perf_counter() - begun
        await route.close()
        assert all(isinstance(answer, Confirmed) for answer in answers)
        return count / spent

    try:
        speed = asyncio.run(run())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
    with capsys.disabled():
        print(f" [world: {speed:,.0f} postings/s through the aggregator]", end="")
