"""Asking the guard: one reduction is laid over the ground as it stands, in every layer in which it
can make a difference."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from cashlane.core.access import HOURS_OF_WEEK, Layer, Offer, layers
from cashlane.core.guard import GUARD, Assessment, Instead, Question
from cashlane.core.network import Network
from cashlane.core.reduction import Reduction
from cashlane.coverage.guarding import assessed
from cashlane.coverage.laid import Coverage, lay
from cashlane.coverage.offers import billers_at, kinds_of, service_of, this_week
from cashlane.coverage.standing import Ground, kinds_in

WIDE = 20
"""A reduction at more outlets than this is not asked about hour by hour: it is a way's trouble, not
a door's."""


def reduced(ground: Ground, asked: Reduction, now: datetime) -> list[Offer]:
    """The offers that would be left, of the outlets that change."""
    return [
        _left(ground.network, ground.offers[one.outlet], one.billers, asked, now)
        for one in asked.lost
    ]


def _left(
    network: Network, offer: Offer, billers: Sequence[int], asked: Reduction, now: datetime
) -> Offer:
    if asked.trigger in ("closing", "suspending"):
        return offer.closed()
    if asked.trigger == "hours":
        hours = this_week(network, asked.hours, now)
        return Offer(offer.outlet, offer.place, offer.kinds, hours, offer.step_free, offer.capacity)
    left = [one for one in billers_at(network, offer.outlet) if one not in billers]
    kinds = kinds_of(network, left)
    return Offer(offer.outlet, offer.place, kinds, offer.hours, offer.step_free, offer.capacity)


def asked_layers(ground: Ground, asked: Reduction) -> tuple[Layer, ...]:
    """Any bill and each kind of bill, and each service that goes; at any time, and at every hour at
    which the outlets are open and the city's doors stand differently; with and without steps."""
    network = ground.network
    gone = {biller for one in asked.lost for biller in one.billers}
    services = sorted(service_of(network.billers[biller]) for biller in gone)
    hours = () if len(asked.lost) > WIDE else telling_hours(ground.offers, asked.outlets)
    return layers((*kinds_in(network), *services), hours)


def telling_hours(offers: Mapping[int, Offer], outlets: Iterable[int]) -> tuple[int, ...]:
    """The hours at which one of the outlets is open, each pattern of open doors in the city once:
    two hours at which the same doors are open have the same answer."""
    open_then = 0
    for outlet in outlets:
        open_then |= offers[outlet].hours or 0
    masks = sorted({one.hours for one in offers.values() if one.hours is not None})
    found: dict[tuple[int, ...], int] = {}
    for hour in range(HOURS_OF_WEEK):
        if open_then >> hour & 1:
            found.setdefault(tuple(mask >> hour & 1 for mask in masks), hour)
    return tuple(found.values())


def answered(
    ground: Ground, asked: Reduction, instead: Sequence[Instead], now: datetime
) -> tuple[Assessment, Coverage]:
    """The guard's answer, and the coverage that would be left in the layers it looked at."""
    question = Question(asked.trigger, asked.outlets, ground.version)
    before = lay(ground.reach, asked_layers(ground, asked), ground.offers.values())
    new = reduced(ground, asked, now)
    return assessed(question, before, new, ground.walkers, instead, rule=GUARD, now=now)
