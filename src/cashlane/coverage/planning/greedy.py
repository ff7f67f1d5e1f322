"""First choices: always the candidate that saves most for its cost beside what is chosen."""

import numpy as np

from cashlane.coverage.planning.savings import Bools, Floats, Savings


def filled(problem: Savings, chosen: Bools) -> Bools:
    """A choice with candidates added while the budget lasts and something is saved."""
    chosen = chosen.copy()
    left = problem.budget - int(problem.cost[chosen].sum())
    best = problem.value_or_none(problem.best_two(chosen)[0])
    while True:
        gain = problem.more_than(best)
        gain[chosen | (problem.cost > left)] = 0.0
        at = int(np.argmax(gain / problem.cost))
        if gain[at] <= 0.0:
            return chosen
        chosen[at] = True
        left -= int(problem.cost[at])
        _take(problem, at, best)


def order_of_work(problem: Savings, chosen: Bools) -> list[int]:
    """The chosen candidates in the order in which each next one saves most for its cost beside
    those before it: whoever stops early has done the most useful part."""
    order = []
    best = np.zeros(problem.points)
    left = chosen.copy()
    while left.any():
        gain = problem.more_than(best)
        at = int(np.argmax(np.where(left, gain / problem.cost, -1.0)))
        left[at] = False
        _take(problem, at, best)
        order.append(at)
    return order


def _take(problem: Savings, at: int, best: Floats) -> None:
    """A candidate more is chosen: what each point has may be better now."""
    mine = slice(problem.column_starts[at], problem.column_starts[at + 1])
    rows = problem.row_there[mine]
    best[rows] = np.maximum(best[rows], problem.value_there[mine])
