"""Runs that are not the usual one: continued a day later, without a statement, at strangers."""

import asyncio
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from cashlane.core.checklist import FLAGS, KINDS
from cashlane.core.partner_sheet import PAYABLE_LEAST, Sheet
from cashlane.core.rulings import Verdict
from cashlane.registry.certificate import certificate, read_certificate
from cashlane.registry.certify import Owed, Stranger
from cashlane.registry.ordered import Examined
from cashlane.trial.partner_line import check_partner
from cashlane.trial.partner_page import show_examined
from cashlane.trial.rehearsal import SECRET, standing_sandbox
from cashlane.values.text import LANGUAGES, Language
from tests.registry.sandbox import (
    ATTEMPT_MS,
    PATIENT_MS,
    SPARE,
    ask,
    pay_elsewhere,
    sheet_of,
    tried,
)

PATIENT = {"attempt_ms": ATTEMPT_MS, "answer_within_ms": PATIENT_MS}


def verdict(run: Any, name: str) -> Verdict:
    return next(check.ruling.verdict for check in run.judgement.checks if check.name == name)


def test_a_day_too_long_to_wait_is_owed_and_paid_by_the_next_run(tmp_path: Path) -> None:
    """The same sandbox, a day later by its own words: the late repeat is tried, and counts."""

    async def run() -> None:
        async with standing_sandbox(
            tmp_path, "aggregator", bills=2 * PAYABLE_LEAST + 1
        ) as standing:
            sheet = msgspec.structs.replace(sheet_of(standing), day_s=86_400, **PATIENT)
            await pay_elsewhere(standing, sheet)
            one, two = shares(sheet)
            first = await check_partner(one, SECRET.encode(), owed=(), control=None, orders=())
            assert isinstance(first, Examined)
            assert verdict(first.run, "repeat_late") is Verdict.NOT_EARNED
            assert not first.run.judgement.passed
            kept = read_certificate(certificate(sheet, b"", first.run, ()))
            assert kept is not None
            (owed,) = kept.owed
            assert owed == first.run.owed[0]
            await _continued(two, standing, owed)

    asyncio.run(run())


def shares(sheet: Sheet) -> list[Sheet]:
    """The sheet twice, each time with bills of its own."""
    return [
        msgspec.structs.replace(sheet, payable=sheet.payable[at : at + PAYABLE_LEAST])
        for at in (0, PAYABLE_LEAST)
    ]


async def _continued(sheet: Sheet, standing: Any, owed: Owed) -> None:
    """Of two debts only the one whose day has passed is paid; by then the route has forgotten."""
    due = msgspec.structs.replace(owed, sent_at=owed.sent_at - timedelta(days=1))
    await ask("POST", standing.control, {
        "behaviour": "forgets", "ms": 1000, "share_ppm": 1_000_000, "seed": 1,
    })  # fmt: skip
    found = await check_partner(sheet, SECRET.encode(), owed=(owed, due), control=None, orders=())
    assert isinstance(found, Examined)
    assert verdict(found.run, "repeat_late") is Verdict.FAILED
    assert "dedups_for_a_time" in found.run.judgement.kinds
    sent = [one for one in found.run.evidence.of("repeat_late") if one.act == "send"]
    assert len(sent) == 2
    assert found.run.owed == ()


def test_without_a_statement_nobody_has_seen_the_book(tmp_path: Path) -> None:
    one = asyncio.run(tried(tmp_path, "aggregator", None, statement="", **PATIENT))
    assert one.earned["dedups_by_payment_id"] == "no"
    assert one.earned["not_found_final"] == "no"
    assert one.earned["answers_status"] == one.earned["voids"] == "yes"
    assert verdict(one.run, "statement") is Verdict.NOT_EARNED


@pytest.mark.parametrize(
    ("wire", "secret", "path"),
    [("aggregator", b"wrong", ""), ("bank", b"", "/elsewhere"), ("bank", b"", "")],
)
def test_a_stranger_is_told_before_anything_is_paid(
    tmp_path: Path, wire: Any, secret: bytes, path: str
) -> None:
    """A wrong secret, a wrong path, a wire that the other side does not speak."""

    async def run() -> None:
        async with standing_sandbox(tmp_path, "aggregator", bills=24 + SPARE) as standing:
            sheet = sheet_of(standing)
            sheet = msgspec.structs.replace(sheet, wire=wire, address=sheet.address + path)
            found = await check_partner(sheet, secret, owed=(), control=None, orders=())
            assert isinstance(found, Stranger)
            books = await ask("GET", f"{standing.address}/books")
            assert books["totals"]["received_count"] == 0

    asyncio.run(run())


def test_an_ordered_behaviour_is_told_and_taken_back(tmp_path: Path) -> None:
    async def run() -> None:
        async with standing_sandbox(tmp_path, "bank", bills=2 * PAYABLE_LEAST + 1) as standing:
            sheet = msgspec.structs.replace(sheet_of(standing), **PATIENT)
            await pay_elsewhere(standing, sheet)
            found = await check_partner(
                sheet, b"", owed=(), control=standing.control, orders=("other_cut_off",)
            )
            assert isinstance(found, Examined)
            assert found.run.judgement.kinds == ("not_idempotent",)
            (ordered,) = found.orders
            assert ordered.told
            assert ordered.named == ("not_idempotent", "other_cut_off")
            given = await ask("GET", f"{standing.control}/faults")
            assert set(given["given"]) == {"other_cut_off:post"}
            for language in LANGUAGES:
                _pages_tell(found, language)

    asyncio.run(run())


def _pages_tell(found: Examined, language: Language) -> None:
    """On a terminal as tables, elsewhere as lines: the same verdicts."""
    for terminal in (True, False):
        out = io.StringIO()
        console = Console(file=out, force_terminal=terminal, no_color=True, width=200)
        show_examined(found, console, language)
        told = out.getvalue()
        assert KINDS["other_cut_off"].say(language) in told
        assert all(FLAGS[flag].say(language) in told for flag in FLAGS)
        assert ("┃" in told) == terminal


def test_a_sandbox_without_a_control_page_is_no_sandbox_for_drills(tmp_path: Path) -> None:
    async def run() -> None:
        async with standing_sandbox(tmp_path, "bank", bills=2 * PAYABLE_LEAST + 1) as standing:
            sheet = msgspec.structs.replace(sheet_of(standing), **PATIENT)
            nowhere = f"{standing.address}/books"
            found = await check_partner(
                sheet, b"", owed=(), control=nowhere, orders=("other_cut_off",)
            )
            assert found == Stranger("the control page takes no orders")

    asyncio.run(run())


def test_not_found_until_the_run_is_over_is_not_final_either(tmp_path: Path) -> None:
    """It posts when we have gone: nothing in the run contradicts it, and nothing shows it."""

    async def run() -> None:
        async with standing_sandbox(tmp_path, "aggregator", bills=PAYABLE_LEAST + 1) as standing:
            sheet = msgspec.structs.replace(sheet_of(standing), settle_ms=300, **PATIENT)
            await ask("POST", standing.control, {
                "behaviour": "early_not_found", "ms": 600_000, "share_ppm": 1_000_000, "seed": 1,
            })  # fmt: skip
            found = await check_partner(sheet, SECRET.encode(), owed=(), control=None, orders=())
            assert isinstance(found, Examined)
            earned = found.run.judgement.earned
            assert not found.run.judgement.passed
            given = (earned.not_found_final, earned.dedups_by_payment_id, earned.voids)
            assert (*given, earned.answers_status) == (False,) * 4
            books = await ask("GET", f"{standing.address}/books")
            assert books["totals"]["open_count"] >= PAYABLE_LEAST // 2

    asyncio.run(run())
