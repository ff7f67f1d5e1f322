"""A process named so that it cannot be mistaken for another: number, start time and boot.
Numbers are reused by the kernel; the three together are not.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

POLL_S = 0.02
"""How often an ending process is looked at."""
_STATE, _START_TICKS = 0, 19  # fields 3 and 22 of /proc/<pid>/stat, counted after the name


@dataclass(frozen=True)
class Process:
    name: str
    pid: int
    started: int
    boot: str

    def is_alive(self) -> bool:
        """Running now, and the same process: not a zombie, not a later one of that number."""
        return self.boot == _boot() and _started(self.pid) == self.started

    def signal(self, number: signal.Signals) -> None:
        """Send a signal if it is still the same process; gone is not an error."""
        if self.is_alive():
            send(self.pid, number)


def identify(name: str, pid: int) -> Process | None:
    """The process of that number as it is now, or None when there is none."""
    started = _started(pid)
    return None if started is None else Process(name, pid, started, _boot())


def send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def wait_until(true: Callable[[], bool], within_s: float) -> bool:
    """Poll until true or out of time; says which."""
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_S)
    return True


def living_in(folder: Path, program: str) -> list[int]:
    """Processes of that program whose working folder is `folder`.

    PostgreSQL's server and each of its children work in the cluster's folder, so this finds
    the ones that a killed server left behind.
    """
    return [pid for pid in _pids() if works_in(pid, folder, program)]


def works_in(pid: int, folder: Path, program: str) -> bool:
    """Whether that number is the program, at work in that folder; another's process is not."""
    try:
        if os.readlink(f"/proc/{pid}/cwd") != str(folder):
            return False
        # A program replaced by an upgrade is shown as "postgres (deleted)".
        return Path(os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)")).name == program
    except OSError:
        return False


def write_records(path: Path, processes: Iterable[Process]) -> None:
    """Whole file or nothing, so that a reader never sees half a list."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.write_text(json.dumps([asdict(each) for each in processes]))
    fresh.replace(path)


def read_records(path: Path) -> list[Process]:
    """What an earlier run wrote; a missing or torn file means nobody is known."""
    try:
        return [Process(**each) for each in json.loads(path.read_text())]
    except (FileNotFoundError, ValueError, TypeError):
        return []


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _started(pid: int) -> int | None:
    try:
        line = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name stands in brackets and may hold anything, brackets too: count from the last one.
    fields = line.rpartition(")")[2].split()
    return None if fields[_STATE] in "ZX" else int(fields[_START_TICKS])


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isascii() and name.isdigit()]
