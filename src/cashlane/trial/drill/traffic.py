"""The traffic of a drill: people who pay at the counters of every pair, and what each met."""

import asyncio
from collections.abc import Iterator, Mapping
from uuid import UUID

import aiohttp
import msgspec
from msgspec import Struct

from cashlane.core.bill import Bill
from cashlane.core.drill import Seen
from cashlane.core.payment import IN_DOUBT, State
from cashlane.core.routing import way_states
from cashlane.store.lives import Lives
from cashlane.trial.counter import in_notes
from cashlane.trial.drill.double import Counter, Double, Pair, host_of
from cashlane.values.ids import read_id

AT_ONCE = 24
"""People served at the same moment."""
FEE_ROOM = 5_000
"""Minor units beyond the bill that a person has in hand for a fee."""
CLOSED = frozenset({"NO_ROUTE", "DESK_SILENT", "BILLER_NOTICE", "SERVICE_WITHDRAWN"})
"""Refusals that say that a service is shut; any other says that something else is wrong."""
_UNSETTLED = IN_DOUBT | {State.STOOD_IN}


class Met(Struct, frozen=True):
    """What one person met: how it ended, the route that carried the payment, the network's own word
    where there was one, and the payment where cash was taken."""

    seen: Seen
    way: str | None
    word: str
    payment: str | None


NOTHING = Met("none", None, "", None)


class _Sold(Struct, frozen=True):
    """What a head-office host says of a sale."""

    word: str
    reason: str = ""
    payment: str = ""


class Traffic:
    """Pays one bill after the other for each pair, and counts."""

    def __init__(
        self, double: Double, parties: Mapping[str, str], http: aiohttp.ClientSession, lives: Lives
    ) -> None:
        self._double = double
        self._parties = parties
        self._http = http
        self._lives = lives
        self._bills: dict[Pair, Iterator[Bill]] = {
            pair: iter(bills) for pair, bills in double.bills.items() if double.counters[pair[0]]
        }
        self._leads = {pair: self._lead(pair) for pair in self._bills}
        self._free = asyncio.Semaphore(AT_ONCE)
        self.payments = 0
        self.doubts: set[str] = set()

    @property
    def pairs(self) -> list[Pair]:
        """Every pair with a counter, by number."""
        return sorted(self._bills)

    async def pay(self, pair: Pair) -> Met | None:
        """One person pays one bill; None where the pair has none left."""
        bill = next(self._bills[pair], None)
        if bill is None:
            return None
        async with self._free:
            sold = await self._sell(pair, bill, self._double.counters[pair[0]][0])
        self.payments += 1
        met = NOTHING if sold is None else await self._met(pair, sold)
        if met.payment is not None and met.seen == "none":
            self.doubts.add(met.payment)
        return met

    async def unsettled(self) -> set[str]:
        """Of the payments that were in doubt, those that still are."""
        found = set()
        for payment in self.doubts:
            state, _ = await self._stands(payment)
            if state is None or state in _UNSETTLED:
                found.add(payment)
        return found

    async def _sell(self, pair: Pair, bill: Bill, at: Counter) -> _Sold | None:
        """Cash over the counter; None where the counter got no answer from its own host."""
        network = self._double.network
        host = self._parties[host_of(network.agents[pair[0]].code)]
        body = {
            "outlet": at.outlet,
            "till": at.till,
            "biller": network.billers[pair[1]].code,
            "account": bill.account,
            "tendered": in_notes(bill.amount + FEE_ROOM),
        }
        try:
            async with self._http.post(f"{host}/sell", json=body) as answer:
                return msgspec.json.decode(await answer.read(), type=_Sold)
        except (aiohttp.ClientError, TimeoutError, OSError, msgspec.DecodeError):
            return None

    async def _met(self, pair: Pair, sold: _Sold) -> Met:
        if not sold.payment:
            shut = sold.reason in CLOSED
            return Met("refused" if shut else "none", None, sold.reason, None)
        state, route = await self._stands(sold.payment)
        if state is not State.CONFIRMED or route is None:
            return Met("none", None, sold.word, sold.payment)
        way = self._double.network.routes[route].code
        seen: Seen = "first" if route == self._leads[pair] else "other"
        return Met(seen, way, sold.word, sold.payment)

    async def _stands(self, payment: str) -> tuple[State | None, int | None]:
        """A payment's state in the books, and the route that carried it."""
        ident: UUID | None = read_id("pay", payment)
        life = None if ident is None else await self._lives.of(ident)
        if life is None:
            return None, None
        return life.payment.state, life.payment.carried_by or None

    def _lead(self, pair: Pair) -> int | None:
        """The route that leads before anything stops."""
        double = self._double
        contract = double.network.contracts[pair]
        states = way_states(contract, double.outlook, double.now())
        return next((one.way.route for one in states if one.share), None)
