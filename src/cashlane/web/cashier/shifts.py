"""The shift at the till page: what it took, its latest payments, its end."""

from litestar import get, post

from cashlane.cash.shift import in_drawer
from cashlane.core.network import Network
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.counter.problems import RefusedError
from cashlane.counter.wording import WORDS, name_out, payment_out
from cashlane.store.lookup import Seen, SeenShift
from cashlane.values.text import Text
from cashlane.web.cashier.door import Seat, seated
from cashlane.web.cashier.messages import RecentOut, ShiftLineOut, ShiftOut
from cashlane.web.cashier.room import CashierRoom
from cashlane.web.shared.door import AnyRequest

_NONE = ShiftOut(None, None, None, None, 0, 0, [], [])


@get("/api/shift")
async def shift(request: AnyRequest, room: CashierRoom) -> ShiftOut:
    """The till's latest shift."""
    return await _shift_out(room, await seated(request, room, Permission.SHIFT_WORK))


@post("/api/shift/close", status_code=200)
async def close(request: AnyRequest, room: CashierRoom) -> ShiftOut:
    """End the open shift; its total stays to be read."""
    here = await seated(request, room, Permission.SHIFT_WORK)
    outlet, till = here.counter.outlet, here.counter.till
    latest = await room.shifts.latest(outlet, till)
    if latest is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("未结束的班次", "open shift")}))
    trouble = await room.shifts.close(outlet, till, day=latest.business_date, number=latest.number)
    if trouble is not None:
        raise RefusedError(trouble)
    return await _shift_out(room, here)


async def _shift_out(room: CashierRoom, here: Seat) -> ShiftOut:
    outlet, till = here.counter.outlet, here.counter.till
    latest, network = await room.shifts.latest(outlet, till), room.service.places.network
    if latest is None:
        return _NONE
    payments = await room.shifts.payments(outlet, till, latest)
    return ShiftOut(
        business_date=latest.business_date.isoformat(),
        number=latest.number,
        opened_at=network.written(latest.opened_at),
        closed_at=network.written(latest.closed_at) if latest.closed_at else None,
        count=sum(count for count, _ in latest.tally.values()),
        in_drawer=in_drawer(latest),
        lines=_lines(latest),
        payments=[_recent(seen, network) for seen in payments],
    )


def _lines(latest: SeenShift) -> list[ShiftLineOut]:
    return [
        ShiftLineOut(state.name.lower(), count, cash)
        for state, (count, cash) in latest.tally.items()
    ]


def _recent(seen: Seen, network: Network) -> RecentOut:
    payment = seen.payment
    return RecentOut(
        state=payment.state.name.lower(),
        word=WORDS[payment.state],
        biller=name_out(network.billers[payment.biller].name),
        details=payment_out(payment, network),
    )
