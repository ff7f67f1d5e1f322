"""Looking up, abandoning and undoing payments; outlets and routes."""

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, get, post
from litestar.params import HeaderParameter, QueryParameter

from cashlane.api.v1.door import Counter, actor_of, content_hash, idempotency_key, payment_place
from cashlane.api.v1.messages import (
    AbandonIn,
    AbandonOut,
    At,
    KeyOut,
    OutletOut,
    OutletsOut,
    PaymentId,
    RouteOut,
    RoutesOut,
    StatusOut,
    UndoOut,
)
from cashlane.api.v1.problems import RefusedError
from cashlane.api.v1.service import Service
from cashlane.api.v1.wording import name_out, payment_out, status_out
from cashlane.core.asks import AbandonAsk, Accepted, Closed, UndoAsk, Undone
from cashlane.core.network import Actor
from cashlane.core.payment import IN_DOUBT
from cashlane.core.record import AskKind, Verdict
from cashlane.core.refusals import Refused
from cashlane.store.lookup import Seen
from cashlane.values.ids import spell
from cashlane.values.text import Text

WAIT_MS_MOST = 10_000
"""How long one look-up may wait: longer than a till's patience helps nobody."""
LOOK_EVERY_S = 0.1
"""A waiting look-up looks again this often: unnoticed by a person, ten reads a second at most."""
PAGE_MOST = 200
"""Rows of one page: the next page begins after the last code."""


@get("/payments/{payment:str}")
async def status(
    request: Request[Any, Any, Any],
    payment: PaymentId,
    service: Service,
    wait_ms: Annotated[int, QueryParameter(ge=0, le=WAIT_MS_MOST)] = 0,
) -> StatusOut:
    """How a payment stands. With `wait_ms` the answer waits that long for a definite word."""
    actor = await actor_of(request, service.keys)
    until = service.clock.elapsed() + wait_ms / 1000
    seen = await _seen(service, actor, payment)
    while seen.payment.state in IN_DOUBT and service.clock.elapsed() < until:
        await asyncio.sleep(LOOK_EVERY_S)
        seen = await _seen(service, actor, payment)
    return status_out(seen, service.places.network, service.receipt_key)


async def _seen(service: Service, actor: Actor, payment: PaymentId) -> Seen:
    ident, bucket, day = payment_place(payment)
    seen = await service.lookup.payment(actor.agent, bucket, day, ident)
    if seen is None or (actor.outlet is not None and seen.payment.outlet != actor.outlet):
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("缴费", "payment")}))
    return seen


@get("/payments")
async def by_key(
    request: Request[Any, Any, Any], service: Service, outlet: str, key: UUID
) -> KeyOut:
    """What was decided under a till's own key."""
    actor = await actor_of(request, service.keys)
    place = service.places.outlet(actor, outlet)
    seen = await service.lookup.ask(actor.agent, place.bucket, place.number, key)
    if seen is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("请求号", "key")}))
    verdict: Literal["accepted", "refused", "abandoned", "burnt"] = _VERDICTS[seen.verdict]
    code = seen.detail.split('"')[1] if seen.detail is not None else None
    return KeyOut(key, verdict, code, spell("pay", seen.payment) if seen.payment else None)


_VERDICTS: dict[Verdict, Literal["accepted", "refused", "abandoned", "burnt"]] = {
    Verdict.ACCEPTED: "accepted",
    Verdict.REFUSED: "refused",
    Verdict.ABANDONED: "abandoned",
    Verdict.BURNT: "burnt",
}


@post("/abandonments", status_code=200)
async def abandon(request: Request[Any, Any, Any], data: AbandonIn, service: Service) -> AbandonOut:
    """Close a key for ever, or learn that it had become a payment. Only then may a till in doubt
    hand the cash back."""
    actor = await actor_of(request, service.keys)
    counter = service.places.counter(actor, data.outlet, data.till)
    answer = await service.acceptor.decide(
        AbandonAsk(
            outlet=counter.outlet.number,
            till=counter.till.number,
            key=data.key,
            hash=content_hash("abandon", data.key),
            actor=actor.name,
        )
    )
    match answer:
        case Accepted(payment=payment):
            return AbandonOut(False, payment_out(payment, service.places.network))
        case Closed():
            return AbandonOut(True, None)
        case Refused():
            raise RefusedError(answer)
    raise AssertionError("an abandonment closes the key or finds its payment")


Idempotency = Annotated[str | None, HeaderParameter(name="Idempotency-Key", required=False)]


@post("/payments/{payment:str}/void", status_code=200)
async def void(
    request: Request[Any, Any, Any], payment: PaymentId, data: At, service: Service,
    idempotency: Idempotency = None,
) -> UndoOut:  # fmt: skip
    """Void a payment in the same shift, receipt in hand. It is over when its status says so."""
    return await _undo(request, payment, data, service, AskKind.VOID)


@post("/payments/{payment:str}/cash-returned", status_code=200)
async def cash_returned(
    request: Request[Any, Any, Any], payment: PaymentId, data: At, service: Service,
    idempotency: Idempotency = None,
) -> UndoOut:  # fmt: skip
    """Say that a declined payment's cash went back over the counter."""
    return await _undo(request, payment, data, service, AskKind.HAND_BACK)


@post("/payments/{payment:str}/slip-given", status_code=200)
async def slip_given(
    request: Request[Any, Any, Any], payment: PaymentId, data: At, service: Service,
    idempotency: Idempotency = None,
) -> UndoOut:  # fmt: skip
    """Say that the citizen left with an acceptance slip."""
    return await _undo(request, payment, data, service, AskKind.SLIP)


@post("/payments/{payment:str}/refunded", status_code=200)
async def refunded(
    request: Request[Any, Any, Any], payment: PaymentId, data: At, service: Service,
    idempotency: Idempotency = None,
) -> UndoOut:  # fmt: skip
    """Say that a refund due was handed out, slip in hand."""
    return await _undo(request, payment, data, service, AskKind.REFUND)


_ACTS: dict[AskKind, Literal["void", "cash_returned", "slip_given", "refunded"]] = {
    AskKind.VOID: "void",
    AskKind.HAND_BACK: "cash_returned",
    AskKind.SLIP: "slip_given",
    AskKind.REFUND: "refunded",
}


async def _undo(
    request: Request[Any, Any, Any],
    payment: PaymentId,
    data: At,
    service: Service,
    kind: Literal[AskKind.VOID, AskKind.HAND_BACK, AskKind.SLIP, AskKind.REFUND],
) -> UndoOut:
    actor = await actor_of(request, service.keys)
    key = idempotency_key(request)
    counter = service.places.counter(actor, data.outlet, data.till)
    seen = await _seen(service, actor, payment)
    if seen.payment.outlet != counter.outlet.number:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("缴费", "payment")}))
    answer = await service.acceptor.decide(_undo_ask(actor, counter, key, kind, seen))
    if isinstance(answer, Undone):
        at = service.places.network.local(answer.at).isoformat(timespec="milliseconds")
        return UndoOut(spell("pay", answer.payment.id), _ACTS[answer.kind], at)
    assert isinstance(answer, Refused), "an undoing is done or refused"
    raise RefusedError(answer)


def _undo_ask(
    actor: Actor,
    counter: Counter,
    key: UUID,
    kind: Literal[AskKind.VOID, AskKind.HAND_BACK, AskKind.SLIP, AskKind.REFUND],
    seen: Seen,
) -> UndoAsk:
    return UndoAsk(
        outlet=counter.outlet.number,
        till=counter.till.number,
        key=key,
        hash=content_hash(kind, counter.till.number, seen.payment.id),
        kind=kind,
        payment=seen.payment.id,
        payment_date=seen.payment.business_date,
        actor=actor.name,
    )


@get("/outlets")
async def outlets(
    request: Request[Any, Any, Any],
    service: Service,
    after: str = "",
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MOST)] = PAGE_MOST,
) -> OutletsOut:
    """The caller's outlets by code, a page at a time."""
    actor = await actor_of(request, service.keys)
    rest = [one for one in service.places.outlets_of(actor) if one.code > after]
    page = rest[:limit]
    more = page[-1].code if len(rest) > limit else None
    return OutletsOut([_outlet_out(service, one.code, actor) for one in page], more)


@get("/outlets/{code:str}")
async def outlet(request: Request[Any, Any, Any], service: Service, code: str) -> OutletOut:
    """One outlet of the caller."""
    return _outlet_out(service, code, await actor_of(request, service.keys))


def _outlet_out(service: Service, code: str, actor: Actor) -> OutletOut:
    place = service.places.outlet(actor, code)
    return OutletOut(
        code=place.code,
        name=name_out(place.name),
        brand=place.brand,
        district=place.district,
        suspended=place.suspended,
        tills=service.places.tills_of(place),
    )


@get("/routes")
async def routes(request: Request[Any, Any, Any], service: Service) -> RoutesOut:
    """The ways to billers, and whether each is open now."""
    await actor_of(request, service.keys)
    network, shut = service.places.network, service.shut()
    return RoutesOut(
        [
            RouteOut(
                code=route.code,
                name=name_out(route.name),
                kind=route.kind,
                open=route.number not in shut,
                billers=sorted(network.billers[number].code for number in route.billers),
            )
            for route in sorted(network.routes.values(), key=lambda one: one.code)
        ]
    )
