"""Moments always know their zone; days are counted so that ids can carry them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cashlane.values.times import (
    DAY_ZERO,
    day_number,
    day_of,
    milliseconds,
    read_moment,
    write_moment,
    zoned,
)

NAIVE = datetime(2022, 1, 14)  # noqa: DTZ001
SHANGHAI = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-01-14T10:05:07+08:00", datetime(2022, 1, 14, 10, 5, 7, tzinfo=SHANGHAI)),
        ("2022-01-14t02:05:07z", datetime(2022, 1, 14, 2, 5, 7, tzinfo=UTC)),
        ("2022-01-14T02:05:07.25Z", datetime(2022, 1, 14, 2, 5, 7, 250_000, tzinfo=UTC)),
    ],
)
def test_read_moment(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022-01-14",
        "2022-01-14T10:05:07",
        "2022-01-14 10:05:07Z",
        "2022-02-30T10:05:07Z",
        "2022-01-14T25:05:07Z",
        "２022-01-14T10:05:07Z",
        "2022-01-14T10:05:07+99:00",
        "2022-W02-5T10:05:07Z",
    ],
)
def test_what_is_no_moment(text: str) -> None:
    assert read_moment(text) is None


moments = st.datetimes(datetime(1971, 1, 1), timezones=st.sampled_from([UTC, SHANGHAI]))  # noqa: DTZ001


@given(moments)
def test_written_to_the_millisecond_and_read_back(moment: datetime) -> None:
    cut = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert read_moment(write_moment(moment)) == cut
    assert milliseconds(moment) == milliseconds(cut)
    assert zoned(moment) is moment


def test_a_moment_without_a_zone_does_not_enter() -> None:
    for act in (zoned, milliseconds, write_moment):
        with pytest.raises(AssertionError, match="zone"):
            act(NAIVE)


@given(st.integers(0, (1 << 16) - 1))
def test_days_are_numbered(number: int) -> None:
    assert day_number(day_of(number)) == number


@pytest.mark.parametrize("day", [DAY_ZERO - timedelta(days=1), date(2179, 6, 7)])
def test_days_outside(day: date) -> None:
    with pytest.raises(AssertionError, match="outside"):
        day_number(day)
