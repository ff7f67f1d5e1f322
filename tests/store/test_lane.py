"""The lane against a real database: lost commits, and the sweep against late pays."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec import Struct, structs
from psycopg import conninfo

from cashlane.audit.verify import verify
from cashlane.core.asks import Accepted, PayAsk, Reclaim
from cashlane.core.bill import Bill, BillKey
from cashlane.core.ports import BillsFound
from cashlane.core.quote import Quote, price
from cashlane.core.refusals import Refused
from cashlane.main import Databases
from cashlane.store.audit import reading
from cashlane.store.claims import Claims
from cashlane.store.connect import Lost, connect, open_pool
from cashlane.store.days import open_day
from cashlane.store.errands import Errands
from cashlane.store.network import put_charter, read_network
from cashlane.store.payments import Books
from cashlane.switch.accept import Acceptor
from cashlane.switch.inquire import Inquirer, Inquiry, SigningKeys
from cashlane.switch.lane import Lane
from cashlane.switch.mark import Marker, Sweeper
from cashlane.values.ids import Ids
from tests.store.books import DAY_ONE, OPENING, Wall
from tests.store.cut_line import CutLine
from tests.store.street import street
from tests.street.running import rounds

OUTLET, TILL, OTHER_TILL = 1, 11, 21


class Room(Struct):
    """A lane and what stands around it, over one pool."""

    lane: Lane
    claims: Claims
    marker: Marker
    inquirer: Inquirer
    acceptor: Acceptor
    wall: Wall
    quotes: "Quotes"


class Quotes:
    """Bills without end, priced for outlet 1."""

    def __init__(self, network) -> None:
        self._network, self._number = network, 0

    def next(self) -> Quote:
        self._number += 1
        biller = self._network.billers[1]
        bill = Bill(1, f"1001-{self._number:06d}", "1001", "202601", 12_650, None, "合成")
        quote = price(
            self._network, biller, self._network.contracts[1, 1], bill, amount=bill.amount,
            now=OPENING,
        )  # fmt: skip
        assert isinstance(quote, Quote)
        return quote


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
    lane = Lane(books, lambda: network, wall, ids)
    inquirer = Inquirer(
        lambda: {1: _Desk()}, claims, lambda: network, wall, ids,
        SigningKeys("1", {"1": b"k" * 32}), frozenset,
    )  # fmt: skip
    try:
        yield Room(
            lane, claims, Marker(books, Errands(pool), claims, lambda: network, wall), inquirer,
            Acceptor(lane, inquirer, lambda: network), wall, Quotes(network),
        )  # fmt: skip
    finally:
        await pool.close()


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


def test_a_line_lost_at_commit_leaves_one_effect(ways: Databases, short_folder: Path) -> None:
    """The same ask under the same key until it is answered: one payment each, whatever was cut."""
    asked = conninfo.conninfo_to_dict(ways.hub)
    name = f".s.PGSQL.{asked['port']}"
    through = conninfo.make_conninfo(ways.hub, host=str(short_folder))
    wanted = rounds(30, 120)

    async def main() -> CutLine:
        target = Path(str(asked["host"])) / name
        async with (
            CutLine(short_folder / name, target, share=0.4, seed=5) as line,
            room(ways, ways.hub) as steady,
            room(ways, through) as shaky,
        ):
            for _ in range(wanted):
                ask = await _pay_ask(steady, steady.quotes.next())
                answer = await _insist(shaky, ask)
                assert isinstance(answer, Accepted)
                again = await steady.lane.ask(ask)
                assert again == answer
            await steady.marker.round()
        return line

    line = asyncio.run(main())
    assert line.delivered >= wanted // 10, "commits whose answer was lost"
    assert line.dropped >= wanted // 10, "commits that never arrived"
    assert _count(ways, "SELECT count(*) FROM payments") == wanted
    assert _count(ways, "SELECT count(*) FROM asks") == wanted
    _clean(ways)


async def _insist(at: Room, ask: PayAsk):
    for _ in range(40):
        try:
            return await at.lane.ask(ask)
        except Lost:
            continue
    raise AssertionError("never answered")


def test_sweep_against_late_pay(ways: Databases) -> None:
    """At the edge one of them wins: never two payments, never cash without a row."""
    edges = rounds(60, 1000)

    async def main() -> list[str]:
        words = []
        async with room(ways, ways.hub) as at:
            sweeper = Sweeper(at.lane, at.claims, at.network, at.wall, timedelta(0))
            for turn in range(edges):
                quote = at.quotes.next()
                ask = await _pay_ask(at, quote)
                at.wall._at += timedelta(minutes=11)
                lapsed = next(
                    it
                    for it in await at.claims.lapsed(at.wall.now(), most=200)
                    if it.bill_ref == quote.bill_ref
                )
                work = [at.acceptor.decide(ask), sweeper.sweep(lapsed)]
                answers = await asyncio.gather(*(work if turn % 2 else reversed(work)))
                answer = next(it for it in answers if not hasattr(it, "freed"))
                words.append(type(answer).__name__)
                paid = _count(
                    ways, f"SELECT count(*) FROM payments WHERE bill_ref = '{quote.bill_ref}'"
                )
                assert paid == isinstance(answer, Accepted)
                await at.marker.round()
            while await at.marker.round():
                pass
        return words

    words = asyncio.run(main())
    assert set(words) <= {"Accepted", "Refused"}
    assert _count(ways, "SELECT count(*) FROM claims WHERE state = 1") == 0
    _clean(ways)


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
