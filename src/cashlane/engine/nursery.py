"""Where children are born: one thread that lives exactly as long as the process.
The kernel's "parent died" means the thread that forked, so no passing thread may fork.
"""

import os
import queue
import subprocess
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path

Born = subprocess.Popen[bytes]
_Order = tuple[Future[Born], list[str], Mapping[str, str], Path]


class Nursery:
    """Starts children in their own session, with output to a file."""

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()
        self._owner = os.getpid()
        threading.Thread(target=self._serve, name="nursery", daemon=True).start()

    def of_this_process(self) -> bool:
        return self._owner == os.getpid()

    def bear(self, argv: list[str], env: Mapping[str, str], log: Path) -> Born:
        born: Future[Born] = Future()
        self._orders.put((born, argv, env, log))
        return born.result()

    def _serve(self) -> None:
        while True:
            born, argv, env, log = self._orders.get()
            try:
                born.set_result(_popen(argv, env, log))
            except OSError as trouble:
                born.set_exception(trouble)


def start(argv: list[str], *, env: Mapping[str, str], log: Path) -> Born:
    """Start `argv`, made by launch.command so that it is bound to this process's life.

    Each link of that command execs the next: the child's number is the program's own, and
    signals sent to it reach the program itself.
    """
    return _nursery().bear(argv, env, log)


_the_nursery: list[Nursery] = []
_guard = threading.Lock()


def _nursery() -> Nursery:
    """The one of this process: after a fork the thread is gone and a new one is needed."""
    with _guard:
        if not _the_nursery or not _the_nursery[0].of_this_process():
            _the_nursery[:] = [Nursery()]
        return _the_nursery[0]


def _popen(argv: list[str], env: Mapping[str, str], log: Path) -> Born:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(
            argv,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
        )
    finally:
        os.close(descriptor)
