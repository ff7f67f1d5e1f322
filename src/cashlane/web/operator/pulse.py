"""The wall's figures: minutes that are over are kept, so that only the latest are asked for."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from cashlane.core.clock import Clock
from cashlane.core.network import Network
from cashlane.core.payment import State
from cashlane.store.pulse import Doubts, Minute, PulseRows, Queue, RouteMinutes, Tally
from cashlane.web.shared.resting import Resting

MINUTES = 60
"""The wall shows the last hour."""
ROUTE_MINUTES = 15
"""Routes are judged by the payments of these minutes: long enough to count, short enough to act."""
STILL_MOVING = timedelta(minutes=2)
"""A payment may be committed this long after its id was made; older minutes are over."""
WALL_LEAST_S = 2.0
"""The wall of all windows is read at most every two seconds: nobody reads faster."""
LATE = timedelta(minutes=1)
"""In doubt for longer than this is no longer a payment on its way: somebody should look."""
TALLY_LEAST_S = 5.0
"""A whole day is counted at most this often; a large one rests longer by its own cost."""


class Stream(Struct, frozen=True):
    """Payments a minute of one channel or biller, oldest first; the last minute is not over."""

    number: int
    minutes: tuple[int, ...]

    @property
    def hour(self) -> int:
        """All of them."""
        return sum(self.minutes)

    @property
    def last(self) -> int:
        """The last minute that is over."""
        return self.minutes[-2]


class RouteNow(Struct, frozen=True):
    """A route as it stands: its latest payments, and what is in doubt on it."""

    number: int
    recent: RouteMinutes
    doubts: Doubts | None

    def is_late(self, now: datetime) -> bool:
        """Whether something has been in doubt here for too long."""
        return self.doubts is not None and now - self.doubts.oldest > LATE


class Wall(Struct, frozen=True):
    """Everything that the wall shows but the day's tally; `at` is when it was read."""

    at: datetime
    began: datetime
    channels: Sequence[Stream]
    billers: Sequence[Stream]
    whole: Stream
    routes: Sequence[RouteNow]
    queue: Sequence[Queue]

    @property
    def doubts(self) -> int:
        """Payments in doubt on any route."""
        return sum(route.doubts.count for route in self.routes if route.doubts)

    @property
    def oldest_doubt(self) -> datetime | None:
        """When the oldest payment in doubt was accepted."""
        return min((route.doubts.oldest for route in self.routes if route.doubts), default=None)

    @property
    def is_late(self) -> bool:
        """Whether something has been in doubt for too long on any route."""
        return any(route.is_late(self.at) for route in self.routes)


class DayTally(Struct, frozen=True):
    """A business date counted by state and parties, and when."""

    at: datetime
    day: date
    rows: Sequence[Tally]

    def by_state(self, chosen: Callable[[Tally], bool]) -> Mapping[State, tuple[int, int]]:
        """Count and cash of the chosen rows by state, in the order of states."""
        counts: Counter[State] = Counter()
        cash: Counter[State] = Counter()
        for row in filter(chosen, self.rows):
            counts[row.state] += row.count
            cash[row.state] += row.cash
        return {state: (counts[state], cash[state]) for state in sorted(counts)}

    @property
    def count(self) -> int:
        """All payments of the day."""
        return sum(row.count for row in self.rows)

    @property
    def cash(self) -> int:
        """All cash of the day, in minor units."""
        return sum(row.cash for row in self.rows)

    @property
    def contradicted(self) -> int:
        """Payments whose facts contradict each other."""
        return sum(row.contradicted for row in self.rows)


class Pulse:
    """Reads the wall and the tally for all windows at once."""

    def __init__(self, rows: PulseRows, network: Callable[[], Network], clock: Clock) -> None:
        self._rows = rows
        self._network = network
        self._clock = clock
        self._minutes: dict[datetime, Counter[tuple[int, int]]] = {}
        self._successes: dict[int, datetime] = {}
        self._wall = Resting(self._look, clock.elapsed, least_s=WALL_LEAST_S)
        self._tally = Resting(self._count, clock.elapsed, least_s=TALLY_LEAST_S)

    async def wall(self) -> Wall:
        """The wall as of its last reading."""
        return await self._wall.latest()

    async def tally(self) -> DayTally:
        """The latest business date as of its last counting."""
        return await self._tally.latest()

    async def _count(self) -> DayTally:
        at, (day, *_) = self._clock.now(), await self._rows.days()
        return DayTally(at, day, await self._rows.tally(day))

    async def _look(self) -> Wall:
        now, network, days = self._clock.now(), self._network(), await self._rows.days()
        began = _minute(now) - timedelta(minutes=MINUTES - 1)
        await self._read_minutes(days, began)
        since = now - timedelta(minutes=ROUTE_MINUTES)
        recent = {row.route: row for row in await self._rows.routes(days, since)}
        doubts = {row.route: row for row in await self._rows.doubts()}
        return Wall(
            at=now,
            began=began,
            channels=self._streams(began, sorted(network.agents), 0),
            billers=self._streams(began, sorted(network.billers), 1),
            whole=self._stream(began, 0, None, 0),
            routes=[
                RouteNow(number, self._remembered(number, recent.get(number)), doubts.get(number))
                for number in sorted(network.routes)
            ],
            queue=await self._rows.queue(now),
        )

    async def _read_minutes(self, days: list[date], began: datetime) -> None:
        """Read what may still have moved, and forget what the wall no longer shows."""
        over = [minute for minute in self._minutes if minute >= began]
        since = max(began, max(over, default=began) - STILL_MOVING)
        kept = {minute: self._minutes[minute] for minute in over if minute < since}
        for row in await self._rows.minutes(days, since):
            _add(kept, row)
        self._minutes = kept

    def _streams(self, began: datetime, numbers: list[int], place: int) -> list[Stream]:
        return [self._stream(began, number, number, place) for number in numbers]

    def _stream(self, began: datetime, number: int, wanted: int | None, place: int) -> Stream:
        """Minutes of those whose agent (place 0) or biller (1) is wanted; of all where None."""
        return Stream(
            number,
            tuple(
                sum(
                    count
                    for parties, count in self._minutes.get(
                        began + timedelta(minutes=at), Counter()
                    ).items()
                    if wanted is None or parties[place] == wanted
                )
                for at in range(MINUTES)
            ),
        )

    def _remembered(self, number: int, recent: RouteMinutes | None) -> RouteMinutes:
        """The route's latest minutes; a success is remembered longer than they last."""
        seen = recent or RouteMinutes(number, 0, 0, 0, 0, None)
        if seen.last_success is not None:
            self._successes[number] = seen.last_success
        success = seen.last_success or self._successes.get(number)
        return RouteMinutes(number, seen.sent, seen.confirmed, seen.declined, seen.unknown, success)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _add(minutes: dict[datetime, Counter[tuple[int, int]]], row: Minute) -> None:
    minutes.setdefault(row.minute, Counter())[row.agent, row.biller] += row.count
