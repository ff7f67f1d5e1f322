"""How the ways to billers are told to people: condition, notices, spares, outcomes; each with a
word, a tone and a sign, so that colour never says it alone."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from cashlane.core.concentration import OUTCOME_NAMES, Outcome
from cashlane.core.health import Condition, Health, Scope
from cashlane.core.network import Contract
from cashlane.core.routing import (
    NoticeKind,
    Outlook,
    RouteNotice,
    Spare,
    said,
    spare_state,
)
from cashlane.core.withdrawal import REASON_NAMES, Level
from cashlane.values.text import Text
from cashlane.web.operator.show import Show, StateShown, Tone

Look = tuple[Text, Tone, str]
CONDITIONS: Mapping[Condition, Look] = {
    Condition.WELL: (Text("正常", "well"), "paid", "✓"),
    Condition.SICK: (Text("异常", "sick"), "not", "✕"),
    Condition.PROVING: (Text("验证中", "proving"), "doubt", "⟲"),
    Condition.RETURNING_TENTH: (Text("恢复 10 %", "returning 10 %"), "doubt", "◔"),
    Condition.RETURNING_HALF: (Text("恢复 50 %", "returning 50 %"), "doubt", "◑"),
}
NOTICES: Mapping[NoticeKind, Look] = {
    "withdrawn": (Text("停办", "withdrawn"), "not", "✕"),
    "maintenance": (Text("维护", "maintenance"), "doubt", "⟲"),
    "shut": (Text("人工关闭", "shut by hand"), "not", "✕"),
    "open": (Text("人工保持开通", "kept open by hand"), "paid", "✓"),
}
REASONS = REASON_NAMES
SPARES: Mapping[str, Look] = {
    "none": (Text("没有备用", "no spare"), "not", "✕"),
    "signed": (Text("仅签约", "signed"), "not", "✎"),
    "certified": (Text("已验收，未预热", "certified, cold"), "not", "○"),
    "warm": (Text("已预热", "warm"), "paid", "✓"),
}
LEVELS: Mapping[Level, Look] = {
    "calm": (Text("从容", "calm"), "paid", "○"),
    "soon": (Text("临近", "soon"), "doubt", "◔"),
    "now": (Text("紧迫", "now"), "not", "!"),
    "over": (Text("已生效", "in force"), "not", "●"),
}
_OUTCOME_LOOKS: Mapping[Outcome, tuple[Tone, str]] = {
    "closes": ("not", "✕"),
    "moves_cold": ("doubt", "➔"),
    "moves": ("paid", "➔"),
    "untouched": ("quiet", "="),
    "closed_already": ("quiet", "✕"),
}
OUTCOMES: Mapping[Outcome, Look] = {
    outcome: (name, *_OUTCOME_LOOKS[outcome]) for outcome, name in OUTCOME_NAMES.items()
}


class WayShown(Struct, frozen=True):
    """A way of a contract: its place, how far it is ready, and when a payment last proved it."""

    route: int
    spare: Spare
    badge: StateShown
    proven_at: datetime | None


def look(show: Show, one: Look) -> StateShown:
    """A word in this person's language."""
    name, tone, sign = one
    return StateShown(show.say(name), tone, sign)


def of_route(show: Show, outlook: Outlook, route: int) -> StateShown:
    """How a whole route is: what was said about it before what was felt."""
    scope = Scope(route, 0, 0)
    word = said(outlook, scope, show.now)
    if word is not None:
        return look(show, NOTICES[word.kind])
    return of_health(show, outlook.health.get(scope))


def of_health(show: Show, known: Health | None) -> StateShown:
    """How something feels, and since when where it is not well; the unknown is taken for well."""
    condition = Condition.WELL if known is None else known.condition
    shown = look(show, CONDITIONS[condition])
    if known is None or condition is Condition.WELL:
        return shown
    since = show.t(f"，自 {show.lately(known.since)}", f" since {show.lately(known.since)}")
    return StateShown(shown.name + since, shown.tone, shown.sign)


def ailing(outlook: Outlook, route: int) -> list[Health]:
    """What is not well behind a route: single billers, single agents' accesses."""
    return [
        known
        for scope, known in sorted(outlook.health.items())
        if scope.route == route and scope.biller and known.condition is not Condition.WELL
    ]


def phase(show: Show, notice: RouteNotice) -> StateShown:
    """Whether a notice is over, in force or to come."""
    if notice.until is not None and notice.until <= show.now:
        return StateShown(show.t("已结束", "ended"), "quiet", "✓")
    if notice.since > show.now:
        return StateShown(show.t("将生效", "to come"), "doubt", "◔")
    tone: Tone = "paid" if notice.kind == "open" else "not"
    return StateShown(show.t("生效中", "in force"), tone, "●")


def ways_of(show: Show, outlook: Outlook, contract: Contract) -> list[WayShown]:
    """The ways of a contract in their order."""
    shown = []
    for way in contract.ways:
        proven = outlook.proven_at(Scope(way.route, contract.biller, contract.agent))
        spare = spare_state(way, proven, show.now)
        shown.append(WayShown(way.route, spare, look(show, SPARES[spare]), proven))
    return shown
