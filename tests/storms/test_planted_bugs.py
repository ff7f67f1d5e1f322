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
DAILY = {"receipt_before_commit", "free_before_burn"}


def told_too_early(street: Storm) -> None:
    """Kills at random moments, as in the storm itself."""
    with street.processes.planted("serve", "receipt_before_commit"):
        weather(street, ["serve"] * rounds(2, 10), seed=4, acts=("pay_held",))


def mark_forgotten(street: Storm) -> None:
    """The worker dies with an errand in its hands that is already gone from the table."""
    _one_payment(street, "mark_done_before_its_work", die_at="mark:leased")


def sending_forgotten(street: Storm) -> None:
    """Likewise."""
    _one_payment(street, "send_done_before_its_work", die_at="send:leased")


def _one_payment(street: Storm, bug: str, die_at: str) -> None:
    street.processes.restart("worker", die_at=die_at, bug=bug)
    run(lambda http: street.teller(http).pay_held(street.any_bill()))
    assert street.processes.dead_at("worker") == die_at


def freed_too_early(street: Storm) -> None:
    """The sweep dies half way; another till takes the bill, and the late one pays it too."""

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


def doubt_declined(street: Storm) -> None:
    """An answer is lost after the biller has posted."""

    async def main(http: Any) -> None:
        await lose_one_answer(street, http)
        teller = street.teller(http)
        payment = await teller.pay_held(street.any_bill())
        assert await teller.settled(str(payment)) == "declined"

    street.processes.restart("worker", bug="doubt_taken_for_decline")
    run(main)


def key_forgotten(street: Storm) -> None:
    """Copies of one request, and no constraint to stop them."""
    with connect(street.house.databases().owner) as owner:
        owner.execute("ALTER TABLE asks DROP CONSTRAINT asks_pkey")
        owner.execute("ALTER TABLE asks DROP CONSTRAINT asks_bucket_hold_key")
    street.processes.restart("serve", bug="look_up_nothing")

    async def main(http: Any) -> None:
        till, key = street.till(http), str(uuid4())
        bill = await till.hold(street.any_bill())
        await asyncio.gather(*(till.pay(bill, key) for _ in range(COPIES)))

    run(main)


CASES = [
    ("receipt_before_commit", told_too_early, "lost:"),
    ("mark_done_before_its_work", mark_forgotten, "claim:"),
    ("free_before_burn", freed_too_early, "doubled:"),
    ("doubt_taken_for_decline", doubt_declined, "there"),
    ("send_done_before_its_work", sending_forgotten, "LEFT_BEHIND"),
    ("look_up_nothing", key_forgotten, "doubled:"),
]
"""A bug, what brings it to light, and a word of what the judge must say. The last one comes last:
it takes constraints away."""


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    with storm(tmp_path_factory.mktemp("planted") / "data", bills=6_000) as street:
        yield street


@pytest.mark.parametrize(
    ("bug", "provoke", "word"),
    [pytest.param(*it, id=it[0]) for it in CASES if rounds(0, 1) or it[0] in DAILY],
)
def test_the_judge_finds(street: Storm, figures, bug: str, provoke: Any, word: str) -> None:
    """What is found must be new: earlier bugs have left their own traces in these books."""
    provoke(street)
    for part in ("worker", "serve"):
        street.processes.restart(part)
    faults = set(judge(street, settle_s=SOON_S).faults)
    new, street.known_faults = faults - street.known_faults, faults
    named = sorted(fault for fault in new if word in fault)
    figures(f"planted {bug}: {len(new)} faults found, one of them: {named[:1]}")
    assert named, new
