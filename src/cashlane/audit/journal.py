"""Two spellings of the same journal: for hledger and for beancount (plain-text accounting).

A book is a head, then transactions. Amounts are written from minor units, never as floats.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal, Protocol

from msgspec import Struct

from cashlane.audit.accounts import Named
from cashlane.values.money import Currency, write_amount
from cashlane.values.text import Text

Format = Literal["hledger", "beancount"]


class Move(Struct, frozen=True):
    """One line of a transaction, in minor units, debit plus."""

    account: Named
    amount: int


class Transaction(Struct, frozen=True):
    """Moves that add up to zero. `code` names it; `tags` say more, in letters and digits."""

    day: date
    code: str
    what: Text
    tags: Sequence[tuple[str, str]]
    moves: Sequence[Move]


class Journal(Protocol):
    """How a tool wants a ledger written."""

    def head(self, title: Text, first: date, accounts: Iterable[Named]) -> Iterator[str]:
        """What stands before the first transaction."""
        ...

    def transaction(self, transaction: Transaction) -> Iterator[str]:
        """One transaction, line by line."""
        ...


class Hledger:
    """The journal format of hledger (hledger.org, "journal format"); plain ledger reads it too."""

    def __init__(self, currency: Currency) -> None:
        self._currency = currency

    def head(self, title: Text, first: date, accounts: Iterable[Named]) -> Iterator[str]:
        """The commodity with its decimals, and every account with its Chinese name."""
        yield f"; {title.zh} / {title.en}\n"
        yield f"commodity 1000.{'0' * self._currency.exponent} {self._currency.code}\n"
        for account in accounts:
            yield f"account {account.name}  ; {_said(account, ' / ')}\n"

    def transaction(self, transaction: Transaction) -> Iterator[str]:
        """Its date, code and description; tags as a comment that hledger can query."""
        tags = ", ".join(f"{name}:{value}" for name, value in transaction.tags)
        what = f"{transaction.what.zh} {transaction.what.en}"
        yield f"\n{transaction.day} ({transaction.code}) {what}  ; {tags}\n"
        for move in transaction.moves:
            amount = write_amount(move.amount, self._currency)
            yield f"    {move.account.name}  {amount} {self._currency.code}\n"


class Beancount:
    """The language of beancount (beancount.github.io, "language syntax"), version 2 and 3."""

    def __init__(self, currency: Currency) -> None:
        self._currency = currency

    def head(self, title: Text, first: date, accounts: Iterable[Named]) -> Iterator[str]:
        """Title, commodity, and an opening for every account on the first date."""
        yield f'option "title" {_quoted(f"{title.zh} / {title.en}")}\n'
        yield f'option "operating_currency" "{self._currency.code}"\n'
        yield f"{first} commodity {self._currency.code}\n"
        for account in accounts:
            yield f"{first} open {account.name} {self._currency.code}\n"
            yield f"  name: {_quoted(_said(account, ' / '))}\n"

    def transaction(self, transaction: Transaction) -> Iterator[str]:
        """Its date and description; code and tags as metadata."""
        what = _quoted(f"{transaction.what.zh} {transaction.what.en}")
        yield f"\n{transaction.day} * {what}\n"
        yield f"  code: {_quoted(transaction.code)}\n"
        for name, value in transaction.tags:
            yield f"  {name}: {_quoted(value)}\n"
        for move in transaction.moves:
            amount = write_amount(move.amount, self._currency)
            yield f"  {move.account.name}  {amount} {self._currency.code}\n"


JOURNALS: dict[Format, type[Hledger] | type[Beancount]] = {
    "hledger": Hledger,
    "beancount": Beancount,
}


def _said(account: Named, between: str) -> str:
    """What people call it, on one line and without what either tool would take for syntax."""
    said = between.join((account.account.zh, account.party.zh, account.party.en))
    return " ".join(said.translate(_BLANKED).split())


_BLANKED = str.maketrans(dict.fromkeys(';:"\\,\r\n', " "))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
