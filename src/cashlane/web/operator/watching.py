"""What the windows watch about ways: their latest changes, what hangs on one thing, who uses what,
what is stood in for. Looked up for all windows at once, and at rests."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from cashlane.core.clock import Clock
from cashlane.core.concentration import Impact, concentration
from cashlane.core.health import Change
from cashlane.core.network import Network
from cashlane.core.routing import Outlook
from cashlane.store.connect import Lost
from cashlane.store.routes import Routes
from cashlane.store.usage import Exposure, Usage, Used
from cashlane.web.shared.resting import Resting

CHANGES_SHOWN = 8
"""Changes of ways on the wall: the last trouble and its end."""
CHANGES_SINCE = timedelta(days=7)
"""Changes older than a week are no news."""
CHANGES_LEAST_S = 2.0
"""Changes are read as often as the wall."""
USAGE_DAYS = 28
"""Four weeks up to today: every weekday as often, and most bills once."""
USAGE_LEAST_S = 600.0
"""Four weeks move little within ten minutes."""
EXPOSURE_LEAST_S = 2.0
"""The meter of what is stood in for is read as often as the wall."""
CONCENTRATION_LEAST_S = 5.0
"""What hangs on one thing is worked out at most this often; it costs no database."""

Pair = tuple[int, int]
"""(agent, biller)."""


class Watching:
    """Reads the ways for all windows at once."""

    def __init__(
        self,
        routes: Routes,
        usage: Usage,
        network: Callable[[], Network],
        outlook: Callable[[], Outlook],
        clock: Clock,
    ) -> None:
        self._routes, self._usage = routes, usage
        self._network, self._outlook, self._clock = network, outlook, clock
        elapsed = clock.elapsed
        self._changes = Resting(self._read_changes, elapsed, least_s=CHANGES_LEAST_S)
        self._used = Resting(self._read_usage, elapsed, least_s=USAGE_LEAST_S)
        self._exposed = Resting(usage.exposures, elapsed, least_s=EXPOSURE_LEAST_S)
        self._weighed = Resting(self._weigh, elapsed, least_s=CONCENTRATION_LEAST_S)

    async def changes(self) -> Sequence[Change]:
        """The latest changes of condition, the newest first."""
        return await self._changes.latest()

    async def usage(self) -> Mapping[Pair, Used] | None:
        """Who used what in the last four weeks; None where it could not be counted in time: the
        rest of a page about trouble must not wait for it."""
        try:
            return await self._used.latest()
        except Lost:
            return None

    async def exposures(self) -> Sequence[Exposure]:
        """What is stood in for."""
        return await self._exposed.latest()

    async def impacts(self) -> Sequence[Impact]:
        """Every thing that may stop with what hangs on it, the heaviest first."""
        return await self._weighed.latest()

    async def _read_changes(self) -> Sequence[Change]:
        since = self._clock.now() - CHANGES_SINCE
        return await self._routes.changes(since, most=CHANGES_SHOWN)

    async def _read_usage(self) -> Mapping[Pair, Used]:
        today = self._network().local(self._clock.now()).date()
        rows = await self._usage.since(today - timedelta(days=USAGE_DAYS - 1))
        return {(row.agent, row.biller): row for row in rows}

    async def _weigh(self) -> Sequence[Impact]:
        """In a thread: the same process takes payments meanwhile."""
        return await asyncio.to_thread(
            concentration, self._network(), self._outlook(), self._clock.now()
        )
