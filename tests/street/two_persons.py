"""Two synthetic people at desks who decide about a street together."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.core.approval import Approval, Kind, Proposal
from cashlane.core.roles import Person
from cashlane.home import clock_offset
from cashlane.people.approvals import Approvals, Handler
from cashlane.registry.stand_in import StandInChanges
from cashlane.store.connect import open_pool, transaction
from cashlane.store.people import find_account
from cashlane.trial.staffed import staff_trial
from tests.street.running import Street

EVERYTHING = {
    "billers": ["city-power"], "payment_most": 50_000, "till_most": 500_000,
    "outlet_most": 500_000, "agent_most": 5_000_000, "biller_most": 50_000_000,
    "outage_most_s": 14_400,
}  # fmt: skip


async def stand_in(street: Street, body: Mapping[str, Any]) -> Approval:
    """Propose standing in, and approve it; the worker carries it out."""
    house = street.house
    staff = await staff_trial(house, ("post-0001",))
    clock = SystemClock(clock_offset(house))
    pool = await open_pool(house.databases().hub, size=1)
    try:
        changes = StandInChanges(clock)
        kinds = {Kind.STAND_IN: Handler(changes.read, changes.apply)}
        desk = Approvals(pool, clock, system_ids(), kinds)

        async def person(role: str) -> Person:
            async with transaction(pool) as work:
                account = await find_account(work, login=staff.desk(role).login, user=None)
            assert account is not None
            return account.person

        wanted = Proposal(Kind.STAND_IN, body, None, clock.now() + timedelta(hours=1))
        proposed = await desk.propose(await person("operator"), wanted)
        assert isinstance(proposed, Approval), proposed
        decided = await desk.decide(
            await person("operator_lead"), proposed.id, "approved", "a test"
        )
        assert isinstance(decided, Approval), decided
        for _ in range(200):
            async with transaction(pool) as work:
                cursor = await work.execute("SELECT count(*) FROM stand_in_policies")
                if (await cursor.fetchone() or (0,))[0]:
                    return decided
            await asyncio.sleep(0.1)
        raise AssertionError("the worker did not carry the policy out in 20 seconds")
    finally:
        await pool.close()
