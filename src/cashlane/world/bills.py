"""A biller's own accounts and open bills, and how they are loaded and looked up.

Customers are synthetic: the names are made up and belong to nobody.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from cashlane.values.money import AMOUNT_MAX
from cashlane.world.book import open_book_file

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Amount = Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]

BILLS_SCHEMA = """
CREATE TABLE IF NOT EXISTS bills (
    bill_ref TEXT PRIMARY KEY, account TEXT NOT NULL, period TEXT NOT NULL,
    amount INTEGER NOT NULL, due_on TEXT, customer TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'closed')),
    payment TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bills_by_account ON bills (account, period);
"""

ON_ACCOUNT_MOST = 50
"""Bills in one answer of the desk."""


class BillRow(Struct, frozen=True):
    """One bill as it is loaded into its biller's book; `amount` in fen."""

    bill_ref: Name
    account: Name
    period: Name
    amount: Amount
    due_on: date | None
    customer: Annotated[str, Meta(max_length=64)]


class OwedBill(Struct, frozen=True):
    """One bill as the biller's book holds it."""

    bill_ref: str
    account: str
    period: str
    amount: int
    due_on: date | None
    customer: str
    state: str
    payment: str | None


def book_path(folder: Path, party: str) -> Path:
    """Where a party of this world keeps its book."""
    return folder / f"{party}.db"


def load_bills(folder: Path, biller: str, rows: Iterable[BillRow]) -> int:
    """Load bills into a biller's book, whether its server runs or not; returns how many were new.

    A bill that is there already stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    connection = open_book_file(book_path(folder, biller), BILLS_SCHEMA)
    try:
        connection.execute("BEGIN IMMEDIATE")
        loaded = insert_bills(connection, rows)
        connection.execute("COMMIT")
    finally:
        connection.close()
    return loaded


def insert_bills(connection: sqlite3.Connection, rows: Iterable[BillRow]) -> int:
    """Insert bills inside the caller's transaction; returns how many were new."""
    before = connection.total_changes
    connection.executemany(
        "INSERT INTO bills (bill_ref, account, period, amount, due_on, customer)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            (row.bill_ref, row.account, row.period, row.amount, _text(row.due_on), row.customer)
            for row in rows
        ),
    )
    return connection.total_changes - before


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


_COLUMNS = "bill_ref, account, period, amount, due_on, customer, state, payment"


def find_bill(connection: sqlite3.Connection, bill_ref: str) -> OwedBill | None:
    """One bill by its reference."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM bills WHERE bill_ref = ?",  # noqa: S608 - own constant
        (bill_ref,),
    ).fetchone()
    return None if row is None else _bill(row)


def open_on_account(connection: sqlite3.Connection, account: str) -> list[OwedBill]:
    """The open bills of an account, oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM bills"  # noqa: S608 - own constant
        " WHERE account = ? AND state = 'open' ORDER BY period LIMIT ?",
        (account, ON_ACCOUNT_MOST),
    ).fetchall()
    return [_bill(row) for row in rows]


def knows_account(connection: sqlite3.Connection, account: str) -> bool:
    """Whether any bill, open or not, was ever written on this account."""
    found = connection.execute("SELECT 1 FROM bills WHERE account = ? LIMIT 1", (account,))
    return found.fetchone() is not None


def open_bills(connection: sqlite3.Connection) -> list[OwedBill]:
    """Every open bill, in the order of its reference."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM bills WHERE state = 'open' ORDER BY bill_ref"  # noqa: S608
    ).fetchall()
    return [_bill(row) for row in rows]


def _bill(row: Sequence[str | int | None]) -> OwedBill:
    ref, account, period, amount, due_on, customer, state, payment = row
    assert isinstance(amount, int)
    return OwedBill(
        str(ref), str(account), str(period), amount,
        None if due_on is None else date.fromisoformat(str(due_on)),
        str(customer), str(state), None if payment is None else str(payment),
    )  # fmt: skip
