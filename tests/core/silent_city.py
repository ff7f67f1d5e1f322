"""A city whose outlets take payments at their rates, day after day, counted as the store counts
them: for tests of who is silent by chance and who has stopped."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from math import exp
from random import Random

from msgspec import structs

from cashlane.core.network import Network, Outlet
from cashlane.core.silence_alarm import LOOK_BACK_DAYS, WINDOW_DAYS, Silence, Taking, judged
from cashlane.core.usual_days import Counted, UsualDays
from cashlane.trial.charter import city_charter
from cashlane.trial.crowd import POST_WEIGHT
from cashlane.world.city import City
from tests.rolls.counter import network

FIRST = date(2022, 3, 7)
"""A Monday."""
MEAN_A_DAY = 14
"""Payments of an outlet on a day, as reported of the city."""


def network_of(city: City) -> Network:
    """The city's outlets with their agents and hours, all switched on."""
    charter = city_charter(city)
    outlets = {
        one.number: Outlet(one.number, one.code, one.name, one.agent, one.brand, one.district,
                           one.bucket, one.drawer_most, suspended=False)
        for one in charter.places
    }  # fmt: skip
    return structs.replace(
        network(), agents={one.number: one for one in charter.agents}, outlets=outlets,
        premises={one.number: one.premises for one in charter.places}, country="CN",
    )  # fmt: skip


def rates_of(city: City) -> dict[int, float]:
    """Payments a day at each outlet, if people come to the counters of their own district as the
    demonstration's crowd does."""
    people = {one.key: one.population for one in city.districts}
    weights = {one.number: POST_WEIGHT if one.chain == "post" else 1 for one in city.outlets}
    by_district: dict[str, int] = {}
    for one in city.outlets:
        by_district[one.district] = by_district.get(one.district, 0) + weights[one.number]
    whole = MEAN_A_DAY * len(city.outlets) / sum(people.values())
    return {
        one.number: whole * people[one.district] * weights[one.number] / by_district[one.district]
        for one in city.outlets
    }


class Life:
    """Days as they are lived and counted; `ghosts` take nothing from the day they are named."""

    def __init__(self, city: Network, rates: Mapping[int, float], seed: int) -> None:
        self.network, self._rates = city, rates
        self._chance = Random(seed)
        self._next = FIRST
        self.days: list[date] = []
        self.taken: list[dict[int, int]] = []
        self.last: dict[int, date] = {}
        self.on_since: dict[int, date] = {}
        self.explained: dict[int, date] = {}
        self.shut: set[tuple[int, date]] = set()
        self.ghosts: set[int] = set()
        self.steady = False
        """Nobody comes by chance: every day is the same."""

    def begin(self, day: date) -> None:
        """Let the first day be another."""
        self._next = day

    def live(self, days: int, *, busy: float = 1.0) -> None:
        """So many business days; `busy` times as many people as usual."""
        for _ in range(days):
            took = {one: self._come(one, busy) for one in self.network.outlets}
            self.days.append(self._next)
            self.taken.append({one: many for one, many in took.items() if many})
            self.last |= dict.fromkeys(self.taken[-1], self._next)
            self._next += timedelta(days=1)

    def look(self, closed: Collection[int] = frozenset()) -> dict[int, Silence]:
        """How every outlet's silence is to be taken after the last day."""
        outlets, window = self.network.outlets, self.days[-LOOK_BACK_DAYS:]
        taken = self.taken[-LOOK_BACK_DAYS:]
        by_agent = {agent: [0] * len(window) for agent in self.network.agents}
        payments = dict.fromkeys(outlets, 0)
        for at, (day, each) in enumerate(zip(window, taken, strict=True)):
            for outlet, many in each.items():
                by_agent[outlets[outlet].agent][at] += many
                begins = self.last[outlet] - timedelta(days=WINDOW_DAYS)
                if day >= self.on_since.get(outlet, day) and day > begins:
                    payments[outlet] += many
        counted = Counted(tuple(window), by_agent, frozenset(self.shut))
        takings = [
            Taking(one, self.last.get(one), self.on_since.get(one), self.explained.get(one),
                   payments[one])
            for one in outlets
        ]  # fmt: skip
        days = UsualDays(counted, zone=self.network.zone, country=self.network.country)
        return judged(takings, days, self.network, closed)

    def alarms(self) -> set[int]:
        """The outlets whose silence is an alarm after the last day."""
        return {one.outlet for one in self.look().values() if one.verdict == "alarm"}

    def _come(self, outlet: int, busy: float) -> int:
        begins = self.on_since.get(outlet)
        if outlet in self.ghosts or (begins is not None and self._next < begins):
            return 0
        rate = self._rates[outlet] * busy
        return round(rate) if self.steady else _poisson(self._chance, rate)


def _poisson(chance: Random, rate: float) -> int:
    """A count of independent arrivals, by multiplying chances until they fall below e^-rate."""
    least, left, many = exp(-rate), chance.random(), 0
    while left > least:
        left *= chance.random()
        many += 1
    return many
