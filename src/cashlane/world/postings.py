"""A biller's posting book: which payments it has credited, and the rules by which it does.

The posting key is the network's payment id; nothing here is shared with the network's ledger.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct, structs

from cashlane.world.bills import Amount, Name, find_bill

POSTINGS_SCHEMA = """
CREATE TABLE IF NOT EXISTS postings (
    seq INTEGER PRIMARY KEY, payment TEXT NOT NULL, bill_ref TEXT NOT NULL,
    account TEXT NOT NULL, amount INTEGER NOT NULL, at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'posted' CHECK (state IN ('posted', 'voided')),
    denied INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS postings_by_payment ON postings (payment);
CREATE TABLE IF NOT EXISTS delayed (
    payment TEXT PRIMARY KEY, bill_ref TEXT NOT NULL, account TEXT NOT NULL,
    amount INTEGER NOT NULL, due_at REAL NOT NULL, hidden INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notices (
    payment TEXT PRIMARY KEY, bill_ref TEXT NOT NULL, account TEXT NOT NULL,
    amount INTEGER NOT NULL, accepted_at TEXT NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
"""

Result = Literal[
    "posted", "already_posted", "already_paid", "wrong_amount", "no_such_bill", "closed",
    "pending", "withdrawn",
]  # fmt: skip
"""The words of the posting desk. A refusal on order may carry any other word."""


class Posting(Struct, frozen=True):
    """One payment that a route asks the biller to credit; `amount` in fen."""

    payment: Name
    bill_ref: Name
    account: Name
    amount: Amount


class Notice(Struct, frozen=True):
    """The network's word that a bill's cash was taken: nobody is disconnected for it."""

    payment: Name
    bill_ref: Name
    account: Name
    amount: Amount
    accepted_at: Name


def take_notices(book: sqlite3.Connection, notices: Sequence[Notice], *, at: str) -> None:
    """Write notices down; one that is known stays as it was."""
    rows = [(*structs.astuple(one), at) for one in notices]
    book.executemany("INSERT OR IGNORE INTO notices VALUES (?, ?, ?, ?, ?, ?)", rows)


def notices_page(book: sqlite3.Connection, *, most: int) -> list[dict[str, Any]]:
    """The latest notices."""
    cursor = book.execute("SELECT * FROM notices ORDER BY at DESC, payment LIMIT ?", (most,))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


class Terms(Struct, frozen=True):
    """How a biller posts. `dedups`: one payment id is credited once. `short_most`: what may stay
    owed on the account (零头) of a bill that no coin can pay to the last fen."""

    dedups: bool
    short_most: int


class Answer(Struct, frozen=True):
    """The desk's answer about one payment; `amount` is what stands in the book, where it does."""

    payment: str
    result: str
    amount: int | None = None
    reference: str = ""
    since: str = ""


class Standing(Struct, frozen=True):
    """What the book says of one payment."""

    payment: str
    state: Literal["posted", "voided", "pending", "failed"]
    bill_ref: str
    amount: int
    times: int


def credit(connection: sqlite3.Connection, posting: Posting, *, at: str, terms: Terms) -> Answer:
    """Credit one payment, or say why not. At most once per payment id where the biller dedups."""
    earlier = _earlier(connection, posting.payment)
    if earlier and terms.dedups:
        return _repeat(posting, *earlier)
    bill = find_bill(connection, posting.bill_ref)
    if bill is None or bill.account != posting.account:
        return Answer(posting.payment, "no_such_bill")
    if bill.state == "closed":
        return Answer(posting.payment, "closed")
    if bill.state == "paid" and bill.payment != posting.payment:
        return Answer(posting.payment, "already_paid")
    if not 0 <= bill.amount - posting.amount <= terms.short_most:
        return Answer(posting.payment, "wrong_amount", bill.amount)
    return _enter(connection, posting, at)


def _earlier(connection: sqlite3.Connection, payment: str) -> tuple[int, int, str] | None:
    found: tuple[int, int, str] | None = connection.execute(
        "SELECT seq, amount, state FROM postings WHERE payment = ? ORDER BY seq LIMIT 1",
        (payment,),
    ).fetchone()
    return found


def _repeat(posting: Posting, seq: int, amount: int, state: str) -> Answer:
    result = "already_posted" if state == "posted" else "voided"
    return Answer(posting.payment, result, amount, f"R{seq:09d}")


def _enter(connection: sqlite3.Connection, posting: Posting, at: str) -> Answer:
    entered = connection.execute(
        "INSERT INTO postings (payment, bill_ref, account, amount, at) VALUES (?, ?, ?, ?, ?)",
        (posting.payment, posting.bill_ref, posting.account, posting.amount, at),
    )
    connection.execute(
        "UPDATE bills SET state = 'paid', payment = ? WHERE bill_ref = ?",
        (posting.payment, posting.bill_ref),
    )
    return Answer(posting.payment, "posted", posting.amount, f"R{entered.lastrowid:09d}")


def void(connection: sqlite3.Connection, payment: str) -> Answer:
    """Undo a credit and open its bill again; safe to repeat."""
    earlier = _earlier(connection, payment)
    if earlier is None:
        return Answer(payment, "not_found")
    seq, amount, state = earlier
    if state == "voided":
        return Answer(payment, "already_voided", amount, f"R{seq:09d}")
    connection.execute("UPDATE postings SET state = 'voided' WHERE payment = ?", (payment,))
    connection.execute(
        "UPDATE bills SET state = 'open', payment = NULL WHERE payment = ? AND state = 'paid'",
        (payment,),
    )
    return Answer(payment, "voided", amount, f"R{seq:09d}")


def deny(connection: sqlite3.Connection, payment: str) -> None:
    """Remember to contradict: the status desk will call this credited payment failed."""
    connection.execute("UPDATE postings SET denied = 1 WHERE payment = ?", (payment,))


def delay(
    connection: sqlite3.Connection, posting: Posting, *, due_at: float, hidden: bool
) -> Answer:
    """Put a posting off; a hidden one is not found until it is credited."""
    connection.execute(
        "INSERT INTO delayed (payment, bill_ref, account, amount, due_at, hidden)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            posting.payment, posting.bill_ref, posting.account, posting.amount,
            due_at, int(hidden),
        ),
    )  # fmt: skip
    return Answer(posting.payment, "pending")


def credit_due(connection: sqlite3.Connection, *, now: float, at: str, terms: Terms) -> int:
    """Credit what was put off and is due now; returns how many."""
    due = connection.execute(
        "SELECT payment, bill_ref, account, amount FROM delayed WHERE due_at <= ? LIMIT 500",
        (now,),
    ).fetchall()
    for row in due:
        credit(connection, Posting(*row), at=at, terms=terms)
        connection.execute("DELETE FROM delayed WHERE payment = ?", (row[0],))
    return len(due)


def anything_due(connection: sqlite3.Connection, now: float) -> bool:
    """Whether something that was put off is due."""
    found = connection.execute("SELECT 1 FROM delayed WHERE due_at <= ? LIMIT 1", (now,))
    return found.fetchone() is not None


def standing(connection: sqlite3.Connection, payment: str) -> Standing | None:
    """What became of a payment, as the status desk tells it."""
    row = connection.execute(
        "SELECT min(state), min(bill_ref), min(amount), count(*), max(denied)"
        " FROM postings WHERE payment = ?",
        (payment,),
    ).fetchone()
    if not row[3]:
        return _put_off(connection, payment)
    state, ref, amount, times, denied = row
    return Standing(payment, "failed" if denied else state, ref, amount, times)


def _put_off(connection: sqlite3.Connection, payment: str) -> Standing | None:
    row = connection.execute(
        "SELECT bill_ref, amount FROM delayed WHERE payment = ? AND NOT hidden", (payment,)
    ).fetchone()
    return None if row is None else Standing(payment, "pending", row[0], row[1], 0)


def book_totals(connection: sqlite3.Connection) -> dict[str, int]:
    """What the whole posting book adds up to, in fen."""
    rows = connection.execute(
        "SELECT state, count(*), sum(amount) FROM postings GROUP BY state"
    ).fetchall()
    found = {state: (count, amount) for state, count, amount in rows}
    posted, voided = found.get("posted", (0, 0)), found.get("voided", (0, 0))
    return {
        "posted_count": posted[0], "posted_amount": posted[1],
        "voided_count": voided[0], "voided_amount": voided[1],
    }  # fmt: skip


def book_page(connection: sqlite3.Connection, *, after: int, most: int) -> list[dict[str, Any]]:
    """The postings that follow `after`, in the order they were made."""
    rows = connection.execute(
        "SELECT seq, payment, bill_ref, account, amount, state, at FROM postings"
        " WHERE seq > ? ORDER BY seq LIMIT ?",
        (after, most),
    ).fetchall()
    names = ("seq", "payment", "bill_ref", "account", "amount", "state", "at")
    return [dict(zip(names, row, strict=True)) for row in rows]
