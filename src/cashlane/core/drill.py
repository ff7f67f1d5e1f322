"""Drills: whether what would happen if something stopped does happen, pair by pair; what is kept
of each, and when a thing is due to be drilled again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from msgspec import Struct

from cashlane.core.bill import Biller
from cashlane.core.concentration import HUB, Kind, Outcome, Stopped
from cashlane.core.network import Agent, Network, Route
from cashlane.values.text import Text

Seen = Literal["first", "other", "refused", "none"]
"""What a citizen met at a counter: paid by the way that led before, paid by another way, refused
before any cash was taken, or none of these (no answer, cash given back, or a payment in doubt)."""
SEEN_NAMES: Mapping[Seen, Text] = {
    "first": Text("走原通道缴成", "paid by the first way"),
    "other": Text("走其他通道缴成", "paid by another way"),
    "refused": Text("收现金前拒绝", "refused before cash"),
    "none": Text("没有缴成，或没有答复", "not paid, or no answer"),
}


class Thing(Struct, frozen=True, order=True):
    """What is drilled, by its code, so that records outlive numbers. The hub has no code."""

    kind: Kind
    code: str

    def spelled(self) -> str:
        """As it is written on the command line and in records: route:CODE, or hub."""
        return f"{self.kind}:{self.code}" if self.code else self.kind


def read_thing(text: str) -> Thing | None:
    """Read `route:CODE`, `biller:CODE`, `agent:CODE` or `hub`; None where it is none of them."""
    kind, _, code = text.partition(":")
    if kind == "hub":
        return Thing("hub", "") if not code else None
    known = next((one for one in get_args(Kind) if one == kind), None)
    return Thing(known, code) if known is not None and code else None


def stopped(thing: Thing, network: Network) -> Stopped | None:
    """The thing's number in a network; None where the network has no such thing."""
    if thing.kind == "hub":
        return HUB
    codes = _codes(thing.kind, network).items()
    number = next((number for number, code in codes if code == thing.code), None)
    return Stopped(thing.kind, number) if number is not None else None


def thing_of(what: Stopped, network: Network) -> Thing:
    """What stops, by its code."""
    if what.kind == "hub":
        return Thing("hub", "")
    return Thing(what.kind, _codes(what.kind, network)[what.number])


def _codes(kind: Kind, network: Network) -> dict[int, str]:
    """The parties of a kind: their codes by their numbers."""
    families: dict[Kind, Mapping[int, Route | Biller | Agent]] = {
        "route": network.routes, "biller": network.billers, "agent": network.agents,
    }  # fmt: skip
    return {number: one.code for number, one in families[kind].items()}


class PairSeen(Struct, frozen=True):
    """One agent's bills of one biller, by codes: what was predicted, what was seen before the stop
    and after it. `way` carried the last payment where it was paid; `word` is what the network said
    of it."""

    agent: str
    biller: str
    predicted: Outcome
    before: Seen
    seen: Seen
    way: str | None
    word: str


_EXPECTED: Mapping[Outcome, frozenset[Seen]] = {
    "untouched": frozenset({"first"}),
    "moves": frozenset({"other"}),
    "moves_cold": frozenset({"other"}),
    "closes": frozenset({"refused"}),
    "closed_already": frozenset({"refused"}),
}
MUTE: frozenset[Kind] = frozenset({"agent", "hub"})
"""Where these stop, whoever would refuse is away as well: the counter hears nothing."""


def expected(kind: Kind, outcome: Outcome) -> frozenset[Seen]:
    """What may be seen for a prediction to be right."""
    shut = outcome in {"closes", "closed_already"}
    return _EXPECTED[outcome] | ({"none"} if shut and kind in MUTE else frozenset())


def expected_before(outcome: Outcome) -> Seen:
    """What must be seen before anything stops, or the drill proves nothing."""
    return "refused" if outcome == "closed_already" else "first"


def is_right(kind: Kind, pair: PairSeen) -> bool:
    """Whether a pair came to what was predicted."""
    right_before = pair.before == expected_before(pair.predicted)
    return right_before and pair.seen in expected(kind, pair.predicted)


class Finding(Struct, frozen=True):
    """What a drill found; `left_out` pairs were not tried. Milliseconds count from the stop.

    `moved_ms`: until the first payment was paid by another way; `moved_all_ms`: until every pair
    that should move had. `back_ms` counts from the return of a host or the hub: until every pair
    was served again. `doubts` payments were in doubt when the thing came back, `unsettled` of
    them had no definite end in time. `books_agree`: the audit of the drill's own books.
    """

    thing: Thing
    pairs: tuple[PairSeen, ...]
    left_out: int
    moved_ms: int | None
    moved_all_ms: int | None
    back_ms: int | None
    payments: int
    doubts: int
    unsettled: int
    books_agree: bool

    @property
    def astray(self) -> tuple[PairSeen, ...]:
        """The pairs that did not come to what was predicted."""
        return tuple(one for one in self.pairs if not is_right(self.thing.kind, one))

    @property
    def passed(self) -> bool:
        """Whether the prediction was right throughout and nothing was lost on the way."""
        whole = bool(self.pairs) and not self.astray and not self.unsettled
        return whole and self.books_agree and not self.stays_away

    @property
    def stays_away(self) -> bool:
        """Whether a host or the hub was started again and somebody was not served again."""
        return self.thing.kind in MUTE and self.back_ms is None


class Record(Struct, frozen=True):
    """A drill as it is kept. `actor` is who ran it; `scheduled`: because it was due."""

    id: UUID
    began_at: datetime
    ended_at: datetime
    actor: str
    scheduled: bool
    finding: Finding


class Schedule(Struct, frozen=True):
    """How often a thing is to be drilled, as last said; 0 days is never."""

    thing: Thing
    every_days: int
    actor: str
    recorded_at: datetime


EVERY_DAYS_MOST = 366
"""A drill less often than once a year is none."""
OVERDUE_AFTER = timedelta(days=1)
"""A drill that is due today is run tonight; after that somebody forgot it."""

Standing = Literal["never", "passed", "failed", "due", "overdue"]


def due_at(schedule: Schedule | None, last: Record | None) -> datetime | None:
    """When a thing is to be drilled next; None where nobody asked for it."""
    if schedule is None or not schedule.every_days:
        return None
    if last is None:
        return schedule.recorded_at
    return last.began_at + timedelta(days=schedule.every_days)


def standing(schedule: Schedule | None, last: Record | None, now: datetime) -> Standing:
    """How a thing stands: a failure counts until the next drill, then a date that has passed."""
    if last is not None and not last.finding.passed:
        return "failed"
    due = due_at(schedule, last)
    if due is not None and due <= now:
        return "overdue" if now > due + OVERDUE_AFTER else "due"
    return "never" if last is None else "passed"


def all_due(
    schedules: Sequence[Schedule], latest: Mapping[Thing, Record], now: datetime
) -> list[Thing]:
    """The things whose date has come, the longest overdue first."""
    dated = [(due_at(one, latest.get(one.thing)), one.thing) for one in schedules]
    return [thing for due, thing in sorted((d, t) for d, t in dated if d is not None) if due <= now]


Names = Mapping[str, Text]
"""Parties by their codes; one that is gone is called by its code."""


def party_names(network: Network) -> Names:
    """The names by which agents and billers are told in a sentence."""
    agents = {one.code: one.name for one in network.agents.values()}
    return agents | {one.code: one.name for one in network.billers.values()}


def differences(finding: Finding, names: Names) -> list[Text]:
    """Every way in which it came otherwise, in words."""
    said = [_astray(finding.thing.kind, one, names) for one in finding.astray]
    if not finding.pairs:
        said.append(_NOTHING)
    if finding.stays_away:
        said.append(_AWAY.fill(thing=finding.thing.spelled()))
    if finding.unsettled:
        said.append(_UNSETTLED.fill(count=finding.unsettled, doubts=finding.doubts))
    if not finding.books_agree:
        said.append(_BOOKS)
    return said


def _astray(kind: Kind, pair: PairSeen, names: Names) -> Text:
    agent, biller = (names.get(code, Text(code, code)) for code in (pair.agent, pair.biller))
    wanted = expected_before(pair.predicted)
    if pair.before != wanted:
        return _BEFORE.fill(
            agent=agent, biller=biller, wanted=SEEN_NAMES[wanted], seen=SEEN_NAMES[pair.before]
        )
    allowed = expected(kind, pair.predicted)
    # Told in the order of the names, so that the sentence is the same each time.
    zh = "或".join(SEEN_NAMES[one].zh for one in SEEN_NAMES if one in allowed)
    en = " or ".join(SEEN_NAMES[one].en for one in SEEN_NAMES if one in allowed)
    return _AFTER.fill(agent=agent, biller=biller, wanted=Text(zh, en), seen=SEEN_NAMES[pair.seen])


_BEFORE = Text(
    "{agent}的{biller}账单：停摆之前应{wanted}，实见：{seen}",
    "{biller} at {agent}: before the stop it should be {wanted}, and was: {seen}",
)
_AFTER = Text(
    "{agent}的{biller}账单：推算为{wanted}，实见：{seen}",
    "{biller} at {agent}: predicted {wanted}, seen: {seen}",
)
_NOTHING = Text("没有可演练的合同", "there is no contract to drill")
_AWAY = Text(
    "{thing} 恢复之后，没有恢复到停摆之前的样子",
    "after the return of {thing} not everybody was served as before",
)
_UNSETTLED = Text(
    "停摆时未决的 {doubts} 笔中有 {count} 笔在恢复后没有及时查明",
    "of {doubts} payments in doubt at the stop, {count} were not settled in time after it",
)
_BOOKS = Text("演练城市的账目对不上", "the books of the drill's own city do not agree")
