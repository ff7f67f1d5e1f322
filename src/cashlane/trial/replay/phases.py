"""Which outlets take cash when: the rule of the counter, asked at each change of a world.

An outlet takes cash on a day if it does so at the day's end; between two changes nothing moves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from cashlane.core.health import WHOLE
from cashlane.core.network import Network, Way
from cashlane.core.outlet import Permit, may_take
from cashlane.core.refusals import Refused
from cashlane.core.routing import Outlook, RouteNotice
from cashlane.trial.replay.given import Channel, Given, SpareState
from cashlane.trial.replay.ground import BILLER, ROUTES, SPARE, Ground, network_of
from cashlane.values.text import Text

ZONE = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)
_BEFORE_MIDNIGHT = time(23, 59)


class Service(IntEnum):
    """How an outlet stands: it takes no cash, it takes it over the spare, or as always."""

    SHUT = 0
    BY_SPARE = 1
    AS_ALWAYS = 2


class Phase(Struct, frozen=True):
    """Days from `first` to `last` in which nothing changes; services by outlet number less 1."""

    first: date
    last: date
    services: bytes

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def taking(self) -> int:
        """Outlets that take cash."""
        return len(self.services) - self.services.count(Service.SHUT)

    def service(self, outlet: int) -> Service:
        """How an outlet stands, by its number."""
        return Service(self.services[outlet - 1])


def phases(ground: Ground, facts: Given) -> list[Phase]:
    """The whole replay of a world as phases, without a gap."""
    found: list[Phase] = []
    for first, last in _spans(facts):
        services = bytes(_services(ground, facts, last))
        if found and found[-1].services == services:
            found[-1] = structs.replace(found[-1], last=last)
        else:
            found.append(Phase(first, last, services))
    return found


def _spans(facts: Given) -> Iterator[tuple[date, date]]:
    """The days between one change and the next."""
    changes = {facts.stops_on, facts.quiet_leave_on, facts.quiet_return_on, *_returns(facts)}
    ready = spare_ready(facts)
    if ready is not None:
        changes |= {ready.date(), ready.date() + _DAY}
    inside = {day for day in changes if facts.first_day < day <= facts.last_day}
    starts = sorted({facts.first_day, *inside})
    for first, after in zip(starts, [*starts[1:], facts.last_day + _DAY], strict=True):
        yield first, after - _DAY


def _returns(facts: Given) -> set[date]:
    return {channel.returns_on for channel in facts.channels if channel.way == "aggregator"}


def stopped_at(facts: Given) -> datetime:
    """When the aggregator's channels are suspended."""
    return datetime.combine(facts.stops_on, time(facts.stop_hour), tzinfo=ZONE)


_READY: Mapping[SpareState, Callable[[Given], timedelta | None]] = {
    "none": lambda _: None,
    "signed": lambda facts: timedelta(days=facts.certify_days),
    "certified": lambda facts: timedelta(days=facts.connect_days),
    "warm": lambda facts: timedelta(seconds=facts.detect_s),
}


def spare_ready(facts: Given) -> datetime | None:
    """From when the spare carries payments; None where there is none.

    What is counted in days begins with a day, as people open a service; seconds are machines'.
    """
    wait = _READY[facts.spare_state](facts)
    if wait is None:
        return None
    if wait < _DAY:
        return stopped_at(facts) + wait
    return datetime.combine(facts.stops_on + wait, time(0), tzinfo=ZONE)


def _services(ground: Ground, facts: Given, day: date) -> Iterator[Service]:
    """How every outlet stands at the end of a day."""
    now = datetime.combine(day, _BEFORE_MIDNIGHT, tzinfo=ZONE)
    network, outlook = _network(ground, facts, now), _outlook(ground, facts)
    biller = network.billers[BILLER]
    for place in ground.places:
        outlet = network.outlets[place.number]
        yield _service(may_take(network, outlet, biller, now, outlook), now)


def _service(answer: Permit | Refused, now: datetime) -> Service:
    if isinstance(answer, Refused):
        return Service.SHUT
    way = answer.way(WHOLE - 1, now)
    return Service.BY_SPARE if way.route == SPARE else Service.AS_ALWAYS


def _network(ground: Ground, facts: Given, now: datetime) -> Network:
    contracts = {channel.code: _ways(facts, channel, now) for channel in facts.channels}
    network = network_of(ground, facts, contracts)
    withdrawn = {
        (outlet, BILLER): facts.quiet_leave_on for outlet in withdrawn_on(ground, facts, now.date())
    }
    return structs.replace(network, withdrawn=withdrawn)


def _ways(facts: Given, channel: Channel, now: datetime) -> tuple[Way, ...]:
    """The ways of a channel's contract; behind the aggregator's stands a spare, if there is one."""
    usual, ready = Way(ROUTES[channel.way], "certified", 0, 0), spare_ready(facts)
    if channel.way != "aggregator" or ready is None:
        return (usual,)
    return usual, Way(SPARE, "certified" if now >= ready else "signed", 0, 0)


def _outlook(ground: Ground, facts: Given) -> Outlook:
    """What is known about the ways: the aggregator's channels, suspended until each is back."""
    began = stopped_at(facts)
    notices = [
        RouteNotice(
            UUID(int=number), ROUTES["aggregator"], 0, ground.agents[channel.code].number,
            "withdrawn", began, datetime.combine(channel.returns_on, time(0), tzinfo=ZONE),
            "technical", _SUSPENDED, "facts", began,
        )
        for number, channel in enumerate(facts.channels)
        if channel.way == "aggregator"
    ]  # fmt: skip
    return Outlook({}, notices)


_SUSPENDED = Text("通道已暂停", "the channel is suspended")


def kept_offices(facts: Given) -> int:
    """Quiet offices that are kept open; a part of one is none (rounded down)."""
    return facts.quiet_offices * facts.quiet_kept_percent // 100


def withdrawn_on(ground: Ground, facts: Given, day: date) -> Sequence[int]:
    """The quiet offices at which the service is withdrawn on a day, by outlet number."""
    if not facts.quiet_leave_on <= day < facts.quiet_return_on:
        return ()
    return ground.quiet[: facts.quiet_offices - kept_offices(facts)]
