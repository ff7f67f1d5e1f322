"""Switching outlets on: whoever comes after a policy of standing in gets its bounds too."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.core.approval import NOBODY, Approval, Kind
from cashlane.core.network import StandIn
from cashlane.core.place_list import EARTH, Declared, Line
from cashlane.core.refusals import Refused
from cashlane.core.roles import Person
from cashlane.home import Databases
from cashlane.registry.outlet_lists import Handed, OutletLists, Taken
from cashlane.registry.switching_on import SwitchingsOn
from cashlane.store.connect import connect, open_pool, transaction
from cashlane.store.days import open_day
from cashlane.store.network import put_charter, read_network
from tests.databases import DAY
from tests.store.street import street

CLOCK = SystemClock(timedelta(0))
OPERATOR = Person(uuid4(), "operator-1", "Operator", None, None, frozenset())
POLICY = StandIn((1,), 500, 5_000, 20_000, 50_000, 80_000, 3_600)
ROW = {"name": "江边店", "lat": "31.2304", "lng": "121.4737", "code": "hm-0009"}


def _approved(body: dict[str, object]) -> Approval:
    now = CLOCK.now()
    return Approval(
        uuid4(), Kind.RESTORE_OUTLET, body, NOBODY, OPERATOR.id, now, now, now, None, None
    )


def test_an_outlet_that_came_later_takes_cash_within_all_bounds(ways: Databases) -> None:
    with connect(ways.hub) as hub:
        put_charter(hub, street())
        open_day(hub, DAY, now=datetime(2026, 1, 14, tzinfo=UTC))
    with connect(ways.admin) as admin:
        # Who decided about the policy is of no matter here.
        admin.execute("SET session_replication_role = replica")
        body = msgspec.json.encode(POLICY).decode()
        admin.execute("INSERT INTO stand_in_policies VALUES (%s, now(), %s)", (uuid4(), body))

    async def main() -> None:
        pool = await open_pool(ways.hub, size=1)
        try:
            handed = Handed(
                "a.csv", b"a", [Line(2, ROW)], "harbour-mart", Declared("wgs84", EARTH), "test"
            )
            lists = OutletLists(pool, CLOCK, system_ids())
            assert isinstance(await lists.take(handed, on=DAY, for_real=True), Taken)
            change = SwitchingsOn(CLOCK)
            wanted = {"outlets": ["hm-0009"], "since": DAY.isoformat(), "reason": "tested"}
            async with transaction(pool) as work:
                assert await change.read(work, OPERATOR, wanted) == NOBODY
                await change.apply(work, _approved(wanted))
        finally:
            await pool.close()

    asyncio.run(main())
    with connect(ways.hub) as hub:
        network = read_network(hub, DAY)
        assert network is not None
        (new,) = (one for one in network.outlets.values() if one.code == "hm-0009")
        tills = [one.number for one in network.tills.values() if one.outlet == new.number]
        bounds = hub.execute(
            "SELECT kind, most FROM limits WHERE (kind = 3 AND party = %s)"
            " OR (kind = 2 AND party = ANY(%s)) ORDER BY kind",
            (new.number, tills),
        ).fetchall()
    assert not new.suspended
    assert bounds == [(2, POLICY.till_most), (3, POLICY.outlet_most)]


def test_what_does_not_fit_is_refused_before_anybody_decides(ways: Databases) -> None:
    async def main() -> list[object]:
        pool = await open_pool(ways.hub, size=1)
        try:
            change, day = SwitchingsOn(CLOCK), DAY.isoformat()
            async with transaction(pool) as work:
                return [
                    await change.read(work, OPERATOR, body)
                    for body in (
                        {"outlets": ["nowhere-1"], "since": day},
                        {"outlets": [], "since": day},
                        {"outlets": ["a"], "since": "soon"},
                        {"outlets": ["a"], "since": day, "more": 1},
                    )
                ]
        finally:
            await pool.close()

    answers = asyncio.run(main())
    assert [one.code for one in answers if isinstance(one, Refused)] == [
        "NOT_FOUND", "MALFORMED", "MALFORMED", "MALFORMED",
    ]  # fmt: skip
