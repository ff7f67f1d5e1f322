"""A bill as the network knows it: its claim, its line in the biller's file, who paid it."""

from uuid import UUID

from msgspec import Struct

from cashlane.core.bill import mask_name
from cashlane.store.claims import FREE, HELD, PAID
from cashlane.store.finding import BillClaim, FiledBill
from cashlane.switch.mark import claim_bucket
from cashlane.values.text import Text
from cashlane.web.operator.room import OperatorRoom
from cashlane.web.operator.show import Tone

CLAIMS: dict[int, tuple[Tone, Text]] = {
    FREE: ("quiet", Text("未占用", "Free")),
    HELD: ("doubt", Text("占用中", "Held")),
    PAID: ("paid", Text("已缴", "Paid")),
}


class BillSeen(Struct, frozen=True):
    """A bill; `claim` is None where no counter ever held it, `filed` where no file has it."""

    biller: int
    ref: str
    claim: BillClaim | None
    filed: FiledBill | None

    @property
    def standing(self) -> tuple[Tone, Text]:
        """How it stands, in a word."""
        return CLAIMS[FREE if self.claim is None else self.claim.state]

    @property
    def payment(self) -> UUID | None:
        """The payment that reached it last."""
        return None if self.claim is None else self.claim.payment

    @property
    def customer(self) -> str | None:
        """The customer's name as it may be shown."""
        return None if self.filed is None else mask_name(self.filed.customer)


async def bill_seen(room: OperatorRoom, biller: int, ref: str) -> BillSeen:
    """Read a bill's claim and its line in the last file."""
    claim = await room.finding.claim(claim_bucket(biller, ref), biller, ref)
    return BillSeen(biller, ref, claim, await room.finding.filed(biller, ref))
