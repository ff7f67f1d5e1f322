"""Chasing what is in doubt: enquiries by the schedule, reversals until taken, deadlines.

A sick partner is never asked to death: each route has a budget of enquiries per second.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from cashlane.core.clock import Clock
from cashlane.core.delivery import delivery, last_attempt
from cashlane.core.life import PaymentLife, route_of
from cashlane.core.network import Network
from cashlane.core.outcome import enquired
from cashlane.core.payment import IN_DOUBT
from cashlane.core.ports import Finding, NotFound, RoutePort, Unknown
from cashlane.core.record import ErrandKey, ErrandKind, ErrandRow
from cashlane.store.errands import Errands
from cashlane.store.payments import Books
from cashlane.switch.budget import Budget
from cashlane.switch.hearing import Heard, Hearing
from cashlane.switch.steps import step
from cashlane.values.ids import BUCKETS

LEASE = timedelta(seconds=20)
"""Longer than one attempt and the write of its answer; a relay that died is relieved after it."""
TAKE_MOST_PER_BUCKET = 4
"""Few from each bucket, so that one outlet's doubts do not hold up the others'."""
BUDGET_SHARE = 10
"""Enquiries may use one tenth of a route's capacity."""
REMEMBERED_MOST = 100_000
"""Payments whose first enquiry is remembered; beyond it, grace simply begins anew for all."""
_KINDS = (ErrandKind.ENQUIRE, ErrandKind.VOID, ErrandKind.RETURN_DEADLINE)


class _Job(Struct, frozen=True):
    job: ErrandRow
    life: PaymentLife
    route: int


class Chaser:
    """Works off what asks for another word with a route, or for none in time."""

    def __init__(
        self,
        books: Books,
        errands: Errands,
        hearing: Hearing,
        routes: Callable[[], Mapping[int, RoutePort]],
        network: Callable[[], Network],
        clock: Clock,
    ) -> None:
        self._books = books
        self._errands = errands
        self._hearing = hearing
        self._routes = routes
        self._network = network
        self._clock = clock
        self._budgets: dict[int, Budget] = {}
        self._first_asked: dict[UUID, float] = {}

    async def round(self) -> int:
        """Take due errands and see each through; how many there were."""
        jobs = await self._errands.take(
            _KINDS, range(BUCKETS), now=self._clock.now(), lease=LEASE, most=TAKE_MOST_PER_BUCKET
        )
        if not jobs:
            return 0
        step("chase:leased")
        async with self._books.unit() as unit:
            lives = {
                life.payment.id: life
                for life in await unit.read_lives(
                    [(job.bucket, job.payment_date, job.payment) for job in jobs]
                )
            }
        await asyncio.gather(*(self._see_to(job, lives[job.payment]) for job in jobs))
        return len(jobs)

    async def _see_to(self, job: ErrandRow, life: PaymentLife) -> None:
        if job.kind is ErrandKind.RETURN_DEADLINE:
            await self._hearing.hear(Heard(job, life.payment.outlet, None, 0))
            return
        if job.kind is ErrandKind.ENQUIRE and life.payment.state not in IN_DOUBT:
            await self._errands.finish([ErrandKey(job.bucket, job.id)])
            return
        await self._ask(job, life)

    async def _ask(self, job: ErrandRow, life: PaymentLife) -> None:
        network = self._network()
        sent = last_attempt(life)
        route = route_of(life) if sent is None else sent.route
        if not self._budget(route).take(self._clock.elapsed()):
            # Each gets a turn of its own: thousands that come back every second to be sent away
            # again would be asked of the database instead.
            wait = self._budget(route).queue(self._clock.elapsed())
            later = self._clock.now() + timedelta(seconds=wait)
            await self._errands.put_off([ErrandKey(job.bucket, job.id)], due_at=later)
            return
        port, wanted = self._routes()[route], [delivery(life, network)]
        finding: Finding
        if job.kind is ErrandKind.VOID:
            (finding,) = await port.void(wanted)
        else:
            asked_at = self._clock.elapsed()
            (found,) = await port.enquire(wanted)
            finding = self._timed(life, enquired(found), asked_at, route)
        step("chase:answered")
        attempt = 0 if sent is None else sent.attempt
        await self._hearing.hear(Heard(job, life.payment.outlet, finding, attempt))

    def _timed(self, life: PaymentLife, finding: Finding, asked_at: float, route: int) -> Finding:
        """A "not found" with what our stopwatch says of its grace, since we first asked. After a
        restart that begins anew: it may take longer, and is never too short."""
        if len(self._first_asked) >= REMEMBERED_MOST:
            self._first_asked.clear()
        first = self._first_asked.setdefault(life.payment.id, asked_at)
        if isinstance(finding, NotFound):
            grace_s = self._network().routes[route].manifest.grace_s
            return NotFound(early=asked_at - first < grace_s)
        if not isinstance(finding, Unknown):
            self._first_asked.pop(life.payment.id, None)
        return finding

    def _budget(self, route: int) -> Budget:
        if route not in self._budgets:
            capacity = self._network().routes[route].manifest.per_second
            self._budgets[route] = Budget(max(1, capacity // BUDGET_SHARE))
        return self._budgets[route]
