"""The worker raises the alarm about an outlet that stopped, and a payment or a word ends it; all of
it over a real database, with payments taken by the rules."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from cashlane.core.bill import Bill
from cashlane.core.network import Network
from cashlane.core.quote import Quote, price
from cashlane.core.refusals import Refused
from cashlane.core.routing import CLEAR, Outlook
from cashlane.home import Databases
from cashlane.registry.silence import JUDGE_S, LOOK_S, NOTE_MOST, SilenceDesk, SilenceWatch
from cashlane.store.claims import Claims
from cashlane.store.connect import connect, open_pool
from cashlane.store.days import cut_day, latest_day, open_day
from cashlane.store.errands import Errands
from cashlane.store.network import put_charter, read_network
from cashlane.store.outlets import counts
from cashlane.store.payments import Books
from cashlane.store.silence import SilenceRows
from tests.core.ways import ill, permit
from tests.store.books import OPENING, Counter
from tests.store.street import street

FIRST = date(2026, 1, 14)
A_DAY = 40
GHOST = 3
"""The second agent's only outlet: half of all payments come there."""


class Taking(Counter):
    """A counter at which only some agents' outlets take anything."""

    agents: tuple[int, ...] = (1, 2)

    def _priced(self, bill: Bill, amount: int) -> Quote:
        biller = self.network.billers[bill.biller]
        contract = self.network.contracts[self.chance.choice(self.agents), bill.biller]
        quote = price(
            self.network, biller, permit(contract), bill, amount=amount, now=self.wall.now()
        )
        assert isinstance(quote, Quote), quote
        return quote


class Town:
    """A network whose days go by, with the worker's duty looking at it."""

    def __init__(self, ways: Databases, counter: Taking, desk: SilenceDesk) -> None:
        self._ways = ways
        self.counter, self.desk = counter, desk
        self.watch = SilenceWatch(desk)
        self.outlook = CLEAR

    async def days(self, many: int) -> None:
        """So many business days with their payments; each is cut, and the worker looks."""
        for _ in range(many):
            await self.counter.take(A_DAY)
            with connect(self._ways.hub) as hub:
                day = latest_day(hub)
                assert day is not None
                now = self.counter.wall.tick()
                cut_day(hub, day.business_date, now=now)
                open_day(hub, day.business_date + timedelta(days=1), now=now)
            self.counter.wall._at += timedelta(days=1)
            await self.watch.round()

    async def later(self, seconds: float) -> int:
        """What the worker finds to do so much later."""
        self.counter.wall._at += timedelta(seconds=seconds + 1)
        return await self.watch.round()

    def network(self) -> Network:
        """The network's picture as everybody reads it now."""
        with connect(self._ways.hub) as hub:
            day = latest_day(hub)
            assert day is not None
            network = read_network(hub, day.business_date)
        assert network is not None
        return network

    async def say(self, kind: str, note: str, back_on: date | None = None) -> Refused | None:
        """What somebody says about the ghost."""
        self.counter.wall.tick()
        return await self.desk.say(GHOST, kind=kind, back_on=back_on, note=note, actor="op-1")


def in_town(ways: Databases, scenario: Callable[[Town], Awaitable[None]]) -> None:
    """Play a scenario in a town that has worked for twenty days."""

    async def play() -> None:
        hub, watch = await open_pool(ways.hub, size=2), await open_pool(ways.watch, size=2)
        try:
            await scenario(await _begun(ways, hub, watch))
        finally:
            await hub.close()
            await watch.close()

    asyncio.run(play())


async def _begun(ways: Databases, hub: object, watch: object) -> Town:
    with connect(ways.hub) as direct:
        put_charter(direct, street())
        open_day(direct, FIRST, now=OPENING)
        network = read_network(direct, FIRST)
    assert network is not None
    counter = Taking(Books(hub), Claims(hub), Errands(hub), network, 5)  # type: ignore[arg-type]
    town: list[Town] = []

    def outlook() -> Outlook:
        return town[0].outlook

    rows = SilenceRows(hub, watch)  # type: ignore[arg-type]
    desk = SilenceDesk(rows, lambda: network, outlook, counter.wall)
    town.append(Town(ways, counter, desk))
    await town[0].days(20)
    return town[0]


def test_an_outlet_that_stops_is_an_alarm_until_it_takes_a_payment(ways: Databases) -> None:
    async def scenario(town: Town) -> None:
        assert town.network().silent == {}
        town.counter.agents = (1,)
        await town.days(2)
        assert town.network().silent == {GHOST: False}
        (alarm,) = await town.desk.of_outlet(GHOST)
        assert (alarm.last, alarm.basis, alarm.words) == (FIRST + timedelta(days=19), "own", ())
        assert alarm.through <= FIRST + timedelta(days=21)
        # It is raised once, however often the worker looks.
        assert await town.later(JUDGE_S) == 0
        await town.days(1)
        assert len(await town.desk.of_outlet(GHOST)) == 1
        assert await _took_cash(ways) == {"post": 2, "harbour-mart": 0}

        back_on = FIRST + timedelta(days=25)
        assert await town.say("acknowledged", "called the shop; reader broken", back_on) is None
        assert town.network().silent == {GHOST: True}

        town.counter.agents = (2,)
        await town.counter.take(4)
        await town.later(LOOK_S)
        assert town.network().silent == {}
        (alarm,) = await town.desk.of_outlet(GHOST)
        said, ended = alarm.words
        assert (said.kind, said.note, said.back_on, said.actor) == (
            "acknowledged", "called the shop; reader broken", back_on, "op-1",
        )  # fmt: skip
        assert (ended.kind, ended.why, ended) == ("cleared", "payment", alarm.cleared)
        again = (one.payment for one in town.counter.lives.values()
                 if one.payment.outlet == GHOST
                 and one.payment.business_date > alarm.through)  # fmt: skip
        assert ended.payment == min(again, key=lambda one: one.receipt).id
        assert await _took_cash(ways) == {"post": 2, "harbour-mart": 1}

    in_town(ways, scenario)


def test_a_word_ends_it_and_silence_counts_anew(ways: Databases) -> None:
    async def scenario(town: Town) -> None:
        refused = await town.say("acknowledged", "nothing to say it about")
        assert refused is not None
        assert refused.code == "NOT_FOUND"
        town.counter.agents = (1,)
        await town.days(2)
        for kind, note in (("cleared", ""), ("cleared", "x" * (NOTE_MOST + 1)), ("gone", "why")):
            refused = await town.say(kind, note)
            assert refused is not None
            assert refused.code == "MALFORMED"
        assert await town.say("cleared", "open all day; nobody came") is None
        assert town.network().silent == {}
        assert await town.later(JUDGE_S) == 0
        await town.days(2)
        assert town.network().silent == {GHOST: False}
        again, before = await town.desk.of_outlet(GHOST)
        assert (again.through > before.through, before.cleared) == (True, before.words[0])

    in_town(ways, scenario)


def test_an_outage_is_told_apart(ways: Databases) -> None:
    async def scenario(town: Town) -> None:
        town.counter.agents = (1,)
        town.outlook = ill(1, 2)
        await town.later(LOOK_S)
        await town.days(2)
        assert town.network().silent == {}
        assert (await town.desk.look()).each[GHOST].verdict == "shut"
        # The way is open again: the days of the outage are still not held against it.
        town.outlook = CLEAR
        assert await town.later(JUDGE_S) == 0
        assert (await town.desk.look()).each[GHOST].days == 0

    in_town(ways, scenario)


def test_before_a_day_was_cut_there_is_nothing_to_say(ways: Databases) -> None:
    async def play() -> None:
        hub, watch = await open_pool(ways.hub, size=1), await open_pool(ways.watch, size=1)
        try:
            with connect(ways.hub) as direct:
                put_charter(direct, street())
                open_day(direct, FIRST, now=OPENING)
                network = read_network(direct, FIRST)
            assert network is not None
            counter = Taking(Books(hub), Claims(hub), Errands(hub), network, 5)
            counter.wall.tick()
            rows = SilenceRows(hub, watch)
            desk = SilenceDesk(rows, lambda: network, lambda: CLEAR, counter.wall)
            assert await SilenceWatch(desk).round() == 0
            assert (await desk.look()).through is None
        finally:
            await hub.close()
            await watch.close()

    asyncio.run(play())


async def _took_cash(ways: Databases) -> dict[str, int]:
    pool = await open_pool(ways.watch, size=1)
    try:
        with connect(ways.hub) as hub:
            day = latest_day(hub)
        assert day is not None
        since = day.business_date - timedelta(days=14)
        return {
            one.agent: one.took_cash
            for one in await counts(pool, on=day.business_date, since=since)
        }
    finally:
        await pool.close()
