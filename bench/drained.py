"""The whole way: pays are accepted and reach CONFIRMED at one steady rate, no errand waiting long.

One route takes a hundred payments a message; behind it stands a partner that costs next to nothing.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from bench.arrivals import arrive, not_taken
from bench.ground import Ground
from bench.holds import Holder, pay
from bench.outside import ROUTE, partner
from cashlane.core.payment import FactKind
from cashlane.core.record import ErrandKind
from cashlane.store.connect import connect

LINES = 512
LOOK_S = 0.5
OLDEST_MOST_S = 5.0
"""No errand may wait longer, at any look."""
KEPT_UP = 0.97
"""Of the rate of arrivals, confirmed a second in the second half of a run."""
LADDER = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Rates that are tried, in terms of single pays."""
REST_MOST_S = 120.0
_DUE = [int(ErrandKind.SEND), int(ErrandKind.CLAIM_PAID)]
"""What is due at once; questions to routes are due later."""


class Look(Struct, frozen=True):
    """The books at one moment of a run."""

    at_s: float
    confirmed: int
    oldest_s: float


class Carried(Struct, frozen=True):
    """One rate, and whether the street kept up with it."""

    per_s: float
    confirmed_per_s: float
    oldest_s: float
    lost: int

    @property
    def kept_up(self) -> bool:
        """Whether everything was confirmed as it came."""
        return (
            not self.lost
            and self.oldest_s < OLDEST_MOST_S
            and self.confirmed_per_s >= KEPT_UP * self.per_s
        )


def steady_rate(ground: Ground, *, single: float, seconds: int) -> list[Carried]:
    """The rungs of the ladder up to the first that the street does not keep up with."""
    done: list[Carried] = []
    with partner(ground), ground.api() as address, ground.worker():
        _rest(ground)
        for share in LADDER:
            done.append(_carry(ground, address, per_s=single * share, seconds=seconds))
            if not done[-1].kept_up:
                break
    return done


def _carry(ground: Ground, address: str, *, per_s: float, seconds: int) -> Carried:
    holds = Holder(ground, route=ROUTE).make(int(per_s * seconds))
    requests = [pay(held) for held in holds]
    with _looking(ground) as looks:
        arrivals = arrive(address, requests, per_s=per_s, lines=LINES, then=None)
    _rest(ground)
    whole = [look for look in looks if look.at_s <= seconds]
    half = whole[len(whole) // 2 :]
    took = half[-1].at_s - half[0].at_s
    return Carried(
        per_s=per_s,
        confirmed_per_s=(half[-1].confirmed - half[0].confirmed) / took,
        oldest_s=max(look.oldest_s for look in whole),
        lost=not_taken(arrivals.answered),
    )


@contextmanager
def _looking(ground: Ground) -> Iterator[list[Look]]:
    """Look at the books every half second, beside the block."""
    looks: list[Look] = []
    over, begun = threading.Event(), time.monotonic()

    def look() -> None:
        with connect(ground.database, autocommit=True) as books:
            while not over.wait(LOOK_S):
                row = books.execute(
                    "SELECT (SELECT count(*) FROM facts WHERE kind = %s),"
                    " coalesce((SELECT max(extract(epoch FROM latest - oldest)) FROM"
                    " (SELECT max(due_at) AS latest, min(due_at) AS oldest FROM errands"
                    "   WHERE kind = ANY (%s) GROUP BY kind) AS ages), 0)",
                    (int(FactKind.CONFIRMED), _DUE),
                ).fetchone()  # fmt: skip
                assert row is not None
                looks.append(Look(time.monotonic() - begun, int(row[0]), float(row[1])))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield looks
    finally:
        over.set()
        thread.join()


def _rest(ground: Ground) -> None:
    """Wait until all that was accepted is carried."""
    end = time.monotonic() + REST_MOST_S
    while ground.count(f"SELECT count(*) FROM errands WHERE kind IN ({_DUE[0]}, {_DUE[1]})"):
        if time.monotonic() > end:
            raise TimeoutError(f"payments were not carried within {REST_MOST_S} s")
        time.sleep(0.2)
