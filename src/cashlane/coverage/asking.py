"""Asking the guard: one reduction is laid over the ground as it stands, in every layer in which it
can make a difference."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import structs

from cashlane.core.access import HOURS_OF_WEEK, Layer, Offer, layers
from cashlane.core.guard import GUARD, Assessment, Instead, Question
from cashlane.core.network import Network
from cashlane.core.reduction import Lost, Reduction, Wish
from cashlane.coverage.guarding import assessed
from cashlane.coverage.laid import Coverage, lay
from cashlane.coverage.offers import kinds_left, kinds_of, service_of, this_week
from cashlane.coverage.reach import Reach
from cashlane.coverage.standing import Ground, kinds_in

WIDE = 20
"""A reduction at more outlets than this is not asked about hour by hour: it is a way's trouble, not
a door's."""


def reduced(
    network: Network, offers: Mapping[int, Offer], asked: Reduction, now: datetime
) -> list[Offer]:
    """The offers that would be left, of the outlets that change."""
    return [_left(network, offers[one.outlet], one, asked, now) for one in asked.lost]


def _left(network: Network, offer: Offer, lost: Lost, asked: Reduction, now: datetime) -> Offer:
    if asked.trigger in ("closing", "suspending", "shop"):
        return offer.closed()
    if asked.trigger == "hours":
        return structs.replace(offer, hours=this_week(network, asked.hours, now))
    gone = {service_of(network.billers[biller]) for biller in lost.billers}
    return structs.replace(offer, kinds=kinds_left(offer.kinds, gone))


def wished(network: Network, offer: Offer, lost: Lost) -> Offer:
    """What an outlet would offer if what a citizen asks for were there."""
    return structs.replace(offer, kinds=offer.kinds | kinds_of(network, lost.billers))


def hoped(network: Network, wish: Wish, lost: Lost) -> Offer:
    """What a counter would offer that never was: open at some time, to whom steps are too much too,
    and so measured like one that goes, as British rules do with a hypothetical facility
    (ATCS 5.3.2R)."""
    kinds = kinds_of(network, lost.billers)
    return Offer(lost.outlet, wish.place, kinds, hours=None, step_free=True, capacity=0)


def asked_layers(
    network: Network, offers: Mapping[int, Offer], new: Sequence[Offer], asked: Reduction
) -> tuple[Layer, ...]:
    """Any bill and each kind of bill, and each service that goes; at any time, and at every hour at
    which the outlets are open and the city's doors stand differently; with and without steps."""
    gone = {biller for one in asked.lost for biller in one.billers}
    services = sorted(service_of(network.billers[biller]) for biller in gone)
    hours = () if len(new) > WIDE else telling_hours(offers, new)
    return layers((*kinds_in(network), *services), hours)


def telling_hours(offers: Mapping[int, Offer], new: Sequence[Offer]) -> tuple[int, ...]:
    """The hours at which one of the changed outlets is open now, each pattern of open doors before
    and after once: two hours at which the same doors are open have the same answer."""
    open_now = 0
    for one in new:
        open_now |= offers[one.outlet].hours or 0
    masks = sorted({one.hours or 0 for one in (*offers.values(), *new)})
    found: dict[tuple[int, ...], int] = {}
    for hour in range(HOURS_OF_WEEK):
        if open_now >> hour & 1:
            found.setdefault(tuple(mask >> hour & 1 for mask in masks), hour)
    return tuple(found.values())


def answered(
    ground: Ground,
    asked: Reduction,
    coming: Sequence[Reduction],
    instead: Sequence[Instead],
    now: datetime,
) -> tuple[Assessment, Coverage]:
    """The guard's answer, and the coverage that would be left in the layers it looked at. What was
    allowed already and is still to come counts as gone; what a citizen asks to have back is
    measured as if it had been there and went, and so is a counter that never was."""
    question = Question(asked.trigger, asked.outlets, ground.version)
    offers = dict(ground.offers)
    for one in coming:
        offers |= {new.outlet: new for new in reduced(ground.network, offers, one, now)}
    reach = ground.reach
    if asked.wish is not None:
        (lost,) = asked.lost
        offers[lost.outlet] = hoped(ground.network, asked.wish, lost)
        places = {number: offer.place for number, offer in offers.items()}
        reach = Reach(reach.points, places, reach.method)
    elif asked.trigger == "request":
        back = asked.lost
        offers |= {one.outlet: wished(ground.network, offers[one.outlet], one) for one in back}
    new = reduced(ground.network, offers, asked, now)
    wanted = asked_layers(ground.network, offers, new, asked)
    before = lay(reach, wanted, offers.values())
    return assessed(question, before, new, ground.walkers, instead, rule=GUARD, now=now)
