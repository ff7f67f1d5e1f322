"""Many seeds one after another: what was found, what was covered, and how long it took."""

import time
from collections import Counter
from collections.abc import Callable, Iterable

from msgspec import Struct, field

from tests.simulation.trial import Outcome, Plan, simulate


class Total(Struct):
    """The sum of many runs."""

    seeds: int = 0
    events: int = 0
    faults: int = 0
    accepted: int = 0
    doubts_posted: int = 0
    doubts_empty: int = 0
    timed_out_posted: int = 0
    timed_out_empty: int = 0
    took_s: float = 0.0
    cpu_s: float = 0.0
    """Processor seconds: what a run costs, however busy the machine is otherwise."""
    seen: Counter[str] = field(default_factory=Counter)
    crashed_at: Counter[str] = field(default_factory=Counter)
    lives: Counter[str] = field(default_factory=Counter)
    failed: list[Outcome] = field(default_factory=list)

    def add(self, one: Outcome) -> None:
        """One run more."""
        self.seeds += 1
        self.events += one.events
        self.faults += one.faults
        self.accepted += one.accepted
        self.doubts_posted += one.doubts_posted
        self.doubts_empty += one.doubts_empty
        self.timed_out_posted += one.timed_out_posted
        self.timed_out_empty += one.timed_out_empty
        self.seen.update(one.seen)
        self.crashed_at.update(one.crashed_at)
        self.lives.update(one.lives)
        if one.violations:
            self.failed.append(one)


def simulate_many(plans: Iterable[Plan], *, progress: Callable[[str], None] | None = None) -> Total:
    """Run them all; a run that finds something does not stop the others."""
    total, began, cpu = Total(), time.monotonic(), time.process_time()
    for plan in plans:
        total.add(simulate(plan))
        if progress is not None and total.seeds % 100 == 0:
            progress(f"{total.seeds} seeds, {len(total.failed)} failed")
    total.took_s, total.cpu_s = time.monotonic() - began, time.process_time() - cpu
    return total
