"""Visit arithmetic: nothing is lost between the note put down and the coins handed back."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cashlane.core.bill import CashRule
from cashlane.core.cash import (
    LINES_MOST,
    CashDue,
    Change,
    HandBack,
    Short,
    canonical,
    cash_due,
    change_for_visit,
    change_in_pieces,
    hand_back,
    visit_total,
)
from cashlane.values.money import CNY

EXACT, DOWN, CARRY = CashRule("exact"), CashRule("down"), CashRule("carry")


@pytest.mark.parametrize(
    ("amount", "rule", "due", "rounding", "carried"),
    [
        (12_650, EXACT, 12_650, 0, 0),
        (12_657, EXACT, 12_657, 0, 0),
        (12_657, DOWN, 12_650, 7, 0),
        (12_657, CARRY, 12_650, 0, 7),
        (12_650, DOWN, 12_650, 0, 0),
        (9, DOWN, 0, 9, 0),
        (9, CARRY, 0, 0, 9),
        (0, CARRY, 0, 0, 0),
    ],
)
def test_cash_due(amount: int, rule: CashRule, due: int, rounding: int, carried: int) -> None:
    assert cash_due(amount, rule, CNY.cash_unit) == CashDue(due, rounding, carried)


rules = st.sampled_from([EXACT, DOWN, CARRY])
amounts = st.integers(0, 10_000_000)
lines = st.lists(st.tuples(amounts, rules), min_size=1, max_size=LINES_MOST)


@given(amounts, rules, st.sampled_from([1, 5, 10, 50, 100]))
def test_never_up_and_never_lost(amount: int, rule: CashRule, unit: int) -> None:
    line = cash_due(amount, rule, unit)
    assert line.due + line.rounding + line.carried == amount
    assert 0 <= line.rounding + line.carried < unit
    assert line.due <= amount
    assert rule.kind == "exact" or line.due % unit == 0


@given(lines, st.integers(0, 300_000_000))
def test_change_and_dues_are_the_cash(visit: list[tuple[int, CashRule]], tendered: int) -> None:
    dues = [cash_due(amount, rule, CNY.cash_unit) for amount, rule in visit]
    match change_for_visit(tendered, dues):
        case Change(amount):
            assert amount + visit_total(dues) == tendered
            pieces = change_in_pieces(amount, CNY)
            assert sum(piece * count for piece, count in pieces) == amount
        case Short(missing):
            assert missing > 0
            assert tendered + missing == visit_total(dues)


@given(lines, st.data())
def test_a_refused_line_is_handed_back_for_it_alone(
    visit: list[tuple[int, CashRule]], data: st.DataObject
) -> None:
    dues = [cash_due(amount, rule, CNY.cash_unit) for amount, rule in visit]
    tendered = visit_total(dues) + data.draw(amounts)
    at = data.draw(st.integers(0, len(dues) - 1))
    before = change_for_visit(tendered, dues)
    after = change_for_visit(tendered, dues[:at] + dues[at + 1 :])
    assert isinstance(before, Change)
    assert isinstance(after, Change)
    back = hand_back(dues[at], CNY)
    assert before.amount + back.amount == after.amount
    assert sum(piece * count for piece, count in back.pieces) == back.amount


def test_change_as_a_clerk_counts_it() -> None:
    assert change_in_pieces(7_350, CNY) == ((5000, 1), (2000, 1), (100, 3), (50, 1))
    assert change_in_pieces(0, CNY) == ()
    assert change_in_pieces(9, CNY) == ((5, 1), (2, 2))
    assert hand_back(CashDue(12_650, 0, 0), CNY) == HandBack(
        12_650, ((10_000, 1), (2000, 1), (500, 1), (100, 1), (50, 1))
    )


def test_short_says_what_is_missing() -> None:
    assert change_for_visit(10_000, [CashDue(12_650, 0, 0)]) == Short(2_650)


def fewest(pieces: tuple[int, ...], most: int) -> list[int]:
    """The fewest pieces for every amount up to `most`, by trying them all."""
    best = [0]
    for amount in range(1, most + 1):
        best.append(1 + min(best[amount - piece] for piece in pieces if piece <= amount))
    return best


def test_largest_first_is_the_fewest_in_cny() -> None:
    assert canonical(CNY.pieces)
    for amount, best in enumerate(fewest(CNY.pieces, 12_000)):
        assert sum(count for _, count in change_in_pieces(amount, CNY)) == best


@settings(max_examples=150, deadline=None)
@given(st.sets(st.integers(2, 40), min_size=1, max_size=5))
def test_the_proof_agrees_with_trying(more: set[int]) -> None:
    pieces = (*sorted(more, reverse=True), 1)
    greedy = []
    for amount in range(sum(pieces[:2]) + 1):
        rest, count = amount, 0
        for piece in pieces:
            taken, rest = divmod(rest, piece)
            count += taken
        greedy.append(count)
    assert canonical(pieces) == (greedy == fewest(pieces, sum(pieces[:2])))


def test_a_currency_without_that_proof_is_not_used() -> None:
    odd = msgspec.structs.replace(CNY, pieces=(40, 30, 10))
    with pytest.raises(AssertionError, match="largest first"):
        change_in_pieces(60, odd)
    with pytest.raises(AssertionError, match="no pieces"):
        change_in_pieces(63, msgspec.structs.replace(CNY, pieces=(50, 10)))


def test_a_visit_has_its_limit() -> None:
    with pytest.raises(AssertionError, match="two visits"):
        visit_total([CashDue(1, 0, 0)] * (LINES_MOST + 1))
