"""Runs that are not the usual one: continued a day later, without a statement, at strangers.

What takes long is done for all tests at the same time: a run waits more than it works.
"""

import asyncio
import io
import shutil
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from cashlane.core.checklist import FLAGS, KINDS
from cashlane.core.partner_sheet import PAYABLE_LEAST, Sheet
from cashlane.core.rulings import Verdict
from cashlane.registry.certificate import certificate, read_certificate
from cashlane.registry.certify import Stranger
from cashlane.registry.ordered import NO_ORDERS, Examined
from cashlane.trial.partner_line import check_partner
from cashlane.trial.partner_page import show_examined
from cashlane.trial.rehearsal import SECRET, standing_sandbox
from cashlane.values.text import LANGUAGES, Language
from tests.conftest import Require
from tests.registry.certificates import GOOD, HOST, Authority, tls_door
from tests.registry.sandbox import (
    ATTEMPT_MS,
    PATIENT_MS,
    SPARE,
    USUAL,
    Tried,
    ask,
    gather,
    pay_elsewhere,
    sheet_of,
    tried,
)

PATIENT = {"attempt_ms": ATTEMPT_MS, "answer_within_ms": PATIENT_MS, "settle_ms": 500}
Scenario = Callable[[Path], Awaitable[Any]]


async def check(sheet: Sheet, *, secret: bytes = SECRET.encode(), **more: Any) -> Any:
    """One examination by the usual tools."""
    usual = {"trust": USUAL(), "owed": (), "control": None, "orders": ()}
    return await check_partner(sheet, secret, **(usual | more))


def verdict(run: Any, name: str) -> Verdict:
    return next(check.ruling.verdict for check in run.judgement.checks if check.name == name)


# What takes long.


async def a_day_later(folder: Path) -> tuple[Sheet, Examined, Examined]:
    """The same sandbox twice, a day later by its own words: of two debts only the one whose day has
    passed is paid, and by then the route has forgotten."""
    async with standing_sandbox(folder, "aggregator", bills=2 * PAYABLE_LEAST + 1) as standing:
        sheet = msgspec.structs.replace(brief(sheet_of(standing)), day_s=86_400)
        await pay_elsewhere(standing, sheet)
        one, two = shares(sheet)
        first = await check(one)
        (owed,) = first.run.owed
        due = msgspec.structs.replace(owed, sent_at=owed.sent_at - timedelta(days=1))
        await ask("POST", standing.control, {
            "behaviour": "forgets", "ms": 1000, "share_ppm": 1_000_000, "seed": 1,
        })  # fmt: skip
        return sheet, first, await check(two, owed=(owed, due))


def brief(sheet: Sheet) -> Sheet:
    """With a short grace and a low rate, where a test is about neither."""
    claimed = msgspec.structs.replace(sheet.claimed, grace_s=1, per_second=2)
    return msgspec.structs.replace(sheet, claimed=claimed, **PATIENT)


def shares(sheet: Sheet) -> list[Sheet]:
    """The sheet twice, each time with bills of its own."""
    return [
        msgspec.structs.replace(sheet, payable=sheet.payable[at : at + PAYABLE_LEAST])
        for at in (0, PAYABLE_LEAST)
    ]


async def without_a_statement(folder: Path) -> Tried:
    return await tried(folder, "aggregator", None, statement="", **PATIENT)


async def ordered(folder: Path) -> tuple[Examined, Any, Any]:
    """One ordered behaviour; which were given, and which are still in force."""
    async with standing_sandbox(folder, "bank", bills=2 * PAYABLE_LEAST + 1) as standing:
        sheet = brief(sheet_of(standing))
        await pay_elsewhere(standing, sheet)
        found = await check(sheet, control=standing.control, orders=("other_cut_off",))
        given = await ask("GET", f"{standing.control}/faults")
        nothing = {"behaviour": "refuses", "share_ppm": 0, "seed": 1}
        return found, given, (await ask("POST", standing.control, nothing))["in_force"]


async def without_a_control_page(folder: Path) -> Any:
    async with standing_sandbox(folder, "bank", bills=2 * PAYABLE_LEAST + 1) as standing:
        sheet = brief(sheet_of(standing))
        return await check(sheet, control=f"{standing.address}/books", orders=("other_cut_off",))


async def posting_when_we_have_gone(folder: Path) -> tuple[Examined, Any]:
    async with standing_sandbox(folder, "aggregator", bills=PAYABLE_LEAST + 1) as standing:
        sheet = brief(sheet_of(standing))
        await ask("POST", standing.control, {
            "behaviour": "early_not_found", "ms": 600_000, "share_ppm": 1_000_000, "seed": 1,
        })  # fmt: skip
        return await check(sheet), await ask("GET", f"{standing.address}/books")


async def over_https(folder: Path) -> Examined | None:
    """None where this machine cannot make certificates."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return None
    authority = Authority(openssl, folder / "authority")
    async with standing_sandbox(folder / "box", "bank", bills=PAYABLE_LEAST + 1) as standing:
        sheet = brief(sheet_of(standing))
        await pay_elsewhere(standing, sheet)
        async with tls_door(standing.address, authority.server(valid=GOOD, host=HOST)) as door:
            led = msgspec.structs.replace(sheet, address=door, statement=f"{door}/books")
            return await check(led, trust=USUAL(cafile=str(authority.ca)))  # type: ignore


LONG: Sequence[Scenario] = (
    a_day_later, without_a_statement, ordered, without_a_control_page, posting_when_we_have_gone,
    over_https,
)  # fmt: skip


@pytest.fixture(scope="module")
def came_of(tmp_path_factory: pytest.TempPathFactory) -> dict[Scenario, Any]:
    """What came of each."""
    runs = [partial(one, tmp_path_factory.mktemp(one.__name__)) for one in LONG]
    return dict(zip(LONG, gather(*runs, most=len(LONG)), strict=True))


# What is to be seen in it.


def test_a_day_too_long_to_wait_is_owed_and_paid_by_the_next_run(
    came_of: dict[Scenario, Any],
) -> None:
    sheet, first, second = came_of[a_day_later]
    assert verdict(first.run, "repeat_late") is Verdict.NOT_EARNED
    assert not first.run.judgement.passed
    kept = read_certificate(certificate(sheet, b"", first.run, ()))
    assert kept is not None
    assert kept.owed == first.run.owed
    assert verdict(second.run, "repeat_late") is Verdict.FAILED
    assert "dedups_for_a_time" in second.run.judgement.kinds
    sent = [one for one in second.run.evidence.of("repeat_late") if one.act == "send"]
    assert len(sent) == 2
    assert second.run.owed == ()


def test_without_a_statement_nobody_has_seen_the_book(came_of: dict[Scenario, Any]) -> None:
    one = came_of[without_a_statement]
    assert one.earned["dedups_by_payment_id"] == "no"
    assert one.earned["not_found_final"] == "no"
    assert one.earned["not_posted_codes"] == one.earned["shut_codes"] == "-"
    assert one.earned["answers_status"] == one.earned["voids"] == "yes"
    assert verdict(one.run, "statement") is Verdict.NOT_EARNED


def test_a_sandbox_behind_https_is_examined_like_any_other(
    came_of: dict[Scenario, Any], require: Require
) -> None:
    require("openssl")
    judgement = came_of[over_https].run.judgement
    assert judgement.passed, judgement.flags
    assert judgement.kinds == ("not_idempotent",)


@pytest.mark.parametrize(
    ("wire", "secret", "path", "statement"),
    [
        ("aggregator", b"wrong", "", "/books"),
        ("bank", b"", "/elsewhere", "/books"),
        ("bank", b"", "", "/books"),
        ("aggregator", SECRET.encode(), "", "/nowhere"),
        ("aggregator", SECRET.encode(), "", "/control"),
    ],
)
def test_a_stranger_is_told_before_anything_is_paid(
    tmp_path: Path, wire: Any, secret: bytes, path: str, statement: str
) -> None:
    """A wrong secret, a wrong path, a wire that the other side does not speak, no statement."""

    async def run() -> None:
        async with standing_sandbox(tmp_path, "aggregator", bills=24 + SPARE) as standing:
            sheet = sheet_of(standing)
            sheet = msgspec.structs.replace(sheet, wire=wire, address=sheet.address + path)
            sheet = msgspec.structs.replace(sheet, statement=standing.address + statement)
            found = await check_partner(
                sheet, secret, trust=USUAL(), owed=(), control=None, orders=()
            )
            assert isinstance(found, Stranger)
            books = await ask("GET", f"{standing.address}/books")
            assert books["totals"]["received_count"] == 0

    asyncio.run(run())


def test_an_ordered_behaviour_is_told_and_taken_back(came_of: dict[Scenario, Any]) -> None:
    found, given, in_force = came_of[ordered]
    assert found.run.judgement.kinds == ("not_idempotent",)
    (one,) = found.orders
    assert one.told
    assert one.named == ("not_idempotent", "other_cut_off")
    assert set(given["given"]) == {"other_cut_off:post", "withdrawn:post"}
    assert in_force == []
    for language in LANGUAGES:
        _pages_tell(found, language)


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


@pytest.mark.parametrize(
    ("passed", "held", "named", "last"),
    [
        (True, True, True, "Everything that was claimed is earned."),
        (False, False, True, "not earned; see above."),
        (False, True, True, "failed that nobody may fail; see above."),
        (True, True, False, "Everything that was claimed is earned."),
    ],
)
def test_the_last_lines_say_what_failed(
    came_of: dict[Scenario, Any], *, passed: bool, held: bool, named: bool, last: str
) -> None:
    found, _, _ = came_of[ordered]
    change = msgspec.structs.replace
    flags = tuple(change(line, holds=held) for line in found.run.judgement.flags)
    run = change(found.run, judgement=change(found.run.judgement, passed=passed, flags=flags))
    orders = tuple(change(one, named=one.named if named else ()) for one in found.orders)
    out = io.StringIO()
    show_examined(Examined(run, orders), Console(file=out), "en")
    told = out.getvalue().rstrip()
    assert told.endswith(last)
    assert ("cannot be believed" in told) != named


def test_a_sandbox_without_a_control_page_is_no_sandbox_for_drills(
    came_of: dict[Scenario, Any],
) -> None:
    assert came_of[without_a_control_page] == Stranger(NO_ORDERS)


def test_not_found_until_the_run_is_over_is_not_final_either(came_of: dict[Scenario, Any]) -> None:
    """It posts when we have gone: nothing in the run contradicts it, and nothing shows it."""
    found, books = came_of[posting_when_we_have_gone]
    earned = found.run.judgement.earned
    assert not found.run.judgement.passed
    given = (earned.not_found_final, earned.dedups_by_payment_id, earned.voids)
    assert (*given, earned.answers_status) == (False,) * 4
    assert books["totals"]["open_count"] >= PAYABLE_LEAST // 2
