"""Standing in: cash is taken while no way is open, within bounds that two persons set.

The receipt is good at once; the payment is delivered when a way opens. What is not delivered yet
is the network's exposure: it never exceeds a bound of a till, an outlet, an agent or a biller.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from cashlane.core.chart import Account, Limited
from cashlane.core.network import StandIn
from cashlane.core.record import LIMITS_BEGIN, LimitDelta, PaymentRow, PostingRow
from cashlane.core.routing import WayState
from cashlane.values.ids import bucket_of

BoundKey = tuple[int, Limited, int]
"""(bucket, kind, party) of a bounded account."""

_PASSING = frozenset({"sick", "maintenance"})


def applies(policy: StandIn, biller: int, ways: Sequence[WayState], now: datetime) -> bool:
    """Whether the network stands in for a biller now: no way is open, one of them may come back by
    itself, and they have not been closed for too long. A way that was withdrawn does not."""
    if biller not in policy.billers or any(way.share for way in ways):
        return False
    passing = [way.since for way in ways if way.closed in _PASSING and way.since is not None]
    return bool(passing) and now - max(passing) <= timedelta(seconds=policy.outage_most_s)


def bounds(
    *, outlet: int, outlet_bucket: int, till: int, agent: int, biller: int
) -> list[BoundKey]:
    """The bounded accounts that a payment weighs on while it is not delivered."""
    return [
        (outlet_bucket, Limited.STAND_IN_TILL, till),
        (outlet_bucket, Limited.STAND_IN_OUTLET, outlet),
        (agent_bucket(agent), Limited.STAND_IN_AGENT, agent),
        (biller_bucket(biller), Limited.STAND_IN_BILLER, biller),
    ]


def bounds_of(payment: PaymentRow) -> list[BoundKey]:
    """The same for a payment that was taken."""
    return bounds(
        outlet=payment.outlet, outlet_bucket=payment.bucket, till=payment.till,
        agent=payment.agent, biller=payment.biller,
    )  # fmt: skip


def agent_bucket(agent: int) -> int:
    """The bucket in which an agent's exposure lives."""
    return bucket_of("agent", agent)


def biller_bucket(biller: int) -> int:
    """The bucket in which a biller's exposure lives."""
    return bucket_of("biller", biller)


def let_go(payment: PaymentRow, postings: Iterable[PostingRow]) -> list[LimitDelta]:
    """What postings of a payment take off the exposures: all that they move out of that account."""
    moved = sum(
        amount
        for posting in postings
        for account, amount in zip(posting.accounts, posting.amounts, strict=True)
        if account is Account.EXPOSURE
    )
    if moved == 0:
        return []
    return [
        LimitDelta(bucket, kind, party, -moved, LIMITS_BEGIN, 0)
        for bucket, kind, party in bounds_of(payment)
    ]


def add_limits(held: list[LimitDelta], more: Iterable[LimitDelta]) -> None:
    """Put changes of bounded accounts into a write: one for each account, in the order of keys."""
    by_key = {(one.bucket, one.kind, one.party): one for one in held}
    for one in more:
        key = (one.bucket, one.kind, one.party)
        known = by_key.get(key)
        by_key[key] = one if known is None else _sum(known, one)
    held[:] = [by_key[key] for key in sorted(by_key)]


def _sum(one: LimitDelta, more: LimitDelta) -> LimitDelta:
    day, receipts = max((one.receipts_day, one.receipts), (more.receipts_day, more.receipts))
    return LimitDelta(one.bucket, one.kind, one.party, one.delta + more.delta, day, receipts)
