"""Fees: the right slab, bounds that hold, parts that add up to the fen."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cashlane.core.fees import PAYEES, FeeSchedule, FeeSlab, fee_for

SLABS = (
    FeeSlab(up_to=3_000_000, flat=11_000, rate_ppm=0, least=0, most=11_000),
    FeeSlab(up_to=5_000_000, flat=0, rate_ppm=5_000, least=12_000, most=22_000),
)


def schedule(slabs: tuple[FeeSlab, ...], shares: tuple[int, int, int]) -> FeeSchedule:
    return FeeSchedule(7, "biller", slabs, shares, date(2022, 1, 1), None)


def test_slabs_and_bounds() -> None:
    fee = schedule(SLABS, (1, 1, 1))
    assert fee_for(fee, 3_000_000).amount == 11_000
    assert fee_for(fee, 3_000_001).amount == 15_000
    assert fee_for(fee, 5_000_000).amount == 22_000
    assert fee_for(fee, 9_000_000).amount == 22_000
    low = schedule((FeeSlab(up_to=1, flat=0, rate_ppm=5_000, least=12, most=22),), (1, 0, 0))
    assert fee_for(low, 100).amount == 12


def test_thirty_fen_in_three_parts() -> None:
    flat = schedule((FeeSlab(up_to=1, flat=30, rate_ppm=0, least=30, most=30),), (7, 2, 1))
    fee = fee_for(flat, 12_650)
    assert (fee.schedule, fee.bearer, fee.amount, fee.parts) == (7, "biller", 30, (21, 6, 3))
    assert len(fee.parts) == len(PAYEES)


slabs = st.builds(
    lambda flat, rate, least, more: FeeSlab(10**6, flat, rate, least, least + more),
    st.integers(0, 500),
    st.integers(0, 50_000),
    st.integers(0, 500),
    st.integers(0, 5_000),
)
shares = st.tuples(*[st.integers(0, 1_000)] * 3).filter(any)


@given(slabs, shares, st.integers(0, 10**9))
def test_parts_add_up_and_bounds_hold(
    slab: FeeSlab, weights: tuple[int, int, int], amount: int
) -> None:
    fee = fee_for(schedule((slab,), weights), amount)
    assert sum(fee.parts) == fee.amount
    assert slab.least <= fee.amount <= slab.most
    assert all(part == 0 for part, weight in zip(fee.parts, weights, strict=True) if not weight)
