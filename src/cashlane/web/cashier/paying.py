"""Asking, paying and undoing from the till page: the same acts as every counter's."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from litestar import get, post
from litestar.params import QueryParameter

from cashlane.core.network import Network
from cashlane.core.record import AskKind
from cashlane.core.roles import Permission
from cashlane.core.truth import Line, at_outlet, reason
from cashlane.counter.asking import (
    WAIT_MS_MOST,
    UndoKind,
    abandon_key,
    status_of,
    undo_payment,
)
from cashlane.counter.keys import idempotency_key
from cashlane.counter.messages import (
    AbandonOut,
    BasketIn,
    InquiryOut,
    PaymentId,
    StatusOut,
    UndoOut,
    VisitOut,
    Wanted,
)
from cashlane.counter.taking import offer, take_basket
from cashlane.counter.wording import name_out
from cashlane.web.cashier.door import seated
from cashlane.web.cashier.messages import KeyIn, NearOut, ShutOut
from cashlane.web.cashier.room import CashierRoom
from cashlane.web.shared.door import AnyRequest

Act = Literal["void", "cash-returned", "slip-given", "refunded"]
_ACTS: dict[Act, tuple[UndoKind, Permission]] = {
    "void": (AskKind.VOID, Permission.PAYMENT_VOID),
    "cash-returned": (AskKind.HAND_BACK, Permission.PAYMENT_TAKE),
    "slip-given": (AskKind.SLIP, Permission.PAYMENT_TAKE),
    "refunded": (AskKind.REFUND, Permission.PAYMENT_TAKE),
}


@post("/api/inquiries", status_code=200)
async def inquire(request: AnyRequest, room: CashierRoom, data: Wanted) -> InquiryOut:
    """What is owed, and the hold."""
    here = await seated(request, room, Permission.PAYMENT_TAKE)
    return await offer(room.service, here.counter, data)


NEAREST = 3
"""A cashier says three places."""


@get("/api/shut/{outlet:str}")
async def shut(room: CashierRoom, outlet: str) -> list[ShutOut]:
    """What a counter cannot take now, to be said before anybody queues for it.

    Everybody may know it, so it asks for no session: a till that only asks this falls idle, and
    no question goes to the database.
    """
    service, places = room.service, room.service.places
    network, here = places.network, places.public_outlet(outlet)
    lines = at_outlet(
        network, service.outlook(), here, service.clock.now(),
        places=places.nearest, nearest=NEAREST,
    )  # fmt: skip
    groups: dict[Any, list[Line]] = {}
    for line in lines:
        if line.standing.refused is not None:
            alike = (reason(line.standing), line.standing.since, line.nearest)
            groups.setdefault(alike, []).append(line)
    return [_shut(network, group) for group in groups.values()]


def _shut(network: Network, alike: Sequence[Line]) -> ShutOut:
    """Billers that are closed for one reason and open at the same neighbours."""
    first = alike[0]
    since = first.standing.since
    return ShutOut(
        [name_out(network.billers[line.biller].name) for line in alike],
        name_out(reason(first.standing)),
        f"{network.local(since):%m-%d %H:%M}" if since is not None else None,
        [NearOut(name_out(network.outlets[it.outlet].name), it.metres) for it in first.nearest],
    )


@post("/api/visits", status_code=200)
async def pay_visit(request: AnyRequest, room: CashierRoom, data: BasketIn) -> VisitOut:
    """A basket; the same keys and content are answered the same again."""
    here = await seated(request, room, Permission.PAYMENT_TAKE)
    return await take_basket(room.service, here.actor, here.counter, data)


@post("/api/abandonments", status_code=200)
async def abandon(request: AnyRequest, room: CashierRoom, data: KeyIn) -> AbandonOut:
    """Close a key for ever, or learn that it had become a payment."""
    here = await seated(request, room, Permission.PAYMENT_TAKE)
    return await abandon_key(room.service, here.actor, here.counter, data.key)


@get("/api/payments/{payment:str}")
async def status(
    request: AnyRequest,
    room: CashierRoom,
    payment: PaymentId,
    wait_ms: Annotated[int, QueryParameter(ge=0, le=WAIT_MS_MOST)] = 0,
) -> StatusOut:
    """How a payment stands, waiting so long for a definite word."""
    here = await seated(request, room, Permission.PAYMENT_TAKE)
    return await status_of(room.service, here.actor, payment, wait_ms=wait_ms)


@post("/api/payments/{payment:str}/{act:str}", status_code=200)
async def undo(request: AnyRequest, room: CashierRoom, payment: PaymentId, act: Act) -> UndoOut:
    """Void a payment, or note that its cash, slip or refund was handed over."""
    kind, permission = _ACTS[act]
    here = await seated(request, room, permission)
    return await undo_payment(
        room.service, here.actor, here.counter,
        payment=payment, key=idempotency_key(request), kind=kind,
    )  # fmt: skip
