"""`cashlane partner` as a partner's engineer meets it: exit codes, sentences, the result file."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cashlane.cli import app
from cashlane.core.checklist import TRIED
from cashlane.core.partner_sheet import PAYABLE_LEAST
from cashlane.registry.certificate import read_certificate
from cashlane.trial.partner_check import SHEET_BYTES
from cashlane.trial.rehearsal import Rehearsal, sample_sheet, standing_sandbox

NOWHERE = "http://127.0.0.1:9"


@contextmanager
def sandbox(folder: Path, wire: Any, *, bills: int) -> Iterator[Rehearsal]:
    """A sandbox that answers from a thread of its own while a command runs in this one."""
    standing: list[Rehearsal] = []
    up, loop = threading.Event(), asyncio.new_event_loop()
    down = asyncio.Event()

    async def stand() -> None:
        async with standing_sandbox(folder, wire, bills=bills) as it:
            standing.append(it)
            up.set()
            await down.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(stand(),))
    thread.start()
    try:
        assert up.wait(20)
        yield standing[0]
    finally:
        loop.call_soon_threadsafe(down.set)
        thread.join(20)
        loop.close()


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["partner", *map(str, words)])


def patient(sheet: Path) -> Path:
    """The sample's sheet for a machine that has other things to do, with shorter waits between."""
    text = sheet.read_text(encoding="utf-8")
    for was, now in (
        ("attempt_ms = 1000", "attempt_ms = 3000"), ("within_ms = 500", "within_ms = 60000"),
        ("settle_ms = 1500", "settle_ms = 500"), ("day_s = 4", "day_s = 1"),
        ("grace_s = 2", "grace_s = 1"), ("per_second = 20", "per_second = 2"),
    ):  # fmt: skip
        assert was in text
        text = text.replace(was, now)
    sheet.write_text(text, encoding="utf-8")
    return sheet


def test_all_claims_earned_end_with_0_and_a_file(tmp_path: Path) -> None:
    with sandbox(tmp_path, "bank", bills=PAYABLE_LEAST) as it:
        kept = tmp_path / "result.json"
        told = run("check", it.address, "--sheet", patient(it.sheet), "--result", kept,
                   "--language", "zh")  # fmt: skip
    assert told.exit_code == 0, told.output
    assert all(one.zh in told.stdout for one in TRIED.values())
    assert told.stdout.rstrip().endswith("申报的各项都已证实。")
    result = read_certificate(kept.read_bytes())
    assert result is not None
    assert result.judgement.passed
    assert (result.partner, result.wire, result.address) == ("rehearsal-route", "bank", it.address)
    changed = kept.read_bytes().replace(b'"passed": true', b'"passed":  true', 1)
    assert read_certificate(changed) is None
    assert read_certificate(b"{}") is None


def test_a_claim_that_is_not_earned_ends_with_1_and_says_what_to_do(tmp_path: Path) -> None:
    with sandbox(tmp_path, "bank", bills=PAYABLE_LEAST) as it:
        sheet = patient(it.sheet)
        text = sheet.read_text(encoding="utf-8")
        claim = "dedups_by_payment_id = "
        sheet.write_text(text.replace(claim + "false", claim + "true"), encoding="utf-8")
        read = run("check", it.address, "--sheet", sheet)
    assert read.exit_code == 1, read.output
    assert "not idempotent: a repeat is posted again" in read.stdout
    assert "Keep the payment id under a unique constraint" in read.stdout
    assert "✗ dedups_by_payment_id" in read.stdout
    assert read.stdout.rstrip().endswith("not earned; see above.")


def test_a_sheet_is_refused_with_2_and_all_its_mistakes_in_both_languages(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.toml"
    text = sample_sheet("bank", NOWHERE, bills=3)
    sheet.write_text(text.replace("sandbox = true", "sandbox = false"), encoding="utf-8")
    told = run("check", NOWHERE, "--sheet", sheet)
    assert told.exit_code == 2
    assert "sandbox: 必须写 sandbox = true" in told.stderr
    assert "sandbox: must be true" in told.stderr
    assert "payable: has 3 payable bills" in told.stderr
    assert told.stdout == ""


@pytest.mark.parametrize(
    ("url", "more", "said"),
    [
        ("http://127.0.0.1:10", (), "address: is not the address http://127.0.0.1:10"),
        (NOWHERE, (), "secret_file: names no secret"),
        (NOWHERE, ("--control", NOWHERE), "payable: has 24 payable bills"),
        (NOWHERE, ("--again", "sheet.toml"), "is no result file of this kit"),
        (NOWHERE, ("--again", "absent"), "cannot be read"),
        (NOWHERE, ("--result", "absent/result.json"), "cannot be written"),
        (NOWHERE, ("--result", "."), "cannot be written"),
    ],
)
def test_a_sheet_that_does_not_fit_the_command_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, more: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    sheet = tmp_path / "sheet.toml"
    sheet.write_text(sample_sheet("aggregator", NOWHERE, bills=PAYABLE_LEAST), encoding="utf-8")
    told = run("check", url, "--sheet", sheet, *more)
    assert told.exit_code == 2
    assert said in told.stderr


def test_half_a_sheet_is_no_sheet(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.toml"
    text = sample_sheet("bank", NOWHERE, bills=PAYABLE_LEAST)
    sheet.write_text(text + "#" * SHEET_BYTES, encoding="utf-8")
    told = run("check", NOWHERE, "--sheet", sheet)
    assert told.exit_code == 2
    assert "longer than" in told.stderr


@pytest.mark.parametrize("content", [b"\xff", b"= 3", None])
def test_what_is_no_sheet_ends_with_2(tmp_path: Path, content: bytes | None) -> None:
    sheet = tmp_path / "sheet.toml"
    if content is not None:
        sheet.write_bytes(content)
    assert run("check", NOWHERE, "--sheet", sheet).exit_code == 2


def test_nobody_there_ends_with_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = tmp_path / "sheet.toml"
    text = sample_sheet("aggregator", NOWHERE, bills=PAYABLE_LEAST)
    text = text.replace('secret_file = "secret.txt"', 'secret_env = "ROUTE_SECRET"')
    sheet.write_text(text, encoding="utf-8")
    monkeypatch.setenv("ROUTE_SECRET", "a secret of the tests")
    told = run("check", NOWHERE, "--sheet", sheet)
    assert told.exit_code == 3
    assert "nobody listens" in told.stderr


def test_the_sample_sheet_is_printed() -> None:
    told = run("sheet", "--wire", "bank")
    assert told.exit_code == 0
    assert told.stdout == sample_sheet("bank", "http://127.0.0.1:9000", bills=24) + "\n"
