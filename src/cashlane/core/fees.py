"""Fees: who pays what to whom for one payment, by a schedule that is valid for a time.

The fee of a payment is computed once, at the quote, by the version valid then; voids and refunds
give back the very same parts.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from cashlane.values.money import per_million, share_out

Bearer = Literal["customer", "biller"]
Payee = Literal["agent", "network", "route"]
PAYEES: tuple[Payee, ...] = ("agent", "network", "route")


class FeeSlab(Struct, frozen=True):
    """The fee for amounts up to `up_to` minor units: flat plus a rate, within bounds."""

    up_to: int
    flat: int
    rate_ppm: int
    least: int
    most: int


class FeeSchedule(Struct, frozen=True):
    """One version of a fee. `shares` weigh agent, network and route, in this order."""

    number: int
    bearer: Bearer
    slabs: tuple[FeeSlab, ...]
    shares: tuple[int, int, int]
    valid_from: date
    valid_until: date | None


class Fee(Struct, frozen=True, array_like=True):
    """What one payment costs, and the parts of it that agent, network and route receive."""

    schedule: int
    bearer: Bearer
    amount: int
    parts: tuple[int, int, int]


def fee_for(schedule: FeeSchedule, amount: int) -> Fee:
    """The fee on an amount; its parts add up to it exactly (largest remainder, fixed order).

    Rates round half up to the minor unit. Amounts above the last slab pay as the last slab says.
    """
    slab = next((slab for slab in schedule.slabs if amount <= slab.up_to), schedule.slabs[-1])
    bare = slab.flat + per_million(amount, slab.rate_ppm)
    total = min(max(bare, slab.least), slab.most)
    agent, network, route = share_out(total, schedule.shares)
    return Fee(schedule.number, schedule.bearer, total, (agent, network, route))
