"""One day from nothing to its account: database, city, processes, people, comparison."""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from cashlane.engine.supervisor import Event
from cashlane.home import Home, home, settings
from cashlane.trial.account import DayAccount, account_of
from cashlane.trial.city import Trial, set_up
from cashlane.trial.day import DayPlan, run_day
from cashlane.trial.station import Station, free_port

DAY = date(2022, 1, 14)
SPARE_BILLS = 2_000


def whole_day(payments: int, seed: int, *, faults: bool, data: Path | None) -> DayAccount:
    """Run a day in a folder of its own (kept where `data` names it) and give its account."""
    with _folder(data) as folder, _database(folder) as house:
        bills = payments + SPARE_BILLS
        city = set_up(house, Trial(seed, bills, DAY))
        plan = DayPlan(payments, seed, bills, DAY, faults)
        station = Station(house, _tell, port=free_port(), revive=False)
        with station.running() as at, _progress() as progress:
            outside = asyncio.run(run_day(house, city, plan, at, progress))
        return account_of(house, DAY, outside)


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="cashlane-day-") as folder:
        yield Path(folder)


@contextmanager
def _database(folder: Path) -> Iterator[Home]:
    house = home(settings(folder))
    house.cluster.start()
    try:
        yield house
    finally:
        house.cluster.stop()


class _Bars:
    """Progress on stderr, a bar for each stage."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, whole: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=whole)
        self._bars.update(self._tasks[stage], completed=done, total=whole)


@contextmanager
def _progress() -> Iterator[_Bars]:
    with Progress(console=Console(stderr=True)) as bars:
        yield _Bars(bars)


def _tell(event: Event) -> None:
    if event.what in {"died", "killed", "slow"}:
        print(f"{event.name}: {event.what} {event.exit_code}", file=sys.stderr)  # noqa: T201
