"""How the guard's questions and answers are told to one person."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from cashlane.core.demand import elders
from cashlane.core.guard import (
    IMPACT_NAMES,
    VERDICT_NAMES,
    Assessment,
    Impact,
    Instead,
    Loss,
    Trigger,
    Verdict,
)
from cashlane.core.reduction import Reduction
from cashlane.coverage.standing import Ground
from cashlane.store.guard import Asked
from cashlane.values.geo import Point
from cashlane.values.ids import spell
from cashlane.values.text import Text
from cashlane.web.operator.show import Show, StateShown, Tone
from cashlane.web.shared.ground_plan import Scale, ground_plan
from cashlane.web.shared.telling import kind_of, what

SHOWN_MOST = 100
"""Places and outlets by name on one page."""
WIDTH, HEIGHT_MOST, EDGE = 620, 460, 30
_VERDICTS: Mapping[Verdict, tuple[Tone, str]] = {
    "clear": ("paid", "✓"), "reason": ("doubt", "✎"), "blocked": ("not", "✕"), "act": ("not", "!"),
}  # fmt: skip
PROMISES: Mapping[str, Text] = {
    "counter": Text("附近另设网点", "another counter nearby"),
    "home_visit": Text("上门服务", "visits at home"),
    "mobile_counter": Text("流动网点", "a mobile counter"),
    "longer_hours": Text("附近网点延长营业", "longer hours nearby"),
}
REMEDIES: Mapping[Impact, Text] = {
    "walkers": Text(
        "为走不到的人安排上门服务或流动网点，保留至少两年。",
        "Promise visits at home or a mobile counter to those who cannot get there, for two years.",
    ),
    "out_of_reach": Text(
        "在够得着的范围内另设网点，或安排流动网点。",
        "Open another counter in reach, or bring a mobile one.",
    ),
    "elders": Text(
        "在老人 500 米内另设网点，或安排上门服务、流动网点。",
        "Open another counter within 500 m of the old people, or bring a mobile one or visits.",
    ),
    "people": Text(
        "在 1 公里内另设网点，或延长附近网点的营业时间。",
        "Open another counter within 1 km, or keep those nearby open for longer.",
    ),
    "load": Text(
        "先给替代网点增加收银机或延长营业，再重新评估：承诺不能抵消过载。",
        "Give the counters nearby another till or longer hours first, then assess again: no promise"
        " makes up for overload.",
    ),
}

ACTS: Mapping[str, Text] = {
    "suspending": Text("暂停整个网点", "suspend the whole outlet"),
    "closing": Text("关闭整个网点", "close the whole outlet"),
    "withdrawing": Text("停办一项业务", "withdraw one service"),
    "hours": Text("改营业时间", "change its hours"),
    "shop": Text("店铺已自行歇业", "the shop has closed by itself"),
}
"""What an operator can want to go, or has seen gone."""
REQUEST: Trigger = "request"
"""A citizen asks for what an outlet does not take any more."""


class Affected(Struct, frozen=True):
    """The people of one place by the worst that happens to them in any layer."""

    name: Text
    district: str
    people: int
    elders: int
    before_m: int
    after_m: int | None
    substitute: int | None
    kind: Text | None
    layers: int
    place: Point


class TakesOver(Struct, frozen=True):
    """A counter that takes over, with its load."""

    outlet: int
    payers_before: int
    payers_after: int
    capacity: int
    load_ppm: int
    full: bool


class Sketch(Struct, frozen=True):
    """The small map: places that lose, outlets that go, outlets that take over."""

    width: int
    height: int
    points: tuple[tuple[int, int], ...]
    gone: tuple[tuple[int, int], ...]
    others: tuple[tuple[int, int], ...]
    links: tuple[tuple[int, int, int, int], ...]
    scale: Scale


def verdict_shown(show: Show, verdict: Verdict) -> StateShown:
    """The answer in one line."""
    tone, sign = _VERDICTS[verdict]
    return StateShown(show.say(VERDICT_NAMES[verdict]), tone, sign)


def guard_href(asked: Asked) -> str:
    """Where an assessment has its page."""
    return f"/window/guard/{spell('asm', asked.id)}"


def told_asked(show: Show, one: Asked) -> tuple[Asked, str, str, StateShown]:
    """An assessment in a list: its page, what was to go, the answer."""
    said = show.say(what(show.network, one.reduction))
    return one, guard_href(one), said, verdict_shown(show, one.verdict)


def affected(answer: Assessment, ground: Ground) -> list[Affected]:
    """By place, most people first; a place that the list in force does not have is left out."""
    by_point: dict[int, list[Loss]] = {}
    for loss in answer.losses:
        by_point.setdefault(loss.point, []).append(loss)
    found = [
        _affected(losses, ground)
        for point, losses in by_point.items()
        if point in ground.places and any(losses[0].people)
    ]
    return sorted(found, key=lambda one: (-one.people, one.name.zh))


def _affected(losses: Sequence[Loss], ground: Ground) -> Affected:
    far = 1 << 30
    worst = max(losses, key=lambda one: (one.after_m or far, -one.before_m))
    place, layer = ground.places[worst.point], worst.layer
    return Affected(
        place.name, place.district, sum(worst.people), elders(worst.people), worst.before_m,
        worst.after_m, worst.substitute, None if layer.kind is None else kind_of(layer.kind),
        len(losses), place.place,
    )  # fmt: skip


def taking_over(answer: Assessment) -> list[TakesOver]:
    """The counters that people go to instead, the fullest first."""
    rule = answer.rule
    found = [
        TakesOver(
            one.outlet, one.payers_before, one.payers_after, one.capacity, one.load_ppm(rule),
            one.load_ppm(rule) > rule.load_most_ppm,
        )
        for one in answer.substitutes
    ]  # fmt: skip
    return sorted(found, key=lambda one: -one.load_ppm)


def sketch(rows: Sequence[Affected], wanted: Reduction, ground: Ground) -> Sketch | None:
    """The map of those that lose; None where nobody does or too many to be looked at."""
    network = ground.network
    gone = [network.places[one] for one in wanted.outlets if one in network.places]
    gone += [wanted.wish.place] if wanted.wish is not None else []
    subs = {one.substitute for one in rows if one.substitute is not None}
    others = {one: network.places[one] for one in sorted(subs) if one in network.places}
    if not rows or len(rows) > SHOWN_MOST or len(gone) > SHOWN_MOST:
        return None
    places = [*(one.place for one in rows), *gone, *others.values()]
    plan = ground_plan(places, width=WIDTH, height_most=HEIGHT_MOST, edge=EDGE)
    links = [
        (*plan.spot(one.place), *plan.spot(others[one.substitute]))
        for one in rows
        if one.substitute in others and one.substitute is not None
    ]
    return Sketch(
        plan.width, plan.height,
        tuple(plan.spot(one.place) for one in rows),
        tuple(plan.spot(place) for place in gone),
        tuple(plan.spot(place) for place in others.values()),
        tuple(links), plan.scale,
    )  # fmt: skip


def impacts(show: Show, answer: Assessment) -> list[tuple[str, str]]:
    """What makes it significant, each with what would help."""
    return [(show.say(IMPACT_NAMES[one]), show.say(REMEDIES[one])) for one in answer.impacts]


def promised(show: Show, instead: Sequence[Instead]) -> list[str]:
    """What is promised in its place, until when."""
    return [
        show.t(
            f"{PROMISES[one.kind].zh}，至 {one.until}",
            f"{PROMISES[one.kind].en}, until {one.until}",
        )
        for one in instead
    ]
