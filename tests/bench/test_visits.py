"""Visits are counted after the warm-up, and the lost are never left out."""

from bench.arrivals import Answered
from bench.visits import OK, WARM_S, Visited, counted


def _visit(begun_s: float, took_s: float, status: int = OK) -> Answered:
    return Answered(WARM_S + begun_s, took_s, status)


def test_visits_that_end_in_time_make_the_rate() -> None:
    visits = [_visit(at, 0.5) for at in range(10)]
    assert counted(visits, seconds=10) == Visited(per_s=1, p50_ms=500, p99_ms=500, lost=0)


def test_the_warm_up_is_no_part_of_the_waits() -> None:
    slow, across = _visit(-2, 1.5), _visit(-1, 2)
    found = counted([slow, across, _visit(0, 1), _visit(1, 1)], seconds=4)
    assert (found.p50_ms, found.p99_ms) == (1000, 1000)
    assert found.per_s == 3 / 4, "one that ends in time is of the rate, whenever it began"


def test_what_ends_too_late_is_a_wait_and_no_rate() -> None:
    found = counted([_visit(0, 1), _visit(3.5, 2)], seconds=4)
    assert (found.per_s, found.p99_ms) == (1 / 4, 2000)


def test_the_lost_count_though_they_came_in_the_warm_up() -> None:
    found = counted([_visit(-1, 9, 0), _visit(1, 1, 0), _visit(1, 1)], seconds=4)
    assert (found.lost, found.per_s) == (2, 1 / 4)
