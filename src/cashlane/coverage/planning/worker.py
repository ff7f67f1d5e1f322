"""A plan in a process of its own: a wish in, its progress and the plan out, a line each.

Planning takes a whole processor for a minute; beside counters that take cash it is the last to be
served, and it ends by itself whatever becomes of whoever asked.
"""

import os
import resource
import sys
import time

import msgspec
from msgspec import Struct

from cashlane.coverage.planning.plan import Effort, Plan, Progress, Wish, plan

NICE = 10
"""How far behind the counters it stands in the line for a processor."""
CPU_MOST_S = 300
"""Seconds of a processor: the largest plan needs sixty; the system ends what takes longer."""
TOLD_EVERY_S = 0.5
"""Progress is looked at by people."""


class Job(Struct, frozen=True):
    """What is to be planned, and how well."""

    wish: Wish
    effort: Effort


class Word(Struct, frozen=True):
    """A line of the answer: progress, or the plan at the end."""

    progress: Progress | None
    plan: Plan | None


class _Telling:
    """Says how far the plan is, not more often than people look."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + TOLD_EVERY_S
            _say(Word(progress, None))


def _say(word: Word) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(word) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    """One job from standard input; its words to standard output."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_MOST_S, CPU_MOST_S))
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    _say(Word(None, plan(job.wish, job.effort, _Telling())))


if __name__ == "__main__":
    main()
