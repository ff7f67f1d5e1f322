"""What is owed, what it costs here, and the hold: the street before any cash is counted.

Many counters asking for one account become one inquiry; a biller's published capacity is never
exceeded. A hold is claimed only where one bill is named and the till asks for it. When too much
waits already, new citizens are asked to come again in a moment - never one whose bill is held.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from cashlane.core.bill import Bill, Biller, BillKey
from cashlane.core.clock import Clock
from cashlane.core.network import Network, Outlet
from cashlane.core.outlet import Permit, may_take, window_ends
from cashlane.core.ports import AlreadyPaid, BillerPort, BillsFound, DeskAnswer, DeskSilent
from cashlane.core.quote import Hold, Quote, hold_until, price, seal
from cashlane.core.refusals import Refused
from cashlane.core.routing import Outlook
from cashlane.store.claims import HELD, PAID, Claim, Claims, Named, Standing
from cashlane.switch.admission import Admission
from cashlane.switch.batch import Batcher
from cashlane.switch.budget import Budget
from cashlane.switch.mark import claim_bucket
from cashlane.switch.steps import step
from cashlane.values.ids import Ids
from cashlane.values.text import Text

HOLD_BATCH_MOST = 200
"""Beyond this a batch gains little and its tills wait longer."""
DESK_WAITING_MOST = 256
"""Questions that one biller's desk has not answered yet: four for each line to it, so that the last
in the queue still waits less than a till's patience where the desk takes a second."""
BUSY_S = 2
"""When one who was turned away may come again: the queue has drained or turned over by then."""
BUSY = Refused("NETWORK_BUSY", {"seconds": BUSY_S})
"""The answer to those who are turned away."""
_EARLIER = Text("此前", "an earlier time")
_AT_BILLER = Text("收费单位的记录", "the biller's own records")
_ELSEWHERE = Text("本网络另一网点", "another counter of the network")


class Line(Struct, frozen=True):
    """One bill on offer: what it is, what it costs, and the hold where one was asked for."""

    bill: Bill
    quote: Quote
    hold: Hold | None
    token: str | None


class Offer(Struct, frozen=True):
    """The answer to an inquiry."""

    biller: Biller
    lines: tuple[Line, ...]


class Inquiry(Struct, frozen=True):
    """What a counter asks: a bill's key, perhaps one bill of it, perhaps an amount of its own."""

    outlet: int
    till: int
    key: BillKey
    hold: bool
    amount: int | None


class SigningKeys(Struct, frozen=True):
    """The keys that holds are sealed with; `current` seals, all open."""

    current: str
    keys: Mapping[str, bytes]


class Inquirer:
    """Answers inquiries and claims bills."""

    def __init__(
        self,
        desks: Callable[[], Mapping[int, BillerPort]],
        claims: Claims,
        network: Callable[[], Network],
        clock: Clock,
        ids: Ids,
        keys: SigningKeys,
        outlook: Callable[[], Outlook],
        admission: Admission,
    ) -> None:
        self._desks = desks
        self._claims = claims
        self._network = network
        self._clock = clock
        self._ids = ids
        self._keys = keys
        self._outlook = outlook
        self._admission = admission
        self._asking: Counter[int] = Counter()
        self._running: dict[BillKey, asyncio.Task[DeskAnswer]] = {}
        self._budgets: dict[int, Budget] = {}
        self._holds: Batcher[Claim, Standing] = Batcher(self._claim, HOLD_BATCH_MOST)

    def is_full(self) -> bool:
        """Whether who asks now is turned away (BUSY) before it is read what is asked."""
        return self._admission.is_full(len(self._holds))

    async def inquire(self, inquiry: Inquiry) -> Offer | Refused:
        """What is owed under a key, priced for this outlet; one bill of it held if asked."""
        if not self._admission.admits(len(self._holds)):
            return BUSY
        network, now = self._network(), self._clock.now()
        outlet = network.outlets[inquiry.outlet]
        biller = network.billers[inquiry.key.biller]
        permit = may_take(network, outlet, biller, now, self._outlook())
        if isinstance(permit, Refused):
            return permit
        found = await self._bills(biller, inquiry.key, outlet, stands_in=permit.stands_in)
        if isinstance(found, Refused):
            return found
        return await self._offer(inquiry, biller, permit, found)

    async def hold_one(self, inquiry: Inquiry) -> Offer | Refused:
        """Hold exactly one bill: where the key names several, none is held."""
        offer = await self.inquire(structs.replace(inquiry, hold=True))
        if isinstance(offer, Refused) or len(offer.lines) == 1:
            return offer
        count = len(offer.lines)
        return Refused("BILL_CHOICE", {"account": inquiry.key.account, "count": count})

    async def _bills(
        self, biller: Biller, key: BillKey, outlet: Outlet, *, stands_in: bool
    ) -> Sequence[Bill] | Refused:
        answer = await self._ask_desk(biller, key)
        places: dict[str, str | int | Text] = {"biller": biller.name, "account": key.account}
        match answer:
            case Refused():
                return answer
            case DeskSilent():
                printed = _printed(biller, key) if stands_in else []
                return printed or Refused("DESK_SILENT", places)
            case BillsFound(bills=()):
                return Refused("NOTHING_OWED", places)
            case BillsFound(bills=bills):
                named = [bill for bill in bills if key.ref is None or bill.ref == key.ref]
                return named or Refused("NO_SUCH_BILL", places)
            case AlreadyPaid():
                return await self._paid(biller, key, outlet)
        return Refused("NO_SUCH_ACCOUNT" if key.ref is None else "NO_SUCH_BILL", places)

    async def _paid(self, biller: Biller, key: BillKey, asking: Outlet) -> Refused:
        """The biller says paid; where it was paid with us, when and where is known."""
        if key.ref is not None:
            named = Named(claim_bucket(biller.number, key.ref), biller.number, key.ref)
            stands = (await self._claims.standing([named])).get((biller.number, key.ref))
            if stands is not None and stands.state == PAID:
                return self._taken(stands, asking, self._clock.now())
        return Refused("BILL_PAID", {"when": _EARLIER, "where": _AT_BILLER})

    async def _ask_desk(self, biller: Biller, key: BillKey) -> DeskAnswer | Refused:
        """Coalesce: whoever asks the same while an inquiry runs waits for its answer."""
        running = self._running.get(key)
        if running is None:
            budget = self._budgets.setdefault(
                biller.number, Budget(max(1, biller.inquiries_per_minute // 60))
            )
            if self._asking[biller.number] >= DESK_WAITING_MOST:
                return BUSY
            if not budget.take(self._clock.elapsed()):
                return Refused("INQUIRY_BUSY", {"biller": biller.name, "seconds": 1})
            running = self._running[key] = self._start(biller, key)
        return await asyncio.shield(running)

    def _start(self, biller: Biller, key: BillKey) -> asyncio.Task[DeskAnswer]:
        task = asyncio.create_task(_asked(self._desks()[biller.number], key))
        self._asking[biller.number] += 1

        def over(_: object) -> None:
            self._asking[biller.number] -= 1
            self._running.pop(key, None)

        task.add_done_callback(over)
        return task

    async def _offer(
        self, inquiry: Inquiry, biller: Biller, permit: Permit, bills: Sequence[Bill]
    ) -> Offer | Refused:
        network, now = self._network(), self._clock.now()
        lines = []
        for bill in bills:
            amount = inquiry.amount if inquiry.amount is not None else bill.amount
            quote = price(network, biller, permit, bill, amount=amount, now=now)
            if isinstance(quote, Refused):
                return quote
            lines.append(Line(bill, quote, None, None))
        if inquiry.hold and len(lines) == 1:
            held = await self.hold(inquiry.outlet, inquiry.till, lines[0].quote)
            if isinstance(held, Refused):
                return held
            lines = [Line(lines[0].bill, lines[0].quote, held, self._seal(held))]
        return Offer(biller, tuple(lines))

    def _seal(self, hold: Hold) -> str:
        current = self._keys.current
        return seal(hold, key_id=current, key=self._keys.keys[current])

    async def hold(self, outlet: int, till: int, quote: Quote) -> Hold | Refused:
        """Claim a bill for a till; the same till asking again gets the same hold."""
        network, now = self._network(), self._clock.now()
        biller = network.billers[quote.biller]
        wish = Claim(
            bucket=claim_bucket(quote.biller, quote.bill_ref),
            biller=quote.biller,
            bill_ref=quote.bill_ref,
            outlet=outlet,
            till=till,
            until=hold_until(now, day_ends=window_ends(network, biller, now)),
            hold=self._ids.fresh(now),
        )
        standing = await self._holds.ask(wish)
        ours = standing.hold == wish.hold or (standing.outlet, standing.till) == (outlet, till)
        if standing.state == HELD and ours:
            assert standing.hold is not None
            assert standing.until is not None
            return Hold(standing.hold, outlet, till, standing.until, quote)
        return self._taken(standing, network.outlets[outlet], now)

    def _taken(self, standing: Standing, asking: Outlet, now: datetime) -> Refused:
        network = self._network()
        if standing.state != PAID:
            left = int((standing.until - now).total_seconds()) if standing.until else 0
            return Refused("BILL_HELD", {"seconds": max(1, left)})
        payer = network.outlets[standing.outlet]
        where = payer.name if payer.agent == asking.agent else _ELSEWHERE
        paid_at = network.local(standing.paid_at or now)
        return Refused("BILL_PAID", {"when": f"{paid_at:%Y-%m-%d %H:%M}", "where": where})

    async def _claim(self, wishes: Sequence[Claim]) -> Sequence[Standing]:
        """One statement for many counters; of two that want one bill the first in line has it."""
        standing = await self._claims.hold(wishes)
        step("hold:claimed")
        return [standing[wish.biller, wish.bill_ref] for wish in wishes]


def _printed(biller: Biller, key: BillKey) -> list[Bill]:
    """The bill as its own code tells it, where that names both bill and amount."""
    if key.ref is None or not key.amount:
        return []
    return [Bill(biller.number, key.ref, key.account, "", key.amount, None, "")]


async def _asked(desk: BillerPort, key: BillKey) -> DeskAnswer:
    return await desk.inquire(key)
