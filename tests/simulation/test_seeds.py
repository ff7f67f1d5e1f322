"""Many seeds of the whole street: nothing is wrong in any, and enough went wrong in all."""

import pytest

from tests.simulation.coverage import missed
from tests.simulation.many import simulate_many
from tests.simulation.trial import Plan, simulate

SEEDS, PARTS = 200, 4
REGRESSIONS: dict[str, Plan] = {
    "a refused enquiry erased the doubt": Plan(1),
    "a push that could not leave was forgotten": Plan(2),
    "grace was read off a wall clock that jumped": Plan(3),
    "an answer was taken for one to the next attempt": Plan(4),
    "a bill paid elsewhere was freed": Plan(177),
    "a reversal was never answered": Plan(125),
    "a paid bill was freed while the day was cut": Plan(25),
}
"""Seeds that found something once, and what. They are run for ever."""


@pytest.mark.parametrize("part", range(PARTS))
def test_the_street_holds_in_any_weather(part: int, figures) -> None:
    first = 1 + part * (SEEDS // PARTS)
    total = simulate_many(Plan(seed) for seed in range(first, first + SEEDS // PARTS))
    figures(
        f"simulation: {total.seeds} seeds, {total.accepted} payments, {total.faults} faults,"
        f" {total.events} events in {total.took_s:.0f} s, {len(total.failed)} failed",
        of="simulation",
    )
    told = [f"{one.plan.command()} --shrink\n  {one.violations[0]}" for one in total.failed]
    assert not told, "\n".join(told)
    assert list(missed(total)) == []


@pytest.mark.parametrize("plan", [pytest.param(plan, id=name) for name, plan in REGRESSIONS.items()
                                  if plan.seed > SEEDS])  # fmt: skip
def test_what_was_found_once_stays_mended(plan: Plan) -> None:
    assert simulate(plan).violations == []
