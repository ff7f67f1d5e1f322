"""What a world costs: whole fen, each line with its payer, standing costs whatever happens."""

import pytest

from cashlane.trial.replay.cost import PARTIES, labour_fen
from cashlane.trial.replay.figures import COST_NAMES, PARTY_NAMES, about, yuan
from cashlane.trial.replay.outcome import Outcome
from tests.replay.conftest import world_with


def _line(outcome: Outcome, what: str, payer: str) -> int:
    (fen,) = [one.fen for one in outcome.costs if (one.what, one.payer) == (what, payer)]
    return fen


@pytest.mark.parametrize(
    ("payments", "seconds", "wage", "fen"),
    [
        (0, 100, 2_300, 0),
        (1, 100, 2_300, 64),  # 63.89
        (1, 35, 2_300, 22),  # 22.36
        (1, 36, 50, 1),  # 0.50 is rounded up
        (1, 35, 50, 0),  # 0.49 is not
        (3_600, 1, 2_300, 2_300),
    ],
)
def test_labour_is_rounded_half_up(payments: int, seconds: int, wage: int, fen: int) -> None:
    assert labour_fen(payments, seconds, wage) == fen


def test_every_world_has_the_same_lines_with_names(worlds: dict[str, Outcome]) -> None:
    lines = [[(one.what, one.payer) for one in outcome.costs] for outcome in worlds.values()]
    assert all(one == lines[0] for one in lines)
    assert {what for what, _ in lines[0]} == set(COST_NAMES)
    assert {payer for _, payer in lines[0]} == set(PARTIES) == set(PARTY_NAMES)


def test_sums_are_those_of_the_lines(worlds: dict[str, Outcome]) -> None:
    for outcome in worlds.values():
        assert sum(outcome.costs_by_party.values()) == sum(one.fen for one in outcome.costs)


def test_fees_that_one_agent_loses_another_earns(worlds: dict[str, Outcome]) -> None:
    """Everybody displaced has paid by the end, so that no fee is lost on the way."""
    for outcome in worlds.values():
        assert outcome.payments.not_paid == 0
        lost = _line(outcome, "fees-not-earned", "stopped")
        # Counts of each chain are rounded up from the sample, each by less than one payment.
        assert abs(lost + _line(outcome, "fees-earned", "helping")) <= 12 * 21


def test_a_spare_costs_what_its_facts_say(worlds: dict[str, Outcome]) -> None:
    warm = worlds["D"]
    assert _line(warm, "spare-kept", "operator") == 3_131 * 200 * 12
    assert _line(warm, "certified", "operator") == 3 * 3_000_000
    assert _line(warm, "dearer-fee", "biller") == 6 * warm.payments.over_spare
    assert _line(warm, "quiet-kept", "biller") == 25 * 30_000 * 12
    assert _line(worlds["C"], "spare-kept", "operator") == 3_131 * 20 * 12
    assert _line(worlds["C"], "dearer-fee", "biller") == 15 * worlds["C"].payments.over_spare


def test_nothing_is_kept_where_there_is_nothing(worlds: dict[str, Outcome]) -> None:
    for what in ("spare-kept", "certified", "notices"):
        assert _line(worlds["A"], what, "operator") == 0
    assert _line(worlds["B"], "notices", "operator") == 2_000 * (3_131 + 25)


def test_trips_in_vain_ring_the_hotline(worlds: dict[str, Outcome]) -> None:
    callers = worlds["A"].payments.in_vain * 5 // 100
    assert _line(worlds["A"], "hotline", "operator") == labour_fen(callers, 600, 2_300)
    assert _line(world_with("calls_percent=0"), "hotline", "operator") == 0


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (999, "999"), (1_234, "1,230"), (1_235, "1,240"), (-1_235, "-1,240"),
     (99_950, "100,000")],
)  # fmt: skip
def test_estimates_are_told_to_three_digits(number: int, said: str) -> None:
    assert about(number) == said


def test_money_is_told_in_yuan() -> None:
    assert (yuan(149), yuan(150), yuan(-150), yuan(0)) == ("1", "2", "-2", "0")
