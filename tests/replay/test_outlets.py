"""Outlets by day: exactly as reported where they are reported, exactly by their facts elsewhere."""

from datetime import date, timedelta

import pytest

from cashlane.trial.replay.crowd import Sample, ground_under
from cashlane.trial.replay.outcome import Outcome
from cashlane.trial.replay.phases import Service, phases
from cashlane.trial.replay.reading import read_story
from cashlane.trial.replay.replay import replay
from cashlane.trial.replay.story import Story
from tests.replay.conftest import NAME, world_with

REPORTED = [
    (date(2021, 12, 24), 4_407),
    (date(2021, 12, 31), 1_276 - 25),
    (date(2022, 1, 14), 1_276),
    (date(2022, 1, 22), 1_676),
    (date(2022, 2, 15), 2_960),
    (date(2022, 2, 17), 4_407),
]


def _steps(outcome: Outcome) -> list[tuple[date, int]]:
    found: list[tuple[date, int]] = []
    for step in outcome.outlets.steps:
        if not found or found[-1][1] != step.outlets:
            found.append((step.since, step.outlets))
    return found


def test_the_story_comes_out_as_reported(worlds: dict[str, Outcome]) -> None:
    told = worlds["A"].outlets
    assert _steps(worlds["A"]) == REPORTED
    assert told.days_lost_by_channel == {
        "post": 14 * 25, "a": 48 * 1_447, "b": 46 * 1_284, "d": 22 * 400, "c": 0, "e": 0,
    }  # fmt: skip
    assert told.days_lost == 137_320 + 350
    assert (told.days_over_spare, told.gap_s) == (0, 0)


def test_every_day_is_there(worlds: dict[str, Outcome]) -> None:
    for outcome in worlds.values():
        days = [date(2021, 12, 24) + timedelta(days=at) for at in range(70)]
        expected = [
            next(step.outlets for step in reversed(outcome.outlets.steps) if step.since <= day)
            for day in days
        ]
        assert list(outcome.outlets.by_day) == expected
        assert sum(4_407 - count for count in expected) == outcome.outlets.days_lost


@pytest.mark.parametrize(("quiet", "low"), [(0, 1_276), (1, 1_275), (504, 772)])
def test_how_many_quiet_offices_left_is_a_fact(quiet: int, low: int) -> None:
    outcome = world_with(f"quiet_offices={quiet}")
    assert min(outcome.outlets.by_day) == low
    assert outcome.outlets.days_lost == 137_320 + 14 * quiet


def test_notices_alone_open_no_outlet(worlds: dict[str, Outcome]) -> None:
    assert worlds["B"].outlets == worlds["A"].outlets


def test_a_cold_spare_opens_outlets_when_it_is_certified(worlds: dict[str, Outcome]) -> None:
    assert _steps(worlds["C"]) == [*REPORTED[:3], (date(2022, 1, 21), 4_407)]
    assert worlds["C"].outlets.days_lost == 21 * 3_131 + 350
    assert worlds["C"].outlets.days_over_spare == 1 * 400 + 25 * 1_284 + 27 * 1_447


def test_a_warm_spare_loses_seconds(worlds: dict[str, Outcome]) -> None:
    told = worlds["D"].outlets
    assert _steps(worlds["D"]) == [(date(2021, 12, 24), 4_407)]
    assert (told.days_lost, told.gap_s, told.days_over_spare) == (0, 60, 137_320)


def test_a_certified_spare_needs_its_days() -> None:
    outcome = world_with("spare_state=certified", "connect_days=5")
    assert _steps(outcome)[2] == (date(2022, 1, 5), 4_407 - 25)


def test_a_spare_that_is_certified_after_the_return_opens_nothing() -> None:
    outcome = world_with("spare_state=signed", "certify_days=60")
    assert _steps(outcome) == REPORTED
    assert outcome.outlets.days_over_spare == 0


def test_a_late_warm_spare_loses_the_day_it_misses() -> None:
    """Detected ten hours after a stop at 20 o'clock: the day's end came first."""
    outcome = world_with("spare_state=warm", "stop_hour=20", "detect_s=36000", "quiet_offices=0")
    assert _steps(outcome)[1:] == [(date(2021, 12, 31), 1_276), (date(2022, 1, 1), 4_407)]
    assert (outcome.outlets.gap_s, outcome.outlets.days_lost) == (0, 3_131)


def test_outlets_are_exact_whatever_the_sample(worlds: dict[str, Outcome], story: Story) -> None:
    for sample in (Sample(seed=7, ppm=1), Sample(seed=1_000_003, ppm=500)):
        for outcome in replay(story, sample, lambda *_: None).outcomes:
            assert outcome.outlets == worlds[outcome.key].outlets


def test_the_quietest_offices_leave_first(story: Story) -> None:
    facts = story.given(story.worlds[0])
    ground = ground_under(facts, Sample(7, 1))
    people = {home.number: home.population for home in ground.city.neighbourhoods}
    (low,) = [one for one in phases(ground, facts) if one.first == facts.stops_on]
    posts = [place for place in ground.places if place.chain == "post"]
    left = [people[it.neighbourhood] for it in posts if low.service(it.number) is Service.SHUT]
    stayed = [people[it.neighbourhood] for it in posts if low.service(it.number) != Service.SHUT]
    assert len(left) == 25
    assert max(left) <= min(stayed)


def test_a_channel_of_another_size_has_its_own_outlets() -> None:
    story = read_story(NAME, None, ("outlets.a=10", "outlets.e=0"))
    ground = ground_under(story.given(story.worlds[0]), Sample(7, 1))
    chains = [place.chain for place in ground.places]
    assert (chains.count("a"), chains.count("e"), len(chains)) == (10, 0, 4_407 - 1_437 - 135)
