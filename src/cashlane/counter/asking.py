"""Looking up, abandoning and undoing payments at a counter. Machines and tills alike."""

import asyncio
from typing import Literal
from uuid import UUID

from cashlane.core.asks import AbandonAsk, Accepted, Closed, UndoAsk, Undone
from cashlane.core.network import Actor
from cashlane.core.payment import IN_DOUBT, State
from cashlane.core.record import AskKind
from cashlane.core.refusals import Refused
from cashlane.counter.keys import content_hash
from cashlane.counter.messages import AbandonOut, PaymentId, StatusOut, UndoOut
from cashlane.counter.places import Counter, payment_place
from cashlane.counter.problems import RefusedError
from cashlane.counter.service import Service
from cashlane.counter.wording import payment_out, status_out
from cashlane.store.lookup import Seen
from cashlane.values.ids import spell
from cashlane.values.text import Text

WAIT_MS_MOST = 10_000
"""How long one look-up may wait: longer than a till's patience helps nobody."""
LOOK_EVERY_S = 0.1
"""A waiting look-up looks again this often: unnoticed by a person, ten reads a second at most."""
UndoKind = Literal[AskKind.VOID, AskKind.HAND_BACK, AskKind.SLIP, AskKind.REFUND]


async def status_of(
    service: Service, actor: Actor, payment: PaymentId, *, wait_ms: int
) -> StatusOut:
    """How a payment stands, waiting so long for a definite word."""
    until = service.clock.elapsed() + wait_ms / 1000
    seen = await find_payment(service, actor, payment)
    while seen.payment.state in IN_DOUBT and service.clock.elapsed() < until:
        await asyncio.sleep(LOOK_EVERY_S)
        seen = await find_payment(service, actor, payment)
    if seen.payment.state is State.CONFIRMED:
        await service.deeds.note(actor, "looked_up", payment)
    return status_out(seen, service.places.network, service.receipt_key)


async def find_payment(service: Service, actor: Actor, payment: PaymentId) -> Seen:
    """A payment of the caller. Raises NOT_FOUND; another's is answered like an unknown one."""
    ident, bucket, day = payment_place(payment)
    seen = await service.lookup.payment(actor.agent, bucket, day, ident)
    if seen is None or (actor.outlet is not None and seen.payment.outlet != actor.outlet):
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("缴费", "payment")}))
    return seen


async def abandon_key(service: Service, actor: Actor, counter: Counter, key: UUID) -> AbandonOut:
    """Close a key for ever, or learn that it had become a payment."""
    answer = await service.acceptor.decide(
        AbandonAsk(
            outlet=counter.outlet.number,
            till=counter.till.number,
            key=key,
            hash=content_hash("abandon", key),
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


async def undo_payment(
    service: Service,
    actor: Actor,
    counter: Counter,
    *,
    payment: PaymentId,
    key: UUID,
    kind: UndoKind,
) -> UndoOut:
    """Void a payment, or note that its cash, its slip or its refund was handed over."""
    seen = await find_payment(service, actor, payment)
    if seen.payment.outlet != counter.outlet.number:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("缴费", "payment")}))
    answer = await service.acceptor.decide(_undo_ask(actor, counter, key, kind, seen))
    if isinstance(answer, Undone):
        if answer.kind is AskKind.VOID:
            await service.deeds.note(actor, "voided", payment)
        at = service.places.network.local(answer.at).isoformat(timespec="milliseconds")
        return UndoOut(spell("pay", answer.payment.id), _ACTS[answer.kind], at)
    assert isinstance(answer, Refused), "an undoing is done or refused"
    if seen.archived and answer.code == "NOT_FOUND":
        raise RefusedError(Refused("PAYMENT_ARCHIVED"))
    raise RefusedError(answer)


_ACTS: dict[AskKind, Literal["void", "cash_returned", "slip_given", "refunded"]] = {
    AskKind.VOID: "void",
    AskKind.HAND_BACK: "cash_returned",
    AskKind.SLIP: "slip_given",
    AskKind.REFUND: "refunded",
}


def _undo_ask(actor: Actor, counter: Counter, key: UUID, kind: UndoKind, seen: Seen) -> UndoAsk:
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
