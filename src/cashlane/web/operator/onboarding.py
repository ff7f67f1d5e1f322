"""Chains on their way into the network: how far each has come by what its own host did, what is
next for it, and two persons who certify it."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from msgspec import Struct

from cashlane.core.approval import REASON_MOST, Kind, Proposal
from cashlane.core.approval import RULES as APPROVAL_RULES
from cashlane.core.onboarding import RULES, Earned, Progress, StageRule
from cashlane.core.onboarding_steps import steps
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.counter.problems import RefusedError
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, line_of, typed
from cashlane.web.operator.places import named_party
from cashlane.web.operator.proposals import proposal_href


class StageShown(Struct, frozen=True):
    """A stage of one chain with its rule."""

    stage: Earned
    rule: StageRule
    next: bool


@get("/onboarding")
async def onboarding_page(here: Here) -> Response[str]:
    """All chains by all stages."""
    here.require(Permission.NETWORK_READ)
    every = await here.room.onboarding.all()
    return here.page(
        "onboarding.html", rows=[(one, _shown(one)) for one in every], rules=RULES, whole=len(RULES)
    )


@get("/onboarding/{code:str}")
async def chain_page(here: Here, code: str) -> Response[str]:
    """One chain: its stages, and the next command to copy."""
    here.require(Permission.NETWORK_READ)
    return await _page(here, code, None)


@post("/onboarding/{code:str}/certify", status_code=200)
async def certify(here: Here, code: str) -> Response[Any]:
    """Put a chain's certification before a second person; who may not is told why."""
    here.require(Permission.OUTLETS_PROPOSE)
    words = await typed(here.request)
    body = {"agent": code, "reason": line_of(words.get("reason", ""), REASON_MOST)}
    until = here.show.now + APPROVAL_RULES[Kind.CERTIFY_AGENT].open_most
    proposal = Proposal(Kind.CERTIFY_AGENT, body, None, until)
    made = await here.room.approvals.propose(here.session.person, proposal)
    if isinstance(made, Refused):
        return await _page(here, code, made)
    return Redirect(proposal_href(made.id), status_code=303)


async def _page(here: Here, code: str, refused: Refused | None) -> Response[str]:
    network = here.show.network
    agent = named_party(network.agents.values(), code, Text("代收机构", "agent"))
    every = await here.room.onboarding.all()
    found = next((one for one in every if one.agent == agent.number), None)
    if found is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("代收机构", "agent")}))
    proposes = here.session.person.may(Permission.OUTLETS_PROPOSE)
    return here.page(
        "onboarding_chain.html",
        status=200 if refused is None else refused.entry.status,
        path=f"/window/onboarding/{agent.code}",
        refused=refused,
        agent=agent,
        one=found,
        stages=_shown(found),
        whole=len(RULES),
        rule=RULES[found.next] if found.next is not None else None,
        commands=steps(found.next, network, agent.number) if found.next is not None else [],
        certifies=proposes and found.next == "certified",
        reason_most=REASON_MOST,
    )


def _shown(one: Progress) -> Sequence[StageShown]:
    return [StageShown(it, RULES[it.stage], it.stage == one.next) for it in one.stages]
