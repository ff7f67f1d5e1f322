"""Keeping claims true to payments: paid bills marked, undone ones freed, lapsed holds swept."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import structlog
from msgspec import Struct

from cashlane.core.asks import Accepted, Archived, BurnAsk
from cashlane.core.clock import Clock
from cashlane.core.known import Wanted
from cashlane.core.life import Moment, PaymentLife, errand, stands_for_bill
from cashlane.core.network import Network
from cashlane.core.record import ErrandKey, ErrandKind, ErrandRow, PaymentRow, Record
from cashlane.core.refusals import Refused
from cashlane.store.claims import FREE, HELD, PAID, Claims, Lapsed, Mark, Standing
from cashlane.store.connect import TRIES, again
from cashlane.store.errands import Errands
from cashlane.store.payments import Books
from cashlane.switch.lane import Lane
from cashlane.switch.steps import step
from cashlane.values.ids import BUCKETS, Ids, bucket_of

LEASE = timedelta(seconds=30)
TAKE_MOST_PER_BUCKET = 16
"""A thousand marks a round at most, spread over the buckets."""
SWEEP_MOST = 200
"""Lapsed holds of one round: each is burnt by itself."""
SWEEP_AFTER = timedelta(seconds=30)
"""A hold is swept only this long after its time, so that a pay at the last second finds it."""
_log = structlog.get_logger("mark")


def claim_bucket(biller: int, bill_ref: str) -> int:
    """The bucket a bill's claim lives in."""
    return bucket_of("bill", biller, bill_ref)


class _Due(Struct, frozen=True):
    """A mark that is to be made: its errand, the payment behind it as it was fixed at its
    acceptance, and the mark itself."""

    job: ErrandRow
    payment: PaymentRow
    mark: Mark


class Marker:
    """Carries what happened to payments over to the claims on their bills.

    A mark that finds no row of its own is looked into: where the bill is as it should be, somebody
    else marked it before; where it is not, it is told loudly and left to a person as a case.
    """

    def __init__(
        self, books: Books, errands: Errands, claims: Claims, network: Callable[[], Network],
        clock: Clock, ids: Ids,
    ) -> None:  # fmt: skip
        self._books = books
        self._errands = errands
        self._claims = claims
        self._network = network
        self._clock = clock
        self._ids = ids

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
        due = await self._due(jobs)
        paid = [one for one in due if one.job.kind is ErrandKind.CLAIM_PAID]
        free = [one for one in due if one.job.kind is ErrandKind.CLAIM_FREE]
        done = await self._claims.mark_paid([one.mark for one in paid]) if paid else set()
        step("mark:paid")
        missed = [one for one in paid if one.mark.hold not in done]
        let_go = await self._claims.free([one.mark for one in free]) if free else set()
        missed += [one for one in free if one.mark.hold not in let_go]
        step("mark:marked")
        await self._finish(due, await self._astray(missed))
        return len(jobs)

    async def _due(self, jobs: Sequence[ErrandRow]) -> list[_Due]:
        async with self._books.unit() as unit:
            found = await unit.read_fixed(_names(jobs))
        network = self._network()
        return [_Due(job, found[job.payment], _mark(found[job.payment], network)) for job in jobs]

    async def _astray(self, missed: Sequence[_Due]) -> dict[UUID, str]:
        """Which bills of these errands are not as they should be, and how they stand.

        Everything is read anew, the bill before its payment: what was marked or undone meanwhile
        is as it should be, and a payment that still stands stood when its bill was read.
        """
        if not missed:
            return {}
        stand = await self._claims.standing([one.mark for one in missed])
        async with self._books.unit() as unit:
            lives = await unit.read_lives(_names([one.job for one in missed]))
        known = {life.payment.id: life for life in lives}
        found = {}
        for one in missed:
            bill = stand.get((one.mark.biller, one.mark.bill_ref))
            how = astray(one.job, known[one.job.payment], bill)
            if how is not None:
                found[one.job.id] = how
                _log.error(
                    "mark.astray", payment=str(one.mark.payment), biller=one.mark.biller,
                    wanted=one.job.kind.name.lower(), found=how,
                )  # fmt: skip
        return found

    async def _finish(self, due: Sequence[_Due], astray: Mapping[UUID, str]) -> None:
        """What is marked is over; what went astray becomes a case in the same write."""
        over = [one.job for one in due if one.job.id not in astray]
        await self._errands.finish([ErrandKey(job.bucket, job.id) for job in over])
        for one in due:
            if one.job.id in astray:
                await again(partial(self._leave_case, one, astray[one.job.id]), tries=TRIES)

    async def _leave_case(self, one: _Due, how: str) -> None:
        now, key = self._clock.now(), ErrandKey(one.job.bucket, one.job.id)
        async with self._books.unit() as unit:
            loaded = await unit.load_known(_wanted(one.job))
            if one.job.id not in loaded.errands:
                return
            at = Moment(now, loaded.day.business_date, self._ids)
            case = errand(one.payment, ErrandKind.CASE, now, at, subject=f"claim {how}")
            record = Record(business_date=at.business_date, errands=[case], done=[key])
            await unit.record(record, batch=self._ids.fresh(now), now=now)


def astray(job: ErrandRow, life: PaymentLife, stands: Standing | None) -> str | None:
    """How a bill that could not be marked stands, where that is wrong; None where it is right.

    Right is: a standing payment among those that its bill knows of, an undone one not among them -
    or what this errand wants has come about, and an errand of its own undoes it again.
    """
    if stands is None:
        return "missing"
    known = job.payment in stands.parts
    if known == stands_for_bill(life) or known == (job.kind is ErrandKind.CLAIM_PAID):
        return None
    return _WORDS[stands.state]


_WORDS = {FREE: "free", HELD: "held by another", PAID: "paid by another"}


def _mark(payment: PaymentRow, network: Network) -> Mark:
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


def _names(jobs: Sequence[ErrandRow]) -> list[tuple[int, date, UUID]]:
    return [(job.bucket, job.payment_date, job.payment) for job in jobs]


def _wanted(job: ErrandRow) -> Wanted:
    return Wanted(
        keys=(), holds=(), books=(), tills=(), payments=(), visits=(),
        errands=((job.bucket, job.id),),
    )  # fmt: skip


class Swept(Struct, frozen=True):
    """What a sweep did: bills freed, bills found paid after all, and whether the business day
    had to be waited for."""

    freed: int
    paid: int
    must_wait: bool


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
        """Sweep what has lapsed; how many bills no hold stands on any more.

        While a business day is being cut, the first hold hears so for all of them.
        """
        lapsed = await self._claims.lapsed(self._clock.now() - self._after, most=SWEEP_MOST)
        done = 0
        for hold in lapsed:
            swept = await self.sweep(hold)
            if swept.must_wait:
                break
            done += swept.freed + swept.paid
        return done

    async def sweep(self, lapsed: Lapsed) -> Swept:
        """(1) Burn the hold where payments live; a payment found there marks the bill paid.
        (2) Only then free the bill."""
        step("sweep:lapsed")
        answer = await self._lane.ask(
            BurnAsk(lapsed.outlet, lapsed.till, lapsed.hold, lapsed.hold, "sweep")
        )
        step("sweep:burnt")
        if isinstance(answer, Refused | Archived):
            # Neither burnt nor paid while the day is being cut; and the bill of an archived
            # payment, which the audit found marked paid, is never freed.
            return Swept(freed=0, paid=0, must_wait=isinstance(answer, Refused))
        if isinstance(answer, Accepted):
            await self._claims.mark_paid([_mark(answer.payment, self._network())])
            step("sweep:marked")
            return Swept(freed=0, paid=1, must_wait=False)
        mark = Mark(
            lapsed.bucket, lapsed.biller, lapsed.bill_ref, lapsed.hold, None, None, 0, 0, False
        )
        await self._claims.free([mark])
        step("sweep:freed")
        return Swept(freed=1, paid=0, must_wait=False)
