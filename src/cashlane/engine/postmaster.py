"""The running server of a cluster folder, read from what the server itself writes there.
A number in a file proves nothing: the process must also be postgres, working in that folder.
"""

import os
from pathlib import Path

from cashlane.engine.process import living_in, works_in

PROGRAM = "postgres"
_STATUS_LINE = 7


class Postmaster:
    def __init__(self, cluster: Path) -> None:
        self.cluster = cluster

    def major(self) -> int | None:
        """The major version that made this cluster, or None when there is none."""
        try:
            return int((self.cluster / "PG_VERSION").read_text(encoding="ascii").strip())
        except FileNotFoundError:
            return None

    def pid(self) -> int | None:
        """The living server's number, or None."""
        claimed = self.claimed_pid()
        if claimed is None or not works_in(claimed, self.cluster, PROGRAM):
            return None
        return claimed

    def claimed_pid(self) -> int | None:
        """The number in postmaster.pid, whoever has it now."""
        lines = self._lines()
        return int(lines[0]) if lines and lines[0].strip().isdecimal() else None

    def is_ready(self) -> bool:
        lines = self._lines()
        if len(lines) <= _STATUS_LINE or lines[_STATUS_LINE].strip() != "ready":
            return False
        return self.pid() is not None

    def family(self) -> list[int]:
        """The server and all its children that live now."""
        return living_in(self.cluster, PROGRAM)

    def forget(self, socket: Path) -> None:
        """Remove a dead server's claims to folder and socket; its whole family must be gone."""
        assert not self.family()
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        for claim in socket.glob(".s.PGSQL.*.lock"):
            claim.unlink(missing_ok=True)

    def _lines(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text(errors="replace").splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []


def is_number_taken(pid: int) -> bool:
    """True for a zombie too: a container's first process may never reap it."""
    return os.path.exists(f"/proc/{pid}")
