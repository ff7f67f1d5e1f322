"""Hearing what routes say: outcomes, findings and reversals become facts, in batches."""

from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec import Struct, structs

from cashlane.core.chart import Limited
from cashlane.core.clock import Clock
from cashlane.core.known import Loaded, Wanted
from cashlane.core.life import Moment, PaymentLife, Turn
from cashlane.core.network import Network
from cashlane.core.outcome import Asked, deadline_passed, hear, hear_void
from cashlane.core.ports import Finding
from cashlane.core.record import ErrandKey, ErrandKind, ErrandRow, LimitDelta, Record
from cashlane.core.routing import Outlook
from cashlane.core.stand_in import add_limits, let_go
from cashlane.store.connect import TRIES, Moved, again, optimist
from cashlane.store.payments import Books
from cashlane.switch.batch import Batcher
from cashlane.switch.steps import step
from cashlane.values.ids import Ids

BATCH_MOST = 200
"""Beyond this a batch gains little and what it heard waits longer."""


class Heard(Struct, frozen=True):
    """What became known through an errand: the route's finding, or None for a deadline.

    `attempt` is the sending that it is about; 0 where it is about none.
    """

    job: ErrandRow
    outlet: int
    finding: Finding | None
    attempt: int


class Hearing:
    """Writes down what was heard. One payment changes once per batch."""

    def __init__(
        self,
        books: Books,
        network: Callable[[], Network],
        outlook: Callable[[], Outlook],
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._books = books
        self._network = network
        self._outlook = outlook
        self._clock = clock
        self._ids = ids
        self._batcher: Batcher[Heard, None] = Batcher(self._commit, BATCH_MOST)

    async def hear(self, heard: Heard) -> None:
        """Return when it is committed. Raises Lost, Moved or DayNotOpen where it could not be."""
        await self._batcher.ask(heard)

    async def hear_all(self, heard: Sequence[Heard]) -> list[Exception]:
        """The same for all answers of a message; what kept any of them from being committed."""
        answers = await self._batcher.ask_all(heard)
        return [one for one in answers if one is not None]

    async def _commit(self, batch: Sequence[Heard]) -> Sequence[None]:
        try:
            await again(optimist(lambda look: self._write(batch, look=look)), tries=TRIES)
        except Moved:
            if len(batch) == 1:
                raise
            for heard in batch:
                await self._commit([heard])
        return [None] * len(batch)

    async def _write(self, batch: Sequence[Heard], *, look: bool) -> None:
        now = self._clock.now()
        async with self._books.unit() as unit:
            loaded = await unit.load_known(_wanted(batch, look=look))
            if not look:
                loaded.errands |= {heard.job.id for heard in batch}
            at = Moment(now, loaded.day.business_date, self._ids)
            record = Record(business_date=at.business_date)
            seen: set[UUID] = set()
            for heard in batch:
                turn = self._add(heard, loaded, at, record)
                if heard.job.payment in seen:
                    _merge_moves(turn, record)
                seen.add(heard.job.payment)
                turn.add_to(record)
            await unit.record(record, batch=self._ids.fresh(now), now=now)
            step("hear:written")
        step("hear:committed")

    def _add(self, heard: Heard, loaded: Loaded, at: Moment, record: Record) -> Turn:
        """What one thing heard makes of its payment, on top of what the batch heard before it."""
        life = loaded.lives[heard.job.payment]
        turn = self._turn(heard, life, at)
        if heard.job.id in loaded.errands:
            loaded.errands.discard(heard.job.id)
            record.done.append(ErrandKey(heard.job.bucket, heard.job.id))
        elif not turn.facts:
            turn.errands.clear()  # another relay has this payment in its hands already
        loaded.lives[heard.job.payment] = turn.life
        _note_cash(turn, loaded, record)
        return turn

    def _turn(self, heard: Heard, life: PaymentLife, at: Moment) -> Turn:
        if heard.finding is None:
            return deadline_passed(life, at)
        if heard.job.kind is ErrandKind.VOID:
            return hear_void(life, heard.finding, heard.job, self._network(), at)
        asked = Asked(life, heard.attempt, heard.job, self._network(), self._outlook())
        return hear(asked, heard.finding, at)


def _wanted(batch: Sequence[Heard], *, look: bool) -> Wanted:
    return Wanted(
        keys=(),
        holds=(),
        books=tuple(
            (heard.job.bucket, Limited.DRAWER, heard.outlet)
            for heard in batch
            if heard.job.kind is ErrandKind.VOID
        ),
        tills=(),
        payments=tuple(
            (heard.job.bucket, heard.job.payment_date, heard.job.payment) for heard in batch
        ),
        visits=(),
        errands=tuple((heard.job.bucket, heard.job.id) for heard in batch) if look else (),
    )


def _merge_moves(turn: Turn, record: Record) -> None:
    """Two things heard of one payment in one batch still move its row once."""
    if not turn.moves:
        return
    move = turn.moves[0]
    for place, earlier in enumerate(record.moves):
        if earlier.payment == move.payment:
            del record.moves[place]
            turn.moves[0] = structs.replace(
                move, before=earlier.before, posted_before=earlier.posted_before
            )
            return


def _note_cash(turn: Turn, loaded: Loaded, record: Record) -> None:
    """What is delivered, or undone, is exposed no longer; cash handed back by a finished void
    leaves the drawer in the same write."""
    payment, cash = turn.life.payment, turn.cash_out
    add_limits(record.limits, let_go(payment, turn.postings))
    if cash == 0:
        return
    book = loaded.books[Limited.DRAWER, payment.outlet]
    loaded.books[Limited.DRAWER, payment.outlet] = book.after_cash(-cash)
    out = LimitDelta(
        book.bucket, Limited.DRAWER, payment.outlet, -cash, book.receipts_day, book.receipts
    )
    add_limits(record.limits, [out])
