"""The best choice there is: what prices leave undecided is given to an exact solver (HiGHS)."""

from typing import Any

import numpy as np
from msgspec import Struct
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, vstack

from cashlane.coverage.distances import Ints
from cashlane.coverage.planning.bound import Found, undecided
from cashlane.coverage.planning.savings import Bools, Floats, Savings

ENTRIES_MOST = 60_000
"""Savings left undecided beyond which a solver takes minutes: then the stated gap is the answer."""

_OPTIMAL = 0
"""The solver's word for it."""


class _Left(Struct):
    """What is undecided: free candidates, and by how much each of their `value`s is more than a
    `kept` candidate saves that point already."""

    free: Ints
    row: Ints
    member: Ints
    value: Floats


def proven(problem: Savings, found: Found, *, within_s: int) -> Found:
    """The same with a better choice or bound, if the solver finds one in time. Where the bound is
    what is saved, nothing better exists."""
    must, may = undecided(problem, found)
    left = _left(problem, must, may & ~must)
    if len(left.value) > ENTRIES_MOST or within_s <= 0:
        return found
    already = problem.of(must)
    budget = problem.budget - int(problem.cost[must].sum())
    if budget < 0:
        # A better choice would have to have more than can be bought: there is none.
        return Found(found.chosen, found.saved, found.saved, found.prices)
    if not len(left.value):
        # All that a better choice may have is had already.
        best = _better(problem, found, must)
        return Found(best.chosen, best.saved, best.saved, best.prices)
    answer = _solved(problem, left, budget, within_s)
    if answer.x is None:
        return found
    chosen = must.copy()
    chosen[left.free[answer.x[: len(left.free)] > 0.5]] = True
    best = _better(problem, found, chosen)
    more = 0.0 if answer.status == _OPTIMAL else -float(answer.mip_dual_bound)
    # To a solver's tolerance: what it calls optimal is, and its bound is a little more than true.
    best.bound = min(found.bound, max(best.saved, already + np.ceil(more)))
    return best


def _left(problem: Savings, kept: Bools, free: Bools) -> _Left:
    already = problem.value_or_none(problem.best_two(kept)[0])
    more = problem.value - already[problem.row]
    entries = np.flatnonzero(free[problem.column] & (more > 0.0))
    number = np.cumsum(free) - 1
    return _Left(
        np.flatnonzero(free), problem.row[entries], number[problem.column[entries]], more[entries]
    )


def _solved(problem: Savings, left: _Left, budget: int, within_s: int) -> Any:
    """Most savings by shares of points in free candidates: no point counts more than once, none at
    a candidate that is not chosen, and the chosen fit the budget."""
    shares, members = len(left.value), len(left.free)
    each = np.arange(shares)
    ones = np.ones(shares)
    size = members + shares
    once = coo_array((ones, (left.row, members + each)), shape=(problem.points, size))
    columns = np.concatenate([members + each, left.member])
    chosen = coo_array(
        (np.concatenate([ones, -ones]), (np.tile(each, 2), columns)), shape=(shares, size)
    )
    cost = coo_array(
        (problem.cost[left.free], (np.zeros(members, dtype=int), np.arange(members))), (1, size)
    )
    most = np.concatenate([np.ones(problem.points), np.zeros(shares), [budget]])
    return milp(
        -np.concatenate([np.zeros(members), left.value]),
        constraints=LinearConstraint(vstack([once, chosen, cost]).tocsr(), -np.inf, most),
        integrality=np.concatenate([np.ones(members), np.zeros(shares)]),
        bounds=Bounds(0, 1),
        options={"time_limit": within_s, "mip_rel_gap": 0},
    )


def _better(problem: Savings, found: Found, chosen: Bools) -> Found:
    """The better one of what was found before and what the solver chose."""
    saved = problem.of(chosen)
    if saved <= found.saved:
        return Found(found.chosen, found.saved, found.bound, found.prices)
    assert int(problem.cost[chosen].sum()) <= problem.budget, "a solver keeps its constraints"
    return Found(chosen, saved, found.bound, found.prices)
