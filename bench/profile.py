"""`./do bench profile`: where the processor time of one payment goes, and what is left over.

Pays without a sampler, for what they cost; pays with one, for how the API's share is divided; the
database's phases one by one, for how its share is divided; TPC-B, for what the yardstick costs.
All of it twice: one pay a request, and a hundred.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

from bench.finding import DATABASE, Log, Profile, Run, keep_profile
from bench.ground import Ground, ground
from bench.holds import Holder
from bench.measure import SECONDS_LEAST
from bench.pays import (
    CONNECTIONS,
    HEAD_OFFICES,
    MANY,
    SPARE,
    Made,
    Pressing,
    by_hundreds,
    one_by_one,
)
from bench.phases import Phase, phases
from bench.press import Pressed, press, write_requests
from bench.results import Book
from bench.rooms import PARTS, by_room, heaviest, shares
from bench.spending import Spent, Watched, running
from bench.walog import walog
from bench.yardsticks import Yardstick

WARM_S = 3
"""A run before those that count: how fast it goes, and every cache filled."""
SAMPLES_PER_S = 200
SETTLED_S = 2.0
"""Within it every backend has told the server's statistics what it did."""
HEAVIEST_MOST = 12
"""Functions that are shown by name: below them nothing is worth a name."""
OTHERS_MOST_PERCENT = 10.0
"""Where others take more of the machine than this, a profile is shown and not kept."""
BATCHES = "SELECT count(*) FROM batches"


class Load(Struct, frozen=True):
    """One run of pays: how many were taken in how long, what was spent, what was logged."""

    taken: int
    took_us: int
    spent: Spent
    log: Log

    @property
    def per_s(self) -> float:
        return self.taken * 1e6 / self.took_us


class Shape(Struct, frozen=True):
    """How pays come: so many a request, over so many connections."""

    each: int
    connections: int
    made: Made


def shapes(on: Ground) -> tuple[Shape, Shape]:
    """One pay a request, from tills all over the city; and a hundred, from head offices."""
    holder = Holder(on)
    return (
        Shape(1, CONNECTIONS, one_by_one(holder)),
        Shape(MANY, HEAD_OFFICES, lambda count: by_hundreds(holder.make(count))),
    )


class Pays:
    """Runs of pays at one API, each with bills of its own."""

    def __init__(self, on: Ground, address: str, shape: Shape, *, seconds: int) -> None:
        self._on = on
        self._address = address
        self._shape = shape
        self._seconds = seconds
        self._watched = Watched(on, running("serve"))
        warm = Pressing(on, address, made=shape.made, seconds=WARM_S, each=shape.each,
                        connections=shape.connections)  # fmt: skip
        self._count = int(warm.per_s() * SPARE * seconds)

    def run(self) -> Load:
        """Press once, from a checkpoint on."""
        with self._requests() as place:
            before, batches = walog(self._on), self._on.count(BATCHES)
            pressed, spent = self._watched.during(lambda: self._press(place))
        time.sleep(SETTLED_S)
        written, taken = self._on.count(BATCHES) - batches, pressed.answered * self._shape.each
        log = walog(self._on).log(
            before, count=taken, seconds=self._seconds, each_commit=taken / written
        )
        return Load(taken, pressed.took_us, spent, log)

    def sample(self) -> list[str]:
        """Press once more with a sampler beside it, which sees nothing but that; every stack and
        how often it was met."""
        with self._requests() as place:
            with sampled(running("serve"), seconds=self._seconds) as stacks:
                self._press(place)
            return stacks()

    @contextmanager
    def _requests(self) -> Iterator[Path]:
        """Requests of their own, and a database that is at rest."""
        with tempfile.TemporaryDirectory(prefix="cashlane-requests-") as folder:
            place = write_requests(Path(folder), "pay", self._shape.made(self._count))
            self._on.checkpoint()
            yield place

    def _press(self, place: Path) -> Pressed:
        run = press(
            self._address, place, seconds=self._seconds, connections=self._shape.connections
        )
        if run.refused or run.broken or run.timed_out:
            raise RuntimeError(f"not every request was a pay that is taken: {run}")
        return run


@contextmanager
def sampled(pids: list[int], *, seconds: int) -> Iterator[Callable[[], list[str]]]:
    """Sample processes meanwhile; afterwards the answer is every stack and how often it was met."""
    found: list[str] = []
    with ExitStack() as whole:
        folder = whole.enter_context(tempfile.TemporaryDirectory(prefix="cashlane-samples-"))
        files = [Path(folder) / str(pid) for pid in pids]
        running = [
            whole.enter_context(_sampler(pid, file, seconds=seconds))
            for pid, file in zip(pids, files, strict=True)
        ]
        yield lambda: found
        for process, file in zip(running, files, strict=True):
            _, said = process.communicate()
            if process.returncode:
                raise RuntimeError(f"py-spy: {said.decode().strip()}")
            found += file.read_text(encoding="utf-8").splitlines()


def _sampler(pid: int, file: Path, *, seconds: int) -> subprocess.Popen[bytes]:
    """It is installed beside the Python that runs this."""
    return subprocess.Popen(
        [Path(sys.executable).with_name("py-spy"), "record", "--pid", str(pid),
         "--format", "raw", "--output", str(file), "--rate", str(SAMPLES_PER_S),
         "--duration", str(seconds)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


class Found(Struct, frozen=True):
    """What pays of one shape cost, and how it is divided."""

    load: Load
    run: Run
    divided: dict[str, Phase]
    stacks: list[str]


def _pays(on: Ground, shape: Shape, *, seconds: int) -> Found:
    """Pays without a sampler, then with one, then phase by phase."""
    with on.api() as address:
        pays = Pays(on, address, shape, seconds=seconds)
        plain, stacks = pays.run(), pays.sample()
    divided = asyncio.run(phases(on, each=round(plain.log.each_commit)))
    return Found(plain, _payment(plain, shares(by_room(stacks)), divided), divided, stacks)


def profile(on: Ground, *, seconds: int, command: str) -> Profile:
    """All runs, and what they say together."""
    single, hundred = (_pays(on, shape, seconds=seconds) for shape in shapes(on))
    plain, stacks = single.load, single.stacks
    tpcb, tpcb_log = _tpcb(on, seconds=seconds)
    made = Book(command, pairs=0, seconds=0).alone(
        "profile", single.run.own_us, "microseconds", bar="", holds=True
    )
    return Profile(
        date=made.date, machine=made.machine, cores=os.cpu_count() or 1,
        commit=made.commit, command=command, seconds=seconds,
        payment=single.run, payment_log=plain.log,
        hundred=hundred.run, hundred_log=hundred.load.log, tpcb=tpcb, tpcb_log=tpcb_log,
        phases=single.divided, hundred_phases=hundred.divided, samples=by_room(stacks).total(),
        kernel_us=plain.spent.api_kernel_us / plain.taken,
        heaviest={
            name: share * plain.spent.api_us / plain.taken
            for name, share in heaviest(stacks, most=HEAVIEST_MOST).items()
        },
    )  # fmt: skip


def _payment(load: Load, rooms: dict[str, float], divided: dict[str, Phase]) -> Run:
    """A payment's parts: what its processes used, divided as the other runs say."""
    count, spent = load.taken, load.spent
    phases_us = sum(one.processor_us for one in divided.values())
    parts = {room: spent.api_us * rooms[room] / count for room in PARTS}
    parts |= {
        name: spent.backends_us / count * divided[name].processor_us / phases_us
        for name in DATABASE
    }
    parts |= {"helpers": spent.helpers_us / count, "press": spent.press_us / count}
    return Run(load.per_s, parts, spent.idle_percent, spent.others_percent)


def _tpcb(on: Ground, *, seconds: int) -> tuple[Run, Log]:
    """The same about the yardstick's transaction."""
    yardstick, watched = Yardstick(on), Watched(on, [])
    on.checkpoint()
    before = walog(on)
    per_s, spent = watched.during(lambda: yardstick.per_s(seconds))
    time.sleep(SETTLED_S)
    count = max(1, round(per_s * seconds))
    parts = {
        "server": spent.backends_us / count,
        "helpers": spent.helpers_us / count,
        "press": spent.press_us / count,
    }
    log = walog(on).log(before, count=count, seconds=seconds, each_commit=1)
    return Run(per_s, parts, spent.idle_percent, spent.others_percent), log


def _told(found: Profile) -> Iterator[str]:
    for name, run, log in (("a payment", found.payment, found.payment_log),
                           ("a payment of a hundred", found.hundred, found.hundred_log),
                           ("a TPC-B transaction", found.tpcb, found.tpcb_log)):  # fmt: skip
        yield (f"{name}: {run.own_us:.0f} us at {run.per_s:.0f}/s; idle {run.idle_percent:.1f} %,"
               f" others {run.others_percent:.1f} %")  # fmt: skip
        yield from (f"  {part:8} {us:7.1f} us" for part, us in run.parts.items())
        yield (f"  log: {log.bytes_each:.0f} bytes, {log.images_each:.2f} page images each;"
               f" {log.fsyncs_per_s:.0f} fsyncs/s; {log.each_commit:.1f} a commit")  # fmt: skip
    for phased in (found.phases, found.hundred_phases):
        yield "phases in a run of their own: " + ", ".join(
            f"{name} {one.processor_us:.1f} us of processor in {one.wall_us:.1f} us"
            for name, one in phased.items()
        )
    yield f"of the API's time the kernel used {found.kernel_us:.1f} us"
    yield f"the API's heaviest functions, of {found.samples} samples:"
    yield from (f"  {us:5.1f} us  {name}" for name, us in found.heaviest.items())


def main(words: list[str]) -> int:
    """Make a profile, show it, and keep it where it was long enough on a machine of its own."""
    parser = argparse.ArgumentParser(prog="./do bench profile", description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS_LEAST)
    parser.add_argument("--data", type=Path, help="a folder to keep (else one that is thrown away)")
    said = parser.parse_args(words)
    with ground(said.data) as on:
        command = " ".join(["./do bench profile", *words])
        found = profile(on, seconds=said.seconds, command=command)
    print("\n".join(_told(found)))
    others = max(run.others_percent for run in (found.payment, found.hundred, found.tpcb))
    if said.seconds < SECONDS_LEAST or others > OTHERS_MOST_PERCENT:
        print(f"not kept: {SECONDS_LEAST} seconds and at most {OTHERS_MOST_PERCENT:g} % of others"
              " are wanted")  # fmt: skip
        return 0
    keep_profile(found)
    return 0
