"""Which claims of a partner are earned: from checks to kinds, manifest and verdict.

Evidence in, judgement out; the room that gathers the evidence is registry.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from cashlane.core.evidence import REFUSALS, Evidence, Refusal, Trial, payments
from cashlane.core.network import Manifest
from cashlane.core.ports import Declined
from cashlane.core.rulings import (
    GRACE_MARGIN,
    RULES,
    CheckName,
    Ruling,
    Verdict,
    answered_up_to,
    bills_by_code,
    latest_lie_ms,
    other_days,
)

KIT = "2"
"""The edition of the trials and rules: a certificate names by which it was given."""

Flag = Literal[
    "dedups_by_payment_id", "not_found_final", "answers_status", "voids", "not_posted_codes",
    "shut_codes", "grace_s", "per_message", "per_second",
]  # fmt: skip
Kind = Literal[
    "idempotent", "not_idempotent", "dedups_for_a_time", "not_found_early", "contradicts_itself",
    "slow", "file_only", "other_cut_off",
]  # fmt: skip


class Check(Struct, frozen=True):
    """One line of the checklist."""

    name: CheckName
    ruling: Ruling


class FlagLine(Struct, frozen=True):
    """One claim beside what was earned. `rests_on` are the checks that decide it."""

    flag: Flag
    claimed: str
    earned: str
    holds: bool
    rests_on: tuple[CheckName, ...]


class Judgement(Struct, frozen=True):
    """The whole outcome of one run. `passed`: all claims are earned and nothing basic failed."""

    checks: tuple[Check, ...]
    kinds: tuple[Kind, ...]
    earned: Manifest
    flags: tuple[FlagLine, ...]
    passed: bool


RESTS_ON: Mapping[Flag, tuple[CheckName, ...]] = {
    "dedups_by_payment_id": (
        "repeat", "copies", "repeat_late", "other_amount", "other_bill", "consistent", "statement",
    ),
    "not_found_final": (
        "plain", "answer_lost", "never_sent", "request_lost", "request_late",
        "not_found_in_time", "consistent", "statement",
    ),
    "answers_status": ("plain", "answer_lost", "consistent"),
    "voids": ("void", "void_lost", "void_unknown", "consistent"),
    "not_posted_codes": (*REFUSALS, "two_ids"),
    "shut_codes": ("shut",),
    "grace_s": ("not_found_in_time",),
    "per_message": ("message_size",),
    "per_second": ("rate",),
}  # fmt: skip
"""A yes is earned where all of these are; codes are earned one by one, by the trial that met them;
a number is what was measured."""
BASIC: tuple[CheckName, ...] = ("plain", "consistent", "statement", "two_ids")
"""What may not fail whatever is claimed: without it no payment is safe on this route."""


def judge(evidence: Evidence) -> Judgement:
    """All checks, the kinds they show, and the manifest that they earn."""
    checks = tuple(Check(name, rule(evidence)) for name, rule in RULES.items())
    verdicts = {check.name: check.ruling.verdict for check in checks}
    earned = _earned(evidence, verdicts)
    flags = tuple(_flag(flag, evidence.claimed, earned) for flag in RESTS_ON)
    sound = all(verdicts[name] is not Verdict.FAILED for name in BASIC)
    passed = sound and all(flag.holds for flag in flags)
    return Judgement(checks, _kinds(evidence, verdicts), earned, flags, passed)


# From checks to flags and kinds.


def _earned(evidence: Evidence, verdicts: Mapping[CheckName, Verdict]) -> Manifest:
    def shown(flag: Flag) -> bool:
        return all(verdicts[name] is Verdict.EARNED for name in RESTS_ON[flag])

    proving = codes_earned(evidence, verdicts)
    lie_ms = latest_lie_ms(evidence) * GRACE_MARGIN
    return Manifest(
        dedups_by_payment_id=shown("dedups_by_payment_id"),
        not_found_final=shown("not_found_final"),
        answers_status=shown("answers_status"),
        voids=shown("voids"),
        not_posted_codes=proving,
        shut_codes=_shut_earned(evidence, proving) if shown("shut_codes") else (),
        grace_s=max(evidence.claimed.grace_s, -(-lie_ms // 1000)),
        per_message=answered_up_to(evidence, "message_size", timed=False),
        per_second=answered_up_to(evidence, "rate", timed=True),
    )


def _flag(flag: Flag, claimed: Manifest, earned: Manifest) -> FlagLine:
    wanted, got = getattr(claimed, flag), getattr(earned, flag)
    if isinstance(wanted, tuple):
        holds = set(wanted) <= set(got)
        wanted, got = " ".join(sorted(wanted)) or "-", " ".join(got) or "-"
    elif flag == "grace_s":
        holds = got <= wanted
    else:
        holds = got >= wanted
    return FlagLine(flag, _plainly(wanted), _plainly(got), holds, RESTS_ON[flag])


def _plainly(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def codes_earned(evidence: Evidence, verdicts: Mapping[CheckName, Verdict]) -> tuple[str, ...]:
    """Refusal codes that were seen to post nothing, and never seen otherwise."""
    apart: tuple[Trial, ...] = ("other_amount", "other_bill")
    told = [
        (one, one.finding.code)
        for one in evidence.heard
        if isinstance(one.finding, Declined) and one.finding.not_posted and one.trial not in apart
    ]
    lied = {code for one, code in told if evidence.posted(one.payment)}
    proving: tuple[Refusal | Literal["two_ids"], ...] = (*REFUSALS, "two_ids")
    good = {name for name in proving if verdicts[name] is Verdict.EARNED}
    return tuple(sorted({code for one, code in told if one.trial in good} - lied))


def _shut_earned(evidence: Evidence, proving: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*proving} & bills_by_code(evidence.of("shut")).keys()))


def _kinds(evidence: Evidence, verdicts: Mapping[CheckName, Verdict]) -> tuple[Kind, ...]:
    at_once = [verdicts["repeat"], verdicts["copies"]]
    late = verdicts["repeat_late"]
    known = all(one is Verdict.EARNED for one in at_once)
    shown: dict[Kind, bool] = {
        "idempotent": known and late is Verdict.EARNED,
        "not_idempotent": Verdict.FAILED in at_once,
        "dedups_for_a_time": known and late is Verdict.FAILED,
        "not_found_early": latest_lie_ms(evidence) >= 0,
        "contradicts_itself": verdicts["consistent"] is Verdict.FAILED,
        "slow": verdicts["speed"] is Verdict.FAILED,
        "file_only": _file_only(evidence),
        "other_cut_off": other_days(evidence),
    }
    return tuple(kind for kind, holds in shown.items() if holds)


def _file_only(evidence: Evidence) -> bool:
    """Nothing settled on the wire about good bills that its statement has carried out."""
    heard = evidence.of("plain")
    silent = all(not one.definite for one in heard)
    return silent and any(evidence.lines(one) for one in payments(heard))
