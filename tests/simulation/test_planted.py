"""The checkers are checked: each planted bug is found within fifty seeds."""

import pytest

from tests.simulation.planted import PLANTS, planted
from tests.simulation.trial import Plan, simulate

WITHIN = 50


@pytest.mark.parametrize("bug", PLANTS)
def test_the_checkers_find(bug: str, figures) -> None:
    with planted(bug):
        for seed in range(1, WITHIN + 1):
            found = simulate(Plan(seed)).violations
            if found:
                figures(f"planted {bug}: seed {seed}, {found[0][:90]}", of="planted bugs")
                return
    pytest.fail(f"{WITHIN} seeds did not find it")
