"""Inquiries, holds and payments over the wire."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, post
from litestar.params import HeaderParameter

from cashlane.api.v1.door import Counter, actor_of, content_hash, idempotency_key
from cashlane.api.v1.messages import (
    BatchIn,
    BatchOut,
    InquiryIn,
    InquiryOut,
    LineOut,
    PaymentIn,
    PaymentOut,
    VisitIn,
    VisitOut,
)
from cashlane.api.v1.problems import RefusedError, problem
from cashlane.api.v1.service import Service
from cashlane.api.v1.wording import offer_out, payment_out
from cashlane.core.asks import Accepted, Answer, Basket, PayAsk
from cashlane.core.network import Actor
from cashlane.core.quote import Hold, unseal
from cashlane.core.refusals import Refused
from cashlane.switch.accept import DirectPay
from cashlane.switch.inquire import Inquiry
from cashlane.values.money import write_amount
from cashlane.values.text import Text


@post("/inquiries", status_code=200)
async def inquire(request: Request[Any, Any, Any], data: InquiryIn, service: Service) -> InquiryOut:
    """What is owed, what it costs at this counter, and - where `hold` is asked for and exactly
    one bill is named - the hold under which it may be paid."""
    actor = await actor_of(request, service.keys)
    counter = service.places.counter(actor, data.outlet, data.till)
    key = service.places.bill_key(
        code=data.code, biller=data.biller, account=data.account, ref=data.bill_ref
    )
    offer = await service.inquirer.inquire(
        Inquiry(counter.outlet.number, counter.till.number, key, data.hold, data.amount)
    )
    if isinstance(offer, Refused):
        raise RefusedError(offer)
    return offer_out(offer, service.places.network)


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
    answer = await _pay(service, actor, data, idempotency_key(request))
    if not isinstance(answer, Accepted):
        raise RefusedError(_refusal(answer))
    return payment_out(answer.payment, service.places.network)


@post("/batches", status_code=200)
async def pay_batch(request: Request[Any, Any, Any], data: BatchIn, service: Service) -> BatchOut:
    """Many payments of one agent, each with its own key and its own outcome, in order."""
    actor = await actor_of(request, service.keys)
    answers = await asyncio.gather(
        *(_line_answer(service, actor, item, item.key) for item in data.payments)
    )
    keyed = zip((item.key for item in data.payments), answers, strict=True)
    return BatchOut([_line(key, answer, service) for key, answer in keyed])


@post("/visits", status_code=200)
async def pay_visit(request: Request[Any, Any, Any], data: VisitIn, service: Service) -> VisitOut:
    """A basket: one cash figure, one change, an outcome for each bill."""
    actor = await actor_of(request, service.keys)
    counter = service.places.counter(actor, data.outlet, data.till)
    holds = [_hold(service, actor, counter, item.hold) for item in data.items]
    wanted = sum(hold.quote.cash_due for hold in holds if isinstance(hold, Hold))
    if data.tendered < wanted:
        raise RefusedError(_short(service, data.tendered, wanted))
    basket = Basket(data.visit, data.tendered, len(data.items))
    answers = await asyncio.gather(
        *(
            _decide(service, actor, counter, item.key, hold, hold.quote.cash_due, basket)
            if isinstance(hold, Hold)
            else _at_once(hold)
            for item, hold in zip(data.items, holds, strict=True)
        )
    )
    return _visit_out(service, data, answers)


def _visit_out(service: Service, data: VisitIn, answers: list[Answer]) -> VisitOut:
    total = sum(one.payment.cash_due for one in answers if isinstance(one, Accepted))
    keyed = zip((item.key for item in data.items), answers, strict=True)
    return VisitOut(
        visit=data.visit,
        tendered=data.tendered,
        count=len(data.items),
        total=total,
        change=data.tendered - total,
        currency=service.places.network.currency.code,
        results=[_line(key, answer, service) for key, answer in keyed],
    )


async def _line_answer(service: Service, actor: Actor, data: PaymentIn, key: UUID) -> Answer:
    """One line's refusal is its own and not the batch's."""
    try:
        return await _pay(service, actor, data, key)
    except RefusedError as refused:
        return refused.refused


async def _pay(service: Service, actor: Actor, data: PaymentIn, key: UUID) -> Answer:
    counter = service.places.counter(actor, data.outlet, data.till)
    currency = service.places.network.currency.code
    if data.currency is not None and data.currency != currency:
        return Refused("CURRENCY_WRONG", {"wanted": currency, "given": data.currency})
    if data.hold is None:
        return await _pay_direct(service, actor, counter, data, key)
    hold = _hold(service, actor, counter, data.hold)
    if isinstance(hold, Refused):
        return hold
    return await _decide(service, actor, counter, key, hold, data.tendered, None)


def _hold(service: Service, actor: Actor, counter: Counter, token: str) -> Hold | Refused:
    """The promise behind a token; another counter's is answered like an unknown one."""
    hold = unseal(token, service.hold_keys)
    if isinstance(hold, Hold) and hold.outlet != counter.outlet.number:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("占用", "hold")}))
    return hold


async def _decide(
    service: Service, actor: Actor, counter: Counter, key: UUID, hold: Hold, tendered: int,
    basket: Basket | None,
) -> Answer:  # fmt: skip
    visit = (basket.id, basket.tendered) if basket is not None else None
    return await service.acceptor.decide(
        PayAsk(
            outlet=counter.outlet.number,
            till=counter.till.number,
            key=key,
            hash=content_hash("pay", counter.till.number, hold.id, hold.quote, tendered, visit),
            hold=hold,
            tendered=tendered,
            visit=basket,
            cashier=actor.person,
            actor=actor.name,
        )
    )


async def _at_once(refused: Refused) -> Answer:
    return refused


async def _pay_direct(
    service: Service, actor: Actor, counter: Counter, data: PaymentIn, key: UUID
) -> Answer:
    named = service.places.bill_key(
        code=data.code, biller=data.biller, account=data.account, ref=data.bill_ref
    )
    amount = data.amount if data.amount is not None else named.amount
    if amount is None:
        raise RefusedError(Refused("MALFORMED", {"what": Text("缺少金额", "it has no amount")}))
    return await service.acceptor.pay_direct(
        DirectPay(
            inquiry=Inquiry(counter.outlet.number, counter.till.number, named, True, None),
            amount=amount,
            key=key,
            hash=content_hash("direct", counter.till.number, named, amount, data.tendered),
            tendered=data.tendered,
            cashier=actor.person,
            actor=actor.name,
        )
    )


def _short(service: Service, tendered: int, due: int) -> Refused:
    places = {"tendered": tendered, "due": due, "short": due - tendered}
    currency = service.places.network.currency
    return Refused(
        "TENDERED_SHORT", {name: write_amount(it, currency) for name, it in places.items()}
    )


def _line(key: UUID, answer: Answer, service: Service) -> LineOut:
    if isinstance(answer, Accepted):
        return LineOut(key, payment_out(answer.payment, service.places.network), None)
    return LineOut(key, None, msgspec.to_builtins(problem(_refusal(answer))))


def _refusal(answer: Answer) -> Refused:
    assert isinstance(answer, Refused), "a pay is accepted or refused"
    return answer
