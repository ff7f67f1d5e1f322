"""The audit: everything recomputed from facts and entries, and compared with what is stored.

One snapshot, one stream through payments, facts and entries, one pass of set-wise questions.
"""

from collections.abc import Iterable

from cashlane.audit.equation import Sides, differences, sides
from cashlane.audit.findings import Figures, Report, Tally
from cashlane.audit.lives import Cash, check_life
from cashlane.audit.trial_balance import PARTY_KINDS, TrialBalance, trial_balance
from cashlane.core.chart import NETWORK, Account
from cashlane.store.audit import Counts, Reading
from cashlane.values.ids import spell

QUESTIONS = (
    "receipt_gap", "receipt_twice", "receipt_counter", "drawer", "exposure", "day_missing",
    "after_cut",
    "ask_without_payment", "payment_without_ask", "act_without_fact", "bill_paid_twice",
    "parts_too_many", "claim_without_payment", "claim_total", "left_behind",
    "errand_without_payment", "shift_missing", "batch_missing", "batch_total",
)  # fmt: skip
"""Checks that are one question to the database; a finding's code is its name in capitals."""


def verify(books: Reading) -> Report:
    """Audit the books of a snapshot. Whether a finding stops anything is the caller's matter.

    Where an archived month cannot be read, what its rows have to do with all others is not asked.
    """
    tally, cash = Tally(), Cash()
    for trouble in books.troubles:
        tally.add(trouble.code, trouble.place)
    balance = trial_balance(books, None)
    _check_balance(balance, tally)
    for life in books.lives():
        if life.taken or books.whole:
            check_life(life, tally, cash)
    ledger = sides(balance.by_account())
    if books.whole:
        _check_totals(balance, cash, ledger, tally)
        for question in QUESTIONS:
            _ask(books, question, tally)
    return Report(tally.findings(), _figures(books.counts(), books.in_flight(), cash, ledger))


def _check_balance(balance: TrialBalance, tally: Tally) -> None:
    """Debits equal credits on each business date and overall, on accounts of known parties."""
    for day, total in balance.by_day().items():
        if total.debit != total.credit:
            tally.add("DAY_UNBALANCED", f"{day}: {total.debit} / {total.credit}")
    if balance.total.debit != balance.total.credit:
        tally.add("BOOKS_UNBALANCED", f"{balance.total.debit} / {balance.total.credit}")
    for account, party in balance.accounts():
        if not _exists(account, party, balance):
            tally.add("PARTY_UNKNOWN", f"account {account}, party {party}")


def _exists(account: int, party: int, balance: TrialBalance) -> bool:
    if account not in set(Account):
        return False
    if party == NETWORK:
        return account in (Account.NETWORK_INCOME, Account.CASH_ROUNDING)
    return (PARTY_KINDS.get(Account(account)), party) in balance.parties


def _check_totals(balance: TrialBalance, cash: Cash, ledger: Sides, tally: Tally) -> None:
    for place in differences(cash, ledger):
        tally.add("CASH_EQUATION", place)
    accounts = balance.by_account()
    for account in sorted(_differing(accounts.items(), cash.seen.items())):
        read, total = cash.seen.get(account, 0), accounts.get(account, 0)
        tally.add("BOOKS_NOT_READ_WHOLE", f"account {account}: read {read}, total {total}")


def _differing(one: Iterable[tuple[int, int]], other: Iterable[tuple[int, int]]) -> set[int]:
    nonzero = ({(key, amount) for key, amount in side if amount} for side in (one, other))
    left, right = nonzero
    return {key for key, _ in left ^ right}


def _ask(books: Reading, question: str, tally: Tally) -> None:
    found = books.check(question)
    unnamed = max(0, found[0].count - len(found)) if found else 0
    for at, one in enumerate(found):
        named = "" if one.payment is None else spell("pay", one.payment)
        place = f"{named} {one.place}".strip()
        tally.add(question.upper(), place, count=1 + (unnamed if at == 0 else 0))


def _figures(counts: Counts, in_flight: int, cash: Cash, ledger: Sides) -> Figures:
    return Figures(
        payments=counts.payments,
        facts=counts.facts,
        entries=counts.entries,
        asks=counts.asks,
        claims=counts.claims,
        errands=counts.errands,
        batches=counts.batches,
        days=counts.days,
        in_flight=in_flight,
        cash_taken=cash.taken,
        handed_back=cash.handed_back,
        rounding=cash.rounding,
        carried=counts.carried,
        payable=ledger.payable,
        citizen_fees=ledger.citizen_fees,
        in_transit=ledger.in_transit,
        exposure=ledger.exposure,
        refunds_due=ledger.refunds_due,
    )
