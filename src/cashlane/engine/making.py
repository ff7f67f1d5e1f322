"""Making a new cluster: all of it, or nothing under its name.
Made aside and renamed, so that a crash half-way leaves no half cluster.
"""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from cashlane.engine import complaint, settings
from cashlane.engine.binaries import Binaries
from cashlane.engine.folder import DataFolder
from cashlane.engine.identity import Identity
from cashlane.engine.secret import sync_folder

INITDB_WITHIN_S = 300.0
"""Making a cluster takes a second; a slow disk under load gets its time."""


def make_cluster(
    folder: DataFolder, binaries: Binaries, identity: Identity, superuser: str, password: str
) -> None:
    """initdb, then the name. The caller holds the folder's lock."""
    aside = folder.cluster.with_name("pg.new")
    shutil.rmtree(aside, ignore_errors=True)
    note = _write_note(folder.run / "initdb-password", password, identity)
    try:
        _initdb(binaries, identity, aside, superuser, note)
    finally:
        note.unlink()
    _prepare_configuration(aside, identity)
    aside.rename(folder.cluster)
    sync_folder(folder.home)


def _initdb(
    binaries: Binaries, identity: Identity, aside: Path, superuser: str, note: Path
) -> None:
    argv = [binaries.program("initdb"), "-D", str(aside), "-U", superuser]
    argv += ["--pwfile", str(note), "--auth=scram-sha-256", "--encoding=UTF8"]
    argv += ["--locale=C.UTF-8", "--data-checksums"]
    done = subprocess.run(
        identity.command(argv, on_parent_death=signal.SIGTERM),
        env=surroundings(),
        cwd=aside.parent,
        capture_output=True,
        text=True,
        timeout=INITDB_WITHIN_S,
        check=False,
    )
    if done.returncode != 0:
        raise complaint.initdb_failed(aside, done.stdout + done.stderr)


def _prepare_configuration(cluster: Path, identity: Identity) -> None:
    with (cluster / "postgresql.conf").open("a") as file:
        file.write(f"\n{settings.INCLUDE}\n")
    operators = cluster / settings.OPERATOR_FILE
    operators.write_text(settings.OPERATOR_HEAD)
    operators.chmod(0o600)
    identity.own(operators)


def _write_note(path: Path, password: str, identity: Identity) -> Path:
    """The password on its way to initdb: a file, because arguments are visible to everyone."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(password)
    identity.own(path)
    return path


def surroundings() -> dict[str, str]:
    """The server's environment: nothing of ours that begins with PG leaks into it."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
