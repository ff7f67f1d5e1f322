"""Names of ledger accounts that hledger and beancount both take: Assets:Agents:Harbour-Mart.

Letters, digits and hyphens, a capital in front; Chinese names travel as metadata.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from cashlane.audit.trial_balance import PARTY_KINDS, UNKNOWN, party_of
from cashlane.core.chart import NAMES, NETWORK, Account
from cashlane.store.audit import Party
from cashlane.values.text import Text

_HEADS: dict[Account, str] = {
    Account.AGENT_RECEIVABLE: "Assets:Agents",
    Account.IN_TRANSIT: "Liabilities:In-Transit",
    Account.EXPOSURE: "Liabilities:Stand-In",
    Account.BILLER_PAYABLE: "Liabilities:Billers",
    Account.REFUND_PAYABLE: "Liabilities:Refunds",
    Account.COMMISSION_PAYABLE: "Liabilities:Commission",
    Account.NETWORK_INCOME: "Income:Fees",
    Account.ROUTE_FEE_PAYABLE: "Liabilities:Routes",
    Account.BILLER_FEE_RECEIVABLE: "Assets:Biller-Fees",
    Account.CASH_ROUNDING: "Assets:Cash-Rounding",
}
_BORNE = "Expenses:Cash-Rounding"
"""Rounding that the network bears itself is an expense, not a claim on a biller."""


class Named(Struct, frozen=True):
    """An account's name in the export, and what people call it."""

    name: str
    account: Text
    party: Text


class AccountNames:
    """Names of accounts by (account, party), each given to one account only."""

    def __init__(self, parties: Mapping[tuple[str, int], Party]) -> None:
        self._parties = parties
        self._parts = _parts(parties)

    def named(self, account: int, party: int) -> Named:
        """The account's name; an account that the chart does not have is shown as it is."""
        who = party_of(self._parties, account, party)
        if account not in set(Account):
            return Named(f"Equity:Unknown-{account}:{party}", UNKNOWN, who.name)
        kind = Account(account)
        return Named(self._name(kind, party, who), NAMES[kind], who.name)

    def _name(self, kind: Account, party: int, who: Party) -> str:
        if party == NETWORK:
            return _BORNE if kind is Account.CASH_ROUNDING else _HEADS[kind]
        part = self._parts.get((PARTY_KINDS.get(kind, ""), party), _part(who.code))
        return f"{_HEADS[kind]}:{part}"


def _parts(parties: Mapping[tuple[str, int], Party]) -> dict[tuple[str, int], str]:
    """One part of a name per party; where two codes look alike, the number tells them apart."""
    parts: dict[tuple[str, int], str] = {}
    seen: set[tuple[str, str]] = set()
    for kind, number in sorted(parties):
        part = _part(parties[kind, number].code)
        while (kind, part.lower()) in seen:
            part = f"{part}-{number}"
        seen.add((kind, part.lower()))
        parts[kind, number] = part
    return parts


def _part(code: str) -> str:
    """A party's code with capitals in front and nothing but letters, digits and hyphens."""
    words = re.split(r"[^0-9A-Za-z]+", code)
    part = "-".join(word[:1].upper() + word[1:] for word in words if word)
    return part or "Unnamed"
