"""What must be true, looked at from outside: raw rows, billers' own books, and citizens' cash.

Nothing here is shared with the rules: numbers mean what the documents say they mean.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

CASH_IN, SENT, UNKNOWN, STOOD_IN, CONFIRMED, DECLINED = 1, 2, 3, 4, 5, 6
RETURNED, VOIDING, VOIDED, REFUND_DUE, REFUNDED = 7, 8, 9, 10, 11
UNDONE = {RETURNED, VOIDED, REFUND_DUE, REFUNDED}
CASH_BACK = {RETURNED, VOIDED, REFUNDED}
OPEN = {CASH_IN, SENT, UNKNOWN, STOOD_IN, DECLINED, VOIDING}
CASE = 7
NOTHING_CAME = {14, 16}
"""Facts that prove an attempt to have come to nothing."""
DRAWER, BY_TILL, BY_OUTLET, BY_AGENT, BY_BILLER = 1, 2, 3, 4, 5
RECEIVABLE, EXPOSURE, REFUNDS = 1, 3, 5
STEPS = {
    1: {2, 3, 5, 6, 10, 9, 8}, 2: {3, 5, 6, 8, 9, 10, 1, 4}, 3: {1, 2, 4, 5, 6, 8, 9, 10},
    4: {2, 3, 5, 6, 10, 9, 8}, 5: {8, 9, 10}, 6: {2, 5, 8, 7, 9, 10}, 8: {9, 5, 10}, 10: {11},
    7: set(), 9: set(), 11: set(),
}  # fmt: skip
"""Which state may follow which, as STATES.md prints it."""


class Evidence(Struct):
    """Everything that can be looked at when all has come to rest."""

    tables: Any
    billers: Mapping[int, Any]
    citizens: Sequence[Any]
    cash: Any
    journals: Mapping[int, Any]
    outlets: Mapping[int, int]
    """Tills and their outlets."""
    calls: Sequence[Any]


class Watch:
    """Looks at every write as it is committed: I1, I7, I8, I12, I19."""

    def __init__(self, tables: Any, report: Any) -> None:
        self._tables = tables
        self._report = report
        self._of_bill: dict[tuple[int, str], list[tuple[Any, ...]]] = defaultdict(list)

    def written(self, record: Any) -> None:
        """One write of money."""
        sums: Counter[tuple[UUID, int]] = Counter()
        for row in record.postings:
            sums[row.payment, int(row.kind)] += sum(row.amounts)
            if row.business_date != record.business_date:
                self._report(f"I13 {row.payment} is booked on {row.business_date}")
        for (payment, posting), total in sums.items():
            if total:
                self._report(f"I1 posting {posting} of {payment} sums to {total}")
        for move in record.moves:
            if move.before != move.after and move.after not in STEPS[move.before]:
                self._report(f"I7 {move.payment} goes from {move.before} to {move.after}")
        for delta in record.limits:
            row = self._tables.limits[delta.bucket, delta.kind, delta.party]
            if row.balance > row.most:
                self._report(f"I12 {delta.kind} {delta.party} holds {row.balance} of {row.most}")
        self._attempts(record)
        self._bills(record)

    def _bills(self, record: Any) -> None:
        """I19: whoever takes cash for a bill finds every earlier payment of it undone."""
        for row in record.payments:
            earlier = self._of_bill[row.biller, row.bill_ref]
            for name in earlier:
                if self._tables.payments[name].state not in UNDONE:
                    self._report(f"I19 {row.id} is taken for a bill that {name[-1]} stands for")
            earlier.append((row.bucket, row.business_date, row.id))

    def _attempts(self, record: Any) -> None:
        """I8: at most one route may hold an attempt in doubt."""
        for payment in dict.fromkeys(fact.payment for fact in record.facts):
            facts = self._tables.facts[payment]
            unsent = {attempt for kind, _, attempt in facts if kind in NOTHING_CAME}
            sent = {route for kind, route, attempt in facts if kind == 1 and attempt not in unsent}
            closed = {route for kind, route, _ in facts if kind == 4}
            if len(sent - closed) > 1:
                self._report(f"I8 {payment} is in doubt on routes {sorted(sent - closed)}")


def at_rest(seen: Evidence) -> Iterator[str]:
    """All that is wrong when everything has come to rest."""
    for check in (
        _settled, _ledger, _states, _receipts, _shifts, _drawers, _exposures, _passed_on,
        _citizens, _tills, _billers, _bills, _claims,
    ):  # fmt: skip
        yield from check(seen)


def _rows(seen: Evidence) -> list[Any]:
    return list(seen.tables.payments.values())


def _cases(seen: Evidence) -> set[UUID]:
    """Payments in a person's queue because of what their biller says, or does not say."""
    return {row.payment for row in _case_rows(seen) if not row.subject.startswith("claim")}


def _case_rows(seen: Evidence) -> Iterator[Any]:
    for errands in seen.tables.errands.values():
        for errand in errands.values():
            if int(errand.row.kind) == CASE:
                yield errand.row


def _settled(seen: Evidence) -> Iterator[str]:
    """I11, liveness: nothing is pending that nobody owns, and nobody owns what is not pending."""
    cases = _cases(seen)
    doubted = {row.id for row in _rows(seen) if row.state in OPEN and row.id in cases}
    for row in _rows(seen):
        if row.state in OPEN and row.id not in cases:
            yield f"LIVE {row.id} is left in state {int(row.state)} and nobody owns it"
    for kind, errands in seen.tables.errands.items():
        for errand in errands.values():
            if int(kind) != CASE and errand.row.payment not in doubted:
                yield f"LIVE an errand of kind {int(kind)} is left for {errand.row.payment}"
    for row in _case_rows(seen):
        if row.subject.startswith("claim"):
            yield f"CLAIM a person is asked about the bill of {row.payment}: {row.subject}"


def _ledger(seen: Evidence) -> Iterator[str]:
    """I1, I13: every payment, date and the whole sum to nothing; the books are those of facts."""
    by_date: Counter[Any] = Counter()
    by_payment: Counter[UUID] = Counter()
    owed: Counter[UUID] = Counter()
    kinds: dict[UUID, set[int]] = defaultdict(set)
    for (_, day, payment, line), entry in seen.tables.entries.items():
        by_date[day] += entry.amount
        by_payment[payment] += entry.amount
        kinds[payment].add(line // 16)
        if entry.account == REFUNDS:
            owed[payment] += entry.amount
    yield from (f"I1 {day} sums to {total}" for day, total in by_date.items() if total)
    yield from (f"I1 {one} sums to {total}" for one, total in by_payment.items() if total)
    for row in _rows(seen):
        mask = sum(1 << (kind - 1) for kind in kinds[row.id])
        if mask != row.posted or not mask & 1:
            yield f"I4 {row.id} says posted {row.posted}, the ledger says {mask}"
        if row.state in {REFUND_DUE, REFUNDED}:
            wanted = row.cash_due if row.state == REFUND_DUE else 0
            if -owed[row.id] != wanted:
                yield f"I3 {row.id} in state {int(row.state)} owes the citizen {-owed[row.id]}"


def _states(seen: Evidence) -> Iterator[str]:
    """I7, I18: reading the facts again gives the stored state."""
    for row in _rows(seen):
        facts = seen.tables.facts.get(row.id, {})
        state = _fold([(int(kind), route, attempt) for kind, route, attempt in facts])
        if state == CASH_IN and row.stood_in:
            state = STOOD_IN
        if state != row.state:
            yield f"I7 {row.id} is stored as {int(row.state)}, its facts say {state}"


def _fold(facts: Sequence[tuple[int, int, int]]) -> int:
    kinds = {kind for kind, _, _ in facts}
    for kind, state in ((13, REFUNDED), (10, RETURNED), (11, REFUND_DUE), (12, REFUND_DUE)):
        if kind in kinds:
            return state
    if 9 in kinds:
        return VOIDED
    if kinds & {5, 6}:
        asked = {attempt for kind, _, attempt in facts if kind == 7}
        refused = {attempt for kind, _, attempt in facts if kind == 8}
        return VOIDING if asked - refused else CONFIRMED
    declined = [(route, attempt) for kind, route, attempt in facts if kind == 4]
    passed_on = {route for kind, route, _ in facts if kind == 16}
    unsent = {attempt for kind, _, attempt in facts if kind in NOTHING_CAME}

    def left(wanted: int) -> set[int]:
        """Routes with such a fact about a sending that is not closed."""
        return {
            route for kind, route, attempt in facts
            if kind == wanted and attempt not in unsent
            and not [1 for by, last in declined if by == route and last >= attempt]
        }  # fmt: skip

    if left(3) - passed_on:
        return UNKNOWN
    if left(1):
        return SENT
    return DECLINED if declined else CASH_IN


def _receipts(seen: Evidence) -> Iterator[str]:
    """I14: the numbers of an outlet's day run from one without a gap."""
    numbers: dict[tuple[int, Any], list[int]] = defaultdict(list)
    for row in _rows(seen):
        numbers[row.outlet, row.business_date].append(row.receipt)
    for (outlet, day), found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"I14 receipts of outlet {outlet} on {day} are {sorted(found)}"


def _shifts(seen: Evidence) -> Iterator[str]:
    """I13: a payment belongs to a shift of its own till and business date."""
    known = {
        (till, shift.business_date, shift.number)
        for (_, till), found in seen.tables.shifts.items() for shift in found
    }  # fmt: skip
    for row in _rows(seen):
        if (row.till, row.business_date, row.shift) not in known:
            yield f"I13 {row.id} is of shift {row.shift} on {row.business_date}, which never was"


def _drawers(seen: Evidence) -> Iterator[str]:
    """I2, I18: true cash, the drawer's row and the ledger say one figure."""
    entered: Counter[int] = Counter()
    for entry in seen.tables.entries.values():
        if entry.account == RECEIVABLE:
            entered[seen.outlets[entry.till]] += entry.amount
    for (_, kind, outlet), row in seen.tables.limits.items():
        if kind != DRAWER:
            continue
        true = seen.cash.drawers[outlet]
        if not true == row.balance == entered[outlet]:
            yield (f"I2 outlet {outlet}: cash {true}, drawer row {row.balance},"
                   f" ledger {entered[outlet]}")  # fmt: skip


def _exposures(seen: Evidence) -> Iterator[str]:
    """What was stood in for and is not delivered lies on each bound, and in the ledger."""
    rows = {row.id: row for row in _rows(seen)}
    lies: Counter[tuple[int, int]] = Counter()
    for entry in seen.tables.entries.values():
        if entry.account == EXPOSURE:
            row = rows[entry.payment]
            for name in ((BY_TILL, row.till), (BY_OUTLET, row.outlet), (BY_AGENT, row.agent),
                         (BY_BILLER, row.biller)):  # fmt: skip
                lies[name] -= entry.amount
    for (_, kind, party), limit in seen.tables.limits.items():
        if kind != DRAWER and limit.balance != lies[kind, party]:
            yield (f"I2 exposure of kind {kind}, party {party}: row {limit.balance},"
                   f" ledger {lies[kind, party]}")  # fmt: skip


def _passed_on(seen: Evidence) -> Iterator[str]:
    """I8: what was handed to another way had truly not been posted over the first; and nothing
    stands at a biller over two ways."""
    billers = {row.id: seen.billers[row.biller] for row in _rows(seen)}
    for payment, biller in billers.items():
        credits = biller.credits.get(payment, ())
        left = {route for kind, route, _ in seen.tables.facts.get(payment, ()) if kind == 16}
        for credit in credits:
            if credit.route in left and payment not in biller.liars:
                yield f"I8 {payment} was passed on by route {credit.route}, which had posted it"
        routes = {credit.route for credit in credits if not credit.reversed}
        if len(routes) > 1:
            yield f"I5 {payment} stands at {biller.code} over routes {sorted(routes)}"


def _citizens(seen: Evidence) -> Iterator[str]:
    """I3: what a citizen gave is what stands for it; a receipt is worth what it says."""
    sales = [sale for journal in seen.journals.values() for sale in journal.sales]
    rows = {row.id: row for row in _rows(seen)}
    worth: Counter[int] = Counter()
    for sale in sales:
        row = rows.get(sale.payment.id) if sale.payment is not None else None
        if row is not None and row.state not in CASH_BACK:
            worth[sale.citizen.number] += row.cash_due
    for citizen in seen.citizens:
        if citizen.handed - citizen.robbed != worth[citizen.number]:
            yield (f"I3 citizen {citizen.number} gave {citizen.handed}, was robbed of"
                   f" {citizen.robbed}, and has {worth[citizen.number]} to show")  # fmt: skip
        for kind, payment in citizen.papers:
            if payment not in rows:
                yield f"I4 citizen {citizen.number} has a {kind} of {payment}, and no row has it"


def _tills(seen: Evidence) -> Iterator[str]:
    """I4, I6: what a till was told is so, and nothing stands that no till knows of; what it held
    and counted cash for is one payment, whatever keys it used."""
    rows, cases = {row.id: row for row in _rows(seen)}, _cases(seen)
    known: set[UUID] = set()
    for number, journal in seen.journals.items():
        for sale in journal.open():
            if sale.payment is None or sale.payment.id not in cases:
                yield f"LIVE till {number} has a sale that never ended: {sale.payment}"
        for sale in journal.sales:
            made = {told.payment for one in sale.keys if (told := journal.receipts.get(one.key))}
            if sale.hold is not None and len(made) > 1:
                yield f"I6 hold {sale.hold.id} of till {number} became {sorted(made)}"
        for told in journal.receipts.values():
            row = rows.get(told.payment)
            said = (told.receipt, told.cash, told.bill_ref, told.outlet)
            if row is None or said != (row.receipt, row.cash_due, row.bill_ref, row.outlet):
                yield f"I4 lost or changed: {told}"
            known.add(told.payment)
    for payment in rows.keys() - known:
        yield f"I4 {payment} stands and no till was told of it"


def _billers(seen: Evidence) -> Iterator[str]:
    """I5: per payment one credit where it is paid, none where it is not. A biller's own lie, or
    a contradiction that a person looks at, is its own matter."""
    cases = _cases(seen)
    rows = {row.id: row for row in _rows(seen)}
    for biller in seen.billers.values():
        for payment, credits in biller.credits.items():
            if payment not in rows:
                yield f"I5 biller {biller.code} has {payment}, and no row has it"
            elif len([one for one in credits if not one.reversed]) > 1:
                yield f"I5 {biller.code} credited {payment} {len(credits)} times"
            elif any(one.amount != rows[payment].amount for one in credits):
                yield f"I5 {biller.code} credited {payment} with another amount"
    for row in rows.values():
        biller = seen.billers[row.biller]
        there = biller.standing_credits(row.id)
        if row.id in biller.liars or row.id in cases:
            continue
        if row.state == CONFIRMED and there != 1:
            yield f"I5 {row.id} is confirmed, {biller.code} has it {there} times"
        if row.state in UNDONE | {DECLINED} and there:
            yield f"I5 {row.id} in state {int(row.state)} stands at {biller.code}"


def _bills(seen: Evidence) -> Iterator[str]:
    """I19: one bill, one payment that stands."""
    standing: dict[tuple[int, str], list[UUID]] = defaultdict(list)
    for row in _rows(seen):
        if row.state not in UNDONE:
            standing[row.biller, row.bill_ref].append(row.id)
    for bill, payments in standing.items():
        if len(payments) > 1:
            yield f"I19 {bill} is paid by {payments}"


def _claims(seen: Evidence) -> Iterator[str]:
    """The network's memory of what was paid is true to the payments."""
    facts = seen.tables.facts
    claims = {(biller, ref): claim for (_, biller, ref), claim in seen.tables.claims.items()}
    for row in _rows(seen):
        claim = claims.get((row.biller, row.bill_ref))
        if claim is None:
            yield f"CLAIM {row.id} has no bill's row"
            continue
        elsewhere = any(kind == 15 for kind, _, _ in facts.get(row.id, ()))
        stands = row.state not in UNDONE or elsewhere
        if (row.id in claim.parts) != stands:
            yield f"CLAIM {row.id} in state {int(row.state)}: its bill knows {list(claim.parts)}"


def calls_in_doubt(calls: Iterable[Any], *words: str) -> tuple[int, int]:
    """Sends of which nothing better was told: how many had truly posted, and how many had not."""
    told = [call.posted for call in calls if call.told in words]
    return sum(told), len(told) - sum(told)
