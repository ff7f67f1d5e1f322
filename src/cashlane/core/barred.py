"""Where nothing can be paid for want of a way: outlets whose every service is withdrawn or has no
open way. Hours and windows do not count: they come round by themselves."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from cashlane.core.network import Contract, Network
from cashlane.core.routing import Outlook, way_states
from cashlane.core.stand_in import applies


class Barred(Struct, frozen=True):
    """Agents none of whose outlets can take anything, and all outlets that cannot."""

    agents: frozenset[int]
    outlets: frozenset[int]


def barred(network: Network, outlook: Outlook, now: datetime) -> Barred:
    """Where nothing can be paid at this moment."""
    open_for = _open_for(network, outlook, now)
    off: dict[int, set[int]] = {}
    for outlet, biller in network.withdrawn:
        off.setdefault(outlet, set()).add(biller)
    return Barred(
        frozenset(agent for agent in network.agents if not open_for.get(agent)),
        frozenset(
            one.number
            for one in network.outlets.values()
            if not open_for.get(one.agent, set()) - off.get(one.number, set())
        ),
    )


def _open_for(network: Network, outlook: Outlook, now: datetime) -> Mapping[int, set[int]]:
    """The billers to whom each agent has an open way, or for whom the network stands in."""
    found: dict[int, set[int]] = {}
    for contract in network.contracts.values():
        if _is_open(network, contract, outlook, now):
            found.setdefault(contract.agent, set()).add(contract.biller)
    return found


def _is_open(network: Network, contract: Contract, outlook: Outlook, now: datetime) -> bool:
    ways = way_states(contract, outlook, now)
    stands_in = applies(network.stand_in, contract.biller, ways, now)
    return stands_in or any(way.share for way in ways)
