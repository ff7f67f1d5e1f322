"""What the database does for a payment, phase by phase: locks and look-ups, rows, commit.

A run of its own with one connection, which waits for the end of each phase before it begins the
next: under load they overlap and cannot be told apart.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from msgspec import Struct

from bench.ground import Ground
from bench.holds import Held, Holder
from bench.processor import on_processor_ns
from cashlane.adapters.clock import system_ids
from cashlane.core.asks import PayAsk
from cashlane.core.decide import decide
from cashlane.core.network import Network
from cashlane.core.routing import CLEAR
from cashlane.home import clock_offset
from cashlane.main import network_of
from cashlane.store.connect import open_pool, transaction
from cashlane.store.payments import Kept, Unit
from cashlane.switch.lane import BATCH_MOST, TRACKS, wanted_by

PHASES = ("load", "record", "commit")
WARM = 12
"""Batches before it counts: by then every statement has its plan."""
COUNTED = 60


class Phase(Struct, frozen=True):
    """Microseconds for one payment: of the clock, and of the database's processor."""

    wall_us: float
    processor_us: float


class _Meter:
    """Adds up what each phase took, by the clock and by the backend's processor time."""

    def __init__(self, backend: int) -> None:
        self._backend = backend
        self._at = self._read()
        self.took = dict.fromkeys(PHASES, (0, 0))

    def begin(self) -> None:
        """Forget what was until now."""
        self._at = self._read()

    def ends(self, phase: str) -> None:
        """All since the last end belongs to this phase."""
        before, self._at = self._at, self._read()
        wall, processor = self.took[phase]
        self.took[phase] = (wall + self._at[0] - before[0], processor + self._at[1] - before[1])

    def _read(self) -> tuple[int, int]:
        return time.perf_counter_ns(), on_processor_ns(self._backend)


async def phases(on: Ground, *, each: int) -> dict[str, Phase]:
    """The phases in batches of so many payments, as the load made them."""
    each = max(1, min(each, BATCH_MOST))
    network = network_of(on.house)
    pool = await open_pool(on.house.databases().hub, size=1)
    try:
        async with pool.connection() as connection:
            backend = connection.info.backend_pid
        meter, paid = _Meter(backend), 0
        for number, batch in enumerate(_batches(on, network, each)):
            if number == WARM:
                meter, paid = _Meter(backend), 0
            await _one(pool, network, batch, datetime.now(UTC) + clock_offset(on.house), meter)
            paid += len(batch)
    finally:
        await pool.close()
    return {
        name: Phase(wall / paid / 1000, processor / paid / 1000)
        for name, (wall, processor) in meter.took.items()
    }


async def _one(
    pool: Any, network: Network, asks: Sequence[PayAsk], now: datetime, meter: _Meter
) -> None:
    """One batch as the lane does it, with a meeting after each phase."""
    async with transaction(pool) as connection, connection.pipeline() as pipeline:
        unit = Unit(connection, Kept())
        meter.begin()
        loaded = await unit.load_known(wanted_by(asks, network, CLEAR, now))
        await pipeline.sync()
        meter.ends("load")
        decided = decide(asks, loaded, network, CLEAR, now, system_ids())
        meter.begin()
        await unit.record(decided.record, batch=system_ids().fresh(now), now=now)
        await pipeline.sync()
        meter.ends("record")
        await connection.commit()  # which waits for its own answer
        meter.ends("commit")


def _batches(on: Ground, network: Network, each: int) -> Iterator[list[PayAsk]]:
    """Full batches, each of buckets that go the same track."""
    tracks: list[list[PayAsk]] = [[] for _ in range(TRACKS)]
    number_of = {outlet.code: outlet for outlet in network.outlets.values()}
    for held in Holder(on).make(each * (WARM + COUNTED + TRACKS)):
        waiting = tracks[number_of[held.outlet].bucket % TRACKS]
        waiting.append(_ask(held))
        if len(waiting) == each:
            yield list(waiting)
            waiting.clear()


def _ask(held: Held) -> PayAsk:
    return PayAsk(
        outlet=held.hold.outlet, till=held.hold.till, key=uuid4(), hash=uuid4(), hold=held.hold,
        tendered=held.tendered, visit=None, cashier=None, actor="bench",
    )  # fmt: skip
