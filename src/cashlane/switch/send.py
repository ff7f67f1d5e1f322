"""Carrying payments: taken up in batches, written down, and only then sent.

The first byte leaves after the commit that says so; what comes back is heard in batches too.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from cashlane.core.clock import Clock
from cashlane.core.delivery import delivery, take_up
from cashlane.core.known import Wanted
from cashlane.core.life import Moment, PaymentLife
from cashlane.core.network import Network
from cashlane.core.ports import Delivery, RoutePort
from cashlane.core.record import ErrandKey, ErrandKind, ErrandRow, Record
from cashlane.store.connect import TRIES, Moved, again
from cashlane.store.errands import Errands
from cashlane.store.payments import Books
from cashlane.switch.hearing import Heard, Hearing
from cashlane.switch.steps import step
from cashlane.values.ids import BUCKETS, Ids

LEASE = timedelta(seconds=15)
"""Only the take-up happens under it; the sending itself is covered by its enquiry."""
TAKE_MOST_PER_BUCKET = 8
"""As many as may be on the wire at once, spread over the buckets."""
IN_FLIGHT_MOST = 512
"""Payments on the wire at once, all routes together: a silent route fills no more than this."""


class Carried(Struct, frozen=True):
    """A payment on its way: what is sent, over which route, and the errand behind it."""

    route: int
    job: ErrandRow
    outlet: int
    delivery: Delivery


class Sender:
    """Takes SEND errands up and carries their payments."""

    def __init__(
        self,
        books: Books,
        errands: Errands,
        hearing: Hearing,
        routes: Callable[[], Mapping[int, RoutePort]],
        network: Callable[[], Network],
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._books = books
        self._errands = errands
        self._hearing = hearing
        self._routes = routes
        self._network = network
        self._clock = clock
        self._ids = ids
        self._under_way: set[asyncio.Task[None]] = set()
        self._in_flight = 0

    async def round(self) -> int:
        """Take up what is due and start carrying it; how many payments left."""
        if self._in_flight >= IN_FLIGHT_MOST:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        jobs = await self._errands.take(
            [ErrandKind.SEND],
            range(BUCKETS),
            now=self._clock.now(),
            lease=LEASE,
            most=TAKE_MOST_PER_BUCKET,
        )
        if not jobs:
            return 0
        step("send:leased")
        carried = await self._taken_up(jobs)
        for chunk in _chunks(carried, self._network()):
            self._start(chunk)
        return len(carried)

    async def rest(self) -> None:
        """Wait until everything under way has been heard."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _taken_up(self, jobs: Sequence[ErrandRow]) -> list[Carried]:
        """What moves again and again is taken up one by one, so that it holds up nobody else; one
        that still moves is left to its lease."""
        try:
            return await again(lambda: self._take_up(jobs), tries=TRIES)
        except Moved:
            if len(jobs) == 1:
                return []
            return [one for job in jobs for one in await self._taken_up([job])]

    async def _take_up(self, jobs: Sequence[ErrandRow]) -> list[Carried]:
        network, now = self._network(), self._clock.now()
        async with self._books.unit() as unit:
            loaded = await unit.load_known(_wanted(jobs))
            at = Moment(now, loaded.day.business_date, self._ids)
            record = Record(business_date=at.business_date)
            carried: list[Carried] = []
            leaving: set[UUID] = set()
            for job in jobs:
                if job.id not in loaded.errands:
                    continue
                record.done.append(ErrandKey(job.bucket, job.id))
                if job.payment in leaving:
                    continue  # two errands to send one payment: it leaves once
                turn = take_up(loaded.lives[job.payment], job, network, at)
                if turn is not None:
                    leaving.add(job.payment)
                    loaded.lives[job.payment] = turn.life
                    turn.add_to(record)
                    carried.append(_carried(turn.life, turn.errands[-1], network))
            await unit.record(record, batch=self._ids.fresh(now), now=now)
            step("send:written")
        step("send:committed")
        return carried

    def _start(self, chunk: Sequence[Carried]) -> None:
        self._in_flight += len(chunk)
        task = asyncio.create_task(self._carry(chunk))
        self._under_way.add(task)
        task.add_done_callback(lambda done: self._ended(done, len(chunk)))

    def _ended(self, task: asyncio.Task[None], count: int) -> None:
        self._under_way.discard(task)
        self._in_flight -= count

    async def _carry(self, chunk: Sequence[Carried]) -> None:
        port = self._routes()[chunk[0].route]
        outcomes = await port.send([carried.delivery for carried in chunk])
        step("send:answered")
        await asyncio.gather(
            *(
                self._hearing.hear(
                    Heard(carried.job, carried.outlet, outcome, carried.delivery.attempt)
                )
                for carried, outcome in zip(chunk, outcomes, strict=True)
            ),
            return_exceptions=True,  # what could not be written is asked for by its errand
        )


def _wanted(jobs: Sequence[ErrandRow]) -> Wanted:
    return Wanted(
        keys=(),
        holds=(),
        books=(),
        tills=(),
        payments=tuple((job.bucket, job.payment_date, job.payment) for job in jobs),
        visits=(),
        errands=tuple((job.bucket, job.id) for job in jobs),
    )


def _carried(life: PaymentLife, job: ErrandRow, network: Network) -> Carried:
    return Carried(life.facts[-1].route, job, life.payment.outlet, delivery(life, network))


def _chunks(carried: Sequence[Carried], network: Network) -> list[Sequence[Carried]]:
    """One message each: by route, as many payments as its manifest lets into a message."""
    by_route: dict[int, list[Carried]] = {}
    for one in carried:
        by_route.setdefault(one.route, []).append(one)
    return [
        group[at : at + network.routes[route].manifest.per_message]
        for route, group in by_route.items()
        for at in range(0, len(group), network.routes[route].manifest.per_message)
    ]
