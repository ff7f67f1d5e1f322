"""The search box's answers, and a basket of bills."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect

from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.counter.problems import RefusedError
from cashlane.values.ids import spell
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, typed
from cashlane.web.operator.search import FOUND_MOST, Found, search
from cashlane.web.operator.timeline import ASKS, refusal_in


@get("/find")
async def find_page(here: Here) -> Response[str]:
    """What can be searched for."""
    here.require(Permission.PAYMENT_SEARCH)
    return here.page("found.html", typed="", found=None, asks=ASKS, refusal_in=refusal_in)


@post("/find", status_code=200)
async def find(here: Here) -> Response[Any]:
    """What bears the typed name; the one thing's own page where it is one."""
    here.require(Permission.PAYMENT_SEARCH)
    text = (await typed(here.request)).get("q", "")
    found = await search(here.room, text)
    straight = found.only or _only_payment(found)
    if straight is not None:
        return Redirect(straight, status_code=303)
    return here.page("found.html", typed=text, found=found, asks=ASKS, refusal_in=refusal_in)


def _only_payment(found: Found) -> str | None:
    alone = len(found.payments) == 1 and not (found.hits or found.bills or found.asks)
    return f"/window/payment/{spell('pay', found.payments[0].id)}" if alone else None


@get("/visit/{visit:uuid}")
async def visit_page(here: Here, visit: UUID) -> Response[str]:
    """A basket: one cash figure, several bills."""
    here.require(Permission.PAYMENT_SEARCH)
    finding = here.room.finding
    row = await finding.visit(visit)
    if row is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("这次到店", "visit")}))
    payments = await finding.listed(await finding.of_visit(row, most=FOUND_MOST))
    return here.page("visit.html", visit=row, rows=payments)
