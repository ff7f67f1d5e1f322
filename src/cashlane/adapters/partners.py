"""The ways out to billers and routes: each partner's adapter, over its own wire."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from cashlane.adapters.billers.desk import BillerDesk
from cashlane.adapters.clock import SystemClock
from cashlane.adapters.link import ATTEMPT_S, INQUIRY_S, LinkPlan
from cashlane.adapters.routes.aggregator import AggregatorRoute
from cashlane.adapters.routes.bank import BankRoute
from cashlane.adapters.routes.filedrop import FileDrop
from cashlane.core.network import Network, Route
from cashlane.core.ports import BillerPort, RoutePort

PARTNER_CONNECTIONS = 64


class Partners:
    """Adapters to billers and routes, made anew when an endpoint changes.

    `secret` gives a route's shared secret by its name, `filed` asks what billers' files say.
    """

    def __init__(
        self,
        network: Callable[[], Network],
        endpoints: Callable[[], Mapping[str, str]],
        secret: Callable[[str], str],
        filed: BillerPort,
    ) -> None:
        self._network = network
        self._endpoints = endpoints
        self._secret = secret
        self._filed = filed
        self._made: dict[str, tuple[str, Any]] = {}

    def routes(self) -> Mapping[int, RoutePort]:
        """The way to each route, by its number."""
        network = self._network()
        return {
            route.number: self._adapter(route.code, self._route, route)
            for route in network.routes.values()
            if route.code in self._endpoints()
        }

    def desks(self) -> Mapping[int, BillerPort]:
        """The inquiry desk of each biller, by its number."""
        network = self._network()
        return {
            biller.number: self._filed
            if biller.flow == "file"
            else self._adapter(biller.code, _desk, biller)
            for biller in network.billers.values()
        }

    async def close(self) -> None:
        """Hang up on everybody."""
        for _, adapter in self._made.values():
            if hasattr(adapter, "close"):
                await adapter.close()

    def _adapter(self, code: str, make: Any, party: Any) -> Any:
        endpoint = self._endpoints().get(code, "http://127.0.0.1:9")
        known = self._made.get(code)
        if known is None or known[0] != endpoint:
            known = (endpoint, make(party, endpoint))
            self._made[code] = known
        return known[1]

    def _route(self, route: Route, endpoint: str) -> RoutePort:
        match route.kind:
            case "aggregator":
                secret = self._secret(f"route-{route.code}").encode()
                # Signatures carry the true moment, also where a trial's wall is shifted.
                true_clock = SystemClock(timedelta(0))
                return AggregatorRoute(
                    _link(endpoint, ATTEMPT_S), secret=secret, clock=true_clock.now, tls=None
                )
            case "bank":
                return BankRoute(_link(endpoint, ATTEMPT_S), tls=None)
            case "file":
                return FileDrop(Path(endpoint))


def _link(endpoint: str, attempt_s: float) -> LinkPlan:
    return LinkPlan(address=endpoint, attempt_s=attempt_s, connections=PARTNER_CONNECTIONS)


def _desk(_: object, endpoint: str) -> BillerPort:
    return BillerDesk(_link(endpoint, INQUIRY_S), tls=None)
