"""A route's own journal: what it received, forwarded and was answered.

A payment is in the journal before it is forwarded, so that a crash forgets nothing it was given.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from cashlane.world.faults import Strike

JOURNAL_SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY, payment TEXT NOT NULL, biller TEXT NOT NULL,
    bill_ref TEXT NOT NULL, account TEXT NOT NULL, amount INTEGER NOT NULL,
    outlet TEXT NOT NULL, receipt TEXT NOT NULL, received_at TEXT NOT NULL,
    due_at REAL NOT NULL, hidden INTEGER NOT NULL DEFAULT 0,
    result TEXT, reference TEXT NOT NULL DEFAULT '', twist TEXT NOT NULL DEFAULT '',
    voided INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS journal_by_payment ON journal (payment);
CREATE INDEX IF NOT EXISTS journal_open ON journal (due_at) WHERE result IS NULL;
"""

INLINE_S = 15.0
"""A payment being forwarded right now is left alone by the follow-up for so long."""

DELAY_MS = 2000
"""How late a late answer is, where the fault does not say."""
POSTED = frozenset({"posted", "already_posted"})


class Carried(Struct, frozen=True):
    """One payment as a route receives it; `amount` in fen."""

    payment: str
    biller: str
    bill_ref: str
    account: str
    amount: int
    outlet: str
    receipt: str


class Said(Struct, frozen=True):
    """What a route says of a payment, before its own wire puts that into codes."""

    payment: str
    result: str
    amount: int
    reference: str
    since: str


class Row(Struct, frozen=True):
    """One line of the journal."""

    seq: int
    payment: str
    biller: str
    bill_ref: str
    account: str
    amount: int
    hidden: bool
    result: str | None
    reference: str
    twist: str
    voided: bool


class Received(Struct, frozen=True):
    """What is to be done about a payment just received: forward its row, or say at once."""

    row: Row
    step: Literal["forward", "forward_twice", "say"]
    since: str


_COLUMNS = (
    "seq, payment, biller, bill_ref, account, amount, hidden, result, reference, twist, voided"
)


def receive(
    connection: sqlite3.Connection,
    carried: Carried,
    strike: Strike | None,
    *,
    at: str,
    now: float,
    dedups: bool,
) -> Received:
    """Enter a payment. A route that dedups answers a repeat out of its journal."""
    known = dedups and not _forgotten(connection, carried.payment, strike, at)
    earlier = latest(connection, carried.payment) if known else None
    if earlier and (earlier.result is None or earlier.result in POSTED):
        return Received(earlier, "say", "")
    if earlier:
        return _again(connection, earlier, strike, now)
    return _fresh(connection, carried, strike, at=at, now=now)


def _forgotten(
    connection: sqlite3.Connection, payment: str, strike: Strike | None, at: str
) -> bool:
    """Whether a forgetful route knew this payment too long ago to know it again."""
    if strike is None or strike.behaviour != "forgets":
        return False
    newest: str | None = connection.execute(
        "SELECT max(received_at) FROM journal WHERE payment = ?", (payment,)
    ).fetchone()[0]
    if newest is None:
        return False
    age = datetime.fromisoformat(at) - datetime.fromisoformat(newest)
    return age >= timedelta(milliseconds=strike.ms)


def _again(
    connection: sqlite3.Connection, earlier: Row, strike: Strike | None, now: float
) -> Received:
    """A payment that was refused before is tried anew: the reason may be gone."""
    connection.execute(
        "UPDATE journal SET result = NULL, due_at = ? WHERE seq = ?",
        (now + INLINE_S, earlier.seq),
    )
    return _struck(connection, earlier.seq, strike, now)


def _fresh(
    connection: sqlite3.Connection, carried: Carried, strike: Strike | None, *, at: str, now: float
) -> Received:
    entered = connection.execute(
        "INSERT INTO journal (payment, biller, bill_ref, account, amount, outlet, receipt,"
        " received_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            carried.payment, carried.biller, carried.bill_ref, carried.account, carried.amount,
            carried.outlet, carried.receipt, at, now + INLINE_S,
        ),
    )  # fmt: skip
    assert entered.lastrowid is not None
    return _struck(connection, entered.lastrowid, strike, now)


def _struck(
    connection: sqlite3.Connection, seq: int, strike: Strike | None, now: float
) -> Received:
    """What a fault makes of the row just entered."""
    match strike.behaviour if strike else None:
        case "refuses" | "withdrawn" if strike:
            answer(connection, seq, strike.code or strike.behaviour, "")
            return Received(row(connection, seq), "say", strike.since)
        case "pending" | "early_not_found" if strike:
            hidden = strike.behaviour == "early_not_found"
            put_off(connection, seq, now + (strike.ms or DELAY_MS) / 1000, hidden=hidden)
            return Received(row(connection, seq), "say", "")
        case "contradictory" if strike:
            twist(connection, seq, "ok_then_failed" if strike.odd else "failed_then_ok")
        case "in_files_only" | "other_cut_off" as face:
            twist(connection, seq, face)
        case "duplicate":
            return Received(row(connection, seq), "forward_twice", "")
    return Received(row(connection, seq), "forward", "")


def row(connection: sqlite3.Connection, seq: int) -> Row:
    """One line by its number."""
    return _row(
        connection.execute(
            f"SELECT {_COLUMNS} FROM journal WHERE seq = ?",  # noqa: S608 - own constant
            (seq,),
        ).fetchone()
    )


def latest(connection: sqlite3.Connection, payment: str) -> Row | None:
    """The line that counts for a payment: a posted one before any other, else the newest."""
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM journal WHERE payment = ?"  # noqa: S608 - own constant
        " ORDER BY coalesce(result, '') IN ('posted', 'already_posted') DESC, seq DESC LIMIT 1",
        (payment,),
    ).fetchone()
    return None if found is None else _row(found)


def _row(found: Sequence[Any]) -> Row:
    seq, payment, biller, ref, account, amount, hidden, *rest = found
    result, reference, turned, voided = rest
    return Row(
        seq, payment, biller, ref, account, amount,
        bool(hidden), result, reference, turned, bool(voided),
    )  # fmt: skip


def answer(connection: sqlite3.Connection, seq: int, result: str, reference: str) -> None:
    """Enter what the biller answered, or what was refused without asking it."""
    connection.execute(
        "UPDATE journal SET result = ?, reference = ?, hidden = 0 WHERE seq = ?",
        (result, reference, seq),
    )


def put_off(connection: sqlite3.Connection, seq: int, due_at: float, *, hidden: bool) -> None:
    """Forward this payment later; a hidden one is not found until then."""
    connection.execute(
        "UPDATE journal SET due_at = ?, hidden = ? WHERE seq = ?", (due_at, int(hidden), seq)
    )


def twist(connection: sqlite3.Connection, seq: int, face: str) -> None:
    """Remember how this payment is to be told of otherwise than it is."""
    connection.execute("UPDATE journal SET twist = ? WHERE seq = ?", (face, seq))


def void(connection: sqlite3.Connection, payment: str) -> None:
    """Enter that the biller undid a payment."""
    connection.execute("UPDATE journal SET voided = 1 WHERE payment = ?", (payment,))


def due(connection: sqlite3.Connection, now: float, most: int) -> list[Row]:
    """Open lines whose time to be forwarded has come."""
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM journal WHERE result IS NULL AND due_at <= ?"  # noqa: S608
        " ORDER BY due_at LIMIT ?",
        (now, most),
    ).fetchall()
    return [_row(line) for line in found]


def journal_totals(connection: sqlite3.Connection) -> dict[str, int]:
    """What the journal adds up to, in fen. A bank counts every message it carried out."""
    counted = connection.execute(
        "SELECT"
        " count(*) FILTER (WHERE result IN ('posted', 'already_posted') AND NOT voided),"
        " coalesce(sum(amount) FILTER (WHERE result IN ('posted', 'already_posted')"
        " AND NOT voided), 0),"
        " count(*) FILTER (WHERE voided), coalesce(sum(amount) FILTER (WHERE voided), 0),"
        " count(*) FILTER (WHERE result IS NULL), count(*) FROM journal"
    ).fetchone()
    names = (
        "posted_count", "posted_amount", "voided_count", "voided_amount",
        "open_count", "received_count",
    )  # fmt: skip
    return dict(zip(names, counted, strict=True))


def journal_page(connection: sqlite3.Connection, *, after: int, most: int) -> list[dict[str, Any]]:
    """The lines that follow `after`."""
    found = connection.execute(
        "SELECT seq, payment, biller, bill_ref, amount, outlet, receipt, received_at,"
        " coalesce(result, 'open'), reference, voided,"
        # The city's clock is eight hours ahead of UTC; one with another cut-off is a day ahead.
        " date(received_at, '+8 hours', iif(twist = 'other_cut_off', '+1 day', '+0 days'))"
        " FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
        (after, most),
    ).fetchall()
    names = (
        "seq", "payment", "biller", "bill_ref", "amount", "outlet", "receipt", "at",
        "result", "reference", "voided", "business_date",
    )  # fmt: skip
    return [dict(zip(names, line, strict=True)) for line in found]
