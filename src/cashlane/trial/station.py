"""The processes of a trial on one machine: API, worker and world over an embedded database.

Started in order, watched, and stopped in the reverse order; whoever dies is reported.
"""

import os
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from msgspec import Struct

from cashlane.engine.supervisor import Child, Ending, Event, Supervisor
from cashlane.home import Home
from cashlane.trial.city import connect_world, world_folder

HOST = "127.0.0.1"
READY_WITHIN_S = 60.0
"""A part that is not ready by then will not be: its log says why."""


class Addresses(Struct, frozen=True):
    """Where a running trial answers."""

    api: str
    parties: Mapping[str, str]


_PORTS = range(18_000, 32_000)
"""Below those that the system gives to connections of its own: nobody takes one by chance."""


def free_port() -> int:
    """A port that was free a moment ago, and that no outgoing connection will take meanwhile."""
    for port in Random().sample(_PORTS, len(_PORTS)):  # noqa: S311 - any port will do
        with socket.socket() as listener, suppress(OSError):
            listener.bind((HOST, port))
            return port
    raise OSError(f"no free port from {_PORTS.start} to {_PORTS.stop}")


class Station:
    """The processes of a trial in a data folder whose database runs.

    `revive` begins the API and the worker again when they die, as a city's own would be.
    """

    def __init__(
        self, house: Home, tell: Callable[[Event], None], *, port: int, revive: bool
    ) -> None:
        self._house = house
        self._revive = revive
        self.api = f"http://{HOST}:{port}"
        self._port = port
        self._parties: dict[str, str] = {}
        self.supervisor = Supervisor(
            house.cluster.folder.run, tell, {"database": house.cluster.is_running}
        )
        self.ready = threading.Event()

    @property
    def addresses(self) -> Addresses:
        """Where everybody answers; complete once `ready` is set."""
        return Addresses(self.api, self._parties)

    def run(self) -> Ending:
        """Start all and watch until asked to stop or somebody essential dies."""
        (world_folder(self._house) / "addresses.json").unlink(missing_ok=True)
        return self.supervisor.supervise(
            [
                self._child("world", "--api", self.api, ready=self._world_answers),
                self._child("serve", "--port", str(self._port), ready=self._api_answers),
                self._child("worker", ready=self._all_up),
            ]
        )

    @contextmanager
    def running(self) -> Iterator[Addresses]:
        """Run beside the block, for callers that are themselves the main work."""
        endings: list[Ending] = []
        thread = threading.Thread(target=lambda: endings.append(self.run()), name="station")
        thread.start()
        try:
            if not self.ready.wait(READY_WITHIN_S):
                raise TimeoutError(
                    f"the processes were not ready; see {self._house.settings.data}/log"
                )
            yield self.addresses
        finally:
            self.supervisor.ask_to_stop()
            thread.join()

    def _child(self, verb: str, *words: str, ready: Callable[[], bool]) -> Child:
        data = self._house.settings.data
        return Child(
            name=verb,
            argv=[sys.executable, "-m", "cashlane.cli", verb, *words],
            env=dict(os.environ) | {"CASHLANE_DATA": str(data)},
            log=self._log(verb),
            ready=ready,
            revive=self._revive and verb != "world",
        )

    def _log(self, verb: str) -> Path:
        return self._house.cluster.folder.log / f"{verb}.log"

    def _world_answers(self) -> bool:
        if not (world_folder(self._house) / "addresses.json").exists():
            return False
        self._parties = connect_world(self._house)
        return True

    def _api_answers(self) -> bool:
        return answers(f"{self.api}/livez")

    def _all_up(self) -> bool:
        self.ready.set()
        return True


def answers(address: str) -> bool:
    """Whether a server of this machine answers 200 at an address."""
    try:
        with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310 - our own http
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
