"""The two-person rule: what one person proposes, another decides, and it takes effect once.

One life cycle for every kind of change that no person may make alone.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission, Person

NOBODY = UUID(int=0)
"""Whom a change concerns where it is about no person."""
BODY_MOST = 16_384
"""Bytes of a proposal's content: a fee schedule of hundreds of steps fits."""
REASON_MOST = 500
"""Letters of a stated reason: a few sentences."""


class Kind(StrEnum):
    """What needs two persons."""

    FEE_SCHEDULE = "fee_schedule"
    SUSPEND_OUTLET = "suspend_outlet"
    RESTORE_OUTLET = "restore_outlet"
    CERTIFY_AGENT = "certify_agent"
    DRAWER_LIMIT = "drawer_limit"
    STAND_IN = "stand_in"
    USER_ROLE = "user_role"
    USER_PASSWORD = "user_password"  # noqa: S105 - the name of a change
    """Take a desk's password away, so that a new one can be given: else one could be another."""


class KindRule(Struct, frozen=True):
    """Who may propose and approve a kind.

    `lead`: how long before its effect it must be proposed; where there is one, the decision must
    fall before the effect. `open_most`: how long a proposal may wait for its decision.
    """

    propose: Permission
    approve: Permission
    lead: timedelta
    open_most: timedelta


_P, _NONE = Permission, timedelta(0)
RULES: Mapping[Kind, KindRule] = {
    Kind.FEE_SCHEDULE: KindRule(
        _P.FEES_PROPOSE, _P.FEES_APPROVE, timedelta(days=1), timedelta(days=30)
    ),
    Kind.SUSPEND_OUTLET: KindRule(_P.OUTLETS_PROPOSE, _P.OUTLETS_APPROVE, _NONE, timedelta(days=3)),
    Kind.RESTORE_OUTLET: KindRule(_P.OUTLETS_PROPOSE, _P.OUTLETS_APPROVE, _NONE, timedelta(days=7)),
    Kind.CERTIFY_AGENT: KindRule(_P.OUTLETS_PROPOSE, _P.OUTLETS_APPROVE, _NONE, timedelta(days=7)),
    Kind.DRAWER_LIMIT: KindRule(_P.OUTLETS_PROPOSE, _P.OUTLETS_APPROVE, _NONE, timedelta(days=7)),
    Kind.STAND_IN: KindRule(_P.ROUTES_PROPOSE, _P.ROUTES_APPROVE, _NONE, timedelta(days=1)),
    Kind.USER_ROLE: KindRule(_P.ROLES_PROPOSE, _P.ROLES_APPROVE, _NONE, timedelta(days=7)),
    Kind.USER_PASSWORD: KindRule(_P.ROLES_PROPOSE, _P.ROLES_APPROVE, _NONE, timedelta(days=1)),
}
"""A fee must be announced a day ahead; an outlet in trouble is stopped at once, by two."""


def kinds_of(person: Person) -> list[Kind]:
    """The kinds of change that a person may propose or decide."""
    return [
        kind for kind, rule in RULES.items() if person.may(rule.propose) or person.may(rule.approve)
    ]


class State(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    APPLIED = "applied"


MOVES: Mapping[State, frozenset[State]] = {
    State.PROPOSED: frozenset({State.APPROVED, State.REJECTED, State.EXPIRED}),
    State.APPROVED: frozenset({State.APPLIED}),
    State.REJECTED: frozenset(),
    State.EXPIRED: frozenset(),
    State.APPLIED: frozenset(),
}


class ImpossibleMoveError(Exception):
    """A step that a proposal's life does not list: our code is wrong."""


def check_move(before: State, after: State) -> None:
    """Raise ImpossibleMoveError unless the life cycle lists this step."""
    if after not in MOVES[before]:
        raise ImpossibleMoveError(f"{before} -> {after} is not a step of a proposal's life")


class Proposal(Struct, frozen=True):
    """What somebody wants done, from when (None: once approved), and until when to be decided."""

    kind: Kind
    body: Mapping[str, Any]
    effective_at: datetime | None
    expires_at: datetime


class Decision(Struct, frozen=True):
    """What the second person said."""

    verdict: Literal["approved", "rejected"]
    by: UUID
    at: datetime
    reason: str


class Approval(Struct, frozen=True):
    """A proposal with all that became of it. `concerns` is the person it is about, or NOBODY."""

    id: UUID
    kind: Kind
    body: Mapping[str, Any]
    concerns: UUID
    proposed_by: UUID
    proposed_at: datetime
    expires_at: datetime
    effective_at: datetime
    decision: Decision | None
    applied_at: datetime | None

    def state(self, now: datetime) -> State:
        """Where it stands: expiry is read off the clock, all else off what was written."""
        if self.applied_at is not None:
            return State.APPLIED
        if self.decision is not None:
            return State(self.decision.verdict)
        return State.EXPIRED if now >= self.expires_at else State.PROPOSED


def check_proposal(proposal: Proposal, concerns: UUID, by: Person, now: datetime) -> Refused | None:
    """Whether a person may propose this, with these times."""
    rule = RULES[proposal.kind]
    if not by.may(rule.propose):
        return Refused("FORBIDDEN")
    if concerns == by.id:
        return Refused("OWN_MATTER")
    effective = proposal.effective_at or now
    last = now + rule.open_most
    if rule.lead:
        last = min(last, effective)
    if effective < now + rule.lead or not now < proposal.expires_at <= last:
        days = {"lead_days": rule.lead.days, "open_days": rule.open_most.days}
        return Refused("APPROVAL_TIMES", days)
    return None


def check_decision(approval: Approval, by: Person, now: datetime) -> Refused | None:
    """Whether a person may decide this now: another than who proposed it or whom it is about."""
    if not by.may(RULES[approval.kind].approve):
        return Refused("FORBIDDEN")
    if by.id == approval.proposed_by:
        return Refused("OWN_PROPOSAL")
    if by.id == approval.concerns:
        return Refused("OWN_MATTER")
    match approval.state(now):
        case State.PROPOSED:
            return None
        case State.EXPIRED:
            return Refused("APPROVAL_EXPIRED")
        case _:
            return Refused("ALREADY_DECIDED")


def check_effect(approval: Approval, now: datetime) -> Refused | None:
    """Whether an approval can take effect now. One that has taken effect is not asked about."""
    match approval.state(now):
        case State.APPROVED if now >= approval.effective_at:
            check_move(State.APPROVED, State.APPLIED)
            return None
        case State.APPROVED:
            return Refused("NOT_YET_EFFECTIVE", {"when": approval.effective_at.isoformat()})
        case State.EXPIRED:
            return Refused("APPROVAL_EXPIRED")
        case _:
            return Refused("NOT_APPROVED")
