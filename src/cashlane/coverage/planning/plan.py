"""A plan: which outlets to open or restore under a budget, in which order, with a gap stated.

The gap says how much better any other choice could be at most; it is proven by a bound, not
estimated. Where the solver finishes in the time it is given, nothing better exists at all.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct

from cashlane.core.access import Method
from cashlane.coverage.distances import Ints, columns, metres_between
from cashlane.coverage.planning.bound import Found, bounded
from cashlane.coverage.planning.exact import proven
from cashlane.coverage.planning.greedy import order_of_work
from cashlane.coverage.planning.savings import Savings, more_within, shorter_walks
from cashlane.coverage.planning.swap import improved
from cashlane.values.geo import Point

Goal = Literal["walk", "cover"]
"""The least mean walk, or most people within a walk."""
Stage = Literal["choosing", "bounding", "proving", "done"]
CELLS_MOST = 12_000_000
"""Pairs of a point and a candidate in one plan: about a gigabyte of memory at the worst."""
NEAR_TIMES, NEAR_LEAST, ENTRIES_MOST = 8, 64, 12_000_000
"""A point's outlet is nearly always among so many times as many candidates as there are for each
that is chosen. Where it is not, more are looked at, up to so many for all points together."""
_NOWHERE_M = 1 << 40


class Candidate(Struct, frozen=True):
    """An outlet that could be opened or restored; `cost` in the unit of the budget, at least 1."""

    number: int
    place: Point
    cost: int


class Wish(Struct, frozen=True):
    """What is planned for: demand at `places` with its weights (people, or payers), beside what is
    `standing` already. `within_m` belongs to the goal "cover"."""

    goal: Goal
    within_m: int
    budget: int
    places: Sequence[Point]
    weights: Sequence[int]
    standing: Sequence[Point]
    candidates: Sequence[Candidate]
    method: Method


class Effort(Struct, frozen=True):
    """When to stop: at a gap of so many parts per million; and how long a solver may look for the
    best there is, in seconds (0: not at all)."""

    gap_ppm: int
    solver_s: int


class Progress(Struct, frozen=True):
    """How far a plan is. The gap is None before there is a bound."""

    stage: Stage
    rounds: int
    gap_ppm: int | None


class Step(Struct, frozen=True):
    """One piece of work: the candidate; what all work up to it costs; and what it leads to, in
    metres walked by all people together or in people within the walk."""

    candidate: int
    spent: int
    reached: int


class Plan(Struct, frozen=True):
    """Work in its order. No plan within the budget leads to more people, or fewer metres, than
    `bound`; what this one leads to is off it by `gap_ppm` at most."""

    goal: Goal
    before: int | None
    steps: tuple[Step, ...]
    bound: int
    gap_ppm: int


Tell = Callable[[Progress], None]


def plan(wish: Wish, effort: Effort, tell: Tell) -> Plan:
    """Choose; the same wish and effort give the same plan as long as no solver is asked."""
    _check(wish)
    walks, standing = _walks(wish)
    near = _first_near(wish)
    while True:
        problem, without = _problem(wish, walks, standing, near)
        found = _found(problem, _Measure(wish, without), effort, tell)
        made = _plan(wish, walks, standing, problem, without, found)
        wider = min(2 * near, len(wish.candidates), ENTRIES_MOST // len(wish.places))
        counted = _Measure(wish, without).of(found.saved)
        cut_off = bool(made.steps) and made.steps[-1].reached > counted
        if made.gap_ppm <= effort.gap_ppm or not cut_off or wider <= near:
            tell(Progress("done", 0, made.gap_ppm))
            return made
        near = wider


def _check(wish: Wish) -> None:
    assert len(wish.places) == len(wish.weights), "each place has a weight"
    assert all(candidate.cost >= 1 for candidate in wish.candidates), "work costs something"
    assert all(weight >= 0 for weight in wish.weights)
    assert min(one.cost for one in wish.candidates) <= wish.budget, "nothing can be afforded"
    cells = len(wish.places) * len(wish.candidates)
    assert 0 < cells <= CELLS_MOST, f"{cells} pairs are too many for one plan: plan by district"


def _walks(wish: Wish) -> tuple[Ints, Ints]:
    """Walks from each place to each candidate, and to the nearest outlet that is open already."""
    here = tuple(column[:, None] for column in columns(wish.places))
    there = columns(candidate.place for candidate in wish.candidates)
    walks = _walked(wish, metres_between((here[0], here[1]), there))
    standing = np.full(len(wish.places), _NOWHERE_M, dtype=np.int64)
    at_once = max(1, CELLS_MOST // 8 // len(wish.places))
    for at in range(0, len(wish.standing), at_once):
        some = columns(wish.standing[at : at + at_once])
        straight = metres_between((here[0], here[1]), some).min(axis=1)
        standing = np.minimum(standing, _walked(wish, straight))
    return walks, standing


def _walked(wish: Wish, straight_m: Ints) -> Ints:
    walked: Ints = straight_m * wish.method.detour_ppm // 1_000_000
    return walked


def _first_near(wish: Wish) -> int:
    count = len(wish.candidates)
    affordable = max(1, wish.budget * count // sum(one.cost for one in wish.candidates))
    return min(
        count,
        max(NEAR_LEAST, NEAR_TIMES * count // affordable),
        max(1, ENTRIES_MOST // len(wish.places)),
    )


def _problem(wish: Wish, walks: Ints, standing: Ints, near: int) -> tuple[Savings, float]:
    """The problem, and what is walked or reached if nothing is chosen, as the problem counts."""
    weights = np.array(wish.weights, dtype=np.int64)
    cost = np.array([candidate.cost for candidate in wish.candidates], dtype=np.int64)
    if wish.goal == "cover":
        return more_within(walks, standing, weights, cost, wish.budget, within_m=wish.within_m)
    return shorter_walks(walks, standing, weights, cost, wish.budget, near=near)


class _Measure(Struct):
    """Turns what is saved into what is walked or reached."""

    wish: Wish
    without: float

    def of(self, saved: float) -> float:
        """Metres walked, or people reached."""
        return self.without - saved if self.wish.goal == "walk" else self.without + saved

    def gap_ppm(self, reached: float, bound: float) -> int:
        """By how much of itself a figure may be off its bound, rounded up."""
        return int(np.ceil(abs(reached - bound) * 1_000_000 / max(1.0, min(reached, bound))))


def _found(problem: Savings, measure: _Measure, effort: Effort, tell: Tell) -> Found:
    def gap(found: Found) -> int:
        bound = max(found.saved, found.bound)
        return measure.gap_ppm(measure.of(found.saved), measure.of(bound))

    tell(Progress("choosing", 0, None))
    chosen = improved(problem, np.zeros(problem.candidates, dtype=np.bool_))
    found = bounded(
        problem, chosen,
        enough=lambda found: gap(found) <= effort.gap_ppm,
        told=lambda found, rounds: tell(Progress("bounding", rounds, gap(found))),
    )  # fmt: skip
    if effort.solver_s and gap(found):
        tell(Progress("proving", 0, gap(found)))
        found = proven(problem, found, within_s=effort.solver_s)
    return found


def _plan(
    wish: Wish, walks: Ints, standing: Ints, problem: Savings, without: float, found: Found
) -> Plan:
    """The work in its order, each step measured on the walks themselves."""
    measure = _Measure(wish, without)
    steps, spent, nearest = [], 0, standing
    before = None if not wish.standing and wish.goal == "walk" else _reached(wish, standing)
    for at in order_of_work(problem, found.chosen):
        spent += wish.candidates[at].cost
        nearest = np.minimum(nearest, walks[:, at])
        steps.append(Step(wish.candidates[at].number, spent, _reached(wish, nearest)))
    best = measure.of(max(found.bound, found.saved))
    # Prices are floats, and their sums off the truth by far less than this.
    bound = int(np.ceil(best - 0.01) if wish.goal == "walk" else np.floor(best + 0.01))
    reached = _reached(wish, nearest)
    return Plan(wish.goal, before, tuple(steps), bound, measure.gap_ppm(reached, bound))


def _reached(wish: Wish, nearest: Ints) -> int:
    weights = np.array(wish.weights, dtype=np.int64)
    if wish.goal == "cover":
        return int(weights[nearest <= wish.within_m].sum())
    return int((weights * nearest).sum())
