"""The worlds differ in their facts alone, and what comes out of them hangs together."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import structs
from typer.testing import CliRunner

import cashlane.trial.replay
from cashlane.cli import app
from cashlane.trial.replay.outcome import Outcome, outcome_of
from cashlane.trial.replay.replay import Replay
from cashlane.trial.replay.story import Story, World
from tests.replay.conftest import NAME, SMALL, world_with

HOME = Path(cashlane.trial.replay.__file__).parent
MODULES = sorted(HOME.glob("*.py"))


def _said(module: Path) -> list[str]:
    """All texts and names in a module, without its docstrings."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    names += [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    names += [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return texts + names


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_code_knows_a_world(module: Path, story: Story) -> None:
    keys = {world.key for world in story.worlds}
    titles = {words for world in story.worlds for words in (world.title.zh, world.title.en)}
    for said in _said(module):
        assert said not in keys
        assert not re.search(rf"(?i)\bworlds?_({'|'.join(keys)})\b", said)
        assert not [title for title in titles if title.lower() in said.lower()]


def test_no_template_knows_a_world(story: Story) -> None:
    for file in (HOME / "templates").iterdir():
        text = file.read_text(encoding="utf-8")
        for world in story.worlds:
            assert world.title.zh not in text
            assert world.title.en not in text
            assert not re.search(rf"['\"> ]{world.key}['\"<.]", text), (file.name, world.key)


def test_a_world_by_any_other_name_comes_out_the_same(story: Story, done: Replay) -> None:
    for world, outcome in zip(story.worlds, done.outcomes, strict=True):
        other = World("Z", story.title, story.told, world.facts)
        again = outcome_of(story, other, SMALL)
        assert again == structs.replace(outcome, key="Z", title=story.title)


def test_a_world_with_anothers_facts_is_the_other(story: Story, worlds: dict[str, Outcome]) -> None:
    first, second = story.worlds[:2]
    swapped = outcome_of(story, structs.replace(first, facts=second.facts), SMALL)
    assert swapped.payments == worlds[second.key].payments
    assert swapped.costs == worlds[second.key].costs


def test_what_was_displaced_is_accounted_for(worlds: dict[str, Outcome]) -> None:
    for outcome in worlds.values():
        told = outcome.payments
        whole = told.elsewhere + told.later_as_always + told.not_paid
        # Three figures are rounded up from the sample, each by less than one.
        assert abs(told.displaced - whole) <= 2
        assert abs(sum(told.in_vain_by_day) - told.in_vain) <= len(told.in_vain_by_day)
        assert told.payments == worlds["A"].payments.payments


def test_truth_saves_trips_and_no_outlets(worlds: dict[str, Outcome]) -> None:
    silent, told = worlds["A"], worlds["B"]
    assert told.outlets.days_lost == silent.outlets.days_lost
    assert told.payments.displaced == silent.payments.displaced
    assert told.payments.in_vain * 10 < silent.payments.in_vain
    assert told.walked.over_70_m < silent.walked.over_70_m
    assert told.walked.far_over_70 == silent.walked.far_over_70


def test_a_warm_spare_displaces_nobody(worlds: dict[str, Outcome]) -> None:
    warm = worlds["D"]
    told = warm.payments
    assert (told.displaced, told.in_vain, told.late, told.turned_away) == (0, 0, 0, 0)
    assert (warm.walked.further_m, warm.walked.over_70_m) == (0, 0)
    assert warm.walked.far_over_70 == warm.walked.far_over_70_before
    assert 0 < told.held_up < 100
    assert told.over_spare > worlds["C"].payments.over_spare > 0


def test_the_more_are_told_the_fewer_come_in_vain() -> None:
    trips = [
        world_with(f"told_before_percent={percent}").payments.in_vain for percent in (0, 30, 60, 90)
    ]
    assert trips == sorted(trips, reverse=True)
    assert len(set(trips)) == 4
    assert world_with("told_before_percent=100").payments.in_vain == 0


def test_the_more_a_spare_carries_the_fewer_are_turned_away() -> None:
    spare = ("spare_state=warm", "quiet_offices=0")
    away = [
        world_with(*spare, f"spare_capacity_percent={percent}").payments.turned_away
        for percent in (0, 40, 70, 100)
    ]
    assert away == sorted(away, reverse=True)
    assert away[0] > away[1] > away[-1] == 0


def test_people_who_go_no_further_wait() -> None:
    told = world_with(
        "told_before_percent=100", "further_most_m=0", "further_most_over_70_m=0"
    ).payments
    assert told.later_as_always > 100 * told.elsewhere
    assert told.late == told.later_as_always


def test_people_with_nowhere_to_go_have_not_paid_by_the_end() -> None:
    """The replay ends before anything comes back."""
    outcome = world_with("last_day=2022-01-10", "further_most_m=0", "further_most_over_70_m=0")
    assert outcome.payments.not_paid > 0
    assert outcome.payments.later_as_always == 0


def _printed(*words: str) -> str:
    ran = CliRunner().invoke(app, ["replay", NAME, "--json", "--scale", "0.001", *words])
    assert ran.exit_code == 0, ran.stderr
    return ran.stdout


def _printed_elsewhere() -> str:
    """By a process that spreads its sets and dictionaries otherwise than this one."""
    spread = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    command = [sys.executable, "-m", "cashlane.cli", "replay", NAME, "--json", "--scale", "0.001"]
    environment = os.environ | {"PYTHONHASHSEED": spread, "PYTHONPATH": str(HOME.parents[2])}
    ran = subprocess.run(
        command, env=environment, capture_output=True, check=True, timeout=120, text=True
    )
    return ran.stdout


def test_the_same_seed_prints_the_same() -> None:
    first = _printed()
    assert first == _printed_elsewhere()
    assert first != _printed("--seed", "8")
