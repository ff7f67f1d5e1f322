"""The decision: asks in their order, against what is known under lock, become rows to write.

Pure and total: every ask gets an answer, a refusal is an answer, and what one ask of a batch
takes (a key, a hold, room in a drawer, a receipt number) the next one sees as taken.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct, structs

from cashlane.core.asks import (
    AbandonAsk,
    Accepted,
    Answer,
    Archived,
    Ask,
    BurnAsk,
    Closed,
    PayAsk,
    Reclaim,
    RefuseAsk,
    UndoAsk,
    Undone,
    anew_key,
)
from cashlane.core.chart import Limited
from cashlane.core.known import Book, Loaded
from cashlane.core.life import Moment, PaymentLife
from cashlane.core.network import Network
from cashlane.core.payment import State
from cashlane.core.postings import Posting
from cashlane.core.record import (
    AskKind,
    AskRow,
    ErrandKind,
    ErrandRow,
    LimitDelta,
    PaymentRow,
    Record,
    ShiftRow,
    Verdict,
    VisitRow,
    posting_row,
)
from cashlane.core.refusals import Refused, Stored
from cashlane.core.routing import Outlook, way_states
from cashlane.core.shift import Shift
from cashlane.core.stand_in import BoundKey, add_limits, applies, bounds, let_go
from cashlane.core.undo import undo
from cashlane.values.ids import Ids
from cashlane.values.money import write_amount
from cashlane.values.text import Text

_Shelter = Literal["none", "room", "full"]
"""Nobody has to stand in for a payment; somebody has, and the bounds have room; or have none."""


class Decided(Struct):
    """A batch decided: what to write, and the answer to each ask in its place."""

    record: Record
    answers: list[Answer]


def decide(
    asks: Sequence[Ask],
    loaded: Loaded,
    network: Network,
    outlook: Outlook,
    now: datetime,
    ids: Ids,
) -> Decided:
    """Decide a batch in its order. Answers may be spoken only after the record is committed."""
    table = _Table(loaded, network, outlook, now, ids)
    answers = [table.answer(ask) for ask in asks]
    table.settle_books()
    return Decided(table.record, answers)


def answered_before(ask: Ask, loaded: Loaded) -> Answer | None:
    """The stored answer to an ask whose key is known; None where nothing was decided under it."""
    stored = loaded.asks.get((ask.outlet, ask.key))
    if stored is None:
        return None
    if isinstance(ask, AbandonAsk):
        return _answer_to_abandon(stored, loaded)
    if stored.verdict is Verdict.ABANDONED:
        return Refused("ABANDONED")
    if stored.hash != ask.hash:
        return Refused("KEY_REUSED")
    if stored.verdict is Verdict.REFUSED:
        return _refused_from(stored)
    return _accepted_again(stored, loaded)


def was_claimed_anew(ask: PayAsk, loaded: Loaded) -> bool:
    """Whether a burnt hold was claimed anew and paid before, under another key."""
    return ask.instead_of is not None and (ask.outlet, anew_key(ask.instead_of)) in loaded.asks


def _answer_to_abandon(stored: AskRow, loaded: Loaded) -> Answer:
    if stored.verdict is Verdict.ACCEPTED and stored.kind is AskKind.PAY:
        return _accepted_again(stored, loaded)
    return Closed(stored.verdict)


def _accepted_again(stored: AskRow, loaded: Loaded) -> Answer:
    if stored.verdict is Verdict.BURNT:
        return Closed(stored.verdict)
    assert stored.payment is not None, "an accepted ask names its payment"
    decided = Archived(stored.kind, stored.payment, stored.asked_at)
    life = loaded.lives.get(stored.payment)
    return decided if life is None else decided.told(life.payment)


class _Table:
    """The counter's table while one batch is decided: known rows, and what was added to them."""

    def __init__(
        self, loaded: Loaded, network: Network, outlook: Outlook, now: datetime, ids: Ids
    ) -> None:
        self._loaded = loaded
        self._network = network
        self._outlook = outlook
        self._now = now
        self._ids = ids
        self._date = loaded.day.business_date
        self._opening = dict(loaded.books)
        self.record = Record(business_date=self._date)

    def answer(self, ask: Ask) -> Answer:
        """The answer to one ask: the stored one where its key is known, else a new one."""
        stored = answered_before(ask, self._loaded)
        if stored is not None:
            return stored
        if not self._loaded.day.open:
            return Refused("DAY_CLOSED")
        return self._decide(ask)

    def _decide(self, ask: Ask) -> Answer:
        match ask:
            case PayAsk():
                return self._pay(ask)
            case UndoAsk():
                return self._undo(ask)
            case AbandonAsk():
                return self._close(ask, AskKind.ABANDON, Verdict.ABANDONED, hold=None)
            case BurnAsk():
                return self._burn(ask)
            case RefuseAsk():
                return self._refuse(ask, ask.refused)

    def settle_books(self) -> None:
        """Turn what happened to each limited account into one guarded change of its row."""
        changed = [
            LimitDelta(
                bucket=book.bucket,
                kind=kind,
                party=party,
                delta=book.balance - self._opening[kind, party].balance,
                receipts_day=book.receipts_day,
                receipts=book.receipts,
            )
            for (kind, party), book in self._loaded.books.items()
            if book != self._opening[kind, party]
        ]
        add_limits(self.record.limits, changed)

    # -- paying ------------------------------------------------------------------------------

    def _pay(self, ask: PayAsk) -> Answer:
        """Check, check, check; below the marked line nothing may refuse."""
        used = self._loaded.holds.get(ask.hold.id)
        if used is not None:
            return Reclaim() if used.verdict is Verdict.BURNT else self._refuse(ask, _HOLD_USED)
        if was_claimed_anew(ask, self._loaded):
            return self._refuse(ask, _HOLD_USED)
        book = self._loaded.books[Limited.DRAWER, ask.outlet]
        shelter = self._shelter(ask)
        refused = self._may_not_take(ask, book, shelter)
        if refused is not None:
            return self._refuse(ask, refused)
        # Nothing below this line may refuse.
        return Accepted(self._take(ask, book, stood_in=shelter == "room"))

    def _may_not_take(self, ask: PayAsk, book: Book, shelter: _Shelter) -> Refused | None:
        quote = ask.hold.quote
        outlet = self._network.outlets[ask.outlet]
        if outlet.suspended:
            return Refused("OUTLET_SUSPENDED")
        if ask.tendered < quote.cash_due:
            return self._short(ask.tendered, quote.cash_due)
        if book.balance + quote.cash_due > book.most:
            return Refused("DRAWER_FULL", {"most": self._write(book.most)})
        if quote.stands_in and shelter == "full":
            return Refused("STAND_IN_FULL", {"biller": self._network.billers[quote.biller].name})
        return None

    # A hold that was given while a way was open is kept though all have closed since: the payment
    # is taken, and where nobody stands in for it, it waits for a way without a receipt.

    def _shelter(self, ask: PayAsk) -> _Shelter:
        """Whether this payment would have to be stood in for now, and whether it can be."""
        if not stands_in(ask, self._network, self._outlook, self._now):
            return "none"
        return "room" if self._has_room(ask) else "full"

    def _has_room(self, ask: PayAsk) -> bool:
        amount = ask.hold.quote.amount
        if amount > self._network.stand_in.payment_most:
            return False
        keys = bounds_of_ask(ask, self._network)
        held = [self._loaded.books.get((kind, party)) for _, kind, party in keys]
        return all(book is not None and book.balance + amount <= book.most for book in held)

    def _short(self, tendered: int, due: int) -> Refused:
        places = {"tendered": tendered, "due": due, "short": due - tendered}
        return Refused(
            "TENDERED_SHORT", {name: self._write(amount) for name, amount in places.items()}
        )

    def _write(self, amount: int) -> str:
        return write_amount(amount, self._network.currency)

    def _take(self, ask: PayAsk, book: Book, *, stood_in: bool) -> PaymentRow:
        book = book.after_receipt(self._date, ask.hold.quote.cash_due)
        shift = self._shift(ask)
        payment = self._payment(ask, shift, book.receipts, stood_in=stood_in)
        self._loaded.books[Limited.DRAWER, ask.outlet] = book
        if stood_in:
            self._expose(ask)
        self._loaded.lives[payment.id] = PaymentLife(payment, ())
        self.record.payments.append(payment)
        self.record.postings.append(
            posting_row(payment, Posting.CASH_IN, on=self._date, carried_by=0, refunded_by=0)
        )
        self._keep(ask, AskKind.PAY, Verdict.ACCEPTED, hold=ask.hold.id, payment=payment)
        self._note_anew(ask, payment)
        self._note_visit(ask)
        self._leave(payment, ErrandKind.CLAIM_PAID)
        self._leave(payment, ErrandKind.SEND)
        if payment.stood_in:
            self._leave(payment, ErrandKind.NOTICE)
        return payment

    def _expose(self, ask: PayAsk) -> None:
        for _, kind, party in bounds_of_ask(ask, self._network):
            book = self._loaded.books[kind, party]
            self._loaded.books[kind, party] = book.after_cash(ask.hold.quote.amount)

    def _payment(self, ask: PayAsk, shift: int, receipt: int, *, stood_in: bool) -> PaymentRow:
        quote, outlet = ask.hold.quote, self._network.outlets[ask.outlet]
        to_agent, to_network, to_route = quote.fee.parts
        payment = self._ids.payment(self._now, business_date=self._date, bucket=outlet.bucket)
        return PaymentRow(
            bucket=outlet.bucket,
            business_date=self._date,
            id=payment,
            outlet=ask.outlet,
            till=ask.till,
            shift=shift,
            cashier=ask.cashier,
            agent=outlet.agent,
            biller=quote.biller,
            bill_ref=quote.bill_ref,
            account=quote.account,
            period=quote.period,
            hold=ask.hold.id,
            visit=ask.visit.id if ask.visit is not None else None,
            owed=quote.owed,
            amount=quote.amount,
            fee_schedule=quote.fee.schedule,
            fee_by_biller=quote.fee.bearer == "biller",
            fee_agent=to_agent,
            fee_network=to_network,
            fee_route=to_route,
            cash_due=quote.cash_due,
            rounding=quote.rounding,
            rounding_party=quote.rounding_party,
            carried=quote.carried,
            tendered=ask.tendered,
            change=ask.tendered - quote.cash_due,
            receipt=receipt,
            route=quote.route,
            stood_in=stood_in,
            state=State.STOOD_IN if stood_in else State.CASH_IN,
            posted=Posting.CASH_IN.bit,
            accepted_at=self._now,
        )

    def _shift(self, ask: PayAsk) -> int:
        """The till's open shift; the first payment of a period opens one."""
        known = self._loaded.shifts.get(ask.till)
        if known is not None and known.open and known.business_date == self._date:
            return known.number
        same_day = known is not None and known.business_date == self._date
        number = known.number + 1 if known is not None and same_day else 1
        outlet = self._network.outlets[ask.outlet]
        self._loaded.shifts[ask.till] = Shift(self._date, number, open=True)
        self.record.shifts.append(
            ShiftRow(
                outlet.bucket, ask.till, self._date, number, ask.outlet, ask.cashier, self._now
            )
        )
        return number

    def _note_anew(self, ask: PayAsk, payment: PaymentRow) -> None:
        """Another key that brings the same burnt hold finds this payment, as it would have found
        one of the hold itself."""
        if ask.instead_of is not None:
            noted = structs.replace(ask, key=anew_key(ask.instead_of))
            self._keep(noted, AskKind.CLAIM_ANEW, Verdict.ACCEPTED, hold=None, payment=payment)

    def _note_visit(self, ask: PayAsk) -> None:
        """A basket is written once, with its first accepted payment."""
        visit = ask.visit
        if visit is None or (ask.outlet, visit.id) in self._loaded.visits:
            return
        self._loaded.visits.add((ask.outlet, visit.id))
        self.record.visits.append(
            VisitRow(
                bucket=self._network.outlets[ask.outlet].bucket,
                outlet=ask.outlet,
                id=visit.id,
                business_date=self._date,
                till=ask.till,
                tendered=visit.tendered,
                count=visit.count,
                asked_at=self._now,
            )
        )

    # -- undoing, giving up, burning -------------------------------------------------------------

    def _undo(self, ask: UndoAsk) -> Answer:
        life = self._loaded.lives.get(ask.payment)
        if life is None or life.payment.outlet != ask.outlet:
            return Refused("NOT_FOUND", {"what": Text("缴费", "payment")})
        shift = self._loaded.shifts.get(ask.till)
        turn = undo(life, ask, shift, self._network, Moment(self._now, self._date, self._ids))
        if isinstance(turn, Refused):
            return self._refuse(ask, turn)
        self._loaded.lives[ask.payment] = turn.life
        turn.add_to(self.record)
        add_limits(self.record.limits, let_go(life.payment, turn.postings))
        self._hand_out(life.payment, turn.cash_out)
        self._keep(ask, ask.kind, Verdict.ACCEPTED, hold=None, payment=life.payment)
        return Undone(ask.kind, life.payment, self._now)

    def _hand_out(self, payment: PaymentRow, cash: int) -> None:
        book = self._loaded.books[Limited.DRAWER, payment.outlet]
        self._loaded.books[Limited.DRAWER, payment.outlet] = book.after_cash(-cash)

    def _burn(self, ask: BurnAsk) -> Answer:
        """A lapsed hold is burnt before its bill is freed, so that a late pay meets the ashes."""
        used = self._loaded.holds.get(ask.key)
        if used is not None:
            return _answer_to_abandon(used, self._loaded)
        return self._close(ask, AskKind.BURN, Verdict.BURNT, hold=ask.key)

    def _close(self, ask: Ask, kind: AskKind, verdict: Verdict, *, hold: UUID | None) -> Closed:
        self._keep(ask, kind, verdict, hold=hold, payment=None)
        return Closed(verdict)

    # -- keeping ------------------------------------------------------------------------------

    def _refuse(self, ask: Ask, refused: Refused) -> Refused:
        """Store a refusal that the catalogue says belongs to its key."""
        if refused.entry.stored:
            detail = msgspec.json.encode(Stored(refused.code, dict(refused.places))).decode()
            kind = AskKind.PAY if isinstance(ask, PayAsk) else ask.kind
            self._keep(ask, kind, Verdict.REFUSED, hold=None, payment=None, detail=detail)
        return refused

    def _keep(
        self,
        ask: Ask,
        kind: AskKind,
        verdict: Verdict,
        *,
        hold: UUID | None,
        payment: PaymentRow | None,
        detail: str | None = None,
    ) -> None:
        row = AskRow(
            bucket=self._network.outlets[ask.outlet].bucket,
            outlet=ask.outlet,
            key=ask.key,
            kind=kind,
            hash=ask.hash,
            hold=hold,
            verdict=verdict,
            payment=payment.id if payment is not None else None,
            payment_date=payment.business_date if payment is not None else None,
            detail=detail,
            business_date=self._date,
            asked_at=self._now,
            actor=ask.actor,
        )
        self._loaded.asks[ask.outlet, ask.key] = row
        if hold is not None:
            self._loaded.holds[hold] = row
        self.record.asks.append(row)

    def _leave(self, payment: PaymentRow, kind: ErrandKind) -> None:
        self.record.errands.append(
            ErrandRow(
                bucket=payment.bucket,
                id=self._ids.fresh(self._now),
                kind=kind,
                due_at=self._now,
                payment=payment.id,
                payment_date=payment.business_date,
                count=0,
                subject="",
            )
        )


_HOLD_USED = Refused("HOLD_USED")


def stands_in(ask: PayAsk, network: Network, outlook: Outlook, now: datetime) -> bool:
    """Whether no way is open for a payment and the network stands in for its biller."""
    biller = ask.hold.quote.biller
    if biller not in network.stand_in.billers:
        return False
    contract = network.contract(ask.outlet, biller)
    return contract is not None and applies(
        network.stand_in, biller, way_states(contract, outlook, now), now
    )


def bounds_of_ask(ask: PayAsk, network: Network) -> list[BoundKey]:
    """The bounded accounts that a payment would weigh on if it were stood in for."""
    outlet = network.outlets[ask.outlet]
    return bounds(
        outlet=ask.outlet, outlet_bucket=outlet.bucket, till=ask.till, agent=outlet.agent,
        biller=ask.hold.quote.biller,
    )  # fmt: skip


def _refused_from(stored: AskRow) -> Refused:
    assert stored.detail is not None, "a stored refusal has its code"
    kept = msgspec.json.decode(stored.detail, type=Stored)
    return Refused(kept.code, kept.places)
