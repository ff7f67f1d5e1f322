"""The act in which the company in the middle stops: new payments take another way, one in doubt
does not, and is settled when its own route answers again."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cashlane.adapters.clock import SystemClock
from cashlane.core.network import Network
from cashlane.core.payment import FactKind
from cashlane.core.routing import is_shut
from cashlane.home import Home, clock_offset
from cashlane.main import network_of
from cashlane.store.connect import Pool, open_pool
from cashlane.store.lives import Lives
from cashlane.store.routes import Routes
from cashlane.store.shelf import Shelf
from cashlane.trial.tour.clerk import Clerk, new_key
from cashlane.trial.tour.lines import Line, Lines, line, not_done
from cashlane.values.ids import read_id
from cashlane.values.text import Text

ROUTE = "aggregator-a"
OUTLET, TILL, AGENT = "a-0001", "1", "chain-a"
"""A store whose chain reaches the billers by Aggregator A, with Bank B kept warm."""
EVERY_MS = 200
"""How long each citizen of the act waits for a word before the next one pays."""
MOVES_WITHIN_S = 60.0
"""By then new payments have taken another way, or the act has failed."""
SETTLED_WITHIN_S = 120.0
"""How long what was in doubt may take once its route answers again."""

_STOP = Text("甲聚合商停摆：不再回答任何报文", "Aggregator A stops: it answers nothing any more")
_DOUBT = Text(
    "缴费 {payment} 已发出而没有回答：结果待定，留在甲聚合商",
    "payment {payment} was sent and not answered: IN DOUBT, and it stays with Aggregator A",
)
_MOVED = Text(
    "{seconds} 秒后新的缴费改走{route}：已缴费，收据 {number}",
    "after {seconds} s a new payment goes by {route}: PAID, receipt {number}",
)
_STAYED = Text(
    "停摆期间 {count} 笔待定，一笔也没有改道，一分现金也没有退",
    "{count} in doubt meanwhile: none has moved, and no cash went back",
)
_BACK = Text("甲聚合商恢复应答", "Aggregator A answers again")
_SETTLED = Text(
    "待定的 {count} 笔由原通道查明：全部已缴费，没有一笔重复",
    "the {count} in doubt are settled by their own route: all PAID, none twice",
)
_LATER = Text(
    "甲聚合商先有 10 分钟全数应答，再接一成、一半、全部的缴费",
    "Aggregator A must answer everything for ten minutes, then takes a tenth, a half, all again",
)
_SHUT = Text(
    "甲聚合商刚停过，仍在逐步恢复；请二十分钟后再演",
    "Aggregator A stopped a while ago and is still coming back; play this again in 20 minutes",
)
_STUCK = Text("一分钟内没有改道", "no payment took another way within a minute")
_OPEN = Text("{count} 笔没有及时查明", "{count} were not settled in time")


async def stop(clerk: Clerk) -> Lines:
    """Aggregator A falls silent under a stream of payments."""
    counter = clerk.elsewhere(agent=AGENT, outlet=OUTLET, till=TILL)
    async with _looking(clerk.house) as books:
        if await books.is_shut():
            yield line("bad", _SHUT)
            return
        await clerk.order("silent", routes=(ROUTE,))
        yield line("act", _STOP)
        doubts: list[str] = []
        try:
            async for one in _until_moved(counter, books, doubts):
                yield one
            stayed = [await books.carriers(payment) for payment in doubts]
        finally:
            await clerk.behave()
        assert all(routes <= {ROUTE} for routes in stayed), "what is in doubt never moves"
        yield line("fact", _STAYED, count=len(doubts))
        yield line("act", _BACK)
        yield await _settled(counter, doubts)
        yield line("fact", _LATER)


async def _until_moved(counter: Clerk, books: "_Books", doubts: list[str]) -> Lines:
    """Payments one after the other, until one of them is paid by another way than it would be."""
    began = time.monotonic()
    while time.monotonic() - began < MOVES_WITHIN_S:
        paid = await counter.pay(await counter.scan("city-power"), new_key())
        if paid.status != 201:
            yield not_done(paid)
            return
        payment = paid.body["payment"]
        word = (await counter.status(payment, EVERY_MS)).get("word")
        carriers = await books.carriers(payment)
        if word == "paid" and ROUTE not in carriers and await books.is_shut():
            seconds, number = f"{time.monotonic() - began:.1f}", paid.body["receipt_number"]
            name = books.name(carriers)
            yield line("good", _MOVED, seconds=seconds, route=name, number=number)
            return
        stays = word == "in_doubt" and carriers == {ROUTE}
        if stays:
            doubts.append(payment)
        if stays and len(doubts) == 1:
            yield line("fact", _DOUBT, payment=paid.body["receipt_number"])
    yield line("bad", _STUCK)


async def _settled(counter: Clerk, doubts: list[str]) -> Line:
    """Every one that was in doubt, once its own route answers again."""
    end, left = time.monotonic() + SETTLED_WITHIN_S, list(doubts)
    while left and time.monotonic() < end:
        words = [(await counter.status(one, 2000)).get("word") for one in left]
        left = [one for one, word in zip(left, words, strict=True) if word != "paid"]
    if left:
        return line("bad", _OPEN, count=len(left))
    return line("good", _SETTLED, count=len(doubts))


class _Books:
    """What the books say, read beside the API."""

    def __init__(self, house: Home, network: Network, hub: Pool, watch: Pool) -> None:
        self._clock = SystemClock(clock_offset(house))
        self._network = network
        self._routes = Routes(hub)
        self._lives = Lives(watch, Shelf(watch, house.settings.archive))

    async def is_shut(self) -> bool:
        """Whether Aggregator A is known to take nothing now."""
        now = self._clock.now()
        outlook = await self._routes.outlook(now)
        route = next(one for one in self._network.routes.values() if one.code == ROUTE)
        return is_shut(outlook, route.number, now)

    async def carriers(self, payment: str) -> set[str]:
        """The routes by which a payment was sent."""
        ident = read_id("pay", payment)
        life = None if ident is None else await self._lives.of(ident)
        facts = () if life is None else life.facts
        sent = {fact.route for fact in facts if fact.kind is FactKind.SENT}
        return {self._network.routes[number].code for number in sent}

    def name(self, codes: set[str]) -> Text:
        """The name of the one route."""
        return next(one.name for one in self._network.routes.values() if one.code in codes)


@asynccontextmanager
async def _looking(house: Home) -> AsyncIterator[_Books]:
    ways = house.databases()
    network = await asyncio.to_thread(network_of, house)
    hub, watch = await open_pool(ways.hub, size=1), await open_pool(ways.watch, size=1)
    try:
        yield _Books(house, network, hub, watch)
    finally:
        await hub.close()
        await watch.close()
