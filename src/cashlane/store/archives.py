"""Months put away, on the side of the database: what stands open, their rows, their detaching.

A month leaves the books in one write: its tables are detached, its manifest and what its entries
amount to are kept. Until that write it is in the books, from it on it is in the files.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct
from psycopg import Connection, IsolationLevel, errors, sql

from cashlane.core.archiving import SETTLED, Standing
from cashlane.core.record import ErrandKind
from cashlane.store.connect import connect
from cashlane.store.parquet import Column
from cashlane.store.schema import PARTITIONED, months, partitions
from cashlane.store.statements import statements
from cashlane.values.ids import BUCKETS
from cashlane.values.text import Text

_SQL = statements("archives.sql")
LOCK_WITHIN_MS = 1_000
"""A fifth of a till's patience: tills wait behind whoever waits for this lock."""


class Table(Struct, frozen=True):
    """A table that is put away by month: the date that divides it, and the order of its file.

    Payments lie as papers are looked for: by outlet, day and number.
    """

    date: str
    order: tuple[str, ...]


TABLES: Mapping[str, Table] = {
    "payments": Table("business_date", ("bucket", "outlet", "business_date", "receipt")),
    "facts": Table(
        "payment_date", ("bucket", "payment_date", "payment", "kind", "route", "attempt")
    ),
    "entries": Table("business_date", ("bucket", "business_date", "payment", "line")),
}
"""What is put away together, one file each. Entries are the lines of postings: a view."""


class Packed(Struct, frozen=True):
    """A table's file: its rows, the SHA-256 of the file, and that of its rows as lines."""

    rows: int
    sha256: str
    digest: str
    columns: tuple[Column, ...]


class AccountSum(Struct, frozen=True):
    """What a kind of account was debited and credited, in minor units."""

    account: int
    debit: int
    credit: int


class Manifest(Struct, frozen=True):
    """What a month's files hold, and which program made them, when, of which schema."""

    month: date
    network: Text
    version: str
    revision: str
    written_at: datetime
    tables: Mapping[str, Packed]
    accounts: tuple[AccountSum, ...]

    def table(self, name: str) -> str:
        """What the month's part of a table is called."""
        return detached(name, self.month)


class Balance(Struct, frozen=True):
    """What an account was debited and credited on a business date, in minor units."""

    business_date: date
    account: int
    party: int
    debit: int
    credit: int


class BusyError(Exception):
    """The tables could not be locked in time: somebody reads them for long."""


class MovedOnError(Exception):
    """Something was written about the month after its files were made."""


def detached(table: str, month: date) -> str:
    """What a month's part of a table is called, before and after it is detached."""
    return f"{table}_{month:%Y_%m}"


class Months:
    """One snapshot of the months, as the watching role. Made by `months_of`."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def archived(self) -> dict[date, Manifest]:
        """The months put away."""
        return archived(self._connection)

    def dropped(self) -> set[date]:
        """The months of which nothing but the files is left."""
        return {month for (month,) in self._connection.execute(_SQL["dropped"]).fetchall()}

    def live(self) -> list[date]:
        """The months in the database, the oldest first."""
        names = (name.rsplit("_", 2) for name in partitions(self._connection))
        return sorted(
            date(int(year), int(month), 1) for table, year, month in names if table == "payments"
        )

    def standing(self, month: date) -> Standing:
        """What is still open about a month."""
        asked = _span(month) | {"settled": sorted(SETTLED), "cases": ErrandKind.CASE}
        row = self._connection.execute(_SQL["standing"], asked).fetchone()
        assert row is not None
        today, days_open, unsettled, errands, cases = row
        live = self.live()
        return Standing(
            month=month, today=today, exists=month in live, days_open=days_open,
            older=next((one for one in live if one < month), None),
            unsettled=unsettled, errands=errands, cases=cases,
        )  # fmt: skip

    def network(self) -> Text:
        """Whose books these are. Raises LookupError before a network was loaded."""
        row = self._connection.execute(_SQL["network"]).fetchone()
        if row is None:
            raise LookupError("there is no network in this database")
        return msgspec.convert(row[0], Text)

    def revision(self) -> str:
        """The schema's revision."""
        row = self._connection.execute(_SQL["revision"]).fetchone()
        assert row is not None, "a database that was migrated says so"
        return str(row[0])

    def columns(self, table: str) -> tuple[Column, ...]:
        """A table's columns."""
        rows = self._connection.execute(_SQL["columns"], {"table": table}).fetchall()
        return tuple(Column(name, kind) for name, kind in rows)

    def pour(
        self, table: str, month: date, source: str, columns: Sequence[Column],
        out: Callable[[bytes], object],
    ) -> int:  # fmt: skip
        """Write a month's rows of a table as lines, bucket by bucket; answer how many."""
        shape = TABLES[table]
        query = sql.SQL(_SQL["lines"]).format(
            columns=sql.SQL(", ").join(map(_as_text, columns)),
            table=sql.Identifier(source),
            date=sql.Identifier(shape.date),
            order=sql.SQL(", ").join(map(sql.Identifier, shape.order)),
        )
        return sum(
            self._pour_bucket(query, _span(month) | {"bucket": bucket}, out)
            for bucket in range(BUCKETS)
        )

    def _pour_bucket(
        self, query: sql.Composed, values: Mapping[str, object], out: Callable[[bytes], object]
    ) -> int:
        with self._connection.cursor() as cursor:
            with cursor.copy(query, values) as copy:
                for chunk in copy:
                    out(bytes(chunk))
            return cursor.rowcount

    def balances(self, month: date) -> list[Balance]:
        """What a month's entries amount to."""
        rows = self._connection.execute(_SQL["balances"], _span(month)).fetchall()
        return [Balance(*row) for row in rows]


def archived(connection: Connection[Any]) -> dict[date, Manifest]:
    """The months put away, as a connection sees them."""
    rows = connection.execute(_SQL["archived"]).fetchall()
    return {month: msgspec.convert(manifest, Manifest) for month, manifest in rows}


@contextmanager
def months_of(dsn: str) -> Iterator[Months]:
    """One read-only snapshot."""
    with connect(dsn) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield Months(connection)


def detach(
    dsn: str, manifest: Manifest, balances: Sequence[Balance], now: datetime,
    step: Callable[[str], None],
) -> None:  # fmt: skip
    """Take a month out of the books as their owner, in one write.

    Only facts can come to a closed month, and whatever changes a payment leaves one: where their
    count is still what it was, nothing was changed. Raises BusyError and MovedOnError.
    """
    with connect(dsn) as owner, _unhurried(owner):
        owner.execute(_SQL["lock"])
        for table in PARTITIONED:
            _for_tables(owner, "detach", parent=table, table=manifest.table(table))
        _for_tables(owner, "show_lines", **_tables_of(manifest))
        step("detached")
        facts = _for_tables(owner, "rows", table=manifest.table("facts")).fetchone()
        if facts != (manifest.tables["facts"].rows,):
            raise MovedOnError(manifest.month)
        for table in PARTITIONED:
            _for_tables(owner, "close", table=manifest.table(table))
        kept = {"month": manifest.month, "now": now, "manifest": _json(manifest)}
        owner.execute(_SQL["keep"], kept)
        owner.execute(_SQL["keep_balances"], {"month": manifest.month, "balances": _json(balances)})
        step("kept")


def drop(dsn: str, manifest: Manifest, now: datetime) -> None:
    """Drop a month's detached tables as their owner. Raises BusyError."""
    with connect(dsn) as owner, _unhurried(owner):
        _for_tables(owner, "drop", **_tables_of(manifest))
        owner.execute(_SQL["keep_drop"], {"month": manifest.month, "now": now})


@contextmanager
def _unhurried(owner: Connection[Any]) -> Iterator[None]:
    try:
        owner.execute(_SQL["wait_briefly"], {"within": str(LOCK_WITHIN_MS)})
        yield
    except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
        raise BusyError(str(error)) from error


def _for_tables(connection: Connection[Any], name: str, **tables: str) -> Any:
    places = {place: sql.Identifier(table) for place, table in tables.items()}
    return connection.execute(sql.SQL(_SQL[name]).format(**places))


def _tables_of(manifest: Manifest) -> dict[str, str]:
    return {table: manifest.table(table) for table in {*PARTITIONED, *TABLES}}


def _span(month: date) -> dict[str, Any]:
    return {"month": month, "after": months(month, 2)[1]}


def _as_text(column: Column) -> sql.Composed:
    """A column as the lines have it: as PostgreSQL writes it, but for moments and yes and no."""
    form = {
        "boolean": "{}::integer",
        "timestamp with time zone": "to_char({} AT TIME ZONE 'UTC',"
        ' \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')',
    }.get(column.kind, "{}")
    return sql.SQL(form).format(sql.Identifier(column.name))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
