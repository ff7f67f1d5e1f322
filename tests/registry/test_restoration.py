"""Lost service in a real database: opened, said, corrected, closed; by many at once; refused."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from msgspec import structs

from cashlane.adapters.clock import system_ids
from cashlane.core.network import Network
from cashlane.core.refusals import Refused
from cashlane.core.restoration import Case, Fact, Step
from cashlane.home import Databases
from cashlane.registry.restoration import Restoration, Wanted, Word
from cashlane.store.connect import Lost, connect, open_pool
from cashlane.store.days import open_day
from cashlane.store.network import put_charter, read_network
from cashlane.store.restoration import Cases
from tests.databases import DAY
from tests.store.street import street

T = TypeVar("T")
NOON = datetime(2026, 1, 14, 4, 0, tzinfo=UTC)
POST, MART = 1, 2
WANTED = Wanted(POST, 1, 0, "technical", None, DAY - timedelta(days=4), None, (), "the line")
CAME = Word("came", "outlets_on", DAY - timedelta(days=1), None, None, "")


class At:
    """A clock that goes on by a second whenever it is asked."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def elapsed(self) -> float:
        return 0.0


class Room:
    """The registry over a database with three outlets: two of the post, one of a chain."""

    def __init__(self, ways: Databases) -> None:
        self.ways = ways
        with connect(ways.hub) as hub:
            put_charter(hub, street())
            open_day(hub, DAY, now=NOON)
            network = read_network(hub, DAY)
        assert network is not None
        self.network: Network = network
        self.clock = At()

    def play(self, scenario: Callable[[Restoration], Awaitable[T]], dsn: str | None = None) -> T:
        """What a scenario over a pool of its own returns."""

        async def main() -> T:
            pool = await open_pool(dsn or self.ways.hub, size=4)
            try:
                room = Restoration(Cases(pool), lambda: self.network, self.clock, system_ids())
                return await scenario(room)
            finally:
                await pool.close()

        return asyncio.run(main())

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with connect(self.ways.watch) as watch:
            return watch.execute(question).fetchall()


@pytest.fixture
def room(ways: Databases) -> Room:
    return Room(ways)


async def opened(room: Restoration, **other: object) -> Case:
    case = await room.open(structs.replace(WANTED, **other), actor="operator-1")
    assert isinstance(case, Case), case
    return case


async def said(room: Restoration, case: Case, **other: object) -> Fact | Refused:
    return await room.say(case.id, structs.replace(CAME, **other), actor="operator-2")


def test_a_case_is_what_was_said_and_by_whom(room: Room) -> None:
    async def scenario(it: Restoration) -> None:
        case = await opened(it)
        assert (case.place, case.outlets_meant, case.outlets, case.actor) == (
            1, 2, (), "operator-1",
        )  # fmt: skip
        planned = await said(it, case, kind="planned", stage="repaired", day=DAY)
        came = await said(it, case, outlets_on=1)
        fixed = await said(it, case, outlets_on=2, corrects=2)
        found = await it.find(case.id)
        assert not isinstance(found, Refused)
        assert (found.case, found.facts) == (case, (planned, came, fixed))
        assert [fact.place for fact in found.facts] == [1, 2, 3]
        assert {fact.actor for fact in found.facts} == {"operator-2"}
        board = await it.board()
        (stands,) = board.standings
        assert (stands.outlets_on, stands.stage, stands.lost_outlet_days) == (2, None, 6)
        assert board.steps[1:] == (Step(WANTED.began_on, 1), Step(DAY - timedelta(days=1), 3))
        assert (board.enabled, board.taking, board.today) == (3, 3, DAY)

    room.play(scenario)


def test_who_only_watches_sees_the_same_and_writes_nothing(room: Room) -> None:
    async def write(it: Restoration) -> Any:
        case = await opened(it)
        await said(it, case)
        return await it.board()

    async def read(it: Restoration) -> Any:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await opened(it, agent=MART)
        return await it.board()

    assert room.play(write) == room.play(read, room.ways.watch)


def test_the_outlets_meant_are_all_or_so_many_or_named(room: Room) -> None:
    async def scenario(it: Restoration) -> None:
        one = await opened(it, count=1)
        named = await opened(it, outlets=(2,), count=None)
        assert (one.outlets_meant, named.outlets_meant, named.outlets) == (1, 1, (2,))
        assert (one.place, named.place) == (1, 2)
        found = await it.find(named.id)
        assert not isinstance(found, Refused)
        assert found.case == named

    room.play(scenario)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"agent": 9}, "agent"),
        ({"route": 9}, "route"),
        ({"biller": 9}, "biller"),
        ({"cause": "weather"}, "reason"),
        ({"outlets": (3,)}, "outlets"),
        ({"outlets": (1, 1)}, "outlets"),
        ({"outlets": (99,)}, "outlets"),
    ],
)
def test_what_does_not_fit_is_named(room: Room, other: dict[str, object], told: str) -> None:
    async def scenario(it: Restoration) -> None:
        found = await it.open(structs.replace(WANTED, **other), actor="operator-1")
        assert isinstance(found, Refused)
        assert (found.code, told in found.sentence().en) == ("MALFORMED", True)

    room.play(scenario)
    assert room.rows("SELECT 1 FROM restoration_cases") == []


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"kind": "perhaps"}, "MALFORMED"),
        ({"stage": "hoped_for"}, "MALFORMED"),
        ({"stage": None}, "MALFORMED"),
        ({"kind": "closed"}, "MALFORMED"),
        ({"kind": "closed", "stage": None, "day": None}, "MALFORMED"),
        ({"kind": "undone", "stage": None, "corrects": 1}, "MALFORMED"),
        ({"kind": "planned", "outlets_on": 1}, "MALFORMED"),
        ({"kind": "undone", "stage": None, "day": None}, "RESTORATION_CORRECTS"),
        ({"day": DAY + timedelta(days=1)}, "RESTORATION_DAY"),
        ({"outlets_on": 3}, "RESTORATION_COUNT"),
        ({"kind": "closed", "stage": None}, "RESTORATION_NOTE"),
    ],
)
def test_what_cannot_be_said_is_not_written(
    room: Room, other: dict[str, object], code: str
) -> None:
    async def scenario(it: Restoration) -> None:
        found = await said(it, await opened(it), **other)
        assert isinstance(found, Refused)
        assert found.code == code

    room.play(scenario)
    assert room.rows("SELECT 1 FROM restoration_facts") == []


def test_a_case_that_does_not_exist_is_not_found(room: Room) -> None:
    async def scenario(it: Restoration) -> None:
        found = await it.find(uuid4())
        spoken = await it.say(UUID(int=5), CAME, actor="operator-1")
        assert isinstance(found, Refused)
        assert isinstance(spoken, Refused)
        assert {found.code, spoken.code} == {"NOT_FOUND"}

    room.play(scenario)


def test_of_many_at_once_no_outlet_is_lost_twice(room: Room) -> None:
    """Twelve people put the same outage on record at the same moment: one of them does."""

    async def scenario(it: Restoration) -> None:
        found = await asyncio.gather(
            *(it.open(WANTED, actor=f"operator-{at}") for at in range(12)), return_exceptions=True
        )
        made = [one for one in found if isinstance(one, Case)]
        codes = {one.code for one in found if isinstance(one, Refused)}
        assert (len(made), codes) == (1, {"RESTORATION_OVERLAP"})

    room.play(scenario)
    assert room.rows("SELECT count(*) FROM restoration_cases") == [(1,)]


def test_of_many_corrections_at_once_one_holds(room: Room) -> None:
    async def scenario(it: Restoration) -> None:
        case = await opened(it)
        await said(it, case)
        found = await asyncio.gather(*(said(it, case, corrects=1) for _ in range(8)))
        codes = [one.code for one in found if isinstance(one, Refused)]
        assert codes == ["RESTORATION_CORRECTS"] * 7

    room.play(scenario)
    assert room.rows("SELECT place, corrects FROM restoration_facts ORDER BY place") == [
        (1, None), (2, 1),
    ]  # fmt: skip


def test_a_write_told_again_is_one_write(room: Room) -> None:
    """After a connection lost at COMMIT the same word is handed over again."""

    class Forgetful(Cases):
        """Writes, and then hears nothing of it once."""

        lost = 0

        async def say(self, case: UUID, fact: Fact) -> None:
            await super().say(case, fact)
            await self._hear()

        async def add(self, case: Case) -> None:
            await super().add(case)
            await self._hear()

        async def _hear(self) -> None:
            self.lost += 1
            if self.lost in (1, 2):
                raise Lost("the answer to COMMIT never came")

    async def main() -> None:
        pool = await open_pool(room.ways.hub, size=2)
        try:
            it = Restoration(Forgetful(pool), lambda: room.network, room.clock, system_ids())
            case = await opened(it)
            fact = await said(it, case)
            assert isinstance(fact, Fact)
            assert fact.place == 1
        finally:
            await pool.close()

    asyncio.run(main())
    assert room.rows("SELECT count(*) FROM restoration_cases") == [(1,)]
    assert room.rows("SELECT count(*) FROM restoration_facts") == [(1,)]


@pytest.mark.parametrize("change", ["UPDATE restoration_facts SET day = now()",
                                    "DELETE FROM restoration_cases"])  # fmt: skip
def test_nothing_that_was_said_is_changed(room: Room, change: str) -> None:
    async def scenario(it: Restoration) -> None:
        await said(it, await opened(it))

    room.play(scenario)
    with connect(room.ways.hub) as hub, pytest.raises(psycopg.errors.InsufficientPrivilege):
        hub.execute(change)


def test_a_suspended_outlet_is_not_counted_among_the_enabled(room: Room) -> None:
    room.network = structs.replace(room.network, withdrawn={(1, 0): date(2026, 1, 1)})

    async def scenario(it: Restoration) -> None:
        board = await it.board()
        assert (board.enabled, board.taking) == (2, 2)
        assert (await opened(it)).outlets_meant == 1

    room.play(scenario)
