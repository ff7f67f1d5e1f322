"""Which evidence earns what, one line a case: messages, the statement, the verdict.

`send A ok` is a payment A that was confirmed; times in ms after it; a statement is written "A:100".
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, get_args

import pytest

from cashlane.core.checklist import FLAGS, KINDS, TO_DO, TRIED, VERDICTS
from cashlane.core.conformance import RESTS_ON, Flag, Kind, judge
from cashlane.core.evidence import BookLine, Evidence, Heard, Measures, proof
from cashlane.core.network import Manifest
from cashlane.core.ports import Confirmed, Declined, Finding, NotFound, Unknown
from cashlane.core.rulings import RULES, CheckName, Verdict

CLAIMED = Manifest(
    dedups_by_payment_id=True, not_found_final=True, answers_status=True, voids=True,
    not_posted_codes=("201", "301"), shut_codes=("301",), grace_s=2, per_message=5, per_second=10,
)  # fmt: skip
ANSWERS: dict[str, Finding] = {
    "ok": Confirmed("R1", 100),
    "ok2": Confirmed("R2", 100),
    "no": Declined("201", not_posted=True),
    "shut": Declined("301", not_posted=True),
    "undone": Declined("205", not_posted=False),
    "dup": Declined("204", not_posted=True, duplicate=True),
    "gone": NotFound(),
    "?": Unknown("silent"),
    "!": Unknown("refused", sent=False),
}
OK, OPEN, BAD = Verdict.EARNED, Verdict.NOT_EARNED, Verdict.FAILED


def heard(line: str, at: int) -> Heard:
    """`trial act payment answer [amount=..] [bill=..] [at=..] [took=..] [size=..] [line=..]`."""
    trial, act, payment, answer, *more = line.split()
    given: dict[str, Any] = dict(word.split("=") for word in more)
    return Heard(
        trial=trial, act=act, payment=payment, bill_ref=given.get("bill", "B"),  # type: ignore
        amount=int(given.get("amount", 100)), line=given.get("line", "pass"),
        at_ms=int(given.get("at", at)), took_ms=int(given.get("took", 1)), message=at,
        size=int(given.get("size", 1)), finding=ANSWERS[answer],
    )  # fmt: skip


def evidence(lines: str, book: str | None = "", looked_ms: int = 3000) -> Evidence:
    """Lines parted by semicolons; the book as `A:100`, `A:100-` undone, `A:100@2026-01-16`."""
    told = [
        heard(line, at) for at, line in enumerate(filter(None, map(str.strip, lines.split(";"))))
    ]
    kept: dict[str, tuple[BookLine, ...]] = {}
    for word in (book or "").split():
        said, _, day = word.partition("@")
        payment, _, amount = said.partition(":")
        line = BookLine(
            payment, int(amount.rstrip("-")), amount.endswith("-"),
            date.fromisoformat(day) if day else None,
        )  # fmt: skip
        kept[payment] = (*kept.get(payment, ()), line)
    measures = Measures(answer_within_ms=50, looked_ms=looked_ms, days=("2026-01-15",))
    return Evidence(CLAIMED, measures, tuple(told), None if book is None else kept)


CASES: Sequence[tuple[CheckName, str, str | None, Verdict]] = [
    ("plain", "plain send A ok; plain send B ok", "", OK),
    ("plain", "plain send A ?; plain enquire A ok", "", OK),
    ("plain", "plain send A ok; plain send B ?", "", BAD),
    ("plain", "", "", BAD),
    ("repeat", "repeat send A ok; repeat send A ok", "A:100", OK),
    ("repeat", "repeat send A ok; repeat send A ok", "A:100 A:100", BAD),
    ("repeat", "repeat send A ok; repeat send A ok2", None, BAD),
    ("repeat", "repeat send A ok; repeat send A ok", None, OPEN),
    ("repeat", "repeat send A ok; repeat send A ok", "", OPEN),
    ("repeat", "repeat send A ok", "A:100", OPEN),
    ("copies", "copies send A ok; copies send A ?", "A:100", OK),
    ("repeat_late", "repeat_late send A ok; repeat_late send A no", "A:100 A:100", BAD),
    ("other_amount", "", "", OPEN),
    ("other_amount", "other_amount send A ok; other_amount send A ? amount=101", "A:100", OK),
    ("other_amount", "other_amount send A ok; other_amount send A ok amount=101", "A:100", BAD),
    ("other_amount", "other_amount send A ok; other_amount send A ?", "A:100 A:101", BAD),
    ("other_amount", "other_amount send A ?; other_amount send A ? amount=101", "", OPEN),
    ("other_bill", "other_bill send A ok; other_bill send C ok", "A:100 C:100", OK),
    ("other_bill", "other_bill send A ok; other_bill send C dup", "A:100", BAD),
    ("other_bill", "other_bill send A ok; other_bill send C ok", "A:100 A:100", BAD),
    ("other_bill", "other_bill send A ok; other_bill send C no", "A:100", OPEN),
    ("other_bill", "other_bill send A ok", "A:100", OPEN),
    ("two_ids", "two_ids send A ok; two_ids send C dup", "A:100", OK),
    ("two_ids", "two_ids send A ok; two_ids send C dup", None, OPEN),
    ("two_ids", "two_ids send A ok; two_ids send C ok", "", BAD),
    ("two_ids", "two_ids send A ok; two_ids send C dup", "A:100 C:100", BAD),
    ("two_ids", "two_ids send A ok; two_ids send C ?", "A:100", OPEN),
    ("two_ids", "two_ids send A ok", "A:100", OPEN),
    ("answer_lost", "answer_lost send A ?; answer_lost enquire A ok", "A:100", OK),
    ("answer_lost", "answer_late send A ?; answer_late enquire A gone", "", OPEN),
    ("answer_lost", "answer_lost send A ?; answer_lost enquire A ok", "", BAD),
    ("answer_lost", "answer_broken send A ?; answer_broken enquire A gone", "A:100", BAD),
    ("answer_lost", "answer_lost send A ?; answer_lost enquire A ?", "A:100", OPEN),
    ("answer_lost", "", "", OPEN),
    ("request_lost", "request_lost send A ?; request_lost enquire A gone", "", OK),
    ("request_lost", "request_lost send A ?; request_lost enquire A ok", None, BAD),
    ("request_late", "request_late send A ?; request_late enquire A ok", "A:100", OK),
    ("never_sent", "never_sent enquire A gone; never_sent enquire A gone", "", OK),
    ("never_sent", "never_sent enquire A gone; never_sent enquire A ok", "", BAD),
    ("never_sent", "never_sent enquire A ?", "", OPEN),
    ("never_sent", "", "", OPEN),
    ("not_found_in_time", "plain send A ok", "A:100", OK),
    ("not_found_in_time", "plain send A ?; plain enquire A gone at=1001; plain enquire A ok",
     "A:100", OK),
    ("not_found_in_time", "plain send A ?; plain enquire A gone at=1003", "A:100", BAD),
    ("not_found_in_time", "plain send A ?; plain enquire A gone at=1003", "", OPEN),
    ("not_found_in_time", "plain send A ?; plain enquire A gone at=1; plain enquire A no", "", OK),
    ("not_found_in_time", "request_late send A ?; request_late enquire A gone at=1900", "A:1", OK),
    ("not_found_in_time", "plain enquire A gone at=1900", "A:100", OK),
    ("not_found_in_time", "plain send A ok", None, OPEN),
    ("no_line", "no_line send A ! line=refuse; no_line enquire A gone", "", OK),
    ("no_line", "no_line send A ! line=refuse; no_line enquire A ok", "", BAD),
    ("no_line", "no_line send A ? line=refuse", "", OPEN),
    ("no_line", "", "", OPEN),
    ("void", "void send A ok; void void A ok; void void A ok; void enquire A undone", "A:100-", OK),
    ("void", "void send A ok; void void A ok; void void A ok; void send A ok", "A:100-", BAD),
    ("void", "void send A ok; void void A ok; void void A ok", "A:100", BAD),
    ("void", "void send A ok; void void A ok; void void A no", "A:100-", OPEN),
    ("void", "void send A ok; void void A undone; void enquire A ok", "A:100", OPEN),
    ("void", "void send A ok", "A:100", OPEN),
    ("void_lost", "void_lost send A ok; void_lost void A ?; void_lost void A ok", "A:100-", OK),
    ("void_unknown", "void_unknown void A ?", "", OK),
    ("void_unknown", "void_unknown void A ok", "", BAD),
    ("void_unknown", "", "", OPEN),
    ("unknown_account", "unknown_account send A no", "", OK),
    ("unknown_account", "unknown_account send A no; unknown_account enquire A ok", "", BAD),
    ("unknown_account", "unknown_account send A no", "A:100", BAD),
    ("unknown_account", "unknown_account send A undone", "", OPEN),
    ("unknown_account", "unknown_account send A no; unknown_account send C ? bill=D", "", OPEN),
    ("unknown_account", "unknown_account send A no", None, OPEN),
    ("unknown_account", "", "", OPEN),
    ("wrong_amount", "wrong_amount send A no amount=101; wrong_amount send C ok", "C:100", OK),
    ("wrong_amount", "wrong_amount send A no amount=101; wrong_amount send C dup", "", OPEN),
    ("wrong_amount", "wrong_amount send A ? amount=101; wrong_amount send C ok", "", OPEN),
    ("shut", "shut send A shut; shut send C shut bill=D", "", OK),
    ("shut", "shut send A shut; shut enquire A gone; shut send C shut bill=D", "", OK),
    ("shut", "shut send A shut; shut send C shut bill=D", None, OPEN),
    ("shut", "shut send A shut; shut send C shut bill=D", "C:100", BAD),
    ("shut", "shut send A shut; shut send C shut bill=D; shut enquire C ok", "", BAD),
    ("shut", "shut send A shut; shut send C shut", "", OPEN),
    ("shut", "shut send A shut; shut send C no bill=D", "", OPEN),
    ("shut", "shut send A shut; shut send C ? bill=D", "", OPEN),
    ("shut", "shut send A undone; shut send C undone bill=D", "", OPEN),
    ("shut", "shut send A shut; shut send C shut bill=D; closed send E shut bill=F", "", BAD),
    ("shut", "shut send A no; shut send C no bill=D; rate send E no", "", BAD),
    ("shut", "", "", OPEN),
    ("message_size", "message_size send A no size=1; message_size send C no size=5", "", OK),
    ("message_size", "message_size send A no size=1; message_size send C ? size=5", "", BAD),
    ("rate", "rate send A no size=1; rate send C no size=10 took=51", "", BAD),
    ("rate", "rate send A no size=1; rate send C ok size=10 took=50", "", OK),
    ("rate", "", "", OPEN),
    ("speed", "plain send A ok took=50", "", OK),
    ("speed", "plain send A ok took=51", "", BAD),
    ("speed", "plain send A ok took=99 line=delay; rate send C ok took=99", "", OPEN),
    ("consistent", "plain send A ok; plain enquire A ok", "A:100", OK),
    ("consistent", "plain send A ok; plain enquire A no", "", BAD),
    ("consistent", "plain send A no", "A:100", BAD),
    ("consistent", "plain send A ok; plain enquire A gone", "", BAD),
    ("consistent", "plain send A ?; plain enquire A gone; plain enquire A ok", "", OK),
    ("consistent", "void send A ok; void enquire A undone", "", OPEN),
    ("statement", "plain send A ok", "A:100", OK),
    ("statement", "plain send A ok", None, OPEN),
    ("statement", "plain send A ok", "", BAD),
    ("statement", "plain send A ok", "A:99", BAD),
    ("statement", "never_sent enquire A gone", "A:100", BAD),
    ("statement", "void send A ok; void enquire A undone", "A:100-", OK),
    ("statement", "other_amount send A ok", "A:101", OK),
    ("business_date", "plain send A ok", "A:100@2026-01-15", OK),
    ("business_date", "plain send A ok", "A:100@2026-01-16", OPEN),
    ("business_date", "plain send A ok", "A:100", OPEN),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines", "book", "wanted"), CASES)
def test_a_check(name: CheckName, lines: str, book: str | None, wanted: Verdict) -> None:
    ruling = RULES[name](evidence(lines, book))
    assert ruling.verdict is wanted, ruling.seen.en
    assert "{" not in ruling.seen.en + ruling.seen.zh


def test_every_check_has_a_case_for_each_verdict_it_can_come_to() -> None:
    assert {case[0] for case in CASES} == set(get_args(CheckName)) - {"already_paid", "closed"}


def test_asking_too_short_a_time_earns_no_grace() -> None:
    short = evidence("plain send A ok", "A:100", looked_ms=2999)
    assert RULES["not_found_in_time"](short).verdict is OPEN


KIND_CASES: Sequence[tuple[str, str | None, tuple[Kind, ...]]] = [
    ("", "", ()),
    (
        "repeat send A ok; repeat send A ok; copies send C ok; copies send C ok;"
        " repeat_late send E ok; repeat_late send E ok",
        "A:100 C:100 E:100", ("idempotent",),
    ),
    (
        "repeat send A ok; repeat send A ok; copies send C ok; copies send C ok;"
        " repeat_late send E ok; repeat_late send E ok",
        "A:100 C:100 E:100 E:100", ("dedups_for_a_time",),
    ),
    ("copies send C ok; copies send C ok", "C:100 C:100", ("not_idempotent",)),
    ("plain send A ?; plain enquire A gone; plain enquire A ok", "A:100", ("not_found_early",)),
    ("plain send A ok; plain enquire A no", "A:100", ("contradicts_itself",)),
    ("plain send A ok took=51", "A:100", ("slow",)),
    ("plain send A ?; plain enquire A ?", "A:100", ("file_only",)),
    ("plain send A ?; plain enquire A ?", "", ()),
    ("plain send A ok", "A:100@2026-01-16", ("other_cut_off",)),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "book", "kinds"), KIND_CASES)
def test_a_kind_is_named(lines: str, book: str | None, kinds: tuple[Kind, ...]) -> None:
    assert judge(evidence(lines, book)).kinds == kinds


WHOLE = (
    "plain send A ok; repeat send B ok; repeat send B ok; copies send C ok; copies send C ok;"
    " repeat_late send D ok; repeat_late send D ok; other_amount send E ok;"
    " other_bill send F ok; other_bill send G ok; two_ids send H ok; two_ids send I dup;"
    " answer_lost send J ?; answer_lost enquire J ok; request_lost send K ?;"
    " request_lost enquire K gone; request_late send L ?; request_late enquire L ok;"
    " never_sent enquire M gone; void send N ok; void void N ok; void enquire N undone;"
    " void_lost send O ok; void_lost void O ok; void_lost enquire O undone; void_unknown void P ?;"
    " unknown_account send Q no; shut send T shut; shut send U shut bill=V;"
    " message_size send R no size=5; rate send S no size=10"
)
BOOK = "A:100 B:100 C:100 D:100 E:100 F:100 G:100 H:100 J:100 L:100 N:100- O:100-"


def test_whoever_shows_everything_earns_everything() -> None:
    judgement = judge(evidence(WHOLE, BOOK))
    assert [line.flag for line in judgement.flags if not line.holds] == []
    assert judgement.passed
    assert judgement.earned.not_posted_codes == ("201", "204", "301")
    assert judgement.earned.shut_codes == ("301",)
    assert judgement.kinds == ("idempotent",)


@pytest.mark.parametrize(
    ("more", "flag"),
    [
        ("plain send Z ok; plain enquire Z no", "answers_status"),
        ("rate send Z ? size=10", "per_second"),
        ("message_size send Z ? size=5", "per_message"),
        ("plain send Z no; plain enquire Z ok", "not_posted_codes"),
        ("plain send Z ?; plain enquire Z gone at=1500; plain enquire Z ok", "grace_s"),
        ("closed send Z shut", "shut_codes"),
        ("shut enquire T ok", "shut_codes"),
        ("void send Z ok; void void Z ok; void enquire Z ok", "voids"),
        ("never_sent enquire Z ok", "not_found_final"),
        ("repeat send B ok2", "dedups_by_payment_id"),
    ],
)
def test_one_thing_shown_otherwise_loses_its_claim(more: str, flag: Flag) -> None:
    # A void of another payment comes first, so that it is the one the rule looks at.
    lines = f"{more}; {WHOLE}" if flag == "voids" else f"{WHOLE}; {more}"
    judgement = judge(evidence(lines, BOOK + " Z:100"))
    assert flag in {line.flag for line in judgement.flags if not line.holds}
    assert not judgement.passed


def test_one_bill_paid_twice_passes_nobody() -> None:
    lines = WHOLE.replace("two_ids send I dup", "two_ids send I ok")
    assert not judge(evidence(lines, BOOK + " I:100")).passed


def test_everything_has_words_in_both_languages() -> None:
    assert set(TRIED) == set(TO_DO) == set(RULES) == set(get_args(CheckName))
    assert set(FLAGS) == set(RESTS_ON) == set(get_args(Flag))
    assert set(KINDS) == set(get_args(Kind))
    assert set(VERDICTS) == set(Verdict)


def test_a_message_is_shown_in_one_line() -> None:
    shown = [proof(heard(f"plain send A {answer}", 5)) for answer in ("ok", "no", "gone", "?")]
    assert shown[0] == "+5 ms send A confirmed(R1) 1 ms"
    assert [line.split()[4] for line in shown[1:]] == [
        "declined(201)", "not_found", "unknown(silent)",
    ]  # fmt: skip
    assert " [cut] " in proof(heard("plain send A ? line=cut", 5))
