"""The simulated store's rows, and the one write of money with the very checks of record.sql.

Nothing here knows of time, waiting or faults: a write is checked against what is committed, and
applied whole.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from heapq import heappop, heappush
from itertools import chain
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, field, structs

from cashlane.core.chart import Limited
from cashlane.core.health import Change, Health, Scope
from cashlane.core.network import Network
from cashlane.core.record import (
    AskRow,
    EntryRow,
    ErrandKind,
    ErrandRow,
    FactRow,
    PaymentRow,
    Record,
    Verdict,
    VisitRow,
)
from cashlane.core.shift import Shift
from cashlane.store.claims import FREE, HELD, PAID, Claim, Mark
from cashlane.store.connect import DayNotOpen, Moved

NARROW = 16
"""Lines of one posting, as the entries' line numbers count them."""


HOLDS: Literal["holds"] = "holds"
"""What rings when a hold is taken, beside the kinds of errands."""


class Defect(Exception):
    """What the database would refuse as a mistake of the program itself."""


class ClaimRow(Struct):
    """A bill's row."""

    state: int
    outlet: int
    till: int
    until: datetime | None
    hold: UUID | None
    paid_total: int
    payment: UUID | None = None
    paid_at: datetime | None = None
    parts: dict[UUID, int] = field(default_factory=dict)


class LimitRow(Struct):
    """A drawer's row."""

    balance: int
    most: int
    receipts_day: date
    receipts: int


class Errand(Struct):
    """An errand with its lease."""

    row: ErrandRow
    leased_until: datetime | None = None
    turn: int = 0
    """Its last place in the queue; earlier ones count no more."""

    @property
    def free_at(self) -> datetime:
        """When it may be taken."""
        due_at, leased = self.row.due_at, self.leased_until
        return due_at if leased is None or leased < due_at else leased


_Queued = tuple[datetime, int, tuple[int, UUID], Errand]
BillName = tuple[int, int, str]


class Tables:
    """All rows that are committed."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.days: dict[date, bool] = {}
        self.asks: dict[tuple[int, int, UUID], AskRow] = {}
        self.holds: dict[tuple[int, UUID], AskRow] = {}
        self.visits: dict[tuple[int, int, UUID], VisitRow] = {}
        self.shifts: dict[tuple[int, int], list[Shift]] = {}
        self.payments: dict[tuple[int, date, UUID], PaymentRow] = {}
        self.receipts: set[tuple[int, date, int, int]] = set()
        self.contradicted: set[UUID] = set()
        self.facts: dict[UUID, dict[tuple[int, int, int], FactRow]] = {}
        self.entries: dict[tuple[int, date, UUID, int], EntryRow] = {}
        self.limits: dict[tuple[int, int, int], LimitRow] = {}
        self.errands: dict[ErrandKind, dict[tuple[int, UUID], Errand]] = {
            kind: {} for kind in ErrandKind
        }
        self.kinds: dict[tuple[int, UUID], ErrandKind] = {}
        self._queues: dict[ErrandKind, list[_Queued]] = {kind: [] for kind in ErrandKind}
        self._turn = 0
        self.claims: dict[BillName, ClaimRow] = {}
        self.held: dict[BillName, ClaimRow] = {}
        self._lapse: tuple[datetime | None] | None = None
        """When the first hold lapses, while it is known."""
        self.health: dict[Scope, Health] = {}
        self.probe_due: dict[int, datetime] = {}
        self.changes: dict[tuple[Scope, datetime, int], Change] = {}
        self.waited: set[UUID] = set()
        self.writes = 0
        self.witness: Callable[[Record], None] = lambda record: None
        self.ring: Callable[[Any, datetime], None] = lambda kind, due_at: None
        """Told when a row becomes due, errands by their kind: whoever waits for it wakes."""

    def latest_day(self) -> date | None:
        """The latest business day."""
        return max(self.days, default=None)

    # -- the one write of money ------------------------------------------------------------------

    def check(self, record: Record) -> None:
        """Raise what record_v3 would raise for this write now."""
        if not self.days.get(record.business_date, False):
            raise DayNotOpen(str(record.business_date))
        for check in _CHECKS:
            check(self, record)

    def apply(self, record: Record) -> None:
        """Store a write that was checked."""
        for ask in record.asks:
            row = structs.replace(ask, business_date=record.business_date)
            self.asks[ask.bucket, ask.outlet, ask.key] = row
            if ask.hold is not None:
                self.holds[ask.bucket, ask.hold] = row
        for visit in record.visits:
            self.visits[visit.bucket, visit.outlet, visit.id] = visit
        for shift in record.shifts:
            opened = Shift(record.business_date, shift.number, open=True)
            self.shifts.setdefault((shift.bucket, shift.till), []).append(opened)
        for payment in record.payments:
            self.payments[payment.bucket, payment.business_date, payment.id] = payment
            self.receipts.add(_receipt(payment))
        self._move(record)
        for fact in record.facts:
            self.facts.setdefault(fact.payment, {})[fact.kind, fact.route, fact.attempt] = fact
        for entry in _lines(record):
            self.entries[entry.bucket, entry.business_date, entry.payment, entry.line] = entry
        for delta in record.limits:
            row = self.limits[delta.bucket, delta.kind, delta.party]
            row.balance += delta.delta
            row.receipts_day, row.receipts = delta.receipts_day, delta.receipts
        for done in record.done:
            self.drop((done.bucket, done.id))
        for errand in record.errands:
            self.put(errand)
        self.writes += 1
        self.witness(record)

    def _move(self, record: Record) -> None:
        for move in record.moves:
            name = (move.bucket, move.business_date, move.payment)
            self.payments[name] = structs.replace(
                self.payments[name], state=move.after, posted=move.posted_after,
                carried_by=move.carried_by,
            )  # fmt: skip
            if move.contradicted:
                self.contradicted.add(move.payment)
            else:
                self.contradicted.discard(move.payment)

    # -- errands ---------------------------------------------------------------------------------

    def put(self, row: ErrandRow) -> None:
        """One errand more."""
        name, errand = (row.bucket, row.id), Errand(row)
        self.errands[row.kind][name] = errand
        self.kinds[name] = row.kind
        self._queue(name, errand)
        if row.subject == "waits":
            self.waited.add(row.payment)
        self.ring(row.kind, row.due_at)

    def errand(self, name: tuple[int, UUID]) -> Errand | None:
        """An errand by its name."""
        kind = self.kinds.get(name)
        return None if kind is None else self.errands[kind][name]

    def drop(self, name: tuple[int, UUID]) -> None:
        """An errand is done; one that is not there is done already."""
        kind = self.kinds.pop(name, None)
        if kind is not None:
            del self.errands[kind][name]

    def give_back(
        self, name: tuple[int, UUID], *, until: datetime | None, row: ErrandRow
    ) -> None:  # fmt: skip
        """A leased errand may be taken again, from a moment on."""
        errand = self.errands[row.kind][name]
        errand.leased_until, errand.row = until, row
        self._queue(name, errand)
        self.ring(row.kind, row.due_at if until is None else until)

    def lease(self, name: tuple[int, UUID], *, until: datetime) -> None:
        """Nobody else takes it before a moment."""
        errand = self.errand(name)
        if errand is not None:
            errand.leased_until = until
            self._queue(name, errand)

    def _queue(self, name: tuple[int, UUID], errand: Errand) -> None:
        self._turn += 1
        errand.turn = self._turn
        heappush(self._queues[errand.row.kind], (errand.free_at, self._turn, name, errand))

    def _first(self, kind: ErrandKind) -> "_Queued | None":
        """Who may be taken first; what was done or put off since it was queued is skipped."""
        queue, there = self._queues[kind], self.errands[kind]
        while queue:
            _, turn, name, errand = queue[0]
            if errand.turn == turn and there.get(name) is errand:
                return queue[0]
            heappop(queue)
        return None

    def soonest(self, kind: ErrandKind) -> datetime | None:
        """When the first errand of a kind may be taken."""
        first = self._first(kind)
        return None if first is None else first[0]

    def soonest_lapse(self) -> datetime | None:
        """When the first hold lapses; looked up again only after a hold came or went."""
        if self._lapse is None:
            found = (one.until for one in self.held.values() if one.until)
            self._lapse = (min(found, default=None),)
        return self._lapse[0]

    def due(
        self, kinds: Sequence[ErrandKind], buckets: Sequence[int], now: datetime, most: int,
        passed: Callable[[tuple[int, UUID]], bool],
    ) -> Iterator[Errand]:  # fmt: skip
        """Errands that may be leased now: of each kind and bucket the oldest ones."""
        for kind in kinds:
            by_bucket: dict[int, list[Errand]] = {}
            looked_at = []
            while (first := self._first(kind)) is not None and first[0] <= now:
                looked_at.append(heappop(self._queues[kind]))
                name, errand = first[2:]
                leased = errand.leased_until
                if (leased is None or leased < now) and not passed(name):
                    by_bucket.setdefault(errand.row.bucket, []).append(errand)
            for one in looked_at:
                heappush(self._queues[kind], one)
            for bucket in sorted(by_bucket):
                if bucket in buckets:
                    found = by_bucket[bucket]
                    found.sort(key=lambda one: one.row.due_at)
                    yield from found[:most]

    # -- claims ----------------------------------------------------------------------------------

    def hold(self, claim: Claim) -> None:
        """A free bill becomes held."""
        name = (claim.bucket, claim.biller, claim.bill_ref)
        row = self.claims.get(name)
        if row is None:
            row = ClaimRow(HELD, claim.outlet, claim.till, claim.until, claim.hold, 0)
            self.claims[name] = row
        elif row.state == FREE:
            row.state, row.outlet, row.till = HELD, claim.outlet, claim.till
            row.until, row.hold = claim.until, claim.hold
        self._note_held(name, row)

    def _note_held(self, name: BillName, row: ClaimRow) -> None:
        self._lapse = None
        if row.state == HELD:
            self.held[name] = row
            if row.until is not None:
                self.ring(HOLDS, row.until)
        else:
            self.held.pop(name, None)

    def mark_paid(self, marks: Sequence[Mark]) -> set[UUID]:
        """Payments reach their bills, each guarded by its hold."""
        done = set()
        for mark in marks:
            name = (mark.bucket, mark.biller, mark.bill_ref)
            row = self.claims.get(name)
            if row is None or row.hold != mark.hold or row.state != HELD:
                continue
            assert mark.payment is not None
            row.paid_total += mark.amount
            row.state = FREE if mark.parts and row.paid_total < mark.owed else PAID
            row.payment, row.paid_at = mark.payment, mark.paid_at
            row.parts[mark.payment] = mark.amount
            done.add(mark.hold)
            self._note_held(name, row)
        return done

    def free(self, marks: Sequence[Mark]) -> set[UUID]:
        """Bills whose payment came to nothing, or whose hold was burnt, are anybody's again."""
        groups: dict[BillName, list[Mark]] = {}
        for mark in marks:
            groups.setdefault((mark.bucket, mark.biller, mark.bill_ref), []).append(mark)
        let_go: set[UUID] = set()
        for name, group in groups.items():
            row = self.claims.get(name)
            holds = {mark.hold for mark in group}
            undone = {mark.payment for mark in group if mark.payment is not None}
            if row is not None and (row.hold in holds or undone & set(row.parts)):
                _let_go(row, holds, undone)
                self._note_held(name, row)
                let_go |= holds
        return let_go


def _let_go(row: ClaimRow, holds: set[UUID], undone: set[UUID]) -> None:
    held = row.hold in holds
    row.state = FREE if row.state == PAID or held else row.state
    if held:
        row.until, row.hold = None, None
    if row.payment in undone:
        row.payment, row.paid_at = None, None
    row.parts = {payment: paid for payment, paid in row.parts.items() if payment not in undone}
    row.paid_total = sum(row.parts.values())


# -- what record_v3 checks, in its order ---------------------------------------------------------


def _asks(at: Tables, record: Record) -> None:
    keys, holds = set(), set()
    for ask in record.asks:
        key, hold = (ask.bucket, ask.outlet, ask.key), (ask.bucket, ask.hold)
        if (ask.verdict is Verdict.ACCEPTED) != (ask.payment is not None):
            raise Defect("asks: a payment without acceptance, or the other way round")
        if (ask.verdict is Verdict.REFUSED) != (ask.detail is not None):
            raise Defect("asks: a refusal without its words")
        if key in at.asks or key in keys or hold in at.holds or hold in holds:
            raise Moved("asks")
        keys.add(key)
        if ask.hold is not None:
            holds.add(hold)
        if at.network.outlets[ask.outlet].bucket != ask.bucket:
            raise Defect("asks: not of this outlet's bucket")


def _visits(at: Tables, record: Record) -> None:
    for visit in record.visits:
        if (visit.bucket, visit.outlet, visit.id) in at.visits:
            raise Moved("visits")


def _shifts(at: Tables, record: Record) -> None:
    for shift in record.shifts:
        for known in at.shifts.get((shift.bucket, shift.till), ()):
            if (known.business_date, known.number) == (record.business_date, shift.number):
                raise Moved("shifts")


def _payments(at: Tables, record: Record) -> None:
    seen = set()
    for payment in record.payments:
        name = (payment.bucket, payment.business_date, payment.id)
        outlet = at.network.outlets[payment.outlet]
        _payment_constraints(payment)
        if name in at.payments or _receipt(payment) in at.receipts or _receipt(payment) in seen:
            raise Moved("payments")
        seen.add(_receipt(payment))
        if (outlet.bucket, outlet.agent) != (payment.bucket, payment.agent):
            raise Defect("payments: not of this outlet and agent")
        if payment.business_date != record.business_date:
            raise Defect("payments: not of this day")


def _payment_constraints(payment: PaymentRow) -> None:
    fee = payment.fee_agent + payment.fee_network + payment.fee_route
    asked = payment.amount - payment.rounding + (0 if payment.fee_by_biller else fee)
    if payment.cash_due != asked or payment.tendered - payment.change != payment.cash_due:
        raise Defect("payments: the figures do not add up")
    if min(payment.amount - 1, payment.receipt - 1, payment.cash_due, payment.change) < 0:
        raise Defect("payments: a figure is out of bounds")


def _receipt(payment: PaymentRow) -> tuple[int, date, int, int]:
    return payment.bucket, payment.business_date, payment.outlet, payment.receipt


def _moves(at: Tables, record: Record) -> None:
    seen = set()
    for move in record.moves:
        name = (move.bucket, move.business_date, move.payment)
        row = at.payments.get(name)
        stood = row is not None and (row.state, row.posted) == (move.before, move.posted_before)
        if not stood or name in seen:
            raise Moved("moves")
        seen.add(name)


def _facts(at: Tables, record: Record) -> None:
    seen = set()
    for fact in record.facts:
        name = (fact.kind, fact.route, fact.attempt)
        if name in at.facts.get(fact.payment, {}) or (fact.payment, name) in seen:
            raise Moved("facts")
        seen.add((fact.payment, name))


def _lines(record: Record) -> list[EntryRow]:
    return [line for posting in record.postings for line in posting.lines()]


def _postings(at: Tables, record: Record) -> None:
    if any(sum(posting.amounts) for posting in record.postings):
        raise Defect("postings: one does not balance")
    for line in _lines(record):
        if line.amount == 0:
            raise Defect("postings: a line of nothing")
        if (line.bucket, line.business_date, line.payment, line.line) in at.entries:
            raise Moved("postings")
    if any(posting.business_date != record.business_date for posting in record.postings):
        raise Defect("postings: not of the open day")
    posted = {posting.payment for posting in record.postings}
    if any(payment.id not in posted for payment in record.payments):
        raise Defect("payments: one came without its posting")


def _limits(at: Tables, record: Record) -> None:
    for delta in record.limits:
        row = at.limits.get((delta.bucket, delta.kind, delta.party))
        if row is None:
            raise Defect("limits: no such row")
        if row.balance + delta.delta > row.most:
            raise Defect("limits: above the most")


def _errands(at: Tables, record: Record) -> None:
    done = [(one.bucket, one.id) for one in record.done]
    if len(set(done)) < len(done) or any(name not in at.kinds for name in done):
        raise Moved("errands")
    for row in record.errands:
        if (row.bucket, row.id) in at.kinds and (row.bucket, row.id) not in done:
            raise Moved("errands")


_CHECKS = (
    _asks, _visits, _shifts, _payments, _moves, _facts, _postings, _limits, _errands,
)  # fmt: skip


def written_rows(record: Record) -> Iterator[tuple[object, ...]]:
    """Names of all rows that a write touches besides those it inserts under fresh ids."""
    limits = (("limit", one.bucket, int(one.kind), one.party) for one in record.limits)
    moves = (("payment", one.bucket, one.payment.int) for one in record.moves)
    done = (("errand", one.bucket, one.id.int) for one in record.done)
    keys = (("ask", one.bucket, one.outlet, one.key.int) for one in record.asks)
    holds = (("hold", one.bucket, one.hold.int) for one in record.asks if one.hold is not None)
    return chain(keys, holds, moves, limits, done)


DRAWER = int(Limited.DRAWER)
