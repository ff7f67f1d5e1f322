"""How good any choice can be at most: a bound by prices, proven by the prices themselves.

Every point sets a price on being served. What a candidate can earn above the prices of its points
is its worth; no choice within the budget saves more than all prices and the best worths together
(Lagrangian relaxation of "each point counts its best outlet only"). Any prices give a bound;
better ones are found by raising the price where several serve and lowering it where none does.
"""

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from cashlane.coverage.planning.savings import Bools, Floats, Savings
from cashlane.coverage.planning.swap import improved

ROUNDS_MOST = 1_500
"""After so many rounds of prices the bound hardly moves."""
STALL = 12
"""Rounds without a better bound before steps are halved."""
STEP_LEAST = 1e-4
"""A shorter step moves nothing."""
IMPROVE_EVERY = 100
"""Rounds between two tries to make a choice of the prices' better by swaps."""


class Found(Struct):
    """The best choice so far and what it saves; the least bound and its prices."""

    chosen: Bools
    saved: float
    bound: float
    prices: Floats


def bounded(
    problem: Savings, chosen: Bools, *, enough: Callable[[Found], bool],
    told: Callable[[Found, int], None],
) -> Found:  # fmt: skip
    """Prices and choices that close in on each other, until it is `enough` or no step helps."""
    prices = _first_prices(problem, chosen)
    found = Found(chosen, problem.of(chosen), float("inf"), prices)
    if found.saved >= problem.of(np.ones_like(chosen)):
        # As much as all candidates together: more work would save nothing.
        found.bound = found.saved
        return found
    step, stalled, push = 1.0, 0, np.zeros(problem.points)
    for done in range(ROUNDS_MOST):
        bound, taken, missing = priced(problem, prices)
        if bound < found.bound:
            stalled = 0 if found.bound - bound > 1e-6 * bound else stalled + 1
            found.bound, found.prices = bound, prices.copy()
        else:
            stalled += 1
        _try(problem, found, taken, thorough=done % IMPROVE_EVERY == IMPROVE_EVERY - 1)
        told(found, done)
        if enough(found):
            break
        if stalled >= STALL:
            step, stalled, prices = step / 2, 0, found.prices.copy()
        push = 0.7 * missing + 0.3 * push
        if step < STEP_LEAST or not push.any():
            break
        length = step * max(bound - found.saved, 1.0) / float(push @ push)
        prices = np.maximum(prices - length * push, 0.0)
    return found


def _first_prices(problem: Savings, chosen: Bools) -> Floats:
    """Between what a point's best and its second best outlet save it."""
    first, second = (problem.value_or_none(entries) for entries in problem.best_two(chosen))
    return (first + second) / 2


def _try(problem: Savings, found: Found, taken: Bools, *, thorough: bool) -> None:
    chosen = improved(problem, taken) if thorough else taken
    saved = problem.of(chosen)
    if saved > found.saved:
        found.chosen, found.saved = chosen, saved


def priced(problem: Savings, prices: Floats) -> tuple[float, Bools, Floats]:
    """The bound of some prices; the whole candidates it would take; and for each point one less
    the candidates taken that would serve it above its price."""
    _, taken, part = _knapsack(problem.more_than(prices), problem)
    entries = problem.entries_there(taken)
    rows = problem.row_there[entries]
    serving = rows[problem.value_there[entries] > prices[rows]]
    served = np.bincount(serving, minlength=problem.points).astype(np.float64)
    return float(prices.sum() + part), taken, 1.0 - served


def undecided(problem: Savings, found: Found) -> tuple[Bools, Bools]:
    """Which candidates any better choice must have, and which it may have, by the best prices:
    one that may not would bring the bound below what was found already.

    Savings are whole, so that better means better by one at least.
    """
    worths = problem.more_than(found.prices)
    rate, _, _ = _knapsack(worths, problem)
    beside = rate * problem.cost - worths
    # Sums of floats are near the truth by many digits more than this.
    slack = found.bound * (1 + 1e-9) - (found.saved + 1)
    return -beside > slack, beside <= slack


def _knapsack(worths: Floats, problem: Savings) -> tuple[float, Bools, float]:
    """The best worths that the budget buys, the last one in part: what a unit of budget is worth
    at its end, the whole ones, and the sum."""
    order = np.argsort(-worths / problem.cost, kind="stable")
    spent = np.cumsum(problem.cost[order])
    whole = int(np.searchsorted(spent, problem.budget, side="right"))
    taken = np.zeros(problem.candidates, dtype=np.bool_)
    taken[order[:whole]] = True
    total = float(worths[taken].sum())
    if whole == len(order):
        return 0.0, taken, total
    last = order[whole]
    rate = float(worths[last] / problem.cost[last])
    left = problem.budget - (int(spent[whole - 1]) if whole else 0)
    return rate, taken, total + rate * left
