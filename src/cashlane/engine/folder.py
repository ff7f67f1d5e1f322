"""The data folder: where the cluster, its socket, its secrets and its log live.
One process owns it at a time; the lock falls with its holder, however it dies.
"""

import fcntl
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cashlane.engine.secret import secret
from cashlane.engine.trouble import EngineTroubleError
from cashlane.values.text import Text

PORT = 5432  # only the socket's name carries it; nothing listens on the network
SOCKET_BYTES_MAX = 107
"""A socket's path: sun_path holds 108 bytes with the closing zero."""
LIST_SIGNS = frozenset(
    "\"',\\\n"
)  # signs that a list of folders in the configuration gives meaning


@dataclass(frozen=True)
class DataFolder:
    """`data` is the operator's; `home` holds what the server's own account must reach."""

    data: Path
    home: Path

    @property
    def cluster(self) -> Path:
        return self.home / "pg"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    def secret(self, name: str) -> str:
        """The secret of that name, made at first use."""
        return secret(self.secrets, name)

    def socket(self) -> Path:
        """The folder of the server's socket: ours, or a short one when ours is too long."""
        if _fits(self.run):
            return self.run
        return self._remembered() or self._short_socket()

    def _remembered(self) -> Path | None:
        """The short folder of an earlier start, if it is still there and still ours alone."""
        try:
            folder = Path(self._memo.read_text())
            state = folder.stat(follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None
        owner = self.run.stat().st_uid
        private = state.st_uid == owner and state.st_mode & 0o777 == 0o700
        return folder if private and folder.is_dir() else None

    def _short_socket(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="cashlane-"))
        owner = self.run.stat()
        os.chown(folder, owner.st_uid, owner.st_gid)
        fresh = self._memo.with_suffix(".new")
        fresh.write_text(str(folder))
        fresh.replace(self._memo)
        return folder

    @property
    def _memo(self) -> Path:
        return self.run / "socket-folder"


class Lock:
    """Held from the first touch of the cluster until the process lets go or dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Become the owner, or say who is."""
        if self._descriptor is not None:
            return
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise _in_use(self._path.parent.parent, holder) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _fits(folder: Path) -> bool:
    # The server also makes "<socket>.lock", but only the socket's own name has the limit.
    name = f"{folder}/.s.PGSQL.{PORT}"
    return len(os.fsencode(name)) <= SOCKET_BYTES_MAX and not LIST_SIGNS & set(name)


def _in_use(folder: Path, holder: str) -> EngineTroubleError:
    return EngineTroubleError(
        Text(
            zh=f"数据目录 {folder} 正由另一个 Cashlane 进程（{holder}）使用。",
            en=f"The data folder {folder} is in use by another Cashlane process ({holder}).",
        ),
        Text(
            zh="请先停止该进程，或为本次启动指定另一个数据目录。",
            en="Stop that process first, or give this start another data folder.",
        ),
    )
