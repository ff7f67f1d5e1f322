"""Better choices: as long as one candidate in place of another saves more, take it."""

import numpy as np

from cashlane.coverage.distances import Ints
from cashlane.coverage.planning.greedy import filled
from cashlane.coverage.planning.savings import Bools, Floats, Savings

SWAPS_MOST = 2_000
"""A choice is as good as swaps make it long before."""


def improved(problem: Savings, chosen: Bools) -> Bools:
    """A choice that no swap of two candidates makes better."""
    chosen = filled(problem, chosen)
    for _ in range(SWAPS_MOST):
        members = np.flatnonzero(chosen)
        if not len(members):
            break
        profit = _profits(problem, chosen, members)
        room = problem.budget - int(problem.cost[chosen].sum())
        profit[problem.cost[:, None] - problem.cost[members] > room] = 0.0
        profit[members] = 0.0
        into, out_of = np.unravel_index(int(np.argmax(profit)), profit.shape)
        if profit[into, out_of] <= 0.0:
            break
        chosen[members[out_of]], chosen[into] = False, True
        chosen = filled(problem, chosen)
    return chosen


def _profits(problem: Savings, chosen: Bools, members: Ints) -> Floats:
    """By candidate and member: what is saved more with the one in place of the other.

    A point whose best member leaves falls back on its second best, or on the newcomer if that is
    better than the second.
    """
    first, second = problem.best_two(chosen)
    best, next_best = problem.value_or_none(first), problem.value_or_none(second)
    place = np.zeros(problem.candidates + 1, dtype=np.int64)
    place[members] = np.arange(len(members))
    owner = place[np.append(problem.column, problem.candidates)[first]]
    values, rows = problem.value, problem.row
    gain = problem.more_than(best)
    loss = np.bincount(owner, weights=best - next_best, minlength=len(members))
    saves = np.flatnonzero(values > next_best[rows])
    kept = np.minimum(values[saves], best[rows[saves]]) - next_best[rows[saves]]
    cell = problem.column[saves] * len(members) + owner[rows[saves]]
    size = problem.candidates * len(members)
    back = np.bincount(cell, weights=kept, minlength=size).reshape(-1, len(members))
    profits: Floats = gain[:, None] - loss + back
    return profits
