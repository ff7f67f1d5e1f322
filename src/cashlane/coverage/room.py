"""Room: what the counters around a place can take, beside what its people bring; by two-step
floating catchment (see coverage/tally.py)."""

from bisect import bisect_left

from cashlane.core.access import Layer
from cashlane.core.guard import GuardRule
from cashlane.coverage.distances import Ints
from cashlane.coverage.laid import Coverage
from cashlane.coverage.tally import SHARE

WEEKS_A_YEAR = 52
ROOM_TENTHS = (200, 100, 50, 20, 10)
"""Bands of room, the most first: twenty times what is brought, ten, five, two, once; then less."""


def room_tenths(coverage: Coverage, layer: Layer, rule: GuardRule) -> Ints:
    """For each point: how many tenths of the bills that its payers bring a week the counters within
    a mile have room for, each counter's week shared by all payers within a mile of it; rounded
    down. Capacity is assumed until tills have measured it (core/capacity.py)."""
    brought = SHARE * rule.bills_a_year
    found: Ints = coverage.shares(layer) * (10 * WEEKS_A_YEAR) // brought
    return found


def room_band(tenths: int) -> int:
    """Which of the bands of room; the last is less than what is brought."""
    return bisect_left([-one for one in ROOM_TENTHS], -tenths)
