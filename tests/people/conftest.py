"""A small network with people in it, on a real database, under a clock that tests move."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cashlane.adapters.clock import system_ids
from cashlane.core.approval import Kind
from cashlane.core.roles import Person, Role
from cashlane.home import Databases
from cashlane.people.approvals import Approvals, Handler
from cashlane.people.doors import DeskDoor, TillDoor
from cashlane.people.first_staff import Post, first_staff
from cashlane.people.guard import Guard
from cashlane.people.hashing import Hasher
from cashlane.people.own_word import OwnWord
from cashlane.people.role_changes import handlers
from cashlane.people.sessions import LoggedIn, Sessions
from cashlane.people.staff import Staff
from cashlane.people.tills import Tills
from cashlane.people.tries import Tries
from cashlane.store.connect import Pool, connect, open_pool
from cashlane.values.secret import Secret

START = datetime(2026, 1, 14, 1, 0, tzinfo=UTC)
KEY = b"a hashing key of the tests"

SEED = """
INSERT INTO network VALUES (true, '{"zh":"试","en":"Trial"}', '{}', 'Asia/Shanghai', true, 1);
INSERT INTO legal_groups VALUES ('g', '{}');
INSERT INTO agents VALUES (1, 'post', 'g', '{}'), (2, 'chain', 'g', '{}');
INSERT INTO brands VALUES ('p', 1, '{}'), ('c', 2, '{}');
INSERT INTO outlets (number, code, name_zh, name_en, agent, brand, district, bucket, drawer_most,
                     longitude, latitude)
VALUES (11, 'P-11', '甲', 'A', 1, 'p', 'd', 1, 100, 121, 31),
       (12, 'P-12', '乙', 'B', 1, 'p', 'd', 2, 100, 121, 31),
       (21, 'C-21', '丙', 'C', 2, 'c', 'd', 3, 100, 121, 31);
INSERT INTO tills VALUES (111, '1', 11), (112, '2', 11), (121, '1', 12), (211, '1', 21);
"""
POSTS = [
    Post("wang", "王", Role.CASHIER, 1, 11),
    Post("li", "李", Role.CASHIER, 1, 11),
    Post("lead", "班长", Role.OUTLET_LEAD, 1, 11),
    Post("far", "远", Role.CASHIER, 1, 12),
    Post("clerk", "文员", Role.AGENT_CLERK, 1, None),
    Post("op", "值班", Role.OPERATOR, None, None),
    Post("boss-a", "主管甲", Role.OPERATOR_LEAD, None, None),
    Post("boss-b", "主管乙", Role.OPERATOR_LEAD, None, None),
    Post("admin-a", "管理甲", Role.ADMIN, None, None),
    Post("admin-b", "管理乙", Role.ADMIN, None, None),
]


class TestClock:
    """Stands still between a test's own steps, but never gives one moment twice."""

    __test__ = False

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at

    def elapsed(self) -> float:
        return (self.at - START).total_seconds()

    def later(self, **span: float) -> None:
        self.at += timedelta(**span)


class Town:
    """Every room of people, built as main builds them, and the words of the first staff."""

    def __init__(self, pool: Pool, ways: Databases) -> None:
        self.ways, self.pool, self.clock, self.ids = ways, pool, TestClock(), system_ids()
        self.hasher = Hasher({"1": KEY}, "1")
        self.tries = Tries(pool, self.clock, b"a key for counting")
        guard = Guard(pool, self.clock, self.hasher, self.tries)
        self.sessions = Sessions(pool, self.clock, self.ids)
        self.desk = DeskDoor(guard, self.sessions)
        self.till = TillDoor(pool, guard, self.sessions)
        self.own_word = OwnWord(pool, self.clock, self.hasher, guard, self.till)
        self.staff = Staff(pool, self.clock, self.ids, self.hasher)
        self.tills = Tills(pool, self.clock)
        self.handlers: dict[Kind, Handler] = handlers(self.clock)
        self.approvals = Approvals(pool, self.clock, self.ids, self.handlers)
        self.people: dict[str, Person] = {}
        self.words: dict[str, Secret] = {}

    async def settle(self) -> None:
        for issued in await first_staff(self.pool, self.clock, self.ids, self.hasher, POSTS):
            self.people[issued.person.login] = issued.person
            self.words[issued.person.login] = issued.word

    async def at_desk(self, login: str) -> LoggedIn:
        found = await self.desk.log_in(login, self.words[login], address="a", before=None)
        assert isinstance(found, LoggedIn), found
        return found

    async def enrolled(self, till: int) -> Secret:
        secret = await self.tills.enrol(self.people["clerk"], till)
        assert isinstance(secret, Secret), secret
        return secret

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Read as the administrator, whom no policy holds."""
        with connect(self.ways.admin) as admin:
            return admin.execute(sql, values).fetchall()  # type: ignore[arg-type]


Scenario = Callable[[Town], Awaitable[Any]]


@pytest.fixture
def town(ways: Databases) -> Callable[[Scenario], Any]:
    """Runs a scenario in a peopled town."""
    with connect(ways.admin) as admin:
        admin.execute(SEED)

    async def play(scenario: Scenario) -> Any:
        pool = await open_pool(ways.hub, size=8)
        try:
            made = Town(pool, ways)
            await made.settle()
            return await scenario(made)
        finally:
            await pool.close()

    return lambda scenario: asyncio.run(play(scenario))
