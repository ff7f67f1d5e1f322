"""How often things are drilled: said by one person, and kept with the name."""

from collections.abc import Callable

from cashlane.core.clock import Clock
from cashlane.core.drill import EVERY_DAYS_MOST, Record, Schedule, Thing, stopped
from cashlane.core.network import Network
from cashlane.core.refusals import Refused
from cashlane.store.drills import Drills
from cashlane.values.text import Text


class DrillBook:
    """Schedules drills and reads what they found."""

    def __init__(self, drills: Drills, network: Callable[[], Network], clock: Clock) -> None:
        self._drills = drills
        self._network = network
        self._clock = clock

    async def schedule(self, thing: Thing, every_days: int, *, actor: str) -> Schedule | Refused:
        """From now on it is due so often; 0 days is never."""
        if stopped(thing, self._network()) is None:
            return Refused("NOT_FOUND", {"what": Text("事物", "thing")})
        if not 0 <= every_days <= EVERY_DAYS_MOST:
            return Refused("MALFORMED", {"what": Text("天数", "the days")})
        row = Schedule(thing, every_days, actor, self._clock.now())
        await self._drills.schedule(row)
        return row

    async def of(self, thing: Thing, *, most: int) -> list[Record]:
        """The last drills of a thing, the newest first."""
        return await self._drills.of(thing, most=most)

    async def latest(self) -> dict[Thing, Record]:
        """The last drill of each thing that ever had one."""
        return await self._drills.latest()

    async def schedules(self) -> dict[Thing, Schedule]:
        """How often each thing is to be drilled, as last said."""
        return {one.thing: one for one in await self._drills.schedules()}
