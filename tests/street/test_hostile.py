"""Hostile requests and codes: each gets the exact refusal, saying what, where and what to do."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import msgspec
import pytest

from cashlane.core.barcode import DECLARED_CITY_BILL, print_code
from cashlane.core.bill import Notice, Window
from cashlane.core.quote import seal, unseal
from cashlane.core.refusals import CATALOGUE
from cashlane.store.connect import connect
from cashlane.store.network import add_service_state
from cashlane.values.text import Text
from cashlane.world.city_bills import CityBill, printed_code
from tests.street.running import DAY, Street, run

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def _code(row: CityBill) -> str:
    return printed_code(row.bill, form="symbol")


def _wrong_check(code: str) -> str:
    return code[:-1] + str((int(code[-1]) + 1) % 10)


INQUIRIES = {
    "full-width digits": (
        lambda row: {"code": _code(row).translate(FULL_WIDTH)}, "NOT_ASCII_DIGITS",
    ),
    "wrong check digit": (lambda row: {"code": _wrong_check(_code(row))}, "CHECK_DIGIT_WRONG"),
    "one digit too few": (lambda row: {"code": _code(row)[:-1]}, "CODE_WRONG_LENGTH"),
    "two codes at once": (lambda row: {"code": _code(row) * 12}, "CODE_TOO_LONG"),
    "not a code": (lambda row: {"code": "HELLO"}, "NOT_A_CODE"),
    "unknown issuer": (lambda row: {"code": _other_issuer(row)}, "UNKNOWN_ISSUER"),
    "account in full-width": (
        lambda row: {"biller": row.biller, "account": row.bill.account.translate(FULL_WIDTH)},
        "ACCOUNT_FORM",
    ),
    "account with underscore": (
        lambda row: {"biller": row.biller, "account": row.bill.account[:-2] + "_1"}, "ACCOUNT_FORM",
    ),
    "account too long": (lambda row: {"biller": row.biller, "account": "1" * 13}, "ACCOUNT_FORM"),
    "unknown biller": (
        lambda row: {"biller": "moon-power", "account": row.bill.account}, "UNKNOWN_BILLER",
    ),
    "unknown account": (
        lambda row: {"biller": row.biller, "account": "000000000000"}, "NO_SUCH_ACCOUNT",
    ),
    "no bill named": (lambda row: {}, "MALFORMED"),
    "account without biller": (lambda row: {"account": row.bill.account}, "MALFORMED"),
    "an amount of its own": (
        lambda row: {"code": _code(row), "amount": row.bill.amount - 1}, "AMOUNT_NOT_TAKEN",
    ),
    "negative amount": (lambda row: {"code": _code(row), "amount": -1}, "SCHEMA"),
    "amount as text": (lambda row: {"code": _code(row), "amount": "100"}, "SCHEMA"),
    "amount as fraction": (lambda row: {"code": _code(row), "amount": 1.5}, "SCHEMA"),
    "amount beyond bounds": (lambda row: {"code": _code(row), "amount": 10**15}, "SCHEMA"),
    "unknown field": (lambda row: {"code": _code(row), "state": "confirmed"}, "SCHEMA"),
    "hold as text": (lambda row: {"code": _code(row), "hold": "yes"}, "SCHEMA"),
}  # fmt: skip


def _other_issuer(row: CityBill) -> str:
    fields = {
        "prefix": "", "issuer": "999", "account": row.bill.account, "period": row.bill.period,
        "amount": row.bill.amount,
    }  # fmt: skip
    wanted = {field.name for field in DECLARED_CITY_BILL.fields}
    kept = {name: value for name, value in fields.items() if name in wanted and value != ""}
    return print_code(DECLARED_CITY_BILL, kept, form="symbol")


@pytest.mark.parametrize("case", INQUIRIES)
def test_hostile_inquiry(street: Street, case: str) -> None:
    make, code = INQUIRIES[case]

    async def main(http):
        till, row = street.till(http), street.bill()
        answer = await till.ask("POST", "/v1/inquiries", till.at | make(row))
        _is_refusal(answer, code)

    run(main)


def _is_refusal(answer, code: str) -> None:
    """A whole refusal: its status, both languages, whether to try again, what of the cash."""
    assert answer.code == code, answer.json
    entry = CATALOGUE[code]
    assert answer.status == entry.status
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json["retryable"] is entry.retryable
    assert answer.json["payment_state"] == entry.cash
    for words in (answer.json["detail"], answer.json["detail_zh"]):
        assert words
        assert "{" not in words
    if code == "SCHEMA":
        assert all(error["pointer"].startswith("/") for error in answer.json["errors"])
        assert answer.json["errors"]


PAYMENTS = {
    "another currency": (lambda body: body | {"currency": "USD"}, "CURRENCY_WRONG"),
    "negative cash": (lambda body: body | {"tendered": -100}, "SCHEMA"),
    "cash too short": (lambda body: body | {"tendered": 0}, "TENDERED_SHORT"),
    "forged hold": (lambda body: body | {"hold": body["hold"][:-6] + "AAAAAA"}, "HOLD_UNREADABLE"),
    "hold that is no token": (lambda body: body | {"hold": "x" * 40}, "HOLD_UNREADABLE"),
    "unknown till": (lambda body: body | {"till": "9"}, "NOT_FOUND"),
    "another agent's outlet": (lambda body: body | {"outlet": "b-0001"}, "NOT_FOUND"),
    "no such outlet": (lambda body: body | {"outlet": "post-9999"}, "NOT_FOUND"),
    "state in the body": (lambda body: body | {"state": "confirmed"}, "SCHEMA"),
}


@pytest.mark.parametrize("case", PAYMENTS)
def test_hostile_payment(street: Street, case: str) -> None:
    make, code = PAYMENTS[case]

    async def main(http):
        till = street.till(http)
        bill = await till.hold(street.bill())
        body = till.at | {"hold": bill["hold"]["token"], "tendered": bill["cash_due"]}
        _is_refusal(await till.ask("POST", "/v1/payments", make(body), str(uuid4())), code)

    run(main)


def test_a_hold_signed_with_a_changed_amount_is_refused(street: Street) -> None:
    """Even one fen of a signed promise cannot be changed; another key does not open it."""

    async def main(http):
        till = street.till(http)
        bill = await till.hold(street.bill())
        keys = {"1": street.house.secret("hold-1").encode()}
        hold = unseal(bill["hold"]["token"], keys)
        cheaper = msgspec.structs.replace(
            hold, quote=msgspec.structs.replace(hold.quote, cash_due=1, amount=1)
        )
        forged = seal(cheaper, key_id="1", key=b"x" * 32)
        body = till.at | {"hold": forged, "tendered": 1}
        _is_refusal(await till.ask("POST", "/v1/payments", body, str(uuid4())), "HOLD_UNREADABLE")

    run(main)


def test_missing_key_header_and_broken_bodies(street: Street) -> None:
    async def main(http):
        till = street.till(http)
        bill = await till.hold(street.bill())
        body = till.at | {"hold": bill["hold"]["token"], "tendered": bill["cash_due"]}
        _is_refusal(await till.ask("POST", "/v1/payments", body, None), "KEY_MISSING")
        _is_refusal(await till.ask("POST", "/v1/payments", body, "not-a-uuid"), "KEY_MISSING")
        said = {"Authorization": f"Bearer {till.key}", "Content-Type": "application/json"}
        async with http.post(till.api + "/v1/payments", data=b"{", headers=said) as answer:
            assert answer.status == 400
            assert (await answer.json(content_type=None))["code"] == "MALFORMED"
        async with http.post(till.api + "/v1/payments", data=b"x" * 2_000_000, headers=said) as it:
            assert it.status == 413
            assert (await it.json(content_type=None))["code"] == "MALFORMED"
        async with http.put(till.api + "/v1/payments", headers=said) as answer:
            assert answer.status == 405

    run(main)


def test_an_account_with_nothing_owed(street: Street) -> None:
    async def main(http):
        till, row = street.till(http), street.bill("north-gas")
        await till.paid(row)
        body = till.at | {"biller": row.biller, "account": row.bill.account}
        _is_refusal(await till.ask("POST", "/v1/inquiries", body), "NOTHING_OWED")

    run(main)


def test_a_silent_desk_takes_nothing(street: Street) -> None:
    async def main(http):
        till, row = street.till(http), street.bill("south-gas")
        order = {"behaviour": "down", "share_ppm": 1_000_000, "seed": 1, "count": 1,
                 "acts": ["inquiry"]}  # fmt: skip
        async with http.post(street.parties[row.biller] + "/control", json=order) as ordered:
            assert ordered.status == 200
        _is_refusal(await till.inquire(row), "DESK_SILENT")
        assert (await till.inquire(row)).status == 200

    run(main)


def _republished(street: Street, **changes: object) -> None:
    """Change west-water's record as registry would, and let every process see it."""
    with connect(street.house.databases().hub) as hub:
        (body,) = hub.execute("SELECT body FROM billers WHERE code = 'west-water'").fetchone()
        body |= {name: msgspec.to_builtins(value) for name, value in changes.items()}
        hub.execute(
            "UPDATE billers SET body = %s::jsonb WHERE code = 'west-water'",
            (msgspec.json.encode(body).decode(),),
        )


async def _refused_soon(till, row: CityBill, code: str):
    for _ in range(60):
        answer = await till.inquire(row)
        if answer.code == code:
            return answer
        await asyncio.sleep(0.2)
    raise AssertionError(f"still {answer.status} {answer.json}")


def test_closed_window_notice_and_withdrawn_service(street: Street) -> None:
    async def main(http):
        till, row = street.till(http, "post-0003"), street.bill("west-water")
        shut = (Window(time(3, 0), time(3, 1)),)
        _republished(street, windows=shut)
        answer = await _refused_soon(till, row, "WINDOW_CLOSED")
        assert "03:00-03:01" in answer.json["detail"]
        _is_refusal(answer, "WINDOW_CLOSED")
        now = datetime.now(UTC)
        sentence = Text("系统升级，17:00 恢复", "an upgrade until 17:00")
        notice = Notice(now - timedelta(days=3650), None, sentence)
        _republished(street, windows=(), notices=(notice,))
        answer = await _refused_soon(till, row, "BILLER_NOTICE")
        assert "17:00" in answer.json["detail_zh"]
        _republished(street, notices=())
        with connect(street.house.databases().hub) as hub:
            number = next(o.number for o in street.city.outlets if o.code == "post-0003")
            add_service_state(
                hub, outlet=number, biller=3, since=DAY, recorded_at=now, state="off",
                reason="test", actor="test",
            )  # fmt: skip
        _is_refusal(await _refused_soon(till, row, "SERVICE_WITHDRAWN"), "SERVICE_WITHDRAWN")

    run(main)


def test_probing_for_others_payments_leaks_nothing(street: Street) -> None:
    """Absent and not yours are answered alike, byte for byte."""

    async def main(http):
        owner, prober = street.till(http), street.till(http, "a-0001")
        paid = (await owner.paid(street.bill()))["payment"]
        theirs = await prober.ask("GET", f"/v1/payments/{paid}")
        absent = await prober.ask("GET", f"/v1/payments/{paid[:-4]}0000")
        assert (theirs.status, theirs.body) == (absent.status, absent.body) == (404, theirs.body)
        for act in ("void", "cash-returned", "slip-given", "refunded"):
            refused = await prober.act(paid, act, str(uuid4()))
            assert (refused.status, refused.body) == (404, theirs.body)
        assert (await owner.settled(paid))["state"] == "confirmed"

    run(main)


def test_no_key_and_a_wrong_key(street: Street) -> None:
    async def main(http):
        till = street.till(http)
        for key in ("", "ck_", "ck_" + "x" * 43, "Basic"):
            till.key = key
            answer = await till.ask("GET", "/v1/routes")
            _is_refusal(answer, "UNAUTHENTICATED")

    run(main)


def test_a_direct_pay_names_the_bill_and_the_printed_amount(street: Street) -> None:
    async def main(http):
        till, row = street.till(http), street.bill()
        body = till.at | {
            "biller": row.biller, "account": row.bill.account, "bill_ref": row.bill.ref,
            "amount": row.bill.amount - 100, "tendered": row.bill.amount,
        }  # fmt: skip
        answer = await till.ask("POST", "/v1/payments", body, str(uuid4()))
        _is_refusal(answer, "BILL_CHANGED")
        assert f"{row.bill.amount / 100:.2f}" in answer.json["detail"]
        without = {name: value for name, value in body.items() if name != "amount"}
        _is_refusal(await till.ask("POST", "/v1/payments", without, str(uuid4())), "AMOUNT_MISSING")
        other = body | {"bill_ref": row.bill.ref[:-1] + "9"}
        _is_refusal(await till.ask("POST", "/v1/payments", other, str(uuid4())), "NO_SUCH_BILL")

    run(main)
