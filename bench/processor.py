"""Processor time out of /proc: what processes have used, and what all cores together did."""

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

PROC = Path("/proc")
TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")


class Used(Struct, frozen=True):
    """One process: its parent, its own time, how much of that in the kernel, and the time of its
    ended children, in microseconds."""

    parent: int
    own_us: int
    kernel_us: int
    ended_us: int


class Cores(Struct, frozen=True):
    """What the cores did since the machine began, in microseconds of all of them together."""

    busy_us: int
    idle_us: int

    def since(self, before: "Cores") -> "Cores":
        """What they did in between."""
        return Cores(self.busy_us - before.busy_us, self.idle_us - before.idle_us)


def read_used(stat: str) -> Used:
    """Out of the text of /proc/PID/stat. A name may hold blanks and brackets: it ends at the last
    of them."""
    words = stat.rpartition(")")[2].split()
    user, system, ended_user, ended_system = map(int, words[11:15])
    return Used(
        int(words[1]), (user + system) * TICK_US, system * TICK_US,
        (ended_user + ended_system) * TICK_US,
    )  # fmt: skip


def read_cores(stat: str) -> Cores:
    """Out of the text of /proc/stat. What the machine's owner gave to others counts as busy."""
    ticks = [int(word) for word in stat.partition("\n")[0].split()[1:9]]
    idle = ticks[3] + ticks[4]
    return Cores((sum(ticks) - idle) * TICK_US, idle * TICK_US)


def cores() -> Cores:
    """What the cores did until now."""
    return read_cores((PROC / "stat").read_text(encoding="ascii"))


def on_processor_ns(pid: int) -> int:
    """How long a process of one thread was on a processor, in nanoseconds."""
    return int((PROC / str(pid) / "schedstat").read_text(encoding="ascii").split()[0])


def family(pid: int) -> dict[int, Used]:
    """A process and all that descend from it, by number."""
    everybody = dict(_everybody())
    found = {pid}
    while more := {one for one, used in everybody.items() if used.parent in found} - found:
        found |= more
    return {one: everybody[one] for one in found if one in everybody}


def words_of(pid: int) -> list[str]:
    """A process's command line; empty where it has ended."""
    try:
        return (PROC / str(pid) / "cmdline").read_text(encoding="utf-8").split("\0")
    except OSError:
        return []


def _everybody() -> Iterator[tuple[int, Used]]:
    for folder in PROC.iterdir():
        if folder.name.isdecimal():
            try:
                yield int(folder.name), read_used((folder / "stat").read_text(errors="replace"))
            except OSError:  # it has ended meanwhile
                continue
