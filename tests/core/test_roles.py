"""The table of roles is complete, and says what it is meant to say."""

from uuid import UUID

import pytest

from cashlane.core.approval import RULES, Kind
from cashlane.core.refusals import Refused
from cashlane.core.roles import PLACES, TABLE, Permission, Person, Role, check_role, may

P = Permission


def person(*roles: Role, agent: int | None = None, outlet: int | None = None) -> Person:
    return Person(UUID(int=7), "wang", "王", agent, outlet, frozenset(roles))


def test_every_role_may_something_and_every_permission_is_somebodys() -> None:
    assert set(TABLE) == set(PLACES) == set(Role)
    assert all(TABLE.values())
    assert frozenset().union(*TABLE.values()) == set(Permission)


def test_every_kind_can_be_proposed_and_approved_by_two_different_people() -> None:
    assert set(RULES) == set(Kind)
    for kind, rule in RULES.items():
        assert rule.propose is not rule.approve, kind
        assert any(rule.propose in held for held in TABLE.values())
        assert any(rule.approve in held for held in TABLE.values())


MONEY = {P.PAYMENT_TAKE, P.PAYMENT_VOID, P.FEES_APPROVE, P.SETTLEMENT_RUN, P.DAY_CUT}


@pytest.mark.parametrize(
    ("role", "never"),
    [
        (Role.ADMIN, MONEY | {P.CITIZEN_READ}),
        (Role.AUDITOR, MONEY | {P.CITIZEN_READ, P.USERS_MANAGE, P.FEES_PROPOSE}),
        (Role.REGULATOR, set(Permission) - {P.STATISTICS_READ}),
        (Role.CASHIER, {P.PAYMENT_VOUCH, P.OUTLET_STAFF, P.PAYMENT_SEARCH}),
        (Role.OPERATOR_LEAD, {P.PAYMENT_TAKE, P.USERS_MANAGE, P.ROLES_PROPOSE}),
        (Role.OPERATOR, {P.FEES_APPROVE, P.OUTLETS_APPROVE, P.ROUTES_APPROVE, P.ROLES_APPROVE}),
    ],
)
def test_duties_stay_apart(role: Role, never: set[Permission]) -> None:
    assert not TABLE[role] & never


def test_may_is_any_of_the_roles() -> None:
    assert may([Role.CASHIER, Role.OUTLET_LEAD], P.PAYMENT_VOUCH)
    assert not may([Role.CASHIER], P.PAYMENT_VOUCH)
    assert not may([], P.PAYMENT_TAKE)
    assert person(Role.CASHIER, agent=1, outlet=2).may(P.PAYMENT_TAKE)


@pytest.mark.parametrize(
    ("who", "role", "fits"),
    [
        (person(agent=1, outlet=2), Role.CASHIER, True),
        (person(Role.CASHIER, agent=1, outlet=2), Role.OUTLET_LEAD, True),
        (person(agent=1, outlet=2), Role.OPERATOR, False),
        (person(agent=1), Role.AGENT_CLERK, True),
        (person(agent=1), Role.CASHIER, False),
        (person(), Role.ADMIN, True),
        (person(Role.ADMIN), Role.AUDITOR, False),
        (person(Role.AUDITOR), Role.OPERATOR, False),
        (person(Role.AUDITOR), Role.AUDITOR, True),
    ],
)
def test_a_role_fits_its_place_and_its_neighbours(who: Person, role: Role, fits: bool) -> None:
    answer = check_role(who, role)
    wrong = Refused("ROLE_UNFIT", {"role": role.value, "login": "wang"})
    assert answer == (None if fits else wrong)
    assert wrong.sentence().zh


def test_people_answer_for_their_own() -> None:
    assert person().answers_for(3, 4)
    assert person(agent=1).answers_for(1, 4)
    assert not person(agent=1).answers_for(2, 4)
    assert person(agent=1, outlet=4).answers_for(1, 4)
    assert not person(agent=1, outlet=4).answers_for(1, None)
