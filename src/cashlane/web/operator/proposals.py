"""What takes two persons: the list of proposals, and the second person's word on one of them."""

from typing import Any, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect

from cashlane.core.approval import REASON_MOST, Approval, check_decision, kinds_of
from cashlane.core.refusals import Refused
from cashlane.counter.problems import RefusedError
from cashlane.people.approvals import PAGE_MOST
from cashlane.values.ids import read_id, spell
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, line_of, typed
from cashlane.web.operator.duties import told
from cashlane.web.operator.entries import APPROVALS

VERDICTS: dict[str, Literal["approved", "rejected"]] = {
    "approve": "approved",
    "reject": "rejected",
}


@get("/approvals")
async def approvals_page(here: Here) -> Response[str]:
    """A page of proposals, newest first, from before the one named by `before`."""
    _require_part(here)
    asked, desk, show = here.request.query_params, here.room.approvals, here.show
    waiting = asked.get("only") == "waiting"
    before = read_id("apr", asked.get("before", ""))
    rows = await desk.page(here.session.person, undecided=waiting, before=before)
    logins = await desk.logins(rows)
    return here.page(
        "approvals.html",
        rows=[(proposal_href(one.id), told(show, one, logins)) for one in rows],
        waiting=waiting,
        before=spell("apr", rows[-1].id) if len(rows) == PAGE_MOST else None,
        later=before is not None,
    )


@get("/approvals/{name:str}")
async def approval_page(here: Here, name: str) -> Response[str]:
    """One proposal with what became of it."""
    return await _page(here, await _named(here, name), None)


@post("/approvals/{name:str}", status_code=200)
async def decide(here: Here, name: str) -> Response[Any]:
    """Approve or reject it, with a reason; who may not is told why on the same page."""
    approval, said = await _named(here, name), await typed(here.request)
    verdict = VERDICTS.get(said.get("verdict", ""))
    if verdict is None:
        return await _page(here, approval, Refused("MALFORMED", {"what": Text("审批", "verdict")}))
    reason = line_of(said.get("reason", ""), REASON_MOST)
    decided = await here.room.approvals.decide(here.session.person, approval.id, verdict, reason)
    if isinstance(decided, Refused):
        return await _page(here, await _named(here, name), decided)
    return Redirect(proposal_href(approval.id), status_code=303)


def proposal_href(ident: UUID) -> str:
    """The page of a proposal."""
    return f"{APPROVALS.href}/{spell('apr', ident)}"


async def _named(here: Here, name: str) -> Approval:
    _require_part(here)
    ident = read_id("apr", name)
    found = None if ident is None else await here.room.approvals.find(here.session.person, ident)
    if found is None or isinstance(found, Refused):
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("审批事项", "proposal")}))
    return found


def _require_part(here: Here) -> None:
    if not kinds_of(here.session.person):
        raise RefusedError(Refused("FORBIDDEN"))


async def _page(here: Here, approval: Approval, refused: Refused | None) -> Response[str]:
    show = here.show
    return here.page(
        "approval.html",
        status=200 if refused is None else refused.entry.status,
        name=spell("apr", approval.id),
        one=told(show, approval, await here.room.approvals.logins([approval])),
        refused=refused,
        hindered=check_decision(approval, here.session.person, show.now),
        reason_most=REASON_MOST,
    )
