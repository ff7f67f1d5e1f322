"""Throughput: one pay a request, a hundred a request, and all to one biller over one route."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.citizens import Citizens
from bench.ground import Ground
from bench.holds import Held, Holder, pay, pay_many
from bench.measure import Pair, in_turns
from bench.press import Pressed, press, write_requests
from bench.yardsticks import Yardstick

CONNECTIONS = 256
"""Tills that pay at one moment: six in a hundred of the city's."""
HEAD_OFFICES = 16
"""Connections that bring a hundred payments each."""
PROCESSES = 2
"""Of the API, where it is asked for more than one of them can use of the machine."""
MANY = 100
FASTEST = 12_000
"""Payments a second that requests are made for at first; later as many as the best run used."""
SPARE = 2.0
"""A quiet moment after a noisy one may go so much faster, and nobody may run out of requests."""

Made = Callable[[int], Iterable[bytes]]
"""Makes the requests for so many payments."""


class Pressing:
    """Makes requests, presses them, and counts in the books what came of it."""

    def __init__(
        self, ground: Ground, address: str, *, made: Made, seconds: int, connections: int, each: int
    ) -> None:  # fmt: skip
        self._ground = ground
        self._address = address
        self._seconds = seconds
        self._connections = connections
        self._made = made
        self._each = each
        self._rate = float(FASTEST)
        self.runs: list[Pressed] = []

    def per_s(self) -> float:
        """Payments a second in one run; raises where one was not taken, or the books say else."""
        count = int(self._rate * SPARE * self._seconds)
        with tempfile.TemporaryDirectory(prefix="cashlane-requests-") as folder:
            place = write_requests(Path(folder), "pay", self._made(count))
            self._ground.checkpoint()
            before = self._taken()
            run = press(self._address, place, seconds=self._seconds, connections=self._connections)
        booked = self._taken() - before
        told = run.answered * self._each
        if run.refused or run.broken or run.timed_out:
            raise RuntimeError(f"not every request was a pay that is taken: {run}")
        if not told <= booked <= told + self._connections * self._each:
            raise RuntimeError(f"{told} payments were told as taken, {booked} are in the books")
        self.runs.append(run)
        self._rate = max(100.0, *(run.answered * self._each / self._seconds for run in self.runs))
        return told * 1e6 / run.took_us

    def _taken(self) -> int:
        return self._ground.count("SELECT count(*) FROM payments")


def one_by_one(holder: Holder) -> Made:
    """A request for each bill that is held."""
    return lambda count: map(pay, holder.make(count))


def by_hundreds(holds: Iterable[Held]) -> Iterator[bytes]:
    """A request for each hundred of an agent."""
    waiting: dict[str, list[Held]] = {}
    for held in holds:
        mine = waiting.setdefault(held.api_key, [])
        mine.append(held)
        if len(mine) == MANY:
            yield pay_many(mine)
            mine.clear()


@contextmanager
def singles(ground: Ground, holder: Holder, *, seconds: int) -> Iterator[Pressing]:
    """Pays one by one, from all over the city."""
    with ground.api() as address:
        yield Pressing(
            ground, address, made=one_by_one(holder), seconds=seconds, connections=CONNECTIONS,
            each=1,
        )  # fmt: skip


@contextmanager
def directs(ground: Ground, citizens: Citizens, *, seconds: int) -> Iterator[Pressing]:
    """Pays that bring no hold, from all over the city; somebody must stand outside and be asked."""
    with ground.api() as address:
        yield Pressing(
            ground, address, made=citizens.direct, seconds=seconds, connections=CONNECTIONS, each=1
        )


@contextmanager
def hundreds(ground: Ground, holder: Holder, *, seconds: int) -> Iterator[Pressing]:
    """Pays a hundred a request, at PROCESSES of the API."""
    with ground.api(PROCESSES) as address:
        yield Pressing(
            ground, address, made=lambda count: by_hundreds(holder.make(count)), seconds=seconds,
            connections=HEAD_OFFICES, each=MANY,
        )  # fmt: skip


def beside_tpcb(ground: Ground, pressing: Pressing, *, pairs: int, seconds: int) -> list[Pair]:
    """Turns of TPC-B and of ours."""
    yardstick = Yardstick(ground)

    def tpcb() -> float:
        ground.checkpoint()
        return yardstick.per_s(seconds)

    return in_turns(pairs, tpcb, pressing.per_s)
