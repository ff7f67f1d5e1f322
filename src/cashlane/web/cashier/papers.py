"""Papers at the till: a payment found by the number or code on its paper, and the paper itself."""

from typing import Annotated, Literal

from litestar import Response, get
from litestar.enums import MediaType
from litestar.params import QueryParameter
from markupsafe import Markup

from cashlane.core.network import Network
from cashlane.core.paper_roll import roll_text
from cashlane.core.papers import AcceptanceSlip, PaperFacts, PaperState, Receipt, paper_for
from cashlane.core.payment import State
from cashlane.core.receipt import (
    Sealed,
    make_code,
    read_code,
    read_receipt_number,
    receipt_number,
)
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.counter.asking import find_payment
from cashlane.counter.messages import PaymentId
from cashlane.counter.problems import RefusedError
from cashlane.counter.service import Service
from cashlane.counter.wording import name_out, status_out
from cashlane.store.lookup import Seen
from cashlane.values.ids import spell
from cashlane.values.text import Text
from cashlane.web.cashier.door import Seat, seated
from cashlane.web.cashier.messages import FoundOut
from cashlane.web.cashier.room import CashierRoom
from cashlane.web.shared.door import AnyRequest
from cashlane.web.shared.pages import Pages
from cashlane.web.shared.qr import qr_svg

COPY_MOST = 99
"""Reprints of one paper that are numbered."""
_PAPERS: dict[State, PaperState] = {
    State.CONFIRMED: "CONFIRMED",
    State.STOOD_IN: "STOOD_IN",
    State.CASH_IN: "CASH_IN",
    State.SENT: "SENT",
    State.UNKNOWN: "UNKNOWN",
}
"""States that have a paper; in the others the citizen leaves with the cash or a refund due."""
_pages = Pages("cashlane.web.cashier")
Copy = Annotated[int, QueryParameter(ge=0, le=COPY_MOST)]


@get("/api/receipts/{text:str}")
async def find(request: AnyRequest, room: CashierRoom, text: str) -> FoundOut:
    """A payment of this outlet by what stands on its paper: the number, or the code."""
    here = await seated(request, room, Permission.PAYMENT_TAKE)
    seen, network = await _found(room.service, here, text), room.service.places.network
    return FoundOut(
        status=status_out(seen, network, room.service.receipt_key),
        biller=name_out(network.billers[seen.payment.biller].name),
        own_till=seen.payment.till == here.counter.till.number,
        paper=seen.payment.state in _PAPERS,
    )


async def _found(service: Service, here: Seat, text: str) -> Seen:
    outlet, seen = here.counter.outlet, None
    sealed = read_code(text, [service.receipt_key])
    named = read_receipt_number(text)
    if isinstance(sealed, Sealed) and sealed.outlet == outlet.number:
        named = (outlet.code, sealed.business_date, sealed.number)
    if named is not None and named[0] == outlet.code:
        seen = await service.lookup.receipt(
            outlet.agent, outlet.bucket, outlet=outlet.number, day=named[1], number=named[2]
        )
    if seen is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("收据", "receipt")}))
    return seen


@get("/papers/{payment:str}")
async def paper_page(
    request: AnyRequest,
    room: CashierRoom,
    payment: PaymentId,
    size: Literal["roll", "a4"] = "roll",
    copy: Copy = 0,
) -> Response[str]:
    """A payment's paper for an 80 mm roll or for A4."""
    paper = await _paper(request, room, payment, copy)
    address = f"{room.public or str(request.base_url).rstrip('/')}/check/{paper.code}"
    return _pages.page(
        "paper.html",
        paper=paper,
        size=size,
        kind="receipt" if isinstance(paper, Receipt) else "slip",
        address=address,
        qr=Markup(qr_svg(address)),  # noqa: S704 - drawn here, with no foreign text in it
    )


@get("/papers/{payment:str}/roll.txt", media_type=MediaType.TEXT)
async def paper_roll(
    request: AnyRequest,
    room: CashierRoom,
    payment: PaymentId,
    columns: Literal["48", "32"] = "48",
    copy: Copy = 0,
) -> str:
    """The same as plain text, for printers that know no pages."""
    paper = await _paper(request, room, payment, copy)
    return roll_text(paper, 48 if columns == "48" else 32)


async def _paper(
    request: AnyRequest, room: CashierRoom, payment: PaymentId, copy: int
) -> Receipt | AcceptanceSlip:
    here = await seated(request, room, Permission.PAYMENT_TAKE)
    seen = await find_payment(room.service, here.actor, payment)
    state = _PAPERS.get(seen.payment.state)
    if state is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("收据", "receipt")}))
    return paper_for(_facts(room.service, seen, state, copy))


def _facts(service: Service, seen: Seen, state: PaperState, copy: int) -> PaperFacts:
    network: Network = service.places.network
    payment, outlet = seen.payment, network.outlets[seen.payment.outlet]
    biller = network.billers[payment.biller]
    day, number = payment.business_date, payment.receipt
    return PaperFacts(
        payment=spell("pay", payment.id),
        biller=biller.name,
        account=payment.account,
        period=payment.period,
        amount=payment.amount + payment.carried,
        customer_fee=payment.customer_fee,
        rounding=payment.rounding,
        carried=payment.carried,
        cash=payment.cash_due,
        currency=network.currency,
        receipt_number=receipt_number(outlet_code=outlet.code, business_date=day, number=number),
        code=make_code(service.receipt_key, outlet=outlet.number, business_date=day, number=number),
        outlet=outlet.name,
        outlet_code=outlet.code,
        business_date=day,
        accepted_at=network.local(payment.accepted_at),
        state=state,
        receipt_discharges=biller.receipt_discharges,
        guarantee=False,
        copy=copy,
    )
