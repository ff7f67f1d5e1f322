"""When people come to pay: weights by hour of the day and by day of the month.

Sources: opening-hour statistics of stores (noon, evening, early morning) and a store owner's
account of bill days; the elders' mornings are an option of ours.
"""

_HOURS = (
    10,
    5,
    5,
    5,
    15,
    40,
    50,
    55,
    55,
    50,
    50,
    60,
    80,
    55,
    50,
    55,
    60,
    65,
    65,
    60,
    40,
    30,
    25,
    15,
)
"""Thousandths: 5 to 9 o'clock 200, noon 80, 16 to 20 o'clock 250."""

_ELDERS = (
    0,
    0,
    0,
    0,
    0,
    10,
    40,
    110,
    170,
    170,
    130,
    70,
    40,
    50,
    60,
    60,
    40,
    25,
    15,
    10,
    0,
    0,
    0,
    0,
)
"""Thousandths, assumed: nearly half of all between 7 and 10."""


def hour_weights(*, elders: bool) -> tuple[int, ...]:
    """Thousandths of a day's payments in each hour 0 to 23, of all people or of the old."""
    return _ELDERS if elders else _HOURS


def open_hour_weights(opens: int, closes: int, *, elders: bool) -> tuple[int, ...]:
    """The same for a place that opens and closes; what falls outside does not come."""
    weights = hour_weights(elders=elders)
    return tuple(weight if opens <= hour < closes else 0 for hour, weight in enumerate(weights))


def day_weights(days: int) -> tuple[int, ...]:
    """Weights of the days 1 to `days` of a month: twice as many people from the 15th to 25th."""
    assert 28 <= days <= 31
    return tuple(2 if 15 <= day <= 25 else 1 for day in range(1, days + 1))
