"""Makes STATES.md and its pictures: the life cycles of a claim, an ask, a payment, an approval.

The payment's steps are those that core/payment.py lists, and what causes each is found by
folding facts with its own rules, so that page and program cannot differ.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from cashlane.core import approval
from cashlane.core.payment import FINAL, MOVES, FactKind, Known, State, stand
from cashlane.core.record import Verdict
from cashlane.core.undo import STATE_NAMES
from cashlane.counter.wording import WORDS
from cashlane.store import claims
from cashlane.values.text import Text
from docs.making.graph import Arrow, Group, Node, Picture, svg

_HEAD = """\
# States 状态

Made by `./do figures` from the tables in the source; not written by hand.
由 `./do figures` 根据源码中的表生成，请勿手工修改。

Life cycles are tables. A step that a table does not list is a defect: it raises, it is never
dropped. 生命周期都是表；表中没有的步骤即为程序缺陷，会报错，绝不静默丢弃。
"""

_WORD = {
    "paid": "**paid** 已缴",
    "not_paid": "**not paid** 未缴",
    "in_doubt": "**in doubt** 存疑",
}

FACT_NAMES: dict[FactKind, Text] = {
    FactKind.SENT: Text("发出", "it is sent"),
    FactKind.SLIP_GIVEN: Text("出具受理单", "a slip is given"),
    FactKind.DOUBT: Text("无答复或答复存疑", "no answer, or a doubtful one"),
    FactKind.DECLINED: Text("对方拒绝", "the other side declines"),
    FactKind.CONFIRMED: Text("对方确认销账", "the other side confirms"),
    FactKind.FILE_POSTED: Text("对账文件列为已销账", "a file lists it as posted"),
    FactKind.REVERSAL_ASKED: Text("申请撤销", "a void is asked for"),
    FactKind.REVERSAL_REFUSED: Text("对方拒绝撤销", "the other side refuses the void"),
    FactKind.REVERSED: Text("对方确认撤销", "the other side confirms the void"),
    FactKind.CASH_RETURNED: Text("现金已退还", "the cash is handed back"),
    FactKind.REFUND_AFTER_DECLINE: Text("失败后转退款", "a refund falls due after a decline"),
    FactKind.REFUND_AFTER_CONFIRM: Text("成功后转退款", "a refund falls due after a confirmation"),
    FactKind.REFUNDED: Text("退款已付", "the refund is handed out"),
    FactKind.NOT_SENT: Text("确知没有发出", "it is certain that nothing left"),
    FactKind.PAID_ELSEWHERE: Text("账单已在别处缴清", "the bill was paid elsewhere"),
    FactKind.PASSED_ON: Text(
        "通道拒绝且确未入账", "the route refused it and surely did not post it"
    ),
    FactKind.NOTICE_GIVEN: Text("收费单位已获告知", "the biller was told of the cash"),
}


def page() -> str:
    """The whole page."""
    return "\n".join((_HEAD, _claim_part(), _ask_part(), _payment_part(), _approval_part()))


def pictures() -> dict[str, str]:
    """The pictures by file name."""
    return {
        "claim.svg": svg(_CLAIM),
        "ask.svg": svg(_ASK),
        "payment.svg": svg(_payment()),
        "approval.svg": svg(_approval()),
    }


# -- the claim ---------------------------------------------------------------------------------

_CLAIM = Picture(
    Text("账单占用的状态", "States of a claim"),
    (
        Node("FREE", (0, 0), "ended", Text("空闲", "free")),
        Node("HELD", (2, 0), "doubt", Text("占用", "held")),
        Node("PAID", (4, 0), "good", Text("已缴", "paid")),
    ),
    (),
    (
        Arrow("FREE", "HELD", leave=(0, -0.1), reach=(2, -0.1),
              label=Text("查询并占用", "a till holds it"), label_at=(1, -0.3)),
        Arrow("HELD", "FREE", leave=(2, 0.1), reach=(0, 0.1),
              label=Text("过期清理", "lapsed, burnt first"), label_at=(1, 0.31)),
        Arrow("HELD", "PAID", label=Text("缴费到账", "its payment arrives"), label_at=(3, -0.2)),
        Arrow("PAID", "FREE", via=((4, 0.95), (0, 0.95)), label_at=(2, 0.76),
              label=Text("缴费撤销或失败", "the payment came to nothing")),
    ),
)  # fmt: skip


def _claim_part() -> str:
    assert (claims.FREE, claims.HELD, claims.PAID) == (0, 1, 2)
    return """\
## A claim on a bill 账单占用

One row per bill, in the bill's bucket (`claims`): who may pay it now, and whether the network
has. Each step is one statement guarded by the hold, so it happens once or not at all.

![claim](pictures/claim.svg)

| State | 状态 | Step | Made by |
|---|---|---|---|
| FREE | 空闲 | → HELD when a till asks for a hold | `hold` in `store/claims.sql` |
| HELD | 占用 | → PAID when its payment reaches the bill (FREE again while a part is still owed) \
| `mark_paid` |
| HELD | 占用 | → FREE when its time is over, **after** the hold was burnt | `free`, by the sweep |
| PAID | 已缴 | → FREE when the payment was voided, or declined and its cash returned | `free` |
"""


# -- the ask -----------------------------------------------------------------------------------

_ASK = Picture(
    Text("请求的结局", "How an ask ends"),
    (
        Node("(key)", (0, 1.5), "doubt", Text("未使用", "unused")),
        Node("ACCEPTED", (2.4, 0), "good", Text("受理", "accepted")),
        Node("REFUSED", (2.4, 1), "ended", Text("拒绝", "refused")),
        Node("ABANDONED", (2.4, 2), "ended", Text("放弃", "abandoned")),
        Node("BURNT", (2.4, 3), "ended", Text("作废", "burnt")),
    ),
    (),
    (
        Arrow("(key)", "ACCEPTED", via=((0.8, 1.5), (0.8, 0)),
              label=Text("规则通过", "the rules allow it"),
              label_at=(1.42, -0.2)),
        Arrow("(key)", "REFUSED", via=((0.8, 1.5), (0.8, 1)),
              label=Text("规则拒绝", "the rules refuse it"),
              label_at=(1.42, 0.8)),
        Arrow("(key)", "ABANDONED", via=((0.8, 1.5), (0.8, 2)),
              label=Text("收银机放弃", "the till gives up"),
              label_at=(1.42, 1.8)),
        Arrow("(key)", "BURNT", via=((0.8, 1.5), (0.8, 3)),
              label=Text("占用过期", "its hold lapsed"),
              label_at=(1.42, 2.8)),
    ),
)  # fmt: skip

_VERDICTS: dict[Verdict, tuple[str, str, str]] = {
    Verdict.ACCEPTED: ("受理", "it is on the books", "the same answer, to the byte"),
    Verdict.REFUSED: ("拒绝", "a refusal of the catalogue was stored", "the same refusal"),
    Verdict.ABANDONED: ("放弃", "the till made sure that nothing was paid", "ABANDONED"),
    Verdict.BURNT: ("作废", "a lapsed hold was closed",
                    "HOLD_BURNT, or one new claim, then HOLD_USED"),
}  # fmt: skip


def _ask_part() -> str:
    rows = "\n".join(
        f"| {verdict.name} | {zh} | {means} | {again} |"
        for verdict, (zh, means, again) in _VERDICTS.items()
    )
    assert set(_VERDICTS) == set(Verdict)
    return f"""\
## An ask 请求

One row per decided request, in the outlet's bucket (`asks`): the truth of idempotency. It is
written once and never changes. Between the till's first try and the committed answer another
request with the same key is told KEY_RUNNING.

![ask](pictures/ask.svg)

| Verdict | 结局 | Means | The same key again is answered |
|---|---|---|---|
{rows}
"""


# -- the payment -------------------------------------------------------------------------------

_PLACES: dict[State, tuple[tuple[float, float], str]] = {
    State.CASH_IN: ((0, 1), "doubt"),
    State.SENT: ((0.85, 0), "doubt"),
    State.UNKNOWN: ((0.85, 2), "doubt"),
    State.STOOD_IN: ((1.7, 1), "good"),
    State.DECLINED: ((3.2, 0), "ended"),
    State.CONFIRMED: ((3.2, 2), "good"),
    State.RETURNED: ((4.8, 0), "ended"),
    State.REFUND_DUE: ((4.8, 1), "owed"),
    State.REFUNDED: ((6.1, 1), "ended"),
    State.VOIDING: ((4.8, 2), "doubt"),
    State.VOIDED: ((6.1, 2), "ended"),
}
_ON_ITS_WAY = (State.CASH_IN, State.SENT, State.UNKNOWN, State.STOOD_IN)
_LIVE = (*_ON_ITS_WAY, State.DECLINED, State.CONFIRMED)
_GROUPS = {"WAY": _ON_ITS_WAY, "LIVE": _LIVE}
_ARROWS = (
    Arrow("CASH_IN", "SENT", both=True),
    Arrow("CASH_IN", "UNKNOWN", both=True),
    Arrow("SENT", "UNKNOWN", both=True),
    Arrow("SENT", "STOOD_IN", both=True),
    Arrow("STOOD_IN", "UNKNOWN", both=True),
    Arrow("WAY", "DECLINED", leave=(2, 0.14), reach=(3.2, 0.14)),
    Arrow("WAY", "CONFIRMED", leave=(2, 2), reach=(3.2, 2)),
    Arrow("DECLINED", "SENT", leave=(3.2, -0.12), reach=(0.85, -0.12)),
    Arrow("DECLINED", "CONFIRMED"),
    Arrow("DECLINED", "RETURNED"),
    Arrow("LIVE", "REFUND_DUE", leave=(3, 1), reach=(4.8, 1)),
    Arrow("LIVE", "VOIDING", leave=(3, 1.87), reach=(4.8, 1.87)),
    Arrow("LIVE", "VOIDED", leave=(3.4, 2.2), via=((3.4, 3.05), (6.1, 3.05))),
    Arrow("VOIDING", "CONFIRMED", leave=(4.8, 2.13), reach=(3.2, 2.13)),
    Arrow("VOIDING", "VOIDED"),
    Arrow("VOIDING", "REFUND_DUE"),
    Arrow("REFUND_DUE", "REFUNDED"),
)


def _payment() -> Picture:
    """The picture; its arrows, frames opened, must be exactly the steps that MOVES lists."""
    drawn = {step for arrow in _ARROWS for step in _opened(arrow)}
    listed = {(before, after) for before, moves in MOVES.items() for after in moves}
    assert drawn == listed, f"the picture and MOVES differ: {drawn ^ listed}"
    return Picture(
        Text("一笔缴费的状态", "States of a payment"),
        tuple(Node(state.name, at, tone, _short(state)) for state, (at, tone) in _PLACES.items()),
        (
            Group("LIVE", tuple(one.name for one in _LIVE), 44,
                  Text("可撤销、可转退款", "may still be voided or refunded")),
            Group("WAY", tuple(one.name for one in _ON_ITS_WAY), 18, Text("在途", "on its way")),
        ),
        _ARROWS,
    )  # fmt: skip


def _short(state: State) -> Text:
    return STATE_NAMES[state]


def _opened(arrow: Arrow) -> Iterator[tuple[State, State]]:
    target = State[arrow.target]
    for source in _GROUPS.get(arrow.source) or (State[arrow.source],):
        if source is not target:
            yield source, target
        if arrow.both:
            yield target, source


def _payment_part() -> str:
    states = "\n".join(
        f"| {state.name} | {STATE_NAMES[state].zh} | {STATE_NAMES[state].en} "
        f"| {_WORD[WORDS[state]]} | {'✓' if state in FINAL else ''} |"
        for state in State
    )
    steps = "\n".join(
        f"| {', '.join(state.name for state in sources)} | {after.name} | {cause} |"
        for (after, cause), sources in _by_cause().items()
    )
    return f"""\
## A payment 缴费

The state of a payment is folded from the set of its facts, by rank and not by arrival: what
became of the citizen's cash, then a confirmed void, then a confirmation, then a decline, then
doubt. A late failure never overwrites a success.
状态由全部事实按等级折叠得出，与到达先后无关；迟到的失败绝不覆盖成功。

![payment](pictures/payment.svg)

An arrow from a frame stands for the same step from each state within it.
从框线出发的箭头表示框内每个状态都可走这一步。

| State | 状态 | Meaning | The till shows 收银机显示 | Final 终态 |
|---|---|---|---|:-:|
{states}

Every step, and the fact that makes it (found by folding every small set of facts):
每一步及引起它的事实：

| From | To | When 何时 |
|---|---|---|
{steps}
"""


def _by_cause() -> dict[tuple[State, str], list[State]]:
    """The steps that end in one state for one reason, together."""
    found: dict[tuple[State, str], list[State]] = {}
    for after in State:
        for before in State:
            if after in MOVES[before]:
                found.setdefault((after, _caused(before, after)), []).append(before)
    return found


def _caused(before: State, after: State) -> str:
    kinds = sorted(_causes().get((before, after), ()))
    return " / ".join(f"{FACT_NAMES[kind].zh} {FACT_NAMES[kind].en}" for kind in kinds)


_THEN = datetime(2026, 1, 14, tzinfo=UTC)
_TWO_ROUTES = frozenset({FactKind.SENT, FactKind.DOUBT, FactKind.DECLINED})
_FACTS_MOST = 4
"""Facts in the sets that are folded: enough to reach every listed step."""


@cache
def _causes() -> dict[tuple[State, State], set[FactKind]]:
    """Add each fact to each small set of facts, and see which listed step it makes."""
    known = [
        Known(kind, number, number, _THEN)
        for kind in FactKind
        for number in ((1, 2) if kind in _TWO_ROUTES else (1,))
    ]
    found: dict[tuple[State, State], set[FactKind]] = {}
    for stood_in in (False, True):
        level = {frozenset[Known]()}
        for _ in range(_FACTS_MOST):
            level = {more for facts in level for more in _steps(facts, known, stood_in, found)}
    return found


def _steps(
    facts: frozenset[Known], known: list[Known], stood_in: bool,
    found: dict[tuple[State, State], set[FactKind]],
) -> Iterator[frozenset[Known]]:  # fmt: skip
    before = stand(facts, stood_in=stood_in).state
    for fact in known:
        more = facts | {fact}
        after = stand(more, stood_in=stood_in).state
        if after is not before:
            if after not in MOVES[before]:
                continue
            found.setdefault((before, after), set()).add(fact.kind)
        if more != facts:
            yield more


# -- the approval ------------------------------------------------------------------------------

_APPROVALS: dict[approval.State, tuple[Text, str, tuple[float, float]]] = {
    approval.State.PROPOSED: (Text("已提议", "one person wants it"), "doubt", (0, 1)),
    approval.State.APPROVED: (Text("已批准", "another person agreed"), "good", (2, 1)),
    approval.State.REJECTED: (Text("已否决", "another person said no"), "ended", (2, 0)),
    approval.State.EXPIRED: (Text("已过期", "nobody decided in time"), "ended", (2, 2)),
    approval.State.APPLIED: (Text("已生效", "in effect, once"), "good", (4, 1)),
}


def _approval() -> Picture:
    """The picture, straight from the table of moves."""
    return Picture(
        Text("双人复核的状态", "States of an approval"),
        tuple(Node(state.name, at, tone, name) for state, (name, tone, at) in _APPROVALS.items()),
        (),
        tuple(
            Arrow(before.name, after.name)
            for before in approval.State
            for after in sorted(approval.MOVES[before])
        ),
    )


def _approval_part() -> str:
    rows = "\n".join(
        f"| {state.name} | {name.zh} | {name.en} "
        f"| {', '.join(sorted(after.name for after in approval.MOVES[state])) or '—'} |"
        for state, (name, _, _) in _APPROVALS.items()
    )
    assert set(_APPROVALS) == set(approval.State)
    return f"""\
## An approval 双人复核

What no person may change alone: one proposes, another decides, and it takes effect once. Each
step is a row of its own in a table that only grows.

![approval](pictures/approval.svg)

| State | 状态 | Meaning | Steps to |
|---|---|---|---|
{rows}
"""
