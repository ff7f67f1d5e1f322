"""One payment: how it stands, its whole life on one line of time, and the state of its bill."""

from litestar import Response, get

from cashlane.core.payment import IN_DOUBT
from cashlane.core.receipt import make_code
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.counter.places import payment_place
from cashlane.counter.problems import RefusedError
from cashlane.store.lives import WholeLife
from cashlane.values.text import Text
from cashlane.web.operator.bills import bill_seen
from cashlane.web.operator.door import Here
from cashlane.web.operator.search import FOUND_MOST
from cashlane.web.operator.timeline import checks, timeline, waiting


@get("/payment/{payment:str}")
async def payment_page(here: Here, payment: str) -> Response[str]:
    """The payment's page."""
    life = await _life(here, payment)
    row, show = life.payment, here.show
    open_work = waiting(life, show)
    return here.page(
        "payment.html",
        life=life,
        payment=row,
        events=timeline(life, show),
        waiting=open_work,
        checks=checks(life),
        in_doubt=row.state in IN_DOUBT,
        code=make_code(
            here.room.service.receipt_key,
            outlet=row.outlet,
            business_date=row.business_date,
            number=row.receipt,
        ),
    )


@get("/payment/{payment:str}/bill")
async def bill_page(here: Here, payment: str) -> Response[str]:
    """The bill that a payment was for: who holds it, who paid it, what else was tried."""
    row = (await _life(here, payment)).payment
    finding = here.room.finding
    same = await finding.by_account(row.account, biller=row.biller, most=FOUND_MOST)
    return here.page(
        "bill.html",
        payment=row,
        bill=await bill_seen(here.room, row.biller, row.bill_ref),
        rows=await finding.listed(same),
    )


async def _life(here: Here, payment: str) -> WholeLife:
    here.require(Permission.PAYMENT_SEARCH)
    ident, _, _ = payment_place(payment)
    life = await here.room.lives.of(ident)
    if life is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("缴费", "payment")}))
    return life
