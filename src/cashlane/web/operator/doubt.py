"""Payments in doubt, the oldest first: what an operator works down."""

from uuid import UUID

from litestar import Response, get

from cashlane.core.roles import Permission
from cashlane.values.ids import read_id, spell
from cashlane.web.operator.door import Here

PAGE_MOST = 50
"""Rows of one page: what fits two screens."""
FIRST = UUID(int=0)
"""Before every payment."""


@get("/doubt")
async def doubt_page(here: Here) -> Response[str]:
    """A page of them, from behind the payment named by `after`."""
    here.require(Permission.PAYMENT_SEARCH)
    asked = here.request.query_params
    route = next(
        (one.number for one in here.show.network.routes.values() if one.code == asked.get("route")),
        0,
    )
    rows = await here.room.finding.doubts(
        after=read_id("pay", asked.get("after", "")) or FIRST,
        biller=0,
        route=route,
        most=PAGE_MOST + 1,
    )
    return here.page(
        "doubt.html",
        rows=rows[:PAGE_MOST],
        route=route,
        wall=await here.room.pulse.wall(),
        after=spell("pay", rows[PAGE_MOST - 1].payment.id) if len(rows) > PAGE_MOST else None,
        later="after" in asked,
    )
