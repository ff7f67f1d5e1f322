"""The two-person rule without a database: who, when, and every step of the life."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from msgspec import structs

from cashlane.core.approval import (
    MOVES,
    NOBODY,
    Approval,
    Decision,
    ImpossibleMoveError,
    Kind,
    Proposal,
    State,
    check_decision,
    check_effect,
    check_move,
    check_proposal,
)
from cashlane.core.refusals import Refused
from cashlane.core.roles import Person, Role

NOW = datetime(2026, 1, 14, 9, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def person(number: int, role: Role) -> Person:
    return Person(UUID(int=number), f"p{number}", "", None, None, frozenset({role}))


OP, BOSS, OTHER = (
    person(1, Role.OPERATOR),
    person(2, Role.OPERATOR_LEAD),
    person(3, Role.OPERATOR_LEAD),
)
ADMIN = person(4, Role.ADMIN)
OPEN = Approval(
    UUID(int=9), Kind.DRAWER_LIMIT, {}, NOBODY, BOSS.id, NOW, NOW + DAY, NOW + 2 * DAY, None, None
)
YES = structs.replace(OPEN, decision=Decision("approved", OTHER.id, NOW, ""))
NO = structs.replace(OPEN, decision=Decision("rejected", OTHER.id, NOW, ""))
DONE = structs.replace(YES, applied_at=NOW + 2 * DAY)


def code(answer: Refused | None) -> str | None:
    if answer is not None:
        assert answer.sentence().zh
        assert answer.sentence().en
    return None if answer is None else answer.code


def test_every_step_not_in_the_table_is_an_error() -> None:
    for before, after in product(State, State):
        if after in MOVES[before]:
            check_move(before, after)
        else:
            with pytest.raises(ImpossibleMoveError):
                check_move(before, after)
    assert set(MOVES) == set(State)


@pytest.mark.parametrize(
    ("approval", "at", "state"),
    [
        (OPEN, NOW, State.PROPOSED),
        (OPEN, NOW + DAY, State.EXPIRED),
        (YES, NOW + 9 * DAY, State.APPROVED),
        (NO, NOW + 9 * DAY, State.REJECTED),
        (DONE, NOW + 9 * DAY, State.APPLIED),
    ],
)
def test_where_it_stands(approval: Approval, at: datetime, state: State) -> None:
    assert approval.state(at) is state


@pytest.mark.parametrize(
    ("kind", "by", "concerns", "effective", "expires", "answer"),
    [
        (Kind.DRAWER_LIMIT, OP, NOBODY, NOW, NOW + DAY, None),
        (Kind.DRAWER_LIMIT, OP, NOBODY, None, NOW + DAY, None),
        (Kind.DRAWER_LIMIT, OP, NOBODY, NOW - HOUR, NOW + DAY, "APPROVAL_TIMES"),
        (Kind.DRAWER_LIMIT, OP, NOBODY, NOW, NOW, "APPROVAL_TIMES"),
        (Kind.DRAWER_LIMIT, OP, NOBODY, NOW, NOW + 8 * DAY, "APPROVAL_TIMES"),
        (Kind.DRAWER_LIMIT, ADMIN, NOBODY, NOW, NOW + DAY, "FORBIDDEN"),
        (Kind.FEE_SCHEDULE, OP, NOBODY, NOW + 2 * DAY, NOW + DAY, None),
        (Kind.FEE_SCHEDULE, OP, NOBODY, NOW + 2 * DAY, NOW + 3 * DAY, "APPROVAL_TIMES"),
        (Kind.FEE_SCHEDULE, OP, NOBODY, NOW + HOUR, NOW + HOUR, "APPROVAL_TIMES"),
        (Kind.FEE_SCHEDULE, OP, NOBODY, None, NOW + HOUR, "APPROVAL_TIMES"),
        (Kind.USER_ROLE, ADMIN, OP.id, None, NOW + DAY, None),
        (Kind.USER_ROLE, ADMIN, ADMIN.id, None, NOW + DAY, "OWN_MATTER"),
    ],
)
def test_who_may_propose_what_for_when(kind, by, concerns, effective, expires, answer) -> None:
    proposal = Proposal(kind, {}, effective, expires)
    assert code(check_proposal(proposal, concerns, by, NOW)) == answer


@pytest.mark.parametrize(
    ("approval", "by", "at", "answer"),
    [
        (OPEN, OTHER, NOW + HOUR, None),
        (OPEN, BOSS, NOW + HOUR, "OWN_PROPOSAL"),
        (OPEN, OP, NOW + HOUR, "FORBIDDEN"),
        (OPEN, OTHER, NOW + DAY, "APPROVAL_EXPIRED"),
        (YES, OTHER, NOW + HOUR, "ALREADY_DECIDED"),
        (NO, OTHER, NOW + HOUR, "ALREADY_DECIDED"),
        (DONE, OTHER, NOW + 3 * DAY, "ALREADY_DECIDED"),
        (structs.replace(OPEN, concerns=OTHER.id), OTHER, NOW, "OWN_MATTER"),
    ],
)
def test_who_may_decide_and_when(approval, by, at, answer) -> None:
    assert code(check_decision(approval, by, at)) == answer


@pytest.mark.parametrize(
    ("approval", "at", "answer"),
    [
        (YES, NOW + 2 * DAY, None),
        (YES, NOW + DAY, "NOT_YET_EFFECTIVE"),
        (OPEN, NOW + HOUR, "NOT_APPROVED"),
        (OPEN, NOW + DAY, "APPROVAL_EXPIRED"),
        (NO, NOW + 2 * DAY, "NOT_APPROVED"),
    ],
)
def test_when_it_can_take_effect(approval, at, answer) -> None:
    assert code(check_effect(approval, at)) == answer
