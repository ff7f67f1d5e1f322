"""How sessions end: by logout, by silence, by their last hour, from the list, with the account."""

from cashlane.core.roles import Role
from cashlane.people.sessions import LoggedIn, actor_of
from cashlane.values.secret import Secret
from tests.people.conftest import Town
from tests.people.test_doors import refused


def test_logout_ends_it_for_good(town) -> None:
    async def scenario(t: Town) -> None:
        token = (await t.at_desk("op")).token
        await t.sessions.end(token)
        await t.sessions.end(token)
        assert refused(await t.sessions.of(token)) == "SESSION_ENDED"

    town(scenario)


def test_silence_ends_it_and_use_keeps_it_awake(town) -> None:
    async def scenario(t: Town) -> None:
        used, silent = (await t.at_desk("op")).token, (await t.at_desk("op")).token
        for _ in range(4):
            t.clock.later(minutes=20)
            await t.sessions.of(used)
        assert (await t.sessions.of(used)).person.login == "op"
        assert refused(await t.sessions.of(silent)) == "SESSION_ENDED"

    town(scenario)


def test_no_use_prolongs_the_last_hour(town) -> None:
    async def scenario(t: Town) -> None:
        till = await t.enrolled(111)
        desk = (await t.at_desk("op")).token
        counter = (await t.till.log_in(till, "wang", t.words["wang"], before=None)).token
        for minutes in range(0, 12 * 60, 20):
            ended = minutes >= 10 * 60
            answer = await t.sessions.of(counter)
            assert (refused(answer) == "SESSION_ENDED") if ended else answer.till == 111
            assert (await t.sessions.of(desk)).till is None
            t.clock.later(minutes=20)
        assert refused(await t.sessions.of(desk)) == "SESSION_ENDED"

    town(scenario)


def test_a_person_lists_and_ends_only_their_own(town) -> None:
    async def scenario(t: Town) -> None:
        here, there = await t.at_desk("op"), await t.at_desk("op")
        other = await t.at_desk("boss-a")
        seats = await t.sessions.mine(here.session)
        assert [seat.id for seat in seats] == [there.session.id, here.session.id]
        assert refused(await t.sessions.end_mine(here.session, other.session.id)) == "NOT_FOUND"
        assert await t.sessions.end_mine(here.session, there.session.id) is None
        assert refused(await t.sessions.of(there.token)) == "SESSION_ENDED"
        assert len(await t.sessions.mine(here.session)) == 1
        assert actor_of(here.session) is None

    town(scenario)


def test_disabling_ends_all_and_enabling_revives_none(town) -> None:
    async def scenario(t: Town) -> None:
        token, admin = (await t.at_desk("op")).token, t.people["admin-a"]
        user = t.people["op"].id
        assert await t.staff.set_disabled(admin, user, disabled=True) is None
        assert refused(await t.sessions.of(token)) == "SESSION_ENDED"
        assert await t.staff.set_disabled(admin, user, disabled=False) is None
        assert refused(await t.sessions.of(token)) == "SESSION_ENDED"
        assert isinstance(await t.at_desk("op"), LoggedIn)

    town(scenario)


def test_a_new_password_ends_the_other_sessions(town) -> None:
    async def scenario(t: Town) -> None:
        here, there = await t.at_desk("op"), await t.at_desk("op")
        old, new = t.words["op"], Secret("四月的雨 falls on tin")

        async def change(before: Secret, after: Secret) -> object:
            return await t.own_word.change_password(here.session, before, after, address="a")

        assert refused(await change(Secret("wrong one"), new)) == "LOGIN_REFUSED"
        assert refused(await change(old, Secret("short"))) == "PASSWORD_LENGTH"
        assert refused(await change(old, Secret("password123"))) == "PASSWORD_WEAK"
        assert refused(await change(old, old)) == "PASSWORD_WEAK"
        assert await change(old, new) is None
        assert (await t.sessions.of(here.token)).person.roles == {Role.OPERATOR}
        assert refused(await t.sessions.of(there.token)) == "SESSION_ENDED"
        again = await t.desk.log_in("op", old, address="a", before=None)
        assert refused(again) == "LOGIN_REFUSED"
        full_width = Secret("四月的雨 ｆalls on tin")
        assert isinstance(await t.desk.log_in("op", full_width, address="a", before=None), LoggedIn)

    town(scenario)


def test_a_cashier_changes_the_pin_at_the_till(town) -> None:
    async def scenario(t: Town) -> None:
        till = await t.enrolled(111)
        inside = (await t.till.log_in(till, "wang", t.words["wang"], before=None)).session

        async def change(pin: str) -> object:
            return await t.own_word.change_pin(inside, till, t.words["wang"], Secret(pin))

        assert refused(await change("12345")) == "PIN_FORM"
        assert refused(await change("４７１１０８")) == "PIN_FORM"
        assert refused(await change("123456")) == "PASSWORD_WEAK"
        assert await change("471108") is None
        answer = await t.till.log_in(till, "wang", Secret("471108"), before=None)
        assert isinstance(answer, LoggedIn)
        what = [event.what for event in await t.staff.history(t.people["wang"], inside.person.id)]
        assert what == ["pin_changed", "made"]

    town(scenario)
