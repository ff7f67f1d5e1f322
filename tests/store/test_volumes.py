"""What outlets took in a month, beside a count in plain Python; and how it reaches a scenario."""

import asyncio
from collections import Counter as Count
from datetime import date, timedelta
from typing import Any

from cashlane.adapters.clock import SystemClock
from cashlane.core.payment import State
from cashlane.core.scenario import Taken
from cashlane.home import Databases
from cashlane.store.connect import connect, open_pool
from cashlane.store.network import read_network
from cashlane.store.programmes import ProgrammeRows
from cashlane.store.volumes import UNDONE, Volumes
from cashlane.web.operator.reckoning import Counters, Reckoning
from tests.archive.year import write_months
from tests.databases import Server

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


def counted(ways: Databases) -> dict[int, Taken]:
    """February, payment by payment."""
    with connect(ways.watch) as watch:
        rows = watch.execute("SELECT outlet, state, amount, business_date FROM payments").fetchall()
    many: Count[int] = Count()
    much: Count[int] = Count()
    for outlet, state, amount, day in rows:
        if day.month == FEBRUARY.month and State(state) not in UNDONE:
            many[outlet] += 1
            much[outlet] += amount
    return {outlet: Taken(many[outlet], much[outlet]) for outlet in many}


async def read(ways: Databases) -> tuple[Any, Any, Counters]:
    with connect(ways.hub) as hub:
        network = read_network(hub, MARCH)
    assert network is not None
    pool = await open_pool(ways.watch, size=1)
    try:
        volumes, clock = Volumes(pool), SystemClock(timedelta(0))
        book = ProgrammeRows(pool).book
        reckoning = Reckoning(volumes, book, lambda: network, clock)
        return (
            await volumes.span(),
            await volumes.taken(FEBRUARY, MARCH),
            await reckoning.counters(),
        )
    finally:
        await pool.close()


def test_a_full_month_is_counted_and_reaches_the_scenario(server: Server) -> None:
    with server.database() as ways:
        write_months(ways, 3, each=60)
        span, taken, counters = asyncio.run(read(ways))
        assert span == (date(2026, 1, 2), date(2026, 3, 27))
        assert taken == counted(ways)
        assert sum(one.payments for one in taken.values()) > 20
    assert counters.month == FEBRUARY
    for row in counters.rows:
        assert row.counted == taken.get(row.outlet, Taken(0, 0)).payments
    kinds = {row.kind for row in counters.rows}
    assert kinds == set(counters.starts)
    for kind in kinds:
        own = [one.counted or 0 for one in counters.rows if one.kind == kind]
        figure = counters.starts[kind]["payments"]
        if sum(own):
            assert figure.basis == "measured"
            assert figure.value == (2 * sum(own) + len(own)) // (2 * len(own))


def test_without_a_full_month_everything_is_assumed(server: Server) -> None:
    with server.database() as ways:
        write_months(ways, 2, each=12)
        _, taken, counters = asyncio.run(read(ways))
        assert taken == counted(ways)
    assert counters.month is None, "January began on the second"
    assert {row.counted for row in counters.rows} == {None}
    assert all(one.basis != "measured" for it in counters.starts.values() for one in it.values())
