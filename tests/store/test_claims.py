"""Claims against a real database: what each payment paid of its bill, and marks that go astray."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from structlog.testing import capture_logs

from cashlane.core.asks import Accepted, Answer, PayAsk, UndoAsk
from cashlane.core.bill import Bill
from cashlane.core.known import Wanted
from cashlane.core.life import Moment, News, learn
from cashlane.core.payment import FactKind
from cashlane.core.quote import Quote, price
from cashlane.core.record import AskKind, ErrandKind, PaymentRow, Record
from cashlane.core.refusals import Refused
from cashlane.home import Databases
from cashlane.store.claims import FREE, PAID
from cashlane.store.connect import connect
from cashlane.store.errands import Errands
from cashlane.switch.mark import Sweeper
from cashlane.values.ids import BUCKETS, Ids
from tests.core.ways import permit
from tests.store.test_lane import OTHER_TILL, OUTLET, TILL, Room, _clean, room

OWED = 10_000
_IDS = Ids(lambda bits: uuid4().int >> (128 - bits) & (1 << bits) - 1)


def _within(ways: Databases, scenario: Callable[[Room], Awaitable[None]]) -> None:
    async def main() -> None:
        async with room(ways, ways.hub) as at:
            await scenario(at)

    asyncio.run(main())


def _part(at: Room, ref: str, amount: int, *, biller: int = 2) -> Quote:
    """So much of a bill; biller 2 takes parts, biller 1 does not."""
    network = at.network()
    bill = Bill(biller, ref, "2001", "202601", OWED, None, "合成")
    contract = network.contracts[1, biller]
    quote = price(
        network, network.billers[biller], permit(contract), bill, amount=amount, now=at.wall.now()
    )
    assert isinstance(quote, Quote), quote
    return quote


async def _paid(at: Room, quote: Quote) -> PaymentRow:
    hold = await at.inquirer.hold(OUTLET, TILL, quote)
    assert not isinstance(hold, Refused), hold
    answer = await at.lane.ask(
        PayAsk(OUTLET, TILL, uuid4(), uuid4(), hold, quote.cash_due, None, None, "test")
    )
    assert isinstance(answer, Accepted)
    return answer.payment


async def _marked(at: Room) -> None:
    while await at.marker.round():
        pass


async def _returned(at: Room, payment: PaymentRow) -> Answer:
    """The other side declined it, and the cash went back over the counter."""
    async with at.books.unit() as unit:
        place = (payment.bucket, payment.business_date, payment.id)
        loaded = await unit.load_known(Wanted((), (), (), (), (place,), (), ()))
        moment = Moment(at.wall.now(), loaded.day.business_date, _IDS)
        record = Record(business_date=moment.business_date)
        life = loaded.lives[payment.id]
        for kind in (FactKind.SENT, FactKind.DECLINED):
            turn = learn(life, News(kind, payment.route, 1, "test", None, moment.now), moment)
            life = turn.life
            turn.add_to(record)
        first, last = record.moves
        record.moves = [type(last)(**(_fields(last) | {"before": first.before}))]
        await unit.record(record, batch=_IDS.fresh(moment.now), now=moment.now)
    return await at.lane.ask(
        UndoAsk(OUTLET, TILL, uuid4(), uuid4(), AskKind.HAND_BACK, payment.id,
                payment.business_date, "test")
    )  # fmt: skip


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


def _claim(ways: Databases, ref: str) -> tuple[int, int, set[UUID]]:
    """State, total and standing payments of a bill."""
    with connect(ways.watch) as watch:
        state, total, parts = watch.execute(
            "SELECT state, paid_total, parts FROM claims WHERE bill_ref = %s", (ref,)
        ).fetchone()
    assert total == sum(parts.values())
    return state, total, set(map(UUID, parts))


def _cases(ways: Databases) -> list[str]:
    with connect(ways.watch) as watch:
        return [
            subject for (subject,) in watch.execute("SELECT subject FROM errands WHERE kind = 7")
        ]


def test_undoing_an_earlier_part_takes_its_own_amount_back(ways: Databases) -> None:
    """Not only the latest payment of a bill can be undone."""

    async def scenario(at: Room) -> None:
        first = await _paid(at, _part(at, "b-1", 4_000))
        await _marked(at)
        second = await _paid(at, _part(at, "b-1", 5_000))
        await _marked(at)
        assert _claim(ways, "b-1") == (FREE, 9_000, {first.id, second.id})
        await _returned(at, first)
        await _marked(at)
        assert _claim(ways, "b-1") == (FREE, 5_000, {second.id})

    _within(ways, scenario)
    _clean(ways)


def test_a_bill_paid_whole_in_parts_is_open_again_when_the_first_is_undone(ways: Databases) -> None:
    async def scenario(at: Room) -> None:
        first = await _paid(at, _part(at, "b-2", 4_000))
        await _marked(at)
        second = await _paid(at, _part(at, "b-2", 6_000))
        await _marked(at)
        assert _claim(ways, "b-2") == (PAID, OWED, {first.id, second.id})
        await _returned(at, first)
        await _marked(at)
        assert _claim(ways, "b-2") == (FREE, 6_000, {second.id})
        rest = await at.inquirer.hold(OUTLET, OTHER_TILL, _part(at, "b-2", 4_000))
        assert not isinstance(rest, Refused)

    _within(ways, scenario)
    _clean(ways)


def test_two_parts_undone_in_one_round_both_count(ways: Databases) -> None:
    async def scenario(at: Room) -> None:
        paid = []
        for amount in (1_000, 2_000, 3_000):
            paid.append(await _paid(at, _part(at, "b-3", amount)))
            await _marked(at)
        for payment in paid[:2]:
            await _returned(at, payment)
        await _marked(at)
        assert _claim(ways, "b-3") == (FREE, 3_000, {paid[2].id})

    _within(ways, scenario)
    _clean(ways)


def test_a_part_that_the_sweep_finds_paid_leaves_the_rest_of_the_bill_open(ways: Databases) -> None:
    """The sweep marks a payment as its errand would have, parts and all."""

    async def scenario(at: Room) -> None:
        payment = await _paid(at, _part(at, "b-4", 4_000))
        at.wall._at += timedelta(minutes=11)
        sweeper = Sweeper(at.lane, at.claims, at.network, at.wall, timedelta(0))
        assert await sweeper.round() == 1
        assert _claim(ways, "b-4") == (FREE, 4_000, {payment.id})
        with capture_logs() as logs:
            await _marked(at)
        assert _claim(ways, "b-4") == (FREE, 4_000, {payment.id})
        assert (logs, _cases(ways)) == ([], []), "marked before is no alarm"

    _within(ways, scenario)
    _clean(ways)


def test_a_mark_that_finds_no_row_is_told_and_becomes_a_case(ways: Databases) -> None:
    """A payment whose bill another has is nothing to be finished silently."""

    async def scenario(at: Room) -> None:
        payment = await _paid(at, _part(at, "b-5", OWED, biller=1))
        with connect(ways.hub) as hub:
            hub.execute("UPDATE claims SET hold = %s WHERE bill_ref = 'b-5'", (uuid4(),))
        with capture_logs() as logs:
            await _marked(at)
        (told,) = logs
        assert (told["event"], told["log_level"]) == ("mark.astray", "error")
        assert (told["payment"], told["wanted"]) == (str(payment.id), "claim_paid")
        assert _cases(ways) == ["claim held by another"]
        assert await at.marker.round() == 0, "the errand became the case"

    _within(ways, scenario)


def test_a_claim_that_is_missing_is_told_too(ways: Databases) -> None:
    async def scenario(at: Room) -> None:
        await _paid(at, _part(at, "b-6", OWED, biller=1))
        with connect(ways.admin) as admin:
            admin.execute("SET session_replication_role = replica")
            admin.execute("DELETE FROM claims WHERE bill_ref = 'b-6'")
        with capture_logs() as logs:
            await _marked(at)
        assert [one["found"] for one in logs] == ["missing"]
        assert _cases(ways) == ["claim missing"]

    _within(ways, scenario)


def test_a_mark_made_twice_of_a_payment_undone_meanwhile_is_no_alarm(ways: Databases) -> None:
    """One relay marks, another takes the same errand over; the bill is freed by the next errand."""

    async def scenario(at: Room) -> None:
        payment = await _paid(at, _part(at, "b-9", OWED, biller=1))
        errands = Errands(at.books._pool)
        (job,) = await errands.take(
            [ErrandKind.CLAIM_PAID], range(BUCKETS), now=at.wall.now(), lease=timedelta(0), most=9
        )
        (due,) = await at.marker._due([job])
        assert await at.claims.mark_paid([due.mark]) == {payment.hold}
        await _returned(at, payment)
        (due,) = await at.marker._due([job])
        with capture_logs() as logs:
            assert await at.marker._astray([due]) == {}
            await _marked(at)
            await _marked(at)
        assert _claim(ways, "b-9") == (FREE, 0, set())
        assert (logs, _cases(ways)) == ([], [])

    _within(ways, scenario)
    _clean(ways)


def test_a_payment_undone_before_it_was_marked_is_no_alarm(ways: Databases) -> None:
    async def scenario(at: Room) -> None:
        payment = await _paid(at, _part(at, "b-7", OWED, biller=1))
        await _returned(at, payment)
        with capture_logs() as logs:
            await _marked(at)
            await _marked(at)
        assert _claim(ways, "b-7") == (FREE, 0, set())
        assert (logs, _cases(ways)) == ([], [])

    _within(ways, scenario)
    _clean(ways)
