"""The simulated store answers as the real one does: the same random operations on both."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from psycopg.conninfo import conninfo_to_dict

from cashlane.core.asks import AbandonAsk, Ask, Basket, BurnAsk, PayAsk, UndoAsk
from cashlane.core.bill import Bill
from cashlane.core.decide import decide
from cashlane.core.delivery import Waits, last_attempt, take_up
from cashlane.core.health import Pulse, Scope, feel
from cashlane.core.known import Loaded, Wanted
from cashlane.core.life import Moment
from cashlane.core.network import Network
from cashlane.core.outcome import Asked, hear
from cashlane.core.outlet import Permit
from cashlane.core.ports import Confirmed, Declined, NotFound, Unknown
from cashlane.core.quote import Hold, Quote, price
from cashlane.core.record import AskKind, ErrandKey, ErrandKind, ErrandRow, Record
from cashlane.core.routing import CLEAR, way_states
from cashlane.home import Databases
from cashlane.store.claims import Claim, Mark
from cashlane.store.connect import Pool, connect, open_pool
from cashlane.store.days import cut_day, open_day
from cashlane.store.network import put_charter, read_network
from cashlane.switch.lane import wanted_by
from cashlane.switch.mark import claim_bucket
from cashlane.values.ids import BUCKETS, Ids
from tests.simulation.chance import Chance
from tests.simulation.tables import Tables
from tests.simulation.twin import MONEY, Twin, real_rows, simulated_rows
from tests.store.street import street

DAY = date(2026, 1, 14)
OPENING = datetime(2026, 1, 14, 1, 0, tzinfo=UTC)
SEQUENCES, STEPS = 500, 16
ZERO_DAY = date(2000, 1, 1)


class Sequence:
    """One random life of both stores."""

    def __init__(self, number: int, twin: Twin, network: Network, ways: Databases) -> None:
        self.draw: Random = Chance(number).of("parity")
        self.ids = Ids(self.draw.getrandbits)
        self.twin = twin
        self.network = network
        self.ways = ways
        self.now = OPENING
        self.day = DAY
        self.holds: list[Hold] = []
        self.keys: list[Ask] = []
        self.payments: list[tuple[int, date, UUID]] = []
        self.errands: list[ErrandRow] = []
        self.records: list[Record] = []

    async def run(self) -> list[str]:
        acts = [self.hold, self.pay, self.pay, self.undo, self.burn, self.take, self.send,
                self.hear, self.give_back, self.mark, self.free, self.look, self.again,
                self.spoilt, self.cut, self.feel, self.feel, self.probe]  # fmt: skip
        await self.hold()
        for _ in range(STEPS):
            self.now += timedelta(seconds=self.draw.choice((0, 1, 20, 400)))
            await self.draw.choice(acts)()
        with connect(self.ways.admin) as admin:
            real, found = real_rows(admin), simulated_rows(self.twin.tables)
        return self.twin.differences + [
            f"{name}:\n  real {real[name]}\n  sim  {found[name]}"
            for name in real if real[name] != found[name]
        ]  # fmt: skip

    # -- claims ----------------------------------------------------------------------------------

    def _quote(self) -> Quote:
        biller, number = self.draw.choice((1, 2)), self.draw.randrange(5)
        bill = Bill(biller, f"b{number}", "a", "2026-01", 10_005, None, "")
        amount = 10_005 if biller == 1 else self.draw.choice((10_005, 4_000, 6_005))
        contract = self.network.contracts[1, biller]
        ways = tuple(way_states(contract, CLEAR, self.now))
        quote = price(
            self.network, self.network.billers[biller], Permit(contract, ways, stands_in=False),
            bill, amount=amount, now=self.now,
        )  # fmt: skip
        assert isinstance(quote, Quote)
        return quote

    async def hold(self) -> None:
        wishes = {}
        for _ in range(self.draw.randint(1, 3)):
            quote, outlet = self._quote(), self.draw.choice((1, 2))
            until = self.now + timedelta(seconds=self.draw.choice((5, 600)))
            hold = Hold(self.ids.fresh(self.now), outlet, outlet * 10 + 1, until, quote)
            wishes[hold.id] = hold
        claims = [
            Claim(claim_bucket(h.quote.biller, h.quote.bill_ref), h.quote.biller,
                  h.quote.bill_ref, h.outlet, h.till, h.until, h.id) for h in wishes.values()
        ]  # fmt: skip
        stand = await self.twin.same("hold", lambda _b, _e, c: c.hold(claims))
        won = {one.hold for one in stand.values()}
        self.holds += [hold for hold in wishes.values() if hold.id in won]

    def _marks(self) -> list[Mark]:
        chosen = self.draw.sample(self.holds, min(len(self.holds), 2))
        return [
            Mark(claim_bucket(h.quote.biller, h.quote.bill_ref), h.quote.biller, h.quote.bill_ref,
                 h.id, self._payment_of(h), self.now, h.quote.amount, h.quote.owed,
                 h.quote.biller == 2) for h in chosen
        ]  # fmt: skip

    def _payment_of(self, hold: Hold) -> UUID:
        return UUID(int=hold.id.int ^ 1)

    async def mark(self) -> None:
        marks = self._marks()
        refs = {mark.bill_ref for mark in marks}
        if marks and len(refs) == len(marks):
            await self.twin.same("mark", lambda _b, _e, c: c.mark_paid(marks))

    async def free(self) -> None:
        marks = self._marks()
        if marks:
            await self.twin.same("free", lambda _b, _e, c: c.free(marks))

    # -- asks ------------------------------------------------------------------------------------

    async def pay(self) -> None:
        asks: list[Ask] = []
        for _ in range(self.draw.randint(1, 3)):
            if self.keys and self.draw.random() < 0.3:
                asks.append(self.draw.choice(self.keys))
            elif self.holds:
                hold, key = self.draw.choice(self.holds), self.ids.fresh(self.now)
                given = hold.quote.cash_due - self.draw.choice((0, 0, 0, 10))
                visit = Basket(UUID(int=self.draw.randrange(3)), given, 1)
                asks.append(PayAsk(hold.outlet, hold.till, key, key, hold, given,
                                   self.draw.choice((None, visit)), None, "twin"))  # fmt: skip
            else:
                key = self.ids.fresh(self.now)
                asks.append(AbandonAsk(1, 11, key, key, "twin"))
        await self._ask(asks)

    async def _ask(self, asks: list[Ask]) -> None:
        self.keys += asks

        def decided(loaded: Loaded) -> Record:
            return decide(asks, loaded, self.network, CLEAR, self.now, self.ids).record

        keep = self.draw.random() < 0.9
        wanted = wanted_by(asks, self.network, CLEAR, self.now)
        record = await self.twin.write("ask", wanted, decided, self.now, self.ids, keep=keep)
        self._learn(record)

    def _learn(self, record: Record | None) -> None:
        if record is not None:
            self.records.append(record)
            self.payments += [(p.bucket, p.business_date, p.id) for p in record.payments]
            self.errands += record.errands

    async def undo(self) -> None:
        if self.payments:
            _, day, ident = self.draw.choice(self.payments)
            key, outlet = self.ids.fresh(self.now), self.draw.choice((1, 2))
            kind: Any = self.draw.choice(
                (AskKind.VOID, AskKind.HAND_BACK, AskKind.SLIP, AskKind.REFUND)
            )
            await self._ask([UndoAsk(outlet, outlet * 10 + 1, key, key, kind, ident, day, "twin")])

    async def burn(self) -> None:
        if self.holds:
            hold = self.draw.choice(self.holds)
            await self._ask([BurnAsk(hold.outlet, hold.till, hold.id, hold.id, "twin")])

    # -- errands ---------------------------------------------------------------------------------

    async def take(self) -> None:
        kinds = self.draw.sample(list(ErrandKind), 3)
        lease = timedelta(seconds=self.draw.choice((0, 30)))
        await self.twin.same(
            "take",
            lambda _b, e, _c: e.take(kinds, range(BUCKETS), now=self.now, lease=lease, most=50),
        )

    async def give_back(self) -> None:
        if self.errands:
            one = self.draw.choice(self.errands)
            names = [ErrandKey(one.bucket, one.id)]
            later = self.now + timedelta(seconds=7)
            acts: list[tuple[str, Callable[[Any], Any]]] = [
                ("finish", lambda e: e.finish(names)),
                ("put off", lambda e: e.put_off(names, due_at=later)),
                ("try later", lambda e: e.try_later(names, due_at=later)),
                ("release", lambda e: e.release(names, until=later)),
            ]
            what, act = self.draw.choice(acts)
            await self.twin.same(what, lambda _b, e, _c: act(e))

    async def send(self) -> None:
        await self._turn(ErrandKind.SEND, self._taken_up)

    def _taken_up(self, loaded: Loaded, job: ErrandRow, at: Moment, record: Record) -> None:
        turn = take_up(loaded.lives[job.payment], job, self.network, CLEAR, at)
        if turn is not None and not isinstance(turn, Waits):
            turn.add_to(record)

    async def hear(self) -> None:
        await self._turn(ErrandKind.ENQUIRE, self._heard)

    def _heard(self, loaded: Loaded, job: ErrandRow, at: Moment, record: Record) -> None:
        life = loaded.lives[job.payment]
        sent = last_attempt(life)
        if sent is not None:
            finding = self.draw.choice(
                (Confirmed("r", life.payment.amount), Declined("E1", not_posted=True),
                 Unknown("?"), Unknown("no", sent=False), NotFound())
            )  # fmt: skip
            hear(Asked(life, sent.attempt, job, self.network, CLEAR), finding, at).add_to(record)

    async def _turn(self, kind: ErrandKind, act: Callable[..., None]) -> None:
        jobs = [job for job in self.errands if job.kind is kind]
        if not jobs:
            return
        job = self.draw.choice(jobs)
        wanted = Wanted((), (), (), (), ((job.bucket, job.payment_date, job.payment),), (),
                        ((job.bucket, job.id),))  # fmt: skip

        def decided(loaded: Loaded) -> Record:
            at = Moment(self.now, loaded.day.business_date, self.ids)
            record = Record(business_date=at.business_date, done=[ErrandKey(job.bucket, job.id)])
            if job.payment in loaded.lives:
                act(loaded, job, at, record)
            return record

        self._learn(await self.twin.write("turn", wanted, decided, self.now, self.ids))

    # -- ways ------------------------------------------------------------------------------------

    async def feel(self) -> None:
        """Something is felt on some ways, mostly nothing good."""
        scopes = (Scope(1, 0, 0), Scope(2, 0, 0), Scope(1, 1, 0), Scope(1, 1, 1), Scope(2, 2, 1))
        felt = {
            scope: self.draw.choices(list(Pulse), k=self.draw.randint(1, 6))
            for scope in self.draw.sample(scopes, 2)
        }
        await self.twin.same_ways("fold", lambda ways: ways.fold(felt, self.now, feel))
        await self.twin.same_ways("outlook", lambda ways: ways.outlook(self.now))

    async def probe(self) -> None:
        """Two ask for the same signs of life."""
        for _ in range(2):
            wanted = dict.fromkeys(self.draw.sample((1, 2), self.draw.randint(1, 2)), 15)
            await self.twin.same_ways(
                "probes", lambda ways, of=wanted: ways.lease_probes(of, self.now)
            )

    # -- hostile writes --------------------------------------------------------------------------

    async def again(self) -> None:
        """A write that was made, or rolled back, before."""
        if self.records:
            await self._write("again", self.draw.choice(self.records))

    async def spoilt(self) -> None:
        """A write that is wrong in itself."""
        if not self.records:
            return
        record = structs.replace(self.draw.choice(self.records))
        spoil = self.draw.choice(("entry", "date", "payment", "bucket", "most", "done"))
        if spoil == "entry" and record.postings:
            first, *others = record.postings
            more = (first.amounts[0] + 1, *first.amounts[1:])
            record.postings = [structs.replace(first, amounts=more), *others]
        elif spoil == "date":
            record.business_date = DAY + timedelta(days=3)
        elif spoil == "payment":
            record.postings = []
        elif spoil == "bucket":
            record.asks = [structs.replace(ask, bucket=60) for ask in record.asks]
        elif spoil == "most":
            record.limits = [structs.replace(one, delta=10**13) for one in record.limits]
        else:
            record.done = [*record.done, ErrandKey(5, UUID(int=5))]
        if not record.is_empty():
            await self._write(f"spoilt {spoil}", record)

    async def _write(self, what: str, record: Record) -> None:
        nothing = Wanted((), (), (), (), (), (), ())
        await self.twin.write(what, nothing, lambda _: record, self.now, self.ids)

    # -- looking, and the day --------------------------------------------------------------------

    async def look(self) -> None:
        async def lives(books: Any, _e: Any, _c: Any) -> Any:
            async with books.unit() as unit:
                return await unit.read_lives(self.payments)

        if self.payments:
            await self.twin.same("lives", lives)
        before = self.now - timedelta(seconds=self.draw.choice((0, 30)))
        await self.twin.same("lapsed", lambda _b, _e, c: c.lapsed(before, most=100))
        await self.twin.same("waiting", lambda _b, e, _c: e.waiting())

    async def cut(self) -> None:
        """The day ends; often the next begins."""
        if self.draw.random() < 0.6:
            return
        with connect(self.ways.admin) as admin:
            cut_day(admin, self.day, now=self.now)
        self.twin.tables.days[self.day] = False
        if self.draw.random() < 0.7:
            self.day += timedelta(days=1)
            with connect(self.ways.admin) as admin:
                open_day(admin, self.day, now=self.now)
            self.twin.tables.days[self.day] = True


def _prepare(ways: Databases) -> None:
    """A database that need not survive a power cut: that is not what is compared here."""
    name = conninfo_to_dict(ways.admin)["dbname"]
    with connect(ways.admin, autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    with connect(ways.hub) as hub:
        put_charter(hub, street())
        open_day(hub, DAY, now=OPENING)


def _sweep_clean(ways: Databases) -> None:
    with connect(ways.admin) as admin:
        admin.execute("; ".join(f"DELETE FROM {table}" for table in MONEY))
        admin.execute("UPDATE limits SET balance = 0, receipts = 0, receipts_day = %s", (ZERO_DAY,))
        open_day(admin, DAY, now=OPENING)


async def _all(ways: Databases, pool: Pool, numbers: range) -> list[str]:
    found = []
    with connect(ways.hub) as hub:
        network = read_network(hub, DAY)
    assert network is not None
    for number in numbers:
        _sweep_clean(ways)
        twin = Twin(pool, network, ZERO_DAY)
        twin.tables.days[DAY] = True
        differences = await Sequence(number, twin, network, ways).run()
        found += [f"sequence {number}, {it}" for it in differences]
    return found


def _differences(ways: Databases, numbers: range) -> list[str]:
    _prepare(ways)

    async def main() -> list[str]:
        pool = await open_pool(ways.hub, size=2)
        try:
            return await _all(ways, pool, numbers)
        finally:
            await pool.close()

    return asyncio.run(main())


@pytest.mark.parametrize("part", range(2))
def test_both_stores_are_one(ways: Databases, part: int) -> None:
    """Whatever is done, both say the same and hold the same."""
    found = _differences(ways, range(part, SEQUENCES, 2))
    assert not found, f"{len(found)} differences\n" + "\n".join(found[:5])


def _frees_anybodys(self: Tables, marks: list[Mark]) -> set[UUID]:
    for mark in marks:
        row = self.claims.get((mark.bucket, mark.biller, mark.bill_ref))
        if row is not None:
            row.state, row.until, row.hold = 0, None, None
    return {mark.hold for mark in marks}


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("free", _frees_anybodys),
        ("check", lambda self, record: None),
        ("drop", lambda self, name: None),
    ],
)
def test_a_store_that_differs_is_found(
    ways: Databases, monkeypatch: pytest.MonkeyPatch, name: str, broken: Callable[..., object]
) -> None:
    monkeypatch.setattr(Tables, name, broken)
    assert _differences(ways, range(25))
