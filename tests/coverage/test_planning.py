"""Plans beside an exact solver with a model of its own, beside every choice there is, and at their
edges: what is open already, what costs how much, where nothing can be gained."""

from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pytest
from msgspec import structs
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_array, csr_array, eye_array, kron

from cashlane.core.access import STRAIGHT
from cashlane.coverage.planning import bound
from cashlane.coverage.planning.plan import (
    Candidate,
    Effort,
    Goal,
    Plan,
    Progress,
    Wish,
    plan,
)
from cashlane.values.geo import Point, metres

GOALS: tuple[Goal, ...] = ("walk", "cover")
QUICK, EXACT = Effort(gap_ppm=0, solver_s=0), Effort(gap_ppm=0, solver_s=60)
SIZE, MOST = 200, 15


def city(seed: int, *, points: int, candidates: int) -> Wish:
    """People and candidates all over a square of ten kilometres; nothing is open."""
    chance = Random(seed)

    def somewhere() -> Point:
        return Point(121_400_000 + chance.randrange(100_000), 31_200_000 + chance.randrange(90_000))

    return Wish(
        "walk", 800, MOST, [somewhere() for _ in range(points)],
        [chance.randint(1, 500) for _ in range(points)], [],
        [Candidate(100 + number, somewhere(), 1) for number in range(candidates)], STRAIGHT,
    )  # fmt: skip


def table(wish: Wish) -> list[list[int]]:
    """All walks, one by one."""
    return [[metres(here, one.place) for one in wish.candidates] for here in wish.places]


def reached(wish: Wish, chosen: list[int]) -> int:
    """What a choice of places among the candidates leads to, by hand."""
    open_ = [*wish.standing, *(wish.candidates[at].place for at in chosen)]
    walks = [min((metres(here, place) for place in open_), default=1 << 40) for here in wish.places]
    if wish.goal == "walk":
        return sum(weight * far for weight, far in zip(wish.weights, walks, strict=True))
    return sum(w for w, far in zip(wish.weights, walks, strict=True) if far <= wish.within_m)


def told(wish: Wish, effort: Effort) -> Plan:
    return plan(wish, effort, lambda progress: None)


def p_median(wish: Wish) -> int:
    """The textbook's model: every point is served by one chosen candidate."""
    cost = np.array(table(wish)) * np.array(wish.weights)[:, None]
    n, m = cost.shape
    served = csr_array(kron(eye_array(n), np.ones((1, m))))
    only_open = block_array([[eye_array(n * m), -kron(np.ones((n, 1)), eye_array(m))]])
    count = np.concatenate([np.zeros(n * m), np.ones(m)])
    constraints = [
        LinearConstraint(block_array([[served, csr_array((n, m))]]), 1, 1),
        LinearConstraint(only_open, -np.inf, 0),
        LinearConstraint(count[None, :], wish.budget, wish.budget),
    ]
    return solved(np.concatenate([cost.ravel(), np.zeros(m)]), constraints, whole=count)


def most_covered(wish: Wish) -> int:
    """The textbook's model: a point counts if a chosen candidate is within the walk."""
    near = csr_array(np.array(table(wish)) <= wish.within_m, dtype=float)
    n, m = near.shape
    count = np.concatenate([np.zeros(n), np.ones(m)])
    constraints = [
        LinearConstraint(block_array([[eye_array(n), -near]]), -np.inf, 0),
        LinearConstraint(count[None, :], wish.budget, wish.budget),
    ]
    value = -np.concatenate([np.array(wish.weights, dtype=float), np.zeros(m)])
    return -solved(value, constraints, whole=count)


def solved(cost: Any, constraints: list[LinearConstraint], *, whole: Any) -> int:
    answer = milp(cost, constraints=constraints, integrality=whole, bounds=Bounds(0, 1),
                  options={"mip_rel_gap": 0})  # fmt: skip
    assert answer.status == 0, "the solver finished"
    return round(answer.fun)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("goal", GOALS)
def test_plans_are_within_one_hundredth_of_the_best_and_the_gap_says_by_how_much(
    goal: Goal, seed: int
) -> None:
    wish = structs.replace(city(seed, points=SIZE, candidates=SIZE), goal=goal)
    best = p_median(wish) if goal == "walk" else most_covered(wish)
    for effort in (QUICK, EXACT):
        made = told(wish, effort)
        chosen = [step.candidate - 100 for step in made.steps]
        got = made.steps[-1].reached
        assert got == reached(wish, chosen)
        assert len(set(chosen)) == len(chosen) <= MOST
        assert abs(got - best) <= best // 100
        assert min(got, made.bound) <= best <= max(got, made.bound), "the bound is one"
        if effort == EXACT:
            assert got == best
            assert made.gap_ppm <= 1


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("goal", GOALS)
def test_with_costs_and_what_is_open_already_no_choice_at_all_is_better(
    goal: Goal, seed: int
) -> None:
    chance = Random(seed)
    wish = city(seed, points=12, candidates=9)
    wish = structs.replace(
        wish, goal=goal, within_m=2_500, budget=10,
        standing=[wish.places[0], wish.places[1]] if seed % 2 else [],
        candidates=[structs.replace(one, cost=chance.randint(1, 6)) for one in wish.candidates],
    )  # fmt: skip
    affordable = [
        list(chosen)
        for count in range(0 if wish.standing else 1, 10)
        for chosen in combinations(range(9), count)
        if sum(wish.candidates[at].cost for at in chosen) <= wish.budget
    ]
    best = min if goal == "walk" else max
    wanted = best(reached(wish, chosen) for chosen in affordable)
    made = told(wish, EXACT)
    assert made.steps[-1].reached == wanted
    assert made.gap_ppm <= 1
    assert made.steps[-1].spent == sum(
        wish.candidates[one.candidate - 100].cost for one in made.steps
    )
    assert made.steps[-1].spent <= wish.budget
    nothing_open = None if goal == "walk" else 0
    assert made.before == (reached(wish, []) if wish.standing else nothing_open)


@pytest.mark.parametrize("goal", GOALS)
def test_the_most_useful_work_comes_first(goal: Goal) -> None:
    wish = structs.replace(city(3, points=60, candidates=40), goal=goal)
    made = told(wish, QUICK)
    chosen: list[int] = []
    for step in made.steps:
        chosen.append(step.candidate - 100)
        assert step.reached == reached(wish, chosen)
        assert step.spent == len(chosen)
    each = [reached(wish, [step.candidate - 100]) for step in made.steps]
    assert each[0] == (min(each) if goal == "walk" else max(each))
    gains = [abs(a.reached - b.reached) for a, b in zip(made.steps[1:], made.steps, strict=False)]
    assert gains == sorted(gains, reverse=True)


def test_the_same_wish_gives_the_same_plan_and_says_how_far_it_is() -> None:
    wish, said = city(5, points=80, candidates=50), list[Progress]()
    made = plan(wish, QUICK, said.append)
    assert made == told(wish, QUICK)
    assert [one.stage for one in said][:2] == ["choosing", "bounding"]
    assert said[-1] == Progress("done", 0, made.gap_ppm)
    gaps = [one.gap_ppm for one in said if one.gap_ppm is not None]
    assert gaps[-2] <= gaps[0]
    stages = list[Progress]()
    plan(structs.replace(wish, goal="cover"), EXACT, stages.append)
    assert [one.gap_ppm for one in stages][-1] == 0


def test_a_narrow_look_is_widened_where_it_cut_something_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One outlet in a far corner for everybody: it is the nearest candidate of nobody else."""
    wish = structs.replace(city(1, points=50, candidates=150), budget=1)
    monkeypatch.setattr("cashlane.coverage.planning.plan.NEAR_TIMES", 0)
    made = told(wish, Effort(gap_ppm=0, solver_s=60))
    assert made.steps[-1].reached == min(reached(wish, [at]) for at in range(150))
    assert made.gap_ppm <= 1


def test_where_all_candidates_save_no_more_the_plan_is_proven_without_a_solver() -> None:
    wish = structs.replace(city(2, points=30, candidates=20), goal="cover", budget=20)
    made = told(wish, QUICK)
    assert made.steps[-1].reached == reached(wish, list(range(20)))
    assert made.gap_ppm == 0
    assert len(made.steps) < 20, "what serves nobody more is not bought"
    here = structs.replace(wish, standing=wish.places)
    assert told(here, QUICK).steps == ()


def test_a_single_candidate_is_a_plan_where_nothing_is_open() -> None:
    wish = city(4, points=3, candidates=1)
    made = told(wish, QUICK)
    assert [step.reached for step in made.steps] == [reached(wish, [0])] == [made.bound]


def test_nobody_to_serve_needs_no_plan() -> None:
    wish = structs.replace(city(4, points=3, candidates=2), weights=[0, 0, 0])
    assert told(wish, EXACT).steps == ()


def test_bounds_by_any_prices_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also after a single round, whose prices are a guess."""
    monkeypatch.setattr(bound, "ROUNDS_MOST", 1)
    for seed in range(5):
        wish = structs.replace(city(seed, points=12, candidates=9), budget=3)
        made = told(wish, QUICK)
        best = min(reached(wish, list(chosen)) for chosen in combinations(range(9), 3))
        assert made.bound <= best <= made.steps[-1].reached
        assert made.steps[-1].reached - best <= made.gap_ppm * made.steps[-1].reached // 1_000_000
