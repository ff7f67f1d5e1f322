"""A drill from nothing to its finding: the answer first, then a city in which the thing stops, and
what its people meet, pair by pair, until it is back and every doubt has ended."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import aiohttp
from msgspec import Struct
from msgspec.structs import replace

from cashlane.audit.verify import verify
from cashlane.core.concentration import Outcome, what_if
from cashlane.core.drill import (
    MUTE,
    Finding,
    PairSeen,
    Seen,
    Thing,
    expected,
    expected_before,
    stopped,
)
from cashlane.core.network import Network
from cashlane.core.routing import Outlook
from cashlane.home import Home, Settings, home, settings
from cashlane.store.audit import reading
from cashlane.store.connect import open_pool
from cashlane.store.lives import Lives
from cashlane.store.shelf import Shelf
from cashlane.trial.drill.double import Double, Pair, make_double
from cashlane.trial.drill.stopping import Outage
from cashlane.trial.drill.traffic import NOTHING, Met, Traffic
from cashlane.trial.station import Addresses, Station, free_port
from cashlane.values.text import Text

TWICE = 2
"""A pair has come to an end when two people on end met the same."""
ROUND_S, LATER_S = 0.5, 2.0
"""Between two people of a pair: the first ten come soon one after the other, the rest do not."""
SOON = 10
PAIRS_MOST = 200
"""Pairs of one drill, those that the stop touches first: a small machine plays no whole country."""
SALE_S = 45.0
"""A host asks again a few times before it says anything; then its answer is lost."""
UNDER_WAY_S = 1.0
"""Before the hub stops, payments get so far that they have been sent and not been answered."""
SLOW_MS = 3_000
"""Longer than UNDER_WAY_S, shorter than what a route is given."""
Tell = Callable[[Text], None]


class Patience(Struct, frozen=True):
    """How long people go on in each part of a drill, in seconds."""

    before_s: float
    stopped_s: float
    settle_s: float


PATIENCE = Patience(before_s=20.0, stopped_s=60.0, settle_s=180.0)
"""A city that is whole takes every payment at once; moving takes seconds where it works at all; and
the third enquiry about what is in doubt comes after a minute."""


class Order(Struct, frozen=True):
    """What to drill. `spoilt` parties misbehave as well, unknown to the prediction (code ->
    behaviour): a drill that cannot fail proves nothing."""

    thing: Thing
    spoilt: Mapping[str, str]
    patience: Patience


def drill(live: Home, network: Network, outlook: Outlook, order: Order, tell: Tell) -> Finding:
    """Drill one thing of a network in a city of its own, which is gone afterwards."""
    tell(_MAKING)
    with _ground() as house:
        double = asyncio.run(make_double(live, house, network, outlook))
        station = Station(house, lambda _: None, port=free_port(), revive=True)
        with station.running() as at:
            return asyncio.run(_drill(double, at, order, tell))


@contextmanager
def _ground() -> Iterator[Home]:
    """A folder with a database that runs while the block does."""
    with tempfile.TemporaryDirectory(prefix="cashlane-drill-") as folder:
        house = home(_apart(Path(folder)))
        house.cluster.start()
        try:
            yield house
        finally:
            house.cluster.stop()


def _apart(folder: Path) -> Settings:
    """An embedded database, wherever the live one is."""
    return replace(settings(folder), database_url=None)


async def _drill(double: Double, at: Addresses, order: Order, tell: Tell) -> Finding:
    pool = await open_pool(double.house.databases().watch, size=2)
    timeout = aiohttp.ClientTimeout(total=SALE_S)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as http:
            traffic = Traffic(
                double, at.parties, http, Lives(pool, Shelf(pool, double.house.settings.archive))
            )
            outage = Outage(double, at.parties, http)
            return await Drill(double, order, traffic, outage, tell).run()
    finally:
        await pool.close()


class Drill:
    """One drill in a city that runs."""

    def __init__(
        self, double: Double, order: Order, traffic: Traffic, outage: Outage, tell: Tell
    ) -> None:
        self._double = double
        self._order = order
        self._thing, self._patience = order.thing, order.patience
        self._traffic = traffic
        self._outage = outage
        self._tell = tell
        self._stopped_at = 0.0
        self._moving: set[Pair] = set()
        self._moved_ms: dict[Pair, int] = {}
        self._left_out = 0
        self._back_ms: int | None = None

    async def run(self) -> Finding:
        """Before, during and after the stop."""
        predicted = self._predict()
        self._tell(_BEFORE.fill(count=len(predicted)))
        before = await self._before(predicted)
        async with asyncio.TaskGroup() as under_way:
            after = await self._stop_and_watch(predicted, under_way)
        unsettled = await self._settle()
        return self._finding(predicted, before, after, unsettled)

    def _predict(self) -> dict[Pair, Outcome]:
        double = self._double
        what = stopped(self._thing, double.network)
        assert what is not None, "the caller asks about things of the network only"
        impact = what_if(what, double.network, double.outlook, double.now())
        served = set(self._traffic.pairs)
        found = [one for one in impact.pairs if (one.agent, one.biller) in served]
        touched_first = sorted(found, key=lambda one: one.outcome == "untouched")[:PAIRS_MOST]
        self._left_out = len(impact.pairs) - len(touched_first)
        return {(one.agent, one.biller): one.outcome for one in touched_first}

    async def _before(self, predicted: Mapping[Pair, Outcome]) -> dict[Pair, Met]:
        """Everybody pays once by the way that leads."""
        met = await self._until(_as_before(predicted), once=1, patience_s=self._patience.before_s)
        if not await self._all_settled(self._patience.before_s):
            self._traffic.doubts.clear()
        return met

    async def _stop_and_watch(
        self, predicted: Mapping[Pair, Outcome], under_way: asyncio.TaskGroup
    ) -> dict[Pair, Met]:
        kind = self._thing.kind
        for party, behaviour in self._order.spoilt.items():
            await self._outage.order(party, behaviour)
        if kind == "hub":
            await self._outage.slow_routes(SLOW_MS)
            for pair in {agent: (agent, biller) for agent, biller in predicted}.values():
                under_way.create_task(self._pay_under_way(pair))
            await asyncio.sleep(UNDER_WAY_S)
        self._tell(_STOPPING.fill(thing=self._thing.spelled()))
        await self._outage.stop(self._thing)
        self._stopped_at = time.monotonic()
        self._moving = {pair for pair, one in predicted.items() if one in {"moves", "moves_cold"}}
        wanted = {pair: expected(kind, outcome) for pair, outcome in predicted.items()}
        met = await self._until(wanted, once=TWICE, patience_s=self._patience.stopped_s)
        self._tell(_STARTING.fill(thing=self._thing.spelled()))
        await self._outage.start(self._thing)
        if kind in MUTE:
            await self._come_back(predicted)
        return met

    async def _pay_under_way(self, pair: Pair) -> None:
        """A payment that the stop meets on its way: it must have an end afterwards, whatever its
        counter was told meanwhile."""
        met = await self._traffic.pay(pair)
        if met is not None and met.payment is not None:
            self._traffic.doubts.add(met.payment)

    async def _come_back(self, predicted: Mapping[Pair, Outcome]) -> None:
        """Until everybody is served again as before the stop."""
        began = time.monotonic()
        wanted = _as_before(predicted)
        met = await self._until(wanted, once=1, patience_s=self._patience.stopped_s)
        if all(pair in met and met[pair].seen in wanted[pair] for pair in wanted):
            self._back_ms = round((time.monotonic() - began) * 1000)
            self._tell(_SERVED.fill(seconds=f"{self._back_ms / 1000:.1f}"))

    async def _until(
        self, wanted: Mapping[Pair, frozenset[Seen]], *, once: int, patience_s: float
    ) -> dict[Pair, Met]:
        """People pay at every pair until each has met what is wanted so often on end, or patience
        ends; what each met last."""
        met: dict[Pair, Met] = {}
        until = time.monotonic() + patience_s

        async def one(pair: Pair) -> None:
            people = right = 0
            while right < once and time.monotonic() < until:
                paid = await self._traffic.pay(pair)
                if paid is None:
                    return
                met[pair] = paid
                self._note_move(pair, paid)
                people, right = people + 1, right + 1 if paid.seen in wanted[pair] else 0
                if right < once:
                    await asyncio.sleep(ROUND_S if people < SOON else LATER_S)

        await asyncio.gather(*(one(pair) for pair in wanted))
        return met

    def _note_move(self, pair: Pair, met: Met) -> None:
        if met.seen == "other" and pair in self._moving and pair not in self._moved_ms:
            ms = round((time.monotonic() - self._stopped_at) * 1000)
            self._moved_ms[pair] = ms
            if len(self._moved_ms) == 1:
                self._tell(_MOVED.fill(seconds=f"{ms / 1000:.1f}", way=met.way))

    async def _settle(self) -> int:
        """Wait until everything that was in doubt has its end; how many have none in time."""
        self._tell(_SETTLING.fill(count=len(self._traffic.doubts)))
        return await self._all_settled(self._patience.settle_s)

    async def _all_settled(self, patience_s: float) -> int:
        until = time.monotonic() + patience_s
        while (left := await self._traffic.unsettled()) and time.monotonic() < until:
            await asyncio.sleep(ROUND_S)
        return len(left)

    def _finding(
        self,
        predicted: Mapping[Pair, Outcome],
        before: Mapping[Pair, Met],
        after: Mapping[Pair, Met],
        unsettled: int,
    ) -> Finding:
        network, moved = self._double.network, self._moved_ms
        pairs = []
        for (agent, biller), outcome in predicted.items():
            met = after.get((agent, biller), NOTHING)
            codes = network.agents[agent].code, network.billers[biller].code
            seen = before.get((agent, biller), NOTHING).seen
            pairs.append(PairSeen(*codes, outcome, seen, met.seen, met.way, met.word))
        return Finding(
            thing=self._thing,
            pairs=tuple(pairs),
            left_out=self._left_out,
            moved_ms=min(moved.values(), default=None),
            moved_all_ms=max(moved.values(), default=None),
            back_ms=self._back_ms,
            payments=self._traffic.payments,
            doubts=len(self._traffic.doubts),
            unsettled=unsettled,
            books_agree=self._books_agree(),
        )

    def _books_agree(self) -> bool:
        with reading(self._double.house.databases().watch) as books:
            return verify(books).clean


def _as_before(predicted: Mapping[Pair, Outcome]) -> dict[Pair, frozenset[Seen]]:
    return {pair: frozenset({expected_before(one)}) for pair, one in predicted.items()}


_MAKING = Text("正在搭建演练城市……", "making the drill's own city ...")
_BEFORE = Text(
    "停摆之前：{count} 对机构与收费单位各缴一笔",
    "before the stop: one payment for each of {count} pairs of agent and biller",
)
_STOPPING = Text("{thing} 停摆", "{thing} stops")
_MOVED = Text(
    "{seconds} 秒后第一笔缴费改走 {way}", "after {seconds} s the first payment goes by {way}"
)
_STARTING = Text("{thing} 恢复", "{thing} is back")
_SERVED = Text("{seconds} 秒后各对又都能缴费", "after {seconds} s every pair is served again")
_SETTLING = Text("等 {count} 笔未决的缴费查明", "waiting for {count} payments in doubt to settle")
