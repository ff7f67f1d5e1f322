"""No password, PIN, token or device secret is seen in clear: not printed, logged or stored."""

import copy
import logging
import pickle

import msgspec
import pytest

from cashlane.people.keys import KeyDesk
from cashlane.store.connect import connect
from cashlane.values.secret import Secret
from tests.people.conftest import Town

TABLES = (
    "users", "user_events", "user_roles", "till_devices", "sessions", "guesses", "api_keys",
    "approvals", "approval_decisions", "approval_effects",
)  # fmt: skip


def dump(t: Town) -> str:
    """Every row of every table of people, as text; bytes as hex and as they are."""
    text = []
    with connect(t.ways.admin) as admin:
        for table in TABLES:
            for (row,) in admin.execute(f"SELECT t::text FROM {table} t").fetchall():  # type: ignore[arg-type]
                text.append(row)
    return "\n".join(text)


def test_nothing_in_clear_in_tables_logs_and_prints(town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def scenario(t: Town) -> None:
        till = await t.enrolled(111)
        desk = await t.at_desk("op")
        counter = await t.till.log_in(till, "wang", t.words["wang"], before=None)
        typed = Secret("typed-into-the-login-field")
        await t.desk.log_in(typed.reveal(), Secret("a wrong word"), address="a", before=None)
        key = await KeyDesk(t.pool, t.clock).make(t.people["clerk"], name="k", agent=1, outlet=None)
        issued = await t.staff.issue_pin(t.people["lead"], t.people["li"].id)
        secrets = [till, desk.token, counter.token, typed, key, issued.word, *t.words.values()]
        seen = dump(t) + caplog.text + repr([desk, counter, issued, secrets, t.words, t.people])
        for secret in secrets:
            text = secret.reveal()
            assert text not in seen
            assert text.encode().hex() not in seen
        assert seen.count("$argon2id$") == len(t.words)

    town(scenario)


def test_watch_names_people_and_sees_no_hash(town) -> None:
    async def scenario(t: Town) -> None:
        with connect(t.ways.watch) as watch:
            names = watch.execute("SELECT login FROM users ORDER BY login").fetchall()
        assert ("op",) in names
        for sql in (
            "SELECT password_hash FROM users",
            "SELECT pin_hash FROM users",
            "SELECT * FROM sessions",
            "SELECT * FROM till_devices",
            "SELECT * FROM api_keys",
            "SELECT * FROM guesses",
        ):
            with connect(t.ways.watch) as watch, pytest.raises(Exception, match="permission"):
                watch.execute(sql)  # type: ignore[arg-type]
        for table in TABLES:
            with connect(t.ways.party) as party, pytest.raises(Exception, match="permission"):
                party.execute(f"SELECT * FROM {table}")  # type: ignore[arg-type]

    town(scenario)


def test_a_secret_shows_itself_to_nothing_but_reveal() -> None:
    secret = Secret("tell nobody")
    shown = (repr(secret), str(secret), f"{secret}", repr([secret]))
    assert all("tell" not in text for text in shown)
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)
    for leak in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError):
            leak(secret)
    assert secret == Secret("tell nobody")
    assert secret != Secret("tell all")
    assert secret != "tell nobody"
    assert len({secret, Secret("tell nobody")}) == 1
