"""Medians, middle halves, and turns that change places."""

import pytest
from bench.measure import Pair, in_turns, spread


@pytest.mark.parametrize(("values", "middle", "low", "high"), [
    ([7], 7, 7, 7),
    ([1, 3], 2, 1.5, 2.5),
    ([5, 1, 3, 2, 4], 3, 2, 4),
    ([1, 1, 1, 1, 100], 1, 1, 1),
])  # fmt: skip
def test_the_middle_half(values: list[float], middle: float, low: float, high: float) -> None:
    found = spread(values)
    assert (found.median, found.low, found.high, found.iqr) == (middle, low, high, high - low)


def test_who_goes_first_changes_from_turn_to_turn() -> None:
    went: list[str] = []

    def yardstick() -> float:
        went.append("yardstick")
        return 100.0

    def ours() -> float:
        went.append("ours")
        return 150.0 + len(went)

    done = in_turns(3, yardstick, ours)
    assert went == ["yardstick", "ours", "ours", "yardstick", "yardstick", "ours"]
    assert done == [Pair(100, 152), Pair(100, 153), Pair(100, 156)]
    assert done[0].ratio == 1.52
