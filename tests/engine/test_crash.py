"""Killed at any point, by anything: committed rows stay, nothing is left over, it starts again."""

import os
import subprocess
import threading
from contextlib import contextmanager

import pytest

from cashlane.engine.cluster import Cluster
from cashlane.engine.process import identify, write_records

OWN = """
import sys, time
from pathlib import Path
from cashlane.engine.binaries import find
from cashlane.engine.cluster import Cluster
cluster = Cluster.at(Path(sys.argv[1]), find(sys.argv[2]))
cluster.start()
print("up", flush=True)
time.sleep(60)
"""


def test_the_server_is_killed(binaries, folder, make, ask, kill):
    cluster = make(folder / "data", binaries)
    cluster.start()
    ask(cluster, "create table kept as select 7 as n")
    pid = kill(cluster)
    cluster.start()
    assert cluster._postmaster.pid() != pid
    assert ask(cluster, "select n from kept") == "7"


def test_the_server_is_killed_under_a_busy_backend(wheel, folder, make, ask, kill):
    """A backend that computes does not look whether its server lives; it is ended for us."""
    cluster = make(folder / "data", wheel)
    cluster.start()
    with busy(cluster, ask):
        kill(cluster)
        cluster.start()
        assert ask(cluster, "select 1") == "1"


def test_the_owner_is_killed(binaries, folder, make, ask, owner, eventually):
    other = owner(OWN, str(folder / "data"), str(binaries.folder))
    assert other.said() == "up"
    cluster = make(folder / "data", binaries)
    ask(cluster, "create table kept as select 7 as n")
    # The backend of the last question may end between being listed and being looked at.
    listed = [identify("postgres", pid) for pid in cluster._postmaster.family()]
    family = [each for each in listed if each is not None]
    assert family
    other.process.kill()
    assert eventually(lambda: not any(each.is_alive() for each in family))
    cluster.start()
    assert ask(cluster, "select n from kept") == "7"


def test_the_owner_is_killed_and_the_next_starts_at_once(wheel, folder, make, ask, owner):
    other = owner(OWN, str(folder / "data"), str(wheel.folder))
    assert other.said() == "up"
    cluster = make(folder / "data", wheel)
    ask(cluster, "create table kept as select 7 as n")
    other.process.kill()
    other.process.wait()
    cluster.start()
    assert ask(cluster, "select n from kept") == "7"


def test_owner_and_server_are_killed_together(wheel, folder, make, ask, owner, kill):
    other = owner(OWN, str(folder / "data"), str(wheel.folder))
    assert other.said() == "up"
    cluster = make(folder / "data", wheel)
    other.process.kill()
    kill(cluster)
    other.process.wait()
    cluster.start()
    assert ask(cluster, "select 1") == "1"


@pytest.mark.parametrize("number", [1, os.getpid()], ids=["the first", "our own"])
def test_the_dead_servers_number_belongs_to_another_now(number, wheel, folder, make, ask):
    cluster = make(folder / "data", wheel)
    cluster.start()
    claim = (cluster.folder.cluster / "postmaster.pid").read_text()
    cluster.stop()
    lines = [str(number), *claim.splitlines()[1:]]
    (cluster.folder.cluster / "postmaster.pid").write_text("\n".join(lines) + "\n")
    cluster.start()
    assert ask(cluster, "select 1") == "1"


def test_a_server_that_outlived_its_owner_is_reaped(wheel, folder, make, ask):
    """As if the kernel's signal had been lost: recorded, alive, and nobody holds the lock."""
    first = make(folder / "data", wheel)
    first.start()
    pid = first._postmaster.pid()
    first._lock.release()
    second = Cluster.at(folder / "data", wheel)
    threading.Thread(target=first._child.wait, daemon=True).start()
    second.start()
    assert second._postmaster.pid() not in (None, pid)
    assert ask(second, "select 1") == "1"
    second.stop()


def test_a_record_of_another_life_is_not_believed(folder):
    mine = identify("me", os.getpid())
    assert mine.is_alive()
    later = type(mine)(mine.name, mine.pid, mine.started + 1, mine.boot)
    rebooted = type(mine)(mine.name, mine.pid, mine.started, "another-boot")
    assert not later.is_alive()
    assert not rebooted.is_alive()
    write_records(folder / "record", [later])
    (folder / "torn").write_text('[{"name": "x"')


def test_a_server_started_in_a_passing_thread_stays(wheel, folder, make, eventually):
    """The kernel's "parent died" means the thread; ours is the nursery's, not the caller's."""
    cluster = make(folder / "data", wheel)
    caller = threading.Thread(target=cluster.start)
    caller.start()
    caller.join()
    assert not eventually(lambda: not cluster.is_running(), within_s=0.5)


def test_a_stop_ends_the_busy_backend_of_a_dead_server(wheel, folder, make, ask, kill):
    cluster = make(folder / "data", wheel)
    cluster.start()
    with busy(cluster, ask):
        kill(cluster)
        assert cluster._postmaster.family()
        cluster.stop()
    assert not cluster._postmaster.family()


@contextmanager
def busy(cluster, ask):
    """A backend that computes and never looks up."""
    dsn = cluster.dsn("postgres", "postgres", cluster.folder.secret("postgres"))
    argv = [cluster.binaries.program("psql"), "-X", "-d", dsn]
    argv += ["-c", "do $$ begin loop end loop; end $$"]
    client = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
    working = "select count(*) from pg_stat_activity where query like 'do %' and state = 'active'"
    try:
        while ask(cluster, working) != "1":
            pass
        yield
    finally:
        client.kill()
        client.wait()
