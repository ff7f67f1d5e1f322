"""What a business day is worth as a witness: on a usual day everybody comes, on a feast nobody, on
a Sunday few, and an outlet that is closed by its own hours can take nothing."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from statistics import median_low

from msgspec import Struct

from cashlane.core.hours import opens_on

FULL = 1_000
"""A usual day; all other days are worth less, in thousandths of it. A busy day is worth no more:
a rush at other counters proves nothing against this one."""
WEEKDAYS_FROM = 14
"""Days from which an agent's weekdays are told apart: two of each."""
WEEKDAY_PAYMENTS = 700
"""Payments of an agent from which they are: about a hundred of each weekday, so that chance moves
their shares by no more than a tenth."""
AHEAD_DAYS = 28
"""Days to come that are looked at: what cannot be told within four weeks is not told by silence."""


class Counted(Struct, frozen=True):
    """What is known of the latest business days that were cut, the earliest first.

    `taken` is what each agent took on each of these days, in payments; `shut` are the agents and
    days on which an agent's every way was seen closed.
    """

    days: tuple[date, ...]
    taken: Mapping[int, Sequence[int]]
    shut: frozenset[tuple[int, date]]


class Worth(Struct, frozen=True):
    """What the counted days are worth for outlets of one agent and one set of hours; `sums` are
    those of the days before each."""

    days: tuple[date, ...]
    sums: tuple[int, ...]

    def through(self, day: date | None) -> int:
        """The worth of all counted days up to a day and with it; None is before all of them."""
        return 0 if day is None else self.sums[bisect_right(self.days, day)]

    def before(self, day: date | None) -> int:
        """The worth of all counted days before a day; None is before all of them."""
        return 0 if day is None else self.sums[bisect_left(self.days, day)]

    @property
    def whole(self) -> int:
        """All of them."""
        return self.sums[-1]


class UsualDays:
    """The worth of days, worked out once for each agent and set of hours."""

    def __init__(self, counted: Counted, *, zone: str, country: str) -> None:
        self._counted = counted
        self._zone, self._country = zone, country
        self._everywhere = _of_the_network(counted)
        self._worths: dict[tuple[int, str], Worth] = {}
        self._weekdays: dict[int, Sequence[int]] = {}

    @property
    def last(self) -> date | None:
        """The latest day that was counted; None before the first."""
        return self._counted.days[-1] if self._counted.days else None

    def worth(self, agent: int, hours: str) -> Worth:
        """The counted days for outlets of an agent with these hours ("" where nobody told them)."""
        known = self._worths.get((agent, hours))
        if known is None:
            days = self._counted.days
            each = (self._day(agent, hours, at) for at in range(len(days)))
            known = self._worths[agent, hours] = Worth(days, (0, *accumulate(each)))
        return known

    def ahead(self, agent: int, hours: str) -> Iterator[tuple[date, int]]:
        """The days after the last that was counted, each with its worth if it is a usual one."""
        if self.last is None:
            return
        for after in range(1, AHEAD_DAYS + 1):
            day = self.last + timedelta(days=after)
            yield day, self._weekday(agent, day) if self._opens(hours, day) else 0

    def _day(self, agent: int, hours: str, at: int) -> int:
        day = self._counted.days[at]
        if not self._opens(hours, day):
            return 0
        worth = min(self._everywhere[at], self._weekday(agent, day))
        if (agent, day) in self._counted.shut:
            return min(worth, self._of_an_outage(agent, at))
        return worth

    def _opens(self, hours: str, day: date) -> bool:
        return opens_on(hours, day, zone=self._zone, country=self._country) is not False

    def _weekday(self, agent: int, day: date) -> int:
        known = self._weekdays.get(agent)
        if known is None:
            taken = self._counted.taken.get(agent, ())
            known = self._weekdays[agent] = _by_weekday(self._counted.days, taken)
        return known[day.weekday()]

    def _of_an_outage(self, agent: int, at: int) -> int:
        """What the agent took for all that on a day on which its ways were closed for a while."""
        taken = self._counted.taken.get(agent, ())
        usual = median_low(taken) if taken else 0
        return min(FULL, FULL * taken[at] // usual) if usual else 0


def _of_the_network(counted: Counted) -> Sequence[int]:
    """Each day against the usual one, over all agents: a feast, or a day on which nothing went."""
    whole = [sum(each[at] for each in counted.taken.values()) for at in range(len(counted.days))]
    some = [one for one in whole if one]
    usual = median_low(some) if some else 0
    return [min(FULL, FULL * one // usual) if usual else FULL for one in whole]


def _by_weekday(days: Sequence[date], taken: Sequence[int]) -> Sequence[int]:
    """An agent's weekdays against its usual day, Monday first."""
    whole = sum(taken)
    if len(days) < WEEKDAYS_FROM or whole < WEEKDAY_PAYMENTS:
        return [FULL] * 7
    found = []
    for weekday in range(7):
        mine = [count for day, count in zip(days, taken, strict=True) if day.weekday() == weekday]
        many = len(mine) * whole
        found.append(min(FULL, FULL * sum(mine) * len(days) // many) if mine else FULL)
    return found
