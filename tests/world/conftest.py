"""A standing world for tests: real servers on free ports, and our adapters in front of them."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from msgspec import Struct

from cashlane.adapters.billers.desk import BillerDesk
from cashlane.adapters.link import LinkPlan
from cashlane.adapters.routes.aggregator import AggregatorRoute
from cashlane.adapters.routes.bank import BankRoute
from cashlane.core.ports import Delivery
from cashlane.values.ids import Ids
from cashlane.world.bills import BillRow, load_bills
from cashlane.world.plan import city_plan
from cashlane.world.serve import open_world

ACCEPTED = datetime(2026, 1, 15, 9, 30, 0, tzinfo=UTC)
AMOUNT = 12650
SECRET = "a secret of the tests"


class Live(Struct):
    """A standing world and the lines to it."""

    folder: Path
    addresses: dict[str, str]
    http: aiohttp.ClientSession
    aggregator: AggregatorRoute
    bank: BankRoute
    desk: BillerDesk

    async def order(self, party: str, behaviour: str, **more: Any) -> None:
        """Tell a party how to misbehave; every time, unless told otherwise."""
        body = {"behaviour": behaviour, "share_ppm": 1_000_000, "seed": 1} | more
        async with self.http.post(f"{self.addresses[party]}/control", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def behave(self, party: str) -> None:
        """Tell a party to behave."""
        async with self.http.delete(f"{self.addresses[party]}/control") as answer:
            assert answer.status == 200

    async def get(self, party: str, path: str) -> dict[str, Any]:
        """A party's own word, as JSON."""
        async with self.http.get(f"{self.addresses[party]}{path}") as answer:
            return dict(await answer.json())

    async def posted(self, party: str) -> int:
        """How many payments stand in a party's own book."""
        return int((await self.get(party, "/books"))["totals"]["posted_count"])


Scenario = Callable[[Live], Awaitable[Any]]


@pytest.fixture
def deliver() -> Callable[..., Delivery]:
    """Makes the payment with a number, of the bill with that number."""

    def make(number: int, biller: str = "city-power", amount: int = AMOUNT) -> Delivery:
        ids = Ids(lambda bits: number)
        payment = ids.payment(ACCEPTED, business_date=date(2026, 1, 15), bucket=7)
        return Delivery(
            payment, biller, f"B{number:06d}", f"A{number:06d}", amount,
            "post-0001", f"R{number:06d}", ACCEPTED, 1,
        )  # fmt: skip

    return make


def load(folder: Path, biller: str) -> None:
    """A hundred bills, one an account."""
    rows = [
        BillRow(f"B{n:06d}", f"A{n:06d}", "202601", AMOUNT, date(2026, 2, 10), "张三")
        for n in range(100)
    ]
    load_bills(folder, biller, rows)


@pytest.fixture
def live(tmp_path: Path) -> Callable[[Scenario], Any]:
    """Runs a scenario in a standing world; the same folder again after a return."""
    plan = city_plan(
        drop=tmp_path / "drop",
        secrets=defaultdict(lambda: SECRET),
        api="",
        api_keys=defaultdict(str),
    )
    for biller in plan.billers:
        load(tmp_path, biller.code)

    def run(scenario: Scenario, attempt_s: float = 1.0) -> Any:
        return asyncio.run(_scenario(tmp_path, plan, scenario, attempt_s))

    return run


async def _scenario(folder: Path, plan: Any, scenario: Scenario, attempt_s: float) -> Any:
    async with open_world(folder, plan) as addresses, aiohttp.ClientSession() as http:
        aggregator = AggregatorRoute(
            LinkPlan(addresses["aggregator-a"], attempt_s, 8),
            secret=SECRET.encode(),
            clock=lambda: datetime.now(UTC),
            tls=None,
        )
        bank = BankRoute(LinkPlan(addresses["bank-b"], attempt_s, 8), tls=None)
        desk = BillerDesk(LinkPlan(addresses["city-power"], attempt_s, 8), tls=None)
        try:
            return await scenario(Live(folder, dict(addresses), http, aggregator, bank, desk))
        finally:
            for line in (aggregator, bank, desk):
                await line.close()
