"""Runs that are not the usual one: continued a day later, without a statement, at strangers."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cashlane.core.partner_sheet import PAYABLE_LEAST, Sheet
from cashlane.core.rulings import Verdict
from cashlane.main import check_partner
from cashlane.registry.certificate import certificate, read_certificate
from cashlane.registry.certify import Stranger
from cashlane.registry.drills import Examined
from cashlane.trial.rehearsal import SECRET, standing_sandbox
from tests.registry.sandbox import (
    PATIENT_MS,
    SPARE,
    ask,
    pay_elsewhere,
    sheet_of,
    tried,
)

PATIENT = {"attempt_ms": PATIENT_MS, "answer_within_ms": PATIENT_MS}


def verdict(run: Any, name: str) -> Verdict:
    return next(check.ruling.verdict for check in run.judgement.checks if check.name == name)


def test_a_day_too_long_to_wait_is_owed_and_paid_by_the_next_run(tmp_path: Path) -> None:
    """The same sandbox, a day later by its own words: the late repeat is tried, and counts."""

    async def run() -> None:
        async with standing_sandbox(
            tmp_path, "aggregator", bills=3 * PAYABLE_LEAST + 1
        ) as standing:
            sheet = msgspec.structs.replace(sheet_of(standing), day_s=86_400, **PATIENT)
            await pay_elsewhere(standing, sheet)
            one, two, three = shares(sheet)
            first = await check_partner(one, SECRET.encode(), control=None, owed=())
            assert isinstance(first, Examined)
            assert verdict(first.run, "repeat_late") is Verdict.NOT_EARNED
            assert not first.run.judgement.passed
            kept = read_certificate(certificate(sheet, b"", first.run, ()))
            assert kept is not None
            (owed,) = kept.owed
            assert owed == first.run.owed[0]
            await _continued(two, three, standing, owed)

    asyncio.run(run())


def shares(sheet: Sheet) -> list[Sheet]:
    """The sheet three times, each with bills of its own."""
    return [
        msgspec.structs.replace(sheet, payable=sheet.payable[at : at + PAYABLE_LEAST])
        for at in range(0, 3 * PAYABLE_LEAST, PAYABLE_LEAST)
    ]


async def _continued(two: Sheet, three: Sheet, standing: Any, owed: Any) -> None:
    too_soon = await check_partner(two, SECRET.encode(), control=None, owed=(owed,))
    assert isinstance(too_soon, Examined)
    assert verdict(too_soon.run, "repeat_late") is Verdict.NOT_EARNED
    earlier = msgspec.structs.replace(owed, sent_at=owed.sent_at - timedelta(days=1))
    await ask("POST", standing.control, {
        "behaviour": "forgets", "ms": 1000, "share_ppm": 1_000_000, "seed": 1,
    })  # fmt: skip
    due = await check_partner(three, SECRET.encode(), control=None, owed=(earlier,))
    assert isinstance(due, Examined)
    assert verdict(due.run, "repeat_late") is Verdict.FAILED
    assert "dedups_for_a_time" in due.run.judgement.kinds
    assert due.run.owed == ()


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
            found = await check_partner(sheet, secret, control=None, owed=())
            assert isinstance(found, Stranger)
            books = await ask("GET", f"{standing.address}/books")
            assert books["totals"]["received_count"] == 0

    asyncio.run(run())
