"""Carrying payments: taken up in batches, written down, and only then sent.

The first byte leaves after the commit that says so; what comes back is heard in batches too.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from msgspec import Struct, field

from cashlane.core.clock import Clock
from cashlane.core.delivery import ATTEMPT_S, Waits, delivery, take_up
from cashlane.core.known import Wanted
from cashlane.core.life import Moment, PaymentLife, Turn
from cashlane.core.network import Network
from cashlane.core.ports import Delivery, Finding, RoutePort, Unknown
from cashlane.core.record import ErrandKey, ErrandKind, ErrandRow, Record
from cashlane.core.routing import Outlook
from cashlane.store.connect import TRIES, DayNotOpen, Lost, Moved, again, optimist
from cashlane.store.errands import Errands
from cashlane.store.payments import Books
from cashlane.switch.budget import Budget
from cashlane.switch.hearing import Heard, Hearing
from cashlane.switch.steps import step
from cashlane.values.ids import BUCKETS, Ids

LEASE = timedelta(seconds=15)
"""Only the take-up happens under it; the sending itself is covered by its enquiry."""
TAKE_MOST_PER_BUCKET = 8
"""As many as may be on the wire at once, spread over the buckets."""
UNHEARD_MOST = 1_024
"""Payments that left and whose answers are not written yet, all routes together: beyond it nothing
is taken up, whoever is slow."""
ON_WIRE_MOST_PER_ROUTE = 512
"""A route that falls silent fills no more than this: the others' payments go on."""
WAITS_S = 2
"""While no way is open for a payment, it is looked at this often."""
LEAVES_WITHIN_S = ATTEMPT_S
"""Later than this after it was written down a sending does not leave: its program stood still, and
others have asked about it meanwhile and may have heard that there is none."""
BUSY_S = 0.2
"""A route that has as much as it takes is offered the next payments after this."""

_log = structlog.get_logger("send")


class Carried(Struct, frozen=True):
    """A payment on its way: what is sent, over which route, and the errand behind it.

    `written_at`: the stopwatch just before its sending was written down.
    """

    route: int
    job: ErrandRow
    outlet: int
    delivery: Delivery
    written_at: float


class Sender:
    """Takes SEND errands up and carries their payments."""

    def __init__(
        self,
        books: Books,
        errands: Errands,
        hearing: Hearing,
        routes: Callable[[], Mapping[int, RoutePort]],
        network: Callable[[], Network],
        outlook: Callable[[], Outlook],
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._books = books
        self._errands = errands
        self._hearing = hearing
        self._routes = routes
        self._network = network
        self._outlook = outlook
        self._clock = clock
        self._ids = ids
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._on_wire: Counter[int] = Counter()
        self._unheard = 0
        self._budgets: dict[int, Budget] = {}

    async def round(self) -> int:
        """Take up what is due and start carrying it; how many payments left.

        Where some have to wait, all that are due are looked at in one go: a way that opens between
        two looks would let the later ones go before the older ones.
        """
        left = 0
        while True:
            taken = await self._next()
            left += len(taken.carried)
            if not taken.waiting:
                return left

    async def _next(self) -> "_Taken":
        while self._unheard >= UNHEARD_MOST:
            await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)
        jobs = await self._errands.take(
            [ErrandKind.SEND],
            range(BUCKETS),
            now=self._clock.now(),
            lease=LEASE,
            most=TAKE_MOST_PER_BUCKET,
        )
        if not jobs:
            return _Taken()
        step("send:leased")
        taken = await self._taken_up(jobs)
        for chunk in _chunks(taken.carried, self._network()):
            self._start(chunk)
        await self._let_wait(taken)
        return taken

    async def _let_wait(self, taken: "_Taken") -> None:
        """Their turn stays as it was: the oldest goes first when a way opens."""
        now = self._clock.now()
        for jobs, seconds in ((taken.waiting, WAITS_S), (taken.busy, BUSY_S)):
            if jobs:
                await self._errands.release(jobs, until=_all_together(now, seconds))

    async def rest(self) -> None:
        """Wait until everything under way has been heard."""
        while self._under_way:
            await asyncio.wait(self._under_way.values())

    async def _taken_up(self, jobs: Sequence[ErrandRow]) -> "_Taken":
        """What moves again and again is taken up one by one, so that it holds up nobody else; one
        that still moves is left to its lease."""
        try:
            return await again(optimist(lambda look: self._take_up(jobs, look=look)), tries=TRIES)
        except Moved:
            taken = _Taken()
            if len(jobs) > 1:
                for job in jobs:
                    taken.add(await self._taken_up([job]))
            return taken

    async def _take_up(self, jobs: Sequence[ErrandRow], *, look: bool) -> "_Taken":
        network, outlook, now = self._network(), self._outlook(), self._clock.now()
        async with self._books.unit() as unit:
            loaded = await unit.load_known(_wanted(jobs, look=look))
            at = Moment(now, loaded.day.business_date, self._ids)
            record = Record(business_date=at.business_date)
            taken, room = _Taken(), self._room(network)
            for job in sorted(jobs, key=lambda one: (one.due_at, one.id)):
                if not look or job.id in loaded.errands:
                    life = loaded.lives[job.payment]
                    turn = take_up(life, job, network, outlook, at)
                    loaded.lives[job.payment] = taken.sort(job, turn, life, room, record, network)
            await unit.record(record, batch=self._ids.fresh(now), now=now)
            step("send:written")
        step("send:committed")
        return taken

    def _room(self, network: Network) -> "_Room":
        """What each route can take now: its rate, and what it has not answered yet."""
        for number, route in network.routes.items():
            self._budgets.setdefault(number, Budget(route.manifest.per_second))
        return _Room(self._budgets, self._on_wire.copy(), self._clock.elapsed())

    def _start(self, chunk: Sequence[Carried]) -> None:
        self._on_wire[chunk[0].route] += len(chunk)
        self._unheard += len(chunk)
        task = asyncio.create_task(self._carry(chunk))
        self._under_way[id(task)] = task
        task.add_done_callback(lambda done: self._ended(done, len(chunk)))

    def _ended(self, task: asyncio.Task[None], count: int) -> None:
        del self._under_way[id(task)]
        self._unheard -= count

    async def _carry(self, chunk: Sequence[Carried]) -> None:
        try:
            outcomes = await self._sent(chunk)
        finally:
            self._on_wire[chunk[0].route] -= len(chunk)
        step("send:answered")
        troubles = await self._hearing.hear_all(
            [
                Heard(carried.job, carried.outlet, outcome, carried.delivery.attempt)
                for carried, outcome in zip(chunk, outcomes, strict=True)
            ]
        )
        for error in troubles:
            # What could not be written is asked for by its errand.
            if not isinstance(error, (Lost, Moved, DayNotOpen)):
                _log.error("send.defect", exc_info=error)

    async def _sent(self, chunk: Sequence[Carried]) -> Sequence[Finding]:
        """What the route says; of what may not leave any more, that it did not."""
        written_at = min(carried.written_at for carried in chunk)
        if self._clock.elapsed() - written_at > LEAVES_WITHIN_S:
            return [Unknown("too late to leave", sent=False) for _ in chunk]
        port = self._routes()[chunk[0].route]
        return await port.send([carried.delivery for carried in chunk])


class _Taken(Struct):
    """What became of a round's errands: sent, without an open way, or beyond a route's rate."""

    carried: list[Carried] = field(default_factory=list)
    leaving: set[UUID] = field(default_factory=set)
    waiting: list[ErrandKey] = field(default_factory=list)
    busy: list[ErrandKey] = field(default_factory=list)

    def sort(
        self, job: ErrandRow, turn: Turn | Waits | None, life: PaymentLife, room: "_Room",
        record: Record, network: Network,
    ) -> PaymentLife:  # fmt: skip
        """Put one errand where it belongs; the payment's life afterwards."""
        key = ErrandKey(job.bucket, job.id)
        if isinstance(turn, Waits) and turn.turn is None:
            self.waiting.append(key)
            return life
        if isinstance(turn, Turn) and job.payment in self.leaving:
            turn = None  # two errands to send one payment: it leaves once
        if isinstance(turn, Turn) and not room.take(turn.facts[-1].route):
            self.busy.append(key)
            return life
        record.done.append(key)
        if isinstance(turn, Waits) and turn.turn is not None:
            turn.turn.add_to(record)
        elif isinstance(turn, Turn):
            turn.add_to(record)
            self.leaving.add(job.payment)
            self.carried.append(_carried(turn.life, turn.errands[-1], network, room))
            return turn.life
        return life

    def add(self, more: "_Taken") -> None:
        """What became of others."""
        self.carried += more.carried
        self.waiting += more.waiting
        self.busy += more.busy


class _Room(Struct):
    """What the routes can take in one round."""

    budgets: Mapping[int, Budget]
    on_wire: Counter[int]
    elapsed: float

    def take(self, route: int) -> bool:
        """One payment more for a route, if it can take it."""
        if self.on_wire[route] >= ON_WIRE_MOST_PER_ROUTE:
            return False
        if not self.budgets[route].take(self.elapsed):
            return False
        self.on_wire[route] += 1
        return True


def _all_together(now: datetime, seconds: float) -> datetime:
    """The next of the moments, so many seconds apart, at which all who wait are looked at again:
    each by itself, a later one could come just before an older one when a way opens."""
    return now + timedelta(seconds=seconds - now.timestamp() % seconds)


def _wanted(jobs: Sequence[ErrandRow], *, look: bool) -> Wanted:
    return Wanted(
        keys=(),
        holds=(),
        books=(),
        tills=(),
        payments=tuple((job.bucket, job.payment_date, job.payment) for job in jobs),
        visits=(),
        errands=tuple((job.bucket, job.id) for job in jobs) if look else (),
    )


def _carried(life: PaymentLife, job: ErrandRow, network: Network, room: _Room) -> Carried:
    route, outlet = life.facts[-1].route, life.payment.outlet
    return Carried(route, job, outlet, delivery(life, network), room.elapsed)


def _chunks(carried: Sequence[Carried], network: Network) -> list[Sequence[Carried]]:
    """One message each: of one route and biller, as many payments as the manifest lets in."""
    groups: dict[tuple[int, str], list[Carried]] = {}
    for one in carried:
        groups.setdefault((one.route, one.delivery.biller), []).append(one)
    return [
        group[at : at + network.routes[route].manifest.per_message]
        for (route, _), group in groups.items()
        for at in range(0, len(group), network.routes[route].manifest.per_message)
    ]
