"""Where the cash went. What the payments and their facts say was taken and handed back must be
what the ledger's accounts hold.

Every posting adds up to zero, so all accounts do: with debit plus,

    agents + rounding + fees owed by billers
      + in transit + exposure + payable + refunds due + commission + income + route fees = 0.

Cash taken - handed back is what agents owe. Fees paid by citizens are the three fee accounts less
what billers owe of them. Turning the credit accounts round gives

    taken - handed back + rounding = payable + citizens' fees + in transit + exposure + refunds due

The left side is taken from payments and facts, the right side from entries. What is carried over
(零头) stays owed on the customer's account: it is in no entry and on neither side.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from cashlane.audit.lives import Cash
from cashlane.core.chart import Account


class Sides(Struct, frozen=True):
    """The right side of the equation, and the two accounts that the left side must equal."""

    agents: int
    rounding: int
    payable: int
    citizen_fees: int
    in_transit: int
    exposure: int
    refunds_due: int

    @property
    def total(self) -> int:
        """Everything that the cash turned into."""
        return self.payable + self.citizen_fees + self.in_transit + self.exposure + self.refunds_due


def sides(accounts: Mapping[int, int]) -> Sides:
    """The ledger's side, from balances by account (debit plus)."""

    def debit(account: Account) -> int:
        return accounts.get(account, 0)

    fees = (Account.COMMISSION_PAYABLE, Account.NETWORK_INCOME, Account.ROUTE_FEE_PAYABLE)
    return Sides(
        agents=debit(Account.AGENT_RECEIVABLE),
        rounding=debit(Account.CASH_ROUNDING),
        payable=-debit(Account.BILLER_PAYABLE),
        citizen_fees=-sum(map(debit, fees)) - debit(Account.BILLER_FEE_RECEIVABLE),
        in_transit=-debit(Account.IN_TRANSIT),
        exposure=-debit(Account.EXPOSURE),
        refunds_due=-debit(Account.REFUND_PAYABLE),
    )


def differences(cash: Cash, ledger: Sides) -> Iterator[str]:
    """Where the two sides differ, in minor units."""
    held = cash.taken - cash.handed_back
    if held != ledger.agents:
        yield f"taken - handed back = {held}, owed by agents = {ledger.agents}"
    if cash.rounding != ledger.rounding:
        yield f"rounding of payments = {cash.rounding}, of entries = {ledger.rounding}"
    if held + cash.rounding != ledger.total:
        yield f"taken - handed back + rounding = {held + cash.rounding}, became {ledger.total}"
