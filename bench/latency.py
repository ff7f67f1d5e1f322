"""What a till waits for: pays at a constant rate, far below what the street can carry."""

import subprocess
import sys

from bench.arrivals import Answered, arrive
from bench.ground import Ground
from bench.holds import Holder, pay

PER_S = 200
MINUTES = 10
LINES = 200


def steady(ground: Ground, *, per_s: int, seconds: int) -> list[Answered]:
    """So many pays a second for so long, each at its moment."""
    holds = Holder(ground).make(per_s * seconds)
    requests = [pay(held) for held in holds]
    with ground.api() as address:
        return arrive(address, requests, per_s=per_s, lines=LINES, then=None).answered


def books_hold(ground: Ground) -> bool:
    """Whether the audit finds nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "cashlane.cli", "verify", "--data", str(ground.house.settings.data)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode == 0
