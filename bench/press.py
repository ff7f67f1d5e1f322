"""Pressing: as many requests as the API answers, or so many a second, by wrk (C), out of files made
beforehand."""

import subprocess
from collections.abc import Iterable
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

from msgspec import Struct

THREADS = 2
LUA = Path(__file__).with_name("requests.lua")


class Pressed(Struct, frozen=True):
    """What came of a run. Times in microseconds."""

    took_us: int
    answered: int
    refused: int
    broken: int
    timed_out: int
    p50_us: int
    p99_us: int
    most_us: int

    @property
    def per_s(self) -> float:
        """Answers a second."""
        return self.answered * 1e6 / self.took_us


def write_requests(folder: Path, name: str, requests: Iterable[bytes]) -> Path:
    """Put requests into the threads' files, one after the other."""
    place = folder / name
    with ExitStack() as open_files:
        files = [
            open_files.enter_context(Path(f"{place}.{number}").open("wb"))
            for number in range(THREADS)
        ]
        for file, one in zip(cycle(files), requests, strict=False):
            file.write(b"%08d%s" % (len(one), one))
    return place


def press(
    address: str, place: Path, *, seconds: int, connections: int, per_s: float | None = None
) -> Pressed:
    """Send a file's requests over so many connections for so long: as many as are answered, or at
    this rate, whatever became of those before. Raises where they ran out."""
    rate = [] if per_s is None else [f"{per_s / THREADS:.6g}"]
    done = subprocess.run(
        ["wrk", f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s", "-s", str(LUA),
         "--timeout", "10s", address, "--", str(place), *rate],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    line = next(one for one in done.stdout.splitlines() if one.startswith("BENCH "))
    return Pressed(*map(int, line.split()[1:]))
