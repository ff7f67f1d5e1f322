"""Starts programs of ours out of one interpreter that has read them once: `Forge` is its handle.

Each is forked before anything of it has run, and is a process of its own, with its own death. A
storm starts hundreds of them, and reading a program takes longer than recovering a street.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[2]


class Forge:
    """The interpreter that forks; it ends what it started when we go."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.storms.forge"],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def start(
        self, argv: Sequence[str], environment: Mapping[str, str], log: Path, bug: str
    ) -> "Forged":
        """A new process running `cashlane` with these words, perhaps with a bug planted."""
        order = {"argv": list(argv), "environment": dict(environment), "log": str(log), "bug": bug}
        return Forged(self, self.ask(order))

    def ask(self, order: object) -> Any:
        """One order, one answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._turn:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it, and whatever of its children still runs."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class Forged:
    """One process that was forked."""

    def __init__(self, forge: Forge, pid: int) -> None:
        self._forge = forge
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended; None while it lives."""
        if self.returncode is None:
            self.returncode = self._forge.ask({"poll": self.pid})
        return self.returncode

    def send_signal(self, number: int) -> None:
        """A signal, where it still lives."""
        if self.poll() is None:
            os.kill(self.pid, number)


def _serve() -> None:
    """Take orders until nobody gives any more."""
    import cashlane.cli  # noqa: F401 - read once, before any fork

    alive: set[int] = set()
    for line in sys.stdin.buffer:
        order = json.loads(line)
        if "poll" in order:
            ended, status = os.waitpid(order["poll"], os.WNOHANG)
            alive.discard(ended)
            _answer(os.waitstatus_to_exitcode(status) if ended else None)
            continue
        child = os.fork()
        if child == 0:
            _become(order)
        alive.add(child)
        _answer(child)
    for child in alive:
        os.kill(child, signal.SIGKILL)


def _answer(value: int | None) -> None:
    os.write(1, json.dumps(value).encode() + b"\n")


def _become(order: dict[str, Any]) -> None:
    """Turn into the program that was ordered; never returns."""
    from cashlane.cli import app
    from cashlane.switch import steps

    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for one, other in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(one, other)
    os.environ |= order["environment"]
    steps._label, steps._left = steps._ordered()
    status = 1
    try:
        if order["bug"]:
            from tests.storms.planted import PLANTS

            PLANTS[order["bug"]]()
        app(order["argv"], standalone_mode=False)
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    _serve()
