"""What may be said about lost service and its return: days in their order, numbers that fit,
corrections that name what they correct; and no outlet lost twice at a time."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from cashlane.core.refusals import Refused, first
from cashlane.core.restoration import Case, Course, Fact
from cashlane.core.withdrawal import STAGE_NAMES, STAGES
from cashlane.values.text import Text

AHEAD_MOST_DAYS = 730
"""Nothing is planned beyond two years: what is further off was mistyped."""
BEHIND_MOST_DAYS = 3_650
"""No case reaches back further than ten years: what is older was mistyped."""
FACTS_MOST = 500
"""Facts of one case: a word a day for more than a year."""
CASES_MOST = 500
"""Cases of one agent on record: one a week for ten years."""
NOTE_MOST = 300
"""Letters of a note: some sentences."""

_OUTLETS = Text("网点数", "outlets")
_NOTE = Text("备注", "the note")


def check_case(
    case: Case, others: Sequence[Course], *, enabled: int, today: date
) -> Refused | None:
    """Whether a case can be opened beside the agent's other cases.

    `enabled` are the agent's outlets that the register has on.
    """
    checks = [*_case_day(case, today), *_case_count(case, len(others), enabled)]
    return first([*checks, *_note(case.note), *_overlap(case, others, enabled)])


def _case_day(case: Case, today: date) -> Iterator[Refused]:
    if case.began_on > today + timedelta(days=AHEAD_MOST_DAYS):
        yield _day(Text("开始日期太远", "the beginning is too far ahead"))
    if case.began_on < today - timedelta(days=BEHIND_MOST_DAYS):
        yield _day(Text("开始日期太久以前", "the beginning is too long ago"))


def _case_count(case: Case, cases: int, enabled: int) -> Iterator[Refused]:
    if not 1 <= case.outlets_meant <= enabled:
        yield _count(_OUTLETS, case.outlets_meant, 1, enabled)
    if cases >= CASES_MOST:
        yield _count(Text("该机构的事项数", "cases of this agent"), cases + 1, 0, CASES_MOST)


def _overlap(case: Case, others: Sequence[Course], enabled: int) -> Iterator[Refused]:
    """An outlet is lost once: whoever is out already cannot be meant again for the same bills."""
    near = [one for one in others if _same_bills(case, one.case)]
    days = {step.since for one in near for step in one.out_steps()} | {case.began_on}
    held = [day for day in days if day >= case.began_on]
    worst = max(held, key=lambda day: (_out(near, day), day))
    out, named = _out(near, worst), _named_twice(case, near, held)
    if out + case.outlets_meant > enabled or named:
        left = max(0, enabled - out)
        told = worst.isoformat()
        yield Refused("RESTORATION_OVERLAP", {"day": told, "out": max(out, named), "left": left})


def _same_bills(one: Case, other: Case) -> bool:
    return one.biller == other.biller or 0 in (one.biller, other.biller)


def _out(courses: Sequence[Course], day: date) -> int:
    return sum(one.outlets_out(day) for one in courses)


def _named_twice(case: Case, others: Sequence[Course], days: Sequence[date]) -> int:
    """Outlets named here that another case names and did not bring back before."""
    named = {
        outlet
        for one in others
        if any(one.outlets_out(day) for day in days)
        for outlet in one.case.outlets
    }
    return len(named & set(case.outlets))


def check_fact(course: Course, fact: Fact, *, today: date) -> Refused | None:
    """Whether a fact can be added to what was said about a case."""
    checks = [*_may_speak(course, fact), *_fact_day(course, fact, today)]
    checks += [*_fact_count(course, fact), *_note(fact.note)]
    return first([*checks, *_order(course, fact), *_ends(course, fact)])


def _may_speak(course: Course, fact: Fact) -> Iterator[Refused]:
    """A case that is over takes corrections only; a correction speaks of what still holds."""
    over = course.closed_on is not None or course.mistaken
    if over and fact.corrects is None:
        yield Refused("RESTORATION_CLOSED")
    if len(course.facts) >= FACTS_MOST:
        yield _count(Text("事实数", "facts"), len(course.facts) + 1, 0, FACTS_MOST)
    if fact.corrects is None and fact.kind != "undone":
        return
    meant = next((it for it in course.live if it.place == fact.corrects), None)
    alike = meant is not None and (meant.kind, meant.stage) == (fact.kind, fact.stage)
    if meant is None or not (alike or fact.kind == "undone"):
        yield Refused("RESTORATION_CORRECTS")


def _fact_day(course: Course, fact: Fact, today: date) -> Iterator[Refused]:
    if fact.kind in ("undone", "mistaken"):
        return
    if fact.day < course.case.began_on:
        began = course.case.began_on.isoformat()
        yield _day(
            Text("早于事项开始（{began}）", "it is before the case began ({began})").fill(
                began=began
            )
        )
    if fact.kind == "planned" and fact.day > today + timedelta(days=AHEAD_MOST_DAYS):
        yield _day(Text("计划日期太远", "the plan is too far ahead"))
    if fact.kind != "planned" and fact.day > today:
        yield _day(
            Text("尚未到来的日子不能登记为已实现", "what has not come cannot be said to have")
        )


def _fact_count(course: Course, fact: Fact) -> Iterator[Refused]:
    most = course.case.outlets_meant
    if fact.outlets_on is not None and not 0 <= fact.outlets_on <= most:
        yield _count(_OUTLETS, fact.outlets_on, 0, most)


def _order(course: Course, fact: Fact) -> Iterator[Refused]:
    """A later stage never came before an earlier one."""
    if fact.kind != "came" or fact.stage is None:
        return
    at = STAGES.index(fact.stage)
    for other in course.live:
        if other.kind != "came" or other.stage is None or other.place == fact.corrects:
            continue
        there = STAGES.index(other.stage)
        if (there < at and other.day > fact.day) or (there > at and other.day < fact.day):
            early, late = (other, fact) if there < at else (fact, other)
            yield Refused("RESTORATION_ORDER", _named(early, late))


def _named(early: Fact, late: Fact) -> dict[str, str | int | Text]:
    assert early.stage is not None
    assert late.stage is not None
    return {
        "early": STAGE_NAMES[early.stage], "early_day": early.day.isoformat(),
        "late": STAGE_NAMES[late.stage], "late_day": late.day.isoformat(),
    }  # fmt: skip


def _ends(course: Course, fact: Fact) -> Iterator[Refused]:
    """A case ends when all outlets are back, or with a word about those that will not be."""
    if fact.kind != "closed":
        return
    later = max((it.day for it in course.live if it.kind == "came"), default=fact.day)
    if later > fact.day:
        yield _day(Text("早于最后一个阶段", "it is before the last stage that came"))
    out = course.case.outlets_meant - course.outlets_on(fact.day)
    if out and not fact.note:
        yield Refused("RESTORATION_NOTE", {"out": out})


def _note(note: str) -> Iterator[Refused]:
    if len(note) > NOTE_MOST:
        yield _count(_NOTE, len(note), 0, NOTE_MOST)


def _day(why: Text) -> Refused:
    return Refused("RESTORATION_DAY", {"why": why})


def _count(what: Text, count: int, least: int, most: int) -> Refused:
    return Refused(
        "RESTORATION_COUNT", {"what": what, "count": count, "least": least, "most": most}
    )
