"""What a profile finds, as it is kept in profile.json: where the time of one payment goes."""

from pathlib import Path

import msgspec
from msgspec import Struct

from bench.phases import Phase

FILE = Path(__file__).with_name("profile.json")

DATABASE = ("load", "record", "commit")
"""The database's work for a payment, in its order."""
OURS = ("loop", "http", "checks", "gather", "decide", "rows", "driver", "answer", "beside",
        *DATABASE, "helpers", "press")  # fmt: skip
THEIRS = ("server", "helpers", "press")
"""The parts of a payment, and of the yardstick's transaction; `press` is the load itself."""


class Run(Struct, frozen=True):
    """One load: so many a second; microseconds of processor time for each, by part; and what the
    cores did meanwhile, in percent: nothing, or work that is neither ours nor the load's."""

    per_s: float
    parts: dict[str, float]
    idle_percent: float
    others_percent: float

    @property
    def own_us(self) -> float:
        """What one of them costs, without those who ask for it."""
        return sum(us for part, us in self.parts.items() if part != "press")


class Log(Struct, frozen=True):
    """What a run wrote to the database's log: for each payment or transaction, and a second."""

    bytes_each: float
    images_each: float
    fsyncs_per_s: float
    each_commit: float


class Profile(Struct, frozen=True):
    """A profile, and what it was made on: of a payment that comes alone, and of one among a
    hundred in a request. `phases` are from runs of their own, which say how the database's share
    is divided. `heaviest` are the API's functions that used
    most themselves, `kernel_us` is what the kernel used of its time, both in microseconds a
    payment: closer looks at the same time, not more of it."""

    date: str
    machine: str
    cores: int
    commit: str
    command: str
    seconds: int
    payment: Run
    payment_log: Log
    hundred: Run
    hundred_log: Log
    tpcb: Run
    tpcb_log: Log
    phases: dict[str, Phase]
    hundred_phases: dict[str, Phase]
    samples: int
    heaviest: dict[str, float]
    kernel_us: float


def kept_profile() -> Profile | None:
    """The latest profile; None where none was made yet."""
    if not FILE.exists():
        return None
    return msgspec.json.decode(FILE.read_bytes(), type=Profile)


def keep_profile(profile: Profile) -> None:
    """Put it in the place of the one before."""
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(profile), indent=2) + b"\n")
