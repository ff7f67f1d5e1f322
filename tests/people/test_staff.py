"""Making people and giving words: who may, to whom, and what stays visible."""

import asyncio
from datetime import timedelta

import pytest

from cashlane.core.approval import Approval, Kind, Proposal
from cashlane.core.roles import Permission, Role
from cashlane.people.first_staff import (
    LoginTakenError,
    NotATrialError,
    Post,
    agent_post,
    desk_posts,
    first_staff,
    outlet_posts,
)
from cashlane.people.keys import KeyDesk, KeyRing
from cashlane.people.sessions import LoggedIn
from cashlane.people.staff import Issued, Newcomer
from cashlane.store.connect import connect
from cashlane.values.secret import Secret
from tests.people.conftest import Town
from tests.people.test_doors import refused


def test_a_lead_makes_cashiers_of_the_own_outlet_only(town) -> None:
    async def scenario(t: Town) -> None:
        lead, till = t.people["lead"], await t.enrolled(111)
        made = await t.staff.make_cashier(lead, Newcomer("zhao", "赵", 1, 11))
        assert isinstance(made, Issued)
        assert made.person.roles == {Role.CASHIER}
        inside = await t.till.log_in(till, "zhao", made.word, before=None)
        assert isinstance(inside, LoggedIn)
        assert inside.session.must_change
        assert not inside.session.person.may(Permission.PAYMENT_TAKE)
        mine = Secret("904417")
        assert await t.own_word.change_pin(inside.session, till, made.word, mine) is None
        session = await t.sessions.of(inside.token)
        assert session.person.may(Permission.PAYMENT_TAKE)
        for newcomer, code in (
            (Newcomer("qian", "钱", 1, 12), "FORBIDDEN"),
            (Newcomer("qian", "钱", 1, None), "FORBIDDEN"),
            (Newcomer("zhao", "赵", 1, 11), "LOGIN_TAKEN"),
            (Newcomer("9 lives", "猫", 1, 11), "LOGIN_FORM"),
        ):
            assert refused(await t.staff.make_cashier(lead, newcomer)) == code
        assert refused(await t.staff.make(lead, Newcomer("x1", "x", None, None))) == "FORBIDDEN"
        for agent, outlet in ((1, 21), (9, None), (None, 11)):
            answer = await t.staff.make(t.people["admin-a"], Newcomer("x1", "x", agent, outlet))
            assert refused(answer) == "NOT_FOUND", (agent, outlet)

    town(scenario)


def test_a_lead_gives_pins_to_own_cashiers_and_it_shows(town) -> None:
    async def scenario(t: Town) -> None:
        lead, wang = t.people["lead"], t.people["wang"]
        till = await t.enrolled(111)
        token = (await t.till.log_in(till, "wang", t.words["wang"], before=None)).token
        issued = await t.staff.issue_pin(lead, wang.id)
        assert isinstance(issued, Issued)
        assert refused(await t.sessions.of(token)) == "SESSION_ENDED"
        old = await t.till.log_in(till, "wang", t.words["wang"], before=None)
        assert refused(old) == "PIN_REFUSED"
        events = await t.staff.history(wang, wang.id)
        assert (events[0].what, events[0].by) == ("pin_issued", "lead")
        assert refused(await t.staff.history(wang, lead.id)) == "FORBIDDEN"
        for login, code in (("far", "FORBIDDEN"), ("lead", "OWN_MATTER"), ("op", "FORBIDDEN")):
            assert refused(await t.staff.issue_pin(lead, t.people[login].id)) == code, login
        nobody = t.ids.fresh(t.clock.now())
        assert refused(await t.staff.issue_pin(lead, nobody)) == "NOT_FOUND"
        assert refused(await t.staff.history(lead, nobody)) == "NOT_FOUND"
        shut = await t.staff.set_disabled(lead, t.people["far"].id, disabled=True)
        assert refused(shut) == "FORBIDDEN"

    town(scenario)


def test_no_administrator_alone_steps_into_anothers_place(town) -> None:
    """A password is given only where none stands, and taking one away needs two persons."""

    async def scenario(t: Town) -> None:
        a, b, boss = t.people["admin-a"], t.people["admin-b"], t.people["boss-a"]
        assert refused(await t.staff.issue_password(a, boss.id)) == "PASSWORD_STANDS"
        token = (await t.at_desk("boss-a")).token
        until = t.clock.now() + timedelta(hours=2)
        proposal = Proposal(Kind.USER_PASSWORD, {"user": str(boss.id)}, None, until)
        made = await t.approvals.propose(a, proposal)
        assert isinstance(made, Approval), made
        await t.approvals.decide(b, made.id, "approved", "")
        assert await t.approvals.round(most=9) == 1
        assert refused(await t.sessions.of(token)) == "SESSION_ENDED"
        gone = await t.desk.log_in("boss-a", t.words["boss-a"], address="a", before=None)
        assert refused(gone) == "LOGIN_REFUSED"
        issued = await t.staff.issue_password(a, boss.id)
        assert isinstance(issued, Issued)
        inside = await t.desk.log_in("boss-a", issued.word, address="a", before=None)
        assert inside.session.must_change

    town(scenario)


def test_somebody_new_may_do_nothing(town) -> None:
    async def scenario(t: Town) -> None:
        made = await t.staff.make(t.people["admin-a"], Newcomer("new", "新", None, None))
        assert isinstance(made, Issued)
        inside = await t.desk.log_in("new", made.word, address="a", before=None)
        assert inside.session.person.roles == frozenset()
        assert refused(await t.staff.issue_pin(t.people["admin-a"], made.person.id)) == "ROLE_UNFIT"

    town(scenario)


def test_staff_are_listed_to_their_own_leads(town) -> None:
    async def scenario(t: Town) -> None:
        people = t.people
        seen = await t.staff.people_of(people["lead"], agent=1, outlet=11, after="")
        assert [one.person.login for one in seen] == ["lead", "li", "wang"]
        rest = await t.staff.people_of(people["clerk"], agent=1, outlet=None, after="lead")
        assert [one.person.login for one in rest] == ["li", "wang"]
        for login, agent, outlet in (("lead", 1, 12), ("clerk", 2, None), ("clerk", None, None)):
            answer = await t.staff.people_of(people[login], agent=agent, outlet=outlet, after="")
            assert refused(answer) == "FORBIDDEN"
        everybody = await t.staff.people_of(people["admin-a"], agent=None, outlet=None, after="")
        assert len(everybody) == len(people)

    town(scenario)


def test_first_staff_are_synthetic_all_or_none_and_for_trials_only(town) -> None:
    async def scenario(t: Town) -> None:
        posts = [*desk_posts(), agent_post("CHAIN", agent=2),
                 *outlet_posts("C-21", agent=2, outlet=21, cashiers=2)]  # fmt: skip
        made = await first_staff(t.pool, t.clock, t.ids, t.hasher, posts)
        assert len(made) == len(posts) == len({issued.word.reveal() for issued in made})
        assert t.rows("SELECT DISTINCT synthetic FROM users") == [(True,)]
        found = await t.desk.log_in("admin-1", made[4].word, address="a", before=None)
        assert isinstance(found, LoggedIn)
        assert not found.session.must_change

        again = [Post("fresh", "新", Role.ADMIN, None, None), posts[0]]
        with pytest.raises(LoginTakenError):
            await first_staff(t.pool, t.clock, t.ids, t.hasher, again)
        assert t.rows("SELECT 1 FROM users WHERE login = 'fresh'") == []
        with connect(t.ways.admin) as admin:
            admin.execute("UPDATE network SET trial = false")
        with pytest.raises(NotATrialError):
            await first_staff(t.pool, t.clock, t.ids, t.hasher, again[:1])

    town(scenario)


def test_machine_keys_are_made_listed_and_ended(town) -> None:
    async def scenario(t: Town) -> None:
        desk, ring, clerk = KeyDesk(t.pool, t.clock), KeyRing(t.pool, t.clock), t.people["clerk"]
        key = await desk.make(clerk, name="head office", agent=1, outlet=None)
        assert isinstance(key, Secret)
        actor = await ring.actor(key.reveal())
        assert actor is not None
        assert (actor.agent, actor.outlet) == (1, None)
        [life] = await desk.keys_of(clerk, 1)
        assert life.ended_at is None
        assert refused(await desk.keys_of(clerk, 2)) == "FORBIDDEN"
        assert refused(await desk.make(clerk, name="x", agent=2, outlet=None)) == "FORBIDDEN"
        assert refused(await desk.make(clerk, name="x", agent=1, outlet=21)) == "NOT_FOUND"
        assert refused(await desk.end(clerk, life.row.key_hash, agent=2)) == "FORBIDDEN"
        assert await desk.end(clerk, life.row.key_hash, agent=1) is None
        assert refused(await desk.end(clerk, life.row.key_hash, agent=1)) == "NOT_FOUND"
        t.clock.later(seconds=6)
        assert await ring.actor(key.reveal()) is None

    town(scenario)


def test_keys_are_read_again_while_those_who_ask_are_answered(town) -> None:
    """Nobody waits for the database because a few seconds have passed; an ended key opens doors
    until the reading behind it is done, and never longer than the bound."""

    async def scenario(t: Town) -> None:
        desk, ring, clerk = KeyDesk(t.pool, t.clock), KeyRing(t.pool, t.clock), t.people["clerk"]
        key = await desk.make(clerk, name="head office", agent=1, outlet=None)
        assert isinstance(key, Secret)
        assert await ring.actor(key.reveal()) is not None
        [life] = await desk.keys_of(clerk, 1)
        assert await desk.end(clerk, life.row.key_hash, agent=1) is None
        t.clock.later(seconds=3)
        assert await ring.actor(key.reveal()) is not None
        for _ in range(500):
            if await ring.actor(key.reveal()) is None:
                break
            await asyncio.sleep(0.01)
        assert await ring.actor(key.reveal()) is None

    town(scenario)
