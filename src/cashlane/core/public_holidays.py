"""Public holidays as governments announce them, day by day: bridged days, which no rule of the
calendar gives, included. What is told here wins over any library's own list.

Mainland China: the yearly notice of the State Council's General Office on the arrangement of
holidays (国务院办公厅关于部分节假日安排的通知), published in the autumn before. A later year is
added when its notice is out; until then nobody knows its days. Weekends that are worked instead are
not told: a door keeps on them the hours that its agent has told for that weekday.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

_CHINA = """
2021-01-01/01-03 2021-02-11/02-17 2021-04-03/04-05 2021-05-01/05-05 2021-06-12/06-14
2021-09-19/09-21 2021-10-01/10-07
2022-01-01/01-03 2022-01-31/02-06 2022-04-03/04-05 2022-04-30/05-04 2022-06-03/06-05
2022-09-10/09-12 2022-10-01/10-07 2022-12-31/12-31
2023-01-01/01-02 2023-01-21/01-27 2023-04-05/04-05 2023-04-29/05-03 2023-06-22/06-24
2023-09-29/10-06 2023-12-30/12-31
2024-01-01/01-01 2024-02-10/02-17 2024-04-04/04-06 2024-05-01/05-05 2024-06-08/06-10
2024-09-15/09-17 2024-10-01/10-07
2025-01-01/01-01 2025-01-28/02-04 2025-04-04/04-06 2025-05-01/05-05 2025-05-31/06-02
2025-10-01/10-08
2026-01-01/01-03 2026-02-15/02-23 2026-04-04/04-06 2026-05-01/05-05 2026-06-19/06-21
2026-09-25/09-27 2026-10-01/10-07
"""
"""From which day to which, both off."""


def _days(told: str) -> Iterator[date]:
    for span in told.split():
        first, last = date.fromisoformat(span[:10]), date.fromisoformat(span[:5] + span[11:])
        for after in range((last - first).days + 1):
            yield first + timedelta(days=after)


_ANNOUNCED: Mapping[str, frozenset[date]] = {"CN": frozenset(_days(_CHINA))}
_YEARS: Mapping[str, frozenset[int]] = {
    country: frozenset(day.year for day in days) for country, days in _ANNOUNCED.items()
}


def announced(country: str, day: date) -> bool:
    """Whether the holidays of this day's year are told here for a country (ISO 3166)."""
    return day.year in _YEARS.get(country, ())


def told_until(country: str) -> int | None:
    """The last year whose holidays are told for a country; None where none ever was."""
    return max(_YEARS.get(country, ()), default=None)


def is_holiday(country: str, day: date) -> bool:
    """Whether a day is a public holiday there; False where its year is not told."""
    return day in _ANNOUNCED.get(country, ())
