"""Each payment against its own facts and entries: one stream through the whole books."""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from cashlane.audit.findings import Tally
from cashlane.audit.fold import Amounted, amount_to
from cashlane.audit.terms import agrees, sums
from cashlane.core.payment import FactKind as Fact
from cashlane.core.postings import LINES_PER_POSTING, Posting
from cashlane.store.audit import Life, Line, Taken
from cashlane.values.ids import payment_home, spell

_CASH_OUT = frozenset({Posting.RETURN, Posting.REVERSAL, Posting.REFUNDED})
_UNDONE = frozenset(
    {Posting.RETURN, Posting.REVERSAL, Posting.REFUND_AFTER_DECLINE, Posting.REFUND_AFTER_CONFIRM}
)


class Cash(Struct):
    """Cash by the payments' rows and facts alone, in minor units: no entry was asked.

    `seen` are the totals of the entries that the stream passed, by account.
    """

    taken: int = 0
    handed_back: int = 0
    rounding: int = 0
    seen: dict[int, int] = field(default_factory=dict)


def check_life(life: Life, tally: Tally, cash: Cash) -> None:
    """Check one payment; note what is wrong and what it adds to the cash."""
    for line in life.lines:
        cash.seen[line.account] = cash.seen.get(line.account, 0) + line.amount
    for code in _wrong(life, cash):
        tally.add(code, spell("pay", life.payment))


def _wrong(life: Life, cash: Cash) -> Iterator[str]:
    if len(life.taken) != 1:
        yield from _stray(life)
        return
    (taken,) = life.taken
    amounted = amount_to(life.told, stood_in=taken.stood_in)
    _note_cash(taken, amounted, cash)
    yield from _wrong_row(life, taken, amounted)
    yield from _wrong_entries(life, taken, amounted)


def _stray(life: Life) -> Iterator[str]:
    if life.told:
        yield "FACT_WITHOUT_PAYMENT"
    if life.lines:
        yield "POSTING_WITHOUT_PAYMENT"
    if life.taken:
        yield "ID_NOT_HOME"


def _note_cash(taken: Taken, amounted: Amounted, cash: Cash) -> None:
    cash.taken += taken.cash_due
    if amounted.postings & _CASH_OUT:
        cash.handed_back += taken.cash_due
    if not amounted.postings & _UNDONE:
        cash.rounding += taken.rounding


def _wrong_row(life: Life, taken: Taken, amounted: Amounted) -> Iterator[str]:
    if payment_home(life.payment) != (life.bucket, taken.business_date):
        yield "ID_NOT_HOME"
    if any(told.payment_date != taken.business_date for told in life.told):
        yield "FACT_WITHOUT_PAYMENT"
    if taken.state != amounted.state:
        yield "STATE_NOT_FACTS"
    if taken.posted != amounted.posted:
        yield "POSTED_NOT_FACTS"
    if taken.contradicted != amounted.contradicted:
        yield "MARK_NOT_FACTS"


def _wrong_entries(life: Life, taken: Taken, amounted: Amounted) -> Iterator[str]:
    """The first thing wrong with a payment's entries, and what is wrong with their labels."""
    by_posting: dict[int, list[Line]] = {}
    for line in life.lines:
        by_posting.setdefault(line.line // LINES_PER_POSTING, []).append(line)
    yield from _wrong_money(by_posting, taken, amounted)
    if any((line.till, line.shift) != (taken.till, taken.shift) for line in life.lines):
        yield "ENTRY_TILL"
    if not all(_dated(posting, lines, life, taken) for posting, lines in by_posting.items()):
        yield "ENTRY_DATE"


def _wrong_money(
    by_posting: Mapping[int, list[Line]], taken: Taken, amounted: Amounted
) -> Iterator[str]:
    moved = {posting: sums(lines) for posting, lines in by_posting.items()}
    due = {posting for posting in Posting if taken.posted & 1 << posting - 1}
    if Posting.CASH_IN not in moved:
        yield "RECEIPT_WITHOUT_POSTING"
    elif any(sum(found.values()) for found in moved.values()):
        yield "POSTING_UNBALANCED"
    elif (due ^ set(moved)) - _without_lines(taken):
        yield "ENTRIES_NOT_POSTED"
    elif not all(agrees(posting, moved, taken, _carriers(taken, amounted)) for posting in moved):
        yield "AMOUNTS_NOT_TERMS"


def _without_lines(taken: Taken) -> set[int]:
    """A refund of no cash moves nothing: a bill smaller than the smallest coin."""
    return set() if taken.cash_due else {Posting.REFUNDED}


def _carriers(taken: Taken, amounted: Amounted) -> frozenset[int]:
    """Nothing confirmed it: only the route it was meant for may have been posted."""
    return amounted.carriers or frozenset({taken.route})


def _dated(posting: int, lines: list[Line], life: Life, taken: Taken) -> bool:
    """One posting, one business date: the payment's own, or that of a fact that brought it."""
    dates = {line.business_date for line in lines}
    if posting == Posting.CASH_IN:
        return dates == {taken.business_date}
    causes = _CAUSES.get(posting, frozenset())
    return len(dates) == 1 and dates <= {
        told.business_date for told in life.told if told.kind in causes
    }


_CAUSES: dict[int, frozenset[int]] = {
    Posting.CONFIRM: frozenset(
        {Fact.CONFIRMED, Fact.FILE_POSTED, Fact.REVERSED, Fact.REFUND_AFTER_CONFIRM}
    ),
    Posting.RETURN: frozenset({Fact.CASH_RETURNED}),
    Posting.REFUND_AFTER_DECLINE: frozenset({Fact.REFUND_AFTER_DECLINE}),
    Posting.REVERSAL: frozenset({Fact.REVERSED}),
    Posting.REFUND_AFTER_CONFIRM: frozenset({Fact.REFUND_AFTER_CONFIRM}),
    Posting.REFUNDED: frozenset({Fact.REFUNDED}),
}
