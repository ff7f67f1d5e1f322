"""Inquiries, holds and payments over the wire."""

from typing import Any

from litestar import Request, post

from cashlane.api.v1 import examples
from cashlane.api.v1.told import AT_COUNTER, HAS_BODY, IS_OWED, KEYED, MAY_TAKE, OFFERS, told
from cashlane.api.v1.told import READS_CODE as READS
from cashlane.core.network import Actor
from cashlane.counter.keys import idempotency_key
from cashlane.counter.messages import (
    BatchIn,
    BatchOut,
    HeldOut,
    HoldIn,
    InquiryIn,
    InquiryOut,
    PaymentIn,
    PaymentOut,
    VisitIn,
    VisitOut,
)
from cashlane.counter.service import Service
from cashlane.counter.taking import batch_at, hold_at, inquire_at, pay_at, take_basket

_DECIDES = ("HOLD_UNREADABLE", "HOLD_BURNT", "HOLD_USED", "TENDERED_SHORT", "DRAWER_FULL")
_PAYS = (*OFFERS, *KEYED, *_DECIDES, "BILL_CHOICE", "BILL_CHANGED", "AMOUNT_MISSING",
         "CURRENCY_WRONG")  # fmt: skip


@post(
    "/inquiries",
    status_code=200,
    opt=told("counter", *OFFERS, asked=examples.INQUIRY, answered=examples.OFFER),
)
async def inquire(data: InquiryIn, service: Service, actor: Actor) -> InquiryOut:
    """Ask what is owed and what it costs at this counter.

    Where `hold` is asked for and exactly one bill is found, it is held as by `POST /v1/holds`.
    """
    return await inquire_at(service, actor, data, None)


@post(
    "/holds",
    status_code=200,
    opt=told("counter", *HAS_BODY, *AT_COUNTER, *READS, *MAY_TAKE, *IS_OWED, "BILL_CHOICE",
             asked=examples.HOLD, answered=examples.HELD),
)  # fmt: skip
async def hold(data: HoldIn, service: Service, actor: Actor) -> HeldOut:
    """Hold exactly one bill for a till, so that nobody else pays it meanwhile.

    The same till asking again gets the same hold. For another till the bill is BILL_HELD, and
    Retry-After says for how many seconds at most.
    """
    return await hold_at(service, actor, data, None)


@post(
    "/payments",
    status_code=201,
    opt=told("counter", *_PAYS, keyed=True, asked=examples.PAYMENT, answered=examples.PAID),
)
async def pay(
    request: Request[Any, Any, Any], data: PaymentIn, service: Service, actor: Actor
) -> PaymentOut:
    """Take cash for one bill: with its hold in one step, or without one by naming the bill.

    A pay with a live hold is never turned away for load.
    """
    return await pay_at(service, actor, data, idempotency_key(request))


@post("/batches", status_code=200, opt=told("counter", *HAS_BODY, asked=examples.BATCH))
async def pay_batch(data: BatchIn, service: Service, actor: Actor) -> BatchOut:
    """Take many payments of one agent, each with its own key and its own outcome, in order.

    The answer is 200 also where every line is refused: look at each line's own problem.
    """
    return await batch_at(service, actor, data, None)


@post(
    "/visits",
    status_code=200,
    opt=told("counter", *HAS_BODY, *AT_COUNTER, "TENDERED_SHORT", asked=examples.VISIT),
)
async def pay_visit(data: VisitIn, service: Service, actor: Actor) -> VisitOut:
    """Take one cash figure for a basket of held bills: one change, an outcome for each bill."""
    counter = service.places.counter(actor, data.outlet, data.till)
    return await take_basket(service, actor, counter, data)
