"""Enabled is not the same as taking cash: two counts, and the days between them."""

from datetime import date, timedelta

import pytest
from msgspec import structs

from cashlane.core.silence import LATELY_DAYS, Sum, heard, sums
from tests.rolls.counter import network

DAY = date(2022, 1, 14)
OUTLET = network().outlets[1]


@pytest.mark.parametrize(("days_ago", "voice"), [
    (0, "working"), (LATELY_DAYS - 1, "working"), (LATELY_DAYS, "silent"), (None, "silent"),
])  # fmt: skip
def test_an_outlet_that_took_no_cash_for_two_weeks_is_silent(
    days_ago: int | None, voice: str
) -> None:
    last = None if days_ago is None else DAY - timedelta(days=days_ago)
    assert heard(OUTLET, last, DAY, alarmed=False).voice == voice


def test_one_whose_silence_is_an_alarm_is_not_called_working() -> None:
    one = heard(OUTLET, DAY, DAY, alarmed=True)
    assert (one.voice, one.alarmed) == ("silent", True)


def test_one_that_is_off_is_not_called_silent() -> None:
    assert heard(structs.replace(OUTLET, suspended=True), None, DAY, alarmed=True).voice == "off"


def test_each_agent_has_its_own_counts() -> None:
    other = structs.replace(OUTLET, number=9, agent=OUTLET.agent + 1)
    off = structs.replace(OUTLET, number=8, suspended=True)
    every = [
        heard(one, last, DAY, alarmed=False)
        for one, last in ((OUTLET, DAY), (off, DAY), (other, None))
    ]
    found = sums(every)
    assert found == {OUTLET.agent: Sum(2, 1, 1), OUTLET.agent + 1: Sum(1, 1, 0)}
    assert [one.silent for one in found.values()] == [0, 1]
