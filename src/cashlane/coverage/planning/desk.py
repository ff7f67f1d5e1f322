"""The planning desk: one plan at a time, in a process of its own that can be ended.

The same question asked again leads to the same plan; a question asked meanwhile leads to the one
under way. Plans are kept in memory: whoever wants one for longer takes its list along.
"""

import asyncio
import os
import sys
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from cashlane.coverage.planning.plan import Effort, Plan, Progress, Wish
from cashlane.coverage.planning.wishing import Choice
from cashlane.coverage.planning.worker import CPU_MOST_S, Job, Word

KEPT_MOST = 12
"""Plans of a process that can be looked at again; the oldest goes first."""
WITHIN_S = 2 * CPU_MOST_S
"""Beside busy counters a plan gets half a processor; then it is ended."""
LINE_BYTES = 1 << 22
"""A plan of all 4,407 outlets is a line of some 300 kB."""
_WORKER = "cashlane.coverage.planning.worker"
_ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""One thread: what plans may take one processor, never all of them."""

End = Literal["running", "done", "ended", "late", "failed"]


class Task(Struct):
    """A plan that was asked for: what, by whom, when, and how far it is."""

    key: str
    choice: Choice
    wish: Wish
    by: str
    asked_at: datetime
    state: End
    progress: Progress | None
    plan: Plan | None


class PlanningDesk:
    """Begins plans, follows and ends them."""

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._following: asyncio.Task[None] | None = None

    @property
    def running(self) -> Task | None:
        """The plan under way."""
        return next((one for one in self._tasks.values() if one.state == "running"), None)

    @property
    def latest(self) -> list[Task]:
        """The plans that are kept, the newest first."""
        return list(reversed(self._tasks.values()))

    def find(self, key: str) -> Task | None:
        """A plan by its key; None where it was never asked for here, or is kept no longer."""
        return self._tasks.get(key)

    def begin(
        self, key: str, choice: Choice, wish: Wish, effort: Effort, *, by: str, now: datetime
    ) -> Task:
        """The plan of this key; a new one is begun where there is none and nothing else is under
        way, and what is under way is returned otherwise."""
        known = self._tasks.get(key)
        if known is not None and known.state in {"running", "done"}:
            return known
        if self.running is not None:
            return self.running
        task = Task(key, choice, wish, by, now, "running", None, None)
        self._tasks.pop(key, None)
        self._tasks[key] = task
        for old in list(self._tasks)[:-KEPT_MOST]:
            del self._tasks[old]
        self._following = asyncio.create_task(self._follow(task, effort))
        return task

    def end(self, key: str) -> None:
        """End a plan under way; no other is touched."""
        task = self._tasks.get(key)
        if task is not None and task.state == "running":
            task.state = "ended"
            self._kill()

    async def _follow(self, task: Task, effort: Effort) -> None:
        try:
            async with asyncio.timeout(WITHIN_S):
                await self._run(task, msgspec.json.encode(Job(task.wish, effort)))
        except TimeoutError:
            task.state = "late"
        if task.state == "running":
            task.state = "done" if task.plan is not None else "failed"

    async def _run(self, task: Task, job: bytes) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _WORKER,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES, env=os.environ | _ALONE,
        )  # fmt: skip
        self._process = process
        try:
            if task.state != "running":
                self._kill()
            else:
                await _talk(process, task, job)
            await process.wait()
        finally:
            if process.returncode is None:
                self._kill()
                await process.wait()
            self._process = None

    def _kill(self) -> None:
        """Once: a second signal may take the process's end away from whoever waits for it."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()


async def _talk(process: asyncio.subprocess.Process, task: Task, job: bytes) -> None:
    """Hand over the job and hear every word; a process that is ended says no more."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(job)
        await process.stdin.drain()
        process.stdin.close()
    except (BrokenPipeError, ConnectionResetError):
        return
    async for line in process.stdout:
        word = msgspec.json.decode(line, type=Word)
        task.progress = word.progress or task.progress
        task.plan = word.plan or task.plan
