"""Ways to billers across a bad wire: each call may be lost, doubled, late, cut one way, garbled.

A route says in its manifest what it was certified to do, and does no better. What truly became
of a call is written down here, where only the checkers look.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextvars import Context
from random import Random
from uuid import UUID

from msgspec import Struct

from cashlane.core.network import Manifest
from cashlane.core.ports import Confirmed, Declined, Delivery, Finding, NotFound, Unknown
from tests.simulation.billers import SimBiller
from tests.simulation.doubts import Doubts
from tests.simulation.faults import Faults
from tests.simulation.kernel import Kernel

ATTEMPT_S = 8.0
CALM_TRIP_S = 0.05
"""In the calm all answers to what was asked together come together."""
SHUT = ("SHUT",)
_RING = Manifest(True, False, True, True, ("E1", "PAID", "SHUT"), SHUT, 300, 4, 50)
_OLD_RING = Manifest(False, False, True, True, ("E1", "PAID", "SHUT"), SHUT, 300, 1, 50)
_BANK = Manifest(False, True, True, False, ("E1", "PAID", "CUT", "SHUT"), SHUT, 300, 1, 50)
MANIFESTS: dict[str, Manifest] = {
    "ring": _RING,
    "old-ring": _OLD_RING,
    "bank": _BANK,
    "drop": Manifest(True, True, True, False, ("unfit",), (), 0, 8, 500),
    "far-ring": _RING,
    "next-ring": _OLD_RING,
    "far-bank": _BANK,
}
"""What each kind of route was certified to do. Only a route that dedups has a wire that doubles."""
FORGETFUL = {"ring", "old-ring", "far-ring", "next-ring"}


class Call(Struct):
    """One sending of a payment: what we were told of it, and whether it posted."""

    payment: UUID
    route: int
    at: float
    told: str
    posted: bool


class SimRoute:
    """A RoutePort over the simulated wire."""

    def __init__(
        self, number: int, code: str, billers: Mapping[str, SimBiller], kernel: Kernel,
        faults: Faults, draw: Random, home: Context, calls: list[Call], doubts: Doubts,
    ) -> None:  # fmt: skip
        self.number = number
        self.code = code
        self.manifest = MANIFESTS[code]
        self._billers = billers
        self._kernel = kernel
        self._faults = faults
        self._draw = draw
        self._home = home
        self._calls = calls
        self._doubts = doubts
        self._seen: dict[UUID, str] = {}
        self._turned_away: set[tuple[UUID, int]] = set()
        self._let_in: set[UUID] = set()
        self.enquiries: dict[UUID, int] = {}

    async def send(self, deliveries: Sequence[Delivery]) -> Sequence[Finding]:
        """Carry payments."""
        calls = [
            Call(one.payment, self.number, self._kernel.time(), "", False) for one in deliveries
        ]
        self._calls.extend(calls)
        for one in deliveries:
            self._doubts.leaves(one.payment, one.attempt, self.number)
        serve = [self._posting(one, call) for one, call in zip(deliveries, calls, strict=True)]
        found = [
            Unknown("the partner knows no such payment") if isinstance(one, NotFound) else one
            for one in await self._exchange(serve)
        ]
        for call, delivery, one in zip(calls, deliveries, found, strict=True):
            call.told = _told(one)
            self._doubts.answered(call.payment, delivery.attempt, self.number, call.told)
            if self._kernel.note is not None:
                self._kernel.note(f"{self.code}: {call.payment} {call.told}, posted {call.posted}")
        return found

    async def enquire(self, deliveries: Sequence[Delivery]) -> Sequence[Finding]:
        """Ask what became of payments."""
        for one in deliveries:
            self.enquiries[one.payment] = self.enquiries.get(one.payment, 0) + 1
        found = await self._exchange([lambda one=one: self._status(one) for one in deliveries])
        for one, said in zip(deliveries, found, strict=True):
            self._doubts.asked(one.payment, self.number, _told(said))
        return found

    async def void(self, deliveries: Sequence[Delivery]) -> Sequence[Finding]:
        """Ask to undo payments."""
        found = await self._exchange(
            [lambda one=one: self._billers[one.biller].void(one) for one in deliveries]
        )
        for one, said in zip(deliveries, found, strict=True):
            if isinstance(said, Confirmed):
                self._doubts.asked(one.payment, self.number, "confirmed")
        return [
            Unknown("the partner knows no such payment", heard=True)
            if isinstance(one, NotFound)
            else one
            for one in found
        ]

    async def alive(self) -> bool:
        """Ask for a sign of life."""
        (found,) = await self._exchange([NotFound])
        return isinstance(found, NotFound)

    # -- the wire --------------------------------------------------------------------------------

    async def _exchange(self, serve: Sequence[Callable[[], Finding]]) -> list[Finding]:
        """One message there and its answer back, or what we make of their absence."""
        faults, draw, now = self._faults, self._draw, self._kernel.time()
        if self._down("route-down", now) or faults.hits("refused", draw):
            await self._kernel.pause(0.01)
            return [Unknown("no connection", sent=False) for _ in serve]
        answer: asyncio.Future[list[Finding]] = self._kernel.create_future()
        doubled = self.manifest.dedups_by_payment_id and faults.hits("duplicate", draw)
        for _ in range(2 if doubled else 1):
            cut = self._down("cut-there", now) or self._down("silent", now)
            if not (cut or faults.hits("loss", draw)):
                self._kernel.call_later(
                    self._late(now), self._arrive, serve, answer, context=self._home
                )
        timer = self._kernel.call_later(ATTEMPT_S, _give_up, answer, context=self._home)
        found = await answer
        timer.cancel()
        return found if found else [Unknown("no whole answer before the deadline") for _ in serve]

    def _arrive(self, serve: Sequence[Callable[[], Finding]], answer: "asyncio.Future") -> None:
        found = [one() for one in serve]
        faults, draw, now = self._faults, self._draw, self._kernel.time()
        cut = self._down("cut-back", now) or self._down("silent", now)
        if cut or faults.hits("answer-lost", draw):
            return
        if faults.hits("corrupt", draw):
            found = [Unknown("unsigned answer") for _ in found]
        self._kernel.call_later(self._late(now), _settle, answer, found, context=self._home)

    def _down(self, what: str, now: float) -> bool:
        if self._faults.during(f"{what}:{self.number}", now) is None:
            return False
        self._faults.happens("partition" if what.startswith("cut") else what)
        return True

    def _late(self, now: float) -> float:
        """How long a message is under way: a little, long, or until a clog dissolves."""
        faults, draw = self._faults, self._draw
        if not faults.on:
            return CALM_TRIP_S
        clog = faults.during(f"clog:{self.number}", now)
        if clog is not None:
            return clog.until - now + draw.random()
        if faults.hits("delay", draw):
            return min(60.0, draw.expovariate(1 / 6.0))
        return 0.005 + draw.random() * 0.1

    # -- the other side --------------------------------------------------------------------------

    def _posting(self, delivery: Delivery, call: Call) -> Callable[[], Finding]:
        def post() -> Finding:
            biller = self._billers[delivery.biller]
            if self._is_shut(delivery):
                return Declined("SHUT", not_posted=True)
            self._let_in.add(delivery.payment)
            if self._seen.get(delivery.payment) == "kept":
                return Unknown("pending", heard=True)
            self._seen[delivery.payment] = "passed"
            if self._is_late(biller):
                self._keep(delivery, call)
                return Unknown("pending", heard=True)
            return self._hand_on(delivery, call)

        return post

    def _is_shut(self, delivery: Delivery) -> bool:
        """Whether it turns this one away. One that dedups knows whom it let in, and says the same
        to a message that its wire had doubled."""
        message = (delivery.payment, delivery.attempt)
        if self.manifest.dedups_by_payment_id:
            if message in self._turned_away:
                return True
            if delivery.payment in self._let_in:
                return False
        if not self._down("shut", self._kernel.time()):
            return False
        self._turned_away.add(message)
        return True

    def _is_late(self, biller: SimBiller) -> bool:
        """Whether this one is handed on later: a slow biller, or an aggregator that is busy."""
        if biller.kind == "slow":
            return self._faults.on and self._draw.random() < 0.5
        return self.code in FORGETFUL and self._faults.hits("forward", self._draw)

    def _keep(self, delivery: Delivery, call: Call) -> None:
        """Taken in now and handed on later - unless it is forgotten before."""
        self._seen[delivery.payment] = "kept"
        wait = 5 + self._draw.random() * 55

        def later() -> None:
            if self._seen.get(delivery.payment) == "kept":
                self._seen[delivery.payment] = "passed"
                self._hand_on(delivery, call)

        self._kernel.call_later(wait, later, context=self._home)

    def _hand_on(self, delivery: Delivery, call: Call) -> Finding:
        biller = self._billers[delivery.biller]
        before = biller.standing_credits(delivery.payment)
        found = biller.post(delivery, self._kernel.time(), self.number)
        call.posted |= before > 0 or biller.standing_credits(delivery.payment) > 0
        return found

    def _status(self, delivery: Delivery) -> Finding:
        seen = self._seen.get(delivery.payment)
        if seen == "kept":
            return Unknown("pending", heard=True)
        if seen is None:
            return NotFound()
        return self._billers[delivery.biller].status(delivery, self._kernel.time())

    def take_in(self, payment: UUID) -> None:
        """It has passed this payment on, whoever brought it."""
        self._seen[payment] = "passed"

    def forget(self) -> None:
        """All that it knew is gone."""
        self._seen.clear()


class SimDrop(SimRoute):
    """A way by files: nothing is ever late, but a disk may fail before or after it has written."""

    async def _exchange(self, serve: Sequence[Callable[[], Finding]]) -> list[Finding]:
        faults, draw = self._faults, self._draw
        await self._kernel.pause(0.005)
        if faults.hits("refused", draw):
            return [Unknown("the folder is not readable", sent=False) for _ in serve]
        if faults.hits("loss", draw):
            return [Unknown("the file could not be written") for _ in serve]
        found = [one() for one in serve]
        if faults.hits("answer-lost", draw):
            return [Unknown("the file could not be written") for _ in serve]
        return found


def final_after_s() -> dict[int, float]:
    """After how many seconds a second "not found" is a way's last word, by its number."""
    return {
        number: one.grace_s for number, one in enumerate(MANIFESTS.values(), 1)
        if one.not_found_final
    }  # fmt: skip


def _told(found: Finding) -> str:
    match found:
        case Confirmed():
            return "confirmed"
        case Declined(code=code):
            return "shut" if code in SHUT else "declined"
        case NotFound():
            return "not found"
        case Unknown(sent=False):
            return "unsent"
        case Unknown(heard=True):
            return "pending"
    return "unknown"


def _give_up(answer: "asyncio.Future[list[Finding]]") -> None:
    _settle(answer, [])


def _settle(answer: "asyncio.Future[list[Finding]]", found: list[Finding]) -> None:
    if not answer.done():
        answer.set_result(found)
