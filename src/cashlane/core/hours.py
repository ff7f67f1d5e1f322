"""When a place is open: hours in the notation of OpenStreetMap, `Mo-Fr 08:30-17:30; PH off`.

The words are kept as they were handed in; what they mean on a day, holidays included, is worked
out by a library that many maps share.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, validate

HOURS_MOST = 400
"""Longer than any shop's door sign."""


def readable(text: str) -> bool:
    """Whether these are hours."""
    return len(text) <= HOURS_MOST and validate(text)


def is_open(text: str, at: datetime, *, zone: str, country: str) -> bool | None:
    """Whether a place of these hours is open at a moment; None where nobody said its hours.

    `country` (ISO 3166, or "") says whose public holidays `PH` speaks of.
    """
    if not text:
        return None
    return _parsed(text, zone, country).is_open(at)


def changes_at(text: str, at: datetime, *, zone: str, country: str) -> datetime | None:
    """When it next opens or closes; None where it never does, or nobody knows."""
    return _parsed(text, zone, country).next_change(at) if text else None


@lru_cache(maxsize=16_384)
def opens_on(text: str, day: date, *, zone: str, country: str) -> bool | None:
    """Whether a place of these hours opens at all on a day; None where nobody said its hours."""
    if not text:
        return None
    begins = datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))
    hours = _parsed(text, zone, country)
    change = hours.next_change(begins)
    opens_later = change is not None and change < begins + timedelta(days=1)
    return hours.is_open(begins) or opens_later


@lru_cache(maxsize=4_096)
def _parsed(text: str, zone: str, country: str) -> OpeningHours:
    """A city has some dozens of different hours, each at many doors."""
    return OpeningHours(text, timezone=ZoneInfo(zone), country=country or None)
