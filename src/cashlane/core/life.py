"""A payment and what is known of it; what a new fact turns it into, and what must follow.

Every change of a payment after its acceptance, whoever brings it, is a Turn made here.
"""

from datetime import date, datetime, timedelta

from msgspec import Struct, field, structs

from cashlane.core.payment import FactKind, Known, Standing, State, check_move, stand
from cashlane.core.postings import Posting
from cashlane.core.record import (
    ErrandKey,
    ErrandKind,
    ErrandRow,
    FactRow,
    Move,
    PaymentRow,
    PostingRow,
    Record,
    posting_row,
)
from cashlane.values.ids import Ids

RETURN_MINUTES = 10
"""How long a declined payment waits for the cashier's word that the cash went back."""


class PaymentLife(Struct, frozen=True):
    """A payment's row as it stands, and the facts known about it."""

    payment: PaymentRow
    facts: tuple[Known, ...]

    def has(self, kind: FactKind) -> bool:
        """Whether such a fact is known."""
        return any(fact.kind is kind for fact in self.facts)

    def count(self, kind: FactKind) -> int:
        """How many facts of this kind are known."""
        return sum(fact.kind is kind for fact in self.facts)

    def standing(self) -> Standing:
        """What the facts amount to."""
        return stand(self.facts, stood_in=self.payment.stood_in)


class News(Struct, frozen=True):
    """Something that became known. `happened_at` is the other side's moment where it gave one."""

    kind: FactKind
    route: int
    attempt: int
    source: str
    detail: str | None
    happened_at: datetime


class Moment(Struct, frozen=True):
    """When and under which business date a turn is written, and where its ids come from."""

    now: datetime
    business_date: date
    ids: Ids


class Turn(Struct):
    """What one piece of news makes of a payment: the rows to write, and its life after."""

    life: PaymentLife
    facts: list[FactRow] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    postings: list[PostingRow] = field(default_factory=list)
    errands: list[ErrandRow] = field(default_factory=list)
    done: list[ErrandKey] = field(default_factory=list)

    @property
    def cash_out(self) -> int:
        """Cash that left the drawer by this turn, in minor units."""
        out = {Posting.RETURN, Posting.REVERSAL, Posting.REFUNDED}
        return self.life.payment.cash_due * sum(posting.kind in out for posting in self.postings)

    def add_to(self, record: Record) -> None:
        """Put this turn's rows into the write."""
        record.facts += self.facts
        record.moves += self.moves
        record.postings += self.postings
        record.errands += self.errands
        record.done += self.done


def learn(life: PaymentLife, news: News, at: Moment, *, refunded_by: int = 0) -> Turn:
    """What a piece of news makes of a payment. News already known changes nothing."""
    turn = Turn(life)
    if (news.kind, news.route, news.attempt) in {fact.name for fact in life.facts}:
        return turn
    _add(turn, news, at, refunded_by)
    if turn.life.payment.state is State.DECLINED and turn.life.has(FactKind.SLIP_GIVEN):
        # A paper is in the citizen's hand: the cash is owed, not handed back over the counter.
        owed = structs.replace(news, kind=FactKind.REFUND_AFTER_DECLINE, route=0, attempt=0)
        _add(turn, owed, at, refunded_by)
    _leave_follow_ups(turn, life, at)
    return turn


def _add(turn: Turn, news: News, at: Moment, refunded_by: int) -> None:
    """One fact more: fold again, move the state, post what the books do not hold yet."""
    before, payment = turn.life.payment, turn.life.payment
    known = Known(news.kind, news.route, news.attempt, at.now)
    facts = (*turn.life.facts, known)
    standing = stand(facts, stood_in=payment.stood_in)
    check_move(before.state, standing.state)
    turn.facts.append(_fact_row(payment, news, at))
    after = structs.replace(payment, state=standing.state, carried_by=_carrier(before, standing))
    for posting in sorted(standing.postings):
        if not after.posted & posting.bit:
            after = structs.replace(after, posted=after.posted | posting.bit)
            turn.postings.append(
                posting_row(
                    payment,
                    posting,
                    on=at.business_date,
                    carried_by=after.carried_by,
                    refunded_by=refunded_by,
                )
            )
    turn.life = PaymentLife(after, facts)
    _note_move(turn, before, after, standing.contradicted, at.now)


def _carrier(payment: PaymentRow, standing: Standing) -> int:
    """The route under which the confirmation was posted, remembered when it is: what undoes it
    later undoes just that, whichever other route is named meanwhile. 0 before."""
    if payment.carried_by or Posting.CONFIRM not in standing.postings:
        return payment.carried_by
    return standing.carried_by or payment.route


def _note_move(
    turn: Turn, before: PaymentRow, after: PaymentRow, contradicted: bool, now: datetime
) -> None:
    """One step per write: two facts in one turn move the row once, from first to last."""
    if turn.moves:
        first = turn.moves.pop()
        before = structs.replace(before, state=first.before, posted=first.posted_before)
    turn.moves.append(_move(before, after, contradicted, now))


def _fact_row(payment: PaymentRow, news: News, at: Moment) -> FactRow:
    return FactRow(
        bucket=payment.bucket,
        payment_date=payment.business_date,
        payment=payment.id,
        kind=news.kind,
        route=news.route,
        attempt=news.attempt,
        happened_at=news.happened_at,
        written_at=at.now,
        business_date=at.business_date,
        source=news.source,
        detail=news.detail,
    )


def _move(before: PaymentRow, after: PaymentRow, contradicted: bool, now: datetime) -> Move:
    return Move(
        bucket=before.bucket,
        business_date=before.business_date,
        payment=before.id,
        before=before.state,
        after=after.state,
        posted_before=before.posted,
        posted_after=after.posted,
        carried_by=after.carried_by,
        contradicted=contradicted,
        at=now,
    )


def _leave_follow_ups(turn: Turn, before: PaymentLife, at: Moment) -> None:
    """What the new state asks of the relays; each is left once, when the state is reached."""
    state, payment = turn.life.payment.state, turn.life.payment
    if turn.moves[-1].contradicted and not before.standing().contradicted:
        turn.errands.append(errand(payment, ErrandKind.CASE, at.now, at, subject="contradicted"))
    if state is before.payment.state:
        return
    if state is State.DECLINED:
        deadline = at.now + timedelta(minutes=RETURN_MINUTES)
        turn.errands.append(errand(payment, ErrandKind.RETURN_DEADLINE, deadline, at, subject=""))
    if state is State.VOIDING:
        turn.errands.append(errand(payment, ErrandKind.VOID, at.now, at, subject=""))
    if not stands_for_bill(turn.life) and stands_for_bill(before):
        turn.errands.append(errand(payment, ErrandKind.CLAIM_FREE, at.now, at, subject=""))


def stands_for_bill(life: PaymentLife) -> bool:
    """Whether the bill is paid through this payment, so that nobody else may pay it.

    One that was paid elsewhere stays paid, though this payment came to nothing.
    """
    state = life.payment.state
    refunded = state in (State.REFUND_DUE, State.REFUNDED)
    undone = state in (State.VOIDED, State.RETURNED) or (
        refunded and life.has(FactKind.REFUND_AFTER_DECLINE)
    )
    return not undone or life.has(FactKind.PAID_ELSEWHERE)


def errand(
    payment: PaymentRow, kind: ErrandKind, due_at: datetime, at: Moment, *, subject: str,
    count: int = 0,
) -> ErrandRow:  # fmt: skip
    """A piece of work about a payment, kept in the payment's bucket."""
    return ErrandRow(
        bucket=payment.bucket,
        id=at.ids.fresh(at.now),
        kind=kind,
        due_at=due_at,
        payment=payment.id,
        payment_date=payment.business_date,
        count=count,
        subject=subject,
    )


def route_of(life: PaymentLife) -> int:
    """The route that carried a payment, else the one it was last sent by, else the one meant."""
    carried = life.payment.carried_by or life.standing().carried_by
    sent = [fact for fact in life.facts if fact.kind is FactKind.SENT]
    last = max(sent, key=lambda fact: fact.attempt, default=None)
    return carried or (last.route if last is not None else life.payment.route)
