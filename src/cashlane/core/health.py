"""How a way to a biller is doing: a running sum of failures that trips, and a slow way back.

Kept for a whole route (its wire), for one biller behind it, and for one agent's access to that
biller. The sum is Page's CUSUM in thousandths: a failure adds what makes it likelier that the way
is sick than well, an answer takes off a little, and it never falls below zero.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import IntEnum

from msgspec import Struct, structs

FAILURE, SUCCESS, REFUSAL = 2303, -326, 9000
"""ln of how much likelier each is on a sick way (30 % failing) than on a well one (3 %), rounded;
a refusal is the other side's own word, so that two in a row are enough."""
TRIP = 18_000
"""Sick from here on: eight silences in a row, a minute of 30 % failures at two calls a second, and
no false alarm in ten days at 3 % and twenty calls a second."""
RETURN_TRIP = 6_900
"""While a way is coming back three failures are enough: it has not earned the full patience yet."""
CLEAN_S = 600
"""So long must everything be answered before the first payments take the way again."""
CLEAN_MOST_S = 7_200
"""Each relapse doubles the clean time, up to this."""
RAMP_S = 120
"""A tenth of the payments for so long, then half of them for so long, then all."""
ALONE_S = 60
"""Where no other way is open, a returning one is taken after this much clean time already: a
counter that stays closed helps nobody."""
RETRY_AFTER_S = (60, 300, 900, 1800)
"""What cannot be probed (one biller, one agent) is tried with a few payments after so long; the
last is repeated."""
PROBE_EVERY_S, PROBE_AILING_S = 15, 2
"""An idle route is asked for a sign of life this often; every other second while failures count."""
PROBE_S = 4
"""A sign of life that takes longer than this is none; nor is a call's answer a good one."""
WHOLE, HALF, TENTH = 1_000_000, 500_000, 100_000
"""Shares of payments, in parts per million."""


class Scope(Struct, frozen=True, order=True):
    """What health speaks about: a route; a biller behind it; an agent's access to that biller.

    0 stands for all.
    """

    route: int
    biller: int
    agent: int


class Condition(IntEnum):
    """How a way is. The numbers are stored: never reuse one."""

    WELL = 1
    SICK = 2
    PROVING = 3
    RETURNING_TENTH = 4
    RETURNING_HALF = 5


class Pulse(IntEnum):
    """One thing seen on a way.

    A route is asked for signs of life; a biller behind it and an agent's access are known by
    payments alone.
    """

    ANSWERED = 1
    """A message was answered, a payment carried."""
    SILENT = 2
    """No answer came, or too late."""
    REFUSED = 3
    """The other side refused a payment because the way is shut for it."""


class Health(Struct, frozen=True):
    """How one scope is. `score` in thousandths; `relapses` since it was last well.

    `proven_at` is the last payment that an agent's way carried to its biller.
    """

    scope: Scope
    condition: Condition
    since: datetime
    score: int
    heard_at: datetime
    relapses: int
    proven_at: datetime | None


class Change(Struct, frozen=True):
    """A step from one condition to another, as it is told to people."""

    scope: Scope
    at: datetime
    before: Condition
    after: Condition


def newborn(scope: Scope, now: datetime) -> Health:
    """A way that nothing is known about is taken for well."""
    return Health(scope, Condition.WELL, now, 0, now, 0, None)


def feel(health: Health, pulses: Iterable[Pulse], now: datetime) -> tuple[Health, list[Change]]:
    """What a sequence of pulses, in their order, makes of a way; and its changes of condition."""
    changes = []
    for pulse in pulses:
        after = _feel_one(health, pulse, now)
        if after.condition is not health.condition:
            changes.append(Change(health.scope, now, health.condition, after.condition))
        health = after
    return health, changes


def _feel_one(health: Health, pulse: Pulse, now: datetime) -> Health:
    if pulse is not Pulse.ANSWERED:
        return _bad(health, pulse, now)
    proven = now if health.scope.agent else health.proven_at
    score = max(0, health.score + SUCCESS)
    return _recover(structs.replace(health, heard_at=now, score=score, proven_at=proven), now)


def _recover(health: Health, now: datetime) -> Health:
    """One step up, where the time for it has come."""
    rested = now - health.since
    match health.condition:
        case Condition.SICK if health.scope.biller == 0:
            return _become(health, Condition.PROVING, now)
        case Condition.SICK:
            return _become(health, Condition.RETURNING_HALF, now)
        case Condition.PROVING if rested >= _clean_time(health):
            return _become(health, Condition.RETURNING_TENTH, now)
        case Condition.RETURNING_TENTH if rested >= timedelta(seconds=RAMP_S):
            return _become(health, Condition.RETURNING_HALF, now)
        case Condition.RETURNING_HALF if rested >= timedelta(seconds=RAMP_S):
            return structs.replace(_become(health, Condition.WELL, now), relapses=0)
    return health


def _clean_time(health: Health) -> timedelta:
    return timedelta(seconds=min(CLEAN_S << max(0, health.relapses - 1), CLEAN_MOST_S))


def _bad(health: Health, pulse: Pulse, now: datetime) -> Health:
    weight = REFUSAL if pulse is Pulse.REFUSED else FAILURE
    health = structs.replace(health, heard_at=now)
    match health.condition:
        case Condition.SICK:
            return _still_sick(health, now)
        case Condition.PROVING:
            # No relapse: nothing was entrusted to it yet.
            return _become(health, Condition.SICK, now)
        case Condition.WELL:
            trip = TRIP
        case _:
            trip = RETURN_TRIP
    score = health.score + weight
    if score < trip:
        return structs.replace(health, score=score)
    return structs.replace(_become(health, Condition.SICK, now), relapses=health.relapses + 1)


def _still_sick(health: Health, now: datetime) -> Health:
    """A failed try of what cannot be probed makes the next wait longer; stragglers do not."""
    if health.scope.biller == 0 or now < retry_at(health):
        return health
    return structs.replace(health, since=now, relapses=health.relapses + 1)


def _become(health: Health, condition: Condition, now: datetime) -> Health:
    return structs.replace(health, condition=condition, since=now, score=0)


def retry_at(health: Health) -> datetime:
    """When a sick scope that cannot be probed is tried with a few payments."""
    place = min(max(health.relapses - 1, 0), len(RETRY_AFTER_S) - 1)
    return health.since + timedelta(seconds=RETRY_AFTER_S[place])


def share(health: Health, now: datetime, *, alone: bool) -> int:
    """The share of payments that may take the way now (ppm).

    `alone`: there is no other way, so that a returning one need not share.
    """
    match health.condition:
        case Condition.WELL:
            return WHOLE
        case Condition.SICK:
            tried = health.scope.biller != 0 and now >= retry_at(health)
            return (WHOLE if alone else TENTH) if tried else 0
        case Condition.PROVING:
            return WHOLE if alone and now - health.since >= timedelta(seconds=ALONE_S) else 0
        case Condition.RETURNING_TENTH:
            return WHOLE if alone else TENTH
        case Condition.RETURNING_HALF:
            return WHOLE if alone else HALF


def probe_after(health: Health) -> timedelta:
    """How long after the last sign of a route the next is asked for."""
    often = health.score > 0 and health.condition is Condition.WELL
    return timedelta(seconds=PROBE_AILING_S if often else PROBE_EVERY_S)
