"""The whole way: pays are accepted and reach CONFIRMED at one steady rate, no errand waiting long.

One route takes a hundred payments a message; behind it stands a partner that costs next to nothing.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from bench.ground import DAY, Ground
from bench.holds import Holder, pay
from bench.outside import partner
from bench.press import Pressed, press, write_requests
from bench.spending import Watched, running
from bench.weight import tidy
from cashlane.core.payment import FactKind
from cashlane.core.record import ErrandKind
from cashlane.store.connect import connect
from cashlane.values.ids import BUCKETS

LINES = 256
LOOK_S = 0.5
OLDEST_MOST_S = 5.0
"""No errand may wait longer, at any look."""
KEPT_UP = 0.97
"""Of the rate of arrivals, accepted and confirmed a second in the second half of a run."""
LADDER = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Rates that are tried, in terms of single pays."""
HALVINGS = 2
"""Rates tried between the last that was kept up with and the first that was not."""
HELD = 0.9
"""Of the highest rate that one run kept up with: at its edge the next run would fall behind."""
SPARE = 1.1
REST_MOST_S = 300.0
MOVED = ("errands", "payments", "claims", "limits")
"""Tables whose rows change while payments are carried. What the runs before left in them is carried
and tidied up first: a run pays for its own payments, not for the thousands that single pays, which
nobody carried meanwhile, had piled up."""
_DUE = [int(ErrandKind.SEND), int(ErrandKind.CLAIM_PAID)]
"""What is due at once; questions to routes are due later."""

_OLDEST = (
    "SELECT coalesce(max(extract(epoch FROM latest - oldest)), 0) FROM ("
    "SELECT max(n.due_at) AS latest, min(o.due_at) AS oldest FROM unnest({kinds}) AS k(kind)"
    " CROSS JOIN generate_series(0, {buckets}) AS b(bucket)"
    " CROSS JOIN LATERAL (SELECT e.due_at FROM errands e WHERE e.bucket = b.bucket"
    "   AND e.kind = k.kind AND e.kind > 0 ORDER BY e.due_at LIMIT 1) AS o"
    " CROSS JOIN LATERAL (SELECT e.due_at FROM errands e WHERE e.bucket = b.bucket"
    "   AND e.kind = k.kind AND e.kind > 0 ORDER BY e.due_at DESC LIMIT 1) AS n"
    " GROUP BY k.kind) AS ages"
)
"""At both ends of each bucket's list: a look through all of them twice a second would take a part
of the processors that are measured."""
_CONFIRMED = (
    "SELECT count(*) FROM facts WHERE bucket = ANY (ARRAY(SELECT generate_series(0, {buckets})))"
    " AND payment_date = '{day}' AND payment > '{newest}' AND kind = {kind}"
)
"""By the key of the table."""


class Cost(Struct, frozen=True):
    """Processor time that a payment took, in microseconds: of the API, the worker, the database
    and the load itself; and how much of the cores was left over."""

    api_us: float
    worker_us: float
    database_us: float
    press_us: float
    idle_percent: float


class Carried(Struct, frozen=True):
    """One rate, whether the street kept up with it, and what it took."""

    per_s: float
    accepted_per_s: float
    confirmed_per_s: float
    oldest_s: float
    lost: int
    cost: Cost | None = None

    @property
    def kept_up(self) -> bool:
        """Whether everything was accepted and confirmed as it came."""
        least = KEPT_UP * self.per_s
        return (
            not self.lost
            and self.oldest_s < OLDEST_MOST_S
            and min(self.accepted_per_s, self.confirmed_per_s) >= least
        )


def steady_rate(carry: Callable[[float], Carried], *, single: float) -> list[Carried]:
    """Rates that were tried, the highest that was kept up with among them: up the ladder to the
    first that is too much, then halfway between. Too much is what was not kept up with twice: one
    noisy moment is no limit."""
    done: list[Carried] = []

    def is_too_much(per_s: float) -> bool:
        for _ in range(2):
            done.append(carry(per_s))
            if done[-1].kept_up:
                return False
        return True

    too_much = next((single * share for share in LADDER if is_too_much(single * share)), None)
    for _ in range(HALVINGS):
        best = best_of(done)
        if too_much is not None and best is not None:
            between = (best.per_s + too_much) / 2
            too_much = between if is_too_much(between) else too_much
    return done


def best_of(tried: Sequence[Carried]) -> Carried | None:
    """The highest rate that was kept up with."""
    return max((one for one in tried if one.kept_up), key=lambda one: one.per_s, default=None)


class Street:
    """The whole street on a ground: its API, its worker, a partner."""

    def __init__(self, ground: Ground, holder: Holder) -> None:
        self._ground = ground
        self._holder = holder

    def carry(self, per_s: float, *, seconds: int) -> Carried:
        """So many pays a second for so long, on a street that has nothing left to do before."""
        with partner(self._ground), self._ground.api() as address, self._ground.worker():
            _rest(self._ground)
            tidy(self._ground, MOVED)
            return self._pressed(address, per_s, seconds)

    def _pressed(self, address: str, per_s: float, seconds: int) -> Carried:
        with tempfile.TemporaryDirectory(prefix="cashlane-requests-") as folder:
            holds = self._holder.make(int(per_s * seconds * SPARE) + LINES)
            place = write_requests(Path(folder), "pay", map(pay, holds))
            self._ground.checkpoint()
            with _looking(self._ground) as oldest, _counting(self._ground, seconds) as counted:
                run, cost = _watched(
                    self._ground,
                    lambda: press(address, place, seconds=seconds, connections=LINES, per_s=per_s),
                )
        return Carried(
            per_s=per_s,
            accepted_per_s=run.per_s,
            confirmed_per_s=(counted[1][1] - counted[0][1]) / (counted[1][0] - counted[0][0]),
            oldest_s=max(oldest),
            lost=run.refused + run.broken + run.timed_out,
            cost=cost,
        )


def _watched(ground: Ground, run: Callable[[], Pressed]) -> tuple[Pressed, Cost]:
    """Press, and what each payment that was accepted took. What carries them is looked at in the
    place of an API of its own."""
    api, worker = Watched(ground, running("serve")), Watched(ground, running("worker"))
    (pressed, carrying), serving = api.during(lambda: worker.during(run))
    count = max(1, pressed.answered)
    database = serving.backends_us + serving.helpers_us
    return pressed, Cost(
        serving.api_us / count, carrying.api_us / count, database / count,
        serving.press_us / count, serving.idle_percent,
    )  # fmt: skip


@contextmanager
def _looking(ground: Ground) -> Iterator[list[float]]:
    """How old the oldest errand was, every half second beside the block."""
    looks: list[float] = []
    over = threading.Event()
    oldest = _OLDEST.format(kinds=f"ARRAY{_DUE}::smallint[]", buckets=BUCKETS - 1).encode()

    def look() -> None:
        with connect(ground.database, autocommit=True) as books:
            books.execute("SET enable_seqscan = off")
            while not over.wait(LOOK_S):
                row = books.execute(oldest).fetchone()
                assert row is not None
                looks.append(float(row[0]))

    with _beside(look, over):
        yield looks


@contextmanager
def _counting(ground: Ground, seconds: int) -> Iterator[list[tuple[float, int]]]:
    """How many of the payments that come from now on were confirmed after half the time and just
    before the end. They are found by their ids, which begin with the time: looking at every row
    of the runs before would take a part of the processors that are measured."""
    counts: list[tuple[float, int]] = []
    over = threading.Event()
    confirmed = _CONFIRMED.format(
        kind=int(FactKind.CONFIRMED), day=DAY, buckets=BUCKETS - 1, newest=_newest(ground)
    )

    def count() -> None:
        for wait_s in (seconds / 2, seconds / 2 - LOOK_S):
            over.wait(wait_s)
            at_s = time.monotonic()
            counts.append((at_s, ground.count(confirmed)))

    with _beside(count, over):
        yield counts


def _newest(ground: Ground) -> UUID:
    """The id of the payment that came last."""
    with connect(ground.database) as books:
        row = books.execute("SELECT id FROM payments ORDER BY id DESC LIMIT 1").fetchone()
    return row[0] if row is not None else UUID(int=0)


@contextmanager
def _beside(work: Callable[[], None], over: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _rest(ground: Ground) -> None:
    """Wait until all that was accepted is carried."""
    end = time.monotonic() + REST_MOST_S
    while ground.count(f"SELECT count(*) FROM errands WHERE kind IN ({_DUE[0]}, {_DUE[1]})"):
        if time.monotonic() > end:
            raise TimeoutError(f"payments were not carried within {REST_MOST_S} s")
        time.sleep(0.2)
