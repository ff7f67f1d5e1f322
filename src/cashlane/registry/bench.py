"""The bench on which a partner is tried: messages go out, the line is broken, all is written down.

It knows no verdicts. What it writes down is judged in core.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from cashlane.core.clock import Clock
from cashlane.core.evidence import Act, BookLine, Heard, Trial
from cashlane.core.line import PASS, LineFault
from cashlane.core.partner_sheet import Sheet, TestBill
from cashlane.core.ports import Confirmed, Declined, Delivery, Finding, RoutePort
from cashlane.values.ids import Ids, spell

_CALM_S = 0.05
"""After each change of the line: both ends have noticed what was cut."""
_LOOK_S = 0.2
"""Between looks for a payment that is to be confirmed before it is voided."""

Book = Mapping[str, tuple[BookLine, ...]]


class Wire(Struct, frozen=True):
    """The partner's wire over one line of ours, and the line's switch."""

    route: RoutePort
    order: Callable[[LineFault], Awaitable[None]]


class Tools(Struct, frozen=True):
    """What a run is done with. `open_wire` gives another line to the same partner.

    `statement` reads the sandbox's own book; None where it shows none. `per_message_most` is
    what our side of the wire can put into one message.
    """

    open_wire: Callable[[], AbstractAsyncContextManager[Wire]]
    statement: Callable[[], Awaitable[Book | None]]
    clock: Clock
    ids: Ids
    per_message_most: int


class Notes:
    """What a run has used up and written down so far, by whichever line."""

    def __init__(self, sheet: Sheet, since: float) -> None:
        self.heard: list[Heard] = []
        self.tracked: list[tuple[Trial, Delivery]] = []
        self.bills = iter(sheet.payable)
        self.messages = itertools.count(1)
        self.receipts = itertools.count(1)
        self.since = since


class Bench:
    """One run's messages over one line. Bills are taken from the sheet one after the other and
    never twice."""

    def __init__(self, sheet: Sheet, tools: Tools, wire: Wire, notes: Notes) -> None:
        self.sheet = sheet
        self._tools = tools
        self._wire = wire
        self._notes = notes
        self._line = PASS

    @asynccontextmanager
    async def apart(self) -> "AsyncIterator[Bench]":
        """The same run over another line: what breaks there breaks for nobody else."""
        async with self._tools.open_wire() as wire:
            yield Bench(self.sheet, self._tools, wire, self._notes)

    @property
    def heard(self) -> list[Heard]:
        """Everything so far, in the order in which it was answered."""
        return self._notes.heard

    @property
    def tracked(self) -> list[tuple[Trial, Delivery]]:
        """The payments that are asked about until the grace is over."""
        return self._notes.tracked

    # Payments.

    def bill(self) -> TestBill:
        """The next bill that can be paid."""
        return next(self._notes.bills)

    def spare(self) -> Iterator[TestBill]:
        """What is left of the bills."""
        return self._notes.bills

    def fresh(self, bill: TestBill) -> Delivery:
        """A new payment of a bill."""
        now = self._tools.clock.now()
        day = now.astimezone(ZoneInfo(self.sheet.zone)).date()
        return Delivery(
            payment=self._tools.ids.payment(now, business_date=day, bucket=0),
            biller=bill.biller,
            bill_ref=bill.bill_ref,
            account=bill.account,
            amount=bill.amount,
            outlet=self.sheet.outlet,
            receipt_number=f"TEST{next(self._notes.receipts):06d}",
            accepted_at=now,
            attempt=1,
        )

    def track(self, trial: Trial, *deliveries: Delivery) -> None:
        """Ask about these payments again until the grace is over."""
        self._notes.tracked += [(trial, one) for one in deliveries]

    # Messages.

    async def send(self, trial: Trial, *deliveries: Delivery, size: int = 1) -> list[Finding]:
        """Carry payments in one call of the wire."""
        return await self._exchange(trial, "send", self._wire.route.send, deliveries, size)

    async def enquire(self, trial: Trial, *deliveries: Delivery) -> list[Finding]:
        """Ask what became of payments, in messages of the size that was claimed."""
        most = min(self.sheet.claimed.per_message, self._tools.per_message_most)
        found: list[Finding] = []
        for at in range(0, len(deliveries), most):
            part = deliveries[at : at + most]
            ask = self._wire.route.enquire
            found += await self._exchange(trial, "enquire", ask, part, len(part))
        return found

    async def void(self, trial: Trial, delivery: Delivery) -> Finding:
        """Ask to undo a payment."""
        (found,) = await self._exchange(trial, "void", self._wire.route.void, (delivery,), 1)
        return found

    async def until_known(self, trial: Trial, delivery: Delivery) -> None:
        """Wait until a payment is settled, as long as the sandbox may take to settle."""
        until = self._tools.clock.elapsed() + self.sheet.settle_ms / 1000
        while True:
            (found,) = await self.enquire(trial, delivery)
            if isinstance(found, Confirmed | Declined) or self._tools.clock.elapsed() > until:
                return
            await asyncio.sleep(_LOOK_S)

    async def _exchange(
        self,
        trial: Trial,
        act: Act,
        port: Callable[[Sequence[Delivery]], Awaitable[Sequence[Finding]]],
        deliveries: Sequence[Delivery],
        size: int,
    ) -> list[Finding]:
        line, begun = self._line.kind, self.elapsed_ms()
        message = next(self._notes.messages)
        found = list(await port(deliveries))
        took = self.elapsed_ms() - begun
        self._notes.heard += [
            Heard(
                trial, act, spell("pay", one.payment), one.bill_ref, one.amount,
                line, begun, took, message, size, finding,
            )
            for one, finding in zip(deliveries, found, strict=True)
        ]  # fmt: skip
        return found

    # Line, time and statement.

    async def line(self, fault: LineFault) -> None:
        """Put the line into a state."""
        await self._wire.order(fault)
        self._line = fault
        await asyncio.sleep(_CALM_S)

    def elapsed_ms(self) -> int:
        """Milliseconds since the run began."""
        return int((self._tools.clock.elapsed() - self._notes.since) * 1000)

    async def wait_until_ms(self, moment_ms: int) -> None:
        """Sleep to a moment of the run; not at all where it has passed."""
        await asyncio.sleep(max(moment_ms - self.elapsed_ms(), 0) / 1000)

    def now(self) -> datetime:
        """The moment, in the partner's zone."""
        return self._tools.clock.now().astimezone(ZoneInfo(self.sheet.zone))

    async def statement(self) -> Book | None:
        """The sandbox's own book, after the time it needs to settle."""
        await asyncio.sleep(self.sheet.settle_ms / 1000)
        return await self._tools.statement()

    @property
    def per_message(self) -> int:
        """Payments that are put into one message at most."""
        return min(self.sheet.claimed.per_message, self._tools.per_message_most)


def with_bill(delivery: Delivery, bill: TestBill) -> Delivery:
    """The same payment id for another bill."""
    return replace(
        delivery, biller=bill.biller, bill_ref=bill.bill_ref, account=bill.account,
        amount=bill.amount,
    )  # fmt: skip
