"""Telling billers of cash that has been taken while its posting waits: do not disconnect.

A notice is no payment: it moves nothing, is safe to repeat, and is given up once the biller knows.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from cashlane.core.clock import Clock
from cashlane.core.delivery import delivery, notice_told, still_to_tell
from cashlane.core.known import Wanted
from cashlane.core.life import Moment, PaymentLife
from cashlane.core.network import Network
from cashlane.core.ports import BillerPort
from cashlane.core.record import ErrandKey, ErrandKind, ErrandRow, Record
from cashlane.store.connect import TRIES, again
from cashlane.store.errands import Errands
from cashlane.store.payments import Books
from cashlane.switch.steps import step
from cashlane.values.ids import BUCKETS, Ids

LEASE = timedelta(seconds=30)
TAKE_MOST_PER_BUCKET = 16
"""A thousand notices a round: more than all tills take in the seconds that one answer lasts."""
AGAIN_AFTER_S = (10, 30, 60, 300, 900, 3600)
"""Seconds to the next try where the biller did not take the notice, the last one repeated."""
TOGETHER_MOST = 100
"""Notices in one message."""


class Notifier:
    """Works off NOTICE errands."""

    def __init__(
        self,
        books: Books,
        errands: Errands,
        desks: Callable[[], Mapping[int, BillerPort]],
        network: Callable[[], Network],
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._books = books
        self._errands = errands
        self._desks = desks
        self._network = network
        self._clock = clock
        self._ids = ids

    async def round(self) -> int:
        """Tell what is due; how many notices there were."""
        jobs = await self._errands.take(
            (ErrandKind.NOTICE,), range(BUCKETS), now=self._clock.now(), lease=LEASE,
            most=TAKE_MOST_PER_BUCKET,
        )  # fmt: skip
        if not jobs:
            return 0
        lives = await self._lives(jobs)
        over = [job for job in jobs if not still_to_tell(lives[job.payment])]
        await self._errands.finish([ErrandKey(job.bucket, job.id) for job in over])
        groups: dict[int, list[ErrandRow]] = {}
        for job in jobs:
            if still_to_tell(lives[job.payment]):
                groups.setdefault(lives[job.payment].payment.biller, []).append(job)
        parts = [
            (biller, group[at : at + TOGETHER_MOST])
            for biller, group in groups.items()
            for at in range(0, len(group), TOGETHER_MOST)
        ]
        await asyncio.gather(*(self._tell(biller, part, lives) for biller, part in parts))
        return len(jobs)

    async def _lives(self, jobs: Sequence[ErrandRow]) -> dict[object, PaymentLife]:
        wanted = [(job.bucket, job.payment_date, job.payment) for job in jobs]
        async with self._books.unit() as unit:
            return {life.payment.id: life for life in await unit.read_lives(wanted)}

    async def _tell(
        self, biller: int, jobs: Sequence[ErrandRow], lives: Mapping[object, PaymentLife]
    ) -> None:
        network = self._network()
        taken = [delivery(lives[job.payment], network) for job in jobs]
        told = await self._desks()[biller].keep_on(taken)
        step("notice:answered")
        if told is False:
            await self._put_off(jobs)
            return
        await again(lambda: self._finish(jobs, told=told is True), tries=TRIES)

    async def _put_off(self, jobs: Sequence[ErrandRow]) -> None:
        """The biller did not answer: ever later, each by how often it was tried."""
        now = self._clock.now()
        for job in jobs:
            wait = AGAIN_AFTER_S[min(job.count, len(AGAIN_AFTER_S) - 1)]
            key = ErrandKey(job.bucket, job.id)
            await self._errands.try_later([key], due_at=now + timedelta(seconds=wait))

    async def _finish(self, jobs: Sequence[ErrandRow], *, told: bool) -> None:
        now = self._clock.now()
        async with self._books.unit() as unit:
            loaded = await unit.load_known(_wanted(jobs))
            at = Moment(now, loaded.day.business_date, self._ids)
            record = Record(business_date=at.business_date)
            for job in jobs:
                if job.id not in loaded.errands:
                    continue
                record.done.append(ErrandKey(job.bucket, job.id))
                if told:
                    turn = notice_told(loaded.lives[job.payment], self._network(), at)
                    loaded.lives[job.payment] = turn.life
                    turn.add_to(record)
            await unit.record(record, batch=self._ids.fresh(now), now=now)


def _wanted(jobs: Sequence[ErrandRow]) -> Wanted:
    return Wanted(
        keys=(), holds=(), books=(), tills=(), visits=(),
        payments=tuple((job.bucket, job.payment_date, job.payment) for job in jobs),
        errands=tuple((job.bucket, job.id) for job in jobs),
    )  # fmt: skip
