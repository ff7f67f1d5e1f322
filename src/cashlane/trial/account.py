"""The account of a day: the network's books beside everybody else's, to the fen.

It holds only if every line holds; a line that does not says by how much, and what to look at.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from cashlane.audit.auditors import Opinion, opinions
from cashlane.audit.findings import Finding
from cashlane.audit.verify import verify
from cashlane.core.chart import NAMES, Account
from cashlane.core.network import Network
from cashlane.core.payment import IN_DOUBT, State
from cashlane.home import Home
from cashlane.main import network_of
from cashlane.store import tally
from cashlane.store.audit import reading
from cashlane.store.connect import connect
from cashlane.trial.day import Outside
from cashlane.values.ids import spell
from cashlane.values.text import Text

CREDITED = frozenset({State.CONFIRMED, State.VOIDING})
"""States in which the biller's own book must show the payment."""


class Line(Struct, frozen=True):
    """One comparison: ours and theirs in fen or counts, and whether it holds."""

    name: Text
    ours: int
    theirs: int

    @property
    def holds(self) -> bool:
        """Equal, to the fen."""
        return self.ours == self.theirs


class DayAccount(Struct, frozen=True):
    """Everything a day must answer for."""

    day: date
    states: Sequence[tally.StateTally]
    trial_balance: Mapping[str, int]
    lines: Sequence[Line]
    in_doubt: Sequence[str]
    differences: Sequence[str]
    findings: Sequence[Finding]
    outside: Outside

    @property
    def holds(self) -> bool:
        """Whether every line holds, nothing differs, and the audit found nothing."""
        every = all(line.holds for line in self.lines)
        return every and not self.differences and not self.findings


def account_of(house: Home, day: date, outside: Outside) -> DayAccount:
    """Lay the books side by side."""
    network = network_of(house)
    with connect(house.databases().watch) as watch:
        states = tally.by_state(watch, day)
        payments = tally.payments(watch, day)
        accounts = tally.accounts(watch, day)
    with reading(house.databases().watch) as books:
        findings, auditors = verify(books).findings, list(opinions(books, day))
    return DayAccount(
        day=day,
        states=states,
        trial_balance=_trial_balance(accounts),
        lines=[
            _zero(accounts),
            _cash_equation(accounts),
            *_counters(network, accounts, outside),
            *_billers(network, payments, accounts, outside),
            *map(_auditor, auditors),
        ],
        in_doubt=[spell("pay", line.id) for line in payments if line.state in IN_DOUBT],
        differences=[
            *_differences(network, payments, outside),
            *(difference for opinion in auditors for difference in opinion.differences),
        ],
        findings=findings,
        outside=outside,
    )


def _trial_balance(accounts: Mapping[tuple[Account, int], int]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for (account, _), amount in accounts.items():
        totals[account.name.lower()] = totals.get(account.name.lower(), 0) + amount
    return totals


def _of(accounts: Mapping[tuple[Account, int], int], *kinds: Account) -> int:
    return sum(amount for (account, _), amount in accounts.items() if account in kinds)


def _zero(accounts: Mapping[tuple[Account, int], int]) -> Line:
    return Line(Text("借贷合计", "all entries together"), sum(accounts.values()), 0)


def _cash_equation(accounts: Mapping[tuple[Account, int], int]) -> Line:
    """Cash held = owed to billers + in transit + exposure + refunds due + citizens' fees, less
    what no coin could pay. Fees that billers bear stand on both sides and cancel out."""
    fees = _of(accounts, Account.COMMISSION_PAYABLE, Account.NETWORK_INCOME)
    fees += _of(accounts, Account.ROUTE_FEE_PAYABLE, Account.BILLER_FEE_RECEIVABLE)
    owed = _of(
        accounts, Account.BILLER_PAYABLE, Account.IN_TRANSIT, Account.EXPOSURE,
        Account.REFUND_PAYABLE,
    )  # fmt: skip
    rounding = _of(accounts, Account.CASH_ROUNDING)
    return Line(
        Text("现金 = 应付 + 在途 + 手续费 − 尾差", "cash = owed + in transit + fees - rounding"),
        _of(accounts, Account.AGENT_RECEIVABLE),
        -(owed + fees) - rounding,
    )


def _counters(
    network: Network, accounts: Mapping[tuple[Account, int], int], outside: Outside
) -> Iterable[Line]:
    """Each agent owes exactly the cash that its own people counted."""
    for agent in network.agents.values():
        counted = (
            outside.post_cash if agent.code == "post" else outside.chain_cash.get(agent.code, 0)
        )
        name = Text(f"{agent.name.zh}自点现金", f"cash as {agent.name.en} counts it")
        yield Line(name, accounts.get((Account.AGENT_RECEIVABLE, agent.number), 0), counted)


def _billers(
    network: Network,
    payments: Sequence[tally.PaymentLine],
    accounts: Mapping[tuple[Account, int], int],
    outside: Outside,
) -> Iterable[Line]:
    """Each biller's own book credits exactly what we owe it."""
    for biller in network.billers.values():
        theirs = sum(outside.posted.get(biller.code, {}).values())
        name = Text(f"{biller.name.zh}账上入账", f"credited in the books of {biller.name.en}")
        yield Line(name, -accounts.get((Account.BILLER_PAYABLE, biller.number), 0), theirs)


def _auditor(opinion: Opinion) -> Line:
    """All debit balances together, as another program adds up the exported ledger."""
    name = Text(f"{opinion.auditor} 复算借方余额", f"debit balances added up by {opinion.auditor}")
    return Line(name, opinion.ours, opinion.theirs)


def _differences(
    network: Network, payments: Sequence[tally.PaymentLine], outside: Outside
) -> list[str]:
    """Payments on which a biller's book and ours do not say the same, one by one."""
    found = []
    theirs = {
        (biller, payment): amount
        for biller, book in outside.posted.items()
        for payment, amount in book.items()
    }
    for line in payments:
        place = (network.billers[line.biller].code, spell("pay", line.id))
        credited = theirs.pop(place, 0)
        expected = line.amount if line.state in CREDITED else 0
        if line.state not in IN_DOUBT and credited != expected:
            found.append(f"{place[1]} {line.state.name}: {expected} here, {credited} there")
    found += [f"{payment} unknown here, {amount} at {biller}" for (biller, payment), amount
              in theirs.items()]  # fmt: skip
    return found


def account_name(name: str) -> Text:
    """The bilingual name of an account in the trial balance."""
    return NAMES[Account[name.upper()]]
