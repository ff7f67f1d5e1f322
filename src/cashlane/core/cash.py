"""Cash over the counter: what is asked for, what is handed back, in coins that exist.

A visit is a basket of bills with one cash figure and one change; every line stays its own.
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from msgspec import Struct

from cashlane.core.bill import CashRule
from cashlane.values.money import Currency

LINES_MOST = 20
"""Bills in one visit: what a person brings in a hand, and what one screen can show."""


class CashDue(Struct, frozen=True):
    """What one line asks for in cash, and what became of the part no coin can pay.

    `due` + `rounding` + `carried` is the line's amount, in minor units. `rounding` is given up
    by the rule's bearer; `carried` stays owed on the customer's account (零头).
    """

    due: int
    rounding: int
    carried: int


class Change(Struct, frozen=True):
    """What to hand back of the cash, in minor units; 0 where it was counted out exactly."""

    amount: int


class Short(Struct, frozen=True):
    """The cash is not enough: `missing` minor units."""

    missing: int


class HandBack(Struct, frozen=True):
    """What to hand back for one refused line alone, and in which pieces."""

    amount: int
    pieces: tuple[tuple[int, int], ...]


def cash_due(amount: int, rule: CashRule, unit: int) -> CashDue:
    """The cash figure of an amount (bill and customer fee) where `unit` is the smallest coin.

    exact: to the minor unit. down and carry: down to a whole unit; never up, so that nobody pays
    more than is owed. An amount below one unit asks for no cash at all.
    """
    assert amount >= 0 < unit
    rest = 0 if rule.kind == "exact" else amount % unit
    carried = rest if rule.kind == "carry" else 0
    return CashDue(due=amount - rest, rounding=rest - carried, carried=carried)


def visit_total(dues: Sequence[CashDue]) -> int:
    """The one cash figure of a visit, in minor units: what the customer's display shows."""
    assert len(dues) <= LINES_MOST, "a visit of more bills is two visits"
    return sum(line.due for line in dues)


def change_for_visit(tendered: int, accepted: Sequence[CashDue]) -> Change | Short:
    """What to hand back of the cash put down for the lines that were accepted.

    A line in doubt counts as accepted: its cash stays until the outcome is known.
    """
    assert tendered >= 0
    rest = tendered - visit_total(accepted)
    return Change(rest) if rest >= 0 else Short(-rest)


def hand_back(refused: CashDue, currency: Currency) -> HandBack:
    """What to hand back for a line refused after the cash was counted, on top of the change."""
    return HandBack(refused.due, change_in_pieces(refused.due, currency))


def change_in_pieces(change: int, currency: Currency) -> tuple[tuple[int, int], ...]:
    """The fewest notes and coins that make up a change: (piece, count), largest first.

    Taking the largest piece first gives the fewest only in a canonical system of pieces, which
    is proved for the currency before it is relied on.
    """
    pieces = currency.pieces
    assert canonical(pieces), f"largest first does not give the fewest pieces of {currency.code}"
    assert change >= 0 == change % pieces[-1], "a change that no pieces can make"
    found, rest = [], change
    for piece in pieces:
        count, rest = divmod(rest, piece)
        if count:
            found.append((piece, count))
    return tuple(found)


@cache
def canonical(pieces: tuple[int, ...]) -> bool:
    """Whether largest-first gives the fewest pieces for every amount.

    Pearson's proof (A polynomial-time algorithm for the change-making problem, 1994): if there
    is a counter-example, the smallest is among n² candidates, each one piece above a greedy
    representation cut short. `pieces` fall, and each is a multiple of the last.
    """
    assert all(high > low for high, low in pairwise(pieces))
    assert all(piece % pieces[-1] == 0 for piece in pieces)
    last = len(pieces) - 1
    return not any(
        _counter_example(pieces, at, stop)
        for at in range(1, last + 1)
        for stop in range(at, last + 1)
    )


def _counter_example(pieces: tuple[int, ...], at: int, stop: int) -> bool:
    """Pearson's candidate for (at, stop): greedy below pieces[at-1], cut after `stop`, one more."""
    counts = _greedy(pieces, pieces[at - 1] - pieces[-1])
    fewer = [*counts[:stop], counts[stop] + 1]
    amount = sum(count * piece for count, piece in zip(fewer, pieces, strict=False))
    return sum(fewer) < sum(_greedy(pieces, amount))


def _greedy(pieces: tuple[int, ...], amount: int) -> list[int]:
    counts = []
    for piece in pieces:
        count, amount = divmod(amount, piece)
        counts.append(count)
    return counts
