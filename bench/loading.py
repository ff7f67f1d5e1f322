"""Loading a past through COPY: quick enough that ten million payments are in the books in minutes.

The next share is made while the one before it is on its way to the database.
"""

import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from psycopg import Connection

from bench.ground import DAY, SEED, Ground
from bench.past import BILLS_EACH, COLUMNS, Lines, Past, past_of
from bench.weight import tidy
from cashlane.main import network_of
from cashlane.store.connect import connect
from cashlane.store.schema import ensure_partitions

DAYS = 100
"""Ten million payments are a hundred business days of a city."""
SHARE = 250
"""Moments that go to the database together."""
BYTES_MOST = 2_500
"""No payment of the past weighs more: so much room is wanted before it is begun."""
SPARE_BYTES = 8 << 30
"""The database's log and what a run writes beside the past."""


def load(ground: Ground, payments: int, *, days: int) -> float:
    """Put so many payments of the days before into the books; how many a second it was.

    Nothing is loaded where a past is in the books already (a folder that was kept).
    """
    begun = time.monotonic()
    if ground.count(f"SELECT count(*) FROM business_days WHERE business_date < '{DAY}'"):
        return 0.0
    _require_room(ground, payments)
    past = past_of(
        network_of(ground.house), day=DAY, seed=SEED, households=max(1, payments // BILLS_EACH)
    )
    _make_months(ground, days)
    with connect(ground.database) as books, ThreadPoolExecutor(1) as beside:
        # Nobody waits for what is loaded: a crash would begin anew.
        books.execute("SET synchronous_commit = off")
        under_way: Future[None] | None = None
        for share in _shares(past, payments, days):
            if under_way is not None:
                under_way.result()
            under_way = beside.submit(copy_share, books, share)
            _tell(past.count, payments, begun)
        if under_way is not None:
            under_way.result()
        fill_drawers(books, past)
    per_s = payments / (time.monotonic() - begun)
    tidy(ground, (*COLUMNS, "limits"))
    ground.checkpoint()
    return per_s


def _require_room(ground: Ground, payments: int) -> None:
    wanted, free = payments * BYTES_MOST + SPARE_BYTES, free_bytes(ground)
    if free < wanted:
        raise RuntimeError(f"{wanted >> 30} GB are wanted in {ground.house.settings.data},"
                           f" {free >> 30} GB are free")  # fmt: skip


def free_bytes(ground: Ground) -> int:
    return shutil.disk_usage(ground.house.settings.data).free


def _make_months(ground: Ground, days: int) -> None:
    first = (DAY - timedelta(days=days)).replace(day=1)
    with connect(ground.house.databases().owner) as owner:
        while first < DAY:
            ensure_partitions(owner, first)
            first = (first + timedelta(days=31)).replace(day=1)


def _shares(past: Past, payments: int, days: int) -> Iterator[Lines]:
    """All rows in the order of time, some moments together."""
    share, held = _empty(), 0
    for number in range(days):
        due = payments * (number + 1) // days - payments * number // days
        for lines in past.day(DAY - timedelta(days=days - number), due):
            for table, rows in lines.items():
                share[table] += rows
            held += 1
            if held == SHARE:
                yield share
                share, held = _empty(), 0
    yield share


def _empty() -> Lines:
    return {table: [] for table in COLUMNS}


def copy_share(books: Connection[Any], share: Lines) -> None:
    with books.transaction():
        for table, rows in share.items():
            copy_rows(books, f"{table} ({COLUMNS[table]})", rows)


def copy_rows(books: Connection[Any], into: str, rows: Iterable[str]) -> None:
    """Rows as COPY reads them, into a table and its columns."""
    text = "\n".join(rows)
    if text:
        with books.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN".encode()) as copy:
            copy.write(text + "\n")


def fill_drawers(books: Connection[Any], past: Past) -> None:
    """Each drawer's row says what it holds and which receipt was its last: the past's, unless it
    gave one today."""
    books.execute(
        "CREATE TEMPORARY TABLE drawers (outlet integer, cash bigint, day date, receipts integer)"
    )
    copy_rows(books, "drawers", (
        f"{outlet}\t{one.cash}\t{one.day}\t{one.receipts}" for outlet, one in past.accounts.items()
    ))  # fmt: skip
    books.execute(
        "UPDATE limits l SET balance = l.balance + d.cash,"
        " receipts = CASE WHEN l.receipts_day < d.day THEN d.receipts ELSE l.receipts END,"
        " receipts_day = greatest(l.receipts_day, d.day)"
        "  FROM drawers d WHERE l.kind = 1 AND l.party = d.outlet"
    )


def _tell(done: int, payments: int, begun: float) -> None:
    """How far it is, on one line of the terminal."""
    per_s = done / max(time.monotonic() - begun, 0.1)
    sys.stderr.write(f"\rloading {done:,} of {payments:,} payments, {per_s:,.0f} a second ")
    sys.stderr.write("\n" * (done == payments))
    sys.stderr.flush()
