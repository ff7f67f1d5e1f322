"""Other people's programs add up the exported ledger, each by itself, and say what they got.

hledger runs as a program, beancount in this one; one that is not installed is not asked.
"""

import csv
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from msgspec import Struct

from cashlane.audit.accounts import AccountNames
from cashlane.audit.export import export
from cashlane.audit.journal import Format
from cashlane.audit.trial_balance import trial_balance
from cashlane.store.audit import Reading
from cashlane.values.money import Currency

HLEDGER_WITHIN_S = 600
"""Far above what it needs for the largest day written payment by payment."""
COMPLAINT_MOST = 500
"""Characters of a program's complaint that are kept: its first one says what is wrong."""

Sums = dict[str, int]
"""Balances in minor units (debit plus) by the export's names; without those of zero."""


class UnreadableError(Exception):
    """A program did not accept the exported ledger; the text is its complaint."""


class Opinion(Struct, frozen=True):
    """What one program made of the ledger, beside our own balances; sums of debit balances."""

    auditor: str
    ours: int
    theirs: int
    differences: tuple[str, ...]


def opinions(books: Reading, day: date | None) -> Iterator[Opinion]:
    """Ask every program that is installed, about one business date or all."""
    ours = our_sums(books, day)
    _, currency = books.network()
    for name, (present, add_up) in _AUDITORS.items():
        if present():
            with TemporaryDirectory(prefix="cashlane-ledger-") as folder:
                file = Path(folder) / f"ledger.{name}"
                with file.open("w", encoding="utf-8") as out:
                    export(books, out, form=name, grouping="auto", day=day)
                yield _opinion(name, ours, add_up, file, currency)


def our_sums(books: Reading, day: date | None) -> Sums:
    """Our trial balance by the names of the export, every name of one account only."""
    names, totals = AccountNames(books.parties()), trial_balance(books, day).accounts()
    sums = {names.named(*account).name: total.balance for account, total in totals.items()}
    assert len(sums) == len(totals), "two accounts share a name"
    return {name: amount for name, amount in sums.items() if amount}


AddUp = Callable[[Path, Currency], Sums]


def _opinion(name: str, ours: Sums, add_up: AddUp, file: Path, currency: Currency) -> Opinion:
    try:
        theirs = add_up(file, currency)
    except UnreadableError as complaint:
        return Opinion(name, _debits(ours), 0, (f"{name}: {complaint}",))
    different = sorted(dict(ours.items() ^ theirs.items()))
    return Opinion(name, _debits(ours), _debits(theirs), tuple(
        f"{name}: {account}: {ours.get(account, 0)} here, {theirs.get(account, 0)} there"
        for account in different
    ))  # fmt: skip


def _debits(sums: Sums) -> int:
    return sum(amount for amount in sums.values() if amount > 0)


def by_hledger(file: Path, currency: Currency) -> Sums:
    """What hledger makes of it: strict, so that only declared accounts and commodities pass."""
    asked = [which("hledger") or "hledger", "-f", str(file), "--strict", "balance", "--flat",
             "--no-total", "-O", "csv"]  # fmt: skip
    done = subprocess.run(
        asked, capture_output=True, check=False, timeout=HLEDGER_WITHIN_S, env={"LC_ALL": "C.UTF-8"}
    )
    if done.returncode != 0:
        raise UnreadableError(done.stderr.decode(errors="replace")[:COMPLAINT_MOST])
    rows = list(csv.reader(done.stdout.decode().splitlines()))[1:]
    return {name: _minor(said.removesuffix(f" {currency.code}"), currency) for name, said in rows}


def by_beancount(file: Path, currency: Currency) -> Sums:
    """What beancount's own loader makes of it; one complaint of its is enough to refuse."""
    entries, errors, _ = import_module("beancount.loader").load_file(str(file))
    if errors:
        raise UnreadableError(str(errors[0].message)[:COMPLAINT_MOST])
    transaction = import_module("beancount.core.data").Transaction
    sums: Sums = {}
    for entry in entries:
        for posting in entry.postings if isinstance(entry, transaction) else ():
            assert posting.units.currency == currency.code
            amount = _minor(str(posting.units.number), currency)
            sums[posting.account] = sums.get(posting.account, 0) + amount
    return {name: amount for name, amount in sums.items() if amount}


def _minor(said: str, currency: Currency) -> int:
    """Minor units of an amount as the programs write it ("-126.50", "0"), however large."""
    whole, _, part = said.removeprefix("-").partition(".")
    assert (whole + part).isdecimal(), said
    assert len(part) <= currency.exponent, said
    amount = int(whole + part.ljust(currency.exponent, "0"))
    return -amount if said.startswith("-") else amount


_AUDITORS: dict[Format, tuple[Callable[[], bool], AddUp]] = {
    "hledger": (lambda: which("hledger") is not None, by_hledger),
    "beancount": (lambda: find_spec("beancount") is not None, by_beancount),
}
