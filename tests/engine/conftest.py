"""Real clusters in closed folders, for each PostgreSQL that this machine has."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashlane.engine import binaries as finder
from cashlane.engine.binaries import Binaries
from cashlane.engine.cluster import Cluster
from cashlane.engine.process import identify

DEBIAN = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, so that the socket fits, and 0700, as mkdtemp makes it."""
    made = Path(tempfile.mkdtemp(prefix="cl-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def wheel() -> Binaries:
    return finder.find(None)


@pytest.fixture(scope="session")
def debian(require) -> Binaries:
    require.that((DEBIAN / "postgres").exists(), "Debian's postgresql-15 is not installed")
    return finder.find(str(DEBIAN))


@pytest.fixture(params=["wheel", "debian"])
def binaries(request) -> Binaries:
    return request.getfixturevalue(request.param)


@pytest.fixture
def make() -> Iterator[Callable[..., Cluster]]:
    """Clusters that are stopped after the test, whatever happened."""
    made: list[Cluster] = []

    def one(*args, **kwargs) -> Cluster:
        made.append(Cluster.at(*args, **kwargs))
        return made[-1]

    yield one
    for cluster in made:
        cluster.stop()


@pytest.fixture(scope="session")
def ask() -> Callable[[Cluster, str], str]:
    def one(cluster: Cluster, sql: str) -> str:
        dsn = cluster.dsn("postgres", "postgres", cluster.folder.secret("postgres"))
        argv = [cluster.binaries.program("psql"), "-X", "-d", dsn, "-Atc", sql]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return one


class Owner:
    """Another Python process that runs `code`; `said()` waits for its next line."""

    def __init__(self, code: str, *args: str, **popen) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *args], stdout=subprocess.PIPE, text=True, **popen
        )

    def said(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@pytest.fixture
def owner() -> Iterator[Callable[..., Owner]]:
    made: list[Owner] = []

    def one(*args, **kwargs) -> Owner:
        made.append(Owner(*args, **kwargs))
        return made[-1]

    yield one
    for each in made:
        each.process.kill()
        each.process.wait()
        each.process.stdout.close()


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], bool]], bool]:
    def one(true: Callable[[], bool], within_s: float = 8.0) -> bool:
        deadline = time.monotonic() + within_s
        while not true() and time.monotonic() < deadline:
            time.sleep(0.02)
        return true()

    return one


@pytest.fixture(scope="session")
def kill(eventually) -> Callable[[Cluster], int]:
    """kill -9 of the server, and the moment that the kernel needs to carry it out."""

    def one(cluster: Cluster) -> int:
        server = identify("postgres", cluster._postmaster.pid())
        server.signal(signal.SIGKILL)
        assert eventually(lambda: not server.is_alive())
        return server.pid

    return one
