"""From a wish to close something to its effect, over a real database: assessed, blocked or signed
by another person, in force in the same write; and what makes an assessment stale."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest
from msgspec import structs

from cashlane.core.access import ANYTHING, WALKING
from cashlane.core.guard import GUARD, GuardDecision, Instead, Stranded, Trigger, keep_until
from cashlane.core.reduction import ACT_WITHIN, AHEAD, WISHED, Lost, Reduction, Wish
from cashlane.core.refusals import Refused
from cashlane.coverage import asking
from cashlane.coverage.deciding import Answered
from cashlane.coverage.offers import missing_at
from cashlane.home import Databases
from cashlane.store.connect import connect
from cashlane.store.days import open_day
from cashlane.store.guard import NEWEST
from cashlane.store.network import add_service_state, put_charter
from cashlane.values.text import Text
from tests.coverage.village import (
    AFTER_M,
    BEFORE_M,
    CLERK,
    HOME,
    LEAD,
    OPENING,
    Village,
    charter,
    living,
    settle,
)
from tests.databases import DAY

LONG = date(2028, 6, 1)
"""A promise until then lasts for more than two years."""


def closing(outlet: int = 1, since: date = DAY) -> Reduction:
    return Reduction("closing", (Lost(outlet, (1, 2)),), "", since, "")


async def asked(v: Village, wanted: Reduction, *instead: Instead) -> Answered:
    made = await v.desk.ask(wanted, CLERK, instead)
    assert isinstance(made, UUID), made
    found = await v.desk.find(made)
    assert isinstance(found, Answered)
    return found


def code(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


async def signed(v: Village, found: Answered, reason: str = "rent, and few payments") -> object:
    return await v.desk.decide(found.asked.id, LEAD, reason)


def test_whoever_cannot_walk_from_three_hundred_metres_to_eight_hundred_blocks_a_closing(
    ways: Databases,
) -> None:
    settle(ways, young=0, old=5)

    async def scenario(v: Village) -> None:
        walker = await v.walker(400)
        found = await asked(v, closing())
        assert found.answer.stranded == (Stranded(walker, 400, BEFORE_M, AFTER_M),)
        assert (found.answer.impacts, found.asked.verdict) == (("walkers",), "blocked")
        assert code(await signed(v, found)) == "GUARD_BLOCKED"
        v.refresh()
        assert not v.network.outlets[1].suspended
        assert v.rows("SELECT count(*) FROM guard_decisions") == [(0,)]

    living(ways, scenario)


def test_without_that_walker_a_reason_is_enough(ways: Databases) -> None:
    """The same closing: so it is the walker that the block above comes from."""
    settle(ways, young=0, old=5)

    async def scenario(v: Village) -> None:
        await v.walker(900)
        found = await asked(v, closing())
        assert (found.asked.people, found.asked.elders, found.asked.stranded) == (5, 5, 0)
        assert found.asked.verdict == "reason"

    living(ways, scenario)


def test_a_bug_in_what_is_left_is_seen(ways: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the closed counter left open in the laid offers, nobody would be stranded: the test of
    the first case sees it."""
    settle(ways, young=0, old=5)
    monkeypatch.setattr(asking, "_left", lambda _, offer, *rest: offer)

    async def scenario(v: Village) -> None:
        await v.walker(400)
        assert (await asked(v, closing())).asked.verdict == "clear"

    living(ways, scenario)


def test_with_a_promise_another_person_signs_and_it_takes_effect(ways: Databases) -> None:
    settle(ways, young=0, old=5)

    async def scenario(v: Village) -> None:
        walker = await v.walker(400)
        blocked = await asked(v, closing())
        visits = Instead("home_visit", frozenset({1}), frozenset({walker}), LONG)
        found = await asked(v, blocked.asked.reduction, visits)
        assert found.asked.verdict == "reason"
        assert found.asked.id != blocked.asked.id
        assert code(await v.desk.decide(found.asked.id, CLERK, "why")) == "OWN_PROPOSAL"
        other = structs.replace(CLERK, id=UUID(int=9))
        assert code(await v.desk.decide(found.asked.id, other, "why")) == "FORBIDDEN"
        assert code(await signed(v, found, "")) == "GUARD_REASON"
        made = await signed(v, found)
        assert isinstance(made, GuardDecision)
        assert made.keep_until == keep_until(DAY)
        assert code(await signed(v, found)) == "ALREADY_DECIDED"
        v.refresh()
        assert v.network.outlets[1].suspended
        states = "SELECT outlet, biller, since, state, reason, actor FROM service_states"
        why = "closing: rent, and few payments"
        assert v.rows(states) == [(1, 0, DAY, "off", why, "lead")]
        (one, *_) = await v.desk.of_outlet(1, most=5)
        assert one.decided is not None
        assert (one.decided.actor, one.decided.effect) == ("lead", True)

    living(ways, scenario)


def test_a_promise_that_ends_too_soon_or_forgets_somebody_does_not_help(ways: Databases) -> None:
    settle(ways, young=0, old=5)

    async def scenario(v: Village) -> None:
        walker = await v.walker(400)
        short = Instead("home_visit", frozenset({1}), frozenset({walker}), date(2027, 1, 14))
        assert (await asked(v, closing(), short)).asked.verdict == "blocked"
        nobody = Instead("home_visit", frozenset({1}), frozenset(), LONG)
        assert (await asked(v, closing(), nobody)).asked.verdict == "blocked"

    living(ways, scenario)


def test_what_changed_since_makes_an_assessment_stale(ways: Databases) -> None:
    """Each of two counters may go; not both."""
    settle(ways, young=0, old=5)

    async def scenario(v: Village) -> None:
        west, east = await asked(v, closing(1)), await asked(v, closing(2))
        assert (west.asked.verdict, east.asked.verdict) == ("reason", "clear")
        assert isinstance(await signed(v, east), GuardDecision)
        # This process has not heard of it yet: the database has.
        assert code(await signed(v, west)) == "GUARD_STALE"
        v.refresh()
        assert code(await signed(v, west)) == "GUARD_STALE"
        again = await asked(v, closing(1))
        assert again.asked.id != west.asked.id
        assert again.answer.losses[0].after_m not in (None, AFTER_M)

    living(ways, scenario)


def test_somebody_noted_after_the_assessment_makes_it_stale(ways: Databases) -> None:
    settle(ways, young=0, old=5)

    async def scenario(v: Village) -> None:
        found = await asked(v, closing())
        await v.walker(400)
        assert code(await signed(v, found)) == "GUARD_STALE"
        assert (await asked(v, closing())).asked.verdict == "blocked"

    living(ways, scenario)


def test_what_was_allowed_for_later_counts_as_gone_already(ways: Databases) -> None:
    settle(ways, young=0, old=5)
    later = DAY + timedelta(days=30)

    async def scenario(v: Village) -> None:
        assert isinstance(await signed(v, await asked(v, closing(2, later))), GuardDecision)
        v.refresh()
        assert not v.network.outlets[2].suspended, "its day has not come"
        found = await asked(v, closing(1))
        assert {loss.substitute for loss in found.answer.losses} == {3}

    living(ways, scenario)


def test_one_service_may_be_withdrawn_and_hours_cut_each_by_its_own_fact(ways: Databases) -> None:
    settle(ways, young=3, old=0)
    no_water = Reduction("withdrawing", (Lost(1, (2,)),), "", DAY, "")
    short = Reduction("hours", (Lost(1, ()),), "Mo-Su 08:00-12:00", DAY, "")

    async def scenario(v: Village) -> None:
        found = await asked(v, no_water)
        kinds = {loss.layer.kind for loss in found.answer.losses}
        assert not found.answer.losses, "it is not far to the next one for people under 65"
        assert kinds == set()
        assert isinstance(await signed(v, found, ""), GuardDecision)
        v.refresh()
        assert v.network.withdrawn == {(1, 2): DAY}
        assert isinstance(await signed(v, await asked(v, short), ""), GuardDecision)
        v.refresh()
        assert v.network.premises[1].hours == "Mo-Su 08:00-12:00"
        assert v.network.premises[1].step_free is True, "all else stays as told"

    living(ways, scenario)


def test_cut_hours_are_a_loss_in_those_hours_only(ways: Databases) -> None:
    """The east counter closes at six too: whoever comes at five loses the west one."""
    settle(ways, young=0, old=30)
    short = Reduction("hours", (Lost(1, ()),), "Mo-Su 08:00-12:00", DAY, "")

    async def scenario(v: Village) -> None:
        found = await asked(v, short)
        hours = {loss.layer.hour for loss in found.answer.losses}
        assert None not in hours
        assert found.asked.verdict == "blocked", "thirty old people walk 815 m in the afternoon"
        ground = await v.desk.ground()
        assert not isinstance(ground, Refused)
        new = asking.reduced(ground.network, ground.offers, short, OPENING)
        assert asking.telling_hours(ground.offers, new) == (8, 12), "mornings, and what is cut"
        assert hours == {12}

    living(ways, scenario)


@pytest.mark.parametrize(
    ("wanted", "refused"),
    [
        (closing(since=DAY - timedelta(days=1)), "MALFORMED"),
        (closing(since=DAY + AHEAD + timedelta(days=2)), "MALFORMED"),
        (Reduction("withdrawing", (Lost(1, (9,)),), "", DAY, ""), "MALFORMED"),
        (Reduction("hours", (Lost(1, ()),), "whenever we like", DAY, ""), "MALFORMED"),
        (Reduction("hours", (Lost(1, ()),), "Mo-Su 08:00-18:00", DAY, ""), "MALFORMED"),
        (closing(99), "NOT_FOUND"),
        (Reduction("outage", (), "", DAY, ""), "NOT_FOUND"),
    ],
)
def test_what_cannot_be_asked_is_refused(ways: Databases, wanted: Reduction, refused: str) -> None:
    settle(ways, young=0, old=5)

    async def scenario(v: Village) -> None:
        assert code(await v.desk.ask(wanted, CLERK, ())) == refused

    living(ways, scenario)


@pytest.mark.parametrize("trigger", ["notice", "outage"])
def test_what_happens_anyway_has_a_day_by_which_it_is_made_good(
    ways: Databases, trigger: Trigger
) -> None:
    settle(ways, young=200, old=50)
    gone = tuple(Lost(outlet, (1, 2)) for outlet in (1, 2))

    async def scenario(v: Village) -> None:
        found = await asked(v, Reduction(trigger, gone, "", DAY, "way-1"))
        assert (found.asked.verdict, found.asked.people) == ("act", 250)
        assert found.asked.act_by == DAY + ACT_WITHIN
        v.network = structs.replace(v.network, withdrawn={(1, 1): DAY})
        made = await signed(v, found, "a mobile counter stops at the village on Mondays")
        assert isinstance(made, GuardDecision), "an outage is over before somebody signs: no matter"
        (one, *_) = await v.desk.latest(before=NEWEST, most=1)
        assert one.decided is not None
        assert not one.decided.effect
        assert v.rows("SELECT count(*) FROM service_states") == [(0,)]

    living(ways, scenario)


def test_the_same_question_is_not_assessed_again(ways: Databases) -> None:
    settle(ways, young=0, old=5)

    async def scenario(v: Village) -> None:
        first = await asked(v, closing())
        assert (await asked(v, closing())).asked.id == first.asked.id
        v.clock.at += timedelta(days=366)
        later = closing(since=DAY + timedelta(days=366))
        assert (await asked(v, later)).asked.id != first.asked.id

    living(ways, scenario)


def test_an_answer_comes_back_from_the_database_as_it_was(ways: Databases) -> None:
    settle(ways, young=40, old=40)

    async def scenario(v: Village) -> None:
        await v.walker(400)
        found = await asked(v, closing())
        ground = await v.desk.ground()
        assert not isinstance(ground, Refused)
        fresh, _ = asking.answered(ground, closing(), (), (), found.answer.made_at)
        assert fresh == found.answer
        assert found.answer.question.network_version == ground.version

    living(ways, scenario)


def test_nothing_is_assessed_where_nobody_lives_or_while_it_is_counted(
    ways: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(ways.hub) as hub:
        put_charter(hub, charter())
        open_day(hub, DAY, now=OPENING)

    async def nobody(v: Village) -> None:
        assert code(await v.desk.ask(closing(), CLERK, ())) == "COVERAGE_NOBODY"

    living(ways, nobody)
    settle(ways, young=1, old=1)

    async def hurried(v: Village) -> None:
        monkeypatch.setattr("cashlane.coverage.deciding.WAIT_S", 0.0)
        assert code(await v.desk.ask(closing(), CLERK, ())) == "COVERAGE_COUNTING"
        monkeypatch.undo()
        assert isinstance(await v.desk.ask(closing(), CLERK, ()), UUID)

    living(ways, hurried)


def test_two_who_sign_at_once_are_two_but_one_decision(ways: Databases) -> None:
    settle(ways, young=0, old=5)

    async def scenario(v: Village) -> None:
        found = await asked(v, closing())
        answers = await asyncio.gather(signed(v, found), signed(v, found))
        kinds = sorted(type(one).__name__ for one in answers)
        assert kinds == ["GuardDecision", "Refused"]
        assert v.rows("SELECT count(*) FROM service_states") == [(1,)]

    living(ways, scenario)


def test_who_was_noted_can_be_let_go(ways: Databases) -> None:
    settle(ways, young=0, old=5)

    async def scenario(v: Village) -> None:
        number = await v.walker(400, ANYTHING)
        assert [one.number for one in await v.desk.walkers()] == [number]
        assert code(await v.desk.let_go(number, LEAD)) == "FORBIDDEN"
        assert await v.desk.let_go(number, CLERK) is None
        assert await v.desk.let_go(number, CLERK) is None
        assert await v.desk.walkers() == ()

    living(ways, scenario)


def test_a_shop_that_closed_by_itself_is_off_when_another_person_confirms_it(
    ways: Databases,
) -> None:
    """It is never blocked, since it has happened; but one person alone takes no outlet off."""
    settle(ways, young=200, old=0)

    async def scenario(v: Village) -> None:
        await v.walker(700)
        found = await asked(v, Reduction("shop", (Lost(1, (1, 2)),), "", DAY, ""))
        assert found.asked.verdict == "act"
        assert found.asked.act_by is not None
        assert not v.network.outlets[1].suspended
        both = structs.replace(LEAD, id=CLERK.id)
        assert code(await v.desk.decide(found.asked.id, both, "gone")) == "OWN_PROPOSAL"
        assert isinstance(await signed(v, found, "the shop is empty"), GuardDecision)
        v.refresh()
        assert v.network.outlets[1].suspended
        assert not v.network.outlets[2].suspended

    living(ways, scenario)


def test_what_a_citizen_asks_to_have_back_is_measured_as_if_it_had_gone(ways: Databases) -> None:
    """Electricity was withdrawn at the counter near by; a request about it answers what closing it
    would have: the same walks, the same people."""
    settle(ways, young=200, old=30)

    async def scenario(v: Village) -> None:
        with connect(ways.hub) as hub:
            add_service_state(
                hub, outlet=1, biller=1, since=DAY, recorded_at=OPENING, state="off",
                reason="lost", actor="test",
            )  # fmt: skip
            hub.commit()
        v.refresh()
        assert missing_at(v.network, 1) == (1,)
        found = await asked(v, Reduction("request", (Lost(1, (1,)),), "", DAY, ""))
        assert found.asked.verdict == "act"
        assert {(one.before_m, one.after_m) for one in found.answer.losses} == {(BEFORE_M, AFTER_M)}
        assert isinstance(await signed(v, found, "a mobile counter"), GuardDecision)
        v.refresh()
        assert (1, 1) in v.network.withdrawn, "a request switches nothing"

    living(ways, scenario)


def test_a_counter_that_never_was_is_measured_as_if_it_had_been_there_and_went(
    ways: Databases,
) -> None:
    """The only counter near by never was, somebody asks for it at the village: what everybody
    misses is the walk to the next one, and nothing in the network changes."""
    settle(ways, young=200, old=30)
    wish = Wish(Text("村", "the village"), "hp", HOME)

    async def scenario(v: Village) -> None:
        for biller in (1, 2):
            with connect(ways.hub) as hub:
                add_service_state(
                    hub, outlet=1, biller=biller, since=DAY, recorded_at=OPENING, state="off",
                    reason="never", actor="test",
                )  # fmt: skip
                hub.commit()
        v.refresh()
        wanted = Reduction("request", (Lost(WISHED, (1, 2)),), "", DAY, "", wish)
        found = await asked(v, wanted)
        assert found.asked.reduction == wanted
        assert found.asked.verdict == "act"
        assert (found.asked.method, found.asked.rule) == (WALKING.version, GUARD.version)
        assert {(one.before_m, one.after_m) for one in found.answer.losses} == {(0, AFTER_M)}
        assert (found.answer.people, found.answer.elders) == (30, 30), "the young walk 815 m"
        assert isinstance(await signed(v, found, "a mobile counter"), GuardDecision)
        network = v.network
        v.refresh()
        assert v.network.withdrawn == network.withdrawn, "a wish switches nothing"
        assert WISHED not in v.network.outlets

    living(ways, scenario)


def test_where_a_counter_is_near_nobody_misses_another(ways: Databases) -> None:
    settle(ways, young=200, old=30)
    wish = Wish(Text("村", "the village"), "hp", HOME)

    async def scenario(v: Village) -> None:
        found = await asked(v, Reduction("request", (Lost(WISHED, (1,)),), "", DAY, "", wish))
        assert (found.asked.verdict, found.answer.people) == ("clear", 0)
        nothing = Reduction("request", (), "", DAY, "", wish)
        assert code(await v.desk.ask(nothing, CLERK, ())) == "NOT_FOUND"

    living(ways, scenario)
