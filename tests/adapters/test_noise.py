"""The ids' random bits: within their bound, all of them used, never the same stock twice."""

from collections import Counter

import pytest

from cashlane.adapters.clock import SystemNoise


@pytest.mark.parametrize("bits", [1, 7, 8, 12, 40, 62])
def test_every_bit_is_set_about_half_of_the_time(bits: int) -> None:
    noise, rounds = SystemNoise(), 4_000
    seen = [noise(bits) for _ in range(rounds)]
    assert all(0 <= one < 1 << bits for one in seen)
    for bit in range(bits):
        assert 0.4 < sum(one >> bit & 1 for one in seen) / rounds < 0.6


def test_no_number_of_any_size_comes_twice() -> None:
    noise = SystemNoise()
    assert max(Counter(noise(62) for _ in range(20_000)).values()) == 1
