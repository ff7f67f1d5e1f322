"""What each turn of a payment's life does to the books: balanced legs, made here only.

| turn                 | debit                              | credit                         |
|----------------------|------------------------------------|--------------------------------|
| CASH_IN              | agent receivable, cash rounding,   | in transit (or exposure),      |
|                      | biller's fee                       | fee shares                     |
| CONFIRM              | in transit (or exposure)           | biller payable                 |
| RETURN               | CASH_IN the other way round        |                                |
| REFUND_AFTER_DECLINE | CASH_IN the other way round, the cash owed to the citizen instead   |
| REVERSAL             | CASH_IN and CONFIRM the other way round                             |
| REFUND_AFTER_CONFIRM | REVERSAL, the cash owed to the citizen instead                      |
| REFUNDED             | refund payable                     | receivable of the agent that   |
|                      |                                    | hands the cash out             |
"""

from enum import IntEnum

from msgspec import Struct

from cashlane.core.chart import NETWORK, Account


class Posting(IntEnum):
    """Kinds of posting; each happens at most once in a payment's life."""

    CASH_IN = 1
    CONFIRM = 2
    RETURN = 3
    REFUND_AFTER_DECLINE = 4
    REVERSAL = 5
    REFUND_AFTER_CONFIRM = 6
    REFUNDED = 7

    @property
    def bit(self) -> int:
        """Its place in a payment's `posted` mask."""
        return 1 << (self - 1)


LINES_PER_POSTING = 16
"""Line numbers of a posting are kind * 16 + place: unique per payment by construction."""


class Leg(Struct, frozen=True):
    """One line of a posting: an amount on an account, debit plus, credit minus."""

    account: Account
    party: int
    amount: int


class Terms(Struct, frozen=True):
    """The money side of an accepted payment, fixed at acceptance.

    `amount` goes to the biller; `cash_due` was asked of the citizen. `rounding` is the part of
    the amount that no coin can pay, borne by `rounding_party` (a biller, or NETWORK).
    `stood_in`: taken while no way was open, so it lies in exposure until delivered.
    """

    agent: int
    biller: int
    route: int
    amount: int
    cash_due: int
    rounding: int
    rounding_party: int
    fee_by_biller: bool
    fee_parts: tuple[int, int, int]
    stood_in: bool


def legs(posting: Posting, terms: Terms, *, carried_by: int, refunded_by: int) -> tuple[Leg, ...]:
    """The legs of one posting; zero lines are left out, and the sum is zero.

    `carried_by` is the route that brought the payment to the biller, `refunded_by` the agent
    that hands a refund out.
    """
    match posting:
        case Posting.CASH_IN:
            lines = _cash_in(terms)
        case Posting.CONFIRM:
            lines = _confirm(terms, carried_by)
        case Posting.RETURN:
            lines = _undo(_cash_in(terms))
        case Posting.REFUND_AFTER_DECLINE:
            lines = _owe_citizen(_undo(_cash_in(terms)), terms)
        case Posting.REVERSAL:
            lines = _undo(_cash_in(terms) + _confirm(terms, carried_by))
        case Posting.REFUND_AFTER_CONFIRM:
            lines = _owe_citizen(_undo(_cash_in(terms) + _confirm(terms, carried_by)), terms)
        case Posting.REFUNDED:
            lines = (
                Leg(Account.REFUND_PAYABLE, terms.biller, terms.cash_due),
                Leg(Account.AGENT_RECEIVABLE, refunded_by, -terms.cash_due),
            )
    kept = tuple([leg for leg in lines if leg.amount != 0])
    assert sum([leg.amount for leg in kept]) == 0, "a posting must balance"
    assert len(kept) <= LINES_PER_POSTING
    return kept


def _cash_in(terms: Terms) -> tuple[Leg, ...]:
    to_agent, to_network, to_route = terms.fee_parts
    fee = to_agent + to_network + to_route
    return (
        Leg(Account.AGENT_RECEIVABLE, terms.agent, terms.cash_due),
        Leg(Account.CASH_ROUNDING, terms.rounding_party, terms.rounding),
        Leg(Account.BILLER_FEE_RECEIVABLE, terms.biller, fee if terms.fee_by_biller else 0),
        Leg(_lies_in(terms), terms.biller, -terms.amount),
        Leg(Account.COMMISSION_PAYABLE, terms.agent, -to_agent),
        Leg(Account.NETWORK_INCOME, NETWORK, -to_network),
        Leg(Account.ROUTE_FEE_PAYABLE, terms.route, -to_route),
    )


def _confirm(terms: Terms, carried_by: int) -> tuple[Leg, ...]:
    moved = terms.fee_parts[2] if carried_by != terms.route else 0
    return (
        Leg(_lies_in(terms), terms.biller, terms.amount),
        Leg(Account.BILLER_PAYABLE, terms.biller, -terms.amount),
        Leg(Account.ROUTE_FEE_PAYABLE, terms.route, moved),
        Leg(Account.ROUTE_FEE_PAYABLE, carried_by, -moved),
    )


def _lies_in(terms: Terms) -> Account:
    return Account.EXPOSURE if terms.stood_in else Account.IN_TRANSIT


def _undo(lines: tuple[Leg, ...]) -> tuple[Leg, ...]:
    return tuple(Leg(leg.account, leg.party, -leg.amount) for leg in lines)


def _owe_citizen(lines: tuple[Leg, ...], terms: Terms) -> tuple[Leg, ...]:
    return tuple(
        Leg(Account.REFUND_PAYABLE, terms.biller, leg.amount)
        if leg.account is Account.AGENT_RECEIVABLE
        else leg
        for leg in lines
    )
