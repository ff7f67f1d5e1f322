"""The coverage guard: need, impact, what instead; who may say yes, and what is kept of it."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest
from msgspec import structs

from cashlane.core.access import ALWAYS, ANYTHING, WALKING, Layer, Offer, walk_m
from cashlane.core.approval import REASON_MOST
from cashlane.core.demand import AGE_BANDS
from cashlane.core.guard import (
    ANSWER_DAYS,
    GUARD,
    IMPACT_NAMES,
    TRIGGER_NAMES,
    VERDICT_NAMES,
    Assessment,
    GuardDecision,
    Impact,
    Instead,
    Loss,
    Question,
    Stranded,
    Substitute,
    Trigger,
    Verdict,
    Walker,
    assess,
    decide,
    farther,
    keep_until,
    rests,
    strand,
)
from cashlane.core.refusals import Refused
from cashlane.core.roles import Person, Role
from cashlane.values.geo import Point

NOW = datetime(2022, 3, 3, 9, tzinfo=UTC)
LEAD = Person(UUID(int=2), "lead", "", None, None, frozenset({Role.OPERATOR_LEAD}))
CLERK = Person(UUID(int=1), "clerk", "", None, None, frozenset({Role.OPERATOR}))
HOME = Point(121_470_000, 31_230_000)
CLOSING = Question("closing", (1,), 7)
GAS = Layer("gas", None, False)


def offer(outlet: int, east_e6: int) -> Offer:
    """An outlet so far east of home, open day and night."""
    place = Point(HOME.longitude_e6 + east_e6, HOME.latitude_e6)
    return Offer(outlet, place, frozenset({"electricity", "gas"}), ALWAYS, True, 500)


def people(*, young: int, old: int) -> tuple[int, ...]:
    """Some of 30 and some of 80."""
    counted = [0] * len(AGE_BANDS)
    counted[AGE_BANDS.index("30-34")], counted[AGE_BANDS.index("80-84")] = young, old
    return tuple(counted)


def loss(
    before_m: int, after_m: int | None, *, young: int = 0, old: int = 0, point: int = 1
) -> Loss:
    return Loss(ANYTHING, point, people(young=young, old=old), before_m, after_m, 2)


def assessed(
    *losses: Loss,
    stranded: tuple[Stranded, ...] = (),
    substitutes: tuple[Substitute, ...] = (),
    instead: tuple[Instead, ...] = (),
    trigger: Trigger = "closing",
) -> Assessment:
    return assess(
        structs.replace(CLOSING, trigger=trigger), losses, stranded, substitutes, instead,
        method=WALKING, rule=GUARD, now=NOW,
    )  # fmt: skip


def test_who_cannot_walk_far_had_a_counter_at_300_m_and_the_next_is_over_800_m_away() -> None:
    """A geometry reported in the winter of 2022: near for most people, and too far for one."""
    offers = {1: offer(1, 2_435), 2: offer(2, -6_600)}
    assert walk_m(WALKING, HOME, offers[1].place) == 300
    assert walk_m(WALKING, HOME, offers[2].place) == 815
    walker = Walker(1, HOME, 400, ANYTHING)
    stranded = strand([walker], offers, offers | {1: offers[1].closed()}, WALKING)
    assert stranded == [Stranded(1, 400, 300, 815)]
    answer = assessed(loss(300, 815, young=40), stranded=tuple(stranded))
    assert (answer.people, answer.impacts, answer.verdict) == (0, ("walkers",), "blocked")
    assert (answer.method, answer.rule.version) == ("walking-1", "guard-1")
    refused = decide(answer, LEAD, "a quiet shop", network_version=7, now=NOW)
    assert isinstance(refused, Refused)
    assert refused.code == "GUARD_BLOCKED"
    assert "走不到" in refused.sentence().zh
    assert "1 cannot get there" in refused.sentence().en


def test_a_visit_at_home_for_two_years_lets_it_happen_with_a_signed_reason() -> None:
    visit = Instead("home_visit", frozenset(), frozenset({1}), date(2024, 3, 3))
    stranded = (Stranded(1, 400, 300, 815),)
    answer = assessed(stranded=stranded, instead=(visit,))
    assert (answer.impacts, answer.verdict) == ((), "reason")
    decision = decide(answer, LEAD, " visits agreed ", network_version=7, now=NOW)
    assert decision == GuardDecision(answer, LEAD.id, NOW, "visits agreed", date(2024, 3, 3))
    shorter = structs.replace(visit, until=date(2024, 3, 2))
    assert assessed(stranded=stranded, instead=(shorter,)).verdict == "blocked"


def test_walkers_far_from_what_changes_lose_nothing() -> None:
    offers = {1: offer(1, 2_435), 2: offer(2, -6_600), 3: offer(3, -2_435)}
    closed = offers | {1: offers[1].closed()}
    assert strand([Walker(1, HOME, 400, ANYTHING)], offers, closed, WALKING) == []
    assert strand([Walker(1, HOME, 200, ANYTHING)], offers, closed, WALKING) == []
    no_gas = offers | {1: structs.replace(offers[1], kinds=frozenset({"electricity"})),
                       3: structs.replace(offers[3], kinds=frozenset())}  # fmt: skip
    needs = [Walker(2, HOME, 400, GAS), Walker(1, HOME, 400, ANYTHING)]
    assert strand(needs, offers, no_gas, WALKING) == [Stranded(2, 400, 300, 815)]
    none = {number: one.closed() for number, one in offers.items()}
    assert strand(needs[:1], offers, none, WALKING) == [Stranded(2, 400, 300, None)]
    upstairs = {number: structs.replace(one, step_free=False) for number, one in offers.items()}
    wheels = [Walker(3, HOME, 400, Layer(None, None, True))]
    assert strand(wheels, upstairs, closed, WALKING) == []
    assert strand(wheels, offers, upstairs, WALKING) == [Stranded(3, 400, 300, None)]


@pytest.mark.parametrize(
    ("lost", "counted"),
    [
        (loss(900, 1_001, young=5, old=3), (5, 0)),
        (loss(400, 501, young=5, old=3), (3, 3)),
        (loss(500, 1_001, young=5, old=3), (8, 3)),
        (loss(1_000, None, young=5), (5, 0)),
        (loss(100, 500, young=5, old=3), (0, 0)),
        (loss(1_100, 3_000, young=5, old=3), (0, 0)),
    ],
)  # fmt: skip
def test_far_is_a_kilometre_and_half_of_it_for_the_old(
    lost: Loss, counted: tuple[int, int]
) -> None:
    assert lost.farther(GUARD) == counted


def test_people_are_counted_once_however_many_layers_they_lose() -> None:
    whole = loss(400, 1_200, young=10, old=4)
    gas = structs.replace(whole, layer=GAS, after_m=600)
    assert farther([gas, whole, structs.replace(whole, point=2)], GUARD) == (28, 8)


@pytest.mark.parametrize(
    ("trigger", "lost", "impacts", "verdict"),
    [
        ("closing", loss(100, 200, young=9_999), (), "clear"),
        ("closing", loss(900, 1_200, young=100), (), "reason"),
        ("closing", loss(900, 1_200, young=101), ("people",), "blocked"),
        ("hours", loss(400, 600, old=20), (), "reason"),
        ("hours", loss(400, 600, old=21), ("elders",), "blocked"),
        ("withdrawing", loss(400, None, young=1), ("out_of_reach",), "blocked"),
        ("suspending", loss(400, 1_200, young=90, old=21), ("elders", "people"), "blocked"),
        ("outage", loss(900, 1_200, young=101), ("people",), "act"),
        ("shop", loss(400, None, old=1), ("out_of_reach",), "act"),
        ("notice", loss(900, 1_200, young=1), (), "reason"),
    ],
)
def test_need_impact_and_verdict(
    trigger: Trigger, lost: Loss, impacts: tuple[Impact, ...], verdict: Verdict
) -> None:
    answer = assessed(lost, trigger=trigger)
    assert (answer.impacts, answer.verdict) == (impacts, verdict)
    assert bool(answer.losses) == (verdict != "clear")


def test_a_substitute_that_would_be_overloaded_is_none() -> None:
    full = Substitute(2, 1_000, 6_501, 500)
    assert full.load_ppm(GUARD) == 1_002_000
    assert assessed(substitutes=(full,)).impacts == ("load",)
    assert assessed(substitutes=(structs.replace(full, payers_after=6_500),)).verdict == "clear"
    assert structs.replace(full, capacity=0).load_ppm(GUARD) > GUARD.load_most_ppm


def test_a_promised_counter_meets_the_need_of_its_points_only() -> None:
    lost = (loss(400, 2_000, young=200), loss(400, 2_000, young=200, point=2))
    here = Instead("counter", frozenset({1}), frozenset(), date(2030, 1, 1))
    assert assessed(*lost, instead=(here,)).verdict == "blocked"
    both = structs.replace(here, points=frozenset({1, 2}))
    met = assessed(*lost, instead=(both,))
    assert (met.verdict, met.people, met.instead) == ("reason", 400, (both,))


def test_who_decides_says_why_in_time_and_about_this_network() -> None:
    needs_reason, clear = assessed(loss(900, 1_200, young=1)), assessed()
    late = NOW + timedelta(days=ANSWER_DAYS, seconds=1)

    def answered(one: Assessment, *, by: Person = LEAD, reason: str = "", version: int = 7,
                 now: datetime = NOW) -> str:  # fmt: skip
        said = decide(one, by, reason, network_version=version, now=now)
        if isinstance(said, GuardDecision):
            return "done"
        assert said.sentence().zh
        assert said.sentence().en
        return said.code

    assert answered(needs_reason, by=CLERK, reason="x") == "FORBIDDEN"
    assert answered(needs_reason, reason="x", version=8) == "GUARD_STALE"
    assert answered(needs_reason, reason="x", now=late) == "GUARD_STALE"
    assert answered(needs_reason, reason=" ") == "GUARD_REASON"
    assert answered(needs_reason, reason="x" * (REASON_MOST + 1)) == "GUARD_REASON"
    assert answered(needs_reason, reason="x") == "done"
    assert answered(clear) == "done"


def test_what_is_required_stays_for_two_years() -> None:
    assert keep_until(date(2022, 3, 3)) == date(2024, 3, 3)
    assert keep_until(date(2024, 2, 29)) == date(2026, 2, 28)


def test_the_same_is_not_assessed_again_within_a_year() -> None:
    last = assessed()
    assert rests(last, CLOSING, NOW + timedelta(days=364))
    assert not rests(last, CLOSING, NOW + timedelta(days=365))
    assert not rests(last, structs.replace(CLOSING, network_version=8), NOW)


def test_every_trigger_impact_and_verdict_has_its_words() -> None:
    assert set(TRIGGER_NAMES) == set(get_args(Trigger))
    assert set(IMPACT_NAMES) == set(get_args(Impact))
    assert set(VERDICT_NAMES) == set(get_args(Verdict))
