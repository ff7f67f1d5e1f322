"""What each check of a partner makes of the evidence: a verdict, and what was seen in a sentence.

Earned means shown, failed means shown not to be so; what was not shown is never earned.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from cashlane.core.evidence import Evidence, Heard, Trial, ages_not_found, payments, sends
from cashlane.core.ports import Confirmed, Declined, Finding, NotFound, Unknown
from cashlane.values.text import Text

GRACE_MARGIN = 2
"""A sandbox is quicker than a real day: "not found" must have stopped lying by half the grace."""
LOOKED_MARGIN_PERCENT = 150
"""How long the kit keeps asking, in percent of the grace, before it calls "not found" final."""

SHUT_LEAST = 2
"""Bills of a shut way that must meet a code: one could be refused for a fault of its own."""

CheckName = Literal[
    "plain", "repeat", "copies", "repeat_late", "other_amount", "other_bill", "two_ids",
    "answer_lost", "request_lost", "request_late", "never_sent", "not_found_in_time", "no_line",
    "void", "void_lost", "void_unknown",
    "unknown_account", "wrong_amount", "already_paid", "closed", "shut",
    "message_size", "rate", "speed", "consistent", "statement", "business_date",
]  # fmt: skip


class Verdict(StrEnum):
    """What a check came to."""

    EARNED = "earned"
    NOT_EARNED = "not_earned"
    FAILED = "failed"


class Ruling(Struct, frozen=True):
    """A verdict, what was seen in a sentence, and the messages that show it."""

    verdict: Verdict
    seen: Text
    proofs: tuple[Heard, ...]


def _ruling(
    heard: Iterable[Heard], seen: Text, *, failed: bool, earned: bool, **places: object
) -> Ruling:
    verdict = Verdict.EARNED if earned else Verdict.NOT_EARNED
    return Ruling(Verdict.FAILED if failed else verdict, seen.fill(**places), tuple(heard))


_NOT_TRIED = Text("未试", "not tried")


def _not_tried() -> Ruling:
    return Ruling(Verdict.NOT_EARNED, _NOT_TRIED, ())


# A payment on a whole line.


def _plain(evidence: Evidence) -> Ruling:
    heard = evidence.of("plain")
    all_ = payments(heard)
    paid = [one for one in all_ if isinstance(evidence.final(one), Confirmed)]
    whole = bool(all_) and paid == all_
    seen = Text("{all} 笔中 {paid} 笔确认", "{paid} of {all} payments were confirmed")
    return _ruling(heard, seen, failed=not whole, earned=whole, all=len(all_), paid=len(paid))


def _speed(evidence: Evidence) -> Ruling:
    heard = [
        one for one in evidence.heard
        if one.line == "pass" and one.trial not in ("message_size", "rate")
    ]  # fmt: skip
    took, within = nineteen_of_twenty(heard), evidence.measures.answer_within_ms
    slowest = sorted(heard, key=lambda one: -one.took_ms)[:3]
    seen = Text(
        "{count} 次应答，95% 在 {took} 毫秒内，申报 {within} 毫秒",
        "{count} answers, 95% within {took} ms; {within} ms is what it names",
    )
    late = took > within
    return _ruling(
        slowest, seen, failed=late, earned=bool(heard) and not late,
        count=len(heard), took=took, within=within,
    )  # fmt: skip


def nineteen_of_twenty(heard: list[Heard]) -> int:
    """The time within which 95 % of messages were answered, by nearest rank."""
    took = sorted(one.took_ms for one in heard)
    return took[(len(took) * 95 + 99) // 100 - 1] if took else 0


def _consistent(evidence: Evidence) -> Ruling:
    apart: tuple[Trial, ...] = ("other_amount", "other_bill", "void", "void_lost", "void_unknown")
    heard = [one for one in evidence.heard if one.trial not in apart]
    torn = [one for one in payments(heard) if _torn(evidence, one)]
    seen = Text(
        "{all} 笔中 {torn} 笔前后矛盾", "it contradicted itself about {torn} of {all} payments"
    )
    shown = [one for one in heard if one.payment in torn]
    return _ruling(
        shown, seen, failed=bool(torn), earned=bool(heard) and not torn,
        all=len(payments(heard)), torn=len(torn),
    )  # fmt: skip


def _torn(evidence: Evidence, payment: str) -> bool:
    """Both yes and no about one payment, or no and yet in the statement."""
    said = [one.finding for one in evidence.about(payment)]
    yes = [at for at, one in enumerate(said) if isinstance(one, Confirmed)]
    no = [one for one in said if isinstance(one, Declined)]
    gone = [at for at, one in enumerate(said) if isinstance(one, NotFound)]
    vanished = bool(yes) and bool(gone) and gone[-1] > yes[0]
    return vanished or bool(no and (yes or evidence.lines(payment)))


# The same payment again.


def _same_again(trial: Trial) -> Callable[[Evidence], Ruling]:
    def rule(evidence: Evidence) -> Ruling:
        heard = evidence.of(trial)
        sent = sends(heard)
        if len(sent) < 2:
            return _not_tried()
        lines = len(evidence.lines(sent[0].payment))
        names = {one.finding.reference for one in heard if isinstance(one.finding, Confirmed)}
        seen = Text(
            "同一编号发送 {sent} 次：对方流水号 {names} 个，对账单 {lines} 行",
            "one id sent {sent} times: {names} numbers of theirs, {lines} lines in the statement",
        )
        twice = lines > 1 or len(names) > 1
        return _ruling(
            heard, seen, failed=twice, earned=lines == 1,
            sent=len(sent), names=len(names), lines=_count(evidence, lines),
        )  # fmt: skip

    return rule


def _count(evidence: Evidence, lines: int) -> object:
    return Text("无对账单", "no statement,") if evidence.book is None else lines


def _other_amount(evidence: Evidence) -> Ruling:
    heard = evidence.of("other_amount")
    if not heard:
        return _not_tried()
    first = heard[0]
    changed = [
        one for one in heard
        if one.amount != first.amount and isinstance(one.finding, Confirmed)
    ]  # fmt: skip
    lines = len(evidence.lines(first.payment))
    seen = Text(
        "同一编号改金额再发：确认 {changed} 次，对账单 {lines} 行",
        "the same id with another amount: confirmed {changed} times, {lines} lines in the"
        " statement",
    )
    kept = isinstance(first.finding, Confirmed) or evidence.posted(first.payment)
    return _ruling(
        heard, seen, failed=bool(changed) or lines > 1, earned=kept,
        changed=len(changed), lines=_count(evidence, lines),
    )  # fmt: skip


def _other_bill(evidence: Evidence) -> Ruling:
    heard = evidence.of("other_bill")
    if len(payments(heard)) < 2:
        return _not_tried()
    first, second = payments(heard)
    last = evidence.final(second)
    taken = isinstance(last, Declined) and last.duplicate
    seen = Text(
        "同一编号改发另一账单后，该账单{state}；对账单 {lines} 行",
        "after the same id was sent for another bill, that bill was {state}; {lines} lines in the"
        " statement",
    )
    state = Text("已被缴", "paid by it") if taken else Text("未被缴", "not paid by it")
    return _ruling(
        heard, seen, failed=taken or len(evidence.lines(first)) > 1,
        earned=isinstance(last, Confirmed), state=state,
        lines=_count(evidence, len(evidence.lines(first))),
    )  # fmt: skip


def _two_ids(evidence: Evidence) -> Ruling:
    heard = evidence.of("two_ids")
    if len(payments(heard)) < 2:
        return _not_tried()
    first, second = payments(heard)
    last = evidence.final(second)
    both = evidence.posted(first) and evidence.posted(second)
    refused = isinstance(last, Declined) and last.duplicate
    seen = Text("一张账单两个编号：第二个{state}", "one bill, two ids: the second was {state}")
    state = (
        Text("也入账", "posted too") if both
        else Text("作为重复拒绝", "refused as a duplicate") if refused
        else Text("无定论", "left open")
    )  # fmt: skip
    proved = refused and evidence.book is not None
    return _ruling(heard, seen, failed=both, earned=proved, state=state)


# A line that breaks.


def _settles(*trials: Trial) -> Callable[[Evidence], Ruling]:
    def rule(evidence: Evidence) -> Ruling:
        heard = evidence.of(*trials)
        each = payments(heard)
        if not each:
            return _not_tried()
        wrong = [one for one in each if _misreported(evidence, one)]
        open_ = [one for one in each if _left_open(evidence, one)]
        seen = Text(
            "{all} 笔中：答错 {wrong} 笔，至终未明 {open} 笔",
            "of {all} payments: {wrong} told wrongly, {open} left open to the end",
        )
        shown = [one for one in heard if one.payment in {*wrong, *open_}] or heard
        return _ruling(
            shown, seen, failed=bool(wrong), earned=not open_,
            all=len(each), wrong=len(wrong), open=len(open_),
        )  # fmt: skip

    return rule


def _left_open(evidence: Evidence, payment: str) -> bool:
    """No last word; or "not found" to the end about a payment that must have arrived."""
    last = evidence.final(payment)
    arrived = evidence.about(payment)[0].trial in _ARRIVED
    return isinstance(last, Unknown) or (isinstance(last, NotFound) and arrived)


def _misreported(evidence: Evidence, payment: str) -> bool:
    """The last word says otherwise than the statement, or yes to what never left us."""
    last, lines = evidence.final(payment), evidence.lines(payment)
    trial = evidence.about(payment)[0].trial
    if isinstance(last, Confirmed):
        return trial == "request_lost" or (evidence.book is not None and not lines)
    return bool(lines) and not isinstance(last, Unknown)


def _never_sent(evidence: Evidence) -> Ruling:
    heard = evidence.of("never_sent")
    if not heard:
        return _not_tried()
    absent = [one for one in heard if isinstance(one.finding, NotFound)]
    yes = any(isinstance(one.finding, Confirmed) for one in heard)
    seen = Text("{all} 次查询，{absent} 次答查无", "asked {all} times, {absent} times not found")
    return _ruling(
        heard, seen, failed=yes, earned=len(absent) == len(heard),
        all=len(heard), absent=len(absent),
    )  # fmt: skip


_ARRIVED: tuple[Trial, ...] = (
    "plain", "repeat", "copies", "repeat_late", "other_amount", "other_bill", "two_ids",
    "answer_lost", "answer_broken", "answer_late", "void", "void_lost",
)  # fmt: skip
"""Trials whose payments reach the partner at once: not finding them is the partner's own doing."""


def latest_lie_ms(evidence: Evidence) -> int:
    """How old a payment was at most when it was "not found" and yet came to be posted."""
    return max(
        (
            age
            for one in payments(evidence.of(*_ARRIVED))
            if evidence.posted(one)
            for age in ages_not_found(evidence, one)
        ),
        default=-1,
    )


def _not_found_in_time(evidence: Evidence) -> Ruling:
    lie, grace_ms = latest_lie_ms(evidence), evidence.claimed.grace_s * 1000
    looked, lost = evidence.measures.looked_ms, _never_found(evidence)
    seen = Text(
        "查询持续 {looked} 毫秒；答查无后又入账的最晚一次在 {lie} 毫秒（-1 为从未）；"
        "已送达而至终查无 {lost} 笔",
        "asked for {looked} ms; the latest not found that was posted after all came at {lie} ms"
        " (-1: none); {lost} that arrived were not found to the end",
    )
    shown = [
        one for one in evidence.of(*_ARRIVED)
        if isinstance(one.finding, NotFound)
        and (one.payment in lost or evidence.posted(one.payment))
    ]  # fmt: skip
    enough = looked * 100 >= grace_ms * LOOKED_MARGIN_PERCENT and evidence.book is not None
    return _ruling(
        shown, seen, failed=lie >= 0 and lie * GRACE_MARGIN > grace_ms,
        earned=enough and not lost, looked=looked, lie=lie, lost=len(lost),
    )  # fmt: skip


def _never_found(evidence: Evidence) -> list[str]:
    """Payments that arrived and were "not found" to the end: they may be posted when we are gone,
    so that nobody can call this "not found" final."""
    return [
        one for one in payments(sends(evidence.of(*_ARRIVED)))
        if isinstance(evidence.final(one), NotFound)
    ]  # fmt: skip


def _no_line(evidence: Evidence) -> Ruling:
    heard = evidence.of("no_line")
    sent = sends(heard)
    if not sent:
        return _not_tried()
    nothing_left = all(isinstance(one.finding, Unknown) and not one.finding.sent for one in sent)
    posted = [one for one in payments(sent) if evidence.posted(one)]
    seen = Text(
        "拒绝连接时发送 {sent} 笔，入账 {posted} 笔",
        "{sent} sent while nobody listened, {posted} posted",
    )
    return _ruling(
        heard, seen, failed=bool(posted), earned=nothing_left,
        sent=len(sent), posted=len(posted),
    )  # fmt: skip


# Undoing.


def _undone(trial: Trial) -> Callable[[Evidence], Ruling]:
    def rule(evidence: Evidence) -> Ruling:
        heard = evidence.of(trial)
        voids = [at for at, one in enumerate(heard) if one.act == "void"]
        if not voids:
            return _not_tried()
        taken = [at for at in voids if isinstance(heard[at].finding, Confirmed)]
        after = heard[taken[0] + 1 :] if taken else []
        alive = [one for one in after if one.act != "void" and isinstance(one.finding, Confirmed)]
        lines = evidence.lines(heard[0].payment)
        standing = [line for line in lines if not line.undone]
        repeated = bool(taken) and taken[-1] == voids[-1]
        seen = Text(
            "撤销 {asked} 次，成功 {taken} 次；之后仍称已缴 {alive} 次，对账单未撤 {standing} 行",
            "void asked {asked} times, confirmed {taken}; said paid after it {alive} times,"
            " {standing} lines in the statement not undone",
        )
        return _ruling(
            heard, seen, failed=bool(taken) and bool(alive or standing), earned=repeated,
            asked=len(voids), taken=len(taken), alive=len(alive), standing=len(standing),
        )  # fmt: skip

    return rule


def _void_unknown(evidence: Evidence) -> Ruling:
    heard = evidence.of("void_unknown")
    if not heard:
        return _not_tried()
    yes = [one for one in heard if isinstance(one.finding, Confirmed)]
    seen = Text(
        "撤销从未发过的编号：成功 {yes} 次", "void of an id never sent: confirmed {yes} times"
    )
    return _ruling(heard, seen, failed=bool(yes), earned=not yes, yes=len(yes))


# Refusals that prove that nothing was posted.


def _refused(trial: Trial) -> Callable[[Evidence], Ruling]:
    def rule(evidence: Evidence) -> Ruling:
        heard = evidence.of(trial)
        if not heard:
            return _not_tried()
        bad, right = _refused_and_right(heard)
        proved = all(_proves(one) for one in sends(heard) if one.payment in bad)
        free = all(isinstance(evidence.final(one), Confirmed) for one in right)
        posted = [one for one in bad if evidence.posted(one)]
        seen = Text("应答 {code}；入账 {posted} 笔", "answered {code}; {posted} posted")
        return _ruling(
            heard, seen, failed=bool(posted),
            earned=proved and free and evidence.book is not None,
            code=_code(heard[0].finding), posted=len(posted),
        )  # fmt: skip

    return rule


def _shut(evidence: Evidence) -> Ruling:
    """A code of the way and not of the bill: a payment refused with it may go another way at once,
    so that what is earned here must neither post nor speak of a bill."""
    heard = evidence.of("shut")
    if not heard:
        return _not_tried()
    told = bills_by_code(heard)
    others = bills_by_code(one for one in evidence.heard if one.trial != "shut")
    both = sorted(told.keys() & others.keys())
    posted = [one for one in payments(heard) if evidence.posted(one)]
    often = all(len(bills) >= SHUT_LEAST for bills in told.values())
    proved = often and evidence.book is not None and all(map(_proves, sends(heard)))
    seen = Text(
        "停办的 {bills} 张账单应答 {codes}；{posted} 笔入账；其中别的账单也遇到的码：{both}",
        "{bills} bills of a shut way were answered {codes}; {posted} posted; codes among them that"
        " other bills met: {both}",
    )
    return _ruling(
        heard, seen, failed=bool(posted or both), earned=proved,
        bills=len({one.bill_ref for one in heard}), codes=" ".join(sorted(told)) or "-",
        posted=len(posted), both=" ".join(both) or "-",
    )  # fmt: skip


def bills_by_code(heard: Iterable[Heard]) -> dict[str, set[str]]:
    """By the code of a refusal the bills that met it."""
    found: dict[str, set[str]] = {}
    for one in heard:
        if isinstance(one.finding, Declined):
            found.setdefault(one.finding.code, set()).add(one.bill_ref)
    return found


def _proves(one: Heard) -> bool:
    return isinstance(one.finding, Declined) and one.finding.not_posted


def _refused_and_right(heard: list[Heard]) -> tuple[list[str], list[str]]:
    """The payments that had to be refused, and those that paid the same bill rightly after it."""
    bad: dict[str, str] = {}
    for one in heard:
        bad.setdefault(one.bill_ref, one.payment)
    refused = list(bad.values())
    return refused, [one for one in payments(heard) if one not in refused]


def _code(finding: Finding) -> object:
    return finding.code if isinstance(finding, Declined) else Text("并非拒绝", "with no refusal")


# How much at a time.


def _sizes(trial: Trial, *, timed: bool) -> Callable[[Evidence], Ruling]:
    def rule(evidence: Evidence) -> Ruling:
        heard = evidence.of(trial)
        if not heard:
            return _not_tried()
        most = answered_up_to(evidence, trial, timed=timed)
        asked = max(one.size for one in heard)
        bad = [one for one in heard if one.size > most]
        seen = Text(
            "试到 {asked}，全部及时答复到 {most}", "tried up to {asked}, answered up to {most}"
        )
        return _ruling(
            bad or heard[-1:], seen, failed=most < asked, earned=True, asked=asked, most=most
        )

    return rule


def answered_up_to(evidence: Evidence, trial: Trial, *, timed: bool) -> int:
    """The largest size up to which every message was answered about every payment in time."""
    by_size: dict[int, list[Heard]] = {}
    for one in evidence.of(trial):
        by_size.setdefault(one.size, []).append(one)
    most = 0
    for size, heard in sorted(by_size.items()):
        late = timed and nineteen_of_twenty(heard) > evidence.measures.answer_within_ms
        if late or not all(one.definite for one in heard):
            break
        most = size
    return most


# The sandbox's own statement.


def _statement(evidence: Evidence) -> Ruling:
    each = payments(evidence.heard)
    missing = [one for one in each if _missing(evidence, one)]
    strange = [one for one in each if _strange(evidence, one)]
    seen = Text(
        "对账单与应答不符：缺 {missing} 笔，多或金额不同 {strange} 笔",
        "the statement beside the answers: {missing} missing, {strange} too many or of another"
        " amount",
    )
    if evidence.book is None:
        seen = Text("沙箱没有给出对账单", "the sandbox shows no statement")
    shown = [one for one in evidence.heard if one.payment in {*missing, *strange}]
    return _ruling(
        shown, seen, failed=bool(missing or strange), earned=evidence.book is not None,
        missing=len(missing), strange=len(strange),
    )  # fmt: skip


def _missing(evidence: Evidence, payment: str) -> bool:
    last = evidence.final(payment)
    return evidence.book is not None and isinstance(last, Confirmed) and not evidence.lines(payment)


def _strange(evidence: Evidence, payment: str) -> bool:
    first, lines = evidence.about(payment)[0], evidence.lines(payment)
    denied = not isinstance(evidence.final(payment), Confirmed | Unknown)
    if first.trial == "other_amount":
        return False
    return any(line.amount != first.amount or (denied and not line.undone) for line in lines)


def _business_date(evidence: Evidence) -> Ruling:
    dates = _dates(evidence)
    seen = Text("对账单的账务日：{dates}", "business dates in the statement: {dates}")
    named = ", ".join(sorted(set(dates))) or "-"
    ours = bool(dates) and not other_days(evidence)
    return _ruling((), seen, failed=False, earned=ours, dates=named)


def _dates(evidence: Evidence) -> list[str]:
    lines = [line for one in payments(evidence.heard) for line in evidence.lines(one)]
    return [line.business_date.isoformat() for line in lines if line.business_date is not None]


def other_days(evidence: Evidence) -> bool:
    """Whether its statement puts a payment on a day that the run did not touch."""
    return any(date not in evidence.measures.days for date in _dates(evidence))


RULES: Mapping[CheckName, Callable[[Evidence], Ruling]] = {
    "plain": _plain,
    "repeat": _same_again("repeat"),
    "copies": _same_again("copies"),
    "repeat_late": _same_again("repeat_late"),
    "other_amount": _other_amount,
    "other_bill": _other_bill,
    "two_ids": _two_ids,
    "answer_lost": _settles("answer_lost", "answer_broken", "answer_late"),
    "request_lost": _settles("request_lost", "request_broken"),
    "request_late": _settles("request_late"),
    "never_sent": _never_sent,
    "not_found_in_time": _not_found_in_time,
    "no_line": _no_line,
    "void": _undone("void"),
    "void_lost": _undone("void_lost"),
    "void_unknown": _void_unknown,
    "unknown_account": _refused("unknown_account"),
    "wrong_amount": _refused("wrong_amount"),
    "already_paid": _refused("already_paid"),
    "closed": _refused("closed"),
    "shut": _shut,
    "message_size": _sizes("message_size", timed=False),
    "rate": _sizes("rate", timed=True),
    "speed": _speed,
    "consistent": _consistent,
    "statement": _statement,
    "business_date": _business_date,
}
