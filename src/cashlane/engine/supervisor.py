"""Keeps our own servers running together: started in order, stopped in the reverse order.
Children live in their own session, die with us, and are found again if we were killed.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from cashlane.engine import launch, nursery
from cashlane.engine.leftover import reap
from cashlane.engine.process import Process, identify, wait_until, write_records

RECORD = "children.json"
READY_WITHIN_S = 60.0
"""A part that is not ready by then will not be: its log says why."""
STOP_WITHIN_S = 10.0
"""A part that was asked to stop finishes what it has in hand, then is killed."""
REAP_WITHIN_S = 5.0
"""What a crashed start left behind gets this long to go."""
REVIVALS_MOST, REVIVALS_WITHIN_S = 5, 60.0
"""A part that dies more often within so many seconds cannot live: it is left dead."""
LOOK_EVERY_S = 0.1
"""How often the parts are looked at: a dead one is seen within this."""


@dataclass(frozen=True)
class Child:
    """A program to keep alive; `essential` False lets it die without ending the others.

    `revive` begins it again when it dies after it was ready once; its death then ends nothing
    unless it keeps dying.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    ready: Callable[[], bool] | None = None
    essential: bool = True
    revive: bool = False


@dataclass(frozen=True)
class Event:
    """`what` is orphan, started, ready, died, slow, stopping, stopped or killed."""

    what: str
    name: str
    exit_code: int | None = None


@dataclass(frozen=True)
class Ending:
    """Why supervision ended: `asked` (a signal), `died` or `slow`; `name` says whose."""

    why: str
    name: str
    exit_code: int | None = None


@dataclass
class Running:
    child: Child
    born: nursery.Born
    process: Process | None
    reported: bool = field(default=False)
    settled: bool = field(default=False)
    deaths: list[float] = field(default_factory=list)


class Supervisor:
    """`run` is the folder for the record; `guards` are lives watched but not owned."""

    def __init__(
        self,
        run: Path,
        tell: Callable[[Event], None],
        guards: Mapping[str, Callable[[], bool]],
    ) -> None:
        self._record = run / RECORD
        self._tell = tell
        self._guards = guards
        self._running: list[Running] = []
        self._asked: list[int] = []

    def supervise(self, children: Sequence[Child]) -> Ending:
        """Start all, watch until a signal or a death, stop all. Call it in the main thread."""
        for name in reap(self._record, REAP_WITHIN_S):
            self._tell(Event("orphan", name))
        with self._signals():
            try:
                return self._start(children) or self._watch()
            finally:
                self._stop()

    def ask_to_stop(self) -> None:
        """What Ctrl-C does, for callers that have no terminal."""
        self._asked.append(signal.SIGTERM)

    def _start(self, children: Sequence[Child]) -> Ending | None:
        """None when every child is ready; otherwise why we must end already."""
        for child in children:
            running = self._launch(child)
            ended = self._await(running)
            if ended is not None:
                return ended
            running.settled = True
            self._tell(Event("ready", child.name))
        return None

    def _launch(self, child: Child) -> Running:
        running = Running(child, *_begin(child))
        self._running.append(running)
        self._began(running)
        return running

    def _began(self, running: Running) -> None:
        write_records(self._record, [each.process for each in self._running if each.process])
        self._tell(Event("started", running.child.name))

    def _await(self, running: Running) -> Ending | None:
        ready = running.child.ready or _at_once
        settled = wait_until(lambda: ready() or self._ending() is not None, READY_WITHIN_S)
        if not settled:
            self._tell(Event("slow", running.child.name))
            return Ending("slow", running.child.name)
        return self._ending()

    def _watch(self) -> Ending:
        while (ending := self._ending()) is None:
            time.sleep(LOOK_EVERY_S)
        return ending

    def _ending(self) -> Ending | None:
        if self._asked:
            return Ending("asked", signal.Signals(self._asked[0]).name)
        for name, is_alive in self._guards.items():
            if not is_alive():
                self._tell(Event("died", name))
                return Ending("died", name)
        return next((ended for each in self._running if (ended := self._died(each))), None)

    def _died(self, running: Running) -> Ending | None:
        """Report a death once; it ends the run only if the child is essential."""
        code = running.born.poll()
        if code is None:
            return None
        if not running.reported:
            running.reported = True
            self._tell(Event("died", running.child.name, code))
        if running.child.revive and running.settled and not self._asked and self._revive(running):
            return None
        return Ending("died", running.child.name, code) if running.child.essential else None

    def _revive(self, running: Running) -> bool:
        """Begin a dead part again; False when it died too often for that."""
        now = time.monotonic()
        recent = [at for at in running.deaths if now - at < REVIVALS_WITHIN_S]
        running.deaths = [*recent, now]
        if len(running.deaths) > REVIVALS_MOST:
            return False
        running.born, running.process = _begin(running.child)
        running.reported = False
        self._began(running)
        return True

    def _stop(self) -> None:
        patience = len(self._asked)
        for running in reversed(self._running):
            if running.born.poll() is None:
                self._stop_one(running, patience)
        self._running.clear()
        self._record.unlink(missing_ok=True)

    def _stop_one(self, running: Running, patience: int) -> None:
        """Ask, then insist; a second Ctrl-C means that nobody wants to wait any more."""
        name, born = running.child.name, running.born
        self._tell(Event("stopping", name))
        born.terminate()
        wait_until(
            lambda: born.poll() is not None or len(self._asked) > max(patience, 1), STOP_WITHIN_S
        )
        if born.poll() is None:
            born.kill()
            born.wait()
            self._tell(Event("killed", name, born.returncode))
        else:
            self._tell(Event("stopped", name, born.returncode))

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Signals only leave a note: the work is done in our own loop, at our own time."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        ours = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._note) for number in ours}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._asked.append(number)


def supervise(
    children: Sequence[Child],
    *,
    run: Path,
    tell: Callable[[Event], None],
    guards: Mapping[str, Callable[[], bool]],
) -> Ending:
    """One supervision from start to end; `guards` may name the database, for one."""
    return Supervisor(run, tell, guards).supervise(children)


def _begin(child: Child) -> tuple[nursery.Born, Process | None]:
    argv = launch.command(list(child.argv), on_parent_death=signal.SIGTERM, account=None)
    born = nursery.start(argv, env=child.env, log=child.log)
    return born, identify(child.name, born.pid)


def _at_once() -> bool:
    return True
