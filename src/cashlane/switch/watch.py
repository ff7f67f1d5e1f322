"""Watching the ways: every message is a pulse, idle routes are asked for a sign of life.

What one process feels becomes every process's knowledge within a second: pulses are folded into
shared rows under lock, and each process reads all of them twice a second.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from msgspec import Struct

from cashlane.core.clock import Clock
from cashlane.core.health import (
    PROBE_S,
    Change,
    Condition,
    Health,
    Pulse,
    Scope,
    feel,
    newborn,
    probe_after,
)
from cashlane.core.network import Network
from cashlane.core.ports import Confirmed, Declined, Delivery, Finding, Outcome, RoutePort, Unknown
from cashlane.core.routing import CLEAR, Outlook
from cashlane.store.routes import Routes

NOTED_EVERY = timedelta(seconds=10)
"""A way that is well and goes on being well is written down this often, not for each message."""
_log = structlog.get_logger("routes")


class Lookout:
    """What is known about the ways, as of the last look."""

    def __init__(self, routes: Routes, clock: Clock) -> None:
        self._routes = routes
        self._clock = clock
        self._outlook = CLEAR

    def outlook(self) -> Outlook:
        """As of the last look; nothing bad is known before the first."""
        return self._outlook

    async def look(self) -> None:
        """Look anew. Raises Lost where the database cannot be reached; the last look stands."""
        self._outlook = await self._routes.outlook(self._clock.now())


class Watch:
    """Feels every message of this process, and asks idle routes for signs of life."""

    def __init__(
        self,
        routes: Routes,
        lookout: Lookout,
        ports: Callable[[], Mapping[int, RoutePort]],
        network: Callable[[], Network],
        clock: Clock,
    ) -> None:
        self._routes = routes
        self._lookout = lookout
        self._ports = ports
        self._network = network
        self._clock = clock
        self._known: _Names | None = None
        self._pulses: dict[Scope, list[Pulse]] = {}
        self._sent = 0
        self._answered: dict[int, dict[int, int]] = {}
        self._probing: dict[int, asyncio.Task[None]] = {}

    def ports(self) -> Mapping[int, RoutePort]:
        """The ways, each message of them felt."""
        return {route: _Felt(self, route, port) for route, port in self._ports().items()}

    async def round(self) -> int:
        """Write down what was felt, and ask whom it is time to ask; how much there was."""
        felt = await self._write()
        return felt + await self._probe_due()

    # -- feeling ---------------------------------------------------------------------------------

    def begin(self, route: int, biller: int | None) -> "Call":
        """A message leaves for a route; about one biller's payments, or none's."""
        self._sent += 1
        return Call(self, route, biller, self._sent)

    def pulse(self, scope: Scope, pulse: Pulse) -> None:
        """Something was felt on a way."""
        self._pulses.setdefault(scope, []).append(pulse)

    def answered(self, call: "Call") -> None:
        """A message was answered in time: its route is alive, whatever it said."""
        self.pulse(Scope(call.route, 0, 0), Pulse.ANSWERED)
        if call.biller is not None:
            seen = self._answered.setdefault(call.route, {})
            seen[call.biller] = max(seen.get(call.biller, 0), call.number)

    def silent(self, call: "Call") -> None:
        """No answer, or too late. It is the biller's silence, and the route's as well unless the
        route has answered about another biller since."""
        others = self._answered.get(call.route, {})
        spared = any(
            number > call.number for biller, number in others.items() if biller != call.biller
        )
        if call.biller is not None:
            self.pulse(Scope(call.route, call.biller, 0), Pulse.SILENT)
        if not (spared and call.biller is not None):
            self.pulse(Scope(call.route, 0, 0), Pulse.SILENT)

    def outcomes(
        self, route: int, biller: int, deliveries: Sequence[Delivery], found: Sequence[Outcome]
    ) -> None:
        """What a route said about each payment of a message."""
        network = self._network()
        shut = network.routes[route].manifest.shut_codes
        for one, outcome in zip(deliveries, found, strict=True):
            agent = self._names().agents[one.outlet]
            match outcome:
                case Confirmed():
                    self.pulse(Scope(route, biller, 0), Pulse.ANSWERED)
                    self.pulse(Scope(route, biller, agent), Pulse.ANSWERED)
                case Declined(code=code) if code in shut:
                    self.pulse(Scope(route, biller, 0), Pulse.ANSWERED)
                    self.pulse(Scope(route, biller, agent), Pulse.REFUSED)
                case Declined():
                    self.pulse(Scope(route, biller, 0), Pulse.ANSWERED)
                case Unknown():
                    self.pulse(Scope(route, biller, 0), Pulse.SILENT)

    def biller(self, code: str) -> int:
        """A biller's number by its code on the wire."""
        return self._names().billers[code]

    def _names(self) -> "_Names":
        network = self._network()
        if self._known is None or self._known.network is not network:
            self._known = _Names(
                network,
                {one.code: one.number for one in network.billers.values()},
                {one.code: one.agent for one in network.outlets.values()},
            )
        return self._known

    # -- writing ---------------------------------------------------------------------------------

    async def _write(self) -> int:
        """Fold what was felt since the last time into the shared rows."""
        now = self._clock.now()
        felt, self._pulses = self._pulses, {}
        worth = {scope: it for scope, it in felt.items() if self._worth_writing(scope, it, now)}
        if not worth:
            return 0
        try:
            changes = await self._routes.fold(worth, now, feel)
        except Exception:
            self._keep(worth)
            raise
        for change in changes:
            self._tell(change)
        return len(worth)

    def _worth_writing(self, scope: Scope, pulses: Sequence[Pulse], now: datetime) -> bool:
        known = self._lookout.outlook().health.get(scope)
        quiet = known is not None and known.condition is Condition.WELL and known.score == 0
        if not quiet or any(pulse is not Pulse.ANSWERED for pulse in pulses):
            return True
        return known is None or now - known.heard_at >= NOTED_EVERY

    def _keep(self, felt: Mapping[Scope, Sequence[Pulse]]) -> None:
        """What could not be written is written with the next."""
        for scope, pulses in felt.items():
            self._pulses[scope] = [*pulses, *self._pulses.get(scope, ())]

    def _tell(self, change: Change) -> None:
        network, scope = self._network(), change.scope
        biller, agent = network.billers.get(scope.biller), network.agents.get(scope.agent)
        _log.warning(
            "route.changed",
            route=network.routes[scope.route].code,
            biller=biller.code if biller else "all",
            agent=agent.code if agent else "all",
            before=change.before.name.lower(),
            after=change.after.name.lower(),
        )

    # -- signs of life ---------------------------------------------------------------------------

    async def _probe_due(self) -> int:
        now, health = self._clock.now(), self._lookout.outlook().health
        ports = self._ports()
        due = {}
        for route in ports:
            scope = Scope(route, 0, 0)
            known = health.get(scope)
            if known is None:
                self.pulse(scope, Pulse.ANSWERED)  # its row begins with the next write
                known = newborn(scope, now)
            if self._is_due(known, now):
                due[route] = int(probe_after(known).total_seconds())
        if not due:
            return 0
        mine = await self._routes.lease_probes(due, now)
        for route in mine:
            task = asyncio.create_task(self._probe(route, ports[route]))
            self._probing[id(task)] = task
            task.add_done_callback(lambda done: self._probing.pop(id(done), None))
        return len(mine)

    def _is_due(self, known: Health, now: datetime) -> bool:
        return now - known.heard_at >= probe_after(known)

    async def _probe(self, route: int, port: RoutePort) -> None:
        try:
            async with asyncio.timeout(PROBE_S):
                alive = await port.alive()
        except TimeoutError:
            alive = False
        self.pulse(Scope(route, 0, 0), Pulse.ANSWERED if alive else Pulse.SILENT)


class _Names(Struct, frozen=True):
    """Numbers by the codes that travel on wires, in one version of the network."""

    network: Network
    billers: Mapping[str, int]
    agents: Mapping[str, int]


class Call:
    """One message under way. An answer that comes later than PROBE_S is none to the watch."""

    def __init__(self, watch: Watch, route: int, biller: int | None, number: int) -> None:
        self.route = route
        self.biller = biller
        self.number = number
        self._watch = watch
        self._late = asyncio.get_running_loop().call_later(PROBE_S, self._silent)
        self._over = False

    def end(self, found: Sequence[Finding]) -> bool:
        """The message is over; whether it was answered, and in time."""
        heard = any(not isinstance(one, Unknown) or one.heard for one in found)
        if heard and not self._over:
            self._watch.answered(self)
        elif not heard:
            self._silent()
        answered = heard and not self._over
        self._over = True
        self._late.cancel()
        return answered

    def _silent(self) -> None:
        if not self._over:
            self._over = True
            self._watch.silent(self)


class _Felt(Struct, frozen=True):
    """A way whose every message is felt."""

    watch: Watch
    route: int
    port: RoutePort

    async def send(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Carry the payments of one biller."""
        biller = self.watch.biller(deliveries[0].biller)
        call = self.watch.begin(self.route, biller)
        found = await self.port.send(deliveries)
        if call.end(found):
            self.watch.outcomes(self.route, biller, deliveries, found)
        return found

    async def enquire(self, deliveries: Sequence[Delivery]) -> Sequence[Finding]:
        """Ask what became of payments."""
        call = self.watch.begin(self.route, None)
        found = await self.port.enquire(deliveries)
        call.end(found)
        return found

    async def void(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Ask to undo payments."""
        call = self.watch.begin(self.route, None)
        found = await self.port.void(deliveries)
        call.end(found)
        return found

    async def alive(self) -> bool:
        """Ask for a sign of life."""
        return await self.port.alive()
