"""Our programs as they run in the simulation: the real rooms, wired as main wires them.

Each start is a new incarnation with nothing in its memory; what it knows is what is stored.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID

from msgspec import Struct

from cashlane.core.asks import Answer, Ask
from cashlane.core.clock import Clock
from cashlane.core.life import PaymentLife
from cashlane.core.network import Network
from cashlane.core.ports import BillerPort, RoutePort
from cashlane.core.record import ErrandKind, PaymentRow
from cashlane.core.refusals import Refused
from cashlane.store.connect import DayNotOpen, Lost, Moved
from cashlane.switch.accept import Acceptor, DirectPay
from cashlane.switch.admission import Admission
from cashlane.switch.chase import Chaser
from cashlane.switch.hearing import Hearing
from cashlane.switch.inquire import Inquirer, Inquiry, Offer, SigningKeys
from cashlane.switch.lane import Lane
from cashlane.switch.mark import SWEEP_AFTER, Marker, Sweeper
from cashlane.switch.notify import Notifier
from cashlane.switch.relay import Round, relay
from cashlane.switch.send import Sender
from cashlane.switch.watch import Lookout, Watch
from cashlane.values.ids import Ids
from tests.simulation.bell import Bell, Kind
from tests.simulation.books import SimBooks, SimClaims, SimErrands
from tests.simulation.kernel import Kernel, Process
from tests.simulation.server import Server
from tests.simulation.tables import HOLDS
from tests.simulation.ways import SimWays

WAITS_FOR: Mapping[str, tuple[Kind, ...]] = {
    "send": (ErrandKind.SEND,),
    "chase": (ErrandKind.ENQUIRE, ErrandKind.VOID, ErrandKind.RETURN_DEADLINE),
    "notify": (ErrandKind.NOTICE,),
    "mark": (ErrandKind.CLAIM_PAID, ErrandKind.CLAIM_FREE),
    "sweep": (HOLDS,),
}
"""What there must be for a round to have work."""
HOLD_KEYS = SigningKeys("1", {"1": b"k" * 32})


class Unanswered(Struct, frozen=True):
    """The program could not say what became of the request."""


class Around(Struct):
    """What every program is handed: the outside, and its own clock and chance."""

    kernel: Kernel
    server: Server
    network: Network
    routes: Mapping[int, RoutePort]
    desks: Mapping[int, BillerPort]
    clock: Callable[[str], Clock]
    noise: Callable[[str], Callable[[int], int]]
    bell: Bell
    late: Callable[[], float]
    defect: Callable[[str], None]


class Counter:
    """One incarnation of the program that answers counters."""

    def __init__(self, name: str, around: Around, process: Process) -> None:
        self.process = process
        self._around = around
        self._books: Any = SimBooks(around.server)
        claims: Any = SimClaims(around.server)
        clock, ids = around.clock(name), Ids(around.noise(name))
        network = _always(around.network)
        lookout = _lookout(around, clock, process)
        self.outlook = lookout.outlook
        self._lane = Lane(self._books, network, lookout.outlook, clock, ids)
        self._inquirer = Inquirer(
            lambda: around.desks, claims, network, clock, ids, HOLD_KEYS, lookout.outlook,
            Admission(lambda: self._lane.waiting, clock, per_second=None),
        )  # fmt: skip
        self._acceptor = Acceptor(self._lane, self._inquirer, network, _nothing_archived)

    async def answer(self, verb: str, *asked: Any) -> Any:
        """What the interface would say; what cannot be said now is Unanswered."""
        try:
            return await getattr(self, verb)(*asked)
        except (Lost, Moved, DayNotOpen):
            return Unanswered()
        except Exception as error:
            self._around.defect(f"{verb}: {error!r}")
            return Unanswered()

    async def hold(self, inquiry: Inquiry) -> Offer | Refused:
        """Exactly one bill, held."""
        return await self._inquirer.hold_one(inquiry)

    async def pay(self, ask: Ask) -> Answer:
        """Any ask under its key."""
        return await self._acceptor.decide(ask)

    async def pay_direct(self, pay: DirectPay) -> Answer:
        """A pay without a hold."""
        return await self._acceptor.pay_direct(pay)

    async def look(self, bucket: int, day: date, payment: UUID) -> PaymentLife | None:
        """How a payment stands."""
        async with self._books.unit() as unit:
            found = await unit.read_lives([(bucket, day, payment)])
        return found[0] if found else None


class Worker:
    """One incarnation of the program that carries, chases, marks and sweeps."""

    def __init__(self, name: str, around: Around, process: Process, idle: tuple[str, ...]) -> None:
        self.process = process
        books: Any = SimBooks(around.server)
        errands: Any = SimErrands(around.server)
        claims: Any = SimClaims(around.server)
        clock, ids, network = around.clock(name), Ids(around.noise(name)), _always(around.network)
        routes = _always(around.routes)
        lookout = _lookout(around, clock, process)
        outlook, ways = lookout.outlook, SimWays(around.server)
        watch = Watch(cast("Any", ways), lookout, routes, network, clock)
        hearing = Hearing(books, network, outlook, clock, ids)
        lane = Lane(books, network, outlook, clock, ids)
        sender = Sender(books, errands, hearing, watch.ports, network, outlook, clock, ids)
        desks = _always(around.desks)
        rounds: dict[str, Round] = {
            "send": sender.round,
            "chase": Chaser(books, errands, hearing, watch.ports, network, clock).round,
            "notify": Notifier(books, errands, desks, network, clock, ids).round,
            "mark": Marker(books, errands, claims, network, clock, ids).round,
            "sweep": Sweeper(lane, claims, network, clock, SWEEP_AFTER).round,
        }
        rounds = {
            part: around.bell.woken(WAITS_FOR[part], round_, clock, around.late)
            for part, round_ in rounds.items()
        }
        rounds["watch"] = _unhurried(watch.round)
        self._rounds = rounds
        for part, round_ in rounds.items():
            if part not in idle:
                process.spawn(relay(part, round_))

    def begin(self, part: str) -> None:
        """Start a relay that had been left out."""
        if not self.process.dead:
            self.process.spawn(relay(part, self._rounds[part]))


def _lookout(around: Around, clock: Clock, process: Process) -> Lookout:
    """What this program knows about the ways; looked at anew for as long as it lives."""
    lookout = Lookout(cast("Any", SimWays(around.server)), clock)
    process.spawn(relay("look", _unhurried(lookout.look)))
    return lookout


def _unhurried(act: Callable[[], Awaitable[object]]) -> Round:
    """A round that rests after each time, whatever there was: signs of life never end."""

    async def once() -> int:
        await act()
        return 0

    return once


async def _nothing_archived(payment: UUID) -> PaymentRow:
    """A simulated day is over long before a month is put away."""
    raise AssertionError(f"{payment} was asked of an archive")


def _always(thing: Any) -> Callable[[], Any]:
    return lambda: thing
