"""A chain's head-office host: simulated customers buy here, and it asks the network's API.

Its own POS numbers, its own journal and its own closing hour, as chains have them.
"""

import asyncio
import secrets
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as Clock
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from aiohttp import web
from msgspec import Meta, Struct
from msgspec.structs import replace

from cashlane.values.ids import Ids
from cashlane.values.money import AMOUNT_MAX
from cashlane.values.times import write_moment
from cashlane.world import pos_journal as pos
from cashlane.world import sale as course
from cashlane.world.api_line import ApiLine, Doubt, Refused, ShownBill
from cashlane.world.bills import book_path
from cashlane.world.book import Book
from cashlane.world.control import Control
from cashlane.world.faults import Faults
from cashlane.world.pages import next_after, page_asked
from cashlane.world.plan import ZONE, ChainPlan
from cashlane.world.pos_journal import Sale
from cashlane.world.wire import json_answer, meet, read_json

_WAKE_S = 0.2
"""How often open sales are looked for."""
_LOOKED_AFTER_MOST = 16
"""Open sales that are looked after at once."""
_AGAIN_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""How long an open sale waits before it is looked after again; the last one repeats."""

_COUNTER_S = 60.0
"""Longer than a sale can last at the counter: until then nobody else looks after it."""

_Name = Annotated[str, Meta(max_length=128)]


class Purchase(Struct, frozen=True):
    """A customer at a counter with a paper or an account, and cash in fen."""

    outlet: _Name
    till: _Name
    tendered: Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
    code: _Name = ""
    biller: _Name = ""
    account: _Name = ""


class ApiPlace(Struct, frozen=True):
    """Where the network's API answers from now on, and the key for it."""

    api: str
    api_key: str


class ChainServer:
    """A chain's head-office host."""

    def __init__(self, folder: Path, plan: ChainPlan) -> None:
        self.plan = plan
        self.faults = Faults()
        self.book = Book(book_path(folder, plan.code), pos.POS_SCHEMA)
        self._line = ApiLine(plan.api, plan.api_key)
        self._at_counter: set[int] = set()
        self._ids = Ids(secrets.randbits)
        self._control = Control(plan.name, self.faults, self._state)

    def routes(self) -> list[web.RouteDef]:
        """What the host answers to."""
        return [
            web.post("/sell", self._sell),
            web.get("/journal", self._journal),
            web.post("/control/api", self._redirect),
            *self._control.routes(),
        ]

    async def close(self) -> None:
        """Hang up and close the journal."""
        await self._line.close()
        await self.book.close()

    # Selling.

    async def _sell(self, request: web.Request) -> web.StreamResponse:
        bought = read_json(await request.read(), Purchase)
        return await meet(
            request, self.faults, act="post", billers=(bought.biller,), outlet=bought.outlet,
            answer=lambda: self._serve(bought),
        )  # fmt: skip

    async def _serve(self, bought: Purchase) -> web.Response:
        found = await self._line.inquire(_question(bought))
        if isinstance(found, Refused):
            return _not_sold(found.code)
        if isinstance(found, Doubt):
            return _not_sold("network_silent")
        bill = next((bill for bill in found if bill.hold), None)
        if bill is None:
            return _not_sold("nothing_held" if found else "nothing_owed")
        if bought.tendered < bill.cash_due:
            return _not_sold("not_enough_cash")
        return await self._take(bought, bill)

    async def _take(self, bought: Purchase, bill: ShownBill) -> web.Response:
        """From here on cash is on the counter, so the key goes to the disk first."""
        begun = _begun(self._ids, bought, bill, self.plan.closes)
        sale = await self.book.write(lambda book: pos.begin(book, begun))
        self._at_counter.add(sale.seq)
        try:
            strike = self.faults.of_item("post", bought.biller, bought.outlet)
            twice = strike is not None and strike.behaviour == "duplicate"
            told = await course.at_counter(self._line, sale, twice=twice)
            await self._enter(told)
        finally:
            self._at_counter.discard(sale.seq)
        return json_answer(_shown(told), status=200)

    async def _enter(self, sale: Sale) -> None:
        next_at = time.time() + _AGAIN_S[min(sale.tries, len(_AGAIN_S) - 1)]
        await self.book.write(lambda book: pos.enter(book, sale, next_at))

    # Looking after sales in doubt, those of a former life of this process included.

    async def work(self) -> None:
        """Look after open sales; ends when cancelled."""
        await self.book.write(pos.resume)
        while True:
            await self._look_after(time.time())
            await asyncio.sleep(_WAKE_S)

    async def _look_after(self, now: float) -> None:
        found = self.book.read(lambda book: pos.due(book, now, _LOOKED_AFTER_MOST))
        mine = [sale for sale in found if sale.seq not in self._at_counter]
        await asyncio.gather(*(self._again(sale) for sale in mine))

    async def _again(self, sale: Sale) -> None:
        # Found "sent" here, it was begun before a crash: its customer can only have left.
        left = replace(sale, slip=True, tries=sale.tries + 1)
        await self._enter(await course.later(self._line, left))

    # The journal.

    async def _journal(self, request: web.Request) -> web.Response:
        asked, day = page_asked(request), request.query.get("business_date", "")
        rows = self.book.read(
            lambda book: pos.sale_page(book, after=asked.after, most=asked.most, business_date=day)
        )
        return json_answer(
            {
                "party": self.plan.code,
                "totals": self._state(),
                "sales": rows,
                "next": next_after(rows, asked),
            },
            status=200,
        )

    async def _redirect(self, request: web.Request) -> web.Response:
        place = read_json(await request.read(), ApiPlace)
        await self._line.redirect(place.api, place.api_key)
        return json_answer({"api": place.api}, status=200)

    def _state(self) -> dict[str, Any]:
        return self.book.read(pos.sale_totals)


def business_date(now: datetime, closes: Clock) -> date:
    """The chain's business date: after its closing hour the next day has begun."""
    local = now.astimezone(ZoneInfo(ZONE))
    return local.date() + timedelta(days=1 if local.time() >= closes else 0)


def _question(bought: Purchase) -> dict[str, object]:
    named = (
        {"code": bought.code}
        if bought.code
        else {"biller": bought.biller, "account": bought.account}
    )
    return {"outlet": bought.outlet, "till": bought.till, "hold": True, **named}


def _begun(ids: Ids, bought: Purchase, bill: ShownBill, closes: Clock) -> dict[str, object]:
    assert bill.hold is not None
    now = datetime.now(UTC)
    return {
        "key": str(ids.fresh(now)),
        "outlet": bought.outlet,
        "till": bought.till,
        "bill_ref": bill.bill_ref,
        "hold": bill.hold.token,
        "cash_due": bill.cash_due,
        "tendered": bought.tendered,
        "business_date": business_date(now, closes).isoformat(),
        "at": write_moment(now),
        "next_at": time.time() + _COUNTER_S,
    }


def _not_sold(reason: str) -> web.Response:
    return json_answer({"word": "not_sold", "reason": reason, "cash_back": 0}, status=200)


def _shown(sale: Sale) -> dict[str, object]:
    """What the customer is told, and the cash handed over the counter."""
    word = {"paid": "paid", "in_doubt": "in_doubt", "unknown": "in_doubt"}.get(
        sale.state, "not_paid"
    )
    kept = sale.state in pos.KEEPS_CASH
    return {
        "pos_number": sale.seq,
        "key": sale.key,
        "word": word,
        "state": sale.state,
        "reason": sale.reason,
        "cash_due": sale.cash_due,
        "change": sale.tendered - sale.cash_due if kept else 0,
        "cash_back": 0 if kept else sale.tendered,
        "payment": sale.payment,
        "receipt_number": sale.receipt,
        "slip": sale.slip,
    }
