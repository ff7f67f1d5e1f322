"""What a payment weighs: the bytes of its rows and their indexes, after VACUUM.

Payments are taken one by one at a steady rate, each of a bill of its own, so that every row that
was added belongs to one of them.
"""

import time
from collections.abc import Sequence

from msgspec import Struct

from bench.arrivals import arrive, not_taken
from bench.ground import Ground
from bench.holds import Holder, pay
from bench.outside import ROUTE, partner
from cashlane.core.payment import State
from cashlane.store.connect import connect

OWN = ("asks", "payments", "postings", "facts", "claims")
"""What a payment leaves for ever; attempts are facts, and entries a view of postings."""
BESIDE = ("errands", "batches", "shifts", "visits")
"""Work that is deleted when it is done, and rows that many payments share."""
PER_S = 500
LINES = 200
CONFIRMED_WITHIN_S = 300.0
SHARES = 4
"""Payments are confirmed in so many shares, and VACUUM comes after each, as it does in books that
live: what a step of a life leaves behind is room for the next payments."""


class Weight(Struct, frozen=True):
    """Bytes a payment by table: its own rows, and what lies beside them."""

    own: dict[str, float]
    beside: dict[str, float]

    @property
    def bytes(self) -> float:
        """What one payment weighs."""
        return sum(self.own.values())


class Scale:
    """An empty city's tables, and what payments add to them."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._empty = bytes_by_table(ground)
        self._payments = 0

    def take(self, seconds: int) -> None:
        """Have payments accepted for so long. Raises where one was not taken."""
        holds = Holder(self._ground, route=ROUTE).make(PER_S * seconds)
        requests = [pay(held) for held in holds]
        with self._ground.api() as address:
            answers = arrive(address, requests, per_s=PER_S, lines=LINES, then=None).answered
        if not_taken(answers):
            raise RuntimeError(f"{not_taken(answers)} of {len(answers)} pays were not taken")
        self._payments += len(answers)

    def confirm(self) -> None:
        """Have all of them carried and confirmed, and their bills marked paid."""
        with partner(self._ground), self._ground.worker():
            end = time.monotonic() + CONFIRMED_WITHIN_S
            while self._ground.count(_OPEN):
                if time.monotonic() > end:
                    raise TimeoutError(f"not all were confirmed within {CONFIRMED_WITHIN_S} s")
                time.sleep(0.2)

    def tidy(self) -> None:
        """What no row needs any more becomes room again."""
        tidy(self._ground, OWN)

    def weigh(self) -> Weight:
        """What each of them weighs now."""
        now = bytes_by_table(self._ground)
        each = {table: (now[table] - self._empty[table]) / self._payments for table in now}
        return Weight(*({table: each[table] for table in kind} for kind in (OWN, BESIDE)))


_OPEN = (
    f"SELECT (SELECT count(*) FROM payments WHERE state <> {int(State.CONFIRMED)})"
    " + (SELECT count(*) FROM errands)"
)


def tidy(ground: Ground, tables: Sequence[str]) -> None:
    """As the books' own housekeeping leaves them."""
    with connect(ground.database, autocommit=True) as admin:
        for table in tables:
            admin.execute(f"VACUUM (ANALYZE) {table}".encode())


def bytes_by_table(ground: Ground) -> dict[str, int]:
    """Bytes of each table of money with its partitions and indexes, tidied up before."""
    found = {}
    tidy(ground, (*OWN, *BESIDE))
    with connect(ground.database) as admin:
        for table in (*OWN, *BESIDE):
            row = admin.execute(
                "SELECT greatest(pg_total_relation_size(%s::regclass),"
                " (SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(%s)))",
                (table, table),
            ).fetchone()
            assert row is not None
            found[table] = int(row[0])
    return found
