"""Citizens with real cash and a memory of their papers, and what was handed to whom.

This is the truth about cash: no row of ours is looked at to know it.
"""

from collections import Counter
from uuid import UUID

from msgspec import Struct, field


class Citizen(Struct):
    """Somebody with a bill to pay. Amounts in minor units."""

    number: int
    till: int
    biller: int
    bill_ref: str
    account: str
    amount: int
    handed: int = 0
    """Cash given over the counter, less what came back."""
    robbed: int = 0
    """Of it what a cashier put into a pocket."""
    papers: list[tuple[str, UUID]] = field(default_factory=list)


class Told(Struct, frozen=True):
    """What a till was told of a payment: it must be so for ever."""

    payment: UUID
    receipt: int
    cash: int
    bill_ref: str
    outlet: int


class Cash:
    """All cash of the city, as it truly lies."""

    def __init__(self) -> None:
        self.drawers: Counter[int] = Counter()
        self.pocketed = 0

    def hand_in(self, citizen: Citizen, outlet: int, amount: int) -> None:
        """From a hand into a drawer."""
        citizen.handed += amount
        self.drawers[outlet] += amount

    def hand_back(self, citizen: Citizen, outlet: int, amount: int) -> None:
        """From a drawer into a hand."""
        citizen.handed -= amount
        self.drawers[outlet] -= amount

    def pocket(self, citizen: Citizen, outlet: int, amount: int) -> None:
        """From a drawer into a cashier's pocket, though it was the citizen's."""
        citizen.robbed += amount
        self.drawers[outlet] -= amount
        self.pocketed += amount
