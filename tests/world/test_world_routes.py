"""Our adapters against the simulated routes: every behaviour, and what the books say after it."""

import asyncio
from datetime import date, timedelta

import msgspec
import pytest

from cashlane.core.ports import Confirmed, Declined, NotFound, Unknown

ROUTES = ("aggregator-a", "bank-b")


def route_of(world, party):
    return world.aggregator if party == "aggregator-a" else world.bank


async def settled(route, delivery):
    """What a route finally says of a payment, asked a bounded number of times."""
    for _ in range(40):
        (found,) = await route.enquire([delivery])
        if isinstance(found, Confirmed):
            break
        await asyncio.sleep(0.1)
    return found


@pytest.mark.parametrize("party", ROUTES)
def test_a_payment_is_posted_and_found(live, deliver, party):
    async def scenario(world):
        route, one, other = route_of(world, party), deliver(1), deliver(2)
        (sent,) = await route.send([one])
        found = await route.enquire([one, other])
        assert isinstance(sent, Confirmed)
        assert found == [sent, NotFound()]
        assert await world.posted("city-power") == 1

    live(scenario)


def test_many_at_once_are_answered_in_order(live, deliver):
    async def scenario(world):
        many = [deliver(n, ("city-power", "east-water")[n % 2]) for n in range(100)]
        many[7] = msgspec.structs.replace(many[7], amount=1)
        many[9] = msgspec.structs.replace(many[9], bill_ref="none")
        answers = await world.aggregator.send(many)
        assert answers[7] == Declined("2002", not_posted=True)
        assert answers[9] == Declined("2001", not_posted=True)
        assert sum(isinstance(answer, Confirmed) for answer in answers) == 98
        assert await world.posted("city-power") == 50
        assert await world.posted("east-water") == 48

    live(scenario)


def test_the_aggregator_dedups_and_the_bank_does_not(live, deliver):
    async def scenario(world):
        for route in (world.aggregator, world.bank):
            one = deliver(1 if route is world.aggregator else 2)
            for _ in range(2):
                (answer,) = await route.send([one])
                assert isinstance(answer, Confirmed)
        assert await world.posted("city-power") == 2
        assert await world.posted("aggregator-a") == 1
        # Two messages, two lines: the bank will want the money twice.
        assert await world.posted("bank-b") == 2

    live(scenario)


@pytest.mark.parametrize("party", ROUTES)
def test_a_bill_paid_by_another_payment_is_a_duplicate(live, deliver, party):
    async def scenario(world):
        other = msgspec.structs.replace(deliver(50), bill_ref="B000001", account="A000001")
        await world.aggregator.send([deliver(1)])
        (answer,) = await route_of(world, party).send([other])
        assert isinstance(answer, Declined)
        assert answer.duplicate

    live(scenario)


def test_void_opens_the_bill_again_and_can_be_repeated(live, deliver):
    async def scenario(world):
        one = deliver(1)
        await world.aggregator.send([one])
        for _ in range(2):
            (undone,) = await world.aggregator.void([one])
            assert isinstance(undone, Confirmed)
        assert await world.aggregator.enquire([one]) == [Declined("4002", not_posted=False)]
        assert isinstance((await world.aggregator.void([deliver(9)]))[0], Unknown)
        assert isinstance((await world.bank.void([one]))[0], Declined)
        assert await world.posted("city-power") == 0
        (again,) = await world.bank.send([deliver(1)])
        # One id, once: what was undone is not posted again under the same name.
        assert again == Declined("205", not_posted=False)

    live(scenario)


@pytest.mark.parametrize("party", ROUTES)
@pytest.mark.parametrize("behaviour", ["silent", "down"])
def test_silent_or_down_posts_nothing_and_is_unknown(live, deliver, party, behaviour):
    async def scenario(world):
        await world.order(party, behaviour)
        (answer,) = await route_of(world, party).send([deliver(1)])
        assert isinstance(answer, Unknown)
        assert answer.sent
        assert await world.posted("city-power") == 0

    live(scenario, attempt_s=0.4)


@pytest.mark.parametrize("party", ROUTES)
def test_slow_past_the_deadline_is_unknown_and_posts_all_the_same(live, deliver, party):
    async def scenario(world):
        await world.order(party, "slow", ms=700, acts=["post"])
        (answer,) = await route_of(world, party).send([deliver(1)])
        assert isinstance(answer, Unknown)
        assert isinstance(await settled(route_of(world, party), deliver(1)), Confirmed)

    live(scenario, attempt_s=0.4)


@pytest.mark.parametrize("party", ROUTES)
def test_a_lost_answer_was_posted(live, deliver, party):
    async def scenario(world):
        await world.order(party, "answer_lost_after_posting", count=1)
        (answer,) = await route_of(world, party).send([deliver(1)])
        assert isinstance(answer, Unknown)
        assert answer.sent
        assert await world.posted("city-power") == 1
        assert isinstance(await settled(route_of(world, party), deliver(1)), Confirmed)

    live(scenario)


@pytest.mark.parametrize("party", ROUTES)
def test_doing_everything_twice_credits_once(live, deliver, party):
    async def scenario(world):
        await world.order(party, "duplicate")
        (answer,) = await route_of(world, party).send([deliver(1)])
        assert isinstance(answer, Confirmed)
        assert await world.posted("city-power") == 1

    live(scenario)


@pytest.mark.parametrize("party", ROUTES)
def test_a_route_that_contradicts_itself_shows_both_faces(live, deliver, party):
    async def scenario(world):
        await world.order(party, "contradictory")
        route = route_of(world, party)
        first = [type((await route.send([deliver(n)]))[0]) for n in (1, 2)]
        later = [type(one) for one in await route.enquire([deliver(1), deliver(2)])]
        assert first == [Confirmed, Declined]
        assert later == [Declined, Confirmed]
        assert await world.posted("city-power") == 2

    live(scenario)


@pytest.mark.parametrize(
    ("party", "behaviour", "more", "wanted"),
    [
        ("aggregator-a", "refuses", {}, Declined("3002", not_posted=True)),
        ("aggregator-a", "refuses", {"code": "2003"}, Declined("2003", not_posted=True)),
        (
            "aggregator-a",
            "refuses",
            {"code": "7"},
            Unknown("code 7 is not in the table", heard=True),
        ),
        ("aggregator-a", "withdrawn", {"since": "2026-01-01"}, Declined("3001", not_posted=True)),
        ("bank-b", "refuses", {}, Declined("302", not_posted=True)),
        ("bank-b", "withdrawn", {"since": "2026-01-01"}, Declined("301", not_posted=True)),
    ],
)
def test_refusals(live, deliver, party, behaviour, more, wanted):
    async def scenario(world):
        await world.order(party, behaviour, **more)
        assert await route_of(world, party).send([deliver(1)]) == [wanted]
        assert await world.posted("city-power") == 0
        await world.behave(party)
        (later,) = await route_of(world, party).send([deliver(1)])
        assert isinstance(later, Confirmed)

    live(scenario)


def test_an_order_can_speak_of_one_biller_or_some_outlets(live, deliver):
    async def scenario(world):
        await world.order("aggregator-a", "withdrawn", billers=["east-water"])
        await world.order("aggregator-a", "refuses", outlets=["chain-a"])
        there = msgspec.structs.replace(deliver(3), outlet="chain-a-0007")
        answers = await world.aggregator.send([deliver(1), deliver(2, "east-water"), there])
        assert [type(answer) for answer in answers] == [Confirmed, Declined, Declined]

    live(scenario)


@pytest.mark.parametrize("party", ROUTES)
def test_pending_posts_later(live, deliver, party):
    async def scenario(world):
        await world.order(party, "pending", ms=300)
        route = route_of(world, party)
        (answer,) = await route.send([deliver(1)])
        assert isinstance(answer, Unknown)
        assert await world.posted("city-power") == 0
        assert isinstance(await settled(route, deliver(1)), Confirmed)

    live(scenario)


@pytest.mark.parametrize("party", ROUTES)
def test_not_found_early_and_posted_later(live, deliver, party):
    async def scenario(world):
        await world.order(party, "early_not_found", ms=400)
        route = route_of(world, party)
        await route.send([deliver(1)])
        assert await route.enquire([deliver(1)]) == [NotFound()]
        assert isinstance(await settled(route, deliver(1)), Confirmed)
        assert await world.posted("city-power") == 1

    live(scenario)


@pytest.mark.parametrize("party", ROUTES)
def test_a_silent_biller_leaves_the_route_pending_until_it_answers(live, deliver, party):
    async def scenario(world):
        await world.order("city-power", "answer_lost_after_posting", count=1)
        route = route_of(world, party)
        (answer,) = await route.send([deliver(1)])
        assert isinstance(answer, Unknown)
        assert isinstance(await settled(route, deliver(1)), Confirmed)
        assert await world.posted("city-power") == 1

    live(scenario)


def test_an_answer_signed_with_another_secret_is_unknown(live, deliver):
    async def scenario(world):
        world.aggregator._secret = b"another secret"
        (answer,) = await world.aggregator.send([deliver(1)])
        assert isinstance(answer, Unknown)
        assert await world.posted("city-power") == 0

    live(scenario)


def test_an_unreachable_route_was_sent_nothing_and_comes_back(live, deliver):
    async def scenario(world):
        await world.aggregator.send([deliver(1)])
        address = f"{world.addresses['aggregator-a']}/control/unreachable"
        async with world.http.post(address, json={"seconds": 0.5}) as answer:
            assert answer.status == 202
        await asyncio.sleep(0.2)
        (gone,) = await world.aggregator.send([deliver(2)])
        assert isinstance(gone, Unknown)
        assert not gone.sent
        await asyncio.sleep(0.6)
        assert isinstance((await world.aggregator.send([deliver(2)]))[0], Confirmed)

    live(scenario)


def test_one_payment_in_twenty_goes_wrong_and_every_bill_is_credited_once(live, deliver):
    """Seeded faults, a third of them lost answers; pushed again where the manifest allows it."""

    async def scenario(world):
        await world.order("aggregator-a", "answer_lost_after_posting", share_ppm=17_000, seed=3)
        await world.order("aggregator-a", "pending", share_ppm=17_000, seed=4, ms=200)
        await world.order("aggregator-a", "refuses", share_ppm=16_000, seed=5)
        left = [deliver(n, biller) for n in range(100) for biller in ("city-power", "east-water")]
        left = [msgspec.structs.replace(one, payment=unlike(one)) for one in left]
        for _ in range(20):
            sent = await asyncio.gather(*(world.aggregator.send([one]) for one in left))
            left = [
                one
                for one, (answer,) in zip(left, sent, strict=True)
                if not isinstance(answer, Confirmed)
            ]
            await asyncio.sleep(0.3 if left else 0)
        assert not left
        assert await world.posted("city-power") == await world.posted("east-water") == 100
        given = (await world.get("aggregator-a", "/control/faults"))["given"]
        assert set(given) == {"answer_lost_after_posting:post", "pending:post", "refuses:post"}

    live(scenario)


def unlike(one):
    """Another payment id for the same number at another biller."""
    return type(one.payment)(int=one.payment.int ^ (1 << 30 if one.biller == "east-water" else 0))


async def lines_of(world, party):
    return (await world.get(party, "/books"))["payments"]


def test_a_route_that_forgets_books_a_late_repeat_again(live, deliver):
    async def scenario(world):
        await world.order("aggregator-a", "forgets", ms=400)
        for wait in (0, 0.1, 0.5):
            await asyncio.sleep(wait)
            (answer,) = await world.aggregator.send([deliver(1)])
            assert isinstance(answer, Confirmed)
        assert await world.posted("aggregator-a") == 2
        assert await world.posted("city-power") == 1

    live(scenario)


def test_what_is_told_in_files_only_is_pending_on_the_wire_and_booked(live, deliver):
    async def scenario(world):
        await world.order("aggregator-a", "in_files_only")
        for _ in range(2):
            (sent,) = await world.aggregator.send([deliver(1)])
            (found,) = await world.aggregator.enquire([deliver(1)])
            assert [type(one) for one in (sent, found)] == [Unknown, Unknown]
        assert [line["result"] for line in await lines_of(world, "aggregator-a")] == ["posted"]

    live(scenario)


@pytest.mark.parametrize("party", ROUTES)
def test_another_cut_off_books_the_next_day(live, deliver, party):
    async def scenario(world):
        await route_of(world, party).send([deliver(1)])
        await world.order(party, "other_cut_off")
        await route_of(world, party).send([deliver(2)])
        ours, theirs = (line["business_date"] for line in await lines_of(world, party))
        assert date.fromisoformat(theirs) - date.fromisoformat(ours) == timedelta(days=1)

    live(scenario)
