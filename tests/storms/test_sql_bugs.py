"""Mistakes that no simulated store can show: many writers at once, on a real PostgreSQL.

Each scene is played soundly first; with its bug planted, its judge must find it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from cashlane.core.asks import PayAsk
from cashlane.core.record import ErrandKey, ErrandKind
from cashlane.core.routing import CLEAR
from cashlane.home import Databases
from cashlane.store.connect import connect
from cashlane.store.errands import Errands
from cashlane.store.payments import Unit
from cashlane.switch.lane import Lane
from cashlane.values.ids import BUCKETS
from tests.store.test_lane import OUTLET, Room, _pay_ask, room
from tests.storms.sql_bugs import MOST, check_then_insert, errands_read_by_id, missing_zero_row

pytestmark = pytest.mark.storm
COPIES = 8
SLOWLY_S = 0.05
"""Between what a writer has read and what it writes: time enough for another one."""


@pytest.fixture(autouse=True)
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    record = Unit.record

    async def slow(self: Unit, *args: Any, **named: Any) -> None:
        await asyncio.sleep(SLOWLY_S)
        await record(self, *args, **named)

    monkeypatch.setattr(Unit, "record", slow)


def _lanes(at: Room, count: int) -> list[Lane]:
    return [
        Lane(at.books, at.network, lambda: CLEAR, at.wall, at.inquirer._ids) for _ in range(count)
    ]


async def _two_tills_one_drawer(at: Room) -> None:
    asks = [await _pay_ask(at, at.quotes.next()) for _ in range(2)]
    other = PayAsk(OUTLET, 12, *[getattr(asks[1], name) for name in asks[1].__struct_fields__[2:]])
    lanes = _lanes(at, 2)
    await asyncio.gather(lanes[0].ask(asks[0]), lanes[1].ask(other))


def _drawer_crossed(owner: Any) -> bool:
    total = "SELECT coalesce(sum(amount), 0) FROM entries WHERE account = 1"
    return int(owner.execute(total).fetchone()[0]) > MOST


async def _copies_of_one_key(at: Room) -> None:
    await at.lane.ask(await _pay_ask(at, at.quotes.next()))
    ask = await _pay_ask(at, at.quotes.next())
    await asyncio.gather(*(lane.ask(ask) for lane in _lanes(at, COPIES)), return_exceptions=True)


def _key_doubled(owner: Any) -> bool:
    return int(owner.execute("SELECT count(*) FROM payments").fetchone()[0]) > 2


async def _late_commit(at: Room) -> None:
    """A write whose ids are of an earlier moment is committed when a relay has read past them."""
    early, late = [await _pay_ask(at, at.quotes.next()) for _ in range(2)]
    lanes, errands = _lanes(at, 2), Errands(at.books._pool)
    at.wall._at += timedelta(seconds=1)
    await lanes[0].ask(late)
    await _take(at, errands)
    at.wall._at -= timedelta(seconds=1)
    await lanes[1].ask(early)
    await _take(at, errands)


async def _take(at: Room, errands: Errands) -> None:
    jobs = await errands.take(
        [ErrandKind.SEND], range(BUCKETS), now=at.wall.now() + timedelta(seconds=9),
        lease=timedelta(hours=1), most=99,
    )  # fmt: skip
    await errands.finish([ErrandKey(job.bucket, job.id) for job in jobs])


def _errand_missed(owner: Any) -> bool:
    left = "SELECT count(*) FROM errands WHERE kind = 1"
    return int(owner.execute(left).fetchone()[0]) > 0


SCENES: list[tuple[Callable[..., None], Callable[[Room], Awaitable[None]], Callable[[Any], bool]]]
SCENES = [
    (missing_zero_row, _two_tills_one_drawer, _drawer_crossed),
    (check_then_insert, _copies_of_one_key, _key_doubled),
    (errands_read_by_id, _late_commit, _errand_missed),
]


@pytest.mark.parametrize("sound", [True, False], ids=["sound", "planted"])
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene[0].__name__)
def test_a_storm_on_the_database_finds(
    ways: Databases, monkeypatch: pytest.MonkeyPatch, scene: Any, sound: bool
) -> None:
    plant, play, found = scene

    async def main() -> None:
        async with room(ways, ways.hub) as at:
            with connect(ways.admin) as owner:
                owner.execute("UPDATE limits SET most = %s WHERE party = %s",
                              (MOST if plant is missing_zero_row else 10**9, OUTLET))  # fmt: skip
                if not sound:
                    plant(owner, monkeypatch.setattr)
            await play(at)

    asyncio.run(main())
    with connect(ways.admin) as owner:
        assert found(owner) is not sound
