"""Sixty-four copies at once of one request: one effect, one answer; other content is refused.

Through one API they meet in its memory; through two of them only the database is between them.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from msgspec import Struct

from cashlane.core.payment import FactKind
from cashlane.store.connect import connect
from cashlane.trial.station import answers, free_port
from tests.storms.processes import wait_until
from tests.street.running import Answer, Street, Till, rounds, run

pytestmark = pytest.mark.storm
COPIES = 64
AT_ONCE = 4
"""Keys whose copies are under way together: they share batches, as in a busy hour."""


class Tally(Struct):
    """What was heard of all copies."""

    keys: int = 0
    same: int = 0
    running: int = 0
    reused: int = 0

    def count(self, answers: list[Answer], taken: int) -> None:
        """One key's copies: one answer to the byte, the others are still being decided."""
        told = {answer.body for answer in answers if answer.status == taken}
        assert len(told) == 1
        others = [answer for answer in answers if answer.status != taken]
        assert {answer.code for answer in others} <= {"KEY_RUNNING"}
        self.keys += 1
        self.same += len(answers) - len(others)
        self.running += len(others)

    def refused(self, answer: Answer) -> None:
        """Other content under the same key."""
        assert (answer.status, answer.code) == (422, "KEY_REUSED"), answer.json
        self.reused += 1

    def line(self, what: str, effects: int) -> str:
        """The figures in one line."""
        other = f"; other content: KEY_REUSED {self.reused} of {self.reused}" if self.reused else ""
        return (
            f"copies of a {what}: {COPIES} x {self.keys} keys, effects {effects}, the same answer"
            f" {self.same}, KEY_RUNNING {self.running}, other answers 0{other}"
        )


@pytest.fixture(scope="module")
def second_api(street: Street) -> Iterator[str]:
    """Another API process over the same database."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "cashlane.cli", "serve", "--port", str(port)],
        env=dict(os.environ) | {"CASHLANE_DATA": str(street.house.settings.data)},
    )
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/livez"))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _at_both(street: Street, http: Any, outlet: str, second_api: str) -> tuple[Till, Till]:
    one, other = street.till(http, outlet), street.till(http, outlet)
    other.api = second_api
    return one, other


async def _each(wanted: int, one: Any) -> list[str]:
    """Do it so often, a few at a time; what came of each."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def guarded() -> str:
        async with gate:
            return str(await one())

    return list(await asyncio.gather(*(guarded() for _ in range(wanted))))


def test_copies_of_a_pay_have_one_effect(street: Street, figures) -> None:
    tally, wanted = Tally(), rounds(8, 200)

    async def main(http: Any) -> list[str]:
        till = street.till(http, "a-0001")

        async def one() -> str:
            bill, key = await till.hold(street.bill()), str(uuid4())
            answers = await asyncio.gather(*(till.pay(bill, key) for _ in range(COPIES)))
            tally.count(list(answers), 201)
            tally.refused(await till.pay(bill, key, bill["cash_due"] + 10))
            return str(bill["bill_ref"])

        return await _each(wanted, one)

    refs = run(main)
    effects = _count(street, "SELECT count(*) FROM payments WHERE bill_ref = ANY(%s)", refs)
    figures(tally.line("pay", effects))
    assert tally.keys == effects == wanted


def test_copies_through_two_apis_have_one_effect(street: Street, second_api: str, figures) -> None:
    tally, wanted = Tally(), rounds(8, 200)

    async def main(http: Any) -> list[str]:
        tills = _at_both(street, http, "a-0003", second_api)

        async def one() -> str:
            bill, key = await tills[0].hold(street.bill()), str(uuid4())
            asked = [tills[turn % 2].pay(bill, key) for turn in range(COPIES)]
            tally.count(list(await asyncio.gather(*asked)), 201)
            return str(bill["bill_ref"])

        return await _each(wanted, one)

    refs = run(main)
    effects = _count(street, "SELECT count(*) FROM payments WHERE bill_ref = ANY(%s)", refs)
    figures(tally.line("pay through two APIs", effects))
    assert tally.keys == effects == wanted


def test_a_pay_and_its_abandoning_through_two_apis(
    street: Street, second_api: str, figures
) -> None:
    """One of them is first, and the other learns of it: paid, or closed for ever."""
    wanted, paid = rounds(8, 200), []

    async def main(http: Any) -> list[str]:
        tills = _at_both(street, http, "a-0004", second_api)

        async def one() -> str:
            bill, key = await tills[0].hold(street.bill()), str(uuid4())
            body = tills[1].at | {"key": key}
            told, closed = await asyncio.gather(
                asyncio.gather(*(tills[0].pay(bill, key) for _ in range(4))),
                asyncio.gather(*(tills[1].ask("POST", "/v1/abandonments", body) for _ in range(4))),
            )
            payments = {answer.json["payment"] for answer in told if answer.status == 201}
            payments |= {it.json["payment"]["payment"] for it in closed
                         if it.status == 200 and it.json["payment"]}  # fmt: skip
            ends = {it.json["abandoned"] for it in closed if it.status == 200}
            refused = {answer.code for answer in (*told, *closed) if answer.status >= 400}
            assert refused <= {"KEY_RUNNING", "ABANDONED"}
            assert (len(payments), ends) in ((1, {False}), (0, {True}))
            paid.extend(payments)
            return str(bill["bill_ref"])

        return await _each(wanted, one)

    refs = run(main)
    effects = _count(street, "SELECT count(*) FROM payments WHERE bill_ref = ANY(%s)", refs)
    figures(
        f"a pay against its abandoning, two APIs: {wanted} keys, paid {len(paid)}, closed"
        f" {wanted - len(paid)}, payments {effects}"
    )
    assert len(paid) == effects


def test_copies_of_a_void_have_one_effect(street: Street, figures) -> None:
    """And whatever else is asked under the void's key is refused: another payment's void,
    another act, a pay."""
    tally, wanted = Tally(), rounds(5, 200)

    async def main(http: Any) -> list[str]:
        till = street.till(http, "a-0002")
        other = (await till.paid(street.bill()))["payment"]

        async def one() -> str:
            paid = (await till.paid(street.bill()))["payment"]
            key = str(uuid4())
            answers = await asyncio.gather(*(till.act(paid, "void", key) for _ in range(COPIES)))
            tally.count(list(answers), 200)
            assert (await till.act(paid, "void", str(uuid4()))).code == "VOID_STATE"
            tally.refused(await till.act(other, "void", key))
            tally.refused(await till.act(paid, "slip-given", key))
            tally.refused(await _pay_under(till, street, key))
            assert (await till.settled(paid))["state"] == "voided"
            return str(paid)

        await _each(wanted, one)
        assert (await till.settled(other))["state"] == "confirmed"
        return [other]

    run(main)
    asked = f"SELECT count(*) FROM facts WHERE kind = {int(FactKind.REVERSAL_ASKED)}"
    with_till = " AND source LIKE (SELECT 'till:' || t.number || ' %%' FROM tills t JOIN outlets o"
    effects = _count(
        street, asked + with_till + " ON o.number = t.outlet WHERE o.code = ANY(%s))", ["a-0002"]
    )
    figures(tally.line("void", effects))
    assert tally.keys == effects == wanted


async def _pay_under(till: Till, street: Street, key: str) -> Answer:
    return await till.pay(await till.hold(street.bill()), key)


def _count(street: Street, question: str, names: list[str]) -> int:
    with connect(street.house.databases().watch) as watch:
        row = watch.execute(question, (names,)).fetchone()
    assert row is not None
    return int(row[0])
