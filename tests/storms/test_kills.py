"""Kills under load: whatever dies, no acknowledged payment is lost and none is doubled."""

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from cashlane.store.connect import CONNECTION_WITHIN_S, TRIES
from tests.storms.insisting import PATIENCE_S, Teller
from tests.storms.judge import judge
from tests.storms.processes import Storm, storm
from tests.street.running import rounds, run, session

pytestmark = pytest.mark.storm
TILLS = 6
OUTLETS = 500
DRAWER_LOW = 2_500_000
"""A till moves on to the next outlet at half of what a drawer may hold, in minor units."""
SOON_S = 10.0
"""How long after the database's return a street may need, however long that took."""
BUSY = 2 * TILLS
"""Receipts between two blows, at least."""
LONGEST_LEASE_S = 40
"""What a killed relay held in its hands is anybody's after this."""
ACTS = ("pay_held", "pay_held", "pay_held", "pay_direct", "visit", "void", "lose_patience")


async def one_act(street: Storm, teller: Teller, act: str, chance: random.Random) -> None:
    """Something that a person at a till does, until its definite word."""
    match act:
        case "pay_held":
            await teller.pay_held(street.any_bill())
        case "pay_direct":
            await teller.pay_direct(street.any_bill())
        case "visit":
            bills = [await teller.hold(street.any_bill()) for _ in range(chance.randint(2, 4))]
            await teller.visit(bills)
        case "void":
            payment = await teller.pay_held(street.any_bill())
            if payment is not None:
                await teller.act(payment, "void")
        case "lose_patience":
            await teller.lose_patience(street.any_bill(), after_s=chance.uniform(0.001, 0.05))


async def under_load(street: Storm, over: asyncio.Event, seed: int, acts: Sequence[str]) -> None:
    """Tills that do one thing after the other until the storm is over."""
    async with session() as http:

        async def till_at(place: int) -> None:
            chance = random.Random(f"{seed}-{place}")
            while not over.is_set():
                outlet = f"post-{place + TILLS * (street.moves[place] % (OUTLETS // TILLS)):04d}"
                await one_act(street, street.teller(http, outlet), chance.choice(acts), chance)
                street.note_move(place, outlet, DRAWER_LOW)

        async with asyncio.TaskGroup() as tills:
            for place in range(1, TILLS + 1):
                tills.create_task(till_at(place))


def weather(street: Storm, blows: list[str], seed: int, acts: Sequence[str]) -> float:
    """Load and blows together; the longest time from a blow to the next receipt, in seconds.

    A blow falls only into a street that is busy again. The storm breaks off where a till hears
    what it must not.
    """
    chance, longest = random.Random(seed), [0.0]

    async def main() -> None:
        over = asyncio.Event()
        load = asyncio.create_task(under_load(street, over, seed, acts))
        for blow in blows:
            await _receipts(street, load, BUSY)
            await asyncio.sleep(chance.uniform(0, 0.3))
            began = time.monotonic()
            await asyncio.to_thread(_strike, street, blow)
            await _receipts(street, load, 1)
            longest.append(time.monotonic() - began)
        over.set()
        await load

    asyncio.run(main())
    return max(longest)


async def _receipts(street: Storm, load: "asyncio.Task[None]", more: int) -> None:
    """Wait for so many receipts more."""
    wanted, until = len(street.memory.receipts) + more, time.monotonic() + PATIENCE_S
    while len(street.memory.receipts) < wanted and not load.done():
        assert time.monotonic() < until, "no life in the street after a blow"
        await asyncio.sleep(0.01)


def _strike(street: Storm, blow: str) -> None:
    if blow == "database":
        street.processes.crash_database()
        return
    street.processes.kill(blow)
    street.processes.start(blow)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory):
    with storm(tmp_path_factory.mktemp("storm") / "data", bills=rounds(6_000, 60_000)) as street:
        yield street


@pytest.mark.parametrize(
    ("part", "small", "full"), [("serve", 3, 100), ("worker", 2, 50), ("database", 2, 30)],
    ids=["api", "worker", "database"],
)  # fmt: skip
def test_kills_under_load(street: Storm, figures, part: str, small: int, full: int) -> None:
    """kill -9 again and again, while tills pay, void, give up and bring baskets."""
    before, began, kills = len(street.memory.receipts), time.monotonic(), rounds(small, full)
    longest = weather(street, [part] * kills, seed=kills, acts=ACTS)
    took = time.monotonic() - began
    street.processes.advance(LONGEST_LEASE_S)
    judgement = judge(street)
    heard = len(street.memory.receipts) - before
    figures(
        f"kill -9 of the {part}: kills {kills}, acknowledged under them {heard} in {took:.0f} s,"
        f" next receipt after at most {longest:.1f} s; in all {judgement.line()}"
    )
    assert heard > TILLS, "the storm must have let something through"
    assert judgement.faults == []


def test_a_pay_while_the_database_is_away(street: Storm, figures) -> None:
    """Nobody can tell what became of it: the cash is kept, and the same key is asked again. However
    long it was away, it is found again soon."""
    away = rounds(0, 60)

    async def main(http: Any) -> None:
        teller, key = street.teller(http), str(uuid4())
        await teller.settled(str(await teller.pay_held(street.any_bill())))  # everybody is up
        bill = await teller.hold(street.any_bill())
        await asyncio.to_thread(street.processes.kill_database)
        began = time.monotonic()
        answer = await teller.till.pay(bill, key)
        told = time.monotonic() - began
        await asyncio.sleep(away)
        await asyncio.to_thread(street.house.cluster.start)
        began = time.monotonic()
        assert await teller.pay(bill, key)
        back = time.monotonic() - began
        figures(
            f"the database is away for {told + away:.0f} s: OUTCOME_UNKNOWN after {told:.1f} s,"
            f" the receipt {back:.1f} s after its return"
        )
        assert (answer.status, answer.code) == (503, "OUTCOME_UNKNOWN")
        assert (answer.json["payment_state"], answer.json["retryable"]) == ("unknown", True)
        assert told < TRIES * CONNECTION_WITHIN_S + SOON_S
        assert back < SOON_S

    run(main)
    assert judge(street).faults == []
