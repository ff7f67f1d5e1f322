"""The clerk of the tour: one till of the synthetic city, worked by hand over the API."""

import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any
from uuid import uuid4

import aiohttp
import msgspec
from msgspec import Struct

from cashlane.home import Home
from cashlane.trial.city import agent_keys, world_folder
from cashlane.trial.tour.running import Running
from cashlane.values.money import CNY, write_amount
from cashlane.world.addresses import read_addresses
from cashlane.world.city import make_city
from cashlane.world.city_bills import CityBill, make_bills, printed_code

OUTLET, TILL = "post-0001", "2"
PATIENCE_S = 15.0
"""How long the tour waits for one answer."""
ROUTES = ("aggregator-a", "bank-b", "post-line")
"""Routes that answer live."""
LIVE = ("city-power", "east-water", "west-water", "north-gas", "south-gas")
"""Billers that answer at once; the sixth works by files and has another rhythm."""


class Answer(Struct, frozen=True):
    """Status and body of one answer, as bytes and as read; status 0 where none came."""

    status: int
    raw: bytes
    body: Any


class Clerk:
    """Scans, takes cash, and waits for the word."""

    def __init__(
        self,
        house: Home,
        running: Running,
        http: aiohttp.ClientSession,
        *,
        agent: str,
        outlet: str,
        till: str,
    ) -> None:
        self.house = house
        self.api = running.api
        self.outlet = outlet
        self._running = running
        self._http = http
        self._till = till
        self._key = agent_keys(house, None)[agent]
        self._unpaid = _shuffled(running)

    def elsewhere(self, *, agent: str, outlet: str, till: str) -> "Clerk":
        """The same clerk at another counter."""
        return Clerk(self.house, self._running, self._http, agent=agent, outlet=outlet, till=till)

    async def ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> Answer:
        """One request of this till; nothing is asked twice here."""
        headers = {"Authorization": f"Bearer {self._key}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            async with self._http.request(
                method, self.api + path, json=body, headers=headers
            ) as answer:
                raw = await answer.read()
                return Answer(answer.status, raw, msgspec.json.decode(raw))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return Answer(0, b"", {})

    async def scan(self, biller: str | None = None, most: int | None = None) -> dict[str, Any]:
        """Scan bills until one can be held: the offer's bill, with its biller's name."""
        for row in self._unpaid:
            fits = row.biller == biller if biller else row.biller in LIVE
            if not fits or (most is not None and row.bill.amount > most):
                continue
            answer = await self.ask("POST", "/v1/inquiries", self.at(code=_code(row), hold=True))
            bills = answer.body.get("bills", []) if answer.status == 200 else []
            if len(bills) == 1 and bills[0]["hold"] is not None:
                return {"biller": answer.body["biller"]["name"], **bills[0]}
        raise LookupError("every bill of the city is paid; start a demo in a new folder")

    def at(self, **more: Any) -> dict[str, Any]:
        """A request's body with this till in it."""
        return {"outlet": self.outlet, "till": self._till, **more}

    async def pay(self, bill: dict[str, Any], key: str) -> Answer:
        """Pay a held bill with the exact cash."""
        body = self.at(hold=bill["hold"]["token"], tendered=bill["cash_due"])
        return await self.ask("POST", "/v1/payments", body, key)

    async def status(self, payment: str, wait_ms: int) -> dict[str, Any]:
        """How a payment stands, waited for."""
        answer = await self.ask("GET", f"/v1/payments/{payment}?wait_ms={wait_ms}")
        found: dict[str, Any] = answer.body
        return found

    async def order(self, behaviour: str, *, routes: Sequence[str] = ROUTES, **more: Any) -> None:
        """Tell routes of the simulated outside to misbehave from now on, always."""
        order = {"behaviour": behaviour, "share_ppm": 1_000_000, "seed": 1, **more}
        parties = read_addresses(world_folder(self.house))
        for route in routes:
            await self._http.post(f"{parties[route]}/control", json=order)

    async def lose_next_answer(self) -> None:
        """The routes post this outlet's next payment and lose their answer to it."""
        await self.order("answer_lost_after_posting", count=1, outlets=[self.outlet])

    async def answer_no_questions(self) -> None:
        """The routes hang up on everybody who asks what became of a payment."""
        await self.order("down", acts=["status"])

    async def answer_questions(self) -> None:
        """They answer such questions again."""
        await self.order("down", acts=["status"], share_ppm=0)

    async def behave(self) -> None:
        """Take the orders back."""
        parties = read_addresses(world_folder(self.house))
        for route in ROUTES:
            await self._http.delete(f"{parties[route]}/control")


def money(amount: int) -> str:
    """An amount as it is said over the counter."""
    return write_amount(amount, CNY)


def new_key() -> str:
    """A key of the till."""
    return str(uuid4())


@asynccontextmanager
async def clerk_at_work(house: Home, running: Running) -> AsyncIterator[Clerk]:
    """A clerk with a line to the API."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        yield Clerk(house, running, http, agent="post", outlet=OUTLET, till=TILL)


def some_bills(running: Running, count: int) -> list[tuple[CityBill, str]]:
    """Bills to try by hand, each with its printed code; most are still unpaid."""
    live = (row for row in _shuffled(running) if row.biller in LIVE)
    return [(row, _code(row)) for row in itertools.islice(live, count)]


def _shuffled(running: Running) -> Iterator[CityBill]:
    """The city's bills from a random place on, so that two tours meet different ones."""
    begin = Random().randrange(max(1, running.bills // 2))  # noqa: S311 - which bill, no secret
    bills = make_bills(make_city(running.seed), running.seed, running.bills)
    return itertools.islice(bills, begin, None)


def _code(row: CityBill) -> str:
    return printed_code(row.bill, form="symbol")
