"""A chain's host against a stand-in for the network's API: when may the cash go back?"""

import asyncio
import sqlite3
from collections import deque
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time

import aiohttp
import pytest
from aiohttp import web

from cashlane.values.text import Text
from cashlane.world.chain import business_date
from cashlane.world.plan import ChainPlan, WorldPlan
from cashlane.world.serve import open_world

BILL = {
    "bill_ref": "B1", "account": "A1", "period": "202601", "amount": 12654, "currency": "CNY",
    "cash_due": 12650, "customer_fee": 0,
    "hold": {"id": "hold_1", "token": "a-token", "until": "2026-01-15T10:00:00.000+00:00"},
}  # fmt: skip
TAKEN = {"payment": "pay_1", "receipt_number": "R1"}
BUY = {"outlet": "chain-a-0001", "till": "1", "biller": "city-power", "account": "A1"}


class Api:
    """The network as one test wants it: scripted answers, and every request remembered."""

    def __init__(self):
        self.bills = [BILL]
        self.pays = deque()
        self.look = (404, {})
        self.abandoned = (200, {"abandoned": True})
        self.word = "paid"
        self.keys = []
        self.bodies = set()
        self.on_disk = []
        self.reports = []
        self.folder = None

    def routes(self):
        return [
            web.post("/v1/inquiries", self.inquire),
            web.post("/v1/payments", self.pay),
            web.get("/v1/payments", self.found),
            web.get("/v1/payments/{id}", self.tell),
            web.post("/v1/abandonments", self.abandon),
            web.post("/v1/payments/{id}/{act}", self.report),
        ]

    async def json(self, status, body):
        return web.json_response(body, status=status)

    async def inquire(self, request):
        assert request.headers["Authorization"] == "Bearer a-key"
        return await self.json(200, {"bills": self.bills})

    async def pay(self, request):
        key = request.headers["Idempotency-Key"]
        self.keys.append(key)
        self.bodies.add(await request.read())
        self.on_disk.append(self.stored(key))
        status, body = self.pays.popleft() if self.pays else (201, TAKEN)
        if status == 0:
            request.transport.abort()
        return await self.json(status or 200, body)

    async def found(self, request):
        assert request.query["key"] == self.keys[0]
        return await self.json(*self.look)

    async def abandon(self, request):
        said = {"outlet": "chain-a-0001", "till": "1", "key": self.keys[0]}
        assert await request.json() == said
        return await self.json(*self.abandoned)

    async def report(self, request):
        self.reports.append(request.match_info["act"])
        return await self.json(200, {})

    def stored(self, key):
        book = sqlite3.connect(self.folder / "chain-a-host.db")
        found = book.execute("SELECT count(*) FROM sales WHERE key = ?", (key,)).fetchone()
        book.close()
        return found == (1,)

    async def tell(self, request):
        return await self.json(
            200, {"payment": request.match_info["id"], "state": "", "word": self.word}
        )


@asynccontextmanager
async def standing(folder, api):
    api.folder = folder
    app = web.Application()
    app.add_routes(api.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    name = Text("甲连锁总部", "Chain A host")
    chain = ChainPlan("chain-a-host", name, 0, address, "a-key", time(23, 0))
    async with (
        open_world(folder, WorldPlan((), (), (chain,))) as addresses,
        aiohttp.ClientSession() as http,
    ):
        yield addresses["chain-a-host"], http
    await runner.cleanup()


async def sell(host, http, tendered=20000):
    async with http.post(f"{host}/sell", json=BUY | {"tendered": tendered}) as answer:
        return await answer.json()


async def totals(host, http):
    async with http.get(f"{host}/journal") as answer:
        return (await answer.json())["totals"]


def sold(folder, api, tendered=20000):
    """What the customer is told, and the journal's totals after it."""

    async def run():
        async with standing(folder, api) as (host, http):
            return await sell(host, http, tendered), await totals(host, http)

    return asyncio.run(run())


def problem(code, state, status=409):
    return (status, {"code": code, "retryable": False, "payment_state": state})


def test_paid_with_change(tmp_path):
    api = Api()
    told, after = sold(tmp_path, api)
    assert told["word"] == "paid"
    assert (told["change"], told["cash_back"]) == (7350, 0)
    assert after["paid"] == {"count": 1, "cash": 12650}
    assert after["cash_taken"] == 12650
    assert api.on_disk == [True]


def test_a_stored_refusal_gives_the_cash_back(tmp_path):
    api = Api()
    api.pays = deque([problem("BILL_PAID", "not_taken")])
    told, after = sold(tmp_path, api)
    assert (told["word"], told["cash_back"], told["reason"]) == ("not_paid", 20000, "BILL_PAID")
    assert after["cash_taken"] == 0
    assert after["refused"]["count"] == 1


@pytest.mark.parametrize(
    "doubt", [(0, {}), (500, {}), (429, {}), (404, {}), problem("KEY_RUNNING", "unknown")]
)
def test_doubt_asks_again_under_the_same_key(tmp_path, doubt):
    api = Api()
    api.pays = deque([doubt, doubt])
    told, _ = sold(tmp_path, api)
    assert told["word"] == "paid"
    assert len(api.keys) == 3
    assert len(set(api.keys)) == len(api.bodies) == 1
    assert all(api.on_disk)


def test_after_doubt_an_acknowledged_abandon_gives_the_cash_back(tmp_path):
    api = Api()
    api.pays = deque([(500, {})] * 3)
    told, after = sold(tmp_path, api)
    assert (told["state"], told["cash_back"]) == ("abandoned", 20000)
    assert after["refused"]["count"] == 1


@pytest.mark.parametrize("where", ["look", "abandoned"])
def test_a_payment_found_after_doubt_was_taken(tmp_path, where):
    api = Api()
    api.pays = deque([(500, {})] * 3)
    body = TAKEN if where == "look" else {"abandoned": False, "payment": TAKEN}
    setattr(api, where, (200, body))
    told, after = sold(tmp_path, api)
    assert (told["word"], told["payment"], told["cash_back"]) == ("paid", "pay_1", 0)
    assert after["cash_taken"] == 12650


def test_without_any_answer_the_customer_gets_a_slip_and_the_sale_is_finished_later(tmp_path):
    async def run(api):
        async with standing(tmp_path, api) as (host, http):
            told = await sell(host, http)
            assert (told["word"], told["slip"], told["cash_back"]) == ("in_doubt", True, 0)
            assert (await totals(host, http))["in_doubt"] == {"count": 1, "cash": 12650}
            for _ in range(40):
                if (await totals(host, http))["paid"]["count"]:
                    break
                await asyncio.sleep(0.1)
            return await totals(host, http)

    api = Api()
    api.pays = deque([(500, {})] * 3)
    api.abandoned = (503, {})
    after = asyncio.run(run(api))
    assert after["paid"] == {"count": 1, "cash": 12650}
    assert len(set(api.keys)) == 1


def test_the_biller_said_no_after_acceptance(tmp_path):
    api = Api()
    api.word = "not_paid"
    told, after = sold(tmp_path, api)
    assert (told["word"], told["cash_back"], after["cash_taken"]) == ("not_paid", 20000, 0)


def test_a_sale_caught_by_a_crash_is_finished_under_its_own_key(tmp_path):
    api = Api()
    sold(tmp_path, api)
    book = sqlite3.connect(tmp_path / "chain-a-host.db")
    with book:
        book.execute("UPDATE sales SET state = 'sent', payment = '', next_at = 9e9")
    book.close()

    async def run():
        async with standing(tmp_path, api) as (host, http):
            for _ in range(40):
                after = await totals(host, http)
                if after["paid"]["count"]:
                    break
                await asyncio.sleep(0.1)
            return after

    assert asyncio.run(run())["paid"]["count"] == 1
    assert len(api.keys) == 2
    assert len(set(api.keys)) == 1


def test_what_is_not_sold_takes_no_cash(tmp_path):
    api = Api()
    assert sold(tmp_path, api, tendered=100)[0]["reason"] == "not_enough_cash"
    api.bills = [{key: value for key, value in BILL.items() if key != "hold"}]
    assert sold(tmp_path, api)[0]["reason"] == "nothing_held"
    api.bills = []
    told, after = sold(tmp_path, api)
    assert told["reason"] == "nothing_owed"
    assert after["by_state"] == {}
    assert api.keys == []


def test_two_requests_at_once_carry_one_key(tmp_path):
    async def run(api):
        async with standing(tmp_path, api) as (host, http):
            order = {"behaviour": "duplicate", "share_ppm": 1_000_000, "seed": 1}
            await http.post(f"{host}/control", json=order)
            return await sell(host, http)

    api = Api()
    assert asyncio.run(run(api))["word"] == "paid"
    assert len(api.keys) == 3
    assert len(set(api.keys)) == 1


def test_the_chains_own_day_ends_at_its_closing_hour():
    before = datetime(2026, 1, 15, 14, 59, tzinfo=UTC)
    assert business_date(before, time(23, 0)) == date(2026, 1, 15)
    assert business_date(before.replace(hour=15), time(23, 0)) == date(2026, 1, 16)
