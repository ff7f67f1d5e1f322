"""A chain's own journal of counter sales: the key of each is on disk before it is first sent.

The chain counts its cash by this journal alone; nothing in it comes from the network's ledger.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

State = Literal[
    "sent", "unknown", "accepted", "in_doubt", "paid", "not_paid", "refused", "abandoned"
]
"""sent: cash in hand, the network asked. unknown: no answer, a slip was given. accepted: the
network holds the payment. in_doubt: it does, and the biller has not answered. paid, not_paid:
its last word. refused, abandoned: nothing was taken, the cash goes back."""

KEEPS_CASH: tuple[State, ...] = ("sent", "unknown", "accepted", "in_doubt", "paid")
OPEN: tuple[State, ...] = ("sent", "unknown", "accepted", "in_doubt")

POS_SCHEMA = """
CREATE TABLE IF NOT EXISTS sales (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
    outlet TEXT NOT NULL, till TEXT NOT NULL, bill_ref TEXT NOT NULL, hold TEXT NOT NULL,
    cash_due INTEGER NOT NULL, tendered INTEGER NOT NULL,
    business_date TEXT NOT NULL, at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'sent', slip INTEGER NOT NULL DEFAULT 0,
    payment TEXT NOT NULL DEFAULT '', receipt TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '', tries INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS sales_open ON sales (next_at)
    WHERE state IN ('sent', 'unknown', 'accepted', 'in_doubt');
"""


class Sale(Struct, frozen=True):
    """One sale. `seq` is the POS number; `slip`: the customer left with an acceptance slip."""

    seq: int
    key: str
    outlet: str
    till: str
    hold: str
    cash_due: int
    tendered: int
    state: State
    slip: bool
    payment: str
    receipt: str
    reason: str
    tries: int


_COLUMNS = (
    "seq, key, outlet, till, hold, cash_due, tendered, state, slip, payment, receipt, reason, tries"
)


def begin(connection: sqlite3.Connection, sale: Mapping[str, Any]) -> Sale:
    """Enter a sale whose cash is on the counter and whose key has not been sent yet."""
    entered = connection.execute(
        "INSERT INTO sales (key, outlet, till, bill_ref, hold, cash_due, tendered,"
        " business_date, at, next_at) VALUES (:key, :outlet, :till, :bill_ref, :hold,"
        " :cash_due, :tendered, :business_date, :at, :next_at)",
        sale,
    )
    assert entered.lastrowid is not None
    found = find(connection, entered.lastrowid)
    assert found is not None
    return found


def find(connection: sqlite3.Connection, seq: int) -> Sale | None:
    """One sale by its POS number."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM sales WHERE seq = ?",  # noqa: S608 - own constant
        (seq,),
    ).fetchone()
    return None if row is None else _sale(row)


def _sale(row: Sequence[Any]) -> Sale:
    seq, key, outlet, till, hold, cash_due, tendered, state, slip, *rest = row
    payment, receipt, reason, tries = rest
    return Sale(
        seq, key, outlet, till, hold, cash_due, tendered, state,
        bool(slip), payment, receipt, reason, tries,
    )  # fmt: skip


def resume(connection: sqlite3.Connection) -> None:
    """After a start: sales that a crash caught at the counter are looked after at once."""
    connection.execute("UPDATE sales SET next_at = 0 WHERE state = 'sent'")


def enter(connection: sqlite3.Connection, sale: Sale, next_at: float) -> Sale:
    """Enter what became of a sale."""
    connection.execute(
        "UPDATE sales SET state = ?, slip = ?, payment = ?, receipt = ?, reason = ?, tries = ?,"
        " next_at = ? WHERE seq = ?",
        (
            sale.state, int(sale.slip), sale.payment, sale.receipt, sale.reason, sale.tries,
            next_at, sale.seq,
        ),
    )  # fmt: skip
    return sale


def due(connection: sqlite3.Connection, now: float, most: int) -> list[Sale]:
    """Open sales that are to be looked after now."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM sales"  # noqa: S608 - own constant
        " WHERE state IN ('sent', 'unknown', 'accepted', 'in_doubt') AND next_at <= ?"
        " ORDER BY next_at LIMIT ?",
        (now, most),
    ).fetchall()
    return [_sale(row) for row in rows]


def sale_totals(connection: sqlite3.Connection) -> dict[str, Any]:
    """Counts and cash by state, in fen; `owed_back` is owed to people who left with a slip."""
    by_state = {
        state: {"count": count, "cash": cash}
        for state, count, cash in connection.execute(
            "SELECT state, count(*), sum(cash_due) FROM sales GROUP BY state"
        )
    }
    (owed,) = connection.execute(
        "SELECT coalesce(sum(cash_due), 0) FROM sales"
        " WHERE slip AND state IN ('refused', 'not_paid', 'abandoned')"
    ).fetchone()
    return _totals(by_state, owed)


def _totals(by_state: dict[str, dict[str, int]], owed: int) -> dict[str, Any]:
    def together(*states: str) -> dict[str, int]:
        rows = [by_state[state] for state in states if state in by_state]
        return {key: sum(row[key] for row in rows) for key in ("count", "cash")}

    return {
        "paid": together("paid"),
        "refused": together("refused", "abandoned", "not_paid"),
        "in_doubt": together(*OPEN),
        "cash_taken": together(*KEEPS_CASH)["cash"],
        "owed_back": owed,
        "by_state": by_state,
    }


def sale_page(
    connection: sqlite3.Connection, *, after: int, most: int, business_date: str
) -> list[dict[str, Any]]:
    """The sales that follow `after`, of one business date or (empty) of all."""
    rows = connection.execute(
        "SELECT seq, key, outlet, till, bill_ref, cash_due, tendered, business_date, at, state,"
        " slip, payment, receipt, reason FROM sales"
        " WHERE seq > ? AND (? = '' OR business_date = ?) ORDER BY seq LIMIT ?",
        (after, business_date, business_date, most),
    ).fetchall()
    names = (
        "seq", "key", "outlet", "till", "bill_ref", "cash_due", "tendered", "business_date",
        "at", "state", "slip", "payment", "receipt", "reason",
    )  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in rows]
