"""Taking cash: from an ask with its key to the committed answer.

A pay with a hold is one write. A pay without one claims the bill first, under the same key; a
crash between the two is healed by asking again. A burnt hold is claimed anew where nothing has
changed, and refused otherwise.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from msgspec import Struct, structs

from cashlane.core.asks import Answer, Archived, Ask, PayAsk, Reclaim, RefuseAsk
from cashlane.core.network import Network
from cashlane.core.quote import Hold, Quote
from cashlane.core.record import PaymentRow
from cashlane.core.refusals import Refused
from cashlane.switch.inquire import Inquirer, Inquiry
from cashlane.switch.lane import Lane
from cashlane.switch.steps import step
from cashlane.values.money import write_amount


class DirectPay(Struct, frozen=True):
    """A pay that brings no hold: the bill is inquired and claimed under the payment's key."""

    inquiry: Inquiry
    amount: int
    key: UUID
    hash: UUID
    tendered: int
    cashier: UUID | None
    actor: str


Old = Callable[[UUID], Awaitable[PaymentRow]]
"""Reads a payment whose month is archived."""


class Acceptor:
    """Decides what counters ask under their keys."""

    def __init__(
        self, lane: Lane, inquirer: Inquirer, network: Callable[[], Network], old: Old
    ) -> None:
        self._lane = lane
        self._inquirer = inquirer
        self._network = network
        self._old = old
        self._running: set[tuple[int, UUID]] = set()

    async def decide(self, ask: Ask) -> Answer:
        """The committed answer. KEY_RUNNING while the same key is still being decided here."""
        return await self._alone((ask.outlet, ask.key), lambda: self._ask(ask))

    async def decide_all(self, asks: Sequence[Ask]) -> list[Answer]:
        """The committed answers to asks that came together, each as `decide` would give it."""
        mine: list[tuple[int, UUID]] = []
        try:
            under_way: list[asyncio.Future[Answer] | None] = []
            for ask in asks:
                name = (ask.outlet, ask.key)
                if name in self._running:
                    under_way.append(None)
                    continue
                self._running.add(name)
                mine.append(name)
                under_way.append(self._lane.put(ask))
            return [
                Refused("KEY_RUNNING") if answer is None else await self._heard(ask, await answer)
                for ask, answer in zip(asks, under_way, strict=True)
            ]
        finally:
            self._running.difference_update(mine)

    async def pay_direct(self, pay: DirectPay) -> Answer:
        """Claim, then pay: two transactions under one key."""
        return await self._alone((pay.inquiry.outlet, pay.key), lambda: self._pay_direct(pay))

    async def _alone(self, name: tuple[int, UUID], work: Callable[[], Awaitable[Answer]]) -> Answer:
        """One at a time under an outlet's key."""
        if name in self._running:
            return Refused("KEY_RUNNING")
        self._running.add(name)
        try:
            return await work()
        finally:
            self._running.discard(name)

    async def _pay_direct(self, pay: DirectPay) -> Answer:
        known = await self._lane.known(_refusal_of(pay, Refused("HOLD_BURNT")))
        if known is not None:
            return await self._told(known)
        offer = await self._inquirer.hold_one(pay.inquiry)
        if isinstance(offer, Refused):
            return await self._keep(pay, offer)
        (line,) = offer.lines
        assert line.hold is not None, "one bill was asked for and is held"
        if pay.amount not in {line.quote.owed, line.quote.amount}:
            return self._changed(pay, line.quote)
        return await self._ask(_pay_ask(pay, line.hold))

    async def _ask(self, ask: Ask) -> Answer:
        """Ask the lane; where the hold was burnt meanwhile, with or without one in hand, anew."""
        return await self._heard(ask, await self._lane.ask(ask))

    async def _heard(self, ask: Ask, answer: Answer) -> Answer:
        step("pay:answering")
        if isinstance(answer, Reclaim):
            assert isinstance(ask, PayAsk)
            return await self._claim_anew(ask)
        return await self._told(answer)

    async def _told(self, answer: Answer) -> Answer:
        """An answer of long ago is the same as it was, though its payment lies in a file now."""
        if isinstance(answer, Archived):
            return answer.told(await self._old(answer.payment))
        return answer

    def _changed(self, pay: DirectPay, quote: Quote) -> Refused:
        currency = self._network().currency
        figures = {"printed": pay.amount, "owed": quote.owed}
        return Refused(
            "BILL_CHANGED", {name: write_amount(it, currency) for name, it in figures.items()}
        )

    async def _keep(self, pay: DirectPay, refused: Refused) -> Answer:
        """Store a refusal that belongs to its key; the others leave the key unused."""
        if not refused.entry.stored:
            return refused
        return await self._lane.ask(_refusal_of(pay, refused))

    async def _claim_anew(self, ask: PayAsk) -> Answer:
        """The hold was burnt by the sweep: hold the bill again if it is the same and free.

        Once for each burnt hold: it stands for cash that was counted once, so that a second key
        of it is told of the first one's payment - whatever has become of that since.
        """
        held = await self._inquirer.hold(ask.outlet, ask.till, ask.hold.quote)
        if isinstance(held, Hold):
            anew = structs.replace(ask, hold=held, instead_of=ask.hold.id)
            again = await self._lane.ask(anew)
            if not isinstance(again, Reclaim):
                return again
        used = await self._lane.claimed_anew(ask)
        refused = Refused("HOLD_USED" if used else "HOLD_BURNT")
        return await self._lane.ask(
            RefuseAsk(ask.outlet, ask.till, ask.key, ask.hash, ask.actor, refused)
        )


def _refusal_of(pay: DirectPay, refused: Refused) -> RefuseAsk:
    inquiry = pay.inquiry
    return RefuseAsk(inquiry.outlet, inquiry.till, pay.key, pay.hash, pay.actor, refused)


def _pay_ask(pay: DirectPay, hold: Hold) -> PayAsk:
    return PayAsk(
        outlet=pay.inquiry.outlet,
        till=pay.inquiry.till,
        key=pay.key,
        hash=pay.hash,
        hold=hold,
        tendered=pay.tendered,
        visit=None,
        cashier=pay.cashier,
        actor=pay.actor,
    )
