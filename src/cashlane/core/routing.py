"""Which way a payment takes: contract first, then health and notices, then cost and a warm spare.

Decided twice: when a bill is priced, and again when the payment is taken up to be sent, as long as
nothing of it has left us. What is in doubt never comes here again: it stays with its route.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Literal
from uuid import UUID

from msgspec import Struct

from cashlane.core.health import WHOLE, Condition, Health, Scope, share
from cashlane.core.network import Contract, Way
from cashlane.values.text import Text

WARM_MOST = 50_000
"""A spare takes at most a twentieth of the payments (ppm): enough to prove it, no load."""
WARM_OVERDUE = timedelta(days=7)
"""A spare that carried nothing for so long takes WARM_MOST until it has."""
PROVEN_WITHIN = timedelta(days=30)
"""A spare that carried nothing for longer than this is cold, whatever its papers say."""

Reason = Literal["technical", "commercial", "legal", "other"]
NoticeKind = Literal["withdrawn", "maintenance", "shut", "open"]
Spare = Literal["signed", "certified", "warm"]
Stage = Literal["repaired", "reconnected", "tested", "outlets_on"]


class RouteNotice(Struct, frozen=True):
    """Something said about a way beforehand or by hand; 0 speaks of all billers or agents.

    withdrawn: the other side stops serving from `since` on. maintenance: it is away from `since`
    to `until`. shut, open: an operator's own word, whatever health says.
    """

    id: UUID
    route: int
    biller: int
    agent: int
    kind: NoticeKind
    since: datetime
    until: datetime | None
    reason: Reason
    sentence: Text
    actor: str
    recorded_at: datetime

    def covers(self, scope: Scope) -> bool:
        """Whether it speaks about an agent's way to a biller."""
        return (
            self.route == scope.route
            and self.biller in (0, scope.biller)
            and self.agent in (0, scope.agent)
        )

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.since <= now and (self.until is None or now < self.until)


class Outlook(Struct, frozen=True):
    """All that is known about the ways just now: shared by every process, swapped whole."""

    health: Mapping[Scope, Health]
    notices: Sequence[RouteNotice]

    def about(self, scope: Scope) -> list[Health]:
        """What is known of a way: its route, the biller behind it, the agent's access."""
        names = (Scope(scope.route, 0, 0), Scope(scope.route, scope.biller, 0), scope)
        return [self.health[name] for name in names if name in self.health]

    def proven_at(self, scope: Scope) -> datetime | None:
        """When this agent's way last carried a payment to this biller."""
        known = self.health.get(scope)
        return known.proven_at if known is not None else None


CLEAR = Outlook({}, ())
"""Nothing bad is known about any way."""

Closed = Literal["sick", "refuses", "withdrawn", "maintenance", "shut"]


class WayState(Struct, frozen=True):
    """One way as it stands: the share of payments it may take (ppm), and why not all.

    `since` and `until` bound a closure where they are known.
    """

    way: Way
    share: int
    closed: Closed | None
    since: datetime | None
    until: datetime | None
    sentence: Text | None
    proven_at: datetime | None

    def spare(self, now: datetime) -> Spare:
        """How far it is ready to take over."""
        return spare_state(self.way, self.proven_at, now)


def spare_state(way: Way, proven_at: datetime | None, now: datetime) -> Spare:
    """How far a way is ready: on paper, certified, or proven by a payment of late."""
    if way.stage == "signed":
        return "signed"
    fresh = proven_at is not None and now - proven_at <= PROVEN_WITHIN
    return "warm" if fresh else "certified"


def way_states(contract: Contract, outlook: Outlook, now: datetime) -> list[WayState]:
    """Every certified way of a contract as it stands, in the contract's order."""
    certified = [way for way in contract.ways if way.stage == "certified"]
    shared = [_state(contract, way, outlook, now, alone=False) for way in certified]
    if any(state.share == WHOLE for state in shared):
        return shared
    return [_state(contract, way, outlook, now, alone=True) for way in certified]


def is_whole(contract: Contract, route: int, outlook: Outlook, now: datetime) -> bool:
    """Whether a contract's way over this route is certified and takes every payment just now; the
    same as in `way_states`, without a look at the other ways."""
    way = next((one for one in contract.ways if one.route == route), None)
    if way is None or way.stage != "certified":
        return False
    return _state(contract, way, outlook, now, alone=False).share == WHOLE


def _state(
    contract: Contract, way: Way, outlook: Outlook, now: datetime, *, alone: bool
) -> WayState:
    scope = Scope(way.route, contract.biller, contract.agent)
    proven = outlook.proven_at(scope)
    word = said(outlook, scope, now)
    if word is not None:
        if word.kind == "open":
            return WayState(way, WHOLE, None, None, None, None, proven)
        return WayState(way, 0, word.kind, word.since, word.until, word.sentence, proven)
    felt = min(outlook.about(scope), key=lambda known: share(known, now, alone=alone), default=None)
    part = WHOLE if felt is None else share(felt, now, alone=alone)
    if felt is None or part > 0:
        return WayState(way, part, None, None, None, None, proven)
    closed: Closed = "refuses" if felt.scope.agent else "sick"
    return WayState(way, 0, closed, felt.since, None, None, proven)


_RANK = {"open": 0, "shut": 1, "withdrawn": 2, "maintenance": 3}


def said(outlook: Outlook, scope: Scope, now: datetime) -> RouteNotice | None:
    """The notice in force that counts: an operator's own word before a partner's."""
    held = [one for one in outlook.notices if one.covers(scope) and one.holds(now)]
    return min(held, key=lambda one: (_RANK[one.kind], one.recorded_at), default=None)


def pick(states: Sequence[WayState], lot: int, now: datetime) -> Way | None:
    """The way for one payment; `lot` in 0..999,999 is drawn once for each bill.

    The first way that is wholly open leads. Those before it that are coming back take their share
    of the lots, and those after it the little that keeps a spare warm.
    """
    lead = next((one for one in states if one.share == WHOLE), None)
    if lead is None:
        return next((one.way for one in states if one.share > 0), None)
    place = states.index(lead)
    end = 0
    for at, state in enumerate(states):
        if state is lead:
            continue
        end += state.share if at < place else min(_warm(state, now), state.share)
        if lot < end:
            return state.way
    return lead.way


def _warm(state: WayState, now: datetime) -> int:
    """The share that keeps a spare alive; more where it has been idle for long."""
    overdue = state.proven_at is None or now - state.proven_at > WARM_OVERDUE
    asked = WARM_MOST if overdue and state.way.warm_ppm else state.way.warm_ppm
    return min(asked, WARM_MOST)


def lot_of(biller: int, bill_ref: str, day: date) -> int:
    """A bill's lot for a day, 0..999,999: the same for every till and process that draws it."""
    name = f"{biller}/{bill_ref}/{day.isoformat()}".encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest()) % WHOLE


def onward(
    states: Sequence[WayState], planned: int, tried: Collection[int], lot: int, now: datetime
) -> int | None:
    """The route for a payment of which nothing has left us; None where it has to wait.

    It keeps to the route it was priced for while that is open, and never goes back to one that
    refused it.
    """
    left = [one for one in states if one.way.route not in tried]
    if any(one.way.route == planned and one.share > 0 for one in left):
        return planned
    way = pick(left, lot, now)
    return way.route if way is not None else None


def is_shut(outlook: Outlook, route: int, now: datetime) -> bool:
    """Whether a whole route takes nothing at the moment, for anybody."""
    scope = Scope(route, 0, 0)
    word = said(outlook, scope, now)
    if word is not None:
        return word.kind != "open"
    known = outlook.health.get(scope)
    return known is not None and known.condition in (Condition.SICK, Condition.PROVING)
