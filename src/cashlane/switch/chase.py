"""Chasing what is in doubt: enquiries by the schedule, reversals until taken, deadlines.

A sick partner is never asked to death: each route has a budget of enquiries per second.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

import structlog

from cashlane.core.clock import Clock
from cashlane.core.delivery import delivery, last_attempt
from cashlane.core.life import PaymentLife, route_of
from cashlane.core.network import Network
from cashlane.core.outcome import enquired
from cashlane.core.payment import IN_DOUBT
from cashlane.core.ports import Finding, NotFound, RoutePort, Unknown
from cashlane.core.record import ErrandKey, ErrandKind, ErrandRow
from cashlane.store.connect import DayNotOpen, Lost, Moved
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
UNDER_WAY_MOST = 1_024
"""Errands in hand at once, all routes together: beyond it their leases would lapse unseen."""
ASKING_MOST_PER_ROUTE = 256
"""A silent route holds up no more questions than this."""
REMEMBERED_MOST = 100_000
"""Sendings whose first enquiry is remembered; beyond it, grace simply begins anew for all."""
_log = structlog.get_logger("chase")
_KINDS = (ErrandKind.ENQUIRE, ErrandKind.VOID, ErrandKind.RETURN_DEADLINE)


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
        self._first_asked: dict[tuple[UUID, int], float] = {}
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._asking: Counter[int] = Counter()

    async def round(self) -> int:
        """Take due errands and begin to see them through; how many there were.

        Nobody waits for a route that is silent: the others' questions go on beside it.
        """
        if len(self._under_way) >= UNDER_WAY_MOST:
            await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)
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
        for job in jobs:
            self._start(job, lives[job.payment])
        return len(jobs)

    async def rest(self) -> None:
        """Wait until everything under way has been heard."""
        while self._under_way:
            await asyncio.wait(self._under_way.values())

    def _start(self, job: ErrandRow, life: PaymentLife) -> None:
        task = asyncio.create_task(self._safely(job, life))
        self._under_way[id(task)] = task
        task.add_done_callback(lambda done: self._under_way.pop(id(done), None))

    async def _safely(self, job: ErrandRow, life: PaymentLife) -> None:
        """What cannot be written now is left to its lease, and asked for again."""
        try:
            await self._see_to(job, life)
        except (Lost, Moved, DayNotOpen) as error:
            _log.warning("chase.waits", why=type(error).__name__)
        except Exception:
            _log.exception("chase.defect", kind=job.kind.name.lower())

    async def _see_to(self, job: ErrandRow, life: PaymentLife) -> None:
        if job.kind is ErrandKind.RETURN_DEADLINE:
            await self._hearing.hear(Heard(job, life.payment.outlet, None, 0))
            return
        if job.kind is ErrandKind.ENQUIRE and life.payment.state not in IN_DOUBT:
            await self._errands.finish([ErrandKey(job.bucket, job.id)])
            return
        await self._ask(job, life)

    async def _ask(self, job: ErrandRow, life: PaymentLife) -> None:
        sent = last_attempt(life)
        route = route_of(life) if sent is None else sent.route
        full = self._asking[route] >= ASKING_MOST_PER_ROUTE
        if full or not self._budget(route).take(self._clock.elapsed()):
            # Each gets a turn of its own: thousands that come back every second to be sent away
            # again would be asked of the database instead.
            wait = self._budget(route).queue(self._clock.elapsed())
            later = self._clock.now() + timedelta(seconds=wait)
            await self._errands.put_off([ErrandKey(job.bucket, job.id)], due_at=later)
            return
        self._asking[route] += 1
        try:
            finding = await self._answer(job, life, route)
        finally:
            self._asking[route] -= 1
        step("chase:answered")
        attempt = 0 if sent is None else sent.attempt
        await self._hearing.hear(Heard(job, life.payment.outlet, finding, attempt))

    async def _answer(self, job: ErrandRow, life: PaymentLife, route: int) -> Finding:
        port, wanted = self._routes()[route], [delivery(life, self._network())]
        if job.kind is ErrandKind.VOID:
            (undone,) = await port.void(wanted)
            return undone
        asked_at = self._clock.elapsed()
        (found,) = await port.enquire(wanted)
        return self._timed(life, enquired(found), asked_at, route)

    def _timed(self, life: PaymentLife, finding: Finding, asked_at: float, route: int) -> Finding:
        """A "not found" with what our stopwatch says of its grace, since we first asked about this
        sending. After a restart that begins anew: it may take longer, and is never too short."""
        sent = last_attempt(life)
        name = (life.payment.id, 0 if sent is None else sent.attempt)
        if len(self._first_asked) >= REMEMBERED_MOST:
            self._first_asked.clear()
        first = self._first_asked.setdefault(name, asked_at)
        if isinstance(finding, NotFound):
            grace_s = self._network().routes[route].manifest.grace_s
            return NotFound(early=asked_at - first < grace_s)
        if not isinstance(finding, Unknown):
            self._first_asked.pop(name, None)
        return finding

    def _budget(self, route: int) -> Budget:
        if route not in self._budgets:
            capacity = self._network().routes[route].manifest.per_second
            self._budgets[route] = Budget(max(1, capacity // BUDGET_SHARE))
        return self._budgets[route]
