"""Random baskets: cash in the drawer = tendered - change - handed back, and no line missing."""

import asyncio
import random
from typing import Any
from uuid import uuid4

import pytest

from cashlane.core.cash import change_in_pieces
from cashlane.store.connect import connect
from cashlane.values.money import CNY
from tests.street.running import Street, Till, rounds, run

pytestmark = pytest.mark.storm
BILLERS = ("city-power", "west-water", "north-gas")
OUTLETS = 8
"""Counters that serve at the same time, each with a drawer of its own."""
PROBES_AT_ONCE = 16
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def _drawer(street: Street, outlet: str) -> int:
    with connect(street.house.databases().watch) as watch:
        row = watch.execute(
            "SELECT balance FROM limits l JOIN outlets o ON o.number = l.party WHERE o.code = %s",
            (outlet,),
        ).fetchone()
    assert row is not None
    return int(row[0])


class Counter:
    """A counter that counts its cash after every basket."""

    def __init__(self, street: Street, http: Any, outlet: str) -> None:
        self.street, self.chance = street, random.Random(outlet)
        self.till = street.till(http, outlet)
        self.in_hand = _drawer(street, outlet)
        self.baskets = self.lines = self.refused = 0

    async def basket(self) -> None:
        """One person's basket; now and then one of its holds was used before."""
        chance = self.chance
        rows = [self.street.bill(chance.choice(BILLERS)) for _ in range(chance.randint(1, 5))]
        bills = [await self.till.hold(row) for row in rows]
        refused = chance.random() < 0.3
        if refused:
            used = await self.till.pay(bills[0], str(uuid4()))
            assert used.status == 201
            self.in_hand += bills[0]["cash_due"]
        tendered = sum(bill["cash_due"] for bill in bills) + chance.choice((0, 10, 500, 10_000))
        answer = await self._asked_twice(bills, tendered)
        self._check_lines(answer, bills, refused)
        self._check_cash(answer, tendered)
        self.baskets += 1
        self.lines += len(bills)
        self.refused += refused

    async def _asked_twice(self, bills: list[Any], tendered: int) -> dict[str, Any]:
        items = [{"key": str(uuid4()), "hold": bill["hold"]["token"]} for bill in bills]
        body = self.till.at | {"visit": str(uuid4()), "tendered": tendered, "items": items}
        answer = await self.till.ask("POST", "/v1/visits", body)
        assert answer.status == 200
        again = await self.till.ask("POST", "/v1/visits", body)
        assert again.json["results"] == answer.json["results"]
        assert [line["key"] for line in again.json["results"]] == [it["key"] for it in items]
        visit: dict[str, Any] = answer.json
        return visit

    def _check_lines(self, answer: dict[str, Any], bills: list[Any], refused: bool) -> None:
        lines = answer["results"]
        taken = [line["payment"]["cash_due"] for line in lines if line["payment"]]
        assert len(taken) == len(bills) - refused
        assert all(line["payment"] or line["problem"]["code"] == "HOLD_USED" for line in lines)
        assert answer["total"] == sum(taken)

    def _check_cash(self, answer: dict[str, Any], tendered: int) -> None:
        change = answer["change"]
        assert tendered - change == answer["total"]
        if change % CNY.cash_unit == 0:
            pieces = change_in_pieces(change, CNY)
            assert sum(piece * count for piece, count in pieces) == change
        self.in_hand += tendered - change
        assert _drawer(self.street, self.till.outlet) == self.in_hand


def test_random_baskets_leave_the_right_cash(street: Street, figures) -> None:
    wanted = rounds(16, 1000) // OUTLETS

    async def main(http: Any) -> list[Counter]:
        counters = [Counter(street, http, f"post-{70 + at:04d}") for at in range(OUTLETS)]

        async def serve(counter: Counter) -> None:
            for _ in range(wanted):
                await counter.basket()

        await asyncio.gather(*map(serve, counters))
        await _short(street, street.till(http, "post-0078"))
        return counters

    counters = run(main)
    figures(
        f"random baskets: {sum(it.baskets for it in counters)} of"
        f" {sum(it.lines for it in counters)} bills, {sum(it.refused for it in counters)} with a"
        f" refused line; drawers off 0, counted after each: {sum(it.in_hand for it in counters)}"
        " fen in the end"
    )
    assert all(counter.baskets == wanted for counter in counters)


async def _short(street: Street, till: Till) -> None:
    """A fen too little takes nothing."""
    bill = await till.hold(street.bill())
    body = till.at | {
        "visit": str(uuid4()), "tendered": bill["cash_due"] - 1,
        "items": [{"key": str(uuid4()), "hold": bill["hold"]["token"]}],
    }  # fmt: skip
    assert (await till.ask("POST", "/v1/visits", body)).code == "TENDERED_SHORT"


def test_ten_thousand_probes_leak_nothing(street: Street, figures) -> None:
    """Ids next to a real one, asked with another agent's key: one answer for all."""
    wanted = rounds(200, 10_000)

    async def main(http: Any) -> set[tuple[int, bytes]]:
        real = (await street.till(http, "post-0079").paid(street.bill()))["payment"]
        prober, answers = street.till(http, "a-0001"), set()
        probes = _probes(real, wanted)

        async def probe() -> None:
            for ident in probes:
                answer = await prober.ask("GET", f"/v1/payments/{ident}")
                answers.add((answer.status, answer.body))

        await asyncio.gather(*(probe() for _ in range(PROBES_AT_ONCE)))
        return answers

    answers = run(main)
    ((status, _),) = answers
    figures(f"probes for another agent's ids: {wanted}, leaks 0, different answers {len(answers)}")
    assert status == 404


def _probes(real: str, wanted: int):
    """The real id in every tenth place, else one with another tail."""
    chance = random.Random(5)
    for turn in range(wanted):
        tail = "".join(chance.choice(LETTERS) for _ in range(chance.randint(1, 8)))
        yield real if turn % 10 == 0 else real[: -len(tail)] + tail
