"""Holding one bill, and what the network says when it is too busy for new ones."""

import asyncio
from typing import Any
from uuid import uuid4

from cashlane.switch.inquire import DESK_WAITING_MOST
from cashlane.world.city_bills import CityBill, printed_code
from tests.street.running import Street, Till, run


def _another(row: CityBill) -> dict[str, Any]:
    """One bill more on the same account."""
    account = row.bill.account
    return {"bill_ref": f"{account}-202201", "account": account, "period": "202201",
            "amount": 4_200, "due_on": None, "customer": "合成"}  # fmt: skip


async def _hold(till: Till, **named: str):
    return await till.ask("POST", "/v1/holds", till.at | named)


def _named(row: CityBill) -> dict[str, str]:
    return {"biller": row.biller, "account": row.bill.account, "bill_ref": row.bill.ref}


def test_a_hold_by_code_and_by_name_is_the_same_hold(street: Street) -> None:
    async def main(http):
        till, row = street.till(http), street.bill()
        first = await _hold(till, code=printed_code(row.bill, form="symbol"))
        assert first.status == 200, first.json
        assert first.json["biller"]["code"] == row.biller
        bill = first.json["bill"]
        assert (bill["bill_ref"], bill["amount"]) == (row.bill.ref, row.bill.amount)
        again = await _hold(till, **_named(row))
        assert again.json["bill"]["hold"]["id"] == bill["hold"]["id"]
        assert again.json["bill"]["hold"]["until"] == bill["hold"]["until"]
        paid = await till.pay(bill, str(uuid4()))
        assert paid.status == 201

    run(main)


def test_another_till_is_told_for_how_long(street: Street) -> None:
    async def main(http):
        row = street.bill()
        assert (await _hold(street.till(http), **_named(row))).status == 200
        for other in (street.till(http, till="2"), street.till(http, "a-0001")):
            refused = await _hold(other, **_named(row))
            assert (refused.status, refused.code) == (409, "BILL_HELD")
            assert 500 < int(refused.headers["Retry-After"]) <= 600
            assert refused.headers["Retry-After"] in refused.json["detail"]

    run(main)


def test_an_account_with_several_bills_holds_none_of_them(street: Street) -> None:
    async def main(http):
        till, row = street.till(http), street.bill()
        account = {"biller": row.biller, "account": row.bill.account}
        async with http.post(
            street.parties[row.biller] + "/control/bills",
            json={"bills": [_another(row)]},
        ) as added:
            assert added.status in {200, 201}, await added.text()
        refused = await _hold(till, **account)
        assert (refused.status, refused.code) == (409, "BILL_CHOICE")
        assert refused.json["payment_state"] == "none"
        assert "2" in refused.json["detail"]
        free = await _hold(street.till(http, "a-0001"), **_named(row))
        assert free.status == 200, "nothing was held for the one who did not choose"

    run(main)


def test_a_hold_names_its_bill(street: Street) -> None:
    async def main(http):
        till, row = street.till(http), street.bill()
        wrong = _named(row) | {"bill_ref": row.bill.ref[:-1] + "9"}
        assert (await _hold(till, **wrong)).code == "NO_SUCH_BILL"
        assert (await _hold(till)).code == "MALFORMED"

    run(main)


def test_when_too_much_waits_the_new_are_turned_away_and_a_held_bill_is_paid(
    street: Street,
) -> None:
    """A desk that takes seconds fills its queue; the hold's own pay does not stand in it."""

    async def main(http):
        till = street.till(http)
        held = await till.hold(street.bill())
        rows = [street.bill() for _ in range(DESK_WAITING_MOST + 60)]
        slow = {"behaviour": "slow", "share_ppm": 1_000_000, "seed": 1, "ms": 2_000,
                "count": len(rows), "acts": ["inquiry"]}  # fmt: skip
        control = street.parties["city-power"] + "/control"
        async with http.post(control, json=slow) as ordered:
            assert ordered.status == 200
        crowd = [asyncio.create_task(till.inquire(row, hold=False)) for row in rows]
        for answered in asyncio.as_completed(crowd):
            turned_away = await answered
            if turned_away.code == "NETWORK_BUSY":
                break
        new = await _hold(street.till(http, "a-0001"), **_named(street.bill()))
        paid = await till.pay(held, str(uuid4()))
        assert paid.status == 201, "a live hold is always admitted"
        for refused in (turned_away, new):
            assert (refused.status, refused.code) == (429, "NETWORK_BUSY")
            assert int(refused.headers["Retry-After"]) >= 1
            assert refused.json["payment_state"] == "none"
        answers = await asyncio.gather(*crowd)
        async with http.delete(control):
            pass
        assert {answer.code for answer in answers} <= {"", "NETWORK_BUSY", "DESK_SILENT"}
        assert sum(answer.status == 200 for answer in answers) > 0

    run(main)
