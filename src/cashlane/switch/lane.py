"""A lane: asks of one node's buckets, decided in batches and written in one go.

Read, decide, write; only what is committed is answered. All asks of an outlet go one after the
other on its bucket's track. What moved under the write is decided again; a connection lost at
COMMIT is answered by the same write under the same keys.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import structs

from cashlane.core.asks import AbandonAsk, Answer, Ask, BurnAsk, PayAsk, UndoAsk, anew_key
from cashlane.core.chart import Limited
from cashlane.core.clock import Clock
from cashlane.core.decide import answered_before, bounds_of_ask, decide, stands_in, was_claimed_anew
from cashlane.core.known import Wanted
from cashlane.core.network import Network
from cashlane.core.refusals import Refused
from cashlane.core.routing import CLEAR, Outlook
from cashlane.store.connect import TRIES, DayNotOpen, Moved, again
from cashlane.store.payments import Books
from cashlane.switch.batch import Batcher
from cashlane.switch.steps import step
from cashlane.values.ids import Ids

BATCH_MOST = 200
"""Beyond this a batch gains little and its callers wait longer than they need to."""
TRACKS = 2
"""Batches under way at once, each of buckets of its own: while one waits for the disk, another is
decided. More than two gain nothing where a process has one core."""


class Lane:
    """Decides asks against the books of its buckets."""

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
        self._tracks: list[Batcher[Ask, Answer]] = [
            Batcher(self._commit, BATCH_MOST) for _ in range(TRACKS)
        ]

    def put(self, ask: Ask) -> "asyncio.Future[Answer]":
        """The committed answer to one ask, when it is there. It raises Lost where the database
        cannot be reached."""
        bucket = self._network().outlets[ask.outlet].bucket
        return self._tracks[bucket % TRACKS].put(ask)

    async def ask(self, ask: Ask) -> Answer:
        """The committed answer to one ask. Raises Lost where the database cannot be reached."""
        return await self.put(ask)

    async def known(self, ask: Ask) -> Answer | None:
        """The stored answer to an ask's key; None where nothing was decided under it yet."""
        async with self._books.unit() as unit:
            wanted = wanted_by([ask], self._network(), CLEAR, self._clock.now())
            loaded = await unit.load_known(wanted)
            return answered_before(ask, loaded)

    async def claimed_anew(self, ask: PayAsk) -> bool:
        """Whether the burnt hold of this ask was claimed anew and paid under another key."""
        anew = structs.replace(ask, instead_of=ask.hold.id)
        async with self._books.unit() as unit:
            loaded = await unit.load_known(
                wanted_by([anew], self._network(), CLEAR, self._clock.now())
            )
            return was_claimed_anew(anew, loaded)

    @property
    def waiting(self) -> int:
        """How many asks wait for the next batch."""
        return sum(map(len, self._tracks))

    async def _commit(self, asks: Sequence[Ask]) -> Sequence[Answer]:
        try:
            return await again(lambda: self._decide(asks), tries=TRIES)
        except DayNotOpen:
            return [Refused("DAY_CLOSED") for _ in asks]
        except Moved:
            if len(asks) == 1:
                raise
            return [(await self._commit([ask]))[0] for ask in asks]

    async def _decide(self, asks: Sequence[Ask]) -> Sequence[Answer]:
        network, outlook, now = self._network(), self._outlook(), self._clock.now()
        async with self._books.unit() as unit:
            loaded = await unit.load_known(wanted_by(asks, network, outlook, now))
            step("pay:loaded")
            decided = decide(asks, loaded, network, outlook, now, self._ids)
            await unit.record(decided.record, batch=self._ids.fresh(now), now=now)
            step("pay:written")
        step("pay:committed")
        return decided.answers


def wanted_by(asks: Sequence[Ask], network: Network, outlook: Outlook, now: datetime) -> Wanted:
    """What must be known to decide these asks."""
    homes = [(network.outlets[ask.outlet].bucket, ask) for ask in asks]
    pays = [(home, ask) for home, ask in homes if isinstance(ask, PayAsk)]
    undoes = [(home, ask) for home, ask in homes if isinstance(ask, UndoAsk)]
    burns = [(home, ask.key) for home, ask in homes if isinstance(ask, BurnAsk)]
    return Wanted(
        keys=(
            *((home, ask.outlet, ask.key) for home, ask in homes),
            *(
                (home, ask.outlet, anew_key(ask.instead_of))
                for home, ask in pays
                if ask.instead_of is not None
            ),
        ),
        holds=(*((home, ask.hold.id) for home, ask in pays), *burns),
        books=(
            *(
                (home, Limited.DRAWER, ask.outlet)
                for home, ask in homes
                if not isinstance(ask, (AbandonAsk, BurnAsk))
            ),
            *(
                key
                for _, ask in pays
                if stands_in(ask, network, outlook, now)
                for key in bounds_of_ask(ask, network)
            ),
        ),
        tills=tuple((home, ask.till) for home, ask in homes if isinstance(ask, (PayAsk, UndoAsk))),
        payments=tuple((home, ask.payment_date, ask.payment) for home, ask in undoes),
        visits=tuple(
            (home, ask.outlet, ask.visit.id) for home, ask in pays if ask.visit is not None
        ),
        errands=(),
    )
