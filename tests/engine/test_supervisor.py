"""Children start in order, stop in reverse, are reported when they die, and never outlive us."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from cashlane.engine.process import identify, read_records, write_records
from cashlane.engine.supervisor import REVIVALS_MOST, Child, Supervisor, supervise

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = "import signal,time; signal.signal(15, signal.SIG_IGN); print('up', flush=True)"
RUN = """
import os, sys
from pathlib import Path
from cashlane.engine.supervisor import Child, supervise
run = Path(sys.argv[1])
tell = lambda event: print(event.what, event.name, flush=True)
sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
children = [Child(name, sleep, os.environ, run / name) for name in ("worker", "api", "world")]
ending = supervise(children, run=run, tell=tell, guards={})
print(ending.why, ending.name, flush=True)
"""


@pytest.fixture
def child(folder):
    def one(name, argv=None, **more) -> Child:
        return Child(name, argv or SLEEP, os.environ, folder / f"{name}.log", **more)

    return one


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_in_reverse_order(number, folder, owner):
    other = owner(RUN, str(folder), start_new_session=True)
    up = [other.said() for _ in range(6)]
    assert up == [f"{what} {name}" for name in ("worker", "api", "world") for what in UP]
    records = read_records(folder / "children.json")
    assert [each.name for each in records] == ["worker", "api", "world"]
    other.process.send_signal(number)
    down = [other.said() for _ in range(6)]
    assert down == [f"{what} {name}" for name in ("world", "api", "worker") for what in DOWN]
    assert other.said() == f"asked {number.name}"
    assert not any(each.is_alive() for each in records)


UP, DOWN = ("started", "ready"), ("stopping", "stopped")


def test_children_die_with_a_killed_supervisor(folder, owner, eventually):
    other = owner(RUN, str(folder))
    while other.said() != "ready world":
        pass
    records = read_records(folder / "children.json")
    other.process.kill()
    assert eventually(lambda: not any(each.is_alive() for each in records))


def test_what_an_earlier_run_left_is_reaped(folder, child):
    left = subprocess.Popen([sys.executable, "-c", DEAF + "; time.sleep(60)"], stdout=-1)
    assert left.stdout.readline() == b"up\n"
    stranger = subprocess.Popen(SLEEP)
    named = identify("old", left.pid)
    reused = identify("old", stranger.pid)
    reused = type(reused)("old", reused.pid, reused.started - 1, reused.boot)
    write_records(folder / "children.json", [named, reused])
    told = []
    supervisor = Supervisor(folder, told.append, {})
    supervisor.ask_to_stop()
    supervisor.supervise([])
    assert [(each.what, each.name) for each in told] == [("orphan", "old")]
    assert left.wait() == -signal.SIGKILL
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
    left.stdout.close()


def test_a_child_that_dies_ends_the_others_and_is_named(folder, child):
    told = []
    dying = child("api", [sys.executable, "-c", "import time; time.sleep(.3); raise SystemExit(3)"])
    ending = supervise([child("worker"), dying], run=folder, tell=told.append, guards={})
    assert (ending.why, ending.name, ending.exit_code) == ("died", "api", 3)
    assert ("stopped", "worker") in [(each.what, each.name) for each in told]


def test_a_child_that_may_die_is_only_reported(folder, child):
    told = []
    supervisor = Supervisor(folder, told.append, {})
    dying = child("biller", [sys.executable, "-c", "raise SystemExit(1)"], essential=False)
    threading.Timer(0.8, supervisor.ask_to_stop).start()
    assert supervisor.supervise([dying, child("api")]).why == "asked"
    assert [each.name for each in told if each.what == "died"] == ["biller"]


def test_readiness_is_waited_for(folder, child):
    mark = folder / "mark"
    make = [
        sys.executable,
        "-c",
        f"import time; time.sleep(.3); open({str(mark)!r}, 'w').close();time.sleep(60)",
    ]
    told = []
    supervisor = Supervisor(folder, told.append, {})

    def tell(event) -> None:
        told.append((event.what, event.name, mark.exists()))
        if event == ("ready", "second"):
            supervisor.ask_to_stop()

    supervisor = Supervisor(folder, tell, {})
    threading.Timer(1.5, supervisor.ask_to_stop).start()
    supervisor.supervise([child("first", make, ready=mark.exists), child("second")])
    assert ("started", "second", True) in told


def test_a_guarded_life_that_ends_is_named(folder, child):
    until = time.monotonic() + 0.4
    ending = supervise(
        [child("api")],
        run=folder,
        tell=lambda event: None,
        guards={"database": lambda: time.monotonic() < until},
    )
    assert (ending.why, ending.name) == ("died", "database")


def test_a_second_ctrl_c_waits_for_nobody(folder, child):
    supervisor = Supervisor(folder, lambda event: None, {})
    deaf = child("deaf", [sys.executable, "-uc", DEAF + "; time.sleep(60)"])
    ready = child("deaf", deaf.argv, ready=lambda: "up" in deaf.log.read_text())
    for delay_s in (0.6, 0.9):
        threading.Timer(delay_s, supervisor.ask_to_stop).start()
    started = time.monotonic()
    supervisor.supervise([ready])
    assert time.monotonic() - started < 5


def test_a_part_to_be_revived_is_begun_again(folder, child):
    told, pids = [], []
    supervisor = Supervisor(folder, lambda event: None, {})

    def tell(event) -> None:
        told.append((event.what, event.name))
        pids.extend(each.pid for each in read_records(folder / "children.json"))
        if told.count(("started", "api")) == 2:
            supervisor.ask_to_stop()
        elif event.what == "ready":
            os.kill(pids[-1], signal.SIGKILL)

    supervisor = Supervisor(folder, tell, {})
    ending = supervisor.supervise([child("api", revive=True)])
    assert ending.why == "asked"
    assert told[:4] == [("started", "api"), ("ready", "api"), ("died", "api"), ("started", "api")]
    assert len(set(pids)) == 2


def test_a_part_that_keeps_dying_ends_the_run(folder, child):
    dying = [sys.executable, "-c", "import time; time.sleep(.1); raise SystemExit(3)"]
    for ready, starts in ((lambda: False, 1), (lambda: True, 1 + REVIVALS_MOST)):
        told = []
        api = child("api", dying, revive=True, ready=ready)
        ending = supervise([api], run=folder, tell=told.append, guards={})
        assert (ending.why, ending.name, ending.exit_code) == ("died", "api", 3)
        assert [each.what for each in told].count("started") == starts
