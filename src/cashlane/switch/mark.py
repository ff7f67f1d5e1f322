"""Keeping claims true to payments: paid bills marked, undone ones freed, lapsed holds swept."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from cashlane.core.asks import Accepted, BurnAsk
from cashlane.core.clock import Clock
from cashlane.core.network import Network
from cashlane.core.record import ErrandKey, ErrandKind, ErrandRow, PaymentRow
from cashlane.store.claims import Claims, Lapsed, Mark
from cashlane.store.errands import Errands
from cashlane.store.payments import Books
from cashlane.switch.lane import Lane
from cashlane.switch.steps import step
from cashlane.values.ids import BUCKETS, bucket_of

LEASE = timedelta(seconds=30)
TAKE_MOST_PER_BUCKET = 16
"""A thousand marks a round at most, spread over the buckets."""
SWEEP_MOST = 200
"""Lapsed holds of one round: each is burnt by itself."""
SWEEP_AFTER = timedelta(seconds=30)
"""A hold is swept only this long after its time, so that a pay at the last second finds it."""


def claim_bucket(biller: int, bill_ref: str) -> int:
    """The bucket a bill's claim lives in."""
    return bucket_of("bill", biller, bill_ref)


class Marker:
    """Carries what happened to payments over to the claims on their bills."""

    def __init__(
        self, books: Books, errands: Errands, claims: Claims, network: Callable[[], Network],
        clock: Clock,
    ) -> None:  # fmt: skip
        self._books = books
        self._errands = errands
        self._claims = claims
        self._network = network
        self._clock = clock

    async def round(self) -> int:
        """Mark and free the claims that are due; how many there were."""
        jobs = await self._errands.take(
            (ErrandKind.CLAIM_PAID, ErrandKind.CLAIM_FREE),
            range(BUCKETS),
            now=self._clock.now(),
            lease=LEASE,
            most=TAKE_MOST_PER_BUCKET,
        )
        if not jobs:
            return 0
        step("mark:leased")
        async with self._books.unit() as unit:
            lives = await unit.read_lives(
                [(job.bucket, job.payment_date, job.payment) for job in jobs]
            )
        payments = {life.payment.id: life.payment for life in lives}
        paid = _of(jobs, ErrandKind.CLAIM_PAID)
        free = _of(jobs, ErrandKind.CLAIM_FREE)
        if paid:
            await self._claims.mark_paid([self._mark(job, payments) for job in paid])
            step("mark:paid")
        if free:
            await self._claims.free([self._mark(job, payments) for job in free])
        step("mark:marked")
        await self._errands.finish([ErrandKey(job.bucket, job.id) for job in jobs])
        return len(jobs)

    def _mark(self, job: ErrandRow, payments: dict[UUID, PaymentRow]) -> Mark:
        return paid_mark(payments[job.payment], self._network())


def paid_mark(payment: PaymentRow, network: Network) -> Mark:
    """A payment as its bill's claim learns of it, whoever carries it there."""
    return Mark(
        bucket=claim_bucket(payment.biller, payment.bill_ref),
        biller=payment.biller,
        bill_ref=payment.bill_ref,
        hold=payment.hold,
        payment=payment.id,
        paid_at=payment.accepted_at,
        amount=payment.amount,
        owed=payment.owed,
        parts=network.billers[payment.biller].parts_allowed,
    )


def _of(jobs: Sequence[ErrandRow], kind: ErrandKind) -> list[ErrandRow]:
    return [job for job in jobs if job.kind is kind]


class Swept(Struct, frozen=True):
    """What a sweep did: bills freed, and bills found paid after all."""

    freed: int
    paid: int


class Sweeper:
    """Frees bills whose hold has lapsed - after burning the hold, so that no late pay can win."""

    def __init__(
        self, lane: Lane, claims: Claims, network: Callable[[], Network], clock: Clock,
        after: timedelta,
    ) -> None:  # fmt: skip
        self._lane = lane
        self._claims = claims
        self._network = network
        self._clock = clock
        self._after = after

    async def round(self) -> int:
        """Sweep what has lapsed; how many bills were looked at."""
        lapsed = await self._claims.lapsed(self._clock.now() - self._after, most=SWEEP_MOST)
        for hold in lapsed:
            await self.sweep(hold)
        return len(lapsed)

    async def sweep(self, lapsed: Lapsed) -> Swept:
        """(1) Burn the hold where payments live; a payment found there marks the bill paid.
        (2) Only then free the bill."""
        step("sweep:lapsed")
        answer = await self._lane.ask(
            BurnAsk(lapsed.outlet, lapsed.till, lapsed.hold, lapsed.hold, "sweep")
        )
        step("sweep:burnt")
        if isinstance(answer, Accepted):
            await self._claims.mark_paid([paid_mark(answer.payment, self._network())])
            step("sweep:marked")
            return Swept(freed=0, paid=1)
        mark = Mark(
            lapsed.bucket, lapsed.biller, lapsed.bill_ref, lapsed.hold, None, None, 0, 0, False
        )
        await self._claims.free([mark])
        step("sweep:freed")
        return Swept(freed=1, paid=0)
