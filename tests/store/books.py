"""Real books for tests: random lives of payments, written by the rules into a real PostgreSQL.

Nothing is inserted behind the rules' back: asks are decided, news is learnt, and the one writer
stores it. Two business days; the first is cut with some lives still under way.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from msgspec import Struct, field

from cashlane.core.asks import Accepted, Answer, Ask, Basket, BurnAsk, PayAsk, UndoAsk
from cashlane.core.bill import Bill
from cashlane.core.chart import Limited
from cashlane.core.decide import decide
from cashlane.core.delivery import take_up
from cashlane.core.known import Loaded, Wanted
from cashlane.core.life import Moment, News, PaymentLife, Turn, learn
from cashlane.core.network import Network
from cashlane.core.outcome import Asked, deadline_passed, hear, hear_void
from cashlane.core.payment import FactKind, State
from cashlane.core.ports import Confirmed, Declined, Unknown
from cashlane.core.quote import Hold, Quote, price
from cashlane.core.record import (
    AskKind,
    ErrandKey,
    ErrandKind,
    ErrandRow,
    LimitDelta,
    PaymentRow,
    Record,
)
from cashlane.core.routing import CLEAR
from cashlane.home import Databases
from cashlane.store.claims import Claim, Claims, Mark
from cashlane.store.connect import connect, open_pool
from cashlane.store.days import cut_day, open_day
from cashlane.store.errands import Errands
from cashlane.store.network import put_charter, read_network
from cashlane.store.payments import Books
from cashlane.switch.lane import wanted_by
from cashlane.switch.mark import Marker, claim_bucket
from cashlane.values.ids import Ids
from tests.core.ways import permit
from tests.store.street import street

DAY_ONE, DAY_TWO = date(2026, 1, 14), date(2026, 1, 15)
OPENING = datetime(2026, 1, 14, 1, 0, tzinfo=UTC)
BATCH = 200
LATE = 12
"""Payments taken at the very end, whose claims nobody has marked yet."""

STORIES: dict[str, tuple[tuple[str, ...], State]] = {
    "untouched": ((), State.CASH_IN),
    "sent": (("send",), State.SENT),
    "confirmed": (("send", "confirm"), State.CONFIRMED),
    "confirmed late": (("send", "doubt", "confirm"), State.CONFIRMED),
    "sent again": (("send", "unsent", "send", "confirm"), State.CONFIRMED),
    "in doubt": (("send", "doubt"), State.UNKNOWN),
    "declined": (("send", "decline"), State.DECLINED),
    "returned": (("send", "decline", "hand back"), State.RETURNED),
    "paid elsewhere": (("send", "duplicate", "hand back"), State.RETURNED),
    "nobody came": (("send", "decline", "overdue"), State.REFUND_DUE),
    "slip, then declined": (("send", "doubt", "slip", "decline"), State.REFUND_DUE),
    "refunded": (("send", "decline", "overdue", "refund"), State.REFUNDED),
    "being voided": (("send", "confirm", "void"), State.VOIDING),
    "voided": (("send", "confirm", "void", "reversed"), State.VOIDED),
    "void kept": (("send", "void", "confirm", "reversed"), State.VOIDED),
    "void refused": (("send", "confirm", "void", "kept"), State.CONFIRMED),
    "upheld": (("send", "confirm", "owed"), State.REFUND_DUE),
    "upheld, refunded": (("send", "confirm", "owed", "refund"), State.REFUNDED),
    "late success": (("send", "decline", "hand back", "file"), State.RETURNED),
}
_WEIGHTS = [3, 3, 30, 8, 4, 6, 4, 6, 2, 4, 3, 4, 3, 6, 3, 3, 2, 2, 2]
_ASKED = {
    "void": AskKind.VOID, "hand back": AskKind.HAND_BACK, "slip": AskKind.SLIP,
    "refund": AskKind.REFUND,
}  # fmt: skip
_USES = {
    "send": ErrandKind.SEND, "confirm": ErrandKind.ENQUIRE, "decline": ErrandKind.ENQUIRE,
    "duplicate": ErrandKind.ENQUIRE, "doubt": ErrandKind.ENQUIRE, "unsent": ErrandKind.ENQUIRE,
    "overdue": ErrandKind.RETURN_DEADLINE, "reversed": ErrandKind.VOID, "kept": ErrandKind.VOID,
}  # fmt: skip


class Lived(Struct):
    """A payment of the books, the story it follows, and the steps still to come."""

    payment: PaymentRow
    story: str
    left: list[str]
    errands: dict[ErrandKind, ErrandRow] = field(default_factory=dict)


class Wall:
    """A clock that moves only when told to."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def elapsed(self) -> float:
        return (self._at - OPENING).total_seconds()

    def tick(self) -> datetime:
        self._at += timedelta(seconds=1)
        return self._at


class Counter:
    """The street at work: takes payments, carries them on, and marks bills."""

    def __init__(self, books: Books, claims: Claims, errands: Errands, network: Network,
                 seed: int) -> None:  # fmt: skip
        self.network = network
        self.chance = Random(seed)
        self.wall = Wall(OPENING)
        self.ids = Ids(self.chance.getrandbits)
        self.lives: dict[UUID, Lived] = {}
        self.parts: list[Quote] = []
        self._books = books
        self._claims = claims
        self._marker = Marker(books, errands, claims, lambda: network, self.wall, self.ids)
        self._bills = count(1)

    # -- taking ------------------------------------------------------------------------------

    async def take(self, wanted: int) -> None:
        """Take so many payments, a few of them after a refused ask or within a visit."""
        for size in _sizes(wanted):
            holds = await self._hold([self._quote() for _ in range(size)])
            await self.ask([self._pay(hold, short=True) for hold in holds[::25]])
            self._begin(await self.ask(self._with_visit(holds)))

    async def take_rest_of_parts(self) -> None:
        """The second half of bills that were paid in part: their claims are free again."""
        quotes, self.parts = self.parts, []
        for size, at in zip(_sizes(len(quotes)), count(0, BATCH), strict=False):
            holds = await self._hold(quotes[at : at + size])
            self._begin(await self.ask([self._pay(hold) for hold in holds]))

    async def burn_a_hold(self) -> None:
        """A bill that was held and never paid."""
        (hold,) = await self._hold([self._quote()])
        burn = BurnAsk(hold.outlet, hold.till, hold.id, hold.id, "sweep")
        await self.ask([burn])
        quote = hold.quote
        bucket = claim_bucket(quote.biller, quote.bill_ref)
        mark = Mark(bucket, quote.biller, quote.bill_ref, hold.id, None, None, 0, 0, False)
        await self._claims.free([mark])

    async def ask(self, asks: Sequence[Ask]) -> list[Answer]:
        """Decide asks in one batch and write the decision."""
        now = self.wall.tick()
        async with self._books.unit() as unit:
            loaded = await unit.load_known(wanted_by(asks, self.network, CLEAR, now))
            decided = decide(asks, loaded, self.network, CLEAR, now, self.ids)
            await unit.record(decided.record, batch=self.ids.fresh(now), now=now)
        self._keep_errands(decided.record.errands)
        return decided.answers

    def _quote(self) -> Quote:
        biller, number = self.chance.choice((1, 2)), next(self._bills)
        owed = self.chance.randrange(1_000, 60_000)
        bill = Bill(biller, f"b{number}", f"a{number % 997}", "2026-01", owed, None, "")
        if biller == 2 and self.chance.random() < 0.2:
            self.parts.append(self._priced(bill, owed - owed // 2))
            return self._priced(bill, owed // 2)
        return self._priced(bill, owed)

    def _priced(self, bill: Bill, amount: int) -> Quote:
        biller = self.network.billers[bill.biller]
        contract = self.network.contracts[self.chance.choice((1, 2)), bill.biller]
        quote = price(
            self.network, biller, permit(contract), bill, amount=amount, now=self.wall.now()
        )
        assert isinstance(quote, Quote), quote
        return quote

    async def _hold(self, quotes: Sequence[Quote]) -> list[Hold]:
        """Claim the bills, each for an outlet whose contract its quote is of."""
        until = self.wall.now() + timedelta(minutes=10)
        holds = []
        for quote in quotes:
            outlet = self.chance.choice((1, 2)) if quote.route == 1 else 3
            till = outlet * 10 + self.chance.choice((1, 2))
            ident = self.ids.fresh(self.wall.now())
            holds.append(Hold(id=ident, outlet=outlet, till=till, until=until, quote=quote))
        stand = await self._claims.hold([_claim(hold) for hold in holds])
        for hold in holds:
            assert stand[hold.quote.biller, hold.quote.bill_ref].hold == hold.id
        return holds

    def _pay(self, hold: Hold, *, short: bool = False, visit: Basket | None = None) -> PayAsk:
        key = self.ids.fresh(self.wall.now())
        given = 0 if visit or short else self.chance.choice((0, 5, 10_000))
        tendered = max(0, hold.quote.cash_due + given - (10 if short else 0))
        return PayAsk(hold.outlet, hold.till, key, key, hold, tendered, visit, None, "test")

    def _with_visit(self, holds: Sequence[Hold]) -> list[PayAsk]:
        """The first two bills of one till make a visit, the others come alone."""
        first = holds[0]
        mates = [hold for hold in holds if hold.till == first.till][:2]
        due = sum(hold.quote.cash_due for hold in mates)
        visit = Basket(self.ids.fresh(self.wall.now()), due + 100, len(mates))
        return [self._pay(hold, visit=visit if hold in mates else None) for hold in holds]

    def _begin(self, answers: Sequence[Answer]) -> None:
        names = list(STORIES)
        for answer in answers:
            assert isinstance(answer, Accepted), answer
            life = self.lives[answer.payment.id]
            life.payment = answer.payment
            life.story = self.chance.choices(names, _WEIGHTS)[0]
            life.left = list(STORIES[life.story][0])

    # -- carrying on ----------------------------------------------------------------------------

    async def go_on(self, *, pausing: bool) -> None:
        """Let every life take its next steps until none is left; some pause for the next day."""
        moving = [life for life in self.lives.values() if life.left]
        while moving:
            for batch in _batches(_of(moving, asked=True)):
                await self._act(batch)
            for batch in _batches(_of(moving, asked=False)):
                await self._hear(batch)
            for life in moving:
                del life.left[0]
            moving = [life for life in moving if life.left and not self._pauses(life, pausing)]

    def _pauses(self, life: Lived, pausing: bool) -> bool:
        """A void must be asked on the day of its payment, and a part is settled before the next
        part of its bill is held; anything else may wait."""
        may = "void" not in life.left and life.payment.amount == life.payment.owed
        return pausing and may and self.chance.random() < 0.3

    async def _act(self, batch: Sequence[Lived]) -> None:
        await self.ask([self._undo(life) for life in batch])

    def _undo(self, life: Lived) -> UndoAsk:
        payment, key = life.payment, self.ids.fresh(self.wall.now())
        kind = _ASKED[life.left[0]]
        assert kind in (AskKind.VOID, AskKind.HAND_BACK, AskKind.SLIP, AskKind.REFUND)
        return UndoAsk(payment.outlet, payment.till, key, key, kind, payment.id,
                       payment.business_date, "test")  # fmt: skip

    async def _hear(self, batch: Sequence[Lived]) -> None:
        now = self.wall.tick()
        async with self._books.unit() as unit:
            loaded = await unit.load_known(_wanted(batch))
            at = Moment(now, loaded.day.business_date, self.ids)
            record = Record(business_date=at.business_date)
            for life in batch:
                self._step(life, loaded, at, record)
            await unit.record(record, batch=self.ids.fresh(now), now=now)
        self._keep_errands(record.errands)

    def _step(self, life: Lived, loaded: Loaded, at: Moment, record: Record) -> None:
        step, known = life.left[0], loaded.lives[life.payment.id]
        used = life.errands.pop(_USES[step], None) if step in _USES else None
        turn = _STEPS[step](known, used, self.network, at)
        turn.add_to(record)
        if used is not None:
            record.done.append(ErrandKey(used.bucket, used.id))
        if turn.cash_out:
            _hand_out(turn, loaded, record)

    def _keep_errands(self, errands: Sequence[ErrandRow]) -> None:
        for row in errands:
            life = self.lives.setdefault(row.payment, Lived(None, "", []))  # type: ignore[arg-type]
            life.errands[row.kind] = row

    async def mark(self) -> None:
        """Carry what happened over to the claims, until nothing is due."""
        while await self._marker.round():
            pass


def _sizes(wanted: int) -> Iterator[int]:
    while wanted > 0:
        yield min(wanted, BATCH)
        wanted -= BATCH


def _batches(lives: Sequence[Lived]) -> Iterator[Sequence[Lived]]:
    return (lives[at : at + BATCH] for at in range(0, len(lives), BATCH))


def _of(moving: Sequence[Lived], *, asked: bool) -> list[Lived]:
    return [life for life in moving if (life.left[0] in _ASKED) is asked]


def _claim(hold: Hold) -> Claim:
    quote = hold.quote
    bucket = claim_bucket(quote.biller, quote.bill_ref)
    return Claim(bucket, quote.biller, quote.bill_ref, hold.outlet, hold.till, hold.until, hold.id)


def _wanted(batch: Sequence[Lived]) -> Wanted:
    payments = [life.payment for life in batch]
    return Wanted(
        keys=(),
        holds=(),
        books=tuple((row.bucket, Limited.DRAWER, row.outlet) for row in payments),
        tills=(),
        payments=tuple((row.bucket, row.business_date, row.id) for row in payments),
        visits=(),
        errands=tuple((row.bucket, row.id) for life in batch for row in life.errands.values()),
    )


def _hand_out(turn: Turn, loaded: Loaded, record: Record) -> None:
    outlet = turn.life.payment.outlet
    book = loaded.books[Limited.DRAWER, outlet]
    earlier = [row for row in record.limits if row.party == outlet]
    record.limits = [row for row in record.limits if row.party != outlet]
    delta = sum(row.delta for row in earlier) - turn.cash_out
    record.limits.append(
        LimitDelta(book.bucket, Limited.DRAWER, outlet, delta, book.receipts_day, book.receipts)
    )


Step = Callable[[PaymentLife, ErrandRow | None, Network, Moment], Turn]


def _send(life: PaymentLife, job: ErrandRow | None, network: Network, at: Moment) -> Turn:
    assert job is not None
    turn = take_up(life, job, network, CLEAR, at)
    assert isinstance(turn, Turn)
    return turn


def _heard(finding: Callable[[PaymentLife], Confirmed | Declined | Unknown]) -> Step:
    def step(life: PaymentLife, job: ErrandRow | None, network: Network, at: Moment) -> Turn:
        assert job is not None
        asked = Asked(life, life.count(FactKind.SENT), job, network, CLEAR)
        return hear(asked, finding(life), at)

    return step


def _voided(finding: Confirmed | Declined, refusals: int) -> Step:
    def step(life: PaymentLife, job: ErrandRow | None, network: Network, at: Moment) -> Turn:
        assert job is not None
        asked = ErrandRow(job.bucket, job.id, job.kind, job.due_at, job.payment, job.payment_date,
                          refusals, job.subject)  # fmt: skip
        return hear_void(life, finding, asked, network, at)

    return step


def _told(kind: FactKind, source: str, *, carried: bool) -> Step:
    def step(life: PaymentLife, _: ErrandRow | None, _network: Network, at: Moment) -> Turn:
        route = life.payment.route if carried else 0
        return learn(life, News(kind, route, 0, source, None, at.now), at)

    return step


_STEPS: dict[str, Step] = {
    "send": _send,
    "confirm": _heard(lambda life: Confirmed("ref", life.payment.amount)),
    "decline": _heard(lambda _: Declined("E1", not_posted=True)),
    "duplicate": _heard(lambda _: Declined("E1", not_posted=True, duplicate=True)),
    "doubt": _heard(lambda _: Unknown("no answer in time")),
    "unsent": _heard(lambda _: Unknown("connection refused", sent=False)),
    "overdue": lambda life, _job, _network, at: deadline_passed(life, at),
    "reversed": _voided(Confirmed("void", 0), 0),
    "kept": _voided(Declined("E9", not_posted=False), 5),
    "owed": _told(FactKind.REFUND_AFTER_CONFIRM, "person:case-1", carried=False),
    "file": _told(FactKind.FILE_POSTED, "file:east.csv:7", carried=True),
}


def write_books(ways: Databases, *, lives: int, seed: int) -> Counter:
    """Books of so many random lives over two business days, the second still open."""
    return asyncio.run(_write(ways, lives, seed))


async def _write(ways: Databases, lives: int, seed: int) -> Counter:
    with connect(ways.hub) as hub:
        put_charter(hub, street())
        open_day(hub, DAY_ONE, now=OPENING)
        network = read_network(hub, DAY_ONE)
    assert network is not None
    pool = await open_pool(ways.hub, size=2)
    try:
        counter = Counter(Books(pool), Claims(pool), Errands(pool), network, seed)
        await _two_days(counter, ways, lives)
    finally:
        await pool.close()
    return counter


async def _two_days(counter: Counter, ways: Databases, lives: int) -> None:
    await counter.take(lives // 2)
    await counter.burn_a_hold()
    await counter.go_on(pausing=True)
    await counter.mark()
    with connect(ways.hub) as hub:
        cut_day(hub, DAY_ONE, now=counter.wall.tick())
        open_day(hub, DAY_TWO, now=counter.wall.tick())
    await counter.take_rest_of_parts()
    await counter.take(max(0, lives - len(counter.lives) - LATE))
    await counter.go_on(pausing=False)
    await counter.mark()
    await counter.take(min(LATE, lives))
