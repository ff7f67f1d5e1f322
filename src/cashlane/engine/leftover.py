"""What an earlier run that was killed left behind, cleared before the next start.
Only a server that we recorded is stopped; one that somebody else started is named instead.
"""

import signal
from pathlib import Path

from cashlane.engine import complaint
from cashlane.engine.postmaster import Postmaster, is_number_taken
from cashlane.engine.process import Process, read_records, send, wait_until

SHUTDOWN_S = 30.0
"""A fast shutdown ends with a checkpoint."""
NOTICE_S = 2.0
"""How soon the server's own processes notice that it is gone."""


def clear_leftovers(record: Path, postmaster: Postmaster, socket: Path) -> None:
    """Afterwards no process of this cluster lives; the caller holds the folder's lock."""
    pid = postmaster.pid()
    if pid is not None and pid not in _recorded(record):
        raise complaint.started_by_another(postmaster.cluster, pid)
    if pid is not None:
        _end([pid], postmaster, signal.SIGINT)
    end_family(postmaster)
    _forget_a_taken_number(postmaster, socket)


def end_family(postmaster: Postmaster) -> None:
    """End the children of a dead server: most notice by themselves, a computing one does not."""
    if wait_until(lambda: not postmaster.family(), NOTICE_S):
        return
    for number in (signal.SIGQUIT, signal.SIGKILL):
        _end(postmaster.family(), postmaster, number)
    if left := postmaster.family():
        raise complaint.did_not_stop(left[0], postmaster.cluster)


def reap(record: Path, within_s: float) -> list[str]:
    """End the recorded children of an earlier run; the names of those that still lived."""
    alive = [each for each in read_records(record) if each.is_alive()]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for each in alive:
            each.signal(number)
        if wait_until(lambda: not _any_alive(alive), within_s):
            break
    record.unlink(missing_ok=True)
    return [each.name for each in alive]


def _any_alive(processes: list[Process]) -> bool:
    return any(each.is_alive() for each in processes)


def _recorded(record: Path) -> list[int]:
    return [each.pid for each in read_records(record) if each.is_alive()]


def _end(pids: list[int], postmaster: Postmaster, number: signal.Signals) -> None:
    for pid in pids:
        send(pid, number)
    within_s = SHUTDOWN_S if number is signal.SIGINT else NOTICE_S
    wait_until(lambda: not postmaster.family(), within_s)


def _forget_a_taken_number(postmaster: Postmaster, socket: Path) -> None:
    """PostgreSQL would take any process that now has the dead server's number for it."""
    claimed = postmaster.claimed_pid()
    if claimed is not None and is_number_taken(claimed):
        postmaster.forget(socket)
