"""What people do who come to a counter: pay there, go on to another, go home in vain, wait.

Day by day, in the order of coming. Everything that a world differs in comes from its facts.
"""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field

from cashlane.trial.replay.crowd import Crowd, Spot
from cashlane.trial.replay.given import Given
from cashlane.trial.replay.ground import Ground
from cashlane.trial.replay.phases import Phase, Service


class Tally(Struct):
    """What was counted among the people looked at; metres are walked, there and back."""

    payments: int = 0
    displaced: int = 0
    elsewhere: int = 0
    later_as_always: int = 0
    not_paid: int = 0
    late: int = 0
    days_late: int = 0
    over_spare: int = 0
    turned_away: int = 0
    displaced_over_70: int = 0
    further_m: int = 0
    further_over_70_m: int = 0
    in_vain: list[int] = field(default_factory=list)
    in_vain_over_70: int = 0
    left: Counter[str] = field(default_factory=Counter)
    """Payments that went elsewhere or were not made, by the chain of the usual counter."""
    took: Counter[str] = field(default_factory=Counter)
    """Payments that came from elsewhere, by the chain of the counter that took them."""


class _Coming(Struct):
    """Somebody with a bill: who, since which day, and whether the usual counter failed them."""

    payer: int
    since: int
    displaced: bool = False


class Trips:
    """The trips of a world. `run` may be called once."""

    def __init__(self, ground: Ground, facts: Given, phases: Sequence[Phase], crowd: Crowd) -> None:
        self._facts, self._crowd = facts, crowd
        self._chains = [place.chain for place in ground.places]
        self._phases = phases
        self._waiting: dict[int, list[_Coming]] = {}
        self._knows: set[int] = set()
        self._carries = spare_carries(facts, crowd, self._chains)
        self._tally = Tally(in_vain=[0] * len(crowd.comings))
        self._day, self._room, self._phase = 0, 0, phases[0]

    def run(self) -> Tally:
        """Live through all days and count."""
        for phase in self._phases:
            begins = (phase.first - self._facts.first_day).days
            for day in range(begins, begins + phase.days):
                self._day, self._room, self._phase = day, self._carries, phase
                self._live()
        for comings in self._waiting.values():
            for coming in comings:
                self._tally.not_paid += 1
                self._tally.left[self._chain_of(coming)] += 1
        return self._tally

    def _live(self) -> None:
        fresh = [_Coming(payer, self._day) for payer in self._crowd.comings[self._day]]
        self._tally.payments += len(fresh)
        for coming in [*self._waiting.pop(self._day, []), *fresh]:
            self._come(coming)

    def _come(self, coming: _Coming) -> None:
        outlet, _ = self._crowd.usual[coming.payer]
        service = self._phase.service(outlet)
        if service is Service.BY_SPARE and self._room:
            self._room -= 1
            self._tally.over_spare += 1
            self._pay_as_always(coming)
        elif service is Service.AS_ALWAYS:
            self._pay_as_always(coming)
        else:
            self._note_displaced(coming)
            self._fail(coming, service)

    def _pay_as_always(self, coming: _Coming) -> None:
        self._knows.discard(coming.payer)
        self._tally.later_as_always += coming.displaced
        self._note_paid(coming)

    def _note_paid(self, coming: _Coming) -> None:
        self._tally.late += self._day > coming.since
        self._tally.days_late += self._day - coming.since

    def _note_displaced(self, coming: _Coming) -> None:
        if not coming.displaced:
            coming.displaced = True
            self._tally.displaced += 1
            self._tally.displaced_over_70 += self._crowd.over_70(coming.payer)

    # -- the usual counter takes no cash, or no more today ------------------------------------

    def _fail(self, coming: _Coming, service: Service) -> None:
        spot = self._within_reach(coming.payer)
        shut = service is Service.SHUT
        self._tally.turned_away += not shut
        if shut and self._told(coming.payer, self._facts.told_before_percent):
            if spot is not None:
                self._from_home(coming, spot)
            else:
                self._wait_for_change(coming)
        elif spot is not None and self._told(coming.payer, self._facts.told_at_door_percent):
            self._from_door(coming, spot)
        else:
            self._go_home(coming, wait=shut and spot is None)

    def _told(self, payer: int, percent: int) -> bool:
        """Whoever once came in vain knows; of the others, those who hear of things first."""
        return payer in self._knows or self._crowd.payers[payer].hears < percent

    def _within_reach(self, payer: int) -> Spot | None:
        """The nearest counter that works, unless it is too much further than the usual one."""
        spot = self._crowd.other(payer, self._phase.services)
        old = self._crowd.over_70(payer)
        most = self._facts.further_most_over_70_m if old else self._facts.further_most_m
        if spot is None or self._walk(spot[1] - self._crowd.usual[payer][1]) > most:
            return None
        return spot

    def _from_home(self, coming: _Coming, spot: Spot) -> None:
        """Straight to the other counter and back."""
        usual = self._crowd.usual[coming.payer][1]
        self._walked(coming.payer, 2 * self._walk(spot[1] - usual))
        self._pay_elsewhere(coming, spot)

    def _from_door(self, coming: _Coming, spot: Spot) -> None:
        """To the usual counter, on to the other, and home from there."""
        outlet, usual = self._crowd.usual[coming.payer]
        way = usual + self._crowd.between(outlet, spot[0]) + spot[1]
        self._walked(coming.payer, self._walk(way - 2 * usual))
        self._pay_elsewhere(coming, spot)

    def _pay_elsewhere(self, coming: _Coming, spot: Spot) -> None:
        self._tally.elsewhere += 1
        self._tally.left[self._chain_of(coming)] += 1
        self._tally.took[self._chains[spot[0] - 1]] += 1
        self._note_paid(coming)

    def _go_home(self, coming: _Coming, *, wait: bool) -> None:
        """A trip in vain, and another try later."""
        self._knows.add(coming.payer)
        self._tally.in_vain[self._day] += 1
        self._tally.in_vain_over_70 += self._crowd.over_70(coming.payer)
        self._walked(coming.payer, 2 * self._walk(self._crowd.usual[coming.payer][1]))
        if wait:
            self._wait_for_change(coming)
        else:
            self._wait_until(self._day + self._facts.again_after_days, coming)

    def _wait_for_change(self, coming: _Coming) -> None:
        """Until something changes, and a little longer: not everybody hears at once."""
        change = (self._phase.last - self._facts.first_day).days + 1
        hears = self._crowd.payers[coming.payer].hears
        self._wait_until(change + self._facts.hear_within_days * hears // 100, coming)

    def _wait_until(self, day: int, coming: _Coming) -> None:
        self._waiting.setdefault(day, []).append(coming)

    # -- measures -----------------------------------------------------------------------------

    def _walk(self, straight: int) -> int:
        """Metres on foot for metres in a straight line (rounded half up)."""
        return (straight * self._facts.detour_percent + 50) // 100

    def _walked(self, payer: int, further: int) -> None:
        self._tally.further_m += further
        if self._crowd.over_70(payer):
            self._tally.further_over_70_m += further

    def _chain_of(self, coming: _Coming) -> str:
        return self._chains[self._crowd.usual[coming.payer][0] - 1]


def spare_carries(facts: Given, crowd: Crowd, chains: Sequence[str]) -> int:
    """Payments of the sample that the spare carries in a day: a part of what the busiest day
    brings to the counters behind the aggregator (rounded down)."""
    busiest = max(coming_behind(facts, crowd, chains, day) for day in range(len(crowd.comings)))
    return busiest * facts.spare_capacity_percent // 100


def coming_behind(facts: Given, crowd: Crowd, chains: Sequence[str], day: int) -> int:
    """Who comes on a day to counters whose payments travel by the aggregator."""
    behind = {channel.code for channel in facts.channels if channel.way == "aggregator"}
    return sum(chains[crowd.usual[payer][0] - 1] in behind for payer in crowd.comings[day])
