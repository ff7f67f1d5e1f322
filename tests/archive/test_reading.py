"""Whoever asks about an archived payment is answered as before, or told that it cannot be read."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date
from random import Random
from typing import TypeVar
from uuid import UUID

import pytest
from msgspec import Struct, structs

from cashlane.api.refusing import HANDLERS, told
from cashlane.core.asks import AbandonAsk, Accepted, Archived, BurnAsk, PayAsk, UndoAsk, Undone
from cashlane.core.bill import Bill
from cashlane.core.network import Actor, Network
from cashlane.core.quote import Hold, Quote, price
from cashlane.core.receipt import ReceiptKey, make_code
from cashlane.core.record import AskKind
from cashlane.core.refusals import Refused
from cashlane.core.routing import CLEAR
from cashlane.counter.asking import undo_payment
from cashlane.counter.problems import RefusedError
from cashlane.counter.service import Service
from cashlane.people.keys import KeyRing
from cashlane.registry.onboarding import Deeds
from cashlane.store.claims import Claims
from cashlane.store.connect import Pool, connect, open_pool
from cashlane.store.finding import Finding
from cashlane.store.lives import Lives, WholeLife
from cashlane.store.lookup import Lookup, Seen
from cashlane.store.network import read_network
from cashlane.store.payments import Books
from cashlane.store.shelf import AwayError, Shelf
from cashlane.switch.accept import Acceptor
from cashlane.switch.admission import Admission
from cashlane.switch.inquire import Inquirer, SigningKeys
from cashlane.switch.lane import Lane
from cashlane.values.ids import Ids, spell
from cashlane.web.citizen.check import answer
from tests.archive.conftest import NOW, Year
from tests.core.ways import permit
from tests.store.books import Wall

JANUARY = date(2026, 1, 1)
DECEMBER = date(2026, 12, 27)
SEAL = ReceiptKey(1, b"s" * 32)
T = TypeVar("T")


class Readers(Struct):
    """Everybody who asks for one payment, over the same books."""

    hub: Pool
    service: Service
    lives: Lives
    finding: Finding
    shelf: Shelf
    lane: Lane
    network: Network
    visits: list[UUID]


async def _open(year: Year, pools: tuple[Pool, Pool, Pool]) -> Readers:
    hub, party, watch = pools
    with connect(year.ways.hub) as reader:
        network = read_network(reader, DECEMBER)
        visits = [visit for (visit,) in reader.execute(
            "SELECT id FROM visits WHERE business_date < '2026-02-01' ORDER BY id LIMIT 1"
        ).fetchall()]  # fmt: skip
    assert network is not None
    assert visits
    wall, ids = Wall(NOW), Ids(Random(9).getrandbits)
    shelf, claims = Shelf(watch, year.folder), Claims(hub)
    lane = Lane(Books(hub), lambda: network, lambda: CLEAR, wall, ids)
    inquirer = Inquirer(
        dict, claims, lambda: network, wall, ids, SigningKeys("1", {"1": b"k" * 32}),
        lambda: CLEAR, Admission(lambda: lane.waiting, wall, per_second=None),
    )  # fmt: skip

    service = Service(
        inquirer=inquirer,
        acceptor=Acceptor(lane, inquirer, lambda: network, shelf.kept),
        lookup=Lookup(party, shelf),
        keys=KeyRing(hub, wall),
        hold_keys={"1": b"k" * 32},
        receipt_key=SEAL,
        network=lambda: network,
        clock=wall,
        outlook=lambda: CLEAR,
        deeds=Deeds(hub, wall),
    )
    return Readers(
        hub, service, Lives(watch, shelf), Finding(watch, shelf), shelf, lane, network, visits
    )


def asked(year: Year, work: Callable[[Readers], Awaitable[T]]) -> T:
    """What readers over the year's books are answered."""

    async def run() -> T:
        pools = [await open_pool(dsn, size=2)
                 for dsn in (year.ways.hub, year.ways.party, year.ways.watch)]  # fmt: skip
        try:
            return await work(await _open(year, (pools[0], pools[1], pools[2])))
        finally:
            for pool in pools:
                await pool.close()

    return asyncio.run(run())


class Paper(Struct, frozen=True):
    """A payment of January by what people hold in their hands."""

    id: UUID
    agent: int
    bucket: int
    outlet: int
    day: date
    number: int


def papers(year: Year) -> list[Paper]:
    question = (
        "SELECT id, agent, bucket, outlet, business_date, receipt FROM payments"
        " WHERE business_date < '2026-02-01' ORDER BY id"
    )
    with connect(year.ways.admin) as admin:
        rows = admin.execute(question).fetchall()
    return [Paper(*row) for row in rows]


# -- papers and payments ---------------------------------------------------------------------------


async def _all_of(at: Readers, paper: Paper) -> tuple[object, ...]:
    lookup, outlet = at.service.lookup, at.network.outlets[paper.outlet]
    return (
        await lookup.payment(paper.agent, paper.bucket, paper.day, paper.id),
        await lookup.receipt(
            paper.agent, paper.bucket, outlet=paper.outlet, day=paper.day, number=paper.number
        ),
        await lookup.payment(paper.agent + 1, paper.bucket, paper.day, paper.id),
        await at.lives.of(paper.id),
        await at.finding.by_receipt(outlet, paper.day, paper.number),
        await at.finding.listed([paper.id]),
        await at.finding.of_outlet(outlet, paper.day, below=99, most=5),
        await at.finding.outlet_tally(outlet, paper.day),
        [
            await at.finding.of_visit(visit, most=9)
            for visit in [await at.finding.visit(one) for one in at.visits]
            if visit is not None
        ],
    )


def _unmarked(answers: tuple[object, ...]) -> list[object]:
    """The answers without the word that says where they were read, and without the route that
    confirmed, which live look-ups leave out."""
    plain = []
    for one in answers:
        several = one if isinstance(one, list) else [one]
        several = [_without_route(each) for each in several]
        plain.append([
            structs.replace(each, archived=False) if hasattr(each, "archived") else each
            for each in several
        ])  # fmt: skip
    return plain


def _without_route(one: object) -> object:
    if isinstance(one, Seen | WholeLife):
        return structs.replace(one, payment=structs.replace(one.payment, carried_by=0))
    return one


def test_every_payment_answers_as_before_by_whatever_it_is_asked(year: Year) -> None:
    known = papers(year)[::2]

    async def all_of(at: Readers) -> list[list[object]]:
        return [_unmarked(await _all_of(at, paper)) for paper in known]

    before = asked(year, all_of)
    year.put_away(JANUARY)
    assert asked(year, all_of) == before
    assert len(before) == 12
    assert all(len(answers) == 9 for answers in before)
    year.put_away(date(2026, 2, 1))  # and with it lines of January's payments
    assert asked(year, all_of) == before

    async def one(at: Readers) -> tuple[object, ...]:
        return await _all_of(at, known[0])

    seen, paper, other, life, _, listed, *_ = asked(year, one)
    marks = [getattr(each, "archived", None) for each in (seen, paper, life, listed[0])]  # type: ignore[index]
    assert marks == [True] * 4
    assert other is None


def test_what_never_was_is_not_in_an_archive_either(year: Year) -> None:
    paper = papers(year)[0]
    year.put_away(JANUARY)

    async def missing(at: Readers) -> tuple[object, ...]:
        lookup = at.service.lookup
        day = {"outlet": paper.outlet, "day": paper.day}
        other = UUID(int=paper.id.int ^ 1)
        return (
            await lookup.receipt(paper.agent, paper.bucket, **day, number=999),  # type: ignore[arg-type]
            await lookup.payment(paper.agent, paper.bucket, paper.day, other),
            await at.lives.of(other),
            await at.finding.listed([other]),
        )

    assert asked(year, missing) == (None, None, None, [])


def test_an_archive_that_is_away_is_said_to_be(year: Year) -> None:
    paper = papers(year)[0]
    year.put_away(JANUARY)
    year.folder.rename(year.folder.with_name("elsewhere"))
    for ask in (
        lambda at: at.service.lookup.payment(paper.agent, paper.bucket, paper.day, paper.id),
        lambda at: at.lives.of(paper.id),
        lambda at: at.finding.listed([paper.id]),
    ):
        with pytest.raises(AwayError, match="2026-01"):
            asked(year, ask)
    refusal = told(None, AwayError(JANUARY))
    assert refusal.status_code == 503
    assert "ARCHIVE_AWAY" in refusal.content.decode()
    assert AwayError in HANDLERS


def test_the_public_check_of_an_old_paper(year: Year) -> None:
    paper = papers(year)[0]
    code = make_code(SEAL, outlet=paper.outlet, business_date=paper.day, number=paper.number)
    none = make_code(SEAL, outlet=paper.outlet, business_date=paper.day, number=999)
    forged = code[:-1] + ("0" if code[-1] != "0" else "1")

    async def answers(at: Readers) -> list[tuple[int, str, str]]:
        said = []
        for each in (code, none, forged):
            began = time.monotonic()
            status, verdict, sentence = await answer(at.service, each)
            assert time.monotonic() - began < 1, "a citizen waits at a telephone"
            said.append((status, verdict, sentence.en))
        return said

    before = asked(year, answers)
    assert [status for status, *_ in before] == [200, 404, 404]
    year.put_away(JANUARY)
    assert asked(year, answers) == before
    year.folder.rename(year.folder.with_name("elsewhere"))
    away = asked(year, answers)
    assert away[0][:2] == (503, "away")
    assert away[0][2].startswith("This is a paper of this network: ")
    assert away[2] == before[2]


# -- the counter -----------------------------------------------------------------------------------


class Decided(Struct, frozen=True):
    """A payment's pay as it was asked: outlet, till, key, hash, hold."""

    payment: UUID
    outlet: int
    till: int
    key: UUID
    hash: UUID
    hold: UUID
    biller: int
    bill_ref: str


def decided(year: Year, where: str) -> Decided:
    with connect(year.ways.admin) as admin:
        row = admin.execute(
            "SELECT p.id, p.outlet, p.till, a.key, a.hash, p.hold, p.biller, p.bill_ref"
            " FROM payments p JOIN asks a ON a.bucket = p.bucket AND a.payment = p.id"
            f" WHERE p.business_date < '2026-02-01' AND {where} ORDER BY p.id LIMIT 1"
        ).fetchone()
    assert row is not None
    return Decided(*row)


def _quote(network: Network, of: Decided) -> Quote:
    """The same bill asked for again, a year later."""
    bill = Bill(of.biller, of.bill_ref, "a1", "2026-01", 5_000, None, "")
    contract = network.contracts[network.outlets[of.outlet].agent, of.biller]
    quote = price(
        network, network.billers[of.biller], permit(contract), bill, amount=5_000, now=NOW
    )
    assert isinstance(quote, Quote)
    return quote


def _pay(network: Network, of: Decided) -> PayAsk:
    hold = Hold(id=of.hold, outlet=of.outlet, till=of.till, until=NOW, quote=_quote(network, of))
    return PayAsk(of.outlet, of.till, of.key, of.hash, hold, 9_999, None, None, "test")


STANDING = "a.kind = 1 AND p.state = 5"


def test_a_bill_that_was_paid_in_an_archived_month_is_not_taken_again(year: Year) -> None:
    paid = decided(year, f"{STANDING} AND p.biller = 1")

    async def again(at: Readers) -> object:
        held = await at.service.inquirer.hold(paid.outlet, paid.till, _quote(at.network, paid))
        return held.code if isinstance(held, Refused) else held

    assert asked(year, again) == "BILL_PAID"
    year.put_away(JANUARY)
    assert asked(year, again) == "BILL_PAID"
    assert year.audit().clean


def test_an_old_key_is_answered_as_it_was(year: Year) -> None:
    paid, voided = decided(year, STANDING), decided(year, "a.kind = 2")

    async def retries(at: Readers) -> list[object]:
        decide = at.service.acceptor.decide
        undo = UndoAsk(
            voided.outlet, voided.till, voided.key, voided.hash, AskKind.VOID, voided.payment,
            JANUARY.replace(day=2), "test",
        )  # fmt: skip
        other = structs.replace(_pay(at.network, paid), hash=UUID(int=1))
        return [
            await decide(_pay(at.network, paid)),
            await decide(AbandonAsk(paid.outlet, paid.till, paid.key, paid.hash, "test")),
            await decide(undo),
            await decide(other),
        ]

    before = asked(year, retries)
    assert isinstance(before[0], Accepted)
    assert isinstance(before[2], Undone)
    assert before[3] == Refused("KEY_REUSED")
    year.put_away(JANUARY)
    assert asked(year, retries) == before
    year.folder.rename(year.folder.with_name("elsewhere"))
    with pytest.raises(AwayError):
        asked(year, retries)


def test_the_hold_of_an_archived_payment_is_neither_used_nor_freed(year: Year) -> None:
    paid = decided(year, STANDING)
    year.put_away(JANUARY)

    async def held(at: Readers) -> tuple[object, object]:
        fresh = structs.replace(_pay(at.network, paid), key=UUID(int=7), hash=UUID(int=7))
        burn = BurnAsk(paid.outlet, paid.till, paid.hold, paid.hold, "sweep")
        return await at.service.acceptor.decide(fresh), await at.lane.ask(burn)

    used, burnt = asked(year, held)
    assert used == Refused("HOLD_USED")
    assert isinstance(burnt, Archived)


def test_nothing_changes_an_archived_payment(year: Year) -> None:
    paid = decided(year, STANDING)
    year.put_away(JANUARY)

    async def undo(at: Readers) -> None:
        outlet, till = at.network.outlets[paid.outlet], at.network.tills[paid.till]
        actor = Actor(outlet.agent, outlet.number, None, "test")
        await undo_payment(
            at.service, actor, at.service.places.counter(actor, outlet.code, till.code),
            payment=spell("pay", paid.payment), key=UUID(int=5), kind=AskKind.VOID,
        )  # fmt: skip

    with pytest.raises(RefusedError) as refused:
        asked(year, undo)
    assert refused.value.refused == Refused("PAYMENT_ARCHIVED")
    assert year.audit().clean


# -- planted bug -----------------------------------------------------------------------------------


def test_a_shelf_that_forgets_the_agent_would_be_seen(
    year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cashlane.store.lookup._own", lambda _, shelved: shelved)
    paper = papers(year)[0]
    year.put_away(JANUARY)

    async def others(at: Readers) -> object:
        return await at.service.lookup.payment(paper.agent + 1, paper.bucket, paper.day, paper.id)

    assert asked(year, others) is not None
