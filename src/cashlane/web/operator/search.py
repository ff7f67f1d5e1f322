"""One box for every name that people hold in their hands: understood by its form, then looked up.

What is typed is never part of an address and never logged: an account number is somebody's.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from uuid import UUID

from msgspec import Struct

from cashlane.core.barcode import LAYOUTS, CodeRead
from cashlane.core.barcode import read_code as read_bill_code
from cashlane.core.bill import BillKey
from cashlane.core.network import Network, Outlet
from cashlane.core.receipt import Sealed, read_code, read_receipt_number
from cashlane.counter.places import check_account
from cashlane.counter.problems import RefusedError
from cashlane.store.finding import Decided, Listed
from cashlane.values.ids import read_id
from cashlane.values.text import Text
from cashlane.web.operator.bills import BillSeen, bill_seen
from cashlane.web.operator.room import OperatorRoom

TYPED_MOST = 512
"""Letters of a search that are looked at: the longest bill code is shorter."""
FOUND_MOST = 50
"""Rows of one kind in a search's answer: whoever gets more says more of the name."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


class Hit(Struct, frozen=True):
    """A thing that has a page of its own."""

    kind: Text
    href: str
    code: str
    name: Text


class Found(Struct):
    """What a search found. `more`: there is more than is shown."""

    hits: list[Hit]
    payments: list[Listed]
    bills: list[BillSeen]
    asks: list[Decided]
    more: bool = False

    @property
    def only(self) -> str | None:
        """The page of the one thing found; None where there are several, or none."""
        if self.asks or self.bills or len(self.hits) + len(self.payments) != 1:
            return None
        return self.hits[0].href if self.hits else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing bears this name."""
        return not (self.hits or self.payments or self.bills or self.asks)


async def search(room: OperatorRoom, typed: str) -> Found:
    """Everything that bears the typed name."""
    text = unicodedata.normalize("NFKC", typed[:TYPED_MOST]).strip()
    found = Found([], [], [], [])
    if not text:
        return found
    payments, bill = await _named(room, text, found)
    found.hits += list(places(room.service.places.network, text))
    if bill is not None:
        found.bills.append(await bill_seen(room, bill.biller, bill.ref or ""))
        payments += await _of_account(room, bill.account, bill.biller)
    payments += await _of_account(room, text, 0) if _could_be_account(room, text) else []
    latest = sorted(set(payments), reverse=True)
    found.payments = await room.finding.listed(latest[:FOUND_MOST])
    found.more = len(latest) > FOUND_MOST or len(found.hits) > FOUND_MOST
    found.hits = found.hits[:FOUND_MOST]
    return found


async def _named(room: OperatorRoom, text: str, found: Found) -> tuple[list[UUID], BillKey | None]:
    """Payments, and a bill, that a text names by itself."""
    ident = read_id("pay", text.lower())
    if ident is not None:
        return [ident], None
    number = _uuid(text)
    if number is not None:
        return await _by_number(room, number, found), None
    on_paper = await _on_paper(room, text)
    return on_paper, None if on_paper else _bill(room.service.places.network, text)


def _uuid(text: str) -> UUID | None:
    """A UUID in its usual spelling only: thirty-two digits in a row may be a bill code."""
    return UUID(text) if _UUID.fullmatch(text) else None


async def _by_number(room: OperatorRoom, number: UUID, found: Found) -> list[UUID]:
    """A caller's key, a hold, a visit, or a payment's id in its other spelling."""
    finding = room.finding
    found.asks += await finding.by_key(number, most=FOUND_MOST)
    found.asks += await finding.by_hold(number, most=FOUND_MOST)
    held = await finding.held_under(number)
    found.bills += [await bill_seen(room, biller, ref) for biller, ref in held]
    visit = await finding.visit(number)
    if visit is not None:
        href = f"/window/visit/{number}"
        name = room.service.places.network.outlets[visit.outlet].name
        found.hits.append(Hit(Text("一次到店", "Visit"), href, str(number), name))
    payments = [ask.payment for ask in found.asks if ask.payment is not None]
    found.asks = [ask for ask in found.asks if ask.payment is None]
    return [*payments, number]


async def _on_paper(room: OperatorRoom, text: str) -> list[UUID]:
    """By the number or the code on a receipt or slip."""
    network = room.service.places.network
    sealed = read_code(text, [room.service.receipt_key])
    if isinstance(sealed, Sealed):
        outlet = network.outlets.get(sealed.outlet)
        return (
            []
            if outlet is None
            else await room.finding.by_receipt(outlet, sealed.business_date, sealed.number)
        )
    number = read_receipt_number(text)
    if number is None:
        return []
    code, day, count = number
    outlet = next((one for one in network.outlets.values() if one.code == code), None)
    return [] if outlet is None else await room.finding.by_receipt(outlet, day, count)


def _bill(network: Network, text: str) -> BillKey | None:
    read = read_bill_code(text, LAYOUTS, network.issuers())
    if not isinstance(read, CodeRead):
        return None
    return BillKey(read.biller, read.account, read.ref, read.amount)


def _could_be_account(room: OperatorRoom, text: str) -> bool:
    """Whether any biller's accounts have this form."""
    for biller in room.service.places.network.billers.values():
        try:
            check_account(biller, text)
        except RefusedError:
            continue
        return True
    return False


async def _of_account(room: OperatorRoom, account: str, biller: int) -> list[UUID]:
    return await room.finding.by_account(account, biller=biller, most=FOUND_MOST + 1)


def places(network: Network, text: str) -> Iterable[Hit]:
    """Billers, routes, tills and outlets by code or name; an outlet's own code names it alone."""
    wanted = text.casefold()
    for biller in network.billers.values():
        if _bears(wanted, biller.code, biller.name):
            href = f"/window/biller/{biller.code}"
            yield Hit(Text("收费单位", "Biller"), href, biller.code, biller.name)
    for route in network.routes.values():
        if _bears(wanted, route.code, route.name):
            yield Hit(Text("通道", "Route"), f"/window/route/{route.code}", route.code, route.name)
    exact = [one for one in network.outlets.values() if one.code == wanted]
    for outlet in exact or _outlets(network, wanted):
        href = f"/window/outlet/{outlet.code}"
        yield Hit(Text("网点", "Outlet"), href, outlet.code, outlet.name)
    yield from _tills(network, wanted)


def _bears(wanted: str, code: str, name: Text) -> bool:
    return wanted == code or wanted in name.zh.casefold() or wanted in name.en.casefold()


def _outlets(network: Network, wanted: str) -> Sequence[Outlet]:
    named = (
        one
        for one in network.outlets.values()
        if one.code.startswith(wanted) or _bears(wanted, one.code, one.name)
    )
    return sorted(named, key=lambda one: one.code)[: FOUND_MOST + 1]


def _tills(network: Network, wanted: str) -> Iterable[Hit]:
    """A till is named with its outlet: "post-0001/2" or "post-0001 2"."""
    place, _, machine = wanted.replace("/", " ").partition(" ")
    outlet = next((one for one in network.outlets.values() if one.code == place), None)
    if outlet is None or not machine.strip():
        return
    for till in network.tills.values():
        if (till.outlet, till.code) == (outlet.number, machine.strip()):
            href = f"/window/outlet/{outlet.code}?till={till.code}"
            yield Hit(Text("收银机", "Till"), href, f"{outlet.code} / {till.code}", outlet.name)
