"""What a till waits for: pays at a constant rate, far below what the street can carry."""

import subprocess
import sys

import uvloop

from bench.arrivals import Answered, Arrivals, at_percent
from bench.ground import Ground
from bench.holds import Holder, pay

PER_S = 200
MINUTES = 10
LINES = 200


def steady(ground: Ground, *, per_s: int, seconds: int) -> list[Answered]:
    """So many pays a second for so long, each at its moment."""
    holds = Holder(ground).make(per_s * seconds)
    with ground.api() as address:
        arrivals = Arrivals(
            address, [pay(held) for held in holds], per_s=per_s, lines=LINES, then=None
        )
        uvloop.run(arrivals.run())
    return arrivals.answered


def books_hold(ground: Ground) -> bool:
    """Whether the audit finds nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "cashlane.cli", "verify", "--data", str(ground.house.settings.data)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode == 0


def milliseconds(answers: list[Answered], percent: float) -> float:
    """A percentile in milliseconds."""
    return at_percent(answers, percent) * 1000
