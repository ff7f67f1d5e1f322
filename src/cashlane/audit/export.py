"""The ledger handed out as plain text, so that anybody can add it up with a program of their own.

Written as a stream: per payment where a day is small, summed by outlet, biller and kind of
posting where it is large.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Literal, TextIO
from uuid import UUID

from cashlane.audit.accounts import AccountNames, Named
from cashlane.audit.journal import JOURNALS, Format, Move, Transaction
from cashlane.audit.trial_balance import party_of
from cashlane.core.chart import Account
from cashlane.core.postings import LINES_PER_POSTING, Posting
from cashlane.store.audit import DayBalance, DayLine, DaySum, Party, Reading
from cashlane.values.ids import spell
from cashlane.values.text import Text

Grouping = Literal["payment", "summed", "auto"]

PER_PAYMENT_MOST = 10_000
"""Payments of a day that are still written one by one: more than a person or a tool likes."""

POSTINGS: dict[Posting, Text] = {
    Posting.CASH_IN: Text("收款", "cash taken"),
    Posting.CONFIRM: Text("销账", "confirmed by the biller"),
    Posting.RETURN: Text("退还现金", "cash handed back"),
    Posting.REFUND_AFTER_DECLINE: Text("转待退", "owed back after a decline"),
    Posting.REVERSAL: Text("冲正", "reversed"),
    Posting.REFUND_AFTER_CONFIRM: Text("转待退", "owed back after confirmation"),
    Posting.REFUNDED: Text("退款", "refunded"),
}


class IncompleteError(Exception):
    """Archived months cannot be read; the text names their files."""


def export(
    books: Reading, out: TextIO, *, form: Format, grouping: Grouping, day: date | None
) -> int:
    """Write the ledger of one business date, or of all, and answer how many transactions it has.

    With "auto" each day is written per payment up to PER_PAYMENT_MOST payments. Raises
    IncompleteError where an archived month cannot be read: half a ledger adds up to anything.
    """
    if not books.whole:
        raise IncompleteError("\n".join(f"{one.code}: {one.place}" for one in books.troubles))
    title, currency = books.network()
    parties, outlets = books.parties(), books.outlets()
    names, rows = AccountNames(parties), list(books.balances(day))
    days = sorted({row.business_date for row in rows})
    journal = JOURNALS[form](currency)
    out.writelines(journal.head(title, min(days, default=date.min), _accounts(rows, names)))
    count = 0
    for each in days:
        for transaction in _of_day(books, each, grouping, names, parties, outlets):
            out.writelines(journal.transaction(transaction))
            count += 1
    return count


def _accounts(rows: Iterable[DayBalance], names: AccountNames) -> list[Named]:
    """The accounts that have entries, each once, by name."""
    used = {(row.account, row.party) for row in rows}
    named = {one.name: one for one in (names.named(*account) for account in used)}
    return [named[name] for name in sorted(named)]


def _of_day(
    books: Reading, day: date, grouping: Grouping, names: AccountNames,
    parties: dict[tuple[str, int], Party], outlets: dict[int, str],
) -> Iterator[Transaction]:  # fmt: skip
    if grouping == "auto":
        grouping = "summed" if books.payments_on(day) > PER_PAYMENT_MOST else "payment"
    if grouping == "summed":
        return _summed(day, books.sums(day), names, parties, outlets)
    return _per_payment(day, books.lines(day), names, outlets)


def _per_payment(
    day: date, lines: Iterable[DayLine], names: AccountNames, outlets: dict[int, str]
) -> Iterator[Transaction]:
    """One transaction for each posting of each payment."""
    for (payment, posting), group in groupby(lines, key=_of_posting):
        rows = list(group)
        yield Transaction(
            day=day,
            code=spell("pay", payment),
            what=_what(posting),
            tags=(("outlet", outlets.get(rows[0].outlet, "unknown")), ("posting", str(posting))),
            moves=_moves(rows, names),
        )


def _summed(
    day: date, sums: Iterable[DaySum], names: AccountNames,
    parties: dict[tuple[str, int], Party], outlets: dict[int, str],
) -> Iterator[Transaction]:  # fmt: skip
    """One transaction for each outlet, biller and kind of posting."""
    for (outlet, biller, posting), group in groupby(sums, key=_of_sum):
        rows = list(group)
        place, whose = outlets.get(outlet, "unknown"), _biller(parties, biller)
        yield Transaction(
            day=day,
            code=f"{place}-{whose}-{posting}",
            what=_what(posting),
            tags=(
                ("outlet", place),
                ("biller", whose),
                ("posting", str(posting)),
                ("payments", str(max(row.payments for row in rows))),
            ),
            moves=_moves(rows, names),
        )


def _of_posting(line: DayLine) -> tuple[UUID, int]:
    return line.payment, line.line // LINES_PER_POSTING


def _of_sum(row: DaySum) -> tuple[int, int, int]:
    return row.outlet, row.biller, row.posting


def _biller(parties: dict[tuple[str, int], Party], number: int) -> str:
    return party_of(parties, Account.BILLER_PAYABLE, number).code if number else "unknown"


def _what(posting: int) -> Text:
    return POSTINGS[Posting(posting)] if posting in set(Posting) else _OTHER


_OTHER = Text("其他", "other")


def _moves(rows: Sequence[DayLine] | Sequence[DaySum], names: AccountNames) -> list[Move]:
    return [Move(names.named(row.account, row.party), row.amount) for row in rows]
