"""Hours on public holidays: the days that a government moves and bridges, nights that reach into
them, and what is left to the library."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cashlane.core.hours import changes_at, is_open, opens_on
from cashlane.core.public_holidays import announced, is_holiday, told_until

ZONE, OFFICE = "Asia/Shanghai", "Mo-Fr 08:30-17:30; Sa,Su 09:00-12:00; PH off"


def at(told: str) -> datetime:
    return datetime.fromisoformat(told).replace(tzinfo=ZoneInfo(ZONE))


def opens(hours: str, told: str, country: str = "CN") -> bool | None:
    return is_open(hours, at(told), zone=ZONE, country=country)


def changes(hours: str, told: str, country: str = "CN") -> str:
    found = changes_at(hours, at(told), zone=ZONE, country=country)
    return "never" if found is None else f"{found:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        ("2022-01-30", True),  # a Sunday that was worked: the hours of a Sunday
        ("2022-01-31", False),  # New Year's Eve, no holiday by law, off by the notice
        ("2022-02-04", False),  # bridged
        ("2022-02-06", False),
        ("2022-02-07", True),
        ("2022-04-05", False),  # Qingming, which moves with the sun
        ("2022-05-04", False),
        ("2022-10-07", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
    ],
)  # fmt: skip
def test_a_door_is_shut_on_the_days_off_that_were_announced(day: str, open_: bool) -> None:
    assert opens(OFFICE, f"{day} 10:00") is open_
    assert opens_on(OFFICE, date.fromisoformat(day), zone=ZONE, country="CN") is open_


def test_who_comes_in_the_holidays_hears_when_it_is_over() -> None:
    assert changes(OFFICE, "2022-01-30 10:00") == "2022-01-30 12:00"
    assert changes(OFFICE, "2022-01-30 13:00") == "2022-02-07 08:30"
    assert changes(OFFICE, "2022-02-01 10:00") == "2022-02-07 08:30"
    assert changes("24/7; PH off", "2022-01-10 10:00") == "2022-01-31 00:00"
    assert changes("PH off", "2022-01-10 10:00") == "never"


def test_a_door_has_hours_of_its_own_for_holidays() -> None:
    post = "Mo-Fr 08:00-18:00; Sa,Su,PH 08:00-16:00"
    assert opens(post, "2022-02-04 15:00") is True
    assert opens(post, "2022-02-04 17:00") is False
    assert opens(post, "2022-02-11 17:00") is True
    assert changes(post, "2022-02-04 15:00") == "2022-02-04 16:00"
    blank = "Mo-Fr 08:00-18:00; PH Sa 08:00-16:00"
    assert [opens(blank, f"2022-02-{day} 17:00") for day in ("03", "10")] == [False, True]
    assert opens(blank, "2022-02-03 15:00") is True


def test_a_day_off_begins_at_midnight() -> None:
    night = "Mo-Su 18:00-02:00; PH off"
    assert opens(night, "2022-01-30 01:00") is True
    assert opens(night, "2022-01-31 01:00") is False
    assert opens(night, "2022-02-08 01:00") is True


def test_what_cannot_be_said_by_weekdays_is_left_to_the_library() -> None:
    assert opens("Mo-Fr 08:00-12:00; PH +1 day off", "2022-02-04 10:00") is not None


def test_a_year_whose_notice_is_not_out_and_other_countries_are_the_librarys() -> None:
    assert not announced("CN", date(2031, 1, 1))
    assert told_until("JP") is None
    last = told_until("CN")
    assert last is not None
    assert announced("CN", date(last, 5, 1))
    assert not announced("CN", date(last + 1, 5, 1))
    assert not is_holiday("CN", date(2031, 1, 1))
    assert opens(OFFICE, "2031-01-01 10:00") is False
    assert not announced("JP", date(2022, 2, 11))
    assert opens(OFFICE, "2022-02-11 10:00", "JP") is False
    assert opens(OFFICE, "2022-02-11 10:00", "") is True


def test_hours_that_do_not_speak_of_holidays_know_none() -> None:
    assert opens("Mo-Su 08:00-20:00", "2022-02-01 10:00") is True
    assert changes("Mo-Su 08:00-20:00", "2022-02-01 10:00") == "2022-02-01 20:00"


def test_no_year_has_fewer_or_more_days_off_than_a_notice_ever_gave() -> None:
    for year in range(2021, 2027):
        days = [date(year, 1, 1) + timedelta(days=one) for one in range(366)]
        off = sum(is_holiday("CN", day) for day in days if day.year == year)
        assert announced("CN", date(year, 6, 1))
        assert 26 <= off <= 34, year
