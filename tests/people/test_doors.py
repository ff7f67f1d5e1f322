"""Logging in: at a desk, at a till; guessing, fixation, and what an answer gives away."""

import asyncio

from cashlane.core.refusals import Refused
from cashlane.people.guard import word_of
from cashlane.people.hashing import Hasher
from cashlane.people.sessions import LoggedIn, actor_of
from cashlane.people.tokens import form_is_ours, form_token, new_token
from cashlane.store.connect import transaction
from cashlane.store.people import find_account
from cashlane.values.secret import Secret
from tests.people.conftest import KEY, Town

WRONG = Secret("not the one at all")


def refused(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


def test_login_makes_a_new_token_and_the_one_brought_along_ends(town) -> None:
    async def scenario(t: Town) -> None:
        planted = new_token()
        first = await t.desk.log_in("op", t.words["op"], address="a", before=planted)
        assert isinstance(first, LoggedIn)
        assert first.token != planted
        assert refused(await t.sessions.of(planted)) == "SESSION_ENDED"
        again = await t.desk.log_in("op", t.words["op"], address="a", before=first.token)
        assert isinstance(again, LoggedIn)
        assert again.token != first.token
        assert refused(await t.sessions.of(first.token)) == "SESSION_ENDED"
        assert (await t.sessions.of(again.token)).person == t.people["op"]

    town(scenario)


def test_unknown_disabled_wordless_and_wrong_get_one_answer(town) -> None:
    async def scenario(t: Town) -> None:
        await t.staff.set_disabled(t.people["admin-a"], t.people["op"].id, disabled=True)
        for login, word in [
            ("nobody", WRONG), ("op", t.words["op"]), ("wang", t.words["wang"]),
            ("boss-a", WRONG), ("不是登录名", WRONG), ("", WRONG),
        ]:  # fmt: skip
            answer = await t.desk.log_in(login, word, address="x", before=None)
            assert answer == Refused("LOGIN_REFUSED"), login

    town(scenario)


def test_an_unknown_login_costs_the_same_work_as_a_known_one(town) -> None:
    """What an answer takes is the hashing; who has no account is hashed at the same cost."""

    async def scenario(t: Town) -> None:
        costs: list[list[str]] = []
        right = t.hasher._right

        def counted(stored: Secret, text: str) -> bool:
            costs.append(stored.reveal().split("$")[:-2])
            return right(stored, text)

        t.hasher._right = counted
        for login in ("op", "nobody"):
            await t.desk.log_in(login, WRONG, address="x", before=None)
        known, unknown = costs
        assert known == unknown
        assert any("m=" in part for part in known), "argon2 says its cost"

    town(scenario)


def test_guesses_are_slowed_by_login_and_never_lock_the_account(town) -> None:
    async def scenario(t: Town) -> None:
        codes = []
        for n in range(1000):
            t.clock.later(seconds=1)
            answer = await t.desk.log_in("op", WRONG, address=f"host-{n}", before=None)
            codes.append(refused(answer))
        assert codes.count("LOGIN_REFUSED") <= 10 + 1000 // 60
        assert codes.count("LOGIN_REFUSED") >= 10
        t.clock.later(seconds=61)
        assert isinstance(
            await t.desk.log_in("op", t.words["op"], address="own", before=None), LoggedIn
        )

    town(scenario)


def test_guesses_at_once_are_counted_as_strictly(town) -> None:
    async def scenario(t: Town) -> None:
        answers = await asyncio.gather(
            *(t.desk.log_in("nobody", WRONG, address=str(n), before=None) for n in range(24))
        )
        codes = [refused(answer) for answer in answers]
        assert codes.count("LOGIN_REFUSED") == 10
        assert codes.count("TOO_MANY_TRIES") == 14

    town(scenario)


def test_a_right_login_pays_back_its_own_try_only(town) -> None:
    """Else a cashier's own PIN would buy guesses at a colleague's."""

    async def scenario(t: Town) -> None:
        till = await t.enrolled(111)
        codes = []
        for _ in range(12):
            await t.till.log_in(till, "wang", t.words["wang"], before=None)
            codes.append(refused(await t.till.log_in(till, "li", Secret("908172"), before=None)))
        assert codes.count("PIN_REFUSED") == 5
        assert codes.count("TOO_MANY_TRIES") == 7

    town(scenario)


def test_a_pin_opens_only_an_enrolled_till_of_ones_own_outlet(town) -> None:
    async def scenario(t: Town) -> None:
        till, other = await t.enrolled(111), await t.enrolled(121)
        inside = await t.till.log_in(till, "WANG ", t.words["wang"], before=None)
        assert isinstance(inside, LoggedIn)
        assert inside.session.till == 111
        actor = actor_of(inside.session)
        assert actor is not None
        assert (actor.agent, actor.outlet, actor.person) == (1, 11, t.people["wang"].id)
        elsewhere = await t.till.log_in(other, "wang", t.words["wang"], before=None)
        assert refused(elsewhere) == "PIN_REFUSED"
        nowhere = await t.till.log_in(new_token(), "wang", t.words["wang"], before=None)
        assert refused(nowhere) == "TILL_NOT_ENROLLED"
        at_desk = await t.desk.log_in("wang", t.words["wang"], address="a", before=None)
        assert refused(at_desk) == "LOGIN_REFUSED"

    town(scenario)


def test_the_next_cashier_at_a_till_logs_the_last_one_out(town) -> None:
    async def scenario(t: Town) -> None:
        till = await t.enrolled(111)
        first = await t.till.log_in(till, "wang", t.words["wang"], before=None)
        second = await t.till.log_in(till, "li", t.words["li"], before=None)
        assert refused(await t.sessions.of(first.token)) == "SESSION_ENDED"
        assert (await t.sessions.of(second.token)).person.login == "li"

    town(scenario)


def test_enrolling_anew_ends_the_old_secret_and_its_sessions(town) -> None:
    async def scenario(t: Town) -> None:
        old = await t.enrolled(111)
        inside = await t.till.log_in(old, "wang", t.words["wang"], before=None)
        new = await t.enrolled(111)
        assert refused(await t.sessions.of(inside.token)) == "SESSION_ENDED"
        gone = await t.till.log_in(old, "wang", t.words["wang"], before=None)
        assert refused(gone) == "TILL_NOT_ENROLLED"
        assert isinstance(await t.till.log_in(new, "wang", t.words["wang"], before=None), LoggedIn)
        assert await t.tills.end(t.people["clerk"], 111) is None
        assert refused(await t.till.till_of(new)) == "TILL_NOT_ENROLLED"

    town(scenario)


def test_tills_are_enrolled_by_their_own_company_only(town) -> None:
    async def scenario(t: Town) -> None:
        assert refused(await t.tills.enrol(t.people["clerk"], 211)) == "NOT_FOUND"
        assert refused(await t.tills.enrol(t.people["clerk"], 999)) == "NOT_FOUND"
        assert refused(await t.tills.enrol(t.people["lead"], 111)) == "FORBIDDEN"

    town(scenario)


def test_a_second_person_vouches_at_the_same_till(town) -> None:
    async def scenario(t: Town) -> None:
        till, other = await t.enrolled(111), await t.enrolled(112)
        inside = (await t.till.log_in(till, "wang", t.words["wang"], before=None)).session
        pin = t.words["lead"]
        assert (await t.till.vouch(inside, till, "lead", pin)) == t.people["lead"]
        assert refused(await t.till.vouch(inside, other, "lead", pin)) == "TILL_NOT_ENROLLED"
        assert refused(await t.till.vouch(inside, till, "li", t.words["li"])) == "PIN_REFUSED"
        assert refused(await t.till.vouch(inside, till, "wang", t.words["wang"])) == "PIN_REFUSED"
        await t.staff.issue_pin(t.people["admin-a"], t.people["lead"].id)
        assert refused(await t.till.vouch(inside, till, "lead", pin)) == "PIN_REFUSED"

    town(scenario)


def test_nobody_vouches_for_themselves_or_by_a_word_from_another(town) -> None:
    async def scenario(t: Town) -> None:
        till, pin = await t.enrolled(111), t.words["lead"]
        inside = (await t.till.log_in(till, "wang", t.words["wang"], before=None)).session
        assert refused(await t.till.vouch(inside, new_token(), "lead", pin)) == "TILL_NOT_ENROLLED"
        given = await t.staff.issue_pin(t.people["admin-a"], t.people["lead"].id)
        assert refused(await t.till.vouch(inside, till, "lead", given.word)) == "FORBIDDEN"
        lead = (await t.till.log_in(till, "lead", given.word, before=None)).session
        pin, other = Secret("904417"), till
        await t.own_word.change_pin(lead, till, given.word, pin)
        lead = (await t.till.log_in(other, "lead", pin, before=None)).session
        assert refused(await t.till.vouch(lead, other, "lead", pin)) == "OWN_MATTER"

    town(scenario)


def test_a_hash_under_an_older_key_is_made_anew_at_login(town) -> None:
    async def scenario(t: Town) -> None:
        before = t.rows("SELECT password_hash FROM users WHERE login = 'op'")
        newer = Hasher({"1": KEY, "2": b"the next hashing key"}, "2")
        t.desk._guard._hasher = newer  # type: ignore[attr-defined]
        await t.at_desk("op")
        async with transaction(t.pool) as work:
            account = await find_account(work, login="op", user=None)
        assert account is not None
        stored = word_of(account, "password")
        assert stored is not None
        assert stored.reveal().startswith("2$argon2id$v=19$m=19456,t=2,p=1$")
        assert stored.reveal() != before[0][0]
        await t.at_desk("op")

    town(scenario)


def test_form_tokens_belong_to_their_session() -> None:
    mine, other = new_token(), new_token()
    assert form_is_ours(mine, form_token(mine))
    assert not form_is_ours(mine, form_token(other))
    assert not form_is_ours(mine, "错")
