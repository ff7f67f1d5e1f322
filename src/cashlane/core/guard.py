"""The coverage guard: before a counter goes, who would be left too far from the next one.

Three steps, as British rules on access to cash take them: is there a need, is its impact
significant, and what is there instead. The answer is a value with the versions of method and rule
in it, so that a decision can be read and counted again years later.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from cashlane.core.access import Layer, Method, Offer, serves, walk_m
from cashlane.core.approval import REASON_MOST
from cashlane.core.demand import ELDERS_FROM
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission, Person
from cashlane.values.geo import Point
from cashlane.values.text import Text

Trigger = Literal[
    "closing", "suspending", "hours", "withdrawing", "notice", "shop", "outage", "request"
]
TRIGGER_NAMES: Mapping[Trigger, Text] = {
    "closing": Text("拟关闭网点", "an outlet is to close"),
    "suspending": Text("拟暂停网点", "an outlet is to be suspended"),
    "hours": Text("拟缩短营业时间", "opening hours are to be cut"),
    "withdrawing": Text("网点仍营业而拟停一项业务", "one service is to be withdrawn"),
    "notice": Text("通道公告停办", "a way's notice"),
    "shop": Text("店铺自行歇业", "a shop has closed by itself"),
    "outage": Text("故障停办", "an outage"),
    "request": Text("市民诉求", "a citizen's request"),
}
PREVENTABLE: frozenset[Trigger] = frozenset({"closing", "suspending", "hours", "withdrawing"})
"""What waits for the answer. Everything else happens anyway, and has to be made good."""

Impact = Literal["walkers", "out_of_reach", "elders", "people", "load"]
IMPACT_NAMES: Mapping[Impact, Text] = {
    "walkers": Text("有人走不到下一个网点", "somebody cannot walk to the next counter"),
    "out_of_reach": Text("有人在可及范围内再无网点", "no counter is left in reach of some people"),
    "elders": Text("许多老人要走远路", "many old people have to walk far"),
    "people": Text("许多人要走远路", "many people have to walk far"),
    "load": Text("替代网点将不堪重负", "the counters nearby would be overloaded"),
}
Verdict = Literal["clear", "reason", "blocked", "act"]
VERDICT_NAMES: Mapping[Verdict, Text] = {
    "clear": Text("无人受影响，可以办理", "nobody is affected: it may be done"),
    "reason": Text("须有人署名说明理由", "needs a signed reason"),
    "blocked": Text("不得办理，先提供替代", "blocked until something is there instead"),
    "act": Text("已成事实，须限期提供替代", "it has happened: provide something instead in time"),
}


class GuardRule(Struct, frozen=True):
    """The bounds of the guard; whoever runs a network sets them, and every result names them.

    Walks over `far_m` (for people of 65 and more over `elders_far_m`) are far. So many of them as
    `people_most` and `elders_most` are not significant. Each payer brings `bills_a_year`; a
    counter is full at `load_most_ppm` of its capacity.
    """

    version: str
    far_m: int
    elders_far_m: int
    people_most: int
    elders_most: int
    bills_a_year: int
    load_most_ppm: int


GUARD = GuardRule("guard-1", 1_000, 500, 100, 20, 4, 1_000_000)
"""The numbers of people are assumed: "more than nominally affected" is all that the model says.
Bills a year: a tenth, as reported for 2021, of twenty-four for each of Shanghai's 9.6 million
households (assumed rhythm), shared by its 6.9 million payers, is 3.3; rounded up."""
KEEP_YEARS = 2
"""What was required stays for at least two years, as British rules have it (ATCS 8.1.1R)."""
ANSWER_DAYS = 56
"""Eight weeks from the trigger to the answer; an older assessment is made again."""
REST_DAYS = 365
"""The same outlet and trigger are not assessed again within a year, unless the network changed."""


class Loss(Struct, frozen=True):
    """People of one demand point who walk farther than before in one layer. `after_m` and
    `substitute`, their next outlet, are None where none is in reach."""

    layer: Layer
    point: int
    people: tuple[int, ...]
    before_m: int
    after_m: int | None
    substitute: int | None

    def farther(self, rule: GuardRule) -> tuple[int, int]:
        """People to whom it was not far and now is: all of them, and those of 65 and more."""
        elders = sum(self.people[ELDERS_FROM:]) if self._crosses(rule.elders_far_m) else 0
        others = sum(self.people[:ELDERS_FROM]) if self._crosses(rule.far_m) else 0
        return elders + others, elders

    def _crosses(self, far_m: int) -> bool:
        return self.before_m <= far_m and (self.after_m is None or self.after_m > far_m)


class Walker(Struct, frozen=True):
    """Somebody who cannot walk far and has said so, in an application or to a canvasser."""

    number: int
    place: Point
    walk_most_m: int
    layer: Layer


class Stranded(Struct, frozen=True):
    """A walker who came to a counter before and does not any more. `after_m` is None where no
    outlet is left at all."""

    walker: int
    walk_most_m: int
    before_m: int
    after_m: int | None


class Substitute(Struct, frozen=True):
    """A counter that takes over: the people to whom it is nearest, now and then, and the payments
    a week that it can take."""

    outlet: int
    payers_before: int
    payers_after: int
    capacity: int

    def load_ppm(self, rule: GuardRule) -> int:
        """What would be brought to it in terms of what it can take (rounded up)."""
        a_week = -(-self.payers_after * rule.bills_a_year // 52)
        return -(-a_week * 1_000_000 // max(1, self.capacity))


class Instead(Struct, frozen=True):
    """What somebody promises in place of the counter, for which points and walkers, until when."""

    kind: Literal["counter", "home_visit", "mobile_counter", "longer_hours"]
    points: frozenset[int]
    walkers: frozenset[int]
    until: date


class Question(Struct, frozen=True):
    """What is to be assessed: which outlets change, why, in which state of the network."""

    trigger: Trigger
    outlets: tuple[int, ...]
    network_version: int


class Assessment(Struct, frozen=True):
    """The answer, with everything it rests on."""

    question: Question
    method: str
    rule: GuardRule
    made_at: datetime
    losses: tuple[Loss, ...]
    stranded: tuple[Stranded, ...]
    substitutes: tuple[Substitute, ...]
    instead: tuple[Instead, ...]
    people: int
    elders: int
    impacts: tuple[Impact, ...]
    verdict: Verdict


def assess(
    question: Question,
    losses: Sequence[Loss],
    stranded: Sequence[Stranded],
    substitutes: Sequence[Substitute],
    instead: Sequence[Instead],
    *,
    method: Method,
    rule: GuardRule,
    now: datetime,
) -> Assessment:
    """Need, impact, and what instead. A promise counts while it lasts for two years."""
    far = [loss for loss in losses if any(loss.farther(rule))]
    people, elders = farther(far, rule)
    full = [one for one in substitutes if one.load_ppm(rule) > rule.load_most_ppm]
    lasting = [one for one in instead if one.until >= keep_until(now.date())]
    kept = frozenset(point for one in lasting for point in one.points)
    met = frozenset(walker for one in lasting for walker in one.walkers)
    impacts = _impacts(
        [loss for loss in far if loss.point not in kept],
        [one for one in stranded if one.walker not in met],
        full,
        rule,
    )
    need = bool(far or stranded or full)
    return Assessment(
        question, method.version, rule, now, tuple(far), tuple(stranded), tuple(substitutes),
        tuple(instead), people, elders, impacts, _verdict(question.trigger, impacts, need=need),
    )  # fmt: skip


def farther(losses: Iterable[Loss], rule: GuardRule) -> tuple[int, int]:
    """All people, and those of 65 and more, to whom it becomes far in some layer: each is counted
    once, however many layers they lose."""
    worst: dict[int, tuple[int, int]] = {}
    for loss in losses:
        others, elders = loss.farther(rule)
        had = worst.get(loss.point, (0, 0))
        worst[loss.point] = max(had[0], others - elders), max(had[1], elders)
    elders = sum(old for _, old in worst.values())
    return elders + sum(young for young, _ in worst.values()), elders


def _impacts(
    losses: Sequence[Loss],
    stranded: Sequence[Stranded],
    full: Sequence[Substitute],
    rule: GuardRule,
) -> tuple[Impact, ...]:
    """What makes it significant, among what nothing is promised for."""
    people, elders = farther(losses, rule)
    found: dict[Impact, bool] = {
        "walkers": bool(stranded),
        "out_of_reach": any(loss.after_m is None and any(loss.people) for loss in losses),
        "elders": elders > rule.elders_most,
        "people": people > rule.people_most,
        "load": bool(full),
    }
    return tuple(impact for impact, holds in found.items() if holds)


def _verdict(trigger: Trigger, impacts: tuple[Impact, ...], *, need: bool) -> Verdict:
    if impacts:
        return "blocked" if trigger in PREVENTABLE else "act"
    return "reason" if need else "clear"


def strand(
    walkers: Iterable[Walker],
    before: Mapping[int, Offer],
    after: Mapping[int, Offer],
    method: Method,
) -> list[Stranded]:
    """The walkers who reached a counter before and do not any more, by their numbers. Only those
    near a changed outlet are looked at: nobody else can have lost anything."""
    changed = [offer for number, offer in before.items() if after[number] != offer]
    found = []
    for walker in sorted(walkers, key=lambda one: one.number):
        was = _shortest(walker, changed, method)
        if was is None or was > walker.walk_most_m:
            continue
        now = _shortest(walker, after.values(), method)
        if now is None or now > walker.walk_most_m:
            first = _shortest(walker, before.values(), method)
            assert first is not None, "a changed outlet served, so some outlet did"
            found.append(Stranded(walker.number, walker.walk_most_m, first, now))
    return found


def _shortest(walker: Walker, offers: Iterable[Offer], method: Method) -> int | None:
    """The walk to the nearest of these that serves, however far."""
    walks = (
        walk_m(method, walker.place, offer.place) for offer in offers if serves(offer, walker.layer)
    )
    return min(walks, default=None)


class GuardDecision(Struct, frozen=True):
    """Who said yes to what, when and why: a public record. `keep_until` binds whoever promised
    something instead."""

    assessment: Assessment
    by: UUID
    at: datetime
    reason: str
    keep_until: date


def decide(
    assessment: Assessment, by: Person, reason: str, *, network_version: int, now: datetime
) -> GuardDecision | Refused:
    """Let it happen, or say why not."""
    if not by.may(Permission.OUTLETS_APPROVE):
        return Refused("FORBIDDEN")
    old = now - assessment.made_at > timedelta(days=ANSWER_DAYS)
    if old or network_version != assessment.question.network_version:
        return Refused("GUARD_STALE")
    if assessment.verdict == "blocked":
        return Refused("GUARD_BLOCKED", _counted(assessment))
    said = reason.strip()
    if len(said) > REASON_MOST or (assessment.verdict != "clear" and not said):
        return Refused("GUARD_REASON", {"most": REASON_MOST})
    return GuardDecision(assessment, by.id, now, said, keep_until(now.date()))


def _counted(assessment: Assessment) -> dict[str, int | Text]:
    impacts = [IMPACT_NAMES[impact] for impact in assessment.impacts]
    return {
        "people": assessment.people,
        "elders": assessment.elders,
        "stranded": len(assessment.stranded),
        "why": Text("、".join(one.zh for one in impacts), "; ".join(one.en for one in impacts)),
    }


def keep_until(day: date) -> date:
    """So many years later; the last day of February for a leap day."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + KEEP_YEARS, day=last)


def rests(last: Assessment, question: Question, now: datetime) -> bool:
    """Whether the same was assessed so lately that it is not asked again."""
    return question == last.question and now - last.made_at < timedelta(days=REST_DAYS)
