"""When each way last carried a payment: what a citizen may know of the spares behind a counter."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from cashlane.core.health import Scope
from cashlane.core.network import Contract, Network, Way
from cashlane.core.routing import Outlook, Spare, spare_state

Readiness = Literal["proven", "unproven", "none"]
"""Whether a pair has a spare that carried a payment of late, one that did not, or none at all."""


class WayProven(Struct, frozen=True):
    """One way of a contract. `leads`: payments go by it as long as it is open."""

    route: int
    leads: bool
    spare: Spare
    proven_at: datetime | None


class PairProven(Struct, frozen=True):
    """One agent's ways to one biller, in the contract's order."""

    agent: int
    biller: int
    ways: tuple[WayProven, ...]

    @property
    def readiness(self) -> Readiness:
        """How its best spare stands; a way on paper only is none."""
        spares = {one.spare for one in self.ways if not one.leads} - {"signed"}
        if not spares:
            return "none"
        return "proven" if "warm" in spares else "unproven"


def proven(network: Network, outlook: Outlook, now: datetime) -> list[PairProven]:
    """Every pair of an agent with outlets and a biller, by agent and biller."""
    present = {one.agent for one in network.outlets.values() if not one.suspended}
    return [
        PairProven(agent, biller, tuple(_way(contract, way, outlook, now) for way in contract.ways))
        for (agent, biller), contract in sorted(network.contracts.items())
        if agent in present
    ]


def _way(contract: Contract, way: Way, outlook: Outlook, now: datetime) -> WayProven:
    proven_at = outlook.proven_at(Scope(way.route, contract.biller, contract.agent))
    leads = way.route == next(iter(contract.routes), None)
    return WayProven(way.route, leads, spare_state(way, proven_at, now), proven_at)
