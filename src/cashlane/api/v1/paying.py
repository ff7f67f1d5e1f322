"""Inquiries, holds and payments over the wire."""

import asyncio
from typing import Annotated, Any

from litestar import Request, post
from litestar.params import HeaderParameter

from cashlane.api.v1.door import actor_of
from cashlane.core.asks import Accepted
from cashlane.counter.keys import idempotency_key
from cashlane.counter.messages import (
    BatchIn,
    BatchOut,
    InquiryIn,
    InquiryOut,
    PaymentIn,
    PaymentOut,
    VisitIn,
    VisitOut,
)
from cashlane.counter.problems import RefusedError
from cashlane.counter.service import Service
from cashlane.counter.taking import line_out, offer, refusal, take, take_basket, take_line
from cashlane.counter.wording import payment_out


@post("/inquiries", status_code=200)
async def inquire(request: Request[Any, Any, Any], data: InquiryIn, service: Service) -> InquiryOut:
    """What is owed, what it costs at this counter, and - where `hold` is asked for and exactly
    one bill is named - the hold under which it may be paid."""
    actor = await actor_of(request, service.keys)
    counter = service.places.counter(actor, data.outlet, data.till)
    return await offer(service, counter, data)


@post("/payments", status_code=201)
async def pay(
    request: Request[Any, Any, Any],
    data: PaymentIn,
    service: Service,
    idempotency: Annotated[
        str | None, HeaderParameter(name="Idempotency-Key", required=False)
    ] = None,
) -> PaymentOut:
    """Take cash for one bill: with its hold in one step, or without one by naming the bill."""
    actor = await actor_of(request, service.keys)
    answer = await take(service, actor, data, idempotency_key(request))
    if not isinstance(answer, Accepted):
        raise RefusedError(refusal(answer))
    return payment_out(answer.payment, service.places.network)


@post("/batches", status_code=200)
async def pay_batch(request: Request[Any, Any, Any], data: BatchIn, service: Service) -> BatchOut:
    """Many payments of one agent, each with its own key and its own outcome, in order."""
    actor = await actor_of(request, service.keys)
    answers = await asyncio.gather(*(take_line(service, actor, item) for item in data.payments))
    keyed = zip((item.key for item in data.payments), answers, strict=True)
    return BatchOut([line_out(key, answer, service) for key, answer in keyed])


@post("/visits", status_code=200)
async def pay_visit(request: Request[Any, Any, Any], data: VisitIn, service: Service) -> VisitOut:
    """A basket: one cash figure, one change, an outcome for each bill."""
    actor = await actor_of(request, service.keys)
    counter = service.places.counter(actor, data.outlet, data.till)
    return await take_basket(service, actor, counter, data)
