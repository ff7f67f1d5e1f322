"""Moments and days. A moment always knows its zone; the business date is a thing of its own.

Wall-clock moments are labels for people and files. What must be measured (a time limit, a lease)
is measured on a monotonic clock by the rooms, never here.
"""

import re
from datetime import UTC, date, datetime, timedelta

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
DAY_ZERO = date(2000, 1, 1)
"""Business dates inside ids and receipt codes are counted from here, in days."""


def zoned(moment: datetime) -> datetime:
    """The same moment, after making sure that it knows its zone."""
    assert moment.tzinfo is not None, "a moment without a zone must not enter"
    return moment


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 in UTC, by integer arithmetic."""
    since = zoned(moment) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(milliseconds=1)


def read_moment(text: str) -> datetime | None:
    """Read an RFC 3339 time with offset; None where it has none or is not a time."""
    if _RFC3339.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def write_moment(moment: datetime) -> str:
    """Write a moment in RFC 3339, to the millisecond, with its own offset."""
    return zoned(moment).isoformat(timespec="milliseconds")


def day_number(day: date) -> int:
    """Days since DAY_ZERO, 0 to 65,535 (until 2179), as ids carry a business date."""
    number = (day - DAY_ZERO).days
    assert 0 <= number < 1 << 16, "a business date outside 2000-2179"
    return number


def day_of(number: int) -> date:
    """The day that `day_number` numbered."""
    return DAY_ZERO + timedelta(days=number)
