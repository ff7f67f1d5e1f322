"""The highest rate that the street keeps up with is found, and a noisy moment is not its limit."""

import pytest
from bench.drained import Carried, best_of, steady_rate


def _street(limit: float, noisy: list[int]) -> tuple[list[float], object]:
    tried: list[float] = []

    def carry(per_s: float) -> Carried:
        tried.append(per_s)
        kept_up = per_s <= limit and len(tried) not in noisy
        done = per_s if kept_up else per_s / 2
        return Carried(per_s, per_s, done, 1.0, 0)

    return tried, carry


@pytest.mark.parametrize("noisy", [[], [1], [3], [1, 4, 8]], ids=str)
@pytest.mark.parametrize("limit", [250.0, 555.0, 640.0, 2_000.0])
def test_the_limit_is_found(limit: float, noisy: list[int]) -> None:
    tried, carry = _street(limit, noisy)
    best = best_of(steady_rate(carry, single=1_000))  # type: ignore[arg-type]
    assert best is not None
    assert best.per_s <= limit
    assert best.per_s >= min(limit, 900) - 25
    assert len(tried) <= 20


def test_where_nothing_is_kept_up_with_there_is_no_rate() -> None:
    tried, carry = _street(100, [])
    assert best_of(steady_rate(carry, single=1_000)) is None  # type: ignore[arg-type]
    assert tried == [200, 200]
