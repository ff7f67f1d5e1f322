"""The judge is judged: bugs are planted in the running processes, and the storms must find them."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from cashlane.store.connect import connect
from tests.storms.judge import judge
from tests.storms.processes import Storm, storm
from tests.storms.scenes import lapse, lose_one_answer
from tests.storms.test_kills import weather
from tests.street.running import rounds, run

pytestmark = pytest.mark.storm
SOON_S = 6.0
"""Sound processes have settled everything by then."""
COPIES = 16


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    with storm(tmp_path_factory.mktemp("planted") / "data", bills=6_000) as street:
        yield street


@pytest.fixture
def known(street: Storm) -> set[str]:
    """What earlier bugs left wrong."""
    return set(judge(street, settle_s=SOON_S).faults)


def found(street: Storm, known: set[str], figures: Any, bug: str, *words: str) -> None:
    """The judge names what the bug has done."""
    for part in ("serve", "worker"):
        street.processes.restart(part)
    new = set(judge(street, settle_s=SOON_S).faults) - known
    named = [fault for fault in new if any(word in fault for word in words)]
    figures(f"planted {bug}: found, {len(new)} faults, one of them: {min(named, default='none')}")
    assert named, new


def test_a_receipt_told_before_its_commit(street: Storm, known: set[str], figures) -> None:
    """Kills at random moments, as in the storm itself."""
    with street.processes.planted("serve", "receipt_before_commit"):
        weather(street, ["serve"] * rounds(3, 10), seed=4, acts=("pay_held",))
    found(street, known, figures, "receipt_before_commit", "lost:")


def test_an_errand_finished_before_its_work(street: Storm, known: set[str], figures) -> None:
    _one_payment(street, "mark_done_before_its_work", die_at="mark:leased")
    found(street, known, figures, "mark_done_before_its_work", "claim:", "CLAIM_TOTAL")


def test_a_sending_finished_before_its_work(street: Storm, known: set[str], figures) -> None:
    _one_payment(street, "send_done_before_its_work", die_at="send:leased")
    found(street, known, figures, "send_done_before_its_work", "LEFT_BEHIND")


def _one_payment(street: Storm, bug: str, die_at: str) -> None:
    street.processes.restart("worker", die_at=die_at, bug=bug)
    run(lambda http: street.teller(http).pay_held(street.any_bill()))
    assert street.processes.dead_at("worker") == die_at


def test_a_sweep_that_frees_before_it_burns(street: Storm, known: set[str], figures) -> None:
    async def main(http: Any) -> None:
        teller, other = street.teller(http), street.teller(http, "a-0001")
        row = street.any_bill()
        bill = await teller.hold(row)
        lapse(street, bill["bill_ref"])
        street.processes.restart("worker", die_at="sweep:burnt", bug="free_before_burn")
        await asyncio.to_thread(street.processes.dead_at, "worker")
        await other.pay(await other.hold(row))
        await teller.pay(bill)

    run(main)
    found(street, known, figures, "free_before_burn", "doubled:")


def test_a_doubt_taken_for_a_decline(street: Storm, known: set[str], figures) -> None:
    async def main(http: Any) -> None:
        await lose_one_answer(street, http)
        teller = street.teller(http)
        payment = await teller.pay_held(street.any_bill())
        assert await teller.settled(str(payment)) == "declined"

    street.processes.restart("worker", bug="doubt_taken_for_decline")
    run(main)
    found(street, known, figures, "doubt_taken_for_decline", "there")


def test_a_key_that_is_not_looked_up(street: Storm, known: set[str], figures) -> None:
    """The last one: it takes the constraints away."""
    with connect(street.house.databases().owner) as owner:
        owner.execute("ALTER TABLE asks DROP CONSTRAINT asks_pkey")
        owner.execute("ALTER TABLE asks DROP CONSTRAINT asks_bucket_hold_key")
    street.processes.restart("serve", bug="look_up_nothing")

    async def main(http: Any) -> None:
        till, key = street.till(http), str(uuid4())
        bill = await till.hold(street.any_bill())
        await asyncio.gather(*(till.pay(bill, key) for _ in range(COPIES)))

    run(main)
    found(street, known, figures, "look_up_nothing", "doubled:")
