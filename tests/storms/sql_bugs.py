"""Three mistakes that only a real database shows, planted in the statements and the schema."""

from collections.abc import Callable
from datetime import date
from typing import Any

from psycopg import Connection

from cashlane.core.chart import Limited
from cashlane.core.known import Book
from cashlane.core.record import ErrandRow
from cashlane.store import payments
from cashlane.store.errands import Errands, _errand
from cashlane.store.payments import Unit

ZERO_DAY = date(2000, 1, 1)


def missing_zero_row(owner: Connection[Any], put: Callable[..., None]) -> None:
    """A drawer has no row before its first payment: there is nothing that two could wait for."""
    text = owner.execute("SELECT prosrc FROM pg_proc WHERE proname = 'record_v3'").fetchone()
    assert text is not None
    update, rest = text[0].split("UPDATE limits l", 1)
    _, after = rest.split("GET DIAGNOSTICS", 1)
    upsert = (
        "INSERT INTO limits AS l (bucket, kind, party, balance, most, receipts_day, receipts)"
        " SELECT d.bucket, d.kind, d.party, d.delta, 1000000000, d.receipts_day, d.receipts"
        " FROM each(p_limits) AS d"
        " ON CONFLICT (bucket, kind, party) DO UPDATE SET balance = l.balance + excluded.balance,"
        " receipts_day = excluded.receipts_day, receipts = excluded.receipts; GET DIAGNOSTICS"
    )
    _replace(owner, update + upsert + after)
    _forget_receipts(owner)
    owner.execute("DELETE FROM limits")
    load = Unit.load_known

    async def imagined(self: Unit, wanted: Any) -> Any:
        loaded = await load(self, wanted)
        for bucket, kind, party in wanted.books:
            empty = Book(bucket, 0, MOST, ZERO_DAY, 0)
            loaded.books.setdefault((Limited(kind), party), empty)
        return loaded

    put(Unit, "load_known", imagined)


MOST = 20_000
"""The limit of the drawer that has no row yet, in minor units."""


def check_then_insert(owner: Connection[Any], put: Callable[..., None]) -> None:
    """Whether a key was used is asked, and then it is written; no constraint minds."""
    owner.execute("ALTER TABLE asks DROP CONSTRAINT asks_pkey")
    owner.execute("ALTER TABLE asks DROP CONSTRAINT asks_bucket_hold_key")
    _forget_receipts(owner)
    unlocked = payments._SQL["lock_books"].replace("FOR UPDATE OF l", "")
    put(payments, "_SQL", payments._SQL | {"lock_books": unlocked})


def errands_read_by_id(_: Connection[Any], put: Callable[..., None]) -> None:
    """Errands are read past the last one seen: one that is committed late is never seen."""

    async def past_the_last(self: Any, kinds: Any, *_: Any, **__: Any) -> list[ErrandRow]:
        last = getattr(self, "_last", None)
        async with self._pool.connection() as work:
            cursor = await work.execute(
                "SELECT bucket, id, kind, due_at, payment, payment_date, count, subject"
                " FROM errands WHERE kind = ANY (%s) AND (%s::uuid IS NULL OR id > %s) ORDER BY id",
                (list(map(int, kinds)), last, last),
            )
            rows = [_errand(row) for row in await cursor.fetchall()]
        self._last = rows[-1].id if rows else last
        return rows

    put(Errands, "take", past_the_last)


def _forget_receipts(owner: Connection[Any]) -> None:
    """The number on the paper would still tell two writers apart."""
    owner.execute(
        "ALTER TABLE payments DROP CONSTRAINT payments_bucket_outlet_business_date_receipt_key"
    )


def _replace(owner: Connection[Any], body: str) -> None:
    head = owner.execute(
        "SELECT 'CREATE OR REPLACE FUNCTION record_v3(' || pg_get_function_arguments(oid)"
        " || ') RETURNS void LANGUAGE plpgsql AS ' FROM pg_proc WHERE proname = 'record_v3'"
    ).fetchone()
    assert head is not None
    owner.execute(f"{head[0]} $record${body}$record$")  # type: ignore[arg-type]
