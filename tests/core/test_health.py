"""How a way falls ill and comes back: the sum of failures, its bars, and its hysteresis."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from cashlane.core.health import (
    ALONE_S,
    CLEAN_S,
    HALF,
    PROBE_S,
    RAMP_S,
    TENTH,
    TRIP,
    WHOLE,
    Condition,
    Health,
    Pulse,
    Scope,
    feel,
    newborn,
    probe_after,
    retry_at,
    share,
)

BEGIN = datetime(2022, 1, 14, tzinfo=UTC)
ROUTE, BILLER, AGENT = Scope(1, 0, 0), Scope(1, 2, 0), Scope(1, 2, 3)
GOOD, BAD, NO = Pulse.ANSWERED, Pulse.SILENT, Pulse.REFUSED


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def felt(health: Health, pulses: str, seconds: float) -> Health:
    """ "." answered, "x" silent, "n" refused; all at one moment."""
    kinds = {".": GOOD, "x": BAD, "n": NO}
    return feel(health, [kinds[one] for one in pulses], at(seconds))[0]


def test_eight_silences_in_a_row_make_a_way_sick_and_seven_do_not() -> None:
    assert felt(newborn(ROUTE, BEGIN), "xxxxxxx", 1).condition is Condition.WELL
    sick = felt(newborn(ROUTE, BEGIN), "xxxxxxxx", 1)
    assert (sick.condition, sick.since) == (Condition.SICK, at(1))


def test_two_refusals_in_a_row_are_enough() -> None:
    assert felt(newborn(AGENT, BEGIN), "n", 1).condition is Condition.WELL
    assert felt(newborn(AGENT, BEGIN), "nn", 1).condition is Condition.SICK


def test_an_idle_route_that_falls_silent_is_sick_within_a_minute() -> None:
    """One payment a minute: what finds it out are the probes, every 15 s and then every 2 s."""
    health, asked = newborn(ROUTE, BEGIN), 0.0
    answers: list[float] = []
    now = 0.0
    while health.condition is Condition.WELL:
        now += 0.5
        while answers and answers[0] <= now:
            health = felt(health, "x", answers.pop(0))
        if now - asked >= probe_after(health).total_seconds():
            asked = now
            answers.append(now + PROBE_S)
    assert now <= 60, now


@pytest.mark.parametrize("seed", range(20))
def test_a_third_of_failures_is_found_within_a_minute(seed: int) -> None:
    chance, health = Random(seed), newborn(ROUTE, BEGIN)
    for call in range(120):  # two a second
        health = felt(health, "x" if chance.random() < 0.30 else ".", call / 2)
        if health.condition is Condition.SICK:
            return
    raise AssertionError(health)


def test_three_in_a_hundred_is_no_alarm_in_a_whole_day() -> None:
    """24 hours of 20 calls a second, in minutes of 1,200 calls each."""
    chance, health, highest = Random(7), newborn(ROUTE, BEGIN), 0
    for minute in range(24 * 60):
        pulses = [BAD if chance.random() < 0.03 else GOOD for _ in range(1_200)]
        health, changes = feel(health, pulses, at(minute * 60))
        assert changes == []
        highest = max(highest, health.score)
    assert highest < TRIP


def _answering(health: Health, begin: float, seconds: float) -> Iterator[tuple[float, Health]]:
    """A sign of life every 15 s."""
    for second in range(int(begin), int(begin + seconds) + 1, 15):
        health = felt(health, ".", second)
        yield second, health


def test_the_way_back_has_its_times() -> None:
    health = felt(newborn(ROUTE, BEGIN), "x" * 8, 0)
    first: dict[Condition, float] = {}
    for second, now in _answering(health, 15, 2_000):
        first.setdefault(now.condition, second)
    assert list(first) == [
        Condition.PROVING, Condition.RETURNING_TENTH, Condition.RETURNING_HALF, Condition.WELL,
    ]  # fmt: skip
    proving, tenth, half, well = first.values()
    assert tenth - proving == CLEAN_S
    assert half - tenth == RAMP_S
    assert well - half == RAMP_S


def test_one_silence_while_proving_begins_the_clean_time_anew() -> None:
    health = felt(felt(newborn(ROUTE, BEGIN), "x" * 8, 0), ".", 15)
    health = felt(health, "x", 500)
    assert health.condition is Condition.SICK
    health = felt(health, ".", 515)
    assert felt(health, ".", 15 + CLEAN_S).condition is Condition.PROVING
    assert felt(health, ".", 515 + CLEAN_S).condition is Condition.RETURNING_TENTH


def test_three_silences_on_the_way_back_are_enough_and_the_next_wait_is_longer() -> None:
    def returning(health: Health, begin: float) -> tuple[float, Health]:
        for second, now in _answering(health, begin, 10_000):
            if now.condition is Condition.RETURNING_TENTH:
                return second, now
        raise AssertionError(health)

    sick = felt(newborn(ROUTE, BEGIN), "x" * 8, 0)
    second, health = returning(sick, 15)
    assert felt(health, "xx", second).condition is Condition.RETURNING_TENTH
    again, later = returning(felt(health, "xxx", second), second + 15)
    assert later.relapses == 2
    assert again - second - 15 == 2 * CLEAN_S


def test_what_cannot_be_probed_is_tried_after_ever_longer_waits() -> None:
    sick = felt(newborn(BILLER, BEGIN), "x" * 8, 0)
    assert (share(sick, at(59), alone=False), share(sick, at(60), alone=False)) == (0, TENTH)
    straggler = felt(sick, "x", 30)
    assert retry_at(straggler) == retry_at(sick), "what was on its way already is no new try"
    failed = felt(sick, "x", 61)
    assert retry_at(failed) == at(61 + 300)
    back = felt(failed, ".", 400)
    assert (back.condition, share(back, at(400), alone=False)) == (Condition.RETURNING_HALF, HALF)


@pytest.mark.parametrize(
    ("pulses", "seconds", "shared", "alone"),
    [
        ("", 0, WHOLE, WHOLE),
        ("x" * 8, 500, 0, 0),
        ("x" * 8 + ".", ALONE_S - 1, 0, 0),
        ("x" * 8 + ".", ALONE_S, 0, WHOLE),
    ],
)
def test_where_there_is_no_other_way_a_returning_one_is_taken_earlier(
    pulses: str, seconds: int, shared: int, alone: int
) -> None:
    health = felt(newborn(ROUTE, BEGIN), pulses, 0)
    assert share(health, at(seconds), alone=False) == shared
    assert share(health, at(seconds), alone=True) == alone


def test_only_a_carried_payment_of_an_agent_proves_a_way() -> None:
    assert felt(newborn(ROUTE, BEGIN), ".", 5).proven_at is None
    assert felt(newborn(AGENT, BEGIN), ".", 5).proven_at == at(5)
    assert felt(newborn(AGENT, BEGIN), ".x", 5).proven_at == at(5)


def test_every_change_is_told() -> None:
    _, changes = feel(newborn(ROUTE, BEGIN), [BAD] * 8 + [GOOD, BAD], at(3))
    assert [(one.before.name, one.after.name) for one in changes] == [
        ("WELL", "SICK"), ("SICK", "PROVING"), ("PROVING", "SICK"),
    ]  # fmt: skip
