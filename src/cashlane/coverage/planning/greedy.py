"""First choices: always the candidate that saves most for its cost beside what is chosen."""

import numpy as np

from cashlane.coverage.planning.savings import Bools, Savings


def filled(problem: Savings, chosen: Bools) -> Bools:
    """A choice with candidates added while the budget lasts and something is saved."""
    chosen = chosen.copy()
    left = problem.budget - int(problem.cost[chosen].sum())
    values = problem.value[problem.by_column]
    rows = problem.row[problem.by_column]
    best = problem.value_or_none(problem.best_two(chosen)[0])
    while True:
        gain = problem.by_candidate(np.maximum(values - best[rows], 0.0))
        gain[chosen | (problem.cost > left)] = 0.0
        at = int(np.argmax(gain / problem.cost))
        if gain[at] <= 0.0:
            return chosen
        chosen[at] = True
        left -= int(problem.cost[at])
        mine = slice(problem.column_starts[at], problem.column_starts[at + 1])
        best[rows[mine]] = np.maximum(best[rows[mine]], values[mine])


def order_of_work(problem: Savings, chosen: Bools) -> list[int]:
    """The chosen candidates in the order in which each next one saves most for its cost beside
    those before it: whoever stops early has done the most useful part."""
    order = []
    values = problem.value[problem.by_column]
    rows = problem.row[problem.by_column]
    best = np.zeros(problem.points)
    left = chosen.copy()
    while left.any():
        gain = problem.by_candidate(np.maximum(values - best[rows], 0.0))
        at = int(np.argmax(np.where(left, gain / problem.cost, -1.0)))
        left[at] = False
        mine = slice(problem.column_starts[at], problem.column_starts[at + 1])
        best[rows[mine]] = np.maximum(best[rows[mine]], values[mine])
        order.append(at)
    return order
