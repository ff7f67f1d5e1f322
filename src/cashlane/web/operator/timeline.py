"""One payment's life in the order of time: asks, facts, ledger lines, open errands.

A posting has no moment of its own: it stands where the fact stands that caused it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from cashlane.audit.trial_balance import PARTY_KINDS
from cashlane.core.chart import NAMES, NETWORK
from cashlane.core.payment import FactKind, Known, stand
from cashlane.core.postings import LINES_PER_POSTING, Posting
from cashlane.core.record import AskKind, EntryRow, ErrandKind, FactRow, Verdict
from cashlane.core.refusals import Refused, Stored
from cashlane.store.finding import Decided
from cashlane.store.lives import WholeLife
from cashlane.values.text import Text
from cashlane.web.operator.show import Show, Tone

Icon = Literal["ask", "cash", "send", "answer", "doubt", "book", "wait", "undo", "paper"]


class BookLine(Struct, frozen=True):
    """A ledger line as it is shown: debit or credit, the other one empty."""

    account: str
    party: str
    debit: str
    credit: str


class Event(Struct, frozen=True):
    """Something in a payment's life. `notes` are names with values."""

    at: datetime
    icon: Icon
    tone: Tone
    title: str
    notes: Sequence[tuple[str, str]] = ()
    lines: Sequence[BookLine] = ()


class Checks(Struct, frozen=True):
    """What the page works out anew: do the books balance, does the state follow from the facts."""

    balance: int
    lines: int
    folds: bool


ASKS: Mapping[AskKind, tuple[Icon, Text]] = {
    AskKind.PAY: ("cash", Text("受理缴费，收取现金", "Payment accepted, cash taken")),
    AskKind.VOID: ("undo", Text("柜台要求撤销", "Void asked for at the counter")),
    AskKind.HAND_BACK: ("undo", Text("柜台报告现金已退", "Counter reports the cash handed back")),
    AskKind.SLIP: ("paper", Text("柜台报告已给受理单", "Counter reports the slip given")),
    AskKind.ABANDON: ("ask", Text("收银机放弃请求号", "Till abandons the key")),
    AskKind.BURN: ("ask", Text("占用过期作废", "Lapsed hold burnt")),
    AskKind.CLAIM_ANEW: ("ask", Text("占用过期后重新占用", "Lapsed hold claimed anew")),
    AskKind.REFUND: ("undo", Text("柜台报告已退款", "Counter reports the refund paid out")),
}
FACTS: Mapping[FactKind, tuple[Icon, Tone, Text]] = {
    FactKind.SENT: ("send", "doubt", Text("发往通道", "Sent over the route")),
    FactKind.SLIP_GIVEN: ("paper", "doubt", Text("已给受理单", "Acceptance slip given")),
    FactKind.DOUBT: ("doubt", "doubt", Text("没有确定的答复", "No definite answer")),
    FactKind.DECLINED: ("answer", "not", Text("对方拒绝", "Declined by the other side")),
    FactKind.CONFIRMED: ("answer", "paid", Text("对方确认销账", "Confirmed by the other side")),
    FactKind.FILE_POSTED: ("answer", "paid", Text("对方文件列为已销账", "Posted by their file")),
    FactKind.REVERSAL_ASKED: ("undo", "doubt", Text("要求冲正", "Reversal asked for")),
    FactKind.REVERSAL_REFUSED: ("undo", "not", Text("冲正被拒", "Reversal refused")),
    FactKind.REVERSED: ("undo", "quiet", Text("冲正完成", "Reversed")),
    FactKind.CASH_RETURNED: ("undo", "quiet", Text("现金已退", "Cash handed back")),
    FactKind.REFUND_AFTER_DECLINE: ("undo", "not", Text("转为待退款", "Refund is due")),
    FactKind.REFUND_AFTER_CONFIRM: ("undo", "not", Text("销账后转待退款", "Refund due after all")),
    FactKind.REFUNDED: ("undo", "quiet", Text("已退款", "Refunded")),
    FactKind.NOT_SENT: ("send", "quiet", Text("未发出，没有字节离开", "Not sent: nothing left us")),
    FactKind.PAID_ELSEWHERE: ("answer", "not", Text("账单已在别处缴清", "Bill was paid elsewhere")),
    FactKind.PASSED_ON: (
        "answer",
        "not",
        Text(
            "通道拒绝，确未入账，改走别的通道",
            "Way refused; nothing was posted; another way takes it",
        ),
    ),
    FactKind.NOTICE_GIVEN: (
        "send",
        "quiet",
        Text("已告知收费单位勿停供", "Biller was told not to disconnect"),
    ),
}
POSTINGS: Mapping[Posting, Text] = {
    Posting.CASH_IN: Text("记账：收取现金", "Posted: cash in"),
    Posting.CONFIRM: Text("记账：销账", "Posted: confirmed"),
    Posting.RETURN: Text("记账：退还现金", "Posted: cash returned"),
    Posting.REFUND_AFTER_DECLINE: Text("记账：应退现金", "Posted: refund due"),
    Posting.REVERSAL: Text("记账：冲正", "Posted: reversal"),
    Posting.REFUND_AFTER_CONFIRM: Text("记账：销账后应退", "Posted: refund due after all"),
    Posting.REFUNDED: Text("记账：退款付出", "Posted: refund paid out"),
}
ERRANDS: Mapping[ErrandKind, Text] = {
    ErrandKind.SEND: Text("发送", "Send"),
    ErrandKind.ENQUIRE: Text("查询结果", "Enquire"),
    ErrandKind.VOID: Text("冲正", "Reverse"),
    ErrandKind.CLAIM_PAID: Text("账单标记已缴", "Mark bill paid"),
    ErrandKind.CLAIM_FREE: Text("释放账单", "Free bill"),
    ErrandKind.RETURN_DEADLINE: Text("退现金期限", "Deadline to hand back"),
    ErrandKind.CASE: Text("人工处理", "For a person"),
    ErrandKind.NOTICE: Text("告知勿停供", "Tell the biller"),
}
_CAUSES: Mapping[Posting, frozenset[FactKind]] = {
    Posting.CONFIRM: frozenset(
        {FactKind.CONFIRMED, FactKind.FILE_POSTED, FactKind.REVERSED}
        | {FactKind.REFUND_AFTER_CONFIRM}
    ),
    Posting.RETURN: frozenset({FactKind.CASH_RETURNED}),
    Posting.REFUND_AFTER_DECLINE: frozenset({FactKind.REFUND_AFTER_DECLINE}),
    Posting.REVERSAL: frozenset({FactKind.REVERSED}),
    Posting.REFUND_AFTER_CONFIRM: frozenset({FactKind.REFUND_AFTER_CONFIRM}),
    Posting.REFUNDED: frozenset({FactKind.REFUNDED}),
}


def timeline(life: WholeLife, show: Show) -> list[Event]:
    """Everything that happened, in the order of time; the cause before what it posted."""
    events = [
        *(_asked(ask, life, show) for ask in life.asks),
        *(_told(fact, show) for fact in life.facts),
        *_posted(life, show),
    ]
    return sorted(events, key=lambda event: event.at)


def waiting(life: WholeLife, show: Show) -> list[Event]:
    """What is still to be done, the next first."""
    return [
        Event(
            at=one.errand.due_at,
            icon="wait",
            tone="doubt",
            title=show.say(ERRANDS[one.errand.kind]),
            notes=[
                (show.t("已做次数", "Done before"), str(one.errand.count)),
                *(
                    [(show.t("正在处理，租约至", "Being worked on, leased until"),
                      show.clock(one.leased_until))]
                    if one.leased_until is not None and one.leased_until > show.now
                    else []
                ),
            ],
        )
        for one in life.waiting
    ]  # fmt: skip


def checks(life: WholeLife) -> Checks:
    """The books and the state, worked out anew from what is kept."""
    known = [Known(fact.kind, fact.route, fact.attempt, fact.written_at) for fact in life.facts]
    standing = stand(known, stood_in=life.payment.stood_in)
    folds = (standing.state, standing.contradicted) == (life.payment.state, life.contradicted)
    return Checks(sum(line.amount for line in life.entries), len(life.entries), folds)


def refusal_in(ask: Decided) -> Refused | None:
    """The refusal that a decided ask keeps; None where it was not refused."""
    if ask.verdict is not Verdict.REFUSED or ask.detail is None:
        return None
    stored = msgspec.json.decode(ask.detail, type=Stored)
    return Refused(stored.code, stored.places)


def _asked(ask: Decided, life: WholeLife, show: Show) -> Event:
    icon, title = ASKS[ask.kind]
    notes = [
        (show.t("请求号", "Key"), str(ask.key)),
        (show.t("由谁", "By"), ask.actor),
    ]
    if ask.kind is AskKind.PAY:
        payment, place = life.payment, show.outlet_code(ask.outlet)
        notes += [
            (show.t("收银机", "Till"), f"{place} / {show.till(payment.till)}"),
            (show.t("收银员", "Cashier"), life.cashier or show.t("机器", "a machine")),
            (show.t("实收 / 找零", "Tendered / change"),
             f"{show.money(payment.tendered)} / {show.money(payment.change)}"),
        ]  # fmt: skip
    return Event(ask.asked_at, icon, "quiet", show.say(title), notes)


def _told(fact: FactRow, show: Show) -> Event:
    icon, tone, title = FACTS[fact.kind]
    notes = []
    if fact.route:
        which = show.t(f"第 {fact.attempt} 次", f"attempt {fact.attempt}")
        notes.append((show.t("通道", "Route"), f"{show.route(fact.route)} · {which}"))
    if fact.detail:
        notes.append((show.t("原话", "Their words"), fact.detail))
    notes.append((show.t("来源", "Source"), fact.source))
    if fact.happened_at != fact.written_at:
        notes.append((show.t("发生于", "Happened at"), show.full(fact.happened_at)))
    return Event(fact.written_at, icon, tone, show.say(title), notes)


def _posted(life: WholeLife, show: Show) -> Iterable[Event]:
    groups: dict[Posting, list[EntryRow]] = {}
    for entry in life.entries:
        groups.setdefault(Posting(entry.line // LINES_PER_POSTING), []).append(entry)
    for posting, lines in groups.items():
        dates = {line.business_date.isoformat() for line in lines}
        yield Event(
            at=_cause(posting, life),
            icon="book",
            tone="quiet",
            title=show.say(POSTINGS[posting]),
            notes=[(show.t("账务日", "Business date"), ", ".join(sorted(dates)))],
            lines=[_line(line, show) for line in lines],
        )


def _cause(posting: Posting, life: WholeLife) -> datetime:
    causes = _CAUSES.get(posting, frozenset())
    moments = [fact.written_at for fact in life.facts if fact.kind in causes]
    return min(moments, default=life.payment.accepted_at)


def _line(line: EntryRow, show: Show) -> BookLine:
    amount = show.money(abs(line.amount))
    return BookLine(
        account=show.say(NAMES[line.account]),
        party=party_of(line, show),
        debit=amount if line.amount > 0 else "",
        credit=amount if line.amount < 0 else "",
    )


def party_of(line: EntryRow, show: Show) -> str:
    """Whose account a ledger line is on."""
    kind = PARTY_KINDS.get(line.account)
    if kind is None or line.party == NETWORK:
        return show.t("本网络", "the network")
    return {"agent": show.agent, "biller": show.biller, "route": show.route}[kind](line.party)
