"""Who runs the server: PostgreSQL refuses root, so root steps aside for it.
First choice is a user namespace (files stay ours); second an unprivileged account.
"""

import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cashlane.engine import launch
from cashlane.engine.binaries import Binaries
from cashlane.engine.trouble import EngineTroubleError
from cashlane.values.text import Text

SYSTEM_FOLDER = Path("/var/lib/cashlane")
ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Identity:
    """`kind` is self, namespace or account; `account` is the user and group of the last."""

    kind: str
    prefix: tuple[str, ...]
    account: tuple[int, int] | None

    def command(self, argv: list[str], on_parent_death: signal.Signals) -> list[str]:
        """`argv` run as this identity and bound to our life."""
        bound = launch.command(argv, on_parent_death=on_parent_death, account=self.account)
        return [*self.prefix, *bound]

    def own(self, path: Path) -> None:
        """Give a file that we made to whoever runs the server."""
        if self.account is not None:
            os.chown(path, *self.account)


MYSELF = Identity("self", (), None)


def choose(folder: Path, binaries: Binaries) -> Identity:
    """How to run the server on `folder`; raises when root has no way to step aside."""
    if os.geteuid() != 0:
        return MYSELF
    namespace = in_namespace()
    if _can_work(namespace, folder, binaries):
        return namespace
    return as_account()


def in_namespace() -> Identity:
    """Root outside, somebody else inside: initdb wants a name in the account list."""
    inside = min(each.pw_uid for each in pwd.getpwall() if each.pw_uid > 0)
    return Identity("namespace", ("unshare", "--user", f"--map-user={inside}", "--"), None)


def as_account() -> Identity:
    """The first unprivileged account there is, for machines that forbid namespaces."""
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity("account", (), (entry.pw_uid, entry.pw_gid))
    raise EngineTroubleError(
        Text(
            zh="PostgreSQL 不能以 root 运行，本机既不允许用户命名空间，"
            "也没有 postgres 或 nobody 账号。",
            en="PostgreSQL refuses to run as root; this machine forbids user namespaces and has "
            "neither an account postgres nor nobody.",
        ),
        Text(
            zh="请改用普通用户启动，或先建立名为 postgres 的系统账号。",
            en="Start as an ordinary user, or make a system account called postgres.",
        ),
    )


def home_for(data: Path, identity: Identity, system: Path) -> Path:
    """Where cluster, socket and log live: the data folder, unless another account needs them."""
    if identity.account is None:
        return data
    home = system / sha256(bytes(data)).hexdigest()[:16]
    _make_passable(system)
    home.mkdir(mode=0o700, exist_ok=True)
    identity.own(home)
    return home


def reachable(binaries: Binaries, identity: Identity, system: Path) -> Binaries:
    """The same programs where this identity can run them; copied out of a closed folder."""
    if identity.account is None or _open_to_all(binaries.folder):
        return binaries
    copy = system / f"postgresql-{binaries.version}"
    if not copy.is_dir():
        _copy_programs(binaries.folder.parent, copy)
    folder = copy / "programs" / binaries.folder.parent.name / binaries.folder.name
    return Binaries(folder, binaries.major, binaries.version, binaries.origin)


def _can_work(identity: Identity, folder: Path, binaries: Binaries) -> bool:
    """Try it: a namespace may be forbidden, or blind to folders of other owners."""
    asked = 'test -x "$1" && test -w "$2"'
    argv = ["sh", "-c", asked, "sh", binaries.program("postgres"), str(folder)]
    try:
        done = subprocess.run([*identity.prefix, *argv], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


def _copy_programs(installed: Path, copy: Path) -> None:
    """Programs with share and lib beside them, and the wheel's own libraries two floors up."""
    aside = copy.with_name(f"{copy.name}.{os.getpid()}.new")
    _make_passable(aside.parent)
    shutil.copytree(installed, aside / "programs" / installed.name, symlinks=True)
    libraries = installed.parent.with_name(f"{installed.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, aside / libraries.name)
    for each in (aside, *aside.rglob("*")):
        if not each.is_symlink():
            each.chmod(each.stat().st_mode | (0o555 if each.is_dir() else 0o444))
    aside.rename(copy)


def _make_passable(folder: Path) -> None:
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.chmod(0o711)


def _open_to_all(folder: Path) -> bool:
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents))
