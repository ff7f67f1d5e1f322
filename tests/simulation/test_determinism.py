"""One seed is one run: under any order of hashes, with or without a trace, now or later."""

import os
import subprocess
import sys

import pytest

from tests.simulation.many import simulate_many
from tests.simulation.planted import planted
from tests.simulation.shrink import same_fault, shrink
from tests.simulation.trial import Plan, simulate


def _digest(seed: int, hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seed", str(seed), "--payments", "120"],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("seed", [7, 8, 21])
def test_the_order_of_hashes_changes_nothing(seed: int) -> None:
    first, second = _digest(seed, "1"), _digest(seed, "4242")
    assert first == second
    assert "digest" in first


def test_what_ran_before_changes_nothing() -> None:
    alone = simulate(Plan(9, 60)).digest
    simulate_many([Plan(10, 60)])
    assert simulate(Plan(9, 60)).digest == alone
    assert simulate(Plan(10, 60)).digest != alone


def test_a_failing_run_is_made_small() -> None:
    """Without what is not needed for it; and the line that is printed says all of it."""
    with planted("time_out_is_failure"):
        plan = Plan(1, 60)
        found = simulate(plan).violations
        assert found
        small = shrink(plan, same_fault({"I5"}))
        assert same_fault({"I5"})(small)
    assert small.keep is not None
    assert len(small.keep) <= 3
    assert len(small.dropped) > 20
    assert small.faults_most < 60
    assert small.command().startswith("./do simulate --seed 1 --payments 60 --without ")
