"""What a large month weighs: `python -m tests.archive.weigh 500000` fills, archives and looks up.

Synthetic rows, written past the rules: nothing here is about what they say.
"""

import asyncio
import resource
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cashlane.audit.archive import Desk, put_away
from cashlane.home import Databases
from cashlane.store.audit import reading
from cashlane.store.connect import connect, open_pool
from cashlane.store.shelf import Shelf
from tests.archive.year import JANUARY, write_months
from tests.databases import running_server

DAY = date(2026, 1, 2)
PAYMENTS = """
    INSERT INTO payments
    SELECT (g %% 64)::smallint, 5, 3, (g / 64 %% 16000 + 100)::smallint, '2026-01-02',
           1000 + g %% 64 + g / 1024000 * 64, 11, 1, 1, 1, 1, gen_random_uuid(), gen_random_uuid(),
           NULL, NULL, '2026-01-02 08:00+00'::timestamptz + g * interval '3 ms',
           '2026-01-02 08:00+00', 12650, 12650, 12650, 20000, 7350, 1, 0, 0, 0, 0, 0, 0, 1, true,
           false, false, 'r' || g, 'a' || g, '2026-01' FROM generate_series(1, %s) g"""
FACTS = """
    INSERT INTO facts SELECT bucket, k, business_date, id, 1, 1, business_date, accepted_at,
           accepted_at, 't', NULL FROM payments, (VALUES (1), (5)) v(k) WHERE bill_ref LIKE 'r%'"""
POSTINGS = """
    INSERT INTO postings SELECT bucket, v.kind, business_date, 11, 1, id, v.accounts, v.parties,
           v.amounts FROM payments,
           (VALUES (1, '{1,2,1,7}'::smallint[], '{1,1,1,1}'::integer[],
                    '{12650,-12650,12650,-12650}'::bigint[]),
                   (2, '{2,4}', '{1,1}', '{12650,-12650}')) v(kind, accounts, parties, amounts)
     WHERE bill_ref LIKE 'r%'"""
SIZE = """
    SELECT sum(pg_total_relation_size(part)) FROM
    unnest(array['payments_2026_01', 'facts_2026_01', 'postings_2026_01']::regclass[]) part"""


def weigh(payments: int) -> None:
    """Print the seconds of each step, the sizes, and the most memory taken."""
    with (
        TemporaryDirectory() as spare,
        running_server(Path(spare) / "pg", None) as server,
        server.database() as ways,
    ):
        print(f"in the database: {_fill(ways, payments) / 1e6:.0f} MB")
        archive = Path(spare) / "archive"
        began = time.monotonic()
        step = _Steps()
        desk = Desk(
            ways.watch, ways.owner, archive, "0", lambda: datetime.now(UTC), lambda: True, step
        )
        print(put_away(desk, JANUARY).words.en)
        print(f"archived in {time.monotonic() - began:.1f} s, of which detaching"
              f" {time.monotonic() - step.compared:.1f} s")  # fmt: skip
        files = sum(file.stat().st_size for file in (archive / "2026-01").iterdir())
        print(f"in files: {files / 1e6:.0f} MB")
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"memory of this program at most: {most / 1024:.0f} MB")
        asyncio.run(_look_up(ways, archive))
        began = time.monotonic()
        with reading(ways.watch, archive) as books:
            assert books.counts().payments > payments
        print(f"laid beside the live rows in {time.monotonic() - began:.1f} s")


class _Steps:
    """Remembers when the comparing was over."""

    compared = 0.0

    def __call__(self, label: str, _: date) -> None:
        if label == "compared":
            self.compared = time.monotonic()


def _fill(ways: Databases, payments: int) -> int:
    write_months(ways, 5, each=12)
    with connect(ways.admin, autocommit=True) as admin:
        admin.execute(PAYMENTS, (payments,))
        admin.execute(FACTS)
        admin.execute(POSTINGS)
        admin.execute("VACUUM ANALYZE")
        (size,) = admin.execute(SIZE).fetchone() or (0,)
    return int(size)


async def _look_up(ways: Databases, archive: Path) -> None:
    pool = await open_pool(ways.watch, size=1)
    shelf = Shelf(pool, archive)
    for number in (100, 101, 102, 103, 104):
        began = time.monotonic()
        found = await shelf.receipt(7, outlet=1007, day=DAY, number=number)
        assert found is not None
        print(f"one receipt: {(time.monotonic() - began) * 1000:.0f} ms")
    await pool.close()


if __name__ == "__main__":
    weigh(int(sys.argv[1]))
