"""The rule of drills: what may be seen for a prediction to be right, what is told when it is not,
and when a thing is due."""

from datetime import timedelta
from typing import get_args
from uuid import UUID

import msgspec
import pytest

from cashlane.core.concentration import HUB, Kind, Outcome, Stopped
from cashlane.core.drill import (
    SEEN_NAMES,
    Finding,
    PairSeen,
    Record,
    Schedule,
    Seen,
    Thing,
    all_due,
    differences,
    due_at,
    expected,
    is_right,
    party_names,
    read_thing,
    standing,
    stopped,
    thing_of,
)
from tests.rolls.counter import OPENING, network

ROUTE = Thing("route", "route-1")
DAY = timedelta(days=1)


def pair(predicted: Outcome, seen: Seen, before: Seen = "first") -> PairSeen:
    return PairSeen("agent-1", "biller-exact", predicted, before, seen, None, "")


def finding(*pairs: PairSeen, thing: Thing = ROUTE, unsettled: int = 0, books: bool = True,
            back_ms: int | None = None) -> Finding:  # fmt: skip
    return Finding(thing, pairs, 0, None, None, back_ms, 9, 4, unsettled, books)


RIGHT: dict[Outcome, set[Seen]] = {
    "untouched": {"first"}, "moves": {"other"}, "moves_cold": {"other"}, "closes": {"refused"},
    "closed_already": {"refused"},
}  # fmt: skip


@pytest.mark.parametrize("outcome", get_args(Outcome))
@pytest.mark.parametrize("kind", get_args(Kind))
def test_what_may_be_seen_for_each_prediction(kind: Kind, outcome: Outcome) -> None:
    mute = kind in {"agent", "hub"} and outcome in {"closes", "closed_already"}
    wanted = RIGHT[outcome] | ({"none"} if mute else set())
    before: Seen = "refused" if outcome == "closed_already" else "first"
    for seen in get_args(Seen):
        assert is_right(kind, pair(outcome, seen, before)) == (seen in wanted), seen
    assert expected(kind, outcome) == wanted


def test_a_city_that_was_broken_before_proves_nothing() -> None:
    for before in ("other", "refused", "none"):
        assert not is_right("route", pair("moves", "other", before))  # type: ignore[arg-type]
    assert not is_right("route", pair("closed_already", "refused", "first"))


def test_every_difference_is_named_in_both_languages() -> None:
    good = pair("untouched", "first")
    names = party_names(network())
    assert finding(good).passed
    assert differences(finding(good), names) == []
    bad = finding(good, pair("moves", "refused"), pair("closes", "first", "none"))
    assert not bad.passed
    said = [words.en for words in differences(bad, names)]
    assert said == [
        "biller exact at agent: predicted paid by another way, seen: refused before cash",
        "biller exact at agent: before the stop it should be paid by the first way, and was:"
        " not paid, or no answer",
    ]
    host = finding(pair("closes", "none"), thing=Thing("agent", "agent-1"))
    for one, word in (
        (finding(), "no contract"),
        (finding(good, unsettled=1), "of 4 payments in doubt at the stop, 1"),
        (finding(good, books=False), "do not agree"),
        (host, "not everybody was served as before"),
    ):
        (words,) = differences(one, {})
        assert not one.passed
        assert word in words.en
        assert words.zh != words.en
    assert msgspec.structs.replace(host, back_ms=900).passed
    either = pair("closes", "first")
    (words,) = differences(finding(either, thing=Thing("hub", ""), back_ms=1), {})
    assert "refused before cash or not paid, or no answer" in words.en
    assert "收现金前拒绝或没有缴成" in words.zh
    assert "agent-1" in words.en, "a party without a name is called by its code"
    assert set(SEEN_NAMES) == set(get_args(Seen))


def test_a_thing_is_spelled_and_found() -> None:
    net = network()
    for text, what in (
        ("route:route-1", Stopped("route", 1)),
        ("biller:biller-exact", Stopped("biller", 1)),
        ("agent:agent-2", Stopped("agent", 2)),
        ("hub", HUB),
    ):
        thing = read_thing(text)
        assert thing is not None
        assert thing.spelled() == text
        assert stopped(thing, net) == what
        assert thing_of(what, net) == thing
    for wrong in ("", "route", "route:", "hub:1", "till:1", "Route:route-1"):
        assert read_thing(wrong) is None, wrong
    assert stopped(Thing("route", "nowhere"), net) is None


def schedule(days: int, thing: Thing = ROUTE) -> Schedule:
    return Schedule(thing, days, "operator-1", OPENING)


def drilled(after: timedelta, *, well: bool = True) -> Record:
    at = OPENING + after
    found = finding(pair("moves", "other" if well else "none"))
    return Record(UUID(int=1), at, at, "operator-1", scheduled=False, finding=found)


def test_a_schedule_is_due_at_once_and_then_after_so_many_days() -> None:
    assert due_at(None, drilled(DAY)) is None
    assert due_at(schedule(0), drilled(DAY)) is None
    assert due_at(schedule(7), None) == OPENING
    assert due_at(schedule(7), drilled(DAY)) == OPENING + 8 * DAY


def test_how_a_thing_stands() -> None:
    week, now = schedule(7), OPENING + 9 * DAY
    assert standing(None, None, now) == "never"
    assert standing(None, drilled(DAY), now) == "passed"
    assert standing(week, drilled(3 * DAY), now) == "passed"
    assert standing(week, drilled(2 * DAY), now) == "due"
    assert standing(week, drilled(DAY), now + timedelta(seconds=1)) == "overdue"
    assert standing(week, None, OPENING) == "due"
    assert standing(week, None, now) == "overdue"
    assert standing(week, drilled(3 * DAY, well=False), now) == "failed"


def test_the_longest_overdue_goes_first() -> None:
    hub, off = Thing("hub", ""), Thing("agent", "agent-1")
    schedules = [schedule(30, ROUTE), schedule(7, hub), schedule(0, off)]
    latest = {ROUTE: drilled(-40 * DAY), hub: drilled(-6 * DAY)}
    assert all_due(schedules, latest, OPENING) == [ROUTE]
    assert all_due(schedules, latest, OPENING + DAY) == [ROUTE, hub]
    assert all_due(schedules, {}, OPENING) == [hub, ROUTE]
