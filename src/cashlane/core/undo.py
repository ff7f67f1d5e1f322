"""Undoing at the counter: a void in the same shift, cash handed back, a slip given, a refund.

Cash goes back only from a definite "declined", a finished void or a refund due; never from doubt.
"""

from cashlane.core.asks import UndoAsk
from cashlane.core.life import Moment, News, PaymentLife, Turn, learn, route_of
from cashlane.core.network import Network
from cashlane.core.payment import FactKind, State
from cashlane.core.record import AskKind
from cashlane.core.refusals import Refused
from cashlane.core.shift import Shift
from cashlane.values.text import Text

STATE_NAMES: dict[State, Text] = {
    State.CASH_IN: Text("已收现金", "taken and not yet sent"),
    State.SENT: Text("已发出", "sent and not yet answered"),
    State.UNKNOWN: Text("状态未知", "in doubt"),
    State.STOOD_IN: Text("代受理", "accepted while no way was open"),
    State.CONFIRMED: Text("已销账", "confirmed"),
    State.DECLINED: Text("销账失败", "declined"),
    State.RETURNED: Text("现金已退", "declined, with the cash handed back"),
    State.VOIDING: Text("撤销中", "being voided"),
    State.VOIDED: Text("已撤销", "voided"),
    State.REFUND_DUE: Text("待退款", "waiting for its refund"),
    State.REFUNDED: Text("已退款", "refunded"),
}

_VOIDABLE = frozenset({State.CASH_IN, State.SENT, State.UNKNOWN, State.CONFIRMED})


def undo(
    life: PaymentLife, ask: UndoAsk, shift: Shift | None, network: Network, at: Moment
) -> Turn | Refused:
    """What an act of undoing makes of a payment, or why it may not be."""
    match ask.kind:
        case AskKind.VOID:
            return _void(life, ask, shift, network, at)
        case AskKind.HAND_BACK:
            return _hand_back(life, ask, at)
        case AskKind.SLIP:
            return learn(life, _news(FactKind.SLIP_GIVEN, ask, at, attempt=0), at)
        case AskKind.REFUND:
            return _refund(life, ask, network, at)


def _void(
    life: PaymentLife, ask: UndoAsk, shift: Shift | None, network: Network, at: Moment
) -> Turn | Refused:
    """Same till, same shift, before the cut, over a route that can; while in doubt it is kept.

    A void asked for before the outcome is known is carried out on confirmation.
    """
    payment = life.payment
    if payment.state not in _VOIDABLE or life.standing().contradicted:
        return _state_refused("VOID_STATE", payment.state)
    if payment.business_date != at.business_date:
        return Refused("VOID_AFTER_CUT")
    same_shift = shift == Shift(payment.business_date, payment.shift, open=True)
    if ask.till != payment.till or not same_shift:
        return Refused("VOID_OTHER_SHIFT")
    if not network.routes[route_of(life)].manifest.voids:
        return Refused("VOID_UNSUPPORTED")
    asked = life.count(FactKind.REVERSAL_ASKED)
    if asked > life.count(FactKind.REVERSAL_REFUSED):
        return _state_refused("VOID_STATE", State.VOIDING)
    return learn(life, _news(FactKind.REVERSAL_ASKED, ask, at, attempt=asked + 1), at)


def _hand_back(life: PaymentLife, ask: UndoAsk, at: Moment) -> Turn | Refused:
    state = life.payment.state
    if state is State.REFUND_DUE:
        return Refused("RETURN_REFUND")
    if state is not State.DECLINED:
        return _state_refused("RETURN_STATE", state)
    return learn(life, _news(FactKind.CASH_RETURNED, ask, at, attempt=0), at)


def _refund(life: PaymentLife, ask: UndoAsk, network: Network, at: Moment) -> Turn | Refused:
    if life.payment.state is not State.REFUND_DUE:
        return _state_refused("RETURN_STATE", life.payment.state)
    by = network.outlets[ask.outlet].agent
    return learn(life, _news(FactKind.REFUNDED, ask, at, attempt=0), at, refunded_by=by)


def _news(kind: FactKind, ask: UndoAsk, at: Moment, *, attempt: int) -> News:
    return News(
        kind=kind,
        route=0,
        attempt=attempt,
        source=f"till:{ask.till} {ask.actor}",
        detail=None,
        happened_at=at.now,
    )


def _state_refused(code: str, state: State) -> Refused:
    return Refused(code, {"state": STATE_NAMES[state]})
