"""The 720 orders in which six messages about one payment can arrive, and their controls.

Whatever the order, the payment ends in the one allowed state with each posting made once.
"""

from collections import Counter
from datetime import UTC, date, datetime
from itertools import permutations
from random import Random
from uuid import UUID

import pytest

from cashlane.core.life import Moment, News, PaymentLife, Turn, learn
from cashlane.core.payment import FactKind, State
from cashlane.core.postings import Posting
from cashlane.core.record import EntryRow, PaymentRow, posting_row
from cashlane.values.ids import Ids

NOW = datetime(2022, 1, 14, 9, 0, tzinfo=UTC)
TODAY = date(2022, 1, 14)
ROUTE = 1
SENT = News(FactKind.SENT, ROUTE, 1, "switch", None, NOW)
ACK = News(FactKind.CONFIRMED, ROUTE, 1, "route:a message 1", "ref-1", NOW)
ACK_AGAIN = News(FactKind.CONFIRMED, ROUTE, 1, "route:a message 2", "ref-1", NOW)
LATE_FAIL = News(FactKind.DECLINED, ROUTE, 1, "route:a message 3", "E99", NOW)
REVERSAL = News(FactKind.REVERSAL_ASKED, 0, 1, "till:1", None, NOW)
REVERSAL_ACK = News(FactKind.REVERSED, ROUTE, 1, "route:a message 4", "ref-2", NOW)
FILE_LINE = News(FactKind.FILE_POSTED, ROUTE, 1, "file:biller-20220114 line 7", None, NOW)
SIX = (ACK, ACK_AGAIN, LATE_FAIL, REVERSAL, REVERSAL_ACK, FILE_LINE)


def payment() -> PaymentRow:
    """A payment of 126.50 with a fee borne by its biller."""
    return PaymentRow(
        bucket=3, business_date=TODAY, id=UUID(int=1), outlet=1, till=1, shift=1, cashier=None,
        agent=1, biller=1, bill_ref="b", account="a", period="202112", hold=UUID(int=2),
        visit=None, owed=12650, amount=12650, fee_schedule=1, fee_by_biller=True, fee_agent=21,
        fee_network=3, fee_route=6, cash_due=12650, rounding=0, rounding_party=0, carried=0,
        tendered=13000, change=350, receipt=1, route=ROUTE, stood_in=False, state=State.CASH_IN,
        posted=Posting.CASH_IN.bit, accepted_at=NOW,
    )  # fmt: skip


def live(*news: News) -> tuple[PaymentLife, list[EntryRow], list[Turn]]:
    """A payment's life through news in this order, with all its ledger lines."""
    at = Moment(NOW, TODAY, Ids(Random(7).getrandbits))
    life = PaymentLife(payment(), ())
    taken = posting_row(life.payment, Posting.CASH_IN, on=TODAY, carried_by=0, refunded_by=0)
    entries = taken.lines()
    turns = []
    for piece in news:
        turn = learn(life, piece, at)
        life = turn.life
        entries += [line for posting in turn.postings for line in posting.lines()]
        turns.append(turn)
    return life, entries, turns


def postings(entries: list[EntryRow]) -> Counter[Posting]:
    """How often each posting was made."""
    made = {(Posting(entry.line // 16), entry.line) for entry in entries}
    assert len(made) == len(entries), "a ledger line was written twice"
    return Counter({kind: 1 for kind, _ in made})


@pytest.mark.parametrize(
    "order", list(permutations(range(6))), ids=lambda it: "".join(map(str, it))
)
def test_every_order_ends_voided_contradicted_and_posted_once(order: tuple[int, ...]) -> None:
    life, entries, _ = live(SENT, *(SIX[place] for place in order))
    standing = life.standing()
    assert life.payment.state is State.VOIDED
    assert standing.contradicted
    assert standing.late_file, "the file line is a break of kind reversed-late"
    assert postings(entries) == Counter(
        {Posting.CASH_IN: 1, Posting.CONFIRM: 1, Posting.REVERSAL: 1}
    )
    assert sum(entry.amount for entry in entries) == 0
    by_account: Counter[int] = Counter()
    for entry in entries:
        by_account[entry.account] += entry.amount
    assert not any(by_account.values()), "a voided payment leaves nothing on any account"


@pytest.mark.parametrize("order", list(permutations((ACK, ACK_AGAIN, LATE_FAIL, FILE_LINE))))
def test_without_the_reversal_pair_it_is_confirmed_and_contradicted(
    order: tuple[News, ...],
) -> None:
    life, entries, _ = live(SENT, *order)
    assert (life.payment.state, life.standing().contradicted) == (State.CONFIRMED, True)
    assert postings(entries) == Counter({Posting.CASH_IN: 1, Posting.CONFIRM: 1})


ACK_OTHER = News(FactKind.CONFIRMED, 2, 2, "route:b message 1", "ref-9", NOW)


@pytest.mark.parametrize(
    "order", list(permutations((ACK_OTHER, FILE_LINE, REVERSAL, REVERSAL_ACK)))
)
def test_a_reversal_undoes_what_was_posted_whoever_else_claims_to_have_carried_it(
    order: tuple[News, ...],
) -> None:
    """One route confirms, a file line names another: no route keeps a fee for what was undone."""
    life, entries, _ = live(SENT, *order)
    assert life.payment.state is State.VOIDED
    left: Counter[tuple[int, int]] = Counter()
    for entry in entries:
        left[entry.account, entry.party] += entry.amount
    assert not any(left.values()), {key: amount for key, amount in left.items() if amount}


def test_fail_alone_is_declined() -> None:
    life, entries, _ = live(SENT, LATE_FAIL)
    assert (life.payment.state, life.standing().contradicted) == (State.DECLINED, False)
    assert postings(entries) == Counter({Posting.CASH_IN: 1})


def test_without_the_late_fail_nothing_is_contradicted() -> None:
    for order in permutations((ACK, ACK_AGAIN, REVERSAL, REVERSAL_ACK)):
        life, _, _ = live(SENT, *order)
        assert (life.payment.state, life.standing().contradicted) == (State.VOIDED, False)


def test_a_contradiction_opens_one_case_only() -> None:
    _, _, turns = live(SENT, ACK, LATE_FAIL, ACK_AGAIN, FILE_LINE)
    cases = [job for turn in turns for job in turn.errands if job.subject == "contradicted"]
    assert len(cases) == 1


def test_the_same_news_again_changes_nothing() -> None:
    _, _, turns = live(SENT, ACK, ACK_AGAIN)
    again = turns[-1]
    assert (again.facts, again.moves, again.postings, again.errands) == ([], [], [], [])
