"""Root steps aside in a namespace or as an account; an ordinary user just runs the server."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import cashlane
from cashlane.engine import identity

NOBODY = 65534
LIFE = """
import os, sys
from pathlib import Path
from cashlane.engine.binaries import find
from cashlane.engine.cluster import Cluster
cluster = Cluster.at(Path(sys.argv[1]), find(sys.argv[2]))
cluster.start()
assert cluster.is_running()
cluster.stop()
print(os.geteuid(), cluster.identity.kind)
"""


@pytest.fixture
def root(require) -> None:
    require.that(os.geteuid() == 0, "only root has to step aside")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="cl-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.mark.usefixtures("root")
def test_the_account_serves_where_namespaces_are_forbidden(wheel, open_folder, folder, make, ask):
    """Programs in a closed folder are copied to where the account can run them."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    package = wheel.folder.parents[1]
    for each in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(each, closed / each.name)
    programs = type(wheel)(
        closed / package.name / "pginstall" / "bin", wheel.major, wheel.version, wheel.origin
    )
    cluster = make(folder / "data", programs, identity.as_account(), open_folder / "system")
    cluster.start()
    assert ask(cluster, "select 1") == "1"
    assert cluster.folder.cluster.stat().st_uid == identity.as_account().account[0]
    assert cluster.folder.secrets.stat().st_uid == 0


@pytest.mark.usefixtures("root")
def test_a_forbidden_namespace_is_noticed(wheel, folder, monkeypatch):
    refusing = identity.Identity("namespace", ("false",), None)
    monkeypatch.setattr(identity, "in_namespace", lambda: refusing)
    assert identity.choose(folder, wheel).kind == "account"


@pytest.mark.usefixtures("root")
def test_a_folder_that_the_namespace_cannot_see_is_noticed(wheel, folder):
    os.chown(folder, NOBODY, NOBODY)
    (folder / "data").mkdir(mode=0o700)
    assert identity.choose(folder / "data", wheel).kind == "account"


def test_an_ordinary_user(debian, open_folder, require):
    """Run as nobody from copies, since a checkout of root may be closed to others."""
    if os.geteuid() != 0:
        prefix, python = [], sys.executable
    else:
        prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        python = _python_for_all(prefix)
        require.that(python is not None, "no Python of this version that everybody may run")
    shutil.copytree(Path(cashlane.__file__).parent, open_folder / "code" / "cashlane")
    shutil.copytree(Path(msgspec.__file__).parent, open_folder / "code" / "msgspec")
    (open_folder / "mine").mkdir(mode=0o700)
    os.chown(open_folder / "mine", NOBODY if prefix else -1, -1)
    done = subprocess.run(
        [*prefix, python, "-c", LIFE, str(open_folder / "mine" / "data"), str(debian.folder)],
        env={"PYTHONPATH": str(open_folder / "code"), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[1] == "self"


def _python_for_all(prefix: list[str]) -> str | None:
    # setpriv's own exec still has root's reach; what counts is whether the next one finds it.
    wanted = (
        f"sys.version_info[:2] == {sys.version_info[:2]} and os.access(sys.executable, os.X_OK)"
    )
    wanted = f"import os, sys; sys.exit(not ({wanted}))"
    for python in (sys.executable, "/usr/local/bin/python3", "/usr/bin/python3"):
        done = subprocess.run([*prefix, python, "-c", wanted], capture_output=True)
        if done.returncode == 0:
            return python
    return None
