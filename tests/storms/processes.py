"""The processes of a street under storm: killed and started again, one by one."""

import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cashlane.audit.verify import verify
from cashlane.core.payment import IN_DOUBT
from cashlane.core.record import ErrandKind
from cashlane.home import Home, home, settings
from cashlane.store import tally
from cashlane.store.audit import reading
from cashlane.store.connect import connect
from cashlane.switch.steps import LAST_WORD
from cashlane.trial.city import Trial, connect_world, set_up, world_folder
from cashlane.trial.station import answers, free_port
from cashlane.world.addresses import read_addresses
from cashlane.world.city_bills import BILLERS, CityBill
from tests.storms.forge import Forge, Forged
from tests.storms.insisting import Memory, Teller
from tests.street.running import DAY, SEED, Street, keep_ways

RESTS = frozenset({ErrandKind.RETURN_DEADLINE, ErrandKind.CASE})


class Processes:
    """API, worker and world, each started, killed and started again by name."""

    def __init__(self, house: Home, port: int) -> None:
        self.house = house
        self.api = f"http://127.0.0.1:{port}"
        self._argv = {
            "world": ["world", "--api", self.api],
            "serve": ["serve", "--port", str(port)],
            "worker": ["worker"],
        }
        self._running: dict[str, Forged] = {}
        self._forge = Forge()
        self._crashes = 0
        self._planted: dict[str, str] = {}

    def start(self, name: str, *, die_at: str = "", bug: str = "") -> None:
        """Start one and wait until it answers: ordered to die at a step, or with a bug planted."""
        if name == "world":
            (world_folder(self.house) / "addresses.json").unlink(missing_ok=True)
        environment = {"CASHLANE_DATA": str(self.house.settings.data), "CASHLANE_DIE_AT": die_at}
        self._running[name] = self._forge.start(
            self._argv[name], environment, self._log(name), bug or self._planted.get(name, "")
        )
        if name == "world":
            wait_until((world_folder(self.house) / "addresses.json").exists)
            connect_world(self.house)
        if name == "serve":
            wait_until(lambda: answers(f"{self.api}/livez") or not self.alive(name))

    def _log(self, name: str) -> Path:
        return self.house.cluster.folder.log / f"{name}.log"

    def dead_at(self, name: str) -> str:
        """Wait for one's death as ordered; the label it died at by its own last word."""
        wait_until(lambda: not self.alive(name))
        assert self._running[name].returncode == -signal.SIGKILL
        last = self._log(name).read_text(errors="replace").splitlines()[-1]
        assert last.startswith(LAST_WORD), last
        return last.removeprefix(LAST_WORD)

    def kill(self, name: str) -> None:
        """kill -9, as the machine would."""
        self._running[name].send_signal(signal.SIGKILL)
        wait_until(lambda: not self.alive(name))

    def alive(self, name: str) -> bool:
        """Whether it lives."""
        return self._running[name].poll() is None

    def stop_all(self) -> None:
        """Stop what still runs."""
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        wait_until(lambda: not any(map(self.alive, self._running)))
        self._forge.close()

    def crash_database(self) -> None:
        """kill -9 of the database, then start it again over what it left behind."""
        self.kill_database()
        self.house.cluster.start()

    def kill_database(self) -> None:
        """kill -9 of the postmaster, every other time of all its children too."""
        self._crashes += 1
        first = int((self.house.cluster.folder.cluster / "postmaster.pid").read_text().split()[0])
        others = self.house.cluster._postmaster.family() if self._crashes % 2 else []
        for pid in (first, *others):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.house.cluster.stop()

    def restart(self, name: str, *, die_at: str = "", bug: str = "") -> None:
        """kill -9, and start again."""
        self.kill(name)
        self.start(name, die_at=die_at, bug=bug)

    @contextmanager
    def planted(self, name: str, bug: str) -> Iterator[None]:
        """Every start of one has a bug planted, until the end."""
        self._planted[name] = bug
        self.restart(name)
        yield
        del self._planted[name]

    def advance(self, seconds: int, names: tuple[str, ...] = ("worker", "serve")) -> None:
        """Move the wall of the hub on, so that leases and schedules need no waiting, and start
        its processes again under it."""
        file = self.house.settings.data / "trial-offset-seconds"
        file.write_text(str(int(file.read_text()) + seconds))
        for name in names:
            self.restart(name)


class Storm(Street):
    """A street whose processes can be killed, and what its tills were told."""

    billers = frozenset(biller.code for biller in BILLERS)

    def __init__(self, house: Home, city: Any, processes: Processes, bills: int) -> None:
        super().__init__(house, city, processes, bills)  # type: ignore[arg-type]
        self.processes = processes
        self.memory = Memory()
        self.moves: Counter[int] = Counter()
        self.known_faults: set[str] = set()

    def note_move(self, place: int, outlet: str, most: int) -> None:
        """A till whose drawer fills moves on to the next outlet."""
        lies = sum(it.cash for it in self.memory.receipts.values() if it.outlet == outlet)
        self.moves[place] += lies >= most

    @property
    def parties(self) -> dict[str, str]:
        """Where the simulated outside answers now."""
        return dict(read_addresses(world_folder(self.house)))

    def any_bill(self) -> CityBill:
        """An unpaid bill of whichever biller has a desk."""
        return next(row for row in self._bills if row.biller != "island-gas")

    def teller(self, http: Any, outlet: str = "post-0001", till: str = "1") -> Teller:
        """A person at a till whose receipts are remembered."""
        return Teller(self.till(http, outlet, till), self.memory)

    def settle(self, within_s: float) -> int:
        """Wait until nothing is in doubt or waiting for a relay; how much there still is."""
        with contextlib.suppress(AssertionError):
            wait_until(lambda: self.unsettled() == 0, within_s=within_s)
        return self.unsettled()

    def unsettled(self) -> int:
        """Payments in doubt, errands that wait, and payment files that nobody fetched yet."""
        with connect(self.house.databases().watch) as watch:
            doubt = sum(it.count for it in tally.by_state(watch, DAY) if it.state in IN_DOUBT)
            work = tally.open_work(watch)
        files = (world_folder(self.house) / "island-gas-exchange" / "in").glob("*.txt")
        left = sum(count for kind, count in work.items() if kind not in RESTS)
        return doubt + left + len(list(files))

    def findings(self) -> list[str]:
        """What the auditor finds wrong."""
        with reading(self.house.databases().watch) as books:
            return [f"{it.code} {it.places}" for it in verify(books).findings]


def wait_until(true: Callable[[], object], *, within_s: float = 60.0) -> None:
    """Wait for something that will be true; AssertionError where it is not in time."""
    until = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until, f"still not so after {within_s} s"
        time.sleep(0.02)


@contextmanager
def storm(folder: Path, *, bills: int) -> Iterator[Storm]:
    """A street of killable processes over a database of its own."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    house = home(settings(folder))
    house.cluster.start()
    processes = Processes(house, free_port())
    try:
        city = set_up(house, Trial(SEED, bills, DAY))
        keep_ways(house)
        for name in ("world", "serve", "worker"):
            processes.start(name)
        yield Storm(house, city, processes, bills)
    finally:
        processes.stop_all()
        house.cluster.stop()
