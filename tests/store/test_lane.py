"""The lane against a real database: lost commits, and the sweep against late pays."""

import asyncio
import random
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from msgspec import Struct, structs
from psycopg import conninfo

from cashlane.audit.verify import verify
from cashlane.core.asks import Accepted, BurnAsk, PayAsk, Reclaim, UndoAsk, Undone
from cashlane.core.bill import Bill, BillKey
from cashlane.core.known import Wanted
from cashlane.core.life import Moment, News, learn
from cashlane.core.network import Network
from cashlane.core.payment import FactKind
from cashlane.core.ports import BillsFound
from cashlane.core.quote import Hold, Quote, price
from cashlane.core.record import AskKind, PaymentRow, Record
from cashlane.core.refusals import Refused
from cashlane.core.routing import CLEAR
from cashlane.home import Databases
from cashlane.store.audit import reading
from cashlane.store.claims import Claims, Lapsed, Mark
from cashlane.store.connect import Lost, connect, open_pool
from cashlane.store.days import cut_day, open_day
from cashlane.store.errands import Errands
from cashlane.store.network import put_charter, read_network
from cashlane.store.payments import Books
from cashlane.switch.accept import Acceptor, DirectPay
from cashlane.switch.admission import Admission
from cashlane.switch.inquire import Inquirer, Inquiry, SigningKeys
from cashlane.switch.lane import Lane
from cashlane.switch.mark import Marker, Sweeper, Swept
from cashlane.values.ids import Ids
from tests.core.ways import permit
from tests.store.books import DAY_ONE, OPENING, Wall
from tests.store.cut_line import CutLine
from tests.store.street import street
from tests.street.running import rounds

OUTLET, TILL, OTHER_TILL = 1, 11, 21
LANES = 5
"""Lanes of their own that write through the line that is cut."""


class Room(Struct):
    """A lane and what stands around it, over one pool."""

    books: Books
    lane: Lane
    claims: Claims
    marker: Marker
    inquirer: Inquirer
    acceptor: Acceptor
    wall: Wall
    ids: Ids
    network: Callable[[], Network]
    quotes: "Quotes"


class Quotes:
    """Bills without end, priced for outlet 1."""

    def __init__(self, network) -> None:
        self._network, self._number = network, 0

    def next(self, biller: int = 1, amount: int = 12_650) -> Quote:
        """A bill of 126.50, and how much of it is paid."""
        self._number += 1
        bill = Bill(biller, f"1001-{self._number:06d}", "1001", "202601", 12_650, None, "合成")
        quote = price(
            self._network, self._network.billers[biller],
            permit(self._network.contracts[1, biller]), bill, amount=amount, now=OPENING,
        )  # fmt: skip
        assert isinstance(quote, Quote)
        return quote

    def of(self, first: Quote, amount: int) -> Quote:
        """Another part of the same bill."""
        self._number = int(first.bill_ref.rpartition("-")[2]) - 1
        return self.next(first.biller, amount)


class _Desk:
    """A biller's desk across no wire at all: what it owes is what was put here."""

    async def inquire(self, key: BillKey) -> BillsFound:
        return BillsFound((Bill(1, "1001-1", key.account, "202601", 12_650, None, "合成"),))


@asynccontextmanager
async def room(ways: Databases, dsn: str) -> AsyncIterator[Room]:
    with connect(ways.hub) as hub:
        put_charter(hub, street())
        open_day(hub, DAY_ONE, now=OPENING)
        network = read_network(hub, DAY_ONE)
    assert network is not None
    pool = await open_pool(dsn, size=8)
    wall, ids = Wall(OPENING), Ids(lambda bits: uuid4().int >> (128 - bits) & (1 << bits) - 1)
    books, claims = Books(pool), Claims(pool)
    lane = Lane(books, lambda: network, lambda: CLEAR, wall, ids)
    inquirer = Inquirer(
        lambda: {1: _Desk()}, claims, lambda: network, wall, ids,
        SigningKeys("1", {"1": b"k" * 32}), lambda: CLEAR,
        Admission(lambda: lane.waiting, wall, per_second=None),
    )  # fmt: skip
    try:
        yield Room(
            books, lane, claims, Marker(books, Errands(pool), claims, lambda: network, wall, ids),
            inquirer,
            Acceptor(lane, inquirer, lambda: network, nothing_archived), wall, ids,
            lambda: network,
            Quotes(network),
        )  # fmt: skip
    finally:
        await pool.close()


async def nothing_archived(payment: UUID) -> PaymentRow:
    """No month of these books is put away."""
    raise AssertionError(f"{payment} was asked of an archive")


async def _pay_ask(at: Room, quote: Quote) -> PayAsk:
    hold = await at.inquirer.hold(OUTLET, TILL, quote)
    assert not isinstance(hold, Refused), hold
    return PayAsk(OUTLET, TILL, uuid4(), uuid4(), hold, quote.cash_due, None, None, "test")


def _count(ways: Databases, question: str) -> int:
    with connect(ways.watch) as watch:
        row = watch.execute(question).fetchone()
    assert row is not None
    return int(row[0])


def _clean(ways: Databases) -> None:
    with reading(ways.watch) as books:
        assert [finding.code for finding in verify(books).findings] == []


@pytest.fixture
def short_folder():
    """A Unix socket's path may have 107 bytes at most."""
    folder = Path(tempfile.mkdtemp(prefix="cut-"))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.storm
def test_a_line_lost_at_commit_leaves_one_effect(
    ways: Databases, short_folder: Path, figures
) -> None:
    """The same ask under the same key until it is answered: one payment each, whatever was cut."""
    asked = conninfo.conninfo_to_dict(ways.hub)
    name = f".s.PGSQL.{asked['port']}"
    through = conninfo.make_conninfo(ways.hub, host=str(short_folder))
    wanted = rounds(30, 200)

    async def main() -> CutLine:
        target = Path(str(asked["host"])) / name
        async with (
            CutLine(short_folder / name, target, share=0.4, seed=5) as line,
            room(ways, ways.hub) as steady,
            AsyncExitStack() as stack,
        ):
            lanes = [await stack.enter_async_context(room(ways, through)) for _ in range(LANES)]
            asks = [await _pay_ask(steady, steady.quotes.next()) for _ in range(wanted)]

            async def insist(shaky: Room) -> None:
                while asks:
                    ask = asks.pop()
                    answer = await _insist(shaky, ask)
                    assert isinstance(answer, Accepted)
                    assert await steady.lane.ask(ask) == answer

            await asyncio.gather(*map(insist, lanes))
            await steady.marker.round()
        return line

    line = asyncio.run(main())
    payments = _count(ways, "SELECT count(*) FROM payments")
    figures(
        f"lost at COMMIT: {line.delivered + line.dropped} connections ({line.delivered} after it"
        f" was delivered, {line.dropped} before), {wanted} asks insisted, payments {payments}"
    )
    assert line.delivered >= wanted // 5, "commits whose answer was lost"
    assert line.dropped >= wanted // 5, "commits that never arrived"
    assert line.delivered + line.dropped >= wanted // 2
    assert payments == wanted
    assert _count(ways, "SELECT count(*) FROM asks") == wanted
    _clean(ways)


async def _insist(at: Room, ask: PayAsk):
    for _ in range(40):
        try:
            return await at.lane.ask(ask)
        except Lost:
            continue
    raise AssertionError("never answered")


class Edges(Struct):
    """What came of late pays that met the sweep."""

    accepted: int = 0
    refused: int = 0
    freed: int = 0


EDGES_AT_ONCE = 10


async def _meet(ways: Databases, sweeping: type[Sweeper], edges: int) -> Edges:
    """Holds lapse, and their late pays and their sweeps come at the same moment."""
    seen, chance = Edges(), random.Random(edges)
    async with room(ways, ways.hub) as at:
        sweeper = sweeping(at.lane, at.claims, at.network, at.wall, timedelta(0))
        for _ in range(edges // EDGES_AT_ONCE):
            asks = [await _pay_ask(at, at.quotes.next()) for _ in range(EDGES_AT_ONCE)]
            at.wall._at += timedelta(minutes=11)
            lapsed = await at.claims.lapsed(at.wall.now(), most=200)
            work = [at.acceptor.decide(ask) for ask in asks] + list(map(sweeper.sweep, lapsed))
            chance.shuffle(work)
            for answer in await asyncio.gather(*work):
                seen.accepted += isinstance(answer, Accepted)
                seen.refused += isinstance(answer, Refused)
                seen.freed += getattr(answer, "freed", 0)
            while await at.marker.round():
                pass
    return seen


def _edge_faults(ways: Databases, seen: Edges, edges: int) -> list[str]:
    """Every pay has one answer, one row for an accepted one, and every bill its right claim."""
    with reading(ways.watch) as books:
        faults = [finding.code for finding in verify(books).findings]
    payments = _count(ways, "SELECT count(*) FROM payments")
    if (seen.accepted, seen.accepted + seen.refused) != (payments, edges):
        faults.append(f"{seen} and {payments} payments")
    if _count(ways, "SELECT count(*) FROM claims WHERE state = 1"):
        faults.append("a bill is held by nobody")
    if _count(ways, "SELECT count(*) FROM claims WHERE state = 2") != payments:
        faults.append("bills marked paid are not those with a payment")
    return faults


@pytest.mark.storm
def test_sweep_against_late_pay(ways: Databases, figures) -> None:
    """At the edge one of them wins: never two payments, never cash without a row."""
    edges = rounds(60, 1000)
    seen = asyncio.run(_meet(ways, Sweeper, edges))
    faults = _edge_faults(ways, seen, edges)
    figures(
        f"sweep against a late pay: {edges} edges, accepted {seen.accepted}, refused"
        f" {seen.refused}, freed {seen.freed}, faults {len(faults)}"
    )
    assert faults == []
    assert min(seen.accepted, seen.freed) > 0, "both must have won"


class _FreesFirst(Sweeper):
    """A planted bug: the bill is given away before its hold is burnt."""

    async def sweep(self, lapsed: Lapsed) -> Swept:
        bill = (lapsed.bucket, lapsed.biller, lapsed.bill_ref, lapsed.hold)
        await self._claims.free([Mark(*bill, None, None, 0, 0, False)])
        return await super().sweep(lapsed)


@pytest.mark.storm
def test_the_edge_finds_a_sweep_that_frees_first(ways: Databases) -> None:
    seen = asyncio.run(_meet(ways, _FreesFirst, 60))
    assert "CLAIM_TOTAL" in _edge_faults(ways, seen, 60)


def test_while_the_day_is_cut_no_bill_is_swept(ways: Databases) -> None:
    """Between two days nothing can be burnt, so nothing is freed: not even a paid bill whose mark
    is late. The next day's sweep finds it paid."""

    async def main() -> None:
        async with room(ways, ways.hub) as at:
            sweeper = Sweeper(at.lane, at.claims, at.network, at.wall, timedelta(0))
            assert isinstance(await at.lane.ask(await _pay_ask(at, at.quotes.next())), Accepted)
            at.wall._at += timedelta(minutes=11)
            with connect(ways.hub) as hub:
                cut_day(hub, DAY_ONE, now=at.wall.now())
            (lapsed,) = await at.claims.lapsed(at.wall.now(), most=9)
            assert await sweeper.sweep(lapsed) == Swept(freed=0, paid=0, must_wait=True)
            assert await at.claims.lapsed(at.wall.now(), most=9) == [lapsed]
            with connect(ways.hub) as hub:
                open_day(hub, DAY_ONE + timedelta(days=1), now=at.wall.now())
            assert await sweeper.sweep(lapsed) == Swept(freed=0, paid=1, must_wait=False)

    asyncio.run(main())


class _Counts(Sweeper):
    """Counts the holds it looks at."""

    looked_at = 0

    async def sweep(self, lapsed: Lapsed) -> Swept:
        self.looked_at += 1
        return await super().sweep(lapsed)


def test_a_sweep_waits_for_the_day_and_does_not_press_it(ways: Databases) -> None:
    """What one hold hears of a day that is being cut holds for all: the round ends there and says
    that it did nothing, so that its relay rests."""

    async def main() -> None:
        async with room(ways, ways.hub) as at:
            for _ in range(3):
                await _pay_ask(at, at.quotes.next())
            at.wall._at += timedelta(minutes=11)
            with connect(ways.hub) as hub:
                cut_day(hub, DAY_ONE, now=at.wall.now())
            sweeper = _Counts(at.lane, at.claims, at.network, at.wall, timedelta(0))
            assert await sweeper.round() == 0
            assert sweeper.looked_at == 1
            with connect(ways.hub) as hub:
                open_day(hub, DAY_ONE + timedelta(days=1), now=at.wall.now())
            assert await sweeper.round() == 3

    asyncio.run(main())


def test_a_swept_part_leaves_the_rest_of_its_bill_open(ways: Databases) -> None:
    """The sweep finds a part payment whose mark is late: the bill is not paid whole by it."""

    async def main() -> None:
        async with room(ways, ways.hub) as at:
            sweeper = Sweeper(at.lane, at.claims, at.network, at.wall, timedelta(0))
            quote = at.quotes.next(biller=2, amount=6_000)
            assert isinstance(await at.lane.ask(await _pay_ask(at, quote)), Accepted)
            at.wall._at += timedelta(minutes=11)
            assert await sweeper.round() == 1
            rest = await at.inquirer.hold(OUTLET, TILL, at.quotes.of(quote, 6_650))
            assert isinstance(rest, Hold), rest
            while await at.marker.round():
                pass

    asyncio.run(main())
    assert _count(ways, "SELECT paid_total FROM claims") == 6_000
    _clean(ways)


def test_a_direct_pay_meets_a_burnt_hold(ways: Databases) -> None:
    """The sweep died between burning and freeing: the same till is refused, its cash goes back;
    when the bill is free again, it may pay."""

    async def main() -> list[object]:
        async with room(ways, ways.hub) as at:
            pays = [_direct_pay() for _ in range(2)]
            held = await at.inquirer.inquire(pays[0].inquiry)
            assert not isinstance(held, Refused)
            at.wall._at += timedelta(minutes=11)
            (lapsed,) = await at.claims.lapsed(at.wall.now(), most=200)
            await at.lane.ask(BurnAsk(OUTLET, TILL, lapsed.hold, lapsed.hold, "sweep"))
            answers: list[object] = [await at.acceptor.pay_direct(pays[0])]
            await Sweeper(at.lane, at.claims, at.network, at.wall, timedelta(0)).round()
            answers += [await at.acceptor.pay_direct(pay) for pay in pays]
            while await at.marker.round():
                pass
            return answers

    first, again, second = asyncio.run(main())
    assert first == again == Refused("HOLD_BURNT", {})
    assert isinstance(second, Accepted)
    _clean(ways)


def _direct_pay() -> DirectPay:
    inquiry = Inquiry(OUTLET, TILL, BillKey(1, "1001"), hold=True, amount=None)
    return DirectPay(inquiry, 12_650, uuid4(), uuid4(), 20_000, None, "test")


def test_a_burnt_hold_is_claimed_anew_or_refused(ways: Databases) -> None:
    async def main() -> tuple[object, object]:
        async with room(ways, ways.hub) as at:
            sweeper = Sweeper(at.lane, at.claims, at.network, at.wall, timedelta(0))
            answers = []
            for taken in (False, True):
                quote = at.quotes.next()
                ask = await _pay_ask(at, quote)
                at.wall._at += timedelta(minutes=11)
                assert await sweeper.round() == 1
                assert isinstance(await at.lane.ask(ask), Reclaim)
                if taken:
                    await at.inquirer.hold(2, OTHER_TILL, quote)
                answers.append(await at.acceptor.decide(ask))
                assert await at.acceptor.decide(ask) == answers[-1], "the answer is stored"
                await at.marker.round()
            return answers[0], answers[1]

    anew, refused = asyncio.run(main())
    assert isinstance(anew, Accepted)
    assert refused == Refused("HOLD_BURNT", {})


def test_a_burnt_hold_is_claimed_anew_for_one_key_only(ways: Databases) -> None:
    """Two keys bring one hold that was burnt: the first one's payment is what the other is told of,
    while it stands, and after its cash went back and its bill is anybody's again."""

    async def main() -> list[object]:
        async with room(ways, ways.hub) as at:
            ask = await _pay_ask(at, at.quotes.next())
            others = [structs.replace(ask, key=uuid4()) for _ in range(2)]
            at.wall._at += timedelta(minutes=11)
            sweeper = Sweeper(at.lane, at.claims, at.network, at.wall, timedelta(0))
            assert await sweeper.round() == 1
            paid = await at.acceptor.decide(ask)
            assert isinstance(paid, Accepted)
            await at.marker.round()
            answers: list[object] = [await at.acceptor.decide(others[0])]
            await _come_to_nothing(at, paid.payment)
            answers += [await at.acceptor.decide(other) for other in reversed(others)]
            again = await at.acceptor.decide(ask)
            assert isinstance(again, Accepted)
            assert again.payment.id == paid.payment.id
            return answers

    assert asyncio.run(main()) == [Refused("HOLD_USED", {})] * 3
    assert _count(ways, "SELECT count(*) FROM claims WHERE state = 1") == 1, "it was to be had"
    _clean(ways)


async def _come_to_nothing(at: Room, payment: PaymentRow) -> None:
    """Sent, declined, its cash handed back, its bill let go."""
    home = (payment.bucket, payment.business_date, payment.id)
    wanted = Wanted(
        keys=(), holds=(), books=(), tills=(), payments=(home,), visits=(), errands=()
    )  # fmt: skip
    for kind in (FactKind.SENT, FactKind.DECLINED):
        async with at.books.unit() as unit:
            loaded = await unit.load_known(wanted)
            moment = Moment(at.wall.now(), loaded.day.business_date, at.ids)
            news = News(kind, payment.route, 1, "test", None, moment.now)
            record = Record(business_date=payment.business_date)
            learn(loaded.lives[payment.id], news, moment).add_to(record)
            await unit.record(record, batch=uuid4(), now=moment.now)
    back = UndoAsk(
        OUTLET, TILL, uuid4(), uuid4(), AskKind.HAND_BACK, payment.id, payment.business_date, "test"
    )  # fmt: skip
    assert isinstance(await at.lane.ask(back), Undone)
    while await at.marker.round():
        pass


def test_a_billers_capacity_is_never_exceeded(ways: Databases) -> None:
    """Many counters asking one account are one inquiry; others beyond the budget are told to
    wait."""

    async def main() -> list[object]:
        async with room(ways, ways.hub) as at:
            ask = [
                Inquiry(OUTLET, TILL, BillKey(1, str(1001 + turn)), hold=False, amount=None)
                for turn in range(5000)
            ]
            same = [structs.replace(ask[0]) for _ in range(100)]
            first = await asyncio.gather(*(at.inquirer.inquire(it) for it in same))
            assert not any(isinstance(it, Refused) for it in first), "coalesced"
            return await asyncio.gather(*(at.inquirer.inquire(it) for it in ask))

    answers = asyncio.run(main())
    refused = [it for it in answers if isinstance(it, Refused)]
    assert {it.code for it in refused} == {"INQUIRY_BUSY"}
    per_second = street().billers[0].inquiries_per_minute // 60
    assert len(answers) - len(refused) <= per_second + 1
