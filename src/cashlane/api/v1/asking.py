"""Looking up, abandoning and undoing payments over the wire."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, get, post
from litestar.params import QueryParameter

from cashlane.api.v1 import examples
from cashlane.api.v1.told import AT_COUNTER, HAS_BODY, UNDOES, told
from cashlane.core.network import Actor
from cashlane.core.record import AskKind, Verdict
from cashlane.core.refusals import Refused
from cashlane.counter.asking import WAIT_MS_MOST, UndoKind, abandon_key, status_of, undo_payment
from cashlane.counter.keys import idempotency_key
from cashlane.counter.messages import (
    AbandonIn,
    AbandonOut,
    At,
    Code,
    KeyOut,
    PaymentId,
    StatusOut,
    UndoOut,
)
from cashlane.counter.problems import RefusedError
from cashlane.counter.service import Service
from cashlane.values.ids import spell
from cashlane.values.text import Text


@get("/payments/{payment:str}", opt=told("payments", "SCHEMA", "NOT_FOUND",
                                         answered=examples.STATUS))  # fmt: skip
async def status(
    payment: PaymentId,
    service: Service,
    actor: Actor,
    wait_ms: Annotated[int, QueryParameter(ge=0, le=WAIT_MS_MOST)] = 0,
) -> StatusOut:
    """Say how a payment stands. With `wait_ms` the answer waits so long for a definite word."""
    return await status_of(service, actor, payment, wait_ms=wait_ms)


@get("/payments", opt=told("payments", "SCHEMA", "NOT_FOUND"))
async def by_key(service: Service, actor: Actor, outlet: Code, key: UUID) -> KeyOut:
    """Say what was decided under a till's own key. Finding nothing proves nothing."""
    place = service.places.outlet(actor, outlet)
    seen = await service.lookup.ask(actor.agent, place.bucket, place.number, key)
    if seen is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("请求号", "key")}))
    if seen.verdict is Verdict.REFUSED:
        await service.deeds.note(actor, "refused", str(key))
    verdict: Literal["accepted", "refused", "abandoned", "burnt"] = _VERDICTS[seen.verdict]
    code = seen.detail.split('"')[1] if seen.detail is not None else None
    return KeyOut(key, verdict, code, spell("pay", seen.payment) if seen.payment else None)


_VERDICTS: dict[Verdict, Literal["accepted", "refused", "abandoned", "burnt"]] = {
    Verdict.ACCEPTED: "accepted",
    Verdict.REFUSED: "refused",
    Verdict.ABANDONED: "abandoned",
    Verdict.BURNT: "burnt",
}


@post(
    "/abandonments",
    status_code=200,
    opt=told("payments", *HAS_BODY, *AT_COUNTER, "KEY_RUNNING", "DAY_CLOSED",
             asked=examples.ABANDON, answered={"abandoned": True, "payment": None}),
)  # fmt: skip
async def abandon(data: AbandonIn, service: Service, actor: Actor) -> AbandonOut:
    """Close a key for ever, or learn that it had become a payment.

    Only then may a till in doubt hand the cash back.
    """
    counter = service.places.counter(actor, data.outlet, data.till)
    return await abandon_key(service, actor, counter, data.key)


@post(
    "/payments/{payment:str}/void",
    status_code=200,
    opt=told("undoing", *UNDOES, "VOID_STATE", "VOID_AFTER_CUT", "VOID_OTHER_SHIFT",
             "VOID_UNSUPPORTED", keyed=True, asked=examples.AT),
)  # fmt: skip
async def void(
    request: Request[Any, Any, Any], payment: PaymentId, data: At, service: Service, actor: Actor
) -> UndoOut:
    """Void a payment in the same shift, receipt in hand. It is over when its status says so."""
    return await _undo(request, payment, data, service, actor, AskKind.VOID)


@post(
    "/payments/{payment:str}/cash-returned",
    status_code=200,
    opt=told("undoing", *UNDOES, "RETURN_STATE", "RETURN_REFUND", keyed=True, asked=examples.AT),
)
async def cash_returned(
    request: Request[Any, Any, Any], payment: PaymentId, data: At, service: Service, actor: Actor
) -> UndoOut:
    """Say that a declined payment's cash went back over the counter."""
    return await _undo(request, payment, data, service, actor, AskKind.HAND_BACK)


@post(
    "/payments/{payment:str}/slip-given",
    status_code=200,
    opt=told("undoing", *UNDOES, keyed=True, asked=examples.AT),
)
async def slip_given(
    request: Request[Any, Any, Any], payment: PaymentId, data: At, service: Service, actor: Actor
) -> UndoOut:
    """Say that the citizen left with an acceptance slip."""
    return await _undo(request, payment, data, service, actor, AskKind.SLIP)


@post(
    "/payments/{payment:str}/refunded",
    status_code=200,
    opt=told("undoing", *UNDOES, "RETURN_STATE", keyed=True, asked=examples.AT),
)
async def refunded(
    request: Request[Any, Any, Any], payment: PaymentId, data: At, service: Service, actor: Actor
) -> UndoOut:
    """Say that a refund due was handed out, slip in hand."""
    return await _undo(request, payment, data, service, actor, AskKind.REFUND)


async def _undo(
    request: Request[Any, Any, Any],
    payment: PaymentId,
    data: At,
    service: Service,
    actor: Actor,
    kind: UndoKind,
) -> UndoOut:
    key = idempotency_key(request)
    counter = service.places.counter(actor, data.outlet, data.till)
    return await undo_payment(service, actor, counter, payment=payment, key=key, kind=kind)
