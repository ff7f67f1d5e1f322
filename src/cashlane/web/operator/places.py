"""Outlets and billers: their terms, their day, their latest payments."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from litestar import Response, get

from cashlane.core.bill import Biller
from cashlane.core.hours import HOURS_MOST
from cashlane.core.network import Agent, Outlet, Route
from cashlane.core.premises import UNTOLD
from cashlane.core.receipt import NUMBER_MAX
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.counter.problems import RefusedError
from cashlane.coverage.offers import billers_at, missing_at
from cashlane.registry.silence import NOTE_MOST
from cashlane.store.guard import Asked
from cashlane.values.datum import DATUM_NAMES
from cashlane.values.money import read_minor
from cashlane.values.text import Text
from cashlane.web.operator.door import Here
from cashlane.web.operator.doubt import FIRST
from cashlane.web.operator.guard_shown import ACTS, told_asked
from cashlane.web.operator.programmes import MONTHS_MOST, Placed, placed, state_shown
from cashlane.web.operator.show import StateShown
from cashlane.web.operator.silence_shown import silence_of

T = TypeVar("T", Outlet, Biller, Route, Agent)
PAGE_MOST = 25
"""Rows of a list that is not the page's only one."""
GUARDS_MOST = 5
"""Assessments of an outlet on its page."""
SHIFTS_MOST = 60
"""Shifts of an outlet's day: ten tills, six shifts."""


@get("/outlet/{code:str}")
async def outlet_page(here: Here, code: str) -> Response[str]:
    """An outlet on a business date, by default the latest; payments below a receipt number."""
    here.require(Permission.NETWORK_READ)
    network, finding, asked = here.show.network, here.room.finding, here.request.query_params
    outlet = named_party(network.outlets.values(), code, Text("网点", "outlet"))
    day = _day(asked.get("day")) or (await here.room.pulse.tally()).day
    below = read_minor(asked.get("below", "")) or NUMBER_MAX + 1
    tills = [till for till in network.tills.values() if till.outlet == outlet.number]
    ids = await finding.of_outlet(outlet, day, below=below, most=PAGE_MOST + 1)
    rows = await finding.listed(ids[:PAGE_MOST])
    return here.page(
        "outlet.html",
        outlet=outlet,
        agent=network.agents[outlet.agent],
        contracts=[one for one in network.contracts.values() if one.agent == outlet.agent],
        withdrawn={biller for place, biller in network.withdrawn if place == outlet.number},
        tills=sorted(tills, key=lambda till: (len(till.code), till.code)),
        till=asked.get("till"),
        day=day,
        tally=await finding.outlet_tally(outlet, day),
        shifts=await finding.shifts(outlet, [till.number for till in tills], day, most=SHIFTS_MOST),
        drawer=await finding.drawer(outlet),
        rows=rows,
        below=rows[-1].receipt if len(ids) > PAGE_MOST else None,
        later="below" in asked,
        premises=network.premises.get(outlet.number, UNTOLD),
        acts=ACTS,
        today=here.show.network.local(here.show.now).date().isoformat(),
        asks=here.session.person.may(Permission.OUTLETS_PROPOSE),
        hours_most=HOURS_MOST,
        taken=billers_at(network, outlet.number),
        missing=missing_at(network, outlet.number),
        spot=network.places.get(outlet.number),
        received=await here.room.received(outlet.number),
        datums=DATUM_NAMES,
        guards=await _guards(here, outlet),
        programmes=await _programmes(here, outlet),
        months=await here.room.programmes.attendances_at(outlet.number, most=MONTHS_MOST),
        called=network.programmes,
        stands=lambda state: state_shown(here.show, state),
        silence=await silence_of(here, outlet),
        note_most=NOTE_MOST,
    )


async def _programmes(here: Here, outlet: Outlet) -> list[Placed]:
    """Other public services at an outlet, those that ended among them."""
    book, today = await here.room.programmes.book(), here.show.network.local(here.show.now).date()
    return [one for one in placed(here.show, book, today) if one.outlet == outlet]


async def _guards(here: Here, outlet: Outlet) -> list[tuple[Asked, str, str, StateShown]]:
    """What was asked of the guard about an outlet lately."""
    rows = await here.room.guard.of_outlet(outlet.number, most=GUARDS_MOST)
    return [told_asked(here.show, one) for one in rows]


@get("/biller/{code:str}")
async def biller_page(here: Here, code: str) -> Response[str]:
    """A biller: its rules, contracts, day, and payments in doubt."""
    here.require(Permission.NETWORK_READ)
    network = here.show.network
    biller = named_party(network.billers.values(), code, Text("收费单位", "biller"))
    tally = await here.room.pulse.tally()
    return here.page(
        "biller.html",
        biller=biller,
        contracts=[one for one in network.contracts.values() if one.biller == biller.number],
        states=tally.by_state(lambda row: row.biller == biller.number),
        tally=tally,
        rows=await here.room.finding.doubts(
            after=FIRST, biller=biller.number, route=0, most=PAGE_MOST
        ),
    )


def named_party(parties: Iterable[T], code: str, what: Text) -> T:
    """The one that bears a code. Raises NOT_FOUND where none does."""
    found = next((one for one in parties if one.code == code), None)
    if found is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": what}))
    return found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
