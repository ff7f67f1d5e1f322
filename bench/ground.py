"""The ground that figures are measured on: a city in a folder of its own, its database and API.

fsync and every other promise of the database are on, as they are in production.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

import psycopg
from psycopg import conninfo

from cashlane.home import Home, home, settings
from cashlane.store.connect import connect
from cashlane.trial.city import Trial, agent_keys, set_up
from cashlane.trial.station import HOST, answers, free_port

DAY = date(2022, 1, 14)
SEED = 11
READY_WITHIN_S = 60.0


class Ground:
    """A city's books and keys, and the addresses that figures need."""

    def __init__(self, house: Home) -> None:
        self.house = house
        self.keys = agent_keys(house, None)

    @property
    def database(self) -> str:
        """The books, as their administrator."""
        return self.house.databases().admin

    def beside(self, name: str) -> str:
        """A database of its own on the same server, made empty at its first use."""
        with connect(self._named("postgres"), autocommit=True) as admin:
            known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if known.fetchone() is None:
                admin.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(
                    psycopg.sql.Identifier(name)))  # fmt: skip
        return self._named(name)

    def _named(self, name: str) -> str:
        return conninfo.make_conninfo(self.database, dbname=name)

    def count(self, query: str) -> int:
        """One number out of the books."""
        with connect(self.database) as books:
            row = books.execute(query.encode()).fetchone()
        assert row is not None
        return int(row[0])

    def checkpoint(self) -> None:
        """Begin every measured run with the same distance to the next checkpoint."""
        with connect(self.database, autocommit=True) as admin:
            admin.execute("CHECKPOINT")

    @contextmanager
    def api(self, processes: int = 1, **settings: str) -> Iterator[str]:
        """The API in so many processes of its own, with these settings in their environment."""
        port = free_port()
        with ExitStack() as running:
            for _ in range(processes):
                words = ("serve", "--shared", "--port", str(port))
                running.enter_context(_running(self.house, *words, **settings))
            address = f"http://{HOST}:{port}"
            _until(lambda: _listening(port) == processes, f"{processes} processes at {address}")
            wait_for(f"{address}/livez")
            yield address

    @contextmanager
    def worker(self) -> Iterator[None]:
        """The relays in a process of their own."""
        with _running(self.house, "worker"):
            yield


@contextmanager
def ground(data: Path | None) -> Iterator[Ground]:
    """A city without bills, its database running, in a folder (of its own where none is named)."""
    if data is None:
        with tempfile.TemporaryDirectory(prefix="cashlane-bench-") as own, ground(Path(own)) as it:
            yield it
        return
    house = home(settings(data))
    house.cluster.start()
    try:
        set_up(house, Trial(SEED, 0, DAY))
        yield Ground(house)
    finally:
        house.cluster.stop()


@contextmanager
def _running(house: Home, *words: str, **more: str) -> Iterator[None]:
    environment = os.environ | {"CASHLANE_DATA": str(house.settings.data)} | more
    process = subprocess.Popen([sys.executable, "-m", "cashlane.cli", *words], env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def wait_for(address: str) -> None:
    """Until a server that was just started answers there."""
    _until(lambda: answers(address), address)


def _listening(port: int) -> int:
    """How many sockets of this machine listen at a port."""
    rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return sum(
        row.split()[3] == "0A" and int(row.split()[1].partition(":")[2], 16) == port for row in rows
    )


def _until(ready: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + READY_WITHIN_S
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not answer within {READY_WITHIN_S} s")
        time.sleep(0.1)
