"""A street with people at desks, and payments of every kind to look at."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from msgspec import Struct
from playwright.async_api import Page

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.home import clock_offset
from cashlane.main import people_of
from cashlane.people.staff import Issued, Newcomer, Staff
from cashlane.store.connect import connect, open_pool, transaction
from cashlane.store.people import find_account
from cashlane.trial.staffed import Staff as TrialStaff
from cashlane.values.ids import read_id
from cashlane.world.city_bills import CityBill, printed_code
from tests.street.running import Street, Till, run

SILENCE = {"behaviour": "silent", "share_ppm": 1_000_000, "seed": 1}
OUTLET = "post-0420"
_SENT = "SELECT 1 FROM facts WHERE payment = %s LIMIT 1"


class Seen(Struct):
    """What stands in the street's books for the tests to find: public spellings."""

    paid: str
    receipt: str
    code: str
    key: str
    hold: str
    row: CityBill
    visit: str
    voided: str
    refused_key: str
    held: CityBill
    held_hold: str


class Desk:
    """The running street, the words of its staff, and what was paid in it."""

    def __init__(self, street: Street, words: Mapping[str, str], seen: Seen) -> None:
        self.street, self.words, self.seen = street, dict(words), seen
        self.origin = street.api

    async def sign_in(self, page: Page, login: str = "operator-1") -> None:
        """Sign in by typing, as a person does."""
        await page.goto("/window/sign-in")
        await page.fill("[name=login]", login)
        await page.fill("[name=password]", self.words[login])
        await page.click("form.sheet button")
        await page.wait_for_url(lambda url: "sign-in" not in url)

    async def silence(self, party: str) -> None:
        """Let a route take everything and answer nothing."""
        await self._control("POST", party, SILENCE)

    async def answer_again(self, party: str) -> None:
        """Let it answer again."""
        await self._control("DELETE", party, None)

    async def _control(self, method: str, party: str, order: Any) -> None:
        address = self.street.parties[party] + "/control"
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, address, json=order) as answer,
        ):
            assert answer.status == 200, await answer.text()


@pytest.fixture(scope="session")
def desk(street: Street, people: TrialStaff) -> Desk:
    """Staff at desks, and one payment of each kind."""
    words = {one.login: one.word for one in people.desks} | asyncio.run(_newcomers(street))
    seen = run(lambda http: _pay(street.till(http, OUTLET), street))
    return Desk(street, words, seen)


@pytest.fixture(scope="module")
def doubtful(desk: Desk) -> Iterator[str]:
    """A payment that stays in doubt while a module's tests look at it: its route is silent."""
    asyncio.run(desk.silence("post-line"))
    payment = run(lambda http: _accepted(desk.street.till(http, OUTLET), desk.street))
    _until_sent(desk.street, payment)
    yield payment
    asyncio.run(desk.answer_again("post-line"))


def _until_sent(street: Street, payment: str, within_s: float = 30.0) -> None:
    """The counter may hear "accepted" a moment before the sending stands in the book."""
    last = time.monotonic() + within_s
    with connect(street.house.databases().watch) as watch:
        while not watch.execute(_SENT, (read_id("pay", payment),)).fetchall():
            assert time.monotonic() < last, "never sent"
            time.sleep(0.05)


async def _newcomers(street: Street) -> dict[str, str]:
    """People without a role, whose words an administrator made."""
    words = {}
    clock = SystemClock(clock_offset(street.house))
    pool = await open_pool(street.house.databases().hub, size=1)
    try:
        async with transaction(pool) as work:
            admin = await find_account(work, login="admin-1", user=None)
        assert admin is not None
        staff = Staff(pool, clock, system_ids(), people_of(street.house, pool, clock).hasher)
        for login in ("newcomer", "second-newcomer"):
            made = await staff.make(admin.person, Newcomer(login, "新人", None, None))
            assert isinstance(made, Issued)
            words[login] = made.word.reveal()
    finally:
        await pool.close()
    return words


async def _pay(till: Till, street: Street) -> Seen:
    row, key = street.bill(), str(uuid4())
    bill = await till.hold(row)
    status = await till.settled((await till.pay(bill, key)).json["payment"])
    assert status["word"] == "paid", status
    held = street.bill()
    return Seen(
        paid=status["payment"],
        receipt=status["receipt_number"],
        code=status["receipt_code"],
        key=key,
        hold=bill["hold"]["id"],
        row=row,
        visit=await _visit(till, street),
        voided=await _voided(till, street),
        refused_key=await _refused(till, street),
        held=held,
        held_hold=(await till.hold(held))["hold"]["id"],
    )


async def _visit(till: Till, street: Street) -> str:
    bills, visit = [await till.hold(street.bill()) for _ in range(3)], str(uuid4())
    items = [{"key": str(uuid4()), "hold": bill["hold"]["token"]} for bill in bills]
    cash = sum(bill["cash_due"] for bill in bills)
    body = till.at | {"visit": visit, "tendered": cash, "items": items}
    assert (await till.ask("POST", "/v1/visits", body)).status == 200
    return visit


async def _voided(till: Till, street: Street) -> str:
    paid = (await till.paid(street.bill()))["payment"]
    assert (await till.act(paid, "void", str(uuid4()))).status in {200, 202}
    for _ in range(100):
        if (await till.settled(paid))["state"] == "voided":
            return str(paid)
        await asyncio.sleep(0.1)
    raise AssertionError("the payment was not voided in ten seconds")


async def _refused(till: Till, street: Street) -> str:
    bill, key = await till.hold(street.bill()), str(uuid4())
    assert (await till.pay(bill, key, bill["cash_due"] - 10)).code == "TENDERED_SHORT"
    return key


async def _accepted(till: Till, street: Street) -> str:
    answer = await till.pay(await till.hold(street.bill()), str(uuid4()))
    assert answer.status == 201, answer.json
    return str(answer.json["payment"])


def bill_code(row: CityBill) -> str:
    """What a scanner reads off a bill."""
    return printed_code(row.bill, form="symbol")
