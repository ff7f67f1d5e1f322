"""When silence is a surprise: an outlet that took no cash for longer than its rate of payments lets
one expect, so that somebody should ask. What is closed, for whatever reason, is silent for that."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from cashlane.core.network import Network
from cashlane.core.premises import UNTOLD
from cashlane.core.usual_days import FULL, UsualDays, Worth

WINDOW_DAYS = 28
"""A rate is read from the days of so long before the last payment: each weekday four times, and
near enough to today."""
LOOK_BACK_DAYS = 2 * WINDOW_DAYS
"""Business days that are looked at, so that whoever is silent for four weeks is still compared with
what came before the silence."""
ODDS_LEAST = 32_000
"""A silence that comes by chance once in so many outlet-days is an alarm. Of 4,407 outlets looked
at on seven days it is expected at most 0.97 times a week where nobody has stopped, of 50,000 at
most eleven times; nearly every outlet is alarmed with more to spare, since days are whole."""
OWN_DAYS = 10 * FULL
"""An outlet that counted so long is judged by its own rate; one of less by its agent's quiet ones,
so that a single payment on the first day is no excuse for silence after it. Nobody is judged by
others who has been silent for so long after taking cash: had it been like them, the alarm would
have come within days, so that it is one of the very quiet."""
QUIET_TENTH = 10
"""An outlet without a rate of its own is taken for one that is quieter than nine in ten of its
agent's: of those that begin, at most one in ten is quieter still and may be asked too early."""
OUTLETS_LEAST = 20
"""So many outlets have a quiet tenth; an agent with fewer borrows that of the whole network."""
EVENTS_MOST = 2_000
"""More payments than this make nothing surer: after them a day's silence is an alarm already."""

Basis = Literal["own", "agent", "network"]
Verdict = Literal["taking", "expected", "alarm", "shut", "off", "untold"]
"""taking: it took cash on the last day that counts. expected: silent, and that is no surprise yet.
alarm: a surprise. shut: nothing can be paid there now. off: not switched on. untold: nobody has a
rate to compare with yet."""


class Taking(Struct, frozen=True):
    """What is stored of an outlet: when it last took cash, since when it is on (None: always), the
    day up to which somebody explained its silence, and its payments in the window that ends with
    the last one, since it is on."""

    outlet: int
    last: date | None
    on_since: date | None
    explained: date | None
    payments: int


class Pace(Struct, frozen=True):
    """So many payments in so many usual days, in thousandths of a day."""

    payments: int
    days: int

    @property
    def a_thousand_days(self) -> int:
        """Payments in a thousand usual days."""
        return FULL * FULL * self.payments // self.days if self.days else 0


class Silence(Struct, frozen=True):
    """How an outlet's silence is to be taken.

    `days` of silence are usual ones, in thousandths. `pace` is what it is compared with, and
    `basis` whose that is. `alarm_on` is the business day after which it becomes an alarm if nobody
    pays; None where it is one, or would not within two months.
    """

    outlet: int
    verdict: Verdict
    last: date | None
    days: int
    pace: Pace | None
    basis: Basis
    alarm_on: date | None

    @property
    def one_in(self) -> int:
        """So rarely does such a silence come by chance: once in so many."""
        return one_in(self.pace, self.days) if self.pace is not None else 1


def one_in(pace: Pace, silent: int) -> int:
    """How rare a silence of so many thousandths of a day is at this pace: once in so many.

    Payments come as a Poisson stream whose rate is known by `pace` only. Looking back from the last
    payment, the other `payments - 1` came in `days`; so the next comes later than `silent` with
    the chance (days / (days + silent)) ** (payments - 1). Whole numbers: nothing is rounded but
    the answer, downwards.
    """
    events = min(pace.payments - 1, EVENTS_MOST)
    if pace.days <= 0 or events <= 0:
        return 1
    rare: int = (pace.days + silent) ** events // pace.days**events
    return rare


def judged(
    outlets: Iterable[Taking], days: UsualDays, network: Network, closed: Collection[int]
) -> dict[int, Silence]:
    """Every outlet's silence; `closed` are those where nothing can be paid now."""
    known = [one for one in outlets if one.outlet in network.outlets]
    worths = {one.outlet: _worth(network, days, one.outlet) for one in known}
    paces = {one.outlet: _pace(one, worths[one.outlet]) for one in known}
    quiet = _quiet_ones(network, paces)
    return {
        one.outlet: _judge(one, network, days, worths[one.outlet],
                           _compared(one, network, worths[one.outlet], paces[one.outlet], quiet),
                           closed)
        for one in known
    }  # fmt: skip


def _worth(network: Network, days: UsualDays, outlet: int) -> Worth:
    hours = network.premises.get(outlet, UNTOLD).hours
    return days.worth(network.outlets[outlet].agent, hours)


def _pace(one: Taking, worth: Worth) -> Pace:
    """Its own rate, up to its last payment: what came after is the silence itself."""
    if one.last is None:
        return Pace(0, 0)
    begins = one.last - timedelta(days=WINDOW_DAYS)
    earlier = max(worth.before(one.on_since), worth.through(begins))
    return Pace(one.payments, max(0, worth.through(one.last) - earlier))


def _quiet_ones(network: Network, paces: Mapping[int, Pace]) -> Mapping[int, Pace]:
    """The pace at the quiet tenth of each agent that has enough outlets; 0 is the network."""
    found: dict[int, list[Pace]] = {0: []}
    for outlet, pace in paces.items():
        if pace.days >= OWN_DAYS and not network.outlets[outlet].suspended:
            found[0].append(pace)
            found.setdefault(network.outlets[outlet].agent, []).append(pace)
    return {
        agent: sorted(each, key=lambda one: one.a_thousand_days)[len(each) // QUIET_TENTH]
        for agent, each in found.items()
        if len(each) >= OUTLETS_LEAST
    }


def _compared(
    one: Taking, network: Network, worth: Worth, own: Pace, quiet: Mapping[int, Pace]
) -> tuple[Pace | None, Basis]:
    """What an outlet's silence is compared with."""
    agent = network.outlets[one.outlet].agent
    heard = one.last is not None and (one.on_since is None or one.last >= one.on_since)
    if own.days >= OWN_DAYS or (heard and worth.whole - worth.through(one.last) >= OWN_DAYS):
        return own, "own"
    return (quiet[agent], "agent") if agent in quiet else (quiet.get(0), "network")


def _judge(
    one: Taking, network: Network, days: UsualDays, worth: Worth,
    compared: tuple[Pace | None, Basis], closed: Collection[int],
) -> Silence:  # fmt: skip
    pace, basis = compared
    silent = worth.whole - max(
        worth.through(one.last), worth.before(one.on_since), worth.through(one.explained)
    )
    alarm = pace is not None and silent > 0 and one_in(pace, silent) >= ODDS_LEAST
    verdict = _verdict(one, network, silent, pace, closed, alarm=alarm)
    quiet = pace if verdict == "expected" else None
    on = _alarm_on(network, days, one, silent, quiet) if quiet is not None else None
    return Silence(one.outlet, verdict, one.last, silent, pace, basis, on)


def _verdict(
    one: Taking, network: Network, silent: int, pace: Pace | None, closed: Collection[int], *,
    alarm: bool,
) -> Verdict:  # fmt: skip
    if network.outlets[one.outlet].suspended:
        return "off"
    if one.outlet in closed:
        return "shut"
    if silent <= 0 and one.last is not None:
        return "taking"
    if pace is None:
        return "untold"
    return "alarm" if alarm else "expected"


def _alarm_on(
    network: Network, days: UsualDays, one: Taking, silent: int, pace: Pace
) -> date | None:
    """The first day after which it is a surprise, if all days to come are usual ones."""
    hours = network.premises.get(one.outlet, UNTOLD).hours
    for day, worth in days.ahead(network.outlets[one.outlet].agent, hours):
        silent += worth
        if one_in(pace, silent) >= ODDS_LEAST:
            return day
    return None
