"""The auditor's own reading of a payment's terms: what each of its postings must have moved.

Like the fold, written a second time: sums by account and party, from the payment's row alone.
"""

from collections.abc import Collection, Iterable, Mapping

from cashlane.core.chart import NETWORK, Account
from cashlane.core.postings import Posting
from cashlane.store.audit import Line, Taken

Sums = dict[tuple[int, int], int]
"""Amounts by (account, party), debit plus; accounts that come to nothing are left out."""


def sums(lines: Iterable[Line]) -> Sums:
    """What ledger lines come to."""
    return _summed((line.account, line.party, line.amount) for line in lines)


def agrees(
    posting: int, moved: Mapping[int, Sums], taken: Taken, carriers: Collection[int]
) -> bool:
    """Whether a posting moved what the payment's terms say; `moved` are all of its postings.

    A confirmation may have been posted under any route that confirmed; what undoes a posting
    must undo exactly what was posted.
    """
    found = moved.get(posting, {})
    if posting == Posting.REFUNDED:
        return _handed_out(found, taken)
    return found in _expected(posting, moved, taken, carriers)


def _expected(
    posting: int, moved: Mapping[int, Sums], taken: Taken, carriers: Collection[int]
) -> list[Sums]:
    """What a posting may have moved; a confirmation has one answer for each carrier."""
    if posting == Posting.CASH_IN:
        return [cash_in(taken)]
    if posting == Posting.CONFIRM:
        return [confirm(taken, route) for route in carriers]
    undone = _undone(moved, _UNDOES.get(posting, ()))
    return [_owed(undone, taken) if posting in _OWES else undone]


_UNDOES: dict[int, tuple[int, ...]] = {
    Posting.RETURN: (Posting.CASH_IN,),
    Posting.REFUND_AFTER_DECLINE: (Posting.CASH_IN,),
    Posting.REVERSAL: (Posting.CASH_IN, Posting.CONFIRM),
    Posting.REFUND_AFTER_CONFIRM: (Posting.CASH_IN, Posting.CONFIRM),
}
_OWES = frozenset({Posting.REFUND_AFTER_DECLINE, Posting.REFUND_AFTER_CONFIRM})


def cash_in(taken: Taken) -> Sums:
    """Cash in the drawer against the bill under way and everybody's share of the fee."""
    fee = taken.fee_agent + taken.fee_network + taken.fee_route
    return _summed(
        (
            (Account.AGENT_RECEIVABLE, taken.agent, taken.cash_due),
            (Account.CASH_ROUNDING, taken.rounding_party, taken.rounding),
            (Account.BILLER_FEE_RECEIVABLE, taken.biller, fee * taken.fee_by_biller),
            (_under_way(taken), taken.biller, -taken.amount),
            (Account.COMMISSION_PAYABLE, taken.agent, -taken.fee_agent),
            (Account.NETWORK_INCOME, NETWORK, -taken.fee_network),
            (Account.ROUTE_FEE_PAYABLE, taken.route, -taken.fee_route),
        )
    )


def confirm(taken: Taken, carrier: int) -> Sums:
    """The bill reached its biller; the route's share belongs to the route that carried it."""
    return _summed(
        (
            (_under_way(taken), taken.biller, taken.amount),
            (Account.BILLER_PAYABLE, taken.biller, -taken.amount),
            (Account.ROUTE_FEE_PAYABLE, taken.route, taken.fee_route),
            (Account.ROUTE_FEE_PAYABLE, carrier, -taken.fee_route),
        )
    )


def _under_way(taken: Taken) -> int:
    return Account.EXPOSURE if taken.stood_in else Account.IN_TRANSIT


def _undone(moved: Mapping[int, Sums], postings: Iterable[int]) -> Sums:
    return _summed(
        (account, party, -amount)
        for posting in postings
        for (account, party), amount in moved.get(posting, {}).items()
    )


def _owed(undone: Sums, taken: Taken) -> Sums:
    """Undone, but the cash stays and is owed to the citizen."""
    return _summed(
        (Account.REFUND_PAYABLE, taken.biller, amount)
        if account == Account.AGENT_RECEIVABLE
        else (account, party, amount)
        for (account, party), amount in undone.items()
    )


def _handed_out(found: Sums, taken: Taken) -> bool:
    """Any agent may hand a refund out; it is the whole cash, once."""
    rest = dict(found)
    owed = rest.pop((Account.REFUND_PAYABLE, taken.biller), 0)
    by_agents = [(key[0], amount) for key, amount in rest.items()]
    expected = [(Account.AGENT_RECEIVABLE, -taken.cash_due)] if taken.cash_due else []
    return owed == taken.cash_due and by_agents == expected


def _summed(moves: Iterable[tuple[int, int, int]]) -> Sums:
    total: Sums = {}
    for account, party, amount in moves:
        key = (int(account), party)
        total[key] = total.get(key, 0) + amount
    return {key: amount for key, amount in total.items() if amount}
