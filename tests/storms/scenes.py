"""Scenes in which a process is ordered to die: what leads up to it, and what comes after.

Each scene is one flow of the street. `labels` are the steps that it passes in the dying process.
"""

from typing import Any, ClassVar
from uuid import uuid4

import aiohttp

from cashlane.adapters.routes import bank_message
from cashlane.store.connect import connect
from cashlane.trial.day import order_bill_file
from cashlane.trial.station import Addresses
from tests.storms.insisting import Teller
from tests.storms.processes import Storm

ASKED = ("pay:loaded", "pay:written", "pay:committed", "pay:answering")
"""Steps of every act that is decided in the API, whatever is asked."""
SENT = ("send:leased", "send:written", "send:committed", "send:answered")
HEARD = ("hear:written", "hear:committed")
MARKED = ("mark:leased", "mark:marked")
LONGEST_LEASE_S = 40
"""What a killed relay held in its hands is anybody's after this, and its enquiry is due."""
SHORT_GRACE_S = 3
"""The bank's grace where a scene is to see its end."""
GRACE_S = 330
"""Beyond the time after which the bank's "not found" is final."""
DEADLINE_S = 660
"""Beyond the time in which a declined payment's cash goes back over the counter."""


class Scene:
    """One flow: made ready, acted while a process is to die, and seen to its end."""

    dying: ClassVar[str] = "serve"
    labels: ClassVar[tuple[str, ...]] = ASKED
    outlet: ClassVar[str] = "post-0001"
    biller: ClassVar[str] = ""
    later_s: ClassVar[int] = 0
    plants: ClassVar[dict[str, str]] = {}
    """deaths between two steps, and what brings them about"""

    def __init__(self, street: Storm, http: aiohttp.ClientSession) -> None:
        self.street, self.http = street, http
        self.teller: Teller = street.teller(http, self.outlet)
        self.payment: str | None = None

    async def prepare(self) -> None:
        """Before the process is started with its order."""

    async def act(self) -> None:
        """While it dies; insists until it has its definite word."""

    async def meanwhile(self) -> None:
        """While it is dead."""

    async def after(self) -> None:
        """When it lives again."""

    def row(self) -> Any:
        """An unpaid bill."""
        return self.street.bill(self.biller) if self.biller else self.street.any_bill()

    async def paid(self) -> str:
        """A payment that has come to its end, with its bill marked."""
        payment = await self.teller.pay_held(self.row())
        assert payment is not None
        await self.teller.settled(payment)
        assert self.street.settle(60) == 0
        return payment


async def misbehave(street: Storm, http: aiohttp.ClientSession, behaviour: str) -> None:
    """The post's line does the next posting wrong."""
    order = {"behaviour": behaviour, "share_ppm": 1_000_000, "seed": 1, "count": 1,
             "acts": ["post"]}  # fmt: skip
    async with http.post(street.parties["post-line"] + "/control", json=order) as answer:
        assert answer.status == 200


async def lose_one_answer(street: Storm, http: aiohttp.ClientSession) -> None:
    """The post's line posts the next payment and loses its answer."""
    await misbehave(street, http, "answer_lost_after_posting")


# In the API.


class PayHeld(Scene):
    """Scan, hold, pay."""

    labels = ("hold:claimed", *ASKED)

    async def prepare(self) -> None:
        self.bill = self.row()

    async def act(self) -> None:
        assert await self.teller.pay_held(self.bill)


class PayDirect(PayHeld):
    """Claim and pay in one request."""

    async def act(self) -> None:
        assert await self.teller.pay_direct(self.bill)


class Visit(Scene):
    """A basket of three."""

    async def prepare(self) -> None:
        self.bills = [await self.teller.hold(self.row()) for _ in range(3)]

    async def act(self) -> None:
        before = len(self.street.memory.receipts)
        await self.teller.visit(self.bills)
        assert len(self.street.memory.receipts) == before + 3


class Void(Scene):
    """A confirmed payment is voided."""

    async def prepare(self) -> None:
        self.payment = await self.paid()

    async def act(self) -> None:
        assert await self.teller.act(str(self.payment), "void")

    async def after(self) -> None:
        assert await self.teller.settled(str(self.payment)) == "voided"


class Abandon(Scene):
    """A key that was never used is given up."""

    async def prepare(self) -> None:
        self.bill, self.key = await self.teller.hold(self.row()), str(uuid4())

    async def act(self) -> None:
        assert await self.teller.abandon(self.key) is None

    async def after(self) -> None:
        late = await self.teller.till.pay(self.bill, self.key)
        assert late.code == "ABANDONED"


class AbandonPaid(Abandon):
    """A key is given up that had become a payment, which nobody was told."""

    async def prepare(self) -> None:
        await super().prepare()
        assert (await self.teller.till.pay(self.bill, self.key)).status == 201

    async def act(self) -> None:
        assert await self.teller.abandon(self.key)

    async def after(self) -> None:
        """The payment stands."""


class Declined(Scene):
    """The biller refuses, and the cash goes back over the counter."""

    async def prepare(self) -> None:
        await misbehave(self.street, self.http, "refuses")
        self.payment = await self.paid()

    async def act(self) -> None:
        assert await self.teller.act(str(self.payment), "cash-returned")


class Refund(Declined):
    """The biller refuses after a slip was given: a refund is owed, and handed out."""

    async def prepare(self) -> None:
        await super().prepare()
        assert await self.teller.act(str(self.payment), "slip-given")

    async def act(self) -> None:
        assert await self.teller.act(str(self.payment), "refunded")


class Slip(Void):
    """An acceptance slip is given."""

    async def act(self) -> None:
        assert await self.teller.act(str(self.payment), "slip-given")

    async def after(self) -> None:
        """The payment stands."""


# In the worker.


class Send(Scene):
    """A payment is carried over a line that knows repeats."""

    dying, later_s = "worker", LONGEST_LEASE_S
    labels = (*SENT, *HEARD, "mark:leased", "mark:paid", "mark:marked")

    async def act(self) -> None:
        self.payment = await self.teller.pay_held(self.row())

    async def after(self) -> None:
        assert await self.teller.settled(str(self.payment)) == "confirmed"


class SendByFile(Send):
    """A payment is filed for a biller that only takes files."""

    labels, biller = (*SENT, *HEARD), "island-gas"
    filed: ClassVar[set[int]] = set()

    async def prepare(self) -> None:
        if id(self.street) not in self.filed:
            self.filed.add(id(self.street))
            at = Addresses(self.street.api, self.street.parties)
            await order_bill_file(self.street.house, at, self.http)


class HalfAFile(SendByFile):
    """Death in the middle of the filing itself, before its file has a name, and after."""

    labels: ClassVar[tuple[str, ...]] = ()
    plants: ClassVar[dict[str, str]] = {
        "file:hidden": "die_before_the_name", "file:named": "die_after_the_name",
    }  # fmt: skip


class SendByBank(Send):
    """A payment is carried over a line that does not know repeats: never twice."""

    labels, outlet = ("send:leased", "send:written", "send:answered", *HEARD), "c-0001"


class NeverLeft(SendByBank):
    """Written down as sent, and it never was: the bank is asked twice, and the cash goes back."""

    labels, later_s = ("send:committed",), GRACE_S

    async def prepare(self) -> None:
        self._grace(SHORT_GRACE_S)

    async def after(self) -> None:
        assert await self.teller.settled(str(self.payment)) == "declined"
        assert await self.teller.act(str(self.payment), "cash-returned")
        self._grace(bank_message.MANIFEST.grace_s)

    def _grace(self, seconds: int) -> None:
        """Grace is counted by a stopwatch too, which no wall can be moved past."""
        with connect(self.street.house.databases().hub) as hub:
            hub.execute(
                "UPDATE routes SET body = jsonb_set(body, '{manifest,grace_s}', %s::text::jsonb)"
                " WHERE code = 'bank-b'",
                (seconds,),
            )


class Enquire(Send):
    """The answer to a sending is lost; the enquiry finds it."""

    labels = ("chase:leased", "chase:answered", "hear:written:2", "hear:committed:2")

    async def prepare(self) -> None:
        await lose_one_answer(self.street, self.http)


class TellBiller(Enquire):
    """The answer to a sending is lost; the biller is told of the cash meanwhile."""

    labels = ("notice:answered",)


class CarryVoid(Void):
    """A void is carried to the biller, and the bill is free again."""

    dying, later_s = "worker", LONGEST_LEASE_S
    labels = ("chase:leased", "chase:answered", *HEARD, *MARKED)


class Deadline(Declined):
    """Nobody said that the cash went back: after ten minutes it is owed."""

    dying, later_s = "worker", LONGEST_LEASE_S
    labels = ("chase:leased", *HEARD, *MARKED)

    async def prepare(self) -> None:
        await super().prepare()
        self.street.processes.advance(DEADLINE_S, ("serve",))

    async def act(self) -> None:
        """Time passes."""

    async def after(self) -> None:
        assert self.street.settle(60) == 0
        assert await self.teller.act(str(self.payment), "refunded")


class Sweep(Scene):
    """A hold lapses; its own till pays late, another till wants the bill."""

    dying, later_s = "worker", LONGEST_LEASE_S
    labels = ("sweep:lapsed", "pay:loaded", "pay:written", "pay:committed", "sweep:burnt",
              "sweep:freed")  # fmt: skip

    async def prepare(self) -> None:
        self.bill_row = self.row()
        self.bill = await self.teller.hold(self.bill_row)
        lapse(self.street, self.bill["bill_ref"])

    async def meanwhile(self) -> None:
        await self.teller.pay(self.bill)

    async def after(self) -> None:
        other = self.street.teller(self.http, "a-0001")
        assert self.street.settle(60) == 0
        answer = await other.till.inquire(self.bill_row)
        if answer.status == 200:
            await other.pay(answer.json["bills"][0])


class SweepLeft(Sweep):
    """A hold lapses and nobody comes: the bill is anybody's again."""

    labels = ("sweep:burnt",)

    async def meanwhile(self) -> None:
        answer = await self.street.till(self.http, "a-0001").inquire(self.bill_row)
        assert answer.code == "BILL_HELD", "burnt, and not yet freed"

    async def after(self) -> None:
        other = self.street.teller(self.http, "a-0001")
        assert await other.pay(await other.hold(self.bill_row))
        assert await self.teller.pay(self.bill) is None, "the late pay meets the ashes"


class SweepPaid(Scene):
    """A hold lapses that was paid, while the mark lies in the hands of a relay that is gone."""

    dying, later_s = "worker", LONGEST_LEASE_S
    labels = ("sweep:burnt", "sweep:marked")

    async def prepare(self) -> None:
        self.street.processes.kill("worker")
        bill = await self.teller.hold(self.row())
        assert await self.teller.pay(bill)
        _spoil(self.street, "UPDATE errands SET leased_until = '2100-01-01' WHERE kind = 4", ())
        lapse(self.street, bill["bill_ref"])

    async def meanwhile(self) -> None:
        _spoil(self.street, "UPDATE errands SET leased_until = NULL WHERE kind = 4", ())


def lapse(street: Storm, bill_ref: str) -> None:
    """A hold's time is over, without the waiting."""
    _spoil(street, "UPDATE claims SET until = '2000-01-01' WHERE bill_ref = %s", (bill_ref,))


def _spoil(street: Storm, statement: str, arguments: tuple[object, ...]) -> None:
    with connect(street.house.databases().admin) as admin:
        assert admin.execute(statement, arguments).rowcount >= 1


IN_API: tuple[type[Scene], ...] = (
    PayHeld, PayDirect, Visit, Void, Abandon, AbandonPaid, Declined, Refund, Slip,
)  # fmt: skip
IN_WORKER: tuple[type[Scene], ...] = (
    Send, SendByFile, HalfAFile, SendByBank, NeverLeft, Enquire, TellBiller, CarryVoid,
    Deadline, Sweep, SweepLeft, SweepPaid,
)  # fmt: skip
