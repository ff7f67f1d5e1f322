"""The kernel: an event loop of our own, in which time is a number and nothing ever waits.

Callbacks run in the order of (virtual time, sequence). A process is a group of tasks; when it
dies, everything of it that was still to run is dropped, as a power cut would have it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, ContextVar, copy_context
from heapq import heappop, heappush
from typing import Any

from msgspec import Struct


class Died(BaseException):
    """The process that was running is dead. No rule may catch it, so it is no Exception."""


class Process:
    """One incarnation of a program: its tasks die together."""

    def __init__(self, name: str, kernel: "Kernel") -> None:
        self.name = name
        self.dead = False
        self.frozen_until = 0.0
        self.context = copy_context()
        self.context.run(PROCESS.set, self)
        self._kernel = kernel
        self.at_death: list[Callable[[], None]] = []

    def spawn(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Start a task inside this process."""
        task: asyncio.Task[Any] = asyncio.Task(work, loop=self._kernel, context=self.context.copy())
        # Unfinished tasks of the dead are kept, so that none of their `finally` ever runs.
        self._kernel.keep(task)
        return task

    def tell(self, what: str) -> None:
        """A line about this process for whoever traces the run."""
        self._kernel.tell(f"{self.name} {what}")

    def stand_still(self, seconds: float) -> None:
        """Nothing of it runs for a while; then all does, as if nothing had been."""
        self.frozen_until = self._kernel.time() + seconds

    def die(self) -> None:
        """Nothing of this process runs any more."""
        if not self.dead:
            self.dead = True
            for act in self.at_death:
                act()


KEPT_LEAST = 500
"""Tasks that are over are let go of once there are so many."""
PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)


class Handle(Struct, eq=False):
    """A callback that waits for its moment."""

    callback: Callable[..., object]
    args: tuple[Any, ...]
    context: Context
    when_: float
    gone: bool = False

    def cancel(self) -> None:
        """It will not run."""
        self.gone = True

    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self.gone

    def when(self) -> float:
        """The moment it waits for."""
        return self.when_


class Pause:
    """A wait until a moment, for one task: what asyncio takes for a future, without its turns.

    Half of all waiting is such a pause; the task is put on the heap itself, and runs when it is
    taken from there.
    """

    __slots__ = ("_asyncio_future_blocking", "_cancelled", "_handle", "_loop", "_when")

    def __init__(self, kernel: "Kernel", when: float) -> None:
        self._asyncio_future_blocking = False
        self._loop = kernel
        self._when = when
        self._cancelled = False

    def __await__(self) -> Generator["Pause", None, None]:
        self._asyncio_future_blocking = True
        yield self
        self.result()

    def add_done_callback(self, wake: Callable[["Pause"], object], *, context: Context) -> None:
        """Asked by the one task that waits."""
        self._handle = self._loop.put(Handle(wake, (self,), context, self._when))

    def result(self) -> None:
        """Nothing, or that the waiting was given up."""
        if self._cancelled:
            raise asyncio.CancelledError

    def cancel(self, msg: object = None) -> bool:
        """Its task need not wait any longer."""
        if self._cancelled:
            return False
        self._cancelled = True
        handle = self._handle
        handle.cancel()
        self._loop.call_soon(handle.callback, *handle.args, context=handle.context)
        return True


class Kernel(asyncio.AbstractEventLoop):
    """Virtual time: the next callback's moment is now."""

    def __init__(self) -> None:
        self._now = 0.0
        self._turn = 0
        self._ready: deque[Handle] = deque()
        self._heap: list[tuple[float, int, Handle]] = []
        self._kept: list[asyncio.Task[Any]] = []
        self._prune_at = KEPT_LEAST
        self.events = 0
        self.troubles: list[str] = []
        self.note: Callable[[str], None] | None = None

    def tell(self, what: str) -> None:
        """A line for whoever traces this run."""
        if self.note is not None:
            self.note(what)

    # -- time and turns --------------------------------------------------------------------------

    def time(self) -> float:
        return self._now

    def call_soon(self, callback: Any, *args: Any, context: Context | None = None) -> Any:
        if context is None:
            context = copy_context()
        handle = Handle(callback, args, context, self._now)
        self._ready.append(handle)
        return handle

    def call_at(
        self, when: float, callback: Any, *args: Any, context: Context | None = None
    ) -> Any:
        if context is None:
            context = copy_context()
        return self.put(Handle(callback, args, context, when))

    def earlier(self, handle: Handle, when: float) -> Handle:
        """The same callback at an earlier moment; what takes the place of its handle."""
        handle.cancel()
        return self.put(Handle(handle.callback, handle.args, handle.context, when))

    def put(self, handle: Handle) -> Handle:
        """To run at its moment."""
        self._turn += 1
        heappush(self._heap, (handle.when_, self._turn, handle))
        return handle

    def call_later(
        self, delay: float, callback: Any, *args: Any, context: Context | None = None
    ) -> Any:
        when = self._now + delay if delay > 0 else self._now
        return self.call_at(when, callback, *args, context=context)

    def pause(self, seconds: float) -> "Pause":
        """To be awaited: so many virtual seconds."""
        return Pause(self, self._now + seconds)

    def run(self, *, until: float, over: Callable[[], bool]) -> None:
        """Run until this moment, or until it is over (asked once for every moment)."""
        outer = asyncio._get_running_loop()
        asyncio._set_running_loop(self)
        try:
            while True:
                self._run_ready()
                if over() or not self._heap or self._heap[0][0] > until:
                    return
                when, _, handle = heappop(self._heap)
                if when > self._now:
                    self._now = when
                self._ready.append(handle)
                while self._heap and self._heap[0][0] <= self._now:
                    self._ready.append(heappop(self._heap)[2])
        finally:
            asyncio._set_running_loop(outer)

    def _run_ready(self) -> None:
        ready, count = self._ready, 0
        take = ready.popleft
        while ready:
            handle = take()
            if handle.gone:
                continue
            process = handle.context.get(PROCESS)
            if process is not None:
                if process.dead:
                    continue
                if process.frozen_until > self._now:
                    self._turn += 1
                    heappush(self._heap, (process.frozen_until, self._turn, handle))
                    continue
            count += 1
            handle.context.run(handle.callback, *handle.args)
        self.events += count

    def end(self) -> None:
        """Nothing runs here any more."""
        self._ready.clear()
        self._heap.clear()
        self._kept.clear()

    # -- what asyncio asks of a loop -------------------------------------------------------------

    def keep(self, task: "asyncio.Task[Any]") -> None:
        """Hold on to a task, so that it ends when the trial ends and not before."""
        self._kept.append(task)
        if len(self._kept) > self._prune_at:
            self._kept = [one for one in self._kept if not one.done()]
            self._prune_at = 2 * len(self._kept) + KEPT_LEAST

    def create_future(self) -> "asyncio.Future[Any]":
        return asyncio.Future(loop=self)

    def create_task(
        self, coro: Any, *, name: str | None = None, context: Context | None = None
    ) -> "asyncio.Task[Any]":
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self, name=name, context=context)
        self.keep(task)
        return task

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, Died) and "destroyed" not in context["message"]:
            self.troubles.append(f"{context['message']}: {error!r}")
