"""Taking cash at a counter: what is owed, one payment, a basket. Machines and tills alike."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from cashlane.core.asks import Accepted, Answer, Basket, PayAsk
from cashlane.core.network import Actor
from cashlane.core.onboarding import Act
from cashlane.core.quote import Hold, unseal
from cashlane.core.refusals import Refused
from cashlane.counter.keys import content_hash
from cashlane.counter.messages import (
    BasketIn,
    BatchIn,
    BatchOut,
    HeldBatchIn,
    HeldIn,
    HeldLineIn,
    HeldOut,
    HoldIn,
    InquiryIn,
    InquiryOut,
    KeyedPaymentIn,
    LineOut,
    Named,
    PaymentIn,
    PaymentOut,
    VisitOut,
    Wanted,
)
from cashlane.counter.places import Counter
from cashlane.counter.problems import RefusedError, problem
from cashlane.counter.service import Service
from cashlane.counter.wording import offer_out, payment_out
from cashlane.switch.accept import DirectPay
from cashlane.switch.inquire import Inquiry
from cashlane.values.money import write_amount
from cashlane.values.text import Text

_Asked = PayAsk | DirectPay | Refused


async def offer(service: Service, counter: Counter, wanted: Wanted) -> InquiryOut:
    """What is owed, and the hold where it is asked for. Raises the refusal."""
    inquiry = _inquiry(service, counter, wanted, hold=wanted.hold)
    found = await service.inquirer.inquire(inquiry)
    if isinstance(found, Refused):
        raise RefusedError(found)
    return offer_out(found, service.places.network)


async def hold_one(service: Service, counter: Counter, wanted: HoldIn) -> HeldOut:
    """Exactly one bill, held for this till. Raises the refusal."""
    held = await service.inquirer.hold_one(_inquiry(service, counter, wanted, hold=True))
    if isinstance(held, Refused):
        raise RefusedError(held)
    out = offer_out(held, service.places.network)
    (bill,) = out.bills
    return HeldOut(out.biller, bill)


def _inquiry(service: Service, counter: Counter, wanted: Named, *, hold: bool) -> Inquiry:
    key = service.places.bill_key(
        code=wanted.code, biller=wanted.biller, account=wanted.account, ref=wanted.bill_ref
    )
    return Inquiry(counter.outlet.number, counter.till.number, key, hold, wanted.amount)


async def take_basket(service: Service, actor: Actor, counter: Counter, data: BasketIn) -> VisitOut:
    """A basket: one cash figure, one change, an outcome for each bill."""
    holds = [_hold(service, counter, item.hold) for item in data.items]
    wanted = sum(hold.quote.cash_due for hold in holds if isinstance(hold, Hold))
    if data.tendered < wanted:
        raise RefusedError(_short(service, data.tendered, wanted))
    basket = Basket(data.visit, data.tendered, len(data.items))
    asked = [
        _ask(actor, counter, item.key, hold, hold.quote.cash_due, basket)
        if isinstance(hold, Hold)
        else hold
        for item, hold in zip(data.items, holds, strict=True)
    ]
    begun = service.clock.now()
    answers = await _decided(service, asked)
    await _note(service, actor, answers, begun)
    return _visit_out(service, data, answers)


def _visit_out(service: Service, data: BasketIn, answers: list[Answer]) -> VisitOut:
    total = sum(one.payment.cash_due for one in answers if isinstance(one, Accepted))
    keyed = zip((item.key for item in data.items), answers, strict=True)
    return VisitOut(
        visit=data.visit,
        tendered=data.tendered,
        count=len(data.items),
        total=total,
        change=data.tendered - total,
        currency=service.places.network.currency.code,
        results=[line_out(key, answer, service) for key, answer in keyed],
    )


async def inquire_at(service: Service, actor: Actor, data: InquiryIn, _key: None) -> InquiryOut:
    """What is owed and what it costs at a counter of the caller."""
    found = await offer(service, service.places.counter(actor, data.outlet, data.till), data)
    await service.deeds.note(actor, "inquired", found.biller.code)
    return found


async def hold_at(service: Service, actor: Actor, data: HoldIn, _key: None) -> HeldOut:
    """A bill held for a counter of the caller."""
    held = await hold_one(service, service.places.counter(actor, data.outlet, data.till), data)
    await service.deeds.note(actor, "inquired", held.biller.code)
    return held


async def pay_at(service: Service, actor: Actor, data: PaymentIn | HeldIn, key: UUID) -> PaymentOut:
    """Cash taken at a counter of the caller. Raises the refusal."""
    begun = service.clock.now()
    answer = await take(service, actor, data, key)
    if not isinstance(answer, Accepted):
        raise RefusedError(refusal(answer))
    await _note(service, actor, [answer], begun)
    return payment_out(answer.payment, service.places.network)


async def batch_at(
    service: Service, actor: Actor, data: BatchIn | HeldBatchIn, _key: None
) -> BatchOut:
    """The lines of a batch: each one's refusal is its own and not the batch's."""
    begun = service.clock.now()
    lines: Sequence[KeyedPaymentIn | HeldLineIn] = data.payments
    keys = [line.key for line in lines]
    asked = [_line(service, actor, *line) for line in zip(lines, keys, strict=True)]
    answers = await _decided(service, asked)
    await _note(service, actor, answers, begun)
    keyed = zip(keys, answers, strict=True)
    return BatchOut([line_out(key, answer, service) for key, answer in keyed])


async def _note(service: Service, actor: Actor, answers: Iterable[Answer], begun: datetime) -> None:
    """What a host did by these: what was accepted before its request began is a repeat of it."""
    for one in answers:
        if isinstance(one, Accepted):
            act: Act = "paid" if one.payment.accepted_at >= begun else "repeated"
            await service.deeds.note(actor, act, one.payment.id)


def _line(service: Service, actor: Actor, data: PaymentIn | HeldIn, key: UUID) -> _Asked:
    try:
        return _asked(service, actor, data, key)
    except RefusedError as refused:
        return refused.refused


async def take(service: Service, actor: Actor, data: PaymentIn | HeldIn, key: UUID) -> Answer:
    """One payment, with its hold or by naming the bill."""
    asked = _asked(service, actor, data, key)
    if isinstance(asked, PayAsk):
        return await service.acceptor.decide(asked)
    return await service.acceptor.pay_direct(asked) if isinstance(asked, DirectPay) else asked


async def _decided(service: Service, asked: Sequence[_Asked]) -> list[Answer]:
    """An answer for each; those with holds go into the next batch together."""
    with_holds = [ask for ask in asked if isinstance(ask, PayAsk)]
    direct = [pay for pay in asked if isinstance(pay, DirectPay)]
    decided, paid = await asyncio.gather(
        service.acceptor.decide_all(with_holds),
        asyncio.gather(*map(service.acceptor.pay_direct, direct)),
    )
    in_turn = {PayAsk: iter(decided), DirectPay: iter(paid)}
    return [ask if isinstance(ask, Refused) else next(in_turn[type(ask)]) for ask in asked]


def _asked(service: Service, actor: Actor, data: PaymentIn | HeldIn, key: UUID) -> _Asked:
    """What a payment asks of the rooms, or why it asks nothing. Raises the refusal of its place."""
    counter = service.places.counter(actor, data.outlet, data.till)
    if isinstance(data, HeldIn):
        return _held(service, actor, counter, data, key, data.hold)
    currency = service.places.network.currency.code
    if data.currency is not None and data.currency != currency:
        return Refused("CURRENCY_WRONG", {"wanted": currency, "given": data.currency})
    if data.hold is None:
        return _direct(service, actor, counter, data, key)
    return _held(service, actor, counter, data, key, data.hold)


def _held(
    service: Service, actor: Actor, counter: Counter, data: PaymentIn | HeldIn, key: UUID,
    token: str,
) -> _Asked:  # fmt: skip
    hold = _hold(service, counter, token)
    if isinstance(hold, Refused):
        return hold
    return _ask(actor, counter, key, hold, data.tendered, None)


def _hold(service: Service, counter: Counter, token: str) -> Hold | Refused:
    """The promise behind a token; another counter's is answered like an unknown one."""
    hold = unseal(token, service.hold_keys)
    if isinstance(hold, Hold) and hold.outlet != counter.outlet.number:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("占用", "hold")}))
    return hold


def _ask(
    actor: Actor, counter: Counter, key: UUID, hold: Hold, tendered: int, basket: Basket | None
) -> PayAsk:
    visit = (basket.id, basket.tendered) if basket is not None else None
    return PayAsk(
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


def _direct(
    service: Service, actor: Actor, counter: Counter, data: PaymentIn, key: UUID
) -> DirectPay:
    named = service.places.bill_key(
        code=data.code, biller=data.biller, account=data.account, ref=data.bill_ref
    )
    amount = data.amount if data.amount is not None else named.amount
    if amount is None:
        raise RefusedError(Refused("AMOUNT_MISSING"))
    return DirectPay(
        inquiry=Inquiry(counter.outlet.number, counter.till.number, named, True, None),
        amount=amount,
        key=key,
        hash=content_hash("direct", counter.till.number, named, amount, data.tendered),
        tendered=data.tendered,
        cashier=actor.person,
        actor=actor.name,
    )


def _short(service: Service, tendered: int, due: int) -> Refused:
    places = {"tendered": tendered, "due": due, "short": due - tendered}
    currency = service.places.network.currency
    return Refused(
        "TENDERED_SHORT", {name: write_amount(it, currency) for name, it in places.items()}
    )


def line_out(key: UUID, answer: Answer, service: Service) -> LineOut:
    """A line of a batch or basket: the payment, or the problem with it."""
    if isinstance(answer, Accepted):
        return LineOut(key, payment_out(answer.payment, service.places.network), None)
    return LineOut(key, None, problem(refusal(answer)))


def refusal(answer: Answer) -> Refused:
    """The refusal of a pay that was not accepted."""
    assert isinstance(answer, Refused), "a pay is accepted or refused"
    return answer
