"""Enrolling the machine, sitting down with a PIN, changing it, getting up."""

from litestar import Response, get, post
from msgspec import Struct

from cashlane.core.network import Network, Outlet
from cashlane.core.refusals import Refused
from cashlane.counter.messages import NameOut
from cashlane.counter.places import Counter
from cashlane.counter.problems import RefusedError
from cashlane.counter.wording import name_out
from cashlane.people.tokens import form_token
from cashlane.values.secret import Secret
from cashlane.web.cashier.door import (
    Seat,
    check_origin,
    device_cookie,
    device_of,
    seated,
    session_brought,
    session_cookie,
)
from cashlane.web.cashier.messages import (
    BillerOnTill,
    CashOut,
    DoorOut,
    EnrolIn,
    PinIn,
    SeatOut,
    SignInIn,
    TillOut,
)
from cashlane.web.cashier.room import CashierRoom
from cashlane.web.shared.door import AnyRequest


@get("/api/door")
async def at_the_door(request: AnyRequest, room: CashierRoom) -> DoorOut:
    """Which till this browser is, if any, and whether somebody sits at it."""
    try:
        at = await _till_out(room, device_of(request))
    except RefusedError:
        return DoorOut(None, seated=False)
    try:
        await seated(request, room, None)
    except RefusedError:
        return DoorOut(at, seated=False)
    return DoorOut(at, seated=True)


@post("/api/till", status_code=200)
async def enrol(request: AnyRequest, room: CashierRoom, data: EnrolIn) -> Response[TillOut]:
    """Make this browser a till, by the secret that the clerk was told."""
    check_origin(request)
    secret = Secret(data.secret.strip())
    told = await _till_out(room, secret)
    return Response(told, cookies=[device_cookie(request, secret)])


async def _till_out(room: CashierRoom, secret: Secret) -> TillOut:
    device = await room.door.till_of(secret)
    network = room.service.places.network
    till = None if isinstance(device, Refused) else network.tills.get(device.till)
    if till is None:
        raise RefusedError(Refused("TILL_NOT_ENROLLED"))
    return _at(Counter(network.outlets[till.outlet], till))


def _at(counter: Counter) -> TillOut:
    return TillOut(counter.outlet.code, name_out(counter.outlet.name), counter.till.code)


@get("/api/seat")
async def seat(request: AnyRequest, room: CashierRoom) -> SeatOut:
    """Who sits here, and everything the page needs to begin."""
    return _seat_out(room, await seated(request, room, None))


class _Started(Struct, frozen=True):
    """That a session began; the page asks for its seat next."""

    must_change: bool


@post("/api/seat", status_code=200)
async def sign_in(request: AnyRequest, room: CashierRoom, data: SignInIn) -> Response[_Started]:
    """Sit down: a PIN at an enrolled till."""
    check_origin(request)
    device = device_of(request)
    begun = await room.door.log_in(
        device, data.login.strip(), Secret(data.pin), before=session_brought(request)
    )
    if isinstance(begun, Refused):
        raise RefusedError(begun)
    cookies = [session_cookie(request, begun.token), device_cookie(request, device)]
    return Response(_Started(begun.session.must_change), cookies=cookies)


@post("/api/seat/pin", status_code=204)
async def change_pin(request: AnyRequest, room: CashierRoom, data: PinIn) -> None:
    """Replace one's PIN."""
    here = await seated(request, room, None)
    trouble = await room.own_word.change_pin(
        here.session, device_of(request), Secret(data.old), Secret(data.new)
    )
    if trouble is not None:
        raise RefusedError(trouble)


@post("/api/seat/end", status_code=200)
async def sign_out(request: AnyRequest, room: CashierRoom) -> Response[dict[str, bool]]:
    """Get up."""
    here = await seated(request, room, None)
    await room.sessions.end(here.token)
    return Response({"ended": True}, cookies=[session_cookie(request, None)])


def _seat_out(room: CashierRoom, here: Seat) -> SeatOut:
    network = room.service.places.network
    currency = network.currency
    return SeatOut(
        login=here.session.person.login,
        person=here.session.person.name,
        must_change=here.session.must_change,
        form=form_token(here.token),
        now=network.written(room.service.clock.now()),
        at=_at(here.counter),
        cash=CashOut(currency.code, currency.exponent, currency.cash_unit, currency.pieces),
        billers=list(_billers(network, here.counter.outlet)),
    )


def _billers(network: Network, outlet: Outlet) -> list[BillerOnTill]:
    """Billers under contract here, by number: the order on the till's keys."""
    numbers = sorted(biller for agent, biller in network.contracts if agent == outlet.agent)
    found = []
    for biller in (network.billers[number] for number in numbers):
        field, *_ = biller.fields
        name: NameOut = name_out(biller.name)
        form = name_out(field.name)
        found.append(BillerOnTill(biller.code, name, biller.kind, form, field.least, field.most))
    return found
