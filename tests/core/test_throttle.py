"""Ten thousand guesses come to a handful of tries; a right one costs nothing; nobody is locked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashlane.core.throttle import ADDRESS, LOGIN, PIN, TILL, Rate, charged, given_back, wait

NOW = datetime(2026, 1, 14, 9, tzinfo=UTC)
ZERO = timedelta(0)


@pytest.mark.parametrize("rate", [LOGIN, PIN, TILL, ADDRESS])
def test_ten_thousand_guesses_are_few_tries(rate: Rate) -> None:
    clear, tries = NOW, 0
    for second in range(10_000):
        now = NOW + timedelta(seconds=second)
        if not wait(clear, now, rate):
            clear, tries = charged(clear, now, rate), tries + 1
    assert tries <= rate.burst + 10_000 // rate.pause.total_seconds() + 1
    assert wait(clear, NOW + timedelta(seconds=10_000) + rate.pause, rate) == ZERO


def test_a_burst_and_then_the_pause() -> None:
    clear = NOW
    for _ in range(LOGIN.burst):
        assert wait(clear, NOW, LOGIN) == ZERO
        clear = charged(clear, NOW, LOGIN)
    assert wait(clear, NOW, LOGIN) == LOGIN.pause
    assert wait(given_back(clear, LOGIN), NOW, LOGIN) == ZERO
    with pytest.raises(AssertionError):
        charged(clear, NOW, LOGIN)


@given(st.lists(st.integers(0, 600), max_size=60))
def test_no_waiting_is_longer_than_the_pause(steps: list[int]) -> None:
    clear, now = NOW, NOW
    for step in steps:
        now += timedelta(seconds=step)
        assert wait(clear, now, PIN) <= PIN.pause
        if not wait(clear, now, PIN):
            clear = charged(clear, now, PIN)
