"""When a place is open: hours in the notation of OpenStreetMap, `Mo-Fr 08:30-17:30; PH off`.

The words are kept as they were handed in; what they mean on a day is worked out by a library that
many maps share. Which days are public holidays is told by core/public_holidays.py where it knows
the year, since that library lacks the days that governments move and bridge; else by the library.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, validate

from cashlane.core.public_holidays import announced, is_holiday

HOURS_MOST = 400
"""Longer than any shop's door sign."""
LOOK_DAYS = 400
"""A door that does not change within a year and a feast never does."""
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_HOLIDAY = re.compile(r"\bPH\b( (?=Mo|Tu|We|Th|Fr|Sa|Su))?")
"""Before weekdays a blank says no more than a comma: "PH Sa" is read as "PH,Sa"."""
_ONE_DAY = timedelta(days=1)


def readable(text: str) -> bool:
    """Whether these are hours."""
    return len(text) <= HOURS_MOST and validate(text)


def is_open(text: str, at: datetime, *, zone: str, country: str) -> bool | None:
    """Whether a place of these hours is open at a moment; None where nobody said its hours.

    `country` (ISO 3166, or "") says whose public holidays `PH` speaks of.
    """
    if not text:
        return None
    return _on(text, at.astimezone(ZoneInfo(zone)).date(), zone, country).is_open(at)


def changes_at(text: str, at: datetime, *, zone: str, country: str) -> datetime | None:
    """When it next opens or closes; None where it never does, or nobody knows."""
    if not text:
        return None
    if not _HOLIDAY.search(text):
        return _parsed(text, zone, country).next_change(at)
    here = at.astimezone(ZoneInfo(zone))
    was_open = _on(text, here.date(), zone, country).is_open(here)
    for after in range(LOOK_DAYS):
        day = here.date() + timedelta(days=after)
        hours, begins = _on(text, day, zone, country), max(here, _midnight(day, zone))
        if hours.is_open(begins) is not was_open:
            return begins
        change = hours.next_change(begins)
        if change is not None and change < _midnight(day + _ONE_DAY, zone):
            return change
    return None


@lru_cache(maxsize=16_384)
def opens_on(text: str, day: date, *, zone: str, country: str) -> bool | None:
    """Whether a place of these hours opens at all on a day; None where nobody said its hours."""
    if not text:
        return None
    begins, hours = _midnight(day, zone), _on(text, day, zone, country)
    change = hours.next_change(begins)
    opens_later = change is not None and change < _midnight(day + _ONE_DAY, zone)
    return hours.is_open(begins) or opens_later


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))


@lru_cache(maxsize=16_384)
def _on(text: str, day: date, zone: str, country: str) -> OpeningHours:
    """The hours as they are read on one day: where its year's holidays are announced, `PH` becomes
    the weekday of a day off, and nothing on others."""
    if not _HOLIDAY.search(text) or not announced(country, day):
        return _parsed(text, zone, country)
    if not is_holiday(country, day):
        return _parsed(text, zone, "")
    name = _WEEKDAYS[day.weekday()]
    spelled = _HOLIDAY.sub(lambda found: f"{name}," if found[1] else name, text)
    return _parsed(spelled, zone, "") if validate(spelled) else _parsed(text, zone, country)


@lru_cache(maxsize=4_096)
def _parsed(text: str, zone: str, country: str) -> OpeningHours:
    """A city has some dozens of different hours, each at many doors."""
    return OpeningHours(text, timezone=ZoneInfo(zone), country=country or None)
