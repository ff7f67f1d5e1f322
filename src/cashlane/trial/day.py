"""A whole business day over the real interfaces, with faults, and the account it must give.

People come to post tills and chain hosts; routes misbehave by order; at the end the network's
books, the billers' books, the chains' journals and the cashiers' own cash are laid side by side.
"""

import asyncio
from collections import Counter as Tally
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import aiohttp
import msgspec
from msgspec import Struct

from cashlane.adapters.clock import system_ids
from cashlane.core.payment import IN_DOUBT
from cashlane.core.record import ErrandKind
from cashlane.home import Home
from cashlane.store import tally
from cashlane.store.connect import connect
from cashlane.trial.city import CHAINS, agent_keys, take_bill_files
from cashlane.trial.counter import Counter, in_notes
from cashlane.trial.crowd import Errand, crowd
from cashlane.trial.station import Addresses
from cashlane.world.city import City

AT_ONCE = 48
"""People served at the same moment."""
LOST_PPM = 16_667
"""A third of the faults: the answer is lost after the biller has posted."""
OTHER_FAULTS: Mapping[str, int] = {
    "duplicate": 10_000,
    "pending": 8_333,
    "refuses": 10_000,
    "slow": 5_000,
}
"""The other two thirds, in millionths of messages or payments; 50,000 together."""
FAULTY = ("aggregator-a", "bank-b", "post-line")
SETTLE_S = 120.0
"""How long the day's last doubts get to clear up before the books are compared."""
Progress = Callable[[str, int, int], None]


class DayPlan(Struct, frozen=True):
    """How many bills are brought to counters, from which seed, on which business date.

    `bills` is how many open bills the city was loaded with. `fault_ppm` of messages go wrong.
    """

    payments: int
    seed: int
    bills: int
    day: date
    faults: bool


class Outside(Struct, frozen=True):
    """What the others' books say at the end of the day, in fen."""

    posted: Mapping[str, Mapping[str, int]]
    """biller -> payment id -> amount that stands credited"""
    chain_cash: Mapping[str, int]
    chain_paid: Mapping[str, int]
    faults: Mapping[str, int]
    post_cash: int
    words: Mapping[str, int]
    refusals: Mapping[str, int]


async def run_day(
    house: Home, city: City, plan: DayPlan, at: Addresses, progress: Progress
) -> Outside:
    """Let the day happen; returns when everything is final or time is up."""
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=AT_ONCE * 2), timeout=timeout
    ) as http:
        await order_bill_file(house, at, http)
        if plan.faults:
            await _misbehave(http, at, plan.seed)
        key = agent_keys(house, None)["post"]
        post = Counter(http, at.api, key, system_ids(), lambda: datetime.now(UTC))
        await _serve_all(city, plan, at, http, post, progress)
        await _settle(house, plan.day, progress)
        return await _look_outside(http, at, post)


async def order_bill_file(house: Home, at: Addresses, http: aiohttp.ClientSession) -> None:
    """The file-only biller lays down its bill file, and the network takes it."""
    async with http.post(at.parties["island-gas"] + "/control/bill-file", json={}) as answer:
        answer.raise_for_status()
    taken = await take_bill_files(house, "island-gas")
    assert taken, "the file-only biller handed over its bills"


async def _misbehave(http: aiohttp.ClientSession, at: Addresses, seed: int) -> None:
    for place, route in enumerate(FAULTY):
        orders = {"answer_lost_after_posting": LOST_PPM, **OTHER_FAULTS}
        for behaviour, share in orders.items():
            order = {"behaviour": behaviour, "share_ppm": share, "seed": seed * 10 + place}
            order |= {"ms": 3000} if behaviour in {"slow", "pending"} else {}
            order |= {"acts": ["post"]}
            async with http.post(at.parties[route] + "/control", json=order) as answer:
                answer.raise_for_status()


async def _serve_all(
    city: City,
    plan: DayPlan,
    at: Addresses,
    http: aiohttp.ClientSession,
    post: Counter,
    progress: Progress,
) -> None:
    people = crowd(city, seed=plan.seed, bills=plan.bills, payments=plan.payments, people=plan.seed)
    served = Tally[str]()

    async def work() -> None:
        for person in people:
            if person.outlet.chain == "post":
                codes = list(person.codes)
                await post.serve(person.outlet.code, "1", codes, twice=person.twice)
            else:
                await sell(http, at, person)
            served["bills"] += len(person.bills)
            progress("payments", served["bills"], plan.payments)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def sell(http: aiohttp.ClientSession, at: Addresses, person: Errand) -> None:
    """At a chain the head office's host does the asking; the person hands over notes."""
    host = at.parties[f"chain-{person.outlet.chain}-host"]
    (row,) = person.bills
    body = {
        "outlet": person.outlet.code,
        "till": "1",
        "code": person.codes[0],
        "tendered": in_notes(row.bill.amount),
    }
    async with http.post(host + "/sell", json=body) as answer:
        await answer.read()


async def _settle(house: Home, day: date, progress: Progress) -> None:
    """Wait until nothing is under way, or the day's patience ends."""
    loop = asyncio.get_running_loop()
    until = loop.time() + SETTLE_S
    first = 0
    while True:
        left = await asyncio.to_thread(_unsettled, house, day)
        first = max(first, left)
        progress("settling", first - left, first)
        if left == 0 or loop.time() >= until:
            return
        await asyncio.sleep(0.5)


_RESTS = frozenset({ErrandKind.RETURN_DEADLINE, ErrandKind.CASE})


def _unsettled(house: Home, day: date) -> int:
    with connect(house.databases().watch) as watch:
        states = {row.state: row.count for row in tally.by_state(watch, day)}
        work = tally.open_work(watch)
    doubt = sum(states.get(state, 0) for state in IN_DOUBT)
    return doubt + sum(count for kind, count in work.items() if kind not in _RESTS)


async def _look_outside(http: aiohttp.ClientSession, at: Addresses, post: Counter) -> Outside:
    billers = [code for code in at.parties if code.endswith(("power", "water", "gas"))]
    posted = {code: await _credited(http, at.parties[code]) for code in billers}
    journals = {
        chain: (await _json(http, at.parties[f"{chain}-host"] + "/journal?limit=1"))["totals"]
        for chain in CHAINS
    }
    faults = Tally[str]()
    for route in FAULTY:
        given = await _json(http, at.parties[route] + "/control/faults")
        faults.update(given["given"])
    return Outside(
        posted=posted,
        chain_cash={
            chain: totals["cash_taken"] + totals["owed_back"] for chain, totals in journals.items()
        },
        chain_paid={chain: totals["paid"]["count"] for chain, totals in journals.items()},
        faults=dict(faults),
        post_cash=post.drawer.cash_in - post.drawer.cash_back,
        words=dict(post.drawer.words),
        refusals=dict(post.drawer.refusals),
    )


async def _credited(http: aiohttp.ClientSession, biller: str) -> dict[str, int]:
    """What stands credited in a biller's own book, by payment id."""
    found: dict[str, int] = {}
    after: int | None = 0
    while after is not None:
        page = await _json(http, f"{biller}/books?after={after}&limit=1000")
        for row in page["postings"]:
            if row["state"] == "posted":
                found[row["payment"]] = found.get(row["payment"], 0) + row["amount"]
        after = page["next"]
    return found


async def _json(http: aiohttp.ClientSession, address: str) -> Any:
    async with http.get(address) as answer:
        answer.raise_for_status()
        return msgspec.json.decode(await answer.read())
