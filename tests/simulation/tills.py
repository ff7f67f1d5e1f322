"""Tills and those behind them: honest, clumsy, impatient, thieving - and each with a journal.

The journal outlives the machine: after a crash the same keys are asked for again.
"""

from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

from msgspec import Struct, field

from cashlane.core.asks import AbandonAsk, Accepted, Basket, Closed, PayAsk, UndoAsk, Undone
from cashlane.core.bill import BillKey
from cashlane.core.life import PaymentLife
from cashlane.core.payment import State
from cashlane.core.quote import Hold
from cashlane.core.record import AskKind, PaymentRow
from cashlane.core.refusals import Refused
from cashlane.switch.accept import DirectPay
from cashlane.switch.inquire import Inquiry, Offer
from tests.simulation.faults import Faults
from tests.simulation.kernel import Kernel
from tests.simulation.line import Line, Silence
from tests.simulation.people import Cash, Citizen, Told

TRIES_AT_COUNTER = 5
"""So often the same key is asked for before the till closes it for good."""
LOOK_AGAIN_S = (60.0, 240.0, 600.0, 1800.0, 7200.0)
IN_DOUBT = {State.CASH_IN, State.SENT, State.UNKNOWN, State.VOIDING}
FAILED = {State.DECLINED, State.REFUND_DUE, State.RETURNED, State.REFUNDED}
OVER = {State.RETURNED, State.VOIDED, State.REFUNDED}


class KeyTry(Struct):
    """One key of the journal, and what is definitely known of it."""

    key: UUID
    answer: Accepted | Refused | Closed | None = None
    asked: bool = False


class Sale(Struct):
    """One bill at this counter, as the journal keeps it."""

    citizen: Citizen
    inquiry: Inquiry
    hold: Hold | None
    due: int
    amount: int
    tendered: int
    visit: Basket | None
    keys: list[KeyTry] = field(default_factory=list)
    payment: PaymentRow | None = None
    undo: tuple[Any, UUID] | None = None
    voided_by: str = ""
    over: bool = False
    looks: int = 0
    waited: bool = False


class Temper(Struct, frozen=True):
    """How the cashier of this till is."""

    double_scan: float
    wrong_amount: float
    impatient: float
    thief: float
    direct: float


class Till:
    """One machine with its cashier."""

    def __init__(
        self, number: int, outlet: int, line: Line, kernel: Kernel, faults: Faults, draw: Random,
        temper: Temper, cash: Cash, citizens: list[Citizen], journal: "Journal",
    ) -> None:  # fmt: skip
        self._number = number
        self._outlet = outlet
        self._line = line
        self._kernel = kernel
        self._faults = faults
        self._draw = draw
        self._temper = temper
        self._cash = cash
        self._citizens = citizens
        self.journal = journal

    async def day(self) -> None:
        """Settle what the journal says is open, then serve who comes, then look after the rest."""
        for sale in self.journal.open():
            await self._settle(sale)
        while self.journal.served < len(self._citizens):
            citizen = self._citizens[self.journal.served]
            self.journal.served += 1
            await self._serve(citizen)
            await self._kernel.pause(1 + self._draw.expovariate(1 / self.journal.gap_s))
        await self._look_after()

    async def _look_after(self) -> None:
        """Citizens come again with their slips; nobody is sent away for good."""
        while True:
            left = self.journal.open()
            if not left:
                return
            for sale in left:
                await self._settle(sale)
            turn = min(self.journal.rounds, len(LOOK_AGAIN_S) - 1)
            self.journal.rounds += 1
            await self._kernel.pause(LOOK_AGAIN_S[turn])

    # -- before cash -----------------------------------------------------------------------------

    async def _serve(self, citizen: Citizen) -> None:
        draw, temper = self._draw, self._temper
        direct = draw.random() < temper.direct
        inquiry = Inquiry(
            self._outlet, self._number,
            BillKey(citizen.biller, citizen.account, citizen.bill_ref, None), not direct, None,
        )  # fmt: skip
        if draw.random() < temper.thief and self._faults.happens("thief"):
            self._cash.hand_in(citizen, self._outlet, citizen.amount)
            self._cash.pocket(citizen, self._outlet, citizen.amount)
            return
        if direct:
            await self._sell(citizen, inquiry, None, citizen.amount)
            return
        offer = await self._inquire(inquiry)
        if offer is None:
            return
        hold = offer.lines[0].hold
        assert hold is not None
        if draw.random() < 0.04 and self._event("walk-away"):
            return
        slow = draw.random() < 0.01 and self._event("fetches-cash")
        await self._kernel.pause(draw.uniform(560, 700) if slow else draw.uniform(1, 12))
        await self._sell(citizen, inquiry, hold, hold.quote.cash_due)

    def _event(self, name: str) -> bool:
        return self._faults.has[name] and self._faults.happens(name)

    async def _inquire(self, inquiry: Inquiry) -> Offer | None:
        for _ in range(4):
            found = await self._line.ask("hold", inquiry)
            if isinstance(found, Offer):
                return found
            if isinstance(found, Refused) and not found.entry.retryable:
                return None
            await self._kernel.pause(1 + self._draw.random() * 3)
        return None

    # -- the payment -----------------------------------------------------------------------------

    async def _sell(self, citizen: Citizen, inquiry: Inquiry, hold: Hold | None, due: int) -> None:
        """Cash is counted into the drawer and the key is in the journal before anything is sent."""
        wrong = self._draw.random() < self._temper.wrong_amount and self._faults.happens(
            "wrong-amount"
        )
        amount = citizen.amount + (100 if wrong and hold is None else 0)
        tendered = due - 10 if wrong and hold is not None else due + self._draw.choice((0, 0, 500))
        if hold is None:
            tendered = amount + 2_000
        visit = None
        if hold is not None and self._draw.random() < 0.1:
            visit = Basket(self._fresh(), tendered, 1)
        sale = Sale(citizen, inquiry, hold, due, amount, tendered, visit)
        sale.keys.append(KeyTry(self._fresh()))
        self._cash.hand_in(citizen, self._outlet, due)
        self.journal.sales.append(sale)
        await self._settle(sale)

    def _fresh(self) -> UUID:
        return UUID(int=self._draw.getrandbits(128))

    async def _settle(self, sale: Sale) -> None:
        """Bring one sale as far as it can be brought now."""
        tries = 0
        while sale.payment is None and not sale.over:
            tries += 1
            open_ = [one for one in sale.keys if one.answer is None]
            if open_:
                await self._ask(sale, open_[-1], tries)
                continue
            made = [one.answer.payment for one in sale.keys if isinstance(one.answer, Accepted)]
            if made:
                sale.payment = made[0]
                self._count_again(sale, made[1:])
            else:
                await self._nothing_came(sale)
        if sale.payment is not None and not sale.over:
            await self._follow(sale, sale.payment)

    def _count_again(self, sale: Sale, more: list[PaymentRow]) -> None:
        """A second key of a direct pay is a payment of its own where the first one's had come to
        nothing by then: cash is counted in for each. A hold is paid once, whatever its keys."""
        for payment in more if sale.hold is None else ():
            self._cash.hand_in(sale.citizen, self._outlet, payment.cash_due)
            self.journal.sales.append(
                Sale(sale.citizen, sale.inquiry, None, payment.cash_due, sale.amount,
                     sale.tendered, None, payment=payment)
            )  # fmt: skip

    async def _ask(self, sale: Sale, try_: KeyTry, tries: int) -> None:
        again = try_.asked
        try_.asked = True
        found = await self._pay(sale, try_)
        if isinstance(found, Accepted):
            self.journal.told(try_.key, found.payment)
            try_.answer = found
        elif isinstance(found, Refused) and found.entry.cash in {"not_taken", "taken"}:
            self.journal.refused(try_.key, found)
            try_.answer = found
        elif isinstance(found, Refused) and found.code == "DAY_CLOSED":
            self.journal.told_of_cut()
            await self._kernel.pause(1 + self._draw.random() * 4)
        elif tries > TRIES_AT_COUNTER:
            await self._abandon(try_)
        elif not again and len(sale.keys) < 2 and self._draw.random() < self._temper.impatient:
            if self._faults.happens("impatient"):
                sale.keys.append(KeyTry(self._fresh()))
        else:
            await self._kernel.pause(1 + self._draw.random() * 4)

    async def _pay(self, sale: Sale, try_: KeyTry) -> Any:
        verb, ask = self._wording(sale, try_)
        if self._draw.random() < self._temper.double_scan and self._faults.happens("double-scan"):
            self._kernel.create_task(self._line.ask(verb, ask))
        return await self._line.ask(verb, ask)

    def _wording(self, sale: Sale, try_: KeyTry) -> tuple[str, Any]:
        """The same request for the same key, to the letter."""
        content = UUID(int=(sale.tendered << 32 | sale.amount) + 1)
        if sale.hold is None:
            return "pay_direct", DirectPay(
                sale.inquiry, sale.amount, try_.key, content, sale.tendered, None, "sim"
            )
        return "pay", PayAsk(
            self._outlet, self._number, try_.key, content, sale.hold, sale.tendered, sale.visit,
            None, "sim",
        )  # fmt: skip

    async def _abandon(self, try_: KeyTry) -> None:
        ask = AbandonAsk(self._outlet, self._number, try_.key, try_.key, "sim")
        found = await self._line.ask("pay", ask)
        if isinstance(found, Accepted):
            self.journal.told(try_.key, found.payment)
            try_.answer = found
        elif isinstance(found, Closed):
            self.journal.closed.add(try_.key)
            try_.answer = found
        else:
            await self._kernel.pause(1 + self._draw.random() * 10)

    async def _nothing_came(self, sale: Sale) -> None:
        """Every key is closed without a payment: the cash goes back."""
        used = [one for one in sale.keys if isinstance(one.answer, Refused)
                and one.answer.code == "HOLD_USED"]  # fmt: skip
        self.journal.stranded += len(used) == len(sale.keys)
        self._give_back(sale)

    def _give_back(self, sale: Sale) -> None:
        self._cash.hand_back(sale.citizen, self._outlet, sale.due)
        sale.over = True

    # -- after acceptance ------------------------------------------------------------------------

    async def _follow(self, sale: Sale, payment: PaymentRow) -> None:
        """Wait a moment for a definite word, give the paper it calls for, and see to the rest."""
        if sale.due != payment.cash_due:
            # A direct pay learns its exact cash figure with the answer; the rest is change.
            self._cash.hand_back(sale.citizen, self._outlet, sale.due - payment.cash_due)
            sale.due = payment.cash_due
        # Who comes again with a slip has waited once already.
        for wait_s in (0.0,) if sale.waited else (2.5, 2.5):
            await self._kernel.pause(wait_s)
            life = await self._look(payment)
            if life is not None and life.payment.state not in IN_DOUBT:
                break
        sale.waited = True
        if life is not None:
            await self._by_state(sale, life)

    async def _look(self, payment: PaymentRow) -> PaymentLife | None:
        found = await self._line.ask("look", payment.bucket, payment.business_date, payment.id)
        return None if isinstance(found, Silence) else found

    async def _by_state(self, sale: Sale, life: PaymentLife) -> None:
        state = life.payment.state
        if state in FAILED:
            self.journal.told_of_failure(life.payment.id)
        if sale.undo is not None:
            await self._undo(sale, life)
        elif state is State.CONFIRMED:
            self._paper(sale, life, "receipt")
            # Confirmed though a void was asked for: it was refused, and the payment stands.
            if self._changes_mind(sale):
                await self._begin(sale, life, AskKind.VOID)
            else:
                sale.over = True
        elif state is State.STOOD_IN:
            self._paper(sale, life, "receipt")
        elif state is State.DECLINED:
            await self._begin(sale, life, AskKind.HAND_BACK)
        elif state is State.REFUND_DUE:
            await self._begin(sale, life, AskKind.REFUND)
        elif state in OVER:
            self._cash_out(sale)
        elif state is not State.VOIDING:
            await self._in_doubt(sale, life)

    async def _in_doubt(self, sale: Sale, life: PaymentLife) -> None:
        """Some would rather have their cash now, and are told to wait; all get a slip."""
        if not sale.voided_by and self._draw.random() < 0.04 and self._event("changes-mind"):
            sale.voided_by = "citizen"
            await self._begin(sale, life, AskKind.VOID)
        elif ("slip", life.payment.id) not in sale.citizen.papers:
            self._paper(sale, life, "slip")
            await self._begin(sale, life, AskKind.SLIP)

    def _paper(self, sale: Sale, life: PaymentLife, kind: str) -> None:
        paper = (kind, life.payment.id)
        if paper not in sale.citizen.papers:
            sale.citizen.papers.append(paper)

    def _changes_mind(self, sale: Sale) -> bool:
        if sale.voided_by or sale.looks:
            return False
        sale.looks += 1
        chance = self._draw.random()
        if chance < self._temper.thief / 2 and self._faults.happens("thief"):
            sale.voided_by = "thief"
        elif chance > 0.9 and self._event("changes-mind"):
            sale.voided_by = "citizen"
        return bool(sale.voided_by)

    async def _begin(self, sale: Sale, life: PaymentLife, kind: Any) -> None:
        sale.undo = (kind, self._fresh())
        await self._undo(sale, life)

    async def _undo(self, sale: Sale, life: PaymentLife) -> None:
        """An act of undoing under its own key, until it is answered."""
        assert sale.undo is not None
        (kind, key), payment = sale.undo, life.payment
        ask = UndoAsk(
            self._outlet, self._number, key, key, kind, payment.id, payment.business_date, "sim"
        )
        for _ in range(3):
            found = await self._line.ask("pay", ask)
            if isinstance(found, Undone):
                sale.undo = None
                if kind in (AskKind.HAND_BACK, AskKind.REFUND):
                    self._cash_out(sale)
                return
            if isinstance(found, Refused) and found.entry.cash in {"not_taken", "taken"}:
                sale.undo = None
                return
            await self._kernel.pause(1 + self._draw.random() * 4)

    def _cash_out(self, sale: Sale) -> None:
        """The books say that this cash is out of the drawer: it goes where the cashier puts it."""
        if sale.voided_by == "thief":
            self._cash.pocket(sale.citizen, self._outlet, sale.due)
        else:
            self._cash.hand_back(sale.citizen, self._outlet, sale.due)
        assert sale.payment is not None
        self.journal.cash_out(sale.payment.id)
        sale.over = True


class Journal:
    """What a till remembers whatever happens to it."""

    def __init__(
        self, gap_s: float, on_cash_out: Callable[[UUID], None],
        on_failed: Callable[[UUID], None], on_cut: Callable[[], None],
        on_trouble: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.sales: list[Sale] = []
        self.served = 0
        self.rounds = 0
        self.gap_s = gap_s
        self.receipts: dict[UUID, Told] = {}
        self.refusals: dict[UUID, str] = {}
        self.closed: set[UUID] = set()
        self.stranded = 0
        self.cash_out = on_cash_out
        self.told_of_failure = on_failed
        self.told_of_cut = on_cut
        self._on_trouble = on_trouble

    def open(self) -> list[Sale]:
        """Sales that are not over."""
        return [sale for sale in self.sales if not sale.over]

    def told(self, key: UUID, payment: PaymentRow) -> None:
        """A key was accepted: the same must be said each time."""
        told = Told(payment.id, payment.receipt, payment.cash_due, payment.bill_ref, payment.outlet)
        if self.receipts.setdefault(key, told) != told or key in self.refusals:
            self._on_trouble(f"another answer to key {key}: {told}")

    def refused(self, key: UUID, refused: Refused) -> None:
        """A key was refused for good."""
        if self.refusals.setdefault(key, refused.code) != refused.code or key in self.receipts:
            self._on_trouble(f"another answer to key {key}: {refused.code}")
