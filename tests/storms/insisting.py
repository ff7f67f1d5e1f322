"""Tills that insist: the same request under the same key until something definite is said.

What they were told is remembered, and the cash that went over their counter with it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import aiohttp
from msgspec import Struct, field

from cashlane.world.city_bills import CityBill
from tests.street.running import Answer, Till

PATIENCE_S = 90.0
"""Longer than any part of a street takes to come back."""
REST_S = 0.1
_NOT_NOW = {
    (409, "KEY_RUNNING"), (409, "BILL_HELD"), (429, "INQUIRY_BUSY"), (503, "OUTCOME_UNKNOWN"),
    (503, "DESK_SILENT"),
}  # fmt: skip
"""What a till may hear in a storm besides a definite answer: refusals to be asked again later."""


class Told(Struct, frozen=True):
    """A receipt as it was told: the payment and its cash in minor units."""

    payment: str
    bill_ref: str
    outlet: str
    cash: int


class Memory(Struct):
    """All that tills were told; every one of them insists, so nothing else may be in the books."""

    receipts: dict[str, Told] = field(default_factory=dict)
    """by key"""
    handed_out: dict[str, int] = field(default_factory=dict)
    """payment -> cash that went back over the counter, in minor units"""
    closed: set[str] = field(default_factory=set)
    """keys under which no payment may ever be"""

    @property
    def cash(self) -> int:
        """What lies in the drawers, as the tills count it."""
        taken = sum(told.cash for told in self.receipts.values())
        return taken - sum(self.handed_out.values())

    def keep(self, key: str, payment: dict[str, Any]) -> None:
        """A payment was told under a key; told again, it must be the same."""
        told = Told(payment["payment"], payment["bill_ref"], payment["outlet"], payment["cash_due"])
        assert self.receipts.setdefault(key, told) == told, "another answer under the same key"

    def give_out(self, payment: str) -> None:
        """A payment's cash goes back to the person."""
        (told,) = (it for it in self.receipts.values() if it.payment == payment)
        self.handed_out[payment] = told.cash


async def insist(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """The first definite answer; connections that break and refusals for now are asked again."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            answer = await ask()
        except (aiohttp.ClientError, OSError, TimeoutError):
            await asyncio.sleep(REST_S)
            continue
        if (answer.status, answer.code) not in _NOT_NOW:
            return answer
        await asyncio.sleep(REST_S)
    raise AssertionError(f"nothing definite after {PATIENCE_S} s")


class Teller:
    """A person at a till who does everything that the street offers."""

    def __init__(self, till: Till, memory: Memory) -> None:
        self.till = till
        self.memory = memory

    async def hold(self, row: CityBill) -> dict[str, Any]:
        """Scan a bill and hold it."""
        answer = await insist(lambda: self.till.inquire(row))
        assert answer.status == 200, answer.json
        bill: dict[str, Any] = answer.json["bills"][0]
        return bill

    async def pay(self, bill: dict[str, Any], key: str | None = None) -> str | None:
        """Pay a held bill; the payment, or None where it was refused for good."""
        made = key or str(uuid4())
        return self._kept(made, await insist(lambda: self.till.pay(bill, made)))

    def _kept(self, key: str, answer: Answer) -> str | None:
        if answer.status == 201:
            self.memory.keep(key, answer.json)
            payment: str = answer.json["payment"]
            return payment
        assert answer.json["payment_state"] == "not_taken", answer.json
        assert answer.status == 409, answer.json
        self.memory.closed.add(key)
        return None

    async def pay_held(self, row: CityBill) -> str | None:
        """Scan, hold and pay."""
        return await self.pay(await self.hold(row))

    async def pay_direct(self, row: CityBill) -> str | None:
        """Claim and pay in one request."""
        key, body = str(uuid4()), self.till.at | {
            "biller": row.biller, "account": row.bill.account, "bill_ref": row.bill.ref,
            "amount": row.bill.amount, "tendered": row.bill.amount,
        }  # fmt: skip
        return self._kept(
            key, await insist(lambda: self.till.ask("POST", "/v1/payments", body, key))
        )

    async def visit(self, bills: list[dict[str, Any]]) -> None:
        """Pay held bills as one basket, until each of them has its own definite word."""
        body = self.till.at | {
            "visit": str(uuid4()), "tendered": sum(bill["cash_due"] for bill in bills),
            "items": [{"key": str(uuid4()), "hold": bill["hold"]["token"]} for bill in bills],
        }  # fmt: skip

        async def ask() -> Answer:
            answer = await self.till.ask("POST", "/v1/visits", body)
            lines = answer.json["results"] if answer.status == 200 else []
            later = [it["problem"] for it in lines if it["problem"]]
            if any((it["status"], it["code"]) in _NOT_NOW for it in later):
                raise TimeoutError("a line is still being decided")
            return answer

        answer = await insist(ask)
        assert answer.status == 200, answer.json
        for line in answer.json["results"]:
            if line["payment"]:
                self.memory.keep(line["key"], line["payment"])
            else:
                assert line["problem"]["payment_state"] == "not_taken", line
                self.memory.closed.add(line["key"])

    async def abandon(self, key: str) -> str | None:
        """Give a key up for good, or learn which payment it became."""
        body = self.till.at | {"key": key}
        answer = await insist(lambda: self.till.ask("POST", "/v1/abandonments", body))
        assert answer.status == 200, answer.json
        if answer.json["abandoned"]:
            self.memory.closed.add(key)
            return None
        self.memory.keep(key, answer.json["payment"])
        payment: str = answer.json["payment"]["payment"]
        return payment

    async def lose_patience(self, row: CityBill, after_s: float) -> None:
        """Pay, hang up before the answer, and give the key up."""
        bill, key = await self.hold(row), str(uuid4())
        try:
            async with asyncio.timeout(after_s):
                await self.till.pay(bill, key)
        except (aiohttp.ClientError, OSError, TimeoutError):
            pass
        await self.abandon(key)

    async def act(self, payment: str, act: str) -> bool:
        """Void, cash-returned, slip-given or refunded; whether it was accepted."""
        key = str(uuid4())
        answer = await insist(lambda: self.till.act(payment, act, key))
        assert answer.status in {200, 409}, answer.json
        if answer.status == 200 and act != "slip-given":
            self.memory.give_out(payment)
        return answer.status == 200

    async def settled(self, payment: str) -> str:
        """The state that a payment comes to."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            answer = await insist(
                lambda: self.till.ask("GET", f"/v1/payments/{payment}?wait_ms=5000")
            )
            assert answer.status == 200, answer.json
            if answer.json["word"] != "in_doubt":
                state: str = answer.json["state"]
                return state
        raise AssertionError(f"{payment} is still in doubt")
