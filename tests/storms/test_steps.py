"""A process dies at each labelled step of each flow: one payment comes of it; the books hold."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import aiohttp
import pytest

from cashlane.store.connect import connect
from cashlane.switch.steps import LABELS
from tests.storms.processes import Storm, storm, wait_until
from tests.storms.test_kills import pay_through
from tests.street.running import rounds, session

pytestmark = pytest.mark.storm
IN_API = [label for label in LABELS if label.split(":")[0] in {"hold", "pay"}]
IN_WORKER = [label for label in LABELS if label.split(":")[0] in {"send", "hear", "mark"}]
CHASED = [label for label in LABELS if label.split(":")[0] == "chase"]
SOME = {"pay:committed", "send:committed", "send:answered", "chase:answered", "mark:marked"}


def daily(labels: list[str]) -> list[str]:
    """All labels in a storm, the worst ones every day."""
    return [label for label in labels if rounds(0, 1) or label in SOME]


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    with storm(tmp_path_factory.mktemp("steps") / "data", bills=4_000) as street:
        yield street


def _state_of(street: Storm, bill_ref: str) -> list[int]:
    with connect(street.house.databases().watch) as watch:
        rows = watch.execute(
            "SELECT state FROM payments WHERE bill_ref = %s", (bill_ref,)
        ).fetchall()
    return [state for (state,) in rows]


def _one_confirmed(street: Storm, bill_ref: str) -> None:
    street.settle(within_s=90)
    assert _state_of(street, bill_ref) == [5]
    assert street.findings() == []


@pytest.mark.parametrize("label", daily(IN_API))
def test_the_api_dies(street: Storm, label: str) -> None:
    street.processes.kill("serve")
    street.processes.start("serve", CASHLANE_DIE_AT=label)
    row = street.bill()

    async def main() -> None:
        async with session() as http:
            acknowledged: dict[str, str] = {}
            paying = asyncio.create_task(pay_through(street.till(http), row, acknowledged))
            await asyncio.to_thread(wait_until, lambda: not street.processes.alive("serve"))
            await asyncio.to_thread(street.processes.start, "serve")
            await paying
            assert acknowledged

    asyncio.run(main())
    _one_confirmed(street, row.bill.ref)


@pytest.mark.parametrize("label", daily(IN_WORKER + CHASED))
def test_the_worker_dies(street: Storm, label: str) -> None:
    street.processes.kill("worker")
    street.processes.start("worker", CASHLANE_DIE_AT=label)
    row = street.bill()
    asyncio.run(_pay(street, row, lost=label in CHASED))
    wait_until(lambda: not street.processes.alive("worker"))
    street.processes.start("worker")
    _one_confirmed(street, row.bill.ref)


async def _pay(street: Storm, row, *, lost: bool) -> None:
    async with session() as http:
        if lost:
            await lose_one_answer(http, street)
        till = street.till(http)
        answer = await till.pay(await till.hold(row), str(uuid4()))
        assert answer.status == 201


async def lose_one_answer(http: aiohttp.ClientSession, street: Storm) -> None:
    """The post's line posts the next payment and loses its answer."""
    order = {"behaviour": "answer_lost_after_posting", "share_ppm": 1_000_000, "seed": 1,
             "count": 1, "acts": ["post"]}  # fmt: skip
    async with http.post(street.parties["post-line"] + "/control", json=order) as answer:
        assert answer.status == 200
