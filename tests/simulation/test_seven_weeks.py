"""A way is silent for seven weeks, under 4,407 outlets. Whoever has a warm spare loses nothing
after the first minute; all others are named within it; and when it is back, all is settled once.
"""

from collections import Counter as Count
from collections.abc import Iterator, Sequence
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from structlog.testing import capture_logs

from cashlane.core.asks import Accepted, PayAsk
from cashlane.core.bill import Bill, BillKey
from cashlane.core.health import Condition, Scope
from cashlane.core.network import NO_STAND_IN, Contract, Network, Outlet, Till, Way
from cashlane.core.outlet import standing
from cashlane.core.payment import FactKind, State
from cashlane.core.ports import BillsFound, Delivery, DeskAnswer
from cashlane.core.refusals import Refused
from cashlane.core.routing import RouteNotice
from cashlane.core.truth import everywhere, reason
from cashlane.core.withdrawal import countdown
from cashlane.switch import relay
from cashlane.switch.chase import BUDGET_SHARE
from cashlane.switch.inquire import Inquiry, Offer
from cashlane.values.ids import BUCKETS
from cashlane.values.text import Text
from tests.simulation.bell import Bell
from tests.simulation.billers import SimBiller
from tests.simulation.chance import Chance
from tests.simulation.clock import SimClock
from tests.simulation.doubts import Doubts
from tests.simulation.faults import CLASSES, Faults, Span
from tests.simulation.kernel import Kernel, Process
from tests.simulation.programs import Around, Counter, Worker
from tests.simulation.routes import SimRoute, final_after_s
from tests.simulation.server import Server
from tests.simulation.street import BILLERS, DRAWER_MOST, ROUTES, network
from tests.simulation.tables import LimitRow, Tables
from tests.simulation.twin import Calm

START = datetime(2026, 1, 13, 16, 0, tzinfo=UTC)
"""Midnight in Shanghai."""
HOUR_S, DAY_S = 3_600.0, 86_400.0
SILENT_AT = DAY_S + 10 * HOUR_S
BACK_AT = SILENT_AT + 49 * DAY_S
NAMED_WITHIN_S = 60.0
DRAINED_WITHIN_S = 3 * HOUR_S
"""The next enquiry is half an hour away, the way proves itself for ten minutes, and so on."""
POST, STORES, PLAIN = 1, 2, 3
OUTLETS = {POST: 504, STORES: 2_400, PLAIN: 1_503}
"""Agents and how many outlets each has; only the stores have a spare way."""
BILLER, FIRST, SPARE = BILLERS["repeats"], ROUTES["bank"], ROUTES["far-bank"]
PER_SECOND = 20
AMOUNT = 5_000
IN_DOUBT, ON_THE_WAY = 16, 24
"""Payments that the silence meets on the wire, and between the offer and the cash."""
QUICK, SLOW = ((1.0,), 0.2), ((900.0,), HOUR_S)
"""Rests and lateness of relays: as production's nearly, and in weeks where nothing changes."""


def _network() -> Network:
    """One biller; three agents, of which one has a spare way that is kept warm."""
    street, outlets = network(), dict(_outlets())
    first, spare = Way(FIRST, "certified", 0, 0), Way(SPARE, "certified", 50_000, 0)
    contracts = {
        (agent, BILLER): Contract(
            agent, BILLER, (first, spare) if agent == STORES else (first,), 1, 10**6
        )
        for agent in OUTLETS
    }
    routes = {}
    for number in (FIRST, SPARE):
        manifest = structs.replace(street.routes[number].manifest, per_second=PER_SECOND)
        routes[number] = structs.replace(
            street.routes[number], manifest=manifest, billers=(BILLER,)
        )
    return structs.replace(
        street, billers={BILLER: street.billers[BILLER]}, routes=routes, contracts=contracts,
        agents={agent: structs.replace(street.agents[1], number=agent, code=f"agent-{agent}")
                for agent in OUTLETS},
        outlets=outlets, tills={number: Till(number, "1", number) for number in outlets},
        stand_in=NO_STAND_IN,
    )  # fmt: skip


def _outlets() -> Iterator[tuple[int, Outlet]]:
    agents = [agent for agent, count in OUTLETS.items() for _ in range(count)]
    for number, agent in enumerate(agents, 1):
        yield number, Outlet(
            number, f"o-{number}", Text("网点", f"outlet {number}"), agent, "b", "d",
            number % BUCKETS, DRAWER_MOST, False,
        )  # fmt: skip


class Timed(SimRoute):
    """A way that remembers when it was bothered."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.sent_at: list[float] = []
        self.asked_at: list[float] = []

    async def send(self, deliveries: Sequence[Delivery]) -> Sequence[Any]:
        """Payments come."""
        self.sent_at += [self._kernel.time()] * len(deliveries)
        return await super().send(deliveries)

    async def enquire(self, deliveries: Sequence[Delivery]) -> Sequence[Any]:
        """Questions come."""
        self.asked_at += [self._kernel.time()] * len(deliveries)
        return await super().enquire(deliveries)


class Desk:
    """The biller's own desk is well all the time, and hears of the cash that waits."""

    async def inquire(self, key: BillKey) -> DeskAnswer:
        """Every bill is owed."""
        assert key.ref is not None
        bill = Bill(BILLER, key.ref, key.account, "202601", AMOUNT, None, "合成")
        return BillsFound((bill,))

    async def keep_on(self, taken: Sequence[Delivery]) -> bool:
        """It takes every notice."""
        return True


class City:
    """All outlets, one program for their counters and one that carries."""

    def __init__(self) -> None:
        chance, self.kernel, self.network = Chance(1), Kernel(), _network()
        self._draw = chance.of("city")
        faults = Faults(chance, dropped=frozenset(CLASSES), most=1 << 60)
        faults.has |= {"silent": True, "partition": True}
        # The first requests still arrive; only their answers are lost.
        cut = Span(SILENT_AT, SILENT_AT + 3, f"cut-back:{FIRST}")
        faults.plan("partition", cut)
        faults.plan("silent", Span(SILENT_AT + 3, BACK_AT, f"silent:{FIRST}"))
        self.tables = Tables(self.network)
        for one in self.network.outlets.values():
            today = self._date(0)
            self.tables.limits[one.bucket, 1, one.number] = LimitRow(0, DRAWER_MOST, today, 0)
        self.tables.days[self._date(0)] = True
        self.biller = SimBiller(BILLER, "repeats", chance.of("biller"))
        self.wrong: list[str] = []
        doubts = Doubts(self.wrong.append, self.kernel.time, final_after_s())
        self.routes = {
            number: Timed(
                number, self.network.routes[number].code, {self.biller.code: self.biller},
                self.kernel, faults, chance.of("route", number), Context(), [], doubts,
            )
            for number in (FIRST, SPARE)
        }  # fmt: skip
        server = Server(self.kernel, self.tables, Calm(), chance.of("server"))
        self._server = server
        self._late_s = QUICK[1]
        around = Around(
            self.kernel, server, self.network, self.routes, {BILLER: Desk()},
            lambda _: SimClock(self.kernel.time, START, lambda _: 0.0),
            lambda _: chance.of("noise").getrandbits, Bell(self.kernel, self.tables),
            lambda: self._late_s, self.wrong.append,
        )  # fmt: skip
        self.counter = Counter("counter", around, Process("counter", self.kernel))
        self.worker = Worker("worker", around, Process("worker", self.kernel), ())
        self.refused: Count[tuple[int, str]] = Count()
        self.accepted: Count[int] = Count()
        self._visits = 0
        self.kernel.call_at(DAY_S, self._cut)

    def _date(self, days: int) -> Any:
        return (START + timedelta(days=days, hours=8)).date()

    def _cut(self) -> None:
        """Every midnight the business day is cut, and the next one begins."""
        assert not self._server.sharers
        day = round(self.kernel.time() / DAY_S)
        self.tables.days[self._date(day - 1)] = False
        self.tables.days[self._date(day)] = True
        self.kernel.call_at((day + 1) * DAY_S, self._cut)

    # -- people ----------------------------------------------------------------------------------

    def comes(self, agent: int, at: float, *, counts_s: float) -> None:
        """Somebody comes to one of an agent's outlets, and counts cash for so long."""
        self.kernel.call_at(at, self._serve, agent, counts_s)

    def _serve(self, agent: int, counts_s: float) -> None:
        self._visits += 1
        before = sum(count for other, count in OUTLETS.items() if other < agent)
        outlet = before + 1 + self._visits * 37 % OUTLETS[agent]
        self.counter.process.spawn(self._pay(agent, outlet, f"b{self._visits}", counts_s))

    async def _pay(self, agent: int, outlet: int, ref: str, counts_s: float) -> None:
        inquiry = Inquiry(outlet, outlet, BillKey(BILLER, "a", ref, None), True, None)
        offer = await self.counter.answer("hold", inquiry)
        if isinstance(offer, Refused):
            self.refused[agent, offer.code] += 1
            return
        assert isinstance(offer, Offer)
        hold = offer.lines[0].hold
        assert hold is not None
        await self.kernel.pause(counts_s)
        key = UUID(int=self._draw.getrandbits(128))
        cash = hold.quote.cash_due
        ask = PayAsk(outlet, outlet, key, key, hold, cash, None, None, "sim")
        found = await self.counter.answer("pay", ask)
        assert isinstance(found, Accepted), found
        self.accepted[agent] += 1

    # -- looking ---------------------------------------------------------------------------------

    def run(self, until: float, pace: tuple[tuple[float, ...], float]) -> None:
        """Go on to this moment, relays resting so long."""
        relay.IDLE_S, self._late_s = pace
        self.kernel.run(until=until, over=lambda: False)

    def now(self) -> datetime:
        """The moment, as clocks show it."""
        return START + timedelta(seconds=self.kernel.time())

    def taking(self) -> dict[int, int]:
        """At how many outlets of each agent the bills can be paid, by what counters are told."""
        rows = everywhere(self.network, self.counter.outlook(), self.now())
        return {row.agent: row.taking for row in rows}

    def closed(self) -> dict[int, set[int]]:
        """The outlets that are closed, each asked about for itself and with a reason."""
        whose, outlook, found = self.network.billers[BILLER], self.counter.outlook(), {}
        for agent in OUTLETS:
            found[agent] = set()
        for outlet in self.network.outlets.values():
            stands = standing(self.network, outlet, whose, self.now(), outlook)
            if stands.refused is not None:
                assert reason(stands).en == "the way does not answer"
                assert stands.since is not None
                found[outlet.agent].add(outlet.number)
        return found

    def paid(self, states: set[State]) -> list[Any]:
        """Payments in one of these states."""
        return [row for row in self.tables.payments.values() if row.state in states]

    def routes_of(self, payment: UUID) -> set[int]:
        """By which ways it was sent."""
        return {fact.route for fact in self.tables.facts[payment].values()
                if fact.kind is FactKind.SENT}  # fmt: skip


def _outlets_of(*agents: int) -> set[int]:
    return {number for number, outlet in _outlets() if outlet.agent in agents}


def _busiest(moments: Sequence[float], since: float) -> int:
    """The most that fell into one second."""
    return max(Count(int(one) for one in moments if one >= since).values(), default=0)


@pytest.fixture
def city() -> Iterator[City]:
    idle = relay.IDLE_S
    with capture_logs() as logs:
        found = City()
        yield found
    relay.IDLE_S = idle
    assert found.wrong + found.kernel.troubles == []
    assert not [one for one in logs if one["event"].endswith(".defect")]


def test_seven_weeks_of_silence(city: City, figures: Any) -> None:
    _before(city)
    _first_minute(city)
    doubted = {row.id for row in city.paid({State.SENT, State.UNKNOWN})}
    waiting = {row.id for row in city.paid({State.CASH_IN})}
    # The few that keep the spare warm are not met by the silence.
    assert IN_DOUBT * 3 // 4 <= len(doubted) <= IN_DOUBT
    assert len(waiting) == ON_THE_WAY
    lost = _weeks(city)
    assert {row.id for row in city.paid({State.UNKNOWN})} == doubted
    assert all(city.routes_of(payment) == {FIRST} for payment in doubted)
    took_s = _back(city, doubted, waiting)
    hours = 49 * 24 * (OUTLETS[POST] + OUTLETS[PLAIN])
    assert lost[STORES] == 0
    assert lost[POST] + lost[PLAIN] == pytest.approx(hours, rel=0.001)
    figures(
        f"seven weeks without the first way, {sum(OUTLETS.values())} outlets: 0 outlet-hours lost"
        f" of {OUTLETS[STORES]} with a spare, {hours} of the others, all named within"
        f" {NAMED_WITHIN_S:.0f} s; {len(doubted)} in doubt and {ON_THE_WAY} waiting settled"
        f" {took_s:.0f} s after its return",
        of="simulation",
    )


def _before(city: City) -> None:
    """A day and a half as always: the stores' spare is warm by the payments it carries."""
    for turn in range(120):
        city.comes(STORES, turn * 900.0 + 5, counts_s=3)
        city.comes(POST if turn % 2 else PLAIN, turn * 900.0 + 50, counts_s=3)
    city.run(SILENT_AT - HOUR_S, ((15.0,), 0.2))
    assert city.taking() == OUTLETS
    assert city.counter.outlook().proven_at(Scope(SPARE, BILLER, STORES)) is not None


def _first_minute(city: City) -> None:
    """Some payments are on the wire, and some bills are offered, when the way falls silent."""
    for turn in range(IN_DOUBT):
        agent = STORES if turn % 2 else POST
        city.comes(agent, SILENT_AT - 2 + turn * 0.3, counts_s=3)
    for turn in range(ON_THE_WAY):
        city.comes(PLAIN, SILENT_AT - 60 + turn, counts_s=180)
    city.run(SILENT_AT - 1, QUICK)
    assert city.taking() == OUTLETS
    city.run(SILENT_AT + NAMED_WITHIN_S, QUICK)
    assert city.taking() == {POST: 0, STORES: OUTLETS[STORES], PLAIN: 0}
    assert city.closed() == {POST: _outlets_of(POST), STORES: set(), PLAIN: _outlets_of(PLAIN)}
    said = Text("通道停办", "the way was withdrawn")
    notice = RouteNotice(
        UUID(int=1), FIRST, 0, 0, "withdrawn", city.now(), None, "technical", said, "op", city.now()
    )
    told = countdown(notice, city.network, city.counter.outlook(), city.now())
    assert told.outlets_lost == _outlets_of(POST, PLAIN)
    assert {loss.agent: loss.spare for loss in told.losses}[STORES] == "warm"
    city.run(SILENT_AT + 900, QUICK)


def _weeks(city: City) -> Count[int]:
    """The time goes by: people come, and are served or told before they count any cash.

    Answers the outlet-hours that each agent lost since the first minute.
    """
    lost: Count[int] = Count()
    served, told = city.accepted[STORES], sum(city.refused.values())
    for turn in range(49 * 12):
        at = SILENT_AT + 1_800 + turn * 2 * HOUR_S
        city.comes(STORES, at, counts_s=20)
        if turn % 3 == 0:
            city.comes(POST if turn % 2 else PLAIN, at + 60, counts_s=20)
    hours = 49 * 24
    for hour in range(1, hours + 1):
        city.run(min(SILENT_AT + hour * HOUR_S, BACK_AT - 1), SLOW)
        for agent, taking in city.taking().items():
            lost[agent] += OUTLETS[agent] - taking
        if hour % (7 * 24) == 0:
            assert {len(one) for one in city.closed().values()} == {
                OUTLETS[POST],
                0,
                OUTLETS[PLAIN],
            }
    assert city.accepted[STORES] - served == 49 * 12
    assert sum(city.refused.values()) - told == 49 * 4
    assert {code for _, code in city.refused} == {"NO_ROUTE"}
    return lost


def _back(city: City, doubted: set[UUID], waiting: set[UUID]) -> float:
    """The way answers again: what was in doubt is settled, what waited is carried, each once and no
    faster than the partner takes it. Answers how many seconds that took."""
    ends = {State.CONFIRMED, State.REFUND_DUE}
    until = BACK_AT
    while {row.id for row in city.paid(set(State) - ends)} and until < BACK_AT + DRAINED_WITHIN_S:
        until += 60
        city.run(until, QUICK)
    took_s = until - BACK_AT
    assert took_s < DRAINED_WITHIN_S
    rows = {row.id: row for row in city.tables.payments.values()}
    for payment, row in rows.items():
        there = city.biller.standing_credits(payment)
        assert there == (row.state is State.CONFIRMED), (payment, row.state)
    assert all(rows[payment].state is State.CONFIRMED for payment in waiting)
    posted = [payment for payment in doubted if city.biller.standing_credits(payment)]
    assert posted
    by_first = [one for one in posted if city.routes_of(one) == {FIRST}]
    assert len(by_first) >= IN_DOUBT // 4
    first = city.routes[FIRST]
    assert _busiest(first.sent_at, BACK_AT) <= 2 * PER_SECOND
    assert _busiest(first.asked_at, BACK_AT) <= 2 * (PER_SECOND // BUDGET_SHARE)
    known = city.counter.outlook().health[Scope(FIRST, 0, 0)]
    city.run(until + 2 * HOUR_S, ((15.0,), 0.2))
    known = city.counter.outlook().health[Scope(FIRST, 0, 0)]
    assert known.condition is Condition.WELL
    assert city.taking() == OUTLETS
    return took_s
