"""The command: data on stdout, everything else on stderr, an exit code that can be relied on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cashlane
from cashlane.cli import app
from cashlane.trial.replay.replay import Replay
from tests.replay.conftest import NAME

SOURCE = Path(cashlane.__file__).parents[1]


def _run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cashlane.cli", "replay", *words]
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


def test_json_and_a_page(tmp_path: Path, done: Replay) -> None:
    ran = _run(tmp_path, NAME, "--scale", "0.001", "--json", "--page", "replay.html")
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert [one["key"] for one in told["outcomes"]] == [one.key for one in done.outcomes]
    assert told["outcomes"][0]["outlets"]["days_lost"] == 137_670
    assert told["story"]["banner"]["en"] == done.story.banner.en
    assert told["looked_at"] == 964
    assert (tmp_path / "replay.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_terminal_has_banner_results_and_assumptions(done: Replay) -> None:
    words = ("--scale", "0.001", "--lang", "zh", "--set", "quiet_offices=3")
    ran = CliRunner().invoke(app, ["replay", NAME, *words])
    assert ran.exit_code == 0, ran.stderr
    assert "4,407 → 1,273 (12月31日) → 1,276 (1月14日) → 1,676 (1月22日)" in ran.stdout
    assert "使用者给定" in ran.stdout
    for name in done.story.facts:
        assert name in ran.stdout
    assert done.story.banner.zh[:20] in ran.stdout


def test_what_cannot_be_done_is_said_in_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words, zh, en in (
        (("paris",), "没有名为 paris 的回放", "no story paris"),
        ((NAME, "--set", "quiet=1"), "没有名为 quiet 的事实", "there is no fact quiet"),
        ((NAME, "--facts", "none.toml"), "读不了 none.toml", "cannot read none.toml"),
        ((NAME, "--page", "no/page.html"), "没有可以写", "there is no folder to write"),
    ):
        ran = CliRunner().invoke(app, ["replay", *words])
        assert (ran.exit_code, ran.stdout) == (2, "")
        assert zh in ran.stderr
        assert en in ran.stderr
    assert not list(tmp_path.iterdir())
