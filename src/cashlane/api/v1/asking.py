"""Looking up, abandoning and undoing payments; outlets and routes."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, get, post
from litestar.params import HeaderParameter, QueryParameter

from cashlane.api.v1.door import actor_of
from cashlane.core.network import Actor
from cashlane.core.record import AskKind, Verdict
from cashlane.core.refusals import Refused
from cashlane.counter.asking import WAIT_MS_MOST, UndoKind, abandon_key, status_of, undo_payment
from cashlane.counter.keys import idempotency_key
from cashlane.counter.messages import (
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
from cashlane.counter.problems import RefusedError
from cashlane.counter.service import Service
from cashlane.counter.wording import name_out
from cashlane.values.ids import spell
from cashlane.values.text import Text

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
    return await status_of(service, actor, payment, wait_ms=wait_ms)


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
    return await abandon_key(service, actor, counter, data.key)


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


async def _undo(
    request: Request[Any, Any, Any],
    payment: PaymentId,
    data: At,
    service: Service,
    kind: UndoKind,
) -> UndoOut:
    actor = await actor_of(request, service.keys)
    key = idempotency_key(request)
    counter = service.places.counter(actor, data.outlet, data.till)
    return await undo_payment(service, actor, counter, payment=payment, key=key, kind=kind)


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
