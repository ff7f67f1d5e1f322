"""The network as it stands at one moment: an immutable picture that rules look things up in.

Registry publishes a new version whenever a party, contract or state changes; rooms swap the
whole picture at once, so that no decision ever sees half a change.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from cashlane.core.bill import Biller
from cashlane.core.chart import Limited
from cashlane.core.fees import FeeSchedule
from cashlane.core.premises import Premises
from cashlane.core.programme import Placement, Programme, live_at
from cashlane.values.geo import Point
from cashlane.values.money import Currency
from cashlane.values.text import Text
from cashlane.values.times import write_moment


class Manifest(Struct, frozen=True):
    """What a route was certified to do; the flows believe nothing beyond it.

    `dedups_by_payment_id`: a second send of one id posts once. `not_found_final`: after
    `grace_s` seconds and two consistent answers, "not found" proves that nothing was posted.
    `not_posted_codes`: refusals that prove the same; `shut_codes` are those of them that say
    nothing about the bill: the way itself is closed. `voids`: it can undo on the same day.
    `per_message` payments fit one message; `per_second` is what it takes.
    """

    dedups_by_payment_id: bool
    not_found_final: bool
    answers_status: bool
    voids: bool
    not_posted_codes: tuple[str, ...]
    shut_codes: tuple[str, ...]
    grace_s: int
    per_message: int
    per_second: int


class Route(Struct, frozen=True):
    """A way to billers: who runs it and what it was certified to do."""

    number: int
    code: str
    name: Text
    kind: Literal["aggregator", "bank", "file"]
    manifest: Manifest
    billers: tuple[int, ...]


class Agent(Struct, frozen=True):
    """The company behind outlets, within its legal group.

    `drawer`: "own" drawers are counted by us; in a "shared" one bill cash lies among the sales.
    """

    number: int
    code: str
    name: Text
    kind: Literal["post", "chain", "bank"]
    group: str
    drawer: Literal["own", "shared"]


class Outlet(Struct, frozen=True):
    """A place that takes cash. `since` and `until` bound its service by business date."""

    number: int
    code: str
    name: Text
    agent: int
    brand: str
    district: str
    bucket: int
    drawer_most: int
    suspended: bool


class Till(Struct, frozen=True):
    """A machine at an outlet."""

    number: int
    code: str
    outlet: int


class Way(Struct, frozen=True):
    """One route of a contract, and how far it may be used.

    `stage`: a "signed" way is on paper only, a "certified" one has passed the conformance kit.
    `warm_ppm`: the share of the payments that keeps it proven while another way leads. `fee` is a
    schedule of its own, 0 the contract's.
    """

    route: int
    stage: Literal["signed", "certified"]
    warm_ppm: int
    fee: int


class Contract(Struct, frozen=True):
    """What an agent may take for a biller, by which ways in which order, for which fee."""

    agent: int
    biller: int
    ways: tuple[Way, ...]
    fee: int
    payment_most: int

    @property
    def routes(self) -> tuple[int, ...]:
        """The routes that may carry a payment, the preferred one first."""
        return tuple(way.route for way in self.ways if way.stage == "certified")


class StandIn(Struct, frozen=True, forbid_unknown_fields=True):
    """The bounds of standing in, in minor units; a biller that is not in `billers` is not stood in
    for.

    `payment_most` is for one payment, the others for all that is not delivered yet. No payment is
    taken once the ways have been closed for longer than `outage_most_s` seconds.
    """

    billers: tuple[int, ...]
    payment_most: int
    till_most: int
    outlet_most: int
    agent_most: int
    biller_most: int
    outage_most_s: int

    def most(self, kind: Limited) -> int:
        """The bound of one kind of exposure."""
        return {
            Limited.STAND_IN_TILL: self.till_most,
            Limited.STAND_IN_OUTLET: self.outlet_most,
            Limited.STAND_IN_AGENT: self.agent_most,
            Limited.STAND_IN_BILLER: self.biller_most,
        }[kind]


NO_STAND_IN = StandIn((), 0, 0, 0, 0, 0, 0)
"""Nothing is stood in for until two persons switch it on."""


class Network(Struct, frozen=True):
    """One published version of everything above, with its look-ups."""

    version: int
    currency: Currency
    zone: str
    billers: Mapping[int, Biller]
    routes: Mapping[int, Route]
    agents: Mapping[int, Agent]
    outlets: Mapping[int, Outlet]
    tills: Mapping[int, Till]
    contracts: Mapping[tuple[int, int], Contract]
    fees: Mapping[int, FeeSchedule]
    withdrawn: Mapping[tuple[int, int], date]
    """Since when (outlet, biller) is withdrawn while the outlet stays open; biller 0 says since
    when the whole outlet is suspended."""
    stand_in: StandIn
    places: Mapping[int, Point] = {}
    """Where outlets are, as far as it is known."""
    premises: Mapping[int, Premises] = {}
    """How they are found and entered, as far as their agents have told."""
    country: str = ""
    """Whose public holidays opening hours speak of (ISO 3166); "" where nobody said."""
    districts: Mapping[str, Text] = {}
    """What districts are called, by their codes."""
    placements: Mapping[int, tuple[Placement, ...]] = {}
    """Programmes at outlets that have a day from which they are there and did not end before."""
    programmes: Mapping[str, Programme] = {}
    """What these are called, by their codes."""
    silent: Mapping[int, bool] = {}
    """Outlets whose silence is an alarm, and whether somebody has seen to it."""

    def district(self, code: str) -> Text:
        """What a district is called; its code where nobody said."""
        return self.districts.get(code) or Text(code, code)

    def live_programmes(self, outlet: int, on: date) -> tuple[str, ...]:
        """The programmes that are at an outlet on a day, by code."""
        return live_at(self.placements.get(outlet, ()), on)

    def agent_of(self, outlet: int) -> Agent:
        """The company behind an outlet."""
        return self.agents[self.outlets[outlet].agent]

    def agents_by_outlet(self) -> dict[int, int]:
        """Whose outlet is which, by number."""
        return {number: outlet.agent for number, outlet in self.outlets.items()}

    def outlets_by_agent(self) -> dict[int, tuple[Outlet, ...]]:
        """Every agent's outlets, in the order of their numbers; an agent without any is not
        among them."""
        found: dict[int, list[Outlet]] = {}
        for _, outlet in sorted(self.outlets.items()):
            found.setdefault(outlet.agent, []).append(outlet)
        return {agent: tuple(outlets) for agent, outlets in found.items()}

    def issuers(self) -> dict[tuple[str, str], int]:
        """Which biller an issuer in a bill code means: (layout, issuer) -> biller number.

        A biller's record names them as "layout/issuer".
        """
        return {
            (layout, issuer): biller.number
            for biller in self.billers.values()
            for layout, _, issuer in (name.partition("/") for name in biller.layouts)
        }

    def contract(self, outlet: int, biller: int) -> Contract | None:
        """The contract under which an outlet takes money for a biller, if there is one."""
        return self.contracts.get((self.outlets[outlet].agent, biller))

    def local(self, moment: datetime) -> datetime:
        """A moment on the network's own clock."""
        return moment.astimezone(ZoneInfo(self.zone))

    def written(self, moment: datetime) -> str:
        """A moment on the network's own clock, as answers spell it."""
        return _written(moment, self.zone)


@lru_cache(maxsize=256)
def _written(moment: datetime, zone: str) -> str:
    """All payments of a batch were accepted at one moment."""
    return write_moment(moment.astimezone(ZoneInfo(zone)))


class Day(Struct, frozen=True):
    """The business day that is open for posting, or has just been cut."""

    business_date: date
    open: bool


class Actor(Struct, frozen=True):
    """Who stands behind a request: a machine's key or a person's session.

    `outlet` is None for a key of a whole agent (a chain's head office).
    """

    agent: int
    outlet: int | None
    person: UUID | None
    name: str
