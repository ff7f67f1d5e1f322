"""One PostgreSQL cluster in a data folder: made, started, stopped, and found again after a crash.
The server is our own child and dies with us; its socket is the only way in.
"""

import signal
import time
from pathlib import Path

from cashlane.engine import complaint, nursery, settings
from cashlane.engine.binaries import Binaries
from cashlane.engine.folder import PORT, DataFolder, Lock
from cashlane.engine.identity import SYSTEM_FOLDER, Identity, choose, home_for, reachable
from cashlane.engine.leftover import clear_leftovers, end_family
from cashlane.engine.making import make_cluster, surroundings
from cashlane.engine.postmaster import Postmaster
from cashlane.engine.process import identify, wait_until, write_records

SUPERUSER = "postgres"
START_WITHIN_S = 120.0
"""Recovery after a crash replays up to max_wal_size."""
STOP_WITHIN_S = 60.0
"""A fast shutdown ends with a checkpoint."""
QUIT_WITHIN_S = 10.0
"""An immediate shutdown writes nothing and needs no longer."""
TRIES = 5
"""Starts tried before giving up: a dying predecessor may still hold the folder."""
TRY_EVERY_S = 0.3
"""The rest between two starts."""
RECORD = "postmaster.json"


class Cluster:
    def __init__(self, folder: DataFolder, binaries: Binaries, identity: Identity) -> None:
        self.folder = folder
        self.binaries = binaries
        self.identity = identity
        self._lock = Lock(folder.run / "lock")
        self._postmaster = Postmaster(folder.cluster)
        self._child: nursery.Born | None = None

    @classmethod
    def at(
        cls,
        folder: Path,
        binaries: Binaries,
        identity: Identity | None = None,
        system: Path = SYSTEM_FOLDER,
    ) -> "Cluster":
        """The cluster of a data folder, made or not; creates only the folders around it.

        `identity` and `system` (where another account's files go) are chosen when not given.
        """
        data = folder.absolute()
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        data = data.resolve()
        who = identity or choose(data, binaries)
        place = DataFolder(data, home_for(data, who, system))
        for each in (place.run, place.log):
            each.mkdir(mode=0o700, exist_ok=True)
            who.own(each)
        place.secrets.mkdir(mode=0o700, exist_ok=True)
        return cls(place, reachable(binaries, who, system), who)

    def ensure(self) -> None:
        """Make the cluster if there is none; refuse one of another major version."""
        self._lock.take()
        major = self._postmaster.major()
        if major is None:
            password = self.folder.secret(SUPERUSER)
            make_cluster(self.folder, self.binaries, self.identity, SUPERUSER, password)
        elif major != self.binaries.major:
            raise complaint.other_major(self.folder.cluster, major, self.binaries)

    def start(self) -> None:
        """Start the server and wait until it answers; safe after any kind of crash."""
        self.ensure()
        if self._child is not None and self.is_running():
            return
        clear_leftovers(self.folder.run / RECORD, self._postmaster, self.folder.socket())
        self._configure()
        # The kernel may free a killed server's shared memory a moment after its last child.
        for attempt in range(1, TRIES + 1):
            if self._try_start():
                return
            if attempt < TRIES:
                time.sleep(TRY_EVERY_S)
        raise complaint.did_not_start(self.folder.log)

    def stop(self) -> None:
        """Stop the server that we started: fast and clean first, at once if that takes too long.

        Somebody else's server is left alone, so that a refused start may safely end here.
        """
        if self._child is not None:
            self._end(self._child)
            # Had it died under us, a child of it that computes would never notice and never end.
            end_family(self._postmaster)
            self._child = None
        self._lock.release()

    def is_running(self) -> bool:
        """Whether the server lives and takes connections now; true from any process."""
        return self._postmaster.is_ready()

    def dsn(self, user: str, dbname: str, password: str) -> str:
        """A libpq connection string of keywords for this server."""
        words = {"host": str(self.folder.socket()), "port": str(PORT), "user": user}
        words |= {"password": password, "dbname": dbname}
        return " ".join(f"{key}={_quoted(value)}" for key, value in words.items())

    @property
    def _start_log(self) -> Path:
        return self.folder.log / "start.log"

    def _try_start(self) -> bool:
        """False when the server gave up by itself and may be asked again."""
        self._start_log.unlink(missing_ok=True)
        self._child = nursery.start(
            self.identity.command(self._argv(), on_parent_death=signal.SIGINT),
            env=surroundings(),
            log=self._start_log,
        )
        self._remember(self._child.pid)
        if not wait_until(self._settled, START_WITHIN_S):
            raise complaint.slow_start(self.folder.log, START_WITHIN_S)
        return self._child.returncode is None

    def _settled(self) -> bool:
        assert self._child is not None
        if self._child.poll() is not None:
            return True
        return self._postmaster.pid() == self._child.pid and self.is_running()

    def _argv(self) -> list[str]:
        return [self.binaries.program("postgres"), "-D", str(self.folder.cluster)]

    def _remember(self, pid: int) -> None:
        """Written before the wait: a start that we do not outlive must be findable."""
        process = identify("postgres", pid)
        write_records(self.folder.run / RECORD, [process] if process else [])

    def _configure(self) -> None:
        text = settings.configuration(
            socket=self.folder.socket(), log=self.folder.log, has_lz4=self.binaries.has_lz4()
        )
        for name, content in ((settings.FILE, text), ("pg_hba.conf", settings.ACCESS)):
            path = self.folder.cluster / name
            path.write_text(content)
            path.chmod(0o600)
            self.identity.own(path)

    def _end(self, child: nursery.Born) -> None:
        for number, within_s in ((signal.SIGINT, STOP_WITHIN_S), (signal.SIGQUIT, QUIT_WITHIN_S)):
            child.send_signal(number)
            if wait_until(lambda: child.poll() is not None, within_s):
                return
        raise complaint.did_not_stop(child.pid, self.folder.log)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
