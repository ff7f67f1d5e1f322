"""The kit against partners of every kind: it names each rightly, and no claim is earned falsely."""

from collections.abc import Callable
from functools import partial
from typing import Any, get_args

import pytest

from cashlane.core.conformance import Kind
from cashlane.core.partner_sheet import PAYABLE_LEAST
from cashlane.core.rulings import SHUT_LEAST, Verdict
from cashlane.registry.ordered import ORDERABLE
from tests.registry.sandbox import ATTEMPT_MS, PATIENT_MS, Tried, gather, lies, tried

AT_A_TIME = 9
HONEST, BANK = "idempotent", "bank"

NAMED: dict[str, tuple[Kind, ...]] = {
    HONEST: ("idempotent",),
    BANK: ("not_idempotent",),
    "not_idempotent": ("not_idempotent",),
    "dedups_for_a_time": ("dedups_for_a_time",),
    "not_found_early": ("idempotent", "not_found_early"),
    "contradicts_itself": ("idempotent", "contradicts_itself"),
    "slow": ("idempotent", "slow"),
    "file_only": ("idempotent", "file_only"),
    "other_cut_off": ("idempotent", "other_cut_off"),
}
"""What each partner is called: its own kind, and that it is otherwise in order."""

MISSED: dict[str, set[str]] = {
    HONEST: set(),
    BANK: set(),
    "not_idempotent": {"dedups_by_payment_id"},
    "dedups_for_a_time": {"dedups_by_payment_id"},
    "not_found_early": {"not_found_final", "grace_s"},
    "contradicts_itself": {"dedups_by_payment_id", "not_found_final", "answers_status", "voids"},
    "slow": {"per_second"},
    "file_only": {"answers_status", "not_found_final"},
    "other_cut_off": set(),
}  # fmt: skip
"""Claims that a partner of this kind must lose at least; an honest one loses none."""


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tried]:
    def run(name: str) -> Callable[[], Any]:
        wire = "bank" if name == BANK else "aggregator"
        kind: Any = None if name in (HONEST, BANK) else name
        within = 100 if name == "slow" else PATIENT_MS
        return partial(
            tried, tmp_path_factory.mktemp(name), wire, kind,
            attempt_ms=ATTEMPT_MS, answer_within_ms=within,
        )  # fmt: skip

    return dict(zip(NAMED, gather(*map(run, NAMED), most=AT_A_TIME), strict=True))


def test_there_are_eight_kinds_and_all_are_here() -> None:
    assert len(get_args(Kind)) == 8
    assert {*ORDERABLE, HONEST, BANK} == set(NAMED)


@pytest.mark.parametrize("name", NAMED)
def test_a_kind_is_called_by_its_name(partners: dict[str, Tried], name: str) -> None:
    assert partners[name].run.judgement.kinds == NAMED[name]


@pytest.mark.parametrize("name", NAMED)
def test_nothing_is_earned_that_the_billers_book_denies(
    partners: dict[str, Tried], name: str
) -> None:
    one = partners[name]
    assert lies(one.run.evidence, one.earned, one.times()) == []


@pytest.mark.parametrize("name", NAMED)
def test_what_a_kind_cannot_do_is_not_earned(partners: dict[str, Tried], name: str) -> None:
    judgement = partners[name].run.judgement
    missed = {line.flag for line in judgement.flags if not line.holds}
    assert missed >= MISSED[name], judgement.flags
    assert judgement.passed == (not missed)
    if not MISSED[name]:
        assert missed == set()


@pytest.mark.parametrize("name", [HONEST, BANK])
def test_a_shut_way_is_known_by_its_code_and_its_bills_are_not_paid(
    partners: dict[str, Tried], name: str
) -> None:
    one = partners[name]
    (ruling,) = [check.ruling for check in one.run.judgement.checks if check.name == "shut"]
    assert ruling.verdict is Verdict.EARNED
    assert one.run.judgement.earned.shut_codes == one.sheet.claimed.shut_codes != ()
    assert len({proof.bill_ref for proof in ruling.proofs}) == SHUT_LEAST
    assert one.shut_truth == ()


@pytest.mark.parametrize("name", ["not_idempotent", "dedups_for_a_time", BANK])
def test_a_double_posting_that_is_told_really_happened(
    partners: dict[str, Tried], name: str
) -> None:
    one = partners[name]
    verdicts = {check.name: check.ruling for check in one.run.judgement.checks}
    for trial in ("repeat", "copies", "repeat_late"):
        failed = verdicts[trial].verdict is Verdict.FAILED
        payment = verdicts[trial].proofs[0].payment
        assert failed == (one.times()[payment] > 1), trial
    assert max(one.times().values()) > 1


def test_an_honest_partners_book_holds_every_payment_once(partners: dict[str, Tried]) -> None:
    assert set(partners[HONEST].times().values()) == {1}


def test_faults_really_happened_on_the_line(partners: dict[str, Tried]) -> None:
    """A calm line proves nothing: each fault lost an answer to a payment that was in truth paid."""
    one = partners[HONEST]
    lost = [
        heard
        for heard in one.run.evidence.of("answer_lost", "answer_broken", "answer_late")
        if heard.act == "send"
    ]
    assert len(lost) == 5
    assert all(type(heard.finding).__name__ == "Unknown" for heard in lost)
    assert all(one.times()[heard.payment] == 1 for heard in lost)


def test_a_run_spends_no_more_bills_than_a_sheet_must_have(partners: dict[str, Tried]) -> None:
    for one in partners.values():
        payable = {bill.bill_ref for bill in one.sheet.payable}
        heard = one.run.evidence.heard
        spent = {it.bill_ref for it in heard if it.trial != "rate"} & payable
        assert len(spent) <= PAYABLE_LEAST
