"""The ladder and the map as drawings: within their ground, true to their figures; shares of a
payment rounded as they are told."""

import re
from datetime import UTC, datetime

import pytest

from cashlane.core.economics import Rung
from cashlane.core.network import Network
from cashlane.coverage.planning.desk import Task
from cashlane.coverage.planning.plan import Effort, Wish, plan
from cashlane.coverage.planning.wishing import Choice
from cashlane.values.geo import Point
from cashlane.web.operator.economics import per_payment
from cashlane.web.operator.planned import added, means
from cashlane.web.operator.planned_map import HEIGHT_MOST, WIDTH, drawn
from cashlane.web.operator.show import Show
from cashlane.web.operator.stairs import LINES_MOST, Stairs, stairs
from tests.coverage.test_planning import city
from tests.rolls.counter import network

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RUNGS = [Rung(20, (1, 2), 2), Rung(35, (3,), 3), Rung(99, (4, 5, 6), 6)]


def corners(path: str) -> list[tuple[str, int]]:
    return [(move, int(value)) for move, value in re.findall(r"([HV])(\d+)", path)]


def test_a_ladder_rises_with_its_rungs() -> None:
    found = stairs([RUNGS], 6, [30])
    (path,) = found.paths
    heights = [value for move, value in corners(path) if move == "V"]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == found.ceiling, "all outlets stand at the top"
    across = [value for move, value in corners(path) if move == "H"]
    assert across == sorted(across)
    assert across[-1] == found.right
    assert [one.value for one in found.marks] == [30]
    assert across[0] < found.marks[0].at < across[1], "30 lies between 20 and 35"


@pytest.mark.parametrize("top", [1, 7, 99, 4_407, 60_000, 2_000_000])
def test_its_ground_has_few_round_lines(top: int) -> None:
    found: Stairs = stairs([[Rung(top, (1,), 1)]], top, [])
    for lines in (found.fees, found.outlets):
        assert 1 <= len(lines) <= LINES_MOST + 1
        assert lines[0].value == 0
    assert max(one.value for one in found.fees) <= top * 11 // 10 + 1


def test_without_outlets_it_is_a_line() -> None:
    assert stairs([[]], 0, [30]).paths == [f"M52 {stairs([[]], 0, [30]).floor}H746"]


def planned(goal: str) -> Task:
    """A plan of a small city, some of it open before."""
    wish: Wish = city(3, points=80, candidates=25)
    choice = Choice((), "walk" if goal == "walk" else "cover", 800, 6, "people")
    standing = [wish.candidates[0].place, Point(100_000_000, 20_000_000)]
    wish = Wish(choice.goal, 800, 6, wish.places, wish.weights, standing, wish.candidates,
                wish.method)  # fmt: skip
    made = plan(wish, Effort(1_000, 0), lambda progress: None)
    return Task("k", choice, wish, "operator-1", NOW, "done", None, made)


def test_a_map_holds_everything_but_what_is_far_away() -> None:
    task = planned("walk")
    found = drawn(task)
    assert task.plan is not None
    assert found.height <= HEIGHT_MOST
    for layer in (found.people, found.standing, found.candidates, found.chosen):
        assert all(0 <= one.x <= WIDTH and 0 <= one.y <= found.height for one in layer)
    assert len(found.standing) == 1, "the other one is in another country"
    assert len(found.chosen) == len(task.plan.steps)
    assert {one.order for one in found.chosen} == set(range(1, len(task.plan.steps) + 1))


@pytest.mark.parametrize("goal", ["walk", "cover"])
def test_what_each_piece_of_work_adds(goal: str) -> None:
    task = planned(goal)
    rows, whole = added(task), means(task)
    assert task.plan is not None
    assert whole is not None
    assert whole.before is not None
    last = whole.before
    for row, step in zip(rows, task.plan.steps, strict=True):
        people = sum(task.wish.weights)
        told = step.reached if goal == "cover" else round(step.reached / people)
        assert abs(row.reached - told) <= (goal == "walk")
        assert row.adds == abs(row.reached - last)
        last = row.reached
    assert whole.after == last
    assert whole.bound >= last if goal == "cover" else whole.bound <= last


def test_before_there_is_a_plan_there_is_nothing_to_tell() -> None:
    task = planned("walk")
    task.plan = None
    assert added(task) == []
    assert means(task) is None


@pytest.mark.parametrize(
    ("amount", "payments", "told"),
    [(12_679, 420, "0.302"), (-5_389, 420, "−0.128"), (0, 420, "0.000"), (7, 0, "–"),
     (123_456, 1, "1234.560"), (5, 100, "0.001"), (4, 100, "0.000")],
)  # fmt: skip
def test_a_payments_share_is_told_to_the_tenth_of_a_fen(
    amount: int, payments: int, told: str
) -> None:
    whose: Network = network()
    assert per_payment(amount, payments, Show("en", whose, NOW)) == told
