"""The one problem behind both goals: choose outlets within a budget so that what they save, each
demand point counting the best of them only, is most.

For the least mean walk (the p-median) a saving is metres times people, beside what they walk if
nothing is chosen; for most people within a walk (maximal cover) it is the people themselves.
"""

from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cashlane.coverage.distances import Ints

Floats = NDArray[np.float64]
"""Savings are whole numbers below 2 ** 53, which floats hold and add exactly."""
Bools = NDArray[np.bool_]


class Savings(Struct, frozen=True):
    """What candidates save to points, where it is anything: `value[e]` from candidate `column[e]`
    to point `row[e]`, row by row, the most saving candidate of a row first.

    `starts` bounds the rows. The same entries in the order of their candidates are `row_there` and
    `value_there`, bounded by `column_starts`. `cost` is what each candidate takes of the `budget`.
    """

    points: int
    candidates: int
    row: Ints
    column: Ints
    value: Floats
    starts: Ints
    row_there: Ints
    value_there: Floats
    column_starts: Ints
    cost: Ints
    budget: int

    def of(self, chosen: Bools) -> float:
        """What a choice saves altogether."""
        return float(self.value_or_none(self.best_two(chosen)[0]).sum())

    def best_two(self, chosen: Bools) -> tuple[Ints, Ints]:
        """For each point its two best entries among chosen candidates; one past the last entry
        where there is none."""
        none = len(self.value)
        open_ = np.append(np.flatnonzero(chosen[self.column]), [none, none])
        at = np.searchsorted(open_[:-2], self.starts[:-1])
        first, second, ends = open_[at], open_[at + 1], self.starts[1:]
        return np.where(first < ends, first, none), np.where(second < ends, second, none)

    def value_or_none(self, entries: Ints) -> Floats:
        """The values of entries; nothing is saved by no entry."""
        values: Floats = np.append(self.value, 0.0)[entries]
        return values

    def more_than(self, had: Floats) -> Floats:
        """By candidate: what it saves beyond what each point has already."""
        more = np.maximum(self.value_there - had[self.row_there], 0.0)
        starts, ends = self.column_starts[:-1], self.column_starts[1:]
        sums: Floats = np.add.reduceat(np.append(more, 0.0), starts)
        return np.where(starts < ends, sums, 0.0)

    def entries_there(self, chosen: Bools) -> Ints:
        """Where the entries of chosen candidates lie in their candidates' order."""
        starts = self.column_starts[:-1][chosen]
        counts = self.column_starts[1:][chosen] - starts
        begun: Ints = np.cumsum(counts) - counts
        return np.repeat(starts - begun, counts) + np.arange(counts.sum())


def savings(saved: Ints, cost: Ints, budget: int) -> Savings:
    """A problem from a table of whole savings, points by candidates."""
    row, column = np.nonzero(saved > 0)
    return _ordered(saved.shape, row, column, saved[row, column], cost, budget)


def _ordered(
    size: Iterable[int], row: Ints, column: Ints, value: Ints, cost: Ints, budget: int
) -> Savings:
    points, candidates = size
    order = np.lexsort((column, -value, row))
    row, column, value = row[order], column[order], value[order]
    by_column = np.argsort(column, kind="stable")
    return Savings(
        points, candidates, row, column, value.astype(np.float64),
        np.searchsorted(row, np.arange(points + 1)), row[by_column],
        value[by_column].astype(np.float64),
        np.searchsorted(column[by_column], np.arange(candidates + 1)), cost, budget,
    )  # fmt: skip


def shorter_walks(
    walks_m: Ints, standing_m: Ints, weights: Ints, cost: Ints, budget: int, *, near: int
) -> tuple[Savings, float]:
    """The goal of the least mean walk; and the people-metres walked if nothing is chosen.

    `standing_m` is each point's walk to what is open already, or a very long one. Beyond a
    point's `near` nearest candidates a walk counts as that to the last of them: what is counted
    is never more than what is walked, so that a bound of it is a bound of the walks.
    """
    # A metre more than the farthest, so that where nothing is open even that one saves something.
    worst = walks_m.max(axis=1) + 1
    if near < walks_m.shape[1]:
        worst = np.partition(walks_m, near, axis=1)[:, near]
    worst = np.minimum(worst, standing_m)
    saved = np.maximum(worst[:, None] - walks_m, 0) * weights[:, None]
    return savings(saved, cost, budget), float((worst * weights).sum())


def more_within(
    walks_m: Ints, standing_m: Ints, weights: Ints, cost: Ints, budget: int, *, within_m: int
) -> tuple[Savings, float]:
    """The goal of most people within a walk; and the people who have an outlet so near already."""
    without = standing_m > within_m
    saved = (walks_m <= within_m) * (weights * without)[:, None]
    return savings(saved, cost, budget), float((weights * ~without).sum())
