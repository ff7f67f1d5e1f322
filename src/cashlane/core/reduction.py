"""A reduction: what is to go, or went, from which outlets and from which day. The guard asks about
it before it takes effect, or after it happened anyway."""

from collections.abc import Collection
from datetime import date, timedelta

from msgspec import Struct

from cashlane.core.guard import PREVENTABLE, Trigger
from cashlane.core.hours import readable
from cashlane.core.network import Network
from cashlane.core.premises import UNTOLD
from cashlane.core.refusals import Refused
from cashlane.values.geo import Point
from cashlane.values.text import Text

AHEAD = timedelta(days=366)
"""Nobody knows today who would lose a counter in more than a year."""
ACT_WITHIN = timedelta(days=90)
"""What happened anyway is made good within three months (assumed: the model says "promptly")."""


class Lost(Struct, frozen=True):
    """The billers that can be paid at an outlet no longer."""

    outlet: int
    billers: tuple[int, ...]


WISHED = 0
"""The number of a counter that there is not; no outlet has it."""


class Wish(Struct, frozen=True):
    """Where somebody asks for a counter that never was: a place where people live, by its name and
    district, never anybody's own door."""

    name: Text
    district: str
    place: Point


class Reduction(Struct, frozen=True):
    """What goes where. `hours` are the new ones, "" where they stay; `cause` names what brought it
    about, a notice or a way, "" where somebody only wants it. With a `wish` what is lost is what
    the counter WISHED would have taken."""

    trigger: Trigger
    lost: tuple[Lost, ...]
    hours: str
    since: date
    cause: str
    wish: Wish | None = None

    @property
    def outlets(self) -> tuple[int, ...]:
        """Which outlets change, by number."""
        return tuple(sorted(one.outlet for one in self.lost))

    @property
    def waits(self) -> bool:
        """Whether it waits for the guard's answer."""
        return self.trigger in PREVENTABLE

    @property
    def takes_effect(self) -> bool:
        """Whether the network changes when it is signed: also where a shop has closed by itself,
        which another person confirms."""
        return self.waits or self.trigger == "shop"


def check_reduction(
    asked: Reduction, network: Network, taken: Collection[int], today: date
) -> Refused | None:
    """Whether this can be asked about one outlet, whose billers `taken` are."""
    (lost,) = asked.lost
    if not today <= asked.since <= today + AHEAD:
        return Refused("MALFORMED", {"what": Text("生效日期", "the day from which it holds")})
    if not taken:
        return Refused("MALFORMED", {"what": Text("网点（已停办）", "the outlet, which is closed")})
    if not set(lost.billers) <= set(taken):
        return Refused("MALFORMED", {"what": Text("业务", "the service")})
    if asked.trigger == "hours":
        told = network.premises.get(lost.outlet, UNTOLD).hours
        if not told or not asked.hours or not readable(asked.hours) or asked.hours == told:
            return Refused("MALFORMED", {"what": Text("营业时间", "the opening hours")})
    return None
