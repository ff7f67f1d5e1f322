"""Two persons: never the same, never about themselves, in effect once, on the real database."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cashlane.core.approval import NOBODY, Approval, Kind, Proposal
from cashlane.core.refusals import Refused
from cashlane.core.roles import Role
from cashlane.people.approvals import Approvals, Handler
from cashlane.store.connect import Work, connect
from tests.people.conftest import Town
from tests.people.test_doors import refused


def limit(t: Town, most: int, **times: float) -> Proposal:
    """A drawer limit, from now or later, to be decided within a day."""
    now = t.clock.now()
    effective = now + timedelta(seconds=1) + timedelta(**times)
    return Proposal(
        Kind.DRAWER_LIMIT, {"outlet": 11, "most": most}, effective, now + timedelta(days=1)
    )


def with_limits(t: Town) -> Approvals:
    """A handler that adds to a number, so that a second effect would show."""

    async def read(work: Work, by: object, body: Any) -> UUID | Refused:
        return NOBODY

    async def apply(work: Work, approval: Approval) -> None:
        await work.execute(
            "UPDATE outlets SET drawer_most = drawer_most + %s WHERE number = %s",
            (approval.body["most"], approval.body["outlet"]),
        )

    return Approvals(t.pool, t.clock, t.ids, t.handlers | {Kind.DRAWER_LIMIT: Handler(read, apply)})


def drawer(t: Town) -> int:
    return int(t.rows("SELECT drawer_most FROM outlets WHERE number = 11")[0][0])


def role_of(t: Town, login: str, role: Role, *, held: bool = True) -> Proposal:
    now = t.clock.now()
    return Proposal(
        Kind.USER_ROLE,
        {"user": str(t.people[login].id), "role": role.value, "held": held},
        now + timedelta(seconds=1),
        now + timedelta(days=1),
    )


def test_proposed_by_one_decided_by_another_in_effect_once(town) -> None:
    async def scenario(t: Town) -> None:
        desk = with_limits(t)
        made = await desk.propose(t.people["op"], limit(t, 7))
        assert isinstance(made, Approval)
        assert refused(await desk.apply(made.id)) == "NOT_APPROVED"
        decided = await desk.decide(t.people["boss-a"], made.id, "approved", "counted twice")
        assert isinstance(decided, Approval)
        t.clock.later(seconds=2)
        assert await desk.round(most=10) == 1
        assert await desk.round(most=10) == 0
        done = await desk.find(t.people["op"], made.id)
        assert isinstance(done, Approval)
        assert (done.proposed_by, done.decision.by) == (t.people["op"].id, t.people["boss-a"].id)
        assert done.decision.reason == "counted twice"
        assert done.state(t.clock.now()) == "applied"
        assert drawer(t) == 107

    town(scenario)


def test_nobody_approves_what_they_proposed(town) -> None:
    async def scenario(t: Town) -> None:
        desk = with_limits(t)
        made = await desk.propose(t.people["boss-a"], limit(t, 7))
        own = await desk.decide(t.people["boss-a"], made.id, "approved", "")
        assert refused(own) == "OWN_PROPOSAL"
        below = await desk.decide(t.people["op"], made.id, "approved", "")
        assert refused(below) == "FORBIDDEN"
        assert t.rows("SELECT count(*) FROM approval_decisions") == [(0,)]
        assert isinstance(await desk.decide(t.people["boss-b"], made.id, "approved", ""), Approval)
        again = await desk.decide(t.people["boss-b"], made.id, "rejected", "")
        assert refused(again) == "ALREADY_DECIDED"

    town(scenario)


def test_nobody_decides_about_themselves(town) -> None:
    async def scenario(t: Town) -> None:
        a, b = t.people["admin-a"], t.people["admin-b"]
        own = await t.approvals.propose(a, role_of(t, "admin-a", Role.OPERATOR))
        assert refused(own) == "OWN_MATTER"
        made = await t.approvals.propose(a, role_of(t, "admin-b", Role.OPERATOR))
        assert refused(await t.approvals.decide(b, made.id, "approved", "")) == "OWN_MATTER"
        decided = await t.approvals.decide(t.people["boss-a"], made.id, "approved", "")
        assert isinstance(decided, Approval)
        inside = await t.at_desk("admin-b")
        t.clock.later(seconds=2)
        await t.approvals.round(most=10)
        session = await t.sessions.of(inside.token)
        assert session.person.roles == {Role.ADMIN, Role.OPERATOR}

    town(scenario)


def test_a_role_that_does_not_fit_is_refused_when_proposed(town) -> None:
    async def scenario(t: Town) -> None:
        a = t.people["admin-a"]
        for login, role in (("wang", Role.ADMIN), ("op", Role.CASHIER), ("op", Role.AUDITOR)):
            answer = await t.approvals.propose(a, role_of(t, login, role))
            assert refused(answer) == "ROLE_UNFIT", (login, role)

    town(scenario)


def test_a_malformed_body_is_refused(town) -> None:
    async def scenario(t: Town) -> None:
        right = role_of(t, "op", Role.OPERATOR_LEAD)
        admin = t.people["admin-a"]
        long = Proposal(right.kind, {"user": "x" * 20_000}, None, right.expires_at)
        assert refused(await t.approvals.propose(admin, long)) == "MALFORMED"
        nobody = {**right.body, "user": str(t.ids.fresh(t.clock.now()))}
        away = {"user": nobody["user"]}
        for kind, body in ((right.kind, nobody), (Kind.USER_PASSWORD, away)):
            proposal = Proposal(kind, body, None, right.expires_at)
            assert refused(await t.approvals.propose(admin, proposal)) == "NOT_FOUND"
        for body in ({}, {"user": "x"}, {**right.body, "also": 1}, {**right.body, "role": "god"}):
            proposal = Proposal(right.kind, body, right.effective_at, right.expires_at)
            assert refused(await t.approvals.propose(t.people["admin-a"], proposal)) == "MALFORMED"

    town(scenario)


def test_what_nobody_decides_in_time_has_expired(town) -> None:
    async def scenario(t: Town) -> None:
        desk = with_limits(t)
        made = await desk.propose(t.people["op"], limit(t, 7))
        t.clock.later(days=1, seconds=1)
        late = await desk.decide(t.people["boss-a"], made.id, "approved", "")
        assert refused(late) == "APPROVAL_EXPIRED"
        assert refused(await desk.apply(made.id)) == "APPROVAL_EXPIRED"
        assert await desk.page(t.people["op"], undecided=True, before=None) == []
        assert len(await desk.page(t.people["op"], undecided=False, before=None)) == 1

    town(scenario)


def test_rejected_never_takes_effect(town) -> None:
    async def scenario(t: Town) -> None:
        desk = with_limits(t)
        made = await desk.propose(t.people["op"], limit(t, 7))
        await desk.decide(t.people["boss-a"], made.id, "rejected", "not now")
        t.clock.later(hours=1)
        assert await desk.round(most=10) == 0
        assert refused(await desk.apply(made.id)) == "NOT_APPROVED"
        assert drawer(t) == 100

    town(scenario)


def test_a_future_effect_waits_for_its_moment(town) -> None:
    async def scenario(t: Town) -> None:
        desk = with_limits(t)
        made = await desk.propose(t.people["op"], limit(t, 7, days=3))
        await desk.decide(t.people["boss-a"], made.id, "approved", "")
        assert refused(await desk.apply(made.id)) == "NOT_YET_EFFECTIVE"
        t.clock.later(days=2)
        assert await desk.round(most=10) == 0
        t.clock.later(days=1, seconds=1)
        assert await desk.round(most=10) == 1
        assert drawer(t) == 107

    town(scenario)


def test_thirty_two_appliers_at_once_have_one_effect(town) -> None:
    async def scenario(t: Town) -> None:
        desk = with_limits(t)
        made = await desk.propose(t.people["op"], limit(t, 7))
        await desk.decide(t.people["boss-a"], made.id, "approved", "")
        t.clock.later(seconds=2)
        answers = await asyncio.gather(*(desk.apply(made.id) for _ in range(32)))
        assert len({answer.applied_at for answer in answers}) == 1
        assert all(answer.state(t.clock.now()) == "applied" for answer in answers)
        assert drawer(t) == 107
        assert t.rows("SELECT count(*) FROM approval_effects") == [(1,)]

    town(scenario)


def test_thirty_two_deciders_at_once_make_one_decision(town) -> None:
    async def scenario(t: Town) -> None:
        desk = with_limits(t)
        made = await desk.propose(t.people["op"], limit(t, 7))
        bosses = [t.people["boss-a"], t.people["boss-b"]]
        answers = await asyncio.gather(
            *(
                desk.decide(bosses[n % 2], made.id, ("approved", "rejected")[n // 2 % 2], "")
                for n in range(32)
            )
        )
        assert sum(isinstance(answer, Approval) for answer in answers) == 1
        assert t.rows("SELECT count(*) FROM approval_decisions") == [(1,)]

    town(scenario)


def test_an_effect_that_fails_leaves_nothing_and_is_tried_again(town) -> None:
    async def scenario(t: Town) -> None:
        desk, works = with_limits(t), False
        whole = desk._handlers[Kind.DRAWER_LIMIT]

        async def apply(work: Work, approval: Approval) -> None:
            await whole.apply(work, approval)
            if not works:
                raise RuntimeError("after the change, before the end")

        desk._handlers = {Kind.DRAWER_LIMIT: Handler(whole.read, apply)}
        made = await desk.propose(t.people["op"], limit(t, 7))
        await desk.decide(t.people["boss-a"], made.id, "approved", "")
        t.clock.later(seconds=2)
        with pytest.raises(ExceptionGroup):
            await desk.round(most=10)
        assert drawer(t) == 100
        assert t.rows("SELECT count(*) FROM approval_effects") == [(0,)]
        works = True
        assert await desk.round(most=10) == 1
        assert drawer(t) == 107

    town(scenario)


DECIDE = """INSERT INTO approval_decisions
SELECT id, {proposed_by}, {concerns}, {expires}, %(by)s, {at}, {verdict}, '' FROM approvals
 WHERE id = %(id)s"""
TRUE_COPY = {
    "proposed_by": "proposed_by", "concerns": "concerns", "expires": "expires_at",
    "at": "proposed_at", "verdict": "'approved'",
}  # fmt: skip
SOMEBODY = "'00000000-0000-7000-8000-000000000001'"


@pytest.mark.parametrize(
    ("by", "lie"),
    [
        ("boss-a", {}),
        ("boss-a", {"proposed_by": SOMEBODY}),
        ("op", {}),
        ("op", {"concerns": SOMEBODY}),
        ("boss-b", {"at": "expires_at"}),
        ("boss-b", {"at": "expires_at", "expires": "expires_at + interval '1 day'"}),
        ("boss-b", {"verdict": "'applied'"}),
    ],
    ids=["own", "own, hidden", "about oneself", "about oneself, hidden", "late", "late, hidden",
         "no verdict"],
)  # fmt: skip
def test_the_hub_role_itself_cannot_write_a_forbidden_decision(town, by: str, lie: Any) -> None:
    async def attack(t: Town) -> None:
        now = t.clock.now()
        with connect(t.ways.admin) as admin:
            ident = t.ids.fresh(now)
            admin.execute(
                "INSERT INTO approvals VALUES (%s, 'user_role', '{}', %s, %s, %s, %s, %s)",
                (ident, t.people["op"].id, t.people["boss-a"].id, now, now + timedelta(days=1),
                 now),
            )  # fmt: skip
        sql = DECIDE.format(**(TRUE_COPY | lie))
        with (
            connect(t.ways.hub) as hub,
            pytest.raises(psycopg.errors.IntegrityError),
        ):
            hub.execute(sql, {"id": ident, "by": t.people[by].id})  # type: ignore[arg-type]

    town(attack)


def test_the_hub_role_rewrites_no_decision_and_gives_no_role_alone(town) -> None:
    async def scenario(t: Town) -> None:
        with connect(t.ways.admin) as admin:
            admin.execute("UPDATE network SET trial = false")
        for sql in (
            "UPDATE approvals SET proposed_by = proposed_by",
            "UPDATE approval_decisions SET decided_by = decided_by",
            "UPDATE approval_effects SET applied_at = applied_at",
            "DELETE FROM approvals",
            "DELETE FROM approval_decisions",
            "DELETE FROM approval_effects",
            "DELETE FROM user_roles",
            "UPDATE user_roles SET held = true",
            "DELETE FROM user_events",
            "INSERT INTO user_roles SELECT id, 'admin', now(), true, NULL, NULL FROM users",
        ):
            with connect(t.ways.hub) as hub, pytest.raises(psycopg.errors.InsufficientPrivilege):
                hub.execute(sql)  # type: ignore[arg-type]

    town(scenario)


def test_a_role_row_needs_an_approval_about_that_very_person(town) -> None:
    async def scenario(t: Town) -> None:
        made = await t.approvals.propose(t.people["admin-a"], role_of(t, "op", Role.OPERATOR_LEAD))
        await t.approvals.decide(t.people["admin-b"], made.id, "approved", "")
        sql = "INSERT INTO user_roles VALUES (%s, 'admin', now(), true, NULL, %s)"
        with connect(t.ways.hub) as hub, pytest.raises(psycopg.errors.ForeignKeyViolation):
            hub.execute(sql, (t.people["op"].id, made.id))  # approved, but not in effect
        t.clock.later(seconds=2)
        assert await t.approvals.round(most=10) == 1
        with connect(t.ways.hub) as hub, pytest.raises(psycopg.errors.ForeignKeyViolation):
            hub.execute(sql, (t.people["boss-a"].id, made.id))

    town(scenario)


def test_those_who_may_neither_propose_nor_decide_see_nothing(town) -> None:
    async def scenario(t: Town) -> None:
        desk = with_limits(t)
        made = await desk.propose(t.people["op"], limit(t, 7))
        assert refused(await desk.find(t.people["wang"], made.id)) == "NOT_FOUND"
        assert await desk.page(t.people["wang"], undecided=False, before=None) == []
        assert refused(await desk.propose(t.people["wang"], limit(t, 7))) == "FORBIDDEN"
        assert refused(await desk.apply(t.ids.fresh(t.clock.now()))) == "NOT_FOUND"
        t.clock.later(seconds=1)
        newest = await desk.propose(t.people["op"], limit(t, 8))
        page = await desk.page(t.people["op"], undecided=True, before=newest.id)
        assert [found.id for found in page] == [made.id]

    town(scenario)
