"""The trial balance: what every account was debited and credited, by party and business date."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeVar

from msgspec import Struct

from cashlane.core.chart import NAMES, Account
from cashlane.store.audit import DayBalance, Party, Reading
from cashlane.values.text import Text

K = TypeVar("K")

PARTY_KINDS: Mapping[Account, str] = {
    Account.AGENT_RECEIVABLE: "agent",
    Account.IN_TRANSIT: "biller",
    Account.EXPOSURE: "biller",
    Account.BILLER_PAYABLE: "biller",
    Account.REFUND_PAYABLE: "biller",
    Account.COMMISSION_PAYABLE: "agent",
    Account.ROUTE_FEE_PAYABLE: "route",
    Account.BILLER_FEE_RECEIVABLE: "biller",
    Account.CASH_ROUNDING: "biller",
}
"""Who the party of an account is; the network itself is party 0 and of no kind."""


UNKNOWN = Text("未知科目", "unknown account")
"""An account that the chart does not have."""


class Total(Struct, frozen=True):
    """Debits and credits in minor units."""

    debit: int
    credit: int

    @property
    def balance(self) -> int:
        """Debit plus, credit minus."""
        return self.debit - self.credit

    def plus(self, row: DayBalance) -> "Total":
        """With one row more."""
        return Total(self.debit + row.debit, self.credit + row.credit)


class AccountLine(Struct, frozen=True):
    """One account of the trial balance, with the names that people read."""

    account: int
    party: int
    name: Text
    party_code: str
    party_name: Text
    total: Total


class TrialBalance:
    """Rows by business date and account, and their sums."""

    def __init__(self, rows: list[DayBalance], parties: dict[tuple[str, int], Party]) -> None:
        self.rows = rows
        self.parties = parties

    @property
    def total(self) -> Total:
        """Everything together."""
        return Total(sum(row.debit for row in self.rows), sum(row.credit for row in self.rows))

    def by_day(self) -> dict[date, Total]:
        """Totals of each business date."""
        return _grouped((row.business_date, row) for row in self.rows)

    def accounts(self) -> dict[tuple[int, int], Total]:
        """Totals of each (account, party)."""
        return _grouped(((row.account, row.party), row) for row in self.rows)

    def by_account(self) -> dict[int, int]:
        """The balance of each kind of account, debit plus."""
        kinds = _grouped((row.account, row) for row in self.rows)
        return {account: total.balance for account, total in kinds.items()}

    def lines(self) -> list[AccountLine]:
        """The accounts in the order of the chart, named."""
        return [
            self._line(account, party, total)
            for (account, party), total in sorted(self.accounts().items())
        ]

    def _line(self, account: int, party: int, total: Total) -> AccountLine:
        name = NAMES[Account(account)] if account in set(Account) else UNKNOWN
        who = party_of(self.parties, account, party)
        return AccountLine(account, party, name, who.code, who.name, total)


def trial_balance(books: Reading, day: date | None) -> TrialBalance:
    """The trial balance of one business date, or of all."""
    return TrialBalance(list(books.balances(day)), books.parties())


def party_of(parties: Mapping[tuple[str, int], Party], account: int, party: int) -> Party:
    """Who the party of an account is; a stand-in with its number where nobody is known."""
    kind = PARTY_KINDS.get(Account(account), "network") if account in set(Account) else ""
    if party == 0:
        return Party("network", 0, "network", Text("本网络", "the network"))
    unknown = Party(kind, party, f"unknown-{party}", Text(f"未知 {party}", f"unknown {party}"))
    return parties.get((kind, party), unknown)


def _grouped(rows: Iterator[tuple[K, DayBalance]]) -> dict[K, Total]:
    totals: dict[K, Total] = {}
    for key, row in rows:
        totals[key] = totals.get(key, Total(0, 0)).plus(row)
    return totals
