"""The network's mark changes with whatever the picture is made of, and with nothing else."""

import asyncio

import pytest

from cashlane.home import Databases
from cashlane.store.connect import connect, open_pool
from cashlane.store.days import open_day
from cashlane.store.network import put_charter, read_mark
from tests.store.books import OPENING
from tests.store.street import street

CHANGES = {
    "network": "UPDATE network SET version = version + 1",
    "biller": "UPDATE billers SET body = body WHERE number = 1",
    "desk": "INSERT INTO desks VALUES (1, 'http://127.0.0.1:9')",
    "route": "UPDATE routes SET endpoint = 'http://127.0.0.1:9' WHERE number = 1",
    "agent": "UPDATE agents SET body = body WHERE number = 1",
    "contract": "UPDATE contracts SET body = body WHERE agent = 1 AND biller = 1",
    "no contract": "DELETE FROM contracts WHERE agent = 1 AND biller = 2",
    "fee": "INSERT INTO fee_schedules SELECT 99, body FROM fee_schedules WHERE number = 1",
    "outlet": "UPDATE outlets SET drawer_most = drawer_most WHERE number = 1",
    "till": "DELETE FROM tills WHERE number = 12",
    "state": "INSERT INTO service_states (outlet, biller, since, recorded_at, state, reason, actor)"
             " VALUES (1, 0, '2026-01-14', now(), 'off', 'r', 'a')",
    "day": "INSERT INTO business_days (business_date, state, opened_at)"
           " VALUES ('2030-01-01', 'open', now())",
}  # fmt: skip


async def _mark(ways: Databases) -> str:
    pool = await open_pool(ways.hub, size=1)
    try:
        return await read_mark(pool)
    finally:
        await pool.close()


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_changes_the_mark(ways: Databases, what: str) -> None:
    with connect(ways.hub) as hub:
        put_charter(hub, street())
        open_day(hub, OPENING.date(), now=OPENING)
    before = asyncio.run(_mark(ways))
    assert asyncio.run(_mark(ways)) == before
    with connect(ways.admin) as admin:
        admin.execute(CHANGES[what].encode())
    assert asyncio.run(_mark(ways)) != before
