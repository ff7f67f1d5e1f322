"""The race table of one payment: each row of it is a test over real HTTP."""

import asyncio
from uuid import uuid4

import pytest

from cashlane.store.connect import connect
from tests.street.running import Street, rounds, run

COPIES = 64


def test_same_outlet_key_and_content_gets_the_same_bytes(street: Street) -> None:
    async def main(http):
        till = street.till(http)
        bill, key = await till.hold(street.bill()), str(uuid4())
        first = await till.pay(bill, key)
        again = await till.pay(bill, key)
        assert (first.status, again.status) == (201, 201)
        assert first.body == again.body

    run(main)


def test_same_key_other_content_is_refused(street: Street) -> None:
    async def main(http):
        till = street.till(http)
        bill, key = await till.hold(street.bill()), str(uuid4())
        assert (await till.pay(bill, key)).status == 201
        other = await till.pay(bill, key, bill["cash_due"] + 100)
        assert (other.status, other.code) == (422, "KEY_REUSED")

    run(main)


def test_same_key_at_another_outlet_is_another_key(street: Street) -> None:
    async def main(http):
        key = str(uuid4())
        for outlet in ("post-0001", "post-0002"):
            till = street.till(http, outlet)
            assert (await till.pay(await till.hold(street.bill()), key)).status == 201

    run(main)


def test_the_same_key_while_it_is_decided(street: Street) -> None:
    """A direct pay takes as long as its inquiry; the same key meanwhile is KEY_RUNNING."""

    async def main(http):
        till, row, key = street.till(http), street.bill(), str(uuid4())
        body = till.at | {
            "biller": row.biller, "account": row.bill.account, "bill_ref": row.bill.ref,
            "amount": row.bill.amount, "tendered": row.bill.amount,
        }  # fmt: skip
        slow = {"behaviour": "slow", "share_ppm": 1_000_000, "seed": 1, "ms": 1500, "count": 1,
                "acts": ["inquiry"]}  # fmt: skip
        async with http.post(street.parties[row.biller] + "/control", json=slow) as ordered:
            assert ordered.status == 200
        first = asyncio.create_task(till.ask("POST", "/v1/payments", body, key))
        await asyncio.sleep(0.5)
        second = await till.ask("POST", "/v1/payments", body, key)
        assert (second.status, second.code) == (409, "KEY_RUNNING")
        assert second.json["retryable"] is True
        assert (await first).status == 201
        third = await till.ask("POST", "/v1/payments", body, key)
        assert third.body == (await first).body

    run(main)


def test_a_bill_held_by_another_till(street: Street) -> None:
    async def main(http):
        row = street.bill()
        one, other = street.till(http), street.till(http, "a-0001")
        held = await one.hold(row)
        refused = await other.inquire(row)
        assert (refused.status, refused.code) == (409, "BILL_HELD")
        assert int(refused.headers["Retry-After"]) > 500
        again = await one.hold(row)
        assert again["hold"]["id"] == held["hold"]["id"], "the same till gets the same hold"

    run(main)


@pytest.mark.parametrize(
    ("outlet", "named"), [("post-0002", True), ("a-0001", False)], ids=["same-agent", "other-agent"]
)
def test_a_paid_bill_names_the_outlet_only_within_the_agent(
    street: Street, outlet: str, named: bool
) -> None:
    async def main(http):
        row = street.bill()
        payer = street.till(http)
        await payer.paid(row)
        for _ in range(50):
            refused = await street.till(http, outlet).inquire(row)
            if refused.code != "BILL_HELD":
                break
            await asyncio.sleep(0.1)
        assert (refused.status, refused.code) == (409, "BILL_PAID")
        name = next(it.name.en for it in street.city.outlets if it.code == "post-0001")
        # The biller's own desk may be asked first: it knows no outlet at all.
        assert named or name not in refused.json["detail"]

    run(main)


def test_the_hold_of_another_outlet_is_like_an_unknown_one(street: Street) -> None:
    async def main(http):
        bill = await street.till(http).hold(street.bill())
        stolen = await street.till(http, "a-0001").pay(bill, str(uuid4()))
        assert (stolen.status, stolen.code) == (404, "NOT_FOUND")
        forged = bill | {"hold": bill["hold"] | {"token": bill["hold"]["token"][:-3] + "AAA"}}
        refused = await street.till(http).pay(forged, str(uuid4()))
        assert (refused.status, refused.code) == (409, "HOLD_UNREADABLE")

    run(main)


def test_malformed_and_unauthenticated_leave_the_key_unused(street: Street) -> None:
    async def main(http):
        till, key = street.till(http), str(uuid4())
        bill = await till.hold(street.bill())
        wrong = await till.ask("POST", "/v1/payments", till.at | {"tendered": "1"}, key)
        assert (wrong.status, wrong.code) == (422, "SCHEMA")
        stranger = street.till(http)
        stranger.key = "ck_wrong"
        assert (await stranger.pay(bill, key)).status == 401
        assert (await till.pay(bill, key)).status == 201

    run(main)


def test_two_tills_on_one_bill_give_one_receipt(street: Street) -> None:
    """The other till is told before its customer's cash stays."""

    async def main(http):
        for _ in range(rounds(5, 50)):
            row = street.bill()
            tills = [street.till(http), street.till(http, "a-0001")]
            offers = await asyncio.gather(*(till.inquire(row) for till in tills))
            assert sorted(offer.status for offer in offers) == [200, 409]

    run(main)


def test_one_key_for_two_voids_undoes_one_payment(street: Street) -> None:
    """Half of 64 copies name another payment under the same key: one of the two is undone."""

    async def main(http):
        for _ in range(rounds(4, 200)):
            till = street.till(http)
            paid = [(await till.paid(street.bill()))["payment"] for _ in range(2)]
            key = str(uuid4())
            answers = await asyncio.gather(
                *(till.act(paid[copy % 2], "void", key) for copy in range(COPIES))
            )
            (done,) = {answer.json["payment"] for answer in answers if answer.status == 200}
            assert {it.code for it in answers if it.status != 200} <= {"KEY_RUNNING", "KEY_REUSED"}
            kept = paid[1 - paid.index(done)]
            for other in (till.act(kept, "void", key), till.act(done, "slip-given", key),
                          street.till(http, till="2").act(done, "void", key)):  # fmt: skip
                refused = await other
                assert (refused.status, refused.code) == (422, "KEY_REUSED")
                assert refused.json["payment_state"] == "unknown"
            again = await till.act(done, "void", key)
            assert (again.status, again.json["payment"]) == (200, done)
            assert (await till.settled(done))["state"] == "voided"
            assert (await till.settled(kept))["state"] == "confirmed"

    run(main)


def test_one_key_for_two_pays_takes_one_of_them(street: Street) -> None:
    """The same for pays: half of 64 copies bring another hold under the same key."""

    async def main(http):
        for _ in range(rounds(4, 200)):
            till = street.till(http)
            bills = [await till.hold(street.bill()) for _ in range(2)]
            key = str(uuid4())
            answers = await asyncio.gather(
                *(till.pay(bills[copy % 2], key) for copy in range(COPIES))
            )
            (taken,) = {answer.json["bill_ref"] for answer in answers if answer.status == 201}
            assert {it.code for it in answers if it.status != 201} <= {"KEY_RUNNING", "KEY_REUSED"}
            refs = [bill["bill_ref"] for bill in bills]
            other = await till.pay(bills[1 - refs.index(taken)], key)
            assert (other.status, other.code) == (422, "KEY_REUSED")
            assert [_payments_of(street, ref) for ref in refs] == [
                int(ref == taken) for ref in refs
            ]  # fmt: skip

    run(main)


def test_batch_answers_in_order_and_partly_refused_is_normal(street: Street) -> None:
    async def main(http):
        till = street.till(http)
        bills = [await till.hold(street.bill()) for _ in range(3)]
        lines = [
            till.at | {"key": str(uuid4()), "hold": bill["hold"]["token"], "tendered": cash}
            for bill, cash in zip(bills, (10**6, 0, 10**6), strict=True)
        ]
        answer = await till.ask("POST", "/v1/batches", {"payments": lines})
        assert answer.status == 200
        results = answer.json["results"]
        assert [line["key"] for line in results] == [line["key"] for line in lines]
        assert [line["payment"] is not None for line in results] == [True, False, True]
        assert results[1]["problem"]["code"] == "TENDERED_SHORT"

    run(main)


def test_an_abandoned_key_is_closed_and_a_paid_one_is_found(street: Street) -> None:
    async def main(http):
        till, key = street.till(http), str(uuid4())
        closed = await till.ask("POST", "/v1/abandonments", till.at | {"key": key})
        assert closed.json == {"abandoned": True, "payment": None}
        bill = await till.hold(street.bill())
        assert (await till.pay(bill, key)).code == "ABANDONED"
        paid = str(uuid4())
        first = await till.pay(bill, paid)
        found = await till.ask("POST", "/v1/abandonments", till.at | {"key": paid})
        assert found.json == {"abandoned": False, "payment": first.json}
        looked = await till.ask("GET", f"/v1/payments?outlet={till.outlet}&key={paid}")
        assert looked.json["payment"] == first.json["payment"]

    run(main)


def test_a_second_key_for_a_used_hold_points_to_the_payment(street: Street) -> None:
    async def main(http):
        till = street.till(http)
        bill = await till.hold(street.bill())
        assert (await till.pay(bill, str(uuid4()))).status == 201
        second = await till.pay(bill, str(uuid4()))
        assert (second.status, second.code) == (409, "HOLD_USED")
        assert second.json["payment_state"] == "taken"

    run(main)


def _payments_of(street: Street, bill_ref: str) -> int:
    with connect(street.house.databases().admin) as admin:
        found = admin.execute("SELECT count(*) FROM payments WHERE bill_ref = %s", (bill_ref,))
        (count,) = found.fetchone() or (0,)
        return int(count)
