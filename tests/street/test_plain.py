"""Plain requests are answered in front of the framework, to the byte as behind it."""

import asyncio
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from cashlane.world.city_bills import printed_code
from tests.street.running import Answer, Street, Till, run

BEHIND = {"Content-Type": "application/json; charset=utf-8"}
"""Not plain to the letter: the framework reads it."""


async def _ask(till: Till, body: Any, key: str, **headers: str) -> Answer:
    return await till.ask("POST", "/v1/payments", body, key, **headers)


def _said(answer: Answer) -> tuple[int, bytes, dict[str, str]]:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    headers.pop("date")
    return answer.status, answer.body, headers


async def _same(till: Till, body: Any, key: str) -> Answer:
    """The answer in front, which must be the one behind; under a key that is decided already."""
    await _ask(till, body, key)
    front, behind = await _ask(till, body, key), await _ask(till, body, key, **BEHIND)
    assert _said(front) == _said(behind)
    return front


@pytest.mark.parametrize("first", ["front", "behind"])
def test_an_accepted_payment_is_told_the_same(street: Street, first: str) -> None:
    async def scenario(http: aiohttp.ClientSession) -> None:
        till, key = street.till(http), str(uuid4())
        bill = await till.hold(street.bill())
        body = till.at | {"hold": bill["hold"]["token"], "tendered": bill["cash_due"] + 100}
        more = BEHIND if first == "behind" else {}
        taken = await _ask(till, body, key, **more)
        again = await _same(till, body, key)
        assert (taken.status, taken.body) == (201, again.body)
        other = await _same(till, body | {"tendered": bill["cash_due"]}, key)
        assert other.code == "KEY_REUSED"

    run(scenario)


def test_refusals_are_told_the_same(street: Street) -> None:
    async def scenario(http: aiohttp.ClientSession) -> None:
        till = street.till(http)
        bill = await till.hold(street.bill())
        token, due = bill["hold"]["token"], bill["cash_due"]
        cases: dict[str, tuple[Any, str]] = {
            "TENDERED_SHORT": (till.at | {"hold": token, "tendered": due - 1}, str(uuid4())),
            "HOLD_UNREADABLE": (till.at | {"hold": token + "x", "tendered": due}, str(uuid4())),
            "CURRENCY_WRONG": (
                till.at | {"hold": token, "tendered": due, "currency": "USD"}, str(uuid4())
            ),
            "NOT_FOUND": (
                {"outlet": "a-0001", "till": "1", "hold": token, "tendered": due}, str(uuid4())
            ),
            "SCHEMA": (till.at | {"hold": token, "tendered": "1"}, str(uuid4())),
            "KEY_MISSING": (till.at | {"hold": token, "tendered": due}, "no-key"),
        }  # fmt: skip
        for code, (body, key) in cases.items():
            assert (await _same(till, body, key)).code == code

    run(scenario)


def test_a_stranger_is_told_the_same(street: Street) -> None:
    async def scenario(http: aiohttp.ClientSession) -> None:
        till = Till(http, street.api, "ck_nobody", "post-0001", "1")
        answer = await _same(till, {"broken": True}, str(uuid4()))
        assert answer.code == "UNAUTHENTICATED"

    run(scenario)


def test_a_body_in_pieces_and_a_large_one_reach_the_framework(street: Street) -> None:
    async def scenario(http: aiohttp.ClientSession) -> None:
        till = street.till(http)
        said = {"Authorization": f"Bearer {till.key}", "Idempotency-Key": str(uuid4()),
                "Content-Type": "application/json"}  # fmt: skip

        async def pieces() -> Any:
            yield b'{"outlet": "post-0001", '
            await asyncio.sleep(0.05)
            yield b'"till": 1}'

        at = f"{street.api}/v1/payments"
        async with http.post(at, data=pieces(), headers=said) as answer:
            assert (answer.status, (await answer.json())["code"]) == (422, "SCHEMA")
        async with http.post(at, data=b"[" * 3_000_000, headers=said) as answer:
            assert answer.status == 413

    run(scenario)


@pytest.mark.parametrize("path", ["inquiries", "holds"])
def test_what_is_owed_and_held_is_told_the_same(street: Street, path: str) -> None:
    async def scenario(http: aiohttp.ClientSession) -> None:
        till, bill = street.till(http), street.bill()
        code = printed_code(bill.bill, form="symbol")
        cases: dict[str, Any] = {
            "": till.at | {"code": code},
            "UNKNOWN_BILLER": till.at | {"biller": "nobody", "account": "1", "bill_ref": "2"},
            "NOT_FOUND": {"outlet": "a-0001", "till": "1", "code": code},
            "SCHEMA": till.at | {"code": code, "hold": "perhaps"},
        }
        for wanted, body in cases.items():
            front = await till.ask("POST", f"/v1/{path}", body)
            behind = await till.ask("POST", f"/v1/{path}", body, **BEHIND)
            assert front.code == wanted
            assert _said(front) == _said(behind)

    run(scenario)
