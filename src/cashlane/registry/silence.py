"""Outlets that fall silent: the worker raises and ends alarms, people say what they found out."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date

from msgspec import Struct

from cashlane.core.barred import barred
from cashlane.core.clock import Clock
from cashlane.core.network import Network
from cashlane.core.refusals import Refused
from cashlane.core.routing import Outlook
from cashlane.core.silence_alarm import LOOK_BACK_DAYS, WINDOW_DAYS, Silence, judged
from cashlane.core.usual_days import UsualDays
from cashlane.store.silence import Alarm, SilenceRows
from cashlane.values.text import Text

LOOK_S = 30.0
"""A day that was cut, an outlet that takes cash again and an agent whose ways are closed are seen
within half a minute: nobody sets out for a silent shop sooner."""
JUDGE_S = 600.0
"""The city is judged anew at most this often: what was counted changes once a day, but an outlet
that was shut at the first look may be open at the next."""
ALARMS_MOST = 10
"""Alarms of an outlet that are looked back at."""
NOTE_MOST = 500
"""Letters of a word about an alarm: a few sentences."""

_KINDS = frozenset({"acknowledged", "cleared"})


class Look(Struct, frozen=True):
    """How every outlet's silence was to be taken after a business day; None before the first."""

    through: date | None
    each: Mapping[int, Silence]


class SilenceDesk:
    """Judges the city, keeps what people say, and looks back."""

    def __init__(
        self, rows: SilenceRows, network: Callable[[], Network], outlook: Callable[[], Outlook],
        clock: Clock,
    ) -> None:  # fmt: skip
        self.rows = rows
        self.network, self.outlook, self.clock = network, outlook, clock

    async def look(self) -> Look:
        """Every outlet, by what is counted up to now."""
        network, now = self.network(), self.clock.now()
        counted = await self.rows.counted(LOOK_BACK_DAYS)
        if not counted.days:
            return Look(None, {})
        takings = await self.rows.takings(counted.days[0], window=WINDOW_DAYS)
        days = UsualDays(counted, zone=network.zone, country=network.country)
        closed = barred(network, self.outlook(), now).outlets
        return Look(days.last, await asyncio.to_thread(judged, takings, days, network, closed))

    async def of_outlet(self, outlet: int) -> list[Alarm]:
        """An outlet's latest alarms, the newest first."""
        return await self.rows.of_outlet(outlet, most=ALARMS_MOST)

    async def say(
        self, outlet: int, *, kind: str, back_on: date | None, note: str, actor: str
    ) -> Refused | None:
        """Acknowledge an outlet's alarm or end it, with a word of what was found out."""
        if kind not in _KINDS or not note or len(note) > NOTE_MOST:
            return Refused("MALFORMED", {"what": Text("说明", "a word about it")})
        said = await self.rows.say(
            outlet, kind=kind, back_on=back_on, note=note, actor=actor, now=self.clock.now()
        )
        return None if said else Refused("NOT_FOUND", {"what": Text("警报", "alarm")})


class SilenceWatch:
    """The worker's part: days are counted, alarms raised and ended."""

    def __init__(self, desk: SilenceDesk) -> None:
        self._desk = desk
        self._look_at = self._judge_at = 0.0

    async def round(self) -> int:
        """What there was to do; nothing is looked at before its time."""
        elapsed = self._desk.clock.elapsed()
        if elapsed < self._look_at:
            return 0
        done = await self._note()
        if done or elapsed >= self._judge_at:
            done += await self._judge()
            self._judge_at = elapsed + JUDGE_S
        self._look_at = elapsed + LOOK_S
        return done

    async def _note(self) -> int:
        """Note whose ways are closed, end alarms, and count the days that were cut."""
        desk, network, now = self._desk, self._desk.network(), self._desk.clock.now()
        shut = barred(network, desk.outlook(), now).agents
        if shut:
            await desk.rows.note_shut(shut, now)
        off = [one.number for one in network.outlets.values() if one.suspended]
        await desk.rows.clear(off, now)
        return await desk.rows.count_days(now)

    async def _judge(self) -> int:
        look = await self._desk.look()
        silent = [one for one in look.each.values() if one.verdict == "alarm"]
        if look.through is None or not silent:
            return 0
        return await self._desk.rows.raise_alarms(silent, look.through, self._desk.clock.now())
