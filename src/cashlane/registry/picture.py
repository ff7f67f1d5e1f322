"""The network's present picture in one process, swapped whole when registry publishes a new one."""

import asyncio
from datetime import date
from typing import Any

from cashlane.core.network import Network
from cashlane.store.connect import connect
from cashlane.store.network import read_endpoints, read_network


class Picture:
    """Holds the network and where its partners are reached."""

    def __init__(self, network: Network, endpoints: dict[str, str]) -> None:
        self._network = network
        self.endpoints = endpoints

    def network(self) -> Network:
        """The picture as of the last refresh: immutable, never half changed."""
        return self._network

    def swap(self, network: Network, endpoints: dict[str, str]) -> bool:
        """Take a newer picture; whether anything changed."""
        changed = network != self._network or endpoints != self.endpoints
        if changed:
            self._network, self.endpoints = network, endpoints
        return changed


def read_picture(connection: Any, on: date) -> Picture | None:
    """The picture for a business date; None before a charter was written."""
    network = read_network(connection, on)
    return None if network is None else Picture(network, read_endpoints(connection))


async def network_on(hub: str, on: date) -> Network:
    """The network as its dated facts have it for another date, by the address of the database."""
    return await asyncio.to_thread(_read_on, hub, on)


def _read_on(hub: str, on: date) -> Network:
    with connect(hub) as connection:
        network = read_network(connection, on)
    assert network is not None, "pages are served of a network that is there"
    return network
