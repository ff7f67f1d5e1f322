"""A whole street for tests: real processes on a real database, and a till that speaks HTTP."""

import asyncio
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from cashlane.core.routing import RouteNotice
from cashlane.home import Home, home, settings
from cashlane.store.connect import connect, open_pool
from cashlane.store.routes import Routes
from cashlane.trial.city import Trial, agent_keys, set_up
from cashlane.trial.station import Station, free_port
from cashlane.values.text import Text
from cashlane.world.city import City
from cashlane.world.city_bills import CityBill, make_bills, printed_code

DAY = date(2022, 1, 14)
SEED = 11
ROUNDS = int(os.environ.get("STORM_ROUNDS", "0"))
"""How many rounds a storm goes; 0 means the small number of every day."""


def rounds(small: int, full: int) -> int:
    """The number of rounds: small every day, full in a storm."""
    return full if ROUNDS else small


class Street:
    """A running trial with a stock of unpaid bills."""

    def __init__(self, house: Home, city: City, station: Station, bills: int) -> None:
        self.house = house
        self.city = city
        self.station = station
        self.api = station.api
        self.keys = agent_keys(house, None)
        self._bills = itertools.chain(make_bills(city, SEED, bills))

    def bill(self, biller: str | None = None) -> CityBill:
        """An unpaid bill of a live biller."""
        wanted = biller or "city-power"
        return next(row for row in self._bills if row.biller == wanted)

    def till(
        self, http: aiohttp.ClientSession, outlet: str = "post-0001", till: str = "1"
    ) -> "Till":
        """A till of an outlet, with the key of its agent."""
        prefix = outlet.rsplit("-", 1)[0]
        agent = "post" if prefix == "post" else f"chain-{prefix[0]}"
        return Till(http, self.api, self.keys[agent], outlet, till)

    @property
    def parties(self) -> dict[str, str]:
        """Where the simulated outside answers."""
        return dict(self.station.addresses.parties)


class Answer:
    """Status, body as bytes, and body as JSON."""

    def __init__(self, status: int, body: bytes, json: Any, headers: Any) -> None:
        self.status, self.body, self.json, self.headers = status, body, json, headers

    @property
    def code(self) -> str:
        """The refusal's code, or an empty text."""
        return str(self.json.get("code", "")) if isinstance(self.json, dict) else ""


class Till:
    """What a till does, over HTTP."""

    def __init__(
        self, http: aiohttp.ClientSession, api: str, key: str, outlet: str, till: str
    ) -> None:
        self.http, self.api, self.key, self.outlet, self.till = http, api, key, outlet, till
        self.at = {"outlet": outlet, "till": till}

    async def ask(
        self, method: str, path: str, body: Any = None, key: str | None = None, **headers: str
    ) -> Answer:
        """One request as it is."""
        said = {"Authorization": f"Bearer {self.key}"} | headers
        if key is not None:
            said["Idempotency-Key"] = key
        async with self.http.request(method, self.api + path, json=body, headers=said) as answer:
            content = await answer.read()
            json = await answer.json(content_type=None) if content else {}
            return Answer(answer.status, content, json, answer.headers)

    async def inquire(self, row: CityBill, *, hold: bool = True) -> Answer:
        """Scan a bill."""
        code = printed_code(row.bill, form="symbol")
        return await self.ask("POST", "/v1/inquiries", self.at | {"code": code, "hold": hold})

    async def hold(self, row: CityBill) -> dict[str, Any]:
        """Scan a bill and hold it; the bill on offer."""
        answer = await self.inquire(row)
        assert answer.status == 200, answer.json
        bill: dict[str, Any] = answer.json["bills"][0]
        return bill

    async def pay(self, bill: dict[str, Any], key: str, tendered: int | None = None) -> Answer:
        """Pay a held bill."""
        cash = bill["cash_due"] if tendered is None else tendered
        body = self.at | {"hold": bill["hold"]["token"], "tendered": cash}
        return await self.ask("POST", "/v1/payments", body, key)

    async def paid(self, row: CityBill) -> dict[str, Any]:
        """Scan, hold, pay, and wait for the receipt; the payment's status."""
        answer = await self.pay(await self.hold(row), str(uuid4()))
        assert answer.status == 201, answer.json
        return await self.settled(answer.json["payment"])

    async def settled(self, payment: str) -> dict[str, Any]:
        """A payment's status, waited for."""
        for _ in range(5):
            answer = await self.ask("GET", f"/v1/payments/{payment}?wait_ms=5000")
            assert answer.status == 200, answer.json
            if answer.json["word"] != "in_doubt":
                break
        status: dict[str, Any] = answer.json
        return status

    async def act(self, payment: str, act: str, key: str) -> Answer:
        """Void, cash-returned, slip-given or refunded."""
        return await self.ask("POST", f"/v1/payments/{payment}/{act}", self.at, key)


def keep_ways(house: Home) -> None:
    """Every agent keeps to its first way, open whatever happens: for tests of other things, which
    order faults and must not move the payments of those that come after them."""
    alone = "UPDATE contracts SET body = jsonb_set(body, '{ways}', jsonb_path_query_array("
    with connect(house.databases().hub) as hub:
        hub.execute(alone + "body, '$.ways[0]'))")
        routes = hub.execute("SELECT number FROM routes").fetchall()
    asyncio.run(_keep_open(house, [number for (number,) in routes]))


async def _keep_open(house: Home, routes: list[int]) -> None:
    pool = await open_pool(house.databases().hub, size=1)
    begin = datetime(2000, 1, 1, tzinfo=UTC)
    try:
        for route in routes:
            word = RouteNotice(
                uuid4(), route, 0, 0, "open", begin, None, "other",
                Text("测试", "a test"), "test", begin,
            )  # fmt: skip
            await Routes(pool).add_notice(word)
    finally:
        await pool.close()


@contextmanager
def running_street(folder: Path, *, bills: int, steady: bool = True) -> Iterator[Street]:
    """A street in a folder, from an empty database to running processes.

    A steady one keeps every agent to its first way.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    house = home(settings(folder))
    house.cluster.start()
    try:
        city = set_up(house, Trial(SEED, bills, DAY))
        if steady:
            keep_ways(house)
        station = Station(house, lambda event: None, port=free_port(), revive=False)
        with station.running():
            yield Street(house, city, station, bills)
    finally:
        house.cluster.stop()


def session() -> aiohttp.ClientSession:
    """A client for many tills at once."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=40)
    )


def run(main: Any) -> Any:
    """Run a coroutine function with a client session."""

    async def with_session() -> Any:
        async with session() as http:
            return await main(http)

    return asyncio.run(with_session())
