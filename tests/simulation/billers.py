"""Billers of eight kinds, each with its own book: what is in it is the truth about a payment."""

from random import Random
from uuid import UUID

from msgspec import Struct

from cashlane.core.ports import Confirmed, Declined, Delivery, Finding, NotFound

DAY_S = 86_400.0
KINDS = (
    "idempotent", "repeats", "forgets", "early-not-found", "contradicts", "slow", "file",
    "early-cut",
)  # fmt: skip


LIES = 0.4
"""So many answers of a biller that contradicts itself are wrong."""
BLOCKED = "E1"
"""A code that every way was certified to mean: where it is a lie, it is believed."""


class Credit(Struct):
    """One crediting of a customer; `reversed` once it was taken back."""

    payment: UUID
    bill_ref: str
    amount: int
    at: float
    route: int
    reversed: bool = False


class SimBiller:
    """One biller."""

    def __init__(self, number: int, kind: str, draw: Random) -> None:
        self.number = number
        self.code = f"biller-{kind}"
        self.kind = kind
        self.credits: dict[UUID, list[Credit]] = {}
        self.owners: dict[str, UUID] = {}
        self.elsewhere: set[str] = set()
        self.blocked: set[str] = set()
        self.liars: set[UUID] = set()
        self.told: set[UUID] = set()
        self.closed_from = float("inf")
        self.honest = False
        self._draw = draw
        self._said: dict[UUID, Finding] = {}
        self._early_s: dict[UUID, float] = {}

    # -- the book --------------------------------------------------------------------------------

    def post(self, delivery: Delivery, now: float, route: int) -> Finding:
        """Take a payment that a route brings."""
        known = self._remembered(delivery.payment, now)
        if known is not None:
            return known
        answer = self._decide(delivery, now, route)
        self._said[delivery.payment] = answer
        if self.kind == "contradicts" and self._lies():
            return self._lie(delivery, answer)
        return answer

    def _remembered(self, payment: UUID, now: float) -> Finding | None:
        """What it said before, where this kind of biller looks that up."""
        if self.kind in {"repeats", "early-not-found", "slow"}:
            return None
        said = self._said.get(payment)
        credits = self.credits.get(payment)
        if self.kind == "forgets" and credits and now - credits[0].at > DAY_S:
            return None
        if isinstance(said, Confirmed) and credits and credits[-1].reversed:
            return Declined("REVERSED", not_posted=False)
        return said

    def _decide(self, delivery: Delivery, now: float, route: int) -> Finding:
        if delivery.bill_ref in self.blocked:
            return Declined(BLOCKED, not_posted=True)
        if self.kind == "early-cut" and now >= self.closed_from:
            return Declined("CUT", not_posted=True)
        owner = self.owners.get(delivery.bill_ref)
        if delivery.bill_ref in self.elsewhere or owner not in {None, delivery.payment}:
            return Declined("PAID", not_posted=True, duplicate=True)
        self.owners[delivery.bill_ref] = delivery.payment
        credit = Credit(delivery.payment, delivery.bill_ref, delivery.amount, now, route)
        self.credits.setdefault(delivery.payment, []).append(credit)
        self._early_s[delivery.payment] = now + 30 + self._draw.random() * 200
        return Confirmed(f"r{len(self.credits)}", delivery.amount)

    def status(self, delivery: Delivery, now: float) -> Finding:
        """What became of a payment, in its own words."""
        found = self._status(delivery, now)
        if self.kind == "contradicts" and self._lies() and not isinstance(found, NotFound):
            return self._lie(delivery, found)
        return found

    def _status(self, delivery: Delivery, now: float) -> Finding:
        credits = self.credits.get(delivery.payment, [])
        if self.kind == "early-not-found" and now < self._early_s.get(delivery.payment, 0.0):
            return NotFound()
        if self.kind == "forgets" and credits and now - credits[0].at > DAY_S:
            return NotFound()
        if credits:
            last = credits[-1]
            return (
                Declined("REVERSED", not_posted=False)
                if last.reversed
                else Confirmed("s", last.amount)
            )
        said = self._said.get(delivery.payment)
        return said if isinstance(said, Declined) else NotFound()

    def void(self, delivery: Delivery) -> Finding:
        """Take a credit back; safe to repeat."""
        credits = self.credits.get(delivery.payment)
        if not credits:
            return NotFound()
        for credit in credits:
            credit.reversed = True
        if self.owners.get(delivery.bill_ref) == delivery.payment:
            del self.owners[delivery.bill_ref]
        return Confirmed("v", delivery.amount)

    def owes(self, bill_ref: str) -> bool:
        """Whether a bill is still open here."""
        return bill_ref not in self.elsewhere and bill_ref not in self.owners

    # -- lies ------------------------------------------------------------------------------------

    def _lies(self) -> bool:
        return self._draw.random() < LIES and not self.honest

    def _lie(self, delivery: Delivery, truth: Finding) -> Finding:
        self.liars.add(delivery.payment)
        if isinstance(truth, Confirmed):
            return Declined(BLOCKED, not_posted=True)
        return Confirmed("mistake", delivery.amount)

    def standing_credits(self, payment: UUID) -> int:
        """How often a payment is credited and not taken back."""
        return sum(not credit.reversed for credit in self.credits.get(payment, ()))
