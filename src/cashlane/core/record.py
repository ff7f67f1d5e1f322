"""What one write carries: the rows a decision adds to the books, all or nothing.

Each struct is one row of one table family; `Record` is the whole write. The rules fill it, the
store's single money writer checks and stores it.
"""

from datetime import date, datetime
from enum import IntEnum
from uuid import UUID

from msgspec import Struct, field

from cashlane.core.chart import Account, Limited
from cashlane.core.payment import FactKind, State
from cashlane.core.postings import LINES_PER_POSTING, Posting, Terms, legs


class Verdict(IntEnum):
    """How an ask was decided. Stored: never reuse a number."""

    ACCEPTED = 1
    REFUSED = 2
    ABANDONED = 3
    BURNT = 4


class AskKind(IntEnum):
    """What was asked under a key. Stored: never reuse a number."""

    PAY = 1
    VOID = 2
    HAND_BACK = 3
    SLIP = 4
    ABANDON = 5
    BURN = 6
    REFUND = 7
    CLAIM_ANEW = 8
    """Noted with the payment that was taken in place of a burnt hold's: there is one at most."""


class AskRow(Struct, frozen=True):
    """One decided request: the truth of idempotency, kept for ever.

    `hash` is of the request's content. `detail` holds a refusal's code and places as JSON.
    """

    bucket: int
    outlet: int
    key: UUID
    kind: AskKind
    hash: UUID
    hold: UUID | None
    verdict: Verdict
    payment: UUID | None
    payment_date: date | None
    detail: str | None
    business_date: date
    asked_at: datetime
    actor: str


class VisitRow(Struct, frozen=True):
    """One basket: the cash figure that several payments were taken from."""

    bucket: int
    outlet: int
    id: UUID
    business_date: date
    till: int
    tendered: int
    count: int
    asked_at: datetime


class ShiftRow(Struct, frozen=True):
    """A till's period on a business date; it opens with its first payment."""

    bucket: int
    till: int
    business_date: date
    number: int
    outlet: int
    cashier: UUID | None
    opened_at: datetime


class PaymentRow(Struct, frozen=True):
    """One bill taken at one counter. Amounts in minor units; fixed at acceptance but `state`."""

    bucket: int
    business_date: date
    id: UUID
    outlet: int
    till: int
    shift: int
    cashier: UUID | None
    agent: int
    biller: int
    bill_ref: str
    account: str
    period: str
    hold: UUID
    visit: UUID | None
    owed: int
    amount: int
    fee_schedule: int
    fee_by_biller: bool
    fee_agent: int
    fee_network: int
    fee_route: int
    cash_due: int
    rounding: int
    rounding_party: int
    carried: int
    tendered: int
    change: int
    receipt: int
    route: int
    stood_in: bool
    state: State
    posted: int
    accepted_at: datetime
    carried_by: int = 0
    """The route under which its confirmation was posted; 0 before."""

    @property
    def customer_fee(self) -> int:
        """The part of the cash that is a fee borne by the citizen."""
        return 0 if self.fee_by_biller else self.fee_agent + self.fee_network + self.fee_route

    def terms(self) -> Terms:
        """The money side, as postings need it."""
        return Terms(
            agent=self.agent,
            biller=self.biller,
            route=self.route,
            amount=self.amount,
            cash_due=self.cash_due,
            rounding=self.rounding,
            rounding_party=self.rounding_party,
            fee_by_biller=self.fee_by_biller,
            fee_parts=(self.fee_agent, self.fee_network, self.fee_route),
            stood_in=self.stood_in,
        )


class Move(Struct, frozen=True):
    """A step in a payment's life, guarded by where it stood and what it had posted."""

    bucket: int
    business_date: date
    payment: UUID
    before: State
    after: State
    posted_before: int
    posted_after: int
    carried_by: int
    contradicted: bool
    at: datetime


class FactRow(Struct, frozen=True):
    """One thing that became known about a payment, and where it came from.

    Kind, route and attempt together name it: the same thing told twice is one fact. An attempt
    is its SENT fact and what follows under the same number. `source` names a till, a message, a
    file and line, or a person; `happened_at` is the other side's moment where it gave one,
    `written_at` ours.
    """

    bucket: int
    payment_date: date
    payment: UUID
    kind: FactKind
    route: int
    attempt: int
    happened_at: datetime
    written_at: datetime
    business_date: date
    source: str
    detail: str | None


class EntryRow(Struct, frozen=True):
    """One line of the ledger as it is read: debit plus, credit minus."""

    bucket: int
    business_date: date
    payment: UUID
    line: int
    account: Account
    party: int
    amount: int
    till: int
    shift: int


class PostingRow(Struct, frozen=True):
    """One posting of a payment with its lines, which sum to nothing. Append-only.

    `accounts`, `parties` and `amounts` (minor units, debit plus, credit minus) are of one length:
    a line is what stands at one place of all three.
    """

    bucket: int
    kind: Posting
    business_date: date
    till: int
    shift: int
    payment: UUID
    accounts: tuple[Account, ...]
    parties: tuple[int, ...]
    amounts: tuple[int, ...]

    def lines(self) -> list[EntryRow]:
        """The posting line by line."""
        return [
            EntryRow(
                bucket=self.bucket,
                business_date=self.business_date,
                payment=self.payment,
                line=self.kind * LINES_PER_POSTING + place,
                account=account,
                party=party,
                amount=amount,
                till=self.till,
                shift=self.shift,
            )
            for place, (account, party, amount) in enumerate(
                zip(self.accounts, self.parties, self.amounts, strict=True)
            )
        ]


LIMITS_BEGIN = date(2000, 1, 1)
"""The receipt day of a limited row before its first receipt, and of rows that count none."""


class LimitDelta(Struct, frozen=True):
    """What a write adds to a limited account, and the outlet's receipt counter after it."""

    bucket: int
    kind: Limited
    party: int
    delta: int
    receipts_day: date
    receipts: int


class ErrandKind(IntEnum):
    """Work left for a relay. Stored: never reuse a number."""

    SEND = 1
    ENQUIRE = 2
    VOID = 3
    CLAIM_PAID = 4
    CLAIM_FREE = 5
    RETURN_DEADLINE = 6
    CASE = 7
    NOTICE = 8


class ErrandRow(Struct, frozen=True):
    """One piece of work. `count` is how often it was done before, `subject` what else it needs."""

    bucket: int
    id: UUID
    kind: ErrandKind
    due_at: datetime
    payment: UUID
    payment_date: date
    count: int
    subject: str


class ErrandKey(Struct, frozen=True):
    """Names an errand that this write finishes."""

    bucket: int
    id: UUID


class Record(Struct):
    """Everything one transaction adds. Filled by the rules in order, stored at once."""

    business_date: date
    asks: list[AskRow] = field(default_factory=list)
    visits: list[VisitRow] = field(default_factory=list)
    shifts: list[ShiftRow] = field(default_factory=list)
    payments: list[PaymentRow] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    facts: list[FactRow] = field(default_factory=list)
    postings: list[PostingRow] = field(default_factory=list)
    limits: list[LimitDelta] = field(default_factory=list)
    errands: list[ErrandRow] = field(default_factory=list)
    done: list[ErrandKey] = field(default_factory=list)

    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.asks or self.moves or self.facts or self.errands or self.done)


def posting_row(
    payment: PaymentRow, kind: Posting, *, on: date, carried_by: int, refunded_by: int
) -> PostingRow:
    """One posting of a payment on a business date."""
    lines = legs(kind, payment.terms(), carried_by=carried_by, refunded_by=refunded_by)
    return PostingRow(
        bucket=payment.bucket,
        kind=kind,
        business_date=on,
        till=payment.till,
        shift=payment.shift,
        payment=payment.id,
        accounts=tuple([leg.account for leg in lines]),
        parties=tuple([leg.party for leg in lines]),
        amounts=tuple([leg.amount for leg in lines]),
    )
