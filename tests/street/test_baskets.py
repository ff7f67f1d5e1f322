"""Random baskets: cash in the drawer = tendered - change - handed back, and no line missing."""

import random
from uuid import uuid4

from cashlane.core.cash import change_in_pieces
from cashlane.store.connect import connect
from cashlane.values.money import CNY
from tests.street.running import Street, rounds, run

BILLERS = ("city-power", "west-water", "north-gas")
OUTLET = "post-0077"


def _drawer(street: Street) -> int:
    number = next(it.number for it in street.city.outlets if it.code == OUTLET)
    with connect(street.house.databases().watch) as watch:
        row = watch.execute("SELECT balance FROM limits WHERE party = %s", (number,)).fetchone()
    assert row is not None
    return int(row[0])


def test_random_baskets_leave_the_right_cash(street: Street) -> None:
    chance = random.Random(77)

    async def main(http):
        till, other = street.till(http, OUTLET), street.till(http, "post-0078")
        in_hand = _drawer(street)
        for _ in range(rounds(15, 1000)):
            rows = [street.bill(chance.choice(BILLERS)) for _ in range(chance.randint(1, 5))]
            bills = [await till.hold(row) for row in rows]
            due = sum(bill["cash_due"] for bill in bills)
            tendered = due + chance.choice((0, 10, 500, 10_000))
            items = [{"key": str(uuid4()), "hold": bill["hold"]["token"]} for bill in bills]
            refused = chance.random() < 0.3
            if refused:  # a line that the network will refuse: its hold was used before
                used = await till.pay(bills[0], str(uuid4()))
                assert used.status == 201
                in_hand += bills[0]["cash_due"]
            body = till.at | {"visit": str(uuid4()), "tendered": tendered, "items": items}
            answer = await till.ask("POST", "/v1/visits", body)
            assert answer.status == 200
            again = await till.ask("POST", "/v1/visits", body)
            assert again.json["results"] == answer.json["results"]
            lines = answer.json["results"]
            assert [line["key"] for line in lines] == [item["key"] for item in items]
            taken = [line["payment"]["cash_due"] for line in lines if line["payment"]]
            assert len(taken) == len(bills) - refused
            assert all(line["payment"] or line["problem"]["code"] == "HOLD_USED" for line in lines)
            change = answer.json["change"]
            assert tendered - change == answer.json["total"] == sum(taken)
            if change % CNY.cash_unit == 0:
                pieces = change_in_pieces(change, CNY)
                assert sum(piece * count for piece, count in pieces) == change
            in_hand += tendered - change
            assert _drawer(street) == in_hand
        short = await other.hold(street.bill())
        body = other.at | {
            "visit": str(uuid4()), "tendered": short["cash_due"] - 1,
            "items": [{"key": str(uuid4()), "hold": short["hold"]["token"]}],
        }  # fmt: skip
        assert (await other.ask("POST", "/v1/visits", body)).code == "TENDERED_SHORT"

    run(main)


def test_ten_thousand_probes_leak_nothing(street: Street) -> None:
    """Ids next to a real one, asked with another agent's key: one answer for all."""
    chance = random.Random(5)

    async def main(http):
        real = (await street.till(http, OUTLET).paid(street.bill()))["payment"]
        prober = street.till(http, "a-0001")
        answers = set()
        for turn in range(rounds(200, 10_000)):
            letters = "0123456789abcdefghjkmnpqrstvwxyz"
            tail = "".join(chance.choice(letters) for _ in range(chance.randint(1, 8)))
            probe = real if turn % 10 == 0 else real[: -len(tail)] + tail
            answer = await prober.ask("GET", f"/v1/payments/{probe}")
            answers.add((answer.status, answer.body))
        ((status, _),) = answers
        assert status == 404

    run(main)
