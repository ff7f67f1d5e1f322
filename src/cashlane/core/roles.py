"""Who may do what: a closed list of roles, a closed list of permissions, and one table.

Where a role stands (a counter, a company, the network) decides whom it can be given to.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal
from uuid import UUID

from msgspec import Struct

from cashlane.core.refusals import Refused

Place = Literal["outlet", "agent", "network"]


class Role(StrEnum):
    """What a person is to the network; a person may be several things."""

    CASHIER = "cashier"
    OUTLET_LEAD = "outlet_lead"
    AGENT_CLERK = "agent_clerk"
    OPERATOR = "operator"
    OPERATOR_LEAD = "operator_lead"
    AUDITOR = "auditor"
    REGULATOR = "regulator"
    ADMIN = "admin"


class Permission(StrEnum):
    """What can be permitted. PROPOSE and APPROVE are the two halves of a two-person rule."""

    PAYMENT_TAKE = "payment_take"
    PAYMENT_VOID = "payment_void"
    PAYMENT_VOUCH = "payment_vouch"
    """Stand beside a cashier as the second person, at the same till."""
    SHIFT_WORK = "shift_work"
    OUTLET_READ = "outlet_read"
    OUTLET_STAFF = "outlet_staff"
    """Make, end and give new PINs to the cashiers of one's own outlet or company."""
    AGENT_READ = "agent_read"
    AGENT_KEYS = "agent_keys"
    TILL_ENROL = "till_enrol"
    NETWORK_READ = "network_read"
    PAYMENT_SEARCH = "payment_search"
    CASE_WORK = "case_work"
    REQUEST_WORK = "request_work"
    CITIZEN_READ = "citizen_read"
    """See the name and address of a citizen who asked for help or a visit."""
    DAY_CUT = "day_cut"
    SETTLEMENT_RUN = "settlement_run"
    FEES_PROPOSE = "fees_propose"
    FEES_APPROVE = "fees_approve"
    OUTLETS_PROPOSE = "outlets_propose"
    OUTLETS_APPROVE = "outlets_approve"
    ROUTES_PROPOSE = "routes_propose"
    ROUTES_APPROVE = "routes_approve"
    ROLES_PROPOSE = "roles_propose"
    ROLES_APPROVE = "roles_approve"
    USERS_MANAGE = "users_manage"
    AUDIT_READ = "audit_read"
    AUDIT_EXPORT = "audit_export"
    STATISTICS_READ = "statistics_read"


_P = Permission
_COUNTER = frozenset({_P.PAYMENT_TAKE, _P.PAYMENT_VOID, _P.SHIFT_WORK})
_DESK = frozenset(
    {_P.NETWORK_READ, _P.PAYMENT_SEARCH, _P.CASE_WORK, _P.STATISTICS_READ}
    | {_P.FEES_PROPOSE, _P.OUTLETS_PROPOSE, _P.ROUTES_PROPOSE}
)

TABLE: Mapping[Role, frozenset[Permission]] = {
    Role.CASHIER: _COUNTER,
    Role.OUTLET_LEAD: _COUNTER | {_P.PAYMENT_VOUCH, _P.OUTLET_READ, _P.OUTLET_STAFF},
    Role.AGENT_CLERK: frozenset(
        {_P.OUTLET_READ, _P.OUTLET_STAFF, _P.AGENT_READ, _P.AGENT_KEYS, _P.TILL_ENROL}
    ),
    Role.OPERATOR: _DESK | {_P.REQUEST_WORK, _P.CITIZEN_READ},
    Role.OPERATOR_LEAD: _DESK
    | {_P.DAY_CUT, _P.SETTLEMENT_RUN}
    | {_P.FEES_APPROVE, _P.OUTLETS_APPROVE, _P.ROUTES_APPROVE, _P.ROLES_APPROVE},
    Role.AUDITOR: frozenset(
        {_P.NETWORK_READ, _P.PAYMENT_SEARCH, _P.STATISTICS_READ, _P.AUDIT_READ, _P.AUDIT_EXPORT}
    ),
    Role.REGULATOR: frozenset({_P.STATISTICS_READ}),
    Role.ADMIN: frozenset(
        {_P.USERS_MANAGE, _P.ROLES_PROPOSE, _P.ROLES_APPROVE, _P.AGENT_KEYS, _P.TILL_ENROL}
    ),
}
"""An administrator gives access but touches no money; nobody gives a role alone."""

PLACES: Mapping[Role, Place] = {
    Role.CASHIER: "outlet",
    Role.OUTLET_LEAD: "outlet",
    Role.AGENT_CLERK: "agent",
    Role.OPERATOR: "network",
    Role.OPERATOR_LEAD: "network",
    Role.AUDITOR: "network",
    Role.REGULATOR: "network",
    Role.ADMIN: "network",
}
ALONE = frozenset({Role.AUDITOR, Role.REGULATOR})
"""Whoever examines the others' work does none of it: these roles bear no second one."""


def may(roles: Iterable[Role], permission: Permission) -> bool:
    """Whether any of the roles allows it."""
    return any(permission in TABLE[role] for role in roles)


class Person(Struct, frozen=True):
    """A member of staff: of an outlet, of a company behind outlets, or of the network itself."""

    id: UUID
    login: str
    name: str
    agent: int | None
    outlet: int | None
    roles: frozenset[Role]

    def may(self, permission: Permission) -> bool:
        """Whether this person's roles allow it."""
        return may(self.roles, permission)

    @property
    def place(self) -> Place:
        """Where this person stands."""
        if self.outlet is not None:
            return "outlet"
        return "network" if self.agent is None else "agent"

    def answers_for(self, agent: int | None, outlet: int | None) -> bool:
        """Whether somebody at this company and outlet is among this person's own staff."""
        if self.outlet is not None:
            return outlet == self.outlet
        return self.agent is None or agent == self.agent


def check_role(person: Person, role: Role) -> Refused | None:
    """Whether a role can be given to a person: it fits the place and the roles already held."""
    others = person.roles - {role}
    alone = bool(others) and (role in ALONE or bool(others & ALONE))
    if PLACES[role] != person.place or alone:
        return Refused("ROLE_UNFIT", {"role": role.value, "login": person.login})
    return None
