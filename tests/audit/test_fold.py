"""Two readings of the same facts, written apart, agree: the auditor's and the rules' own."""

from datetime import UTC, date, datetime
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from cashlane.audit.fold import amount_to
from cashlane.audit.terms import agrees, cash_in, confirm, sums
from cashlane.core.payment import FactKind, Known, stand
from cashlane.core.postings import Posting, Terms, legs
from cashlane.store.audit import Line, Taken, Told

ID = UUID(int=7)
DAY = date(2026, 1, 14)
NOW = datetime(2026, 1, 14, tzinfo=UTC)
FACTS = st.lists(
    st.tuples(st.sampled_from(FactKind), st.integers(0, 2), st.integers(0, 2)), max_size=9
)
FEES = st.tuples(*[st.integers(0, 90)] * 3)


@given(FACTS, st.booleans(), st.integers())
def test_both_readings_agree_in_any_order(
    names: list[tuple[FactKind, int, int]], stood_in: bool, seed: int
) -> None:
    standing = stand([Known(*name, NOW) for name in names], stood_in=stood_in)
    Random(seed).shuffle(names)
    told = [Told(ID, int(kind), route, attempt, DAY, DAY) for kind, route, attempt in names]
    amounted = amount_to(told, stood_in=stood_in)
    assert amounted.state == standing.state
    assert amounted.contradicted == standing.contradicted
    assert amounted.postings == standing.postings
    assert amounted.posted == sum(posting.bit for posting in standing.postings)
    assert standing.carried_by == min(amounted.carriers, default=0)


@given(FEES, st.booleans(), st.booleans(), st.integers(0, 9), st.integers(1, 2), st.integers(0, 1))
def test_both_readings_of_the_terms_agree(
    fees: tuple[int, int, int], by_biller: bool, stood_in: bool, rounding: int, route: int,
    bearer: int,
) -> None:  # fmt: skip
    due = 5_000 - rounding + (0 if by_biller else sum(fees))
    terms = Terms(
        agent=1, biller=1, route=route, amount=5_000, cash_due=due, rounding=rounding,
        rounding_party=bearer, fee_by_biller=by_biller, fee_parts=fees, stood_in=stood_in,
    )  # fmt: skip
    taken = _taken(terms)
    moved = {
        posting: sums(_lines(posting, terms, carried_by=2))
        for posting in Posting
        if posting not in (Posting.RETURN, Posting.REFUND_AFTER_DECLINE)
    }
    assert moved[Posting.CASH_IN] == cash_in(taken)
    assert moved[Posting.CONFIRM] == confirm(taken, 2)
    assert all(agrees(posting, moved, taken, {2}) for posting in moved)
    moved[Posting.REVERSAL][1, 1] = moved[Posting.REVERSAL].get((1, 1), 0) + 1
    assert not agrees(Posting.REVERSAL, moved, taken, {2})


def test_a_confirmation_by_another_route_than_posted_is_seen() -> None:
    terms = Terms(
        agent=1, biller=1, route=1, amount=100, cash_due=130, rounding=0, rounding_party=0,
        fee_by_biller=False, fee_parts=(10, 10, 10), stood_in=False,
    )  # fmt: skip
    moved = {Posting.CONFIRM: sums(_lines(Posting.CONFIRM, terms, carried_by=1))}
    assert agrees(Posting.CONFIRM, moved, _taken(terms), {1})
    assert not agrees(Posting.CONFIRM, moved, _taken(terms), {2})


def _lines(posting: Posting, terms: Terms, *, carried_by: int) -> list[Line]:
    made = legs(posting, terms, carried_by=carried_by, refunded_by=2)
    return [
        Line(ID, posting * 16 + at, int(leg.account), leg.party, leg.amount, DAY, 11, 1)
        for at, leg in enumerate(made)
    ]


def _taken(terms: Terms) -> Taken:
    return Taken(
        payment=ID, business_date=DAY, state=5, posted=3, contradicted=False, outlet=1, till=11,
        shift=1, agent=terms.agent, biller=terms.biller, route=terms.route, amount=terms.amount,
        cash_due=terms.cash_due, rounding=terms.rounding, rounding_party=terms.rounding_party,
        fee_by_biller=terms.fee_by_biller, fee_agent=terms.fee_parts[0],
        fee_network=terms.fee_parts[1], fee_route=terms.fee_parts[2], stood_in=terms.stood_in,
    )  # fmt: skip
