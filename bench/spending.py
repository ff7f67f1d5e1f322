"""Who used the machine's cores while something ran: the API, the database, the load, others."""

import os
import resource
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from bench.ground import Ground
from bench.processor import Cores, cores, family, words_of
from cashlane.engine.postmaster import Postmaster

R = TypeVar("R")
_HELPERS = ("checkpointer", "background writer", "walwriter", "autovacuum", "logical", "io worker",
            "startup", "archiver", "logger")  # fmt: skip
"""What the server's own processes call themselves (PostgreSQL 15 to 18)."""


class Spent(Struct, frozen=True):
    """Processor time in microseconds: of the API's processes, how much of that in the kernel, of
    the database's backends, its other processes, programs that were started and have ended, and of
    all cores."""

    api_us: int
    api_kernel_us: int
    backends_us: int
    helpers_us: int
    press_us: int
    cores: Cores

    def since(self, before: "Spent") -> "Spent":
        """What was spent in between."""
        return Spent(
            self.api_us - before.api_us,
            self.api_kernel_us - before.api_kernel_us,
            self.backends_us - before.backends_us,
            self.helpers_us - before.helpers_us,
            self.press_us - before.press_us,
            self.cores.since(before.cores),
        )

    @property
    def idle_percent(self) -> float:
        """How much of the cores did nothing."""
        return self._percent(self.cores.idle_us)

    @property
    def others_percent(self) -> float:
        """How much of the cores did what is none of this; the kernel's own work is in it."""
        ours = self.api_us + self.backends_us + self.helpers_us + self.press_us
        return self._percent(max(0, self.cores.busy_us - ours))

    def _percent(self, us: int) -> float:
        return 100 * us / (self.cores.busy_us + self.cores.idle_us)


class Watched:
    """Processes whose spending is looked at: the database's, and the given ones of an API (or of
    what stands in its place)."""

    def __init__(self, on: Ground, api: list[int]) -> None:
        server = Postmaster(on.house.cluster.folder.cluster).pid()
        assert server is not None, "the ground's database runs"
        self._server = server
        self._api = api

    def during(self, run: Callable[[], R]) -> tuple[R, Spent]:
        """Run something; what it answered and what was spent."""
        before = self._until_now()
        done = run()
        return done, self._until_now().since(before)

    def _until_now(self) -> Spent:
        backends = helpers = 0
        for pid, used in family(self._server).items():
            if pid == self._server:
                helpers += used.own_us
                backends += used.ended_us  # nearly all that end are backends
            elif _is_helper(words_of(pid)):
                helpers += used.own_us
            else:
                backends += used.own_us
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        api = [used for pid in self._api for used in family(pid).values()]
        return Spent(
            api_us=sum(used.own_us for used in api),
            api_kernel_us=sum(used.kernel_us for used in api),
            backends_us=backends,
            helpers_us=helpers,
            press_us=int((ended.ru_utime + ended.ru_stime) * 1e6),
            cores=cores(),
        )


def running(verb: str) -> list[int]:
    """The first processes of ours that do this, among those that this one started."""
    return [pid for pid in family(os.getpid()) if verb in words_of(pid)]


def _is_helper(words: list[str]) -> bool:
    """The server's other processes tell what they do; a backend tells whom it serves, and one that
    is just ending tells nothing any more."""
    return any(name in word for word in words for name in _HELPERS)
