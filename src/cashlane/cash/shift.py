"""A till's shift: what it took so far, and its end. It begins with its first payment."""

from datetime import date

from cashlane.core.clock import Clock
from cashlane.core.network import Outlet, Till
from cashlane.core.payment import State
from cashlane.core.refusals import Refused
from cashlane.store.connect import Pool, transaction
from cashlane.store.lookup import Lookup, Seen, SeenShift
from cashlane.store.shifts import close_shift
from cashlane.values.text import Text

LISTED_MOST = 50
"""Payments in a till's list of the latest: what a person looks through."""
GIVEN_BACK = frozenset({State.RETURNED, State.VOIDED, State.REFUNDED})
"""States in which the cash is no longer in the drawer."""


class Shifts:
    """Shifts of all tills."""

    def __init__(self, pool: Pool, lookup: Lookup, clock: Clock) -> None:
        self._pool = pool
        self._lookup = lookup
        self._clock = clock

    async def latest(self, outlet: Outlet, till: Till) -> SeenShift | None:
        """The till's latest shift, open or closed."""
        return await self._lookup.shift(outlet.agent, outlet.bucket, till.number)

    async def payments(self, outlet: Outlet, till: Till, shift: SeenShift) -> list[Seen]:
        """The latest payments of a shift, newest first."""
        return await self._lookup.shift_payments(
            outlet.agent, outlet.bucket, till.number, shift, most=LISTED_MOST
        )

    async def close(self, outlet: Outlet, till: Till, *, day: date, number: int) -> Refused | None:
        """End a shift; the next payment opens a new one."""
        async with transaction(self._pool) as work:
            closed = await close_shift(
                work, bucket=outlet.bucket, outlet=outlet.number, till=till.number,
                day=day, number=number, now=self._clock.now(),
            )  # fmt: skip
        what = Text("未结束的班次", "open shift")
        return None if closed else Refused("NOT_FOUND", {"what": what})


def in_drawer(shift: SeenShift) -> int:
    """The bill cash that a shift took and still has, in minor units."""
    return sum(cash for state, (_, cash) in shift.tally.items() if state not in GIVEN_BACK)
