"""Standing in: how much is out against its bounds, the bounds in force, and the form by which one
person proposes others for a second one to approve."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from msgspec import Struct

from cashlane.core.approval import REASON_MOST, RULES, Kind, Proposal
from cashlane.core.chart import Limited
from cashlane.core.network import NO_STAND_IN, StandIn
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.registry.stand_in import OUTAGE_MOST_S
from cashlane.store.usage import Exposure
from cashlane.values.money import read_amount, read_minor, write_amount
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, line_of, typed
from cashlane.web.operator.pictures import share
from cashlane.web.operator.proposals import proposal_href
from cashlane.web.operator.show import Show, Tone

METER_WIDTH = 260
HOUR = 3_600
"""Seconds: people say hours."""
FULL_PPM, HIGH_PPM = 900_000, 600_000
"""A meter is red from nine tenths on and yellow from six: below, nobody has to look."""
BOUNDS: Mapping[str, Text] = {
    "payment_most": Text("单笔", "a payment"),
    "till_most": Text("每台收银机", "a till"),
    "outlet_most": Text("每个网点", "an outlet"),
    "agent_most": Text("每家机构", "an agent"),
    "biller_most": Text("每家收费单位", "a biller"),
}


class Meter(Struct, frozen=True):
    """What is out of something, against its bound; amounts in minor units, width in pixels."""

    name: str
    out: int
    most: int
    width: int
    tone: Tone


@get("/stand-in")
async def stand_in_page(here: Here) -> Response[str]:
    """Meter, bounds and form."""
    here.require(Permission.NETWORK_READ)
    return await _page(here, _words(here.show, here.show.network.stand_in), None)


@post("/stand-in", status_code=200)
async def propose(here: Here) -> Response[Any]:
    """Put other bounds before a second person; refused, they are typed still."""
    here.require(Permission.ROUTES_PROPOSE)
    words = await typed(here.request)
    body = _off() if words.get("act") == "off" else _body(here.show, words)
    if isinstance(body, Refused):
        return await _page(here, words, body)
    until = here.show.now + RULES[Kind.STAND_IN].open_most
    reason = line_of(words.get("reason", ""), REASON_MOST)
    proposal = Proposal(Kind.STAND_IN, body | {"reason": reason}, None, until)
    made = await here.room.approvals.propose(here.session.person, proposal)
    if isinstance(made, Refused):
        return await _page(here, words, made)
    return Redirect(proposal_href(made.id), status_code=303)


def _body(show: Show, words: Mapping[str, str]) -> dict[str, Any] | Refused:
    """What was typed: amounts as people write them, hours whole."""
    chosen = [
        one.code
        for one in show.network.billers.values()
        if words.get(f"biller-{one.code}") == "yes"
    ]
    if not chosen:
        return Refused(
            "MALFORMED", {"what": Text("收费单位（至少一家）", "billers (at least one)")}
        )
    amounts = {
        name: read_amount(words.get(name, "").replace(",", ""), show.network.currency) or 0
        for name in BOUNDS
    }
    wrong = next((name for name, amount in amounts.items() if amount <= 0), None)
    if wrong is not None:
        return Refused("MALFORMED", {"what": BOUNDS[wrong]})
    hours = read_minor(words.get("hours", "")) or 0
    if not 0 < hours * HOUR <= OUTAGE_MOST_S:
        return Refused("MALFORMED", {"what": Text("最长小时数", "hours")})
    return {"billers": chosen, **amounts, "outage_most_s": hours * HOUR}


def _off() -> dict[str, Any]:
    """Nobody is stood in for: the bounds must be there and mean nothing."""
    return {"billers": [], **dict.fromkeys(BOUNDS, 1), "outage_most_s": HOUR}


def _words(show: Show, policy: StandIn) -> dict[str, str]:
    """The bounds in force, as somebody would type them."""
    if policy == NO_STAND_IN:
        return {}
    codes = {f"biller-{show.biller_code(one)}": "yes" for one in policy.billers}
    amounts = {name: write_amount(getattr(policy, name), show.network.currency) for name in BOUNDS}
    return codes | amounts | {"hours": str(policy.outage_most_s // HOUR)}


async def _page(here: Here, words: Mapping[str, str], refused: Refused | None) -> Response[str]:
    show, exposures = here.show, await here.room.watching.exposures()
    policy = show.network.stand_in
    return here.page(
        "stand_in.html",
        status=200 if refused is None else refused.entry.status,
        path="/window/stand-in",
        policy=policy,
        off=not policy.billers,
        bounds=[(BOUNDS[name], name, getattr(policy, name)) for name in BOUNDS],
        agents=_meters(show, policy, exposures, Limited.STAND_IN_AGENT),
        billers=_meters(show, policy, exposures, Limited.STAND_IN_BILLER),
        highest=_highest(show, policy, exposures),
        out=sum(one.whole for one in exposures if one.kind is Limited.STAND_IN_BILLER),
        says=here.session.person.may(Permission.ROUTES_PROPOSE),
        refused=refused,
        words=words,
        all_billers=sorted(show.network.billers.values(), key=lambda one: one.number),
        hours_most=OUTAGE_MOST_S // HOUR,
        hour=HOUR,
        reason_most=REASON_MOST,
        width=METER_WIDTH,
    )


def _meters(
    show: Show, policy: StandIn, exposures: Sequence[Exposure], kind: Limited
) -> list[Meter]:
    """Every party that has something out, and every biller that may: the fullest first."""
    out = {one.party: one.whole for one in exposures if one.kind is kind}
    of_billers = kind is Limited.STAND_IN_BILLER
    parties = set(out) | set(policy.billers if of_billers else show.network.agents)
    name = show.biller if of_billers else show.agent
    meters = [_meter(name(one), out.get(one, 0), policy.most(kind)) for one in sorted(parties)]
    return sorted(meters, key=lambda one: -one.out)


def _highest(
    show: Show, policy: StandIn, exposures: Sequence[Exposure]
) -> list[tuple[Meter, Exposure | None]]:
    """The fullest till and the fullest outlet, beside how many have anything out."""
    by_kind = {one.kind: one for one in exposures}
    names = {
        Limited.STAND_IN_TILL: Text("最满的收银机", "the fullest till"),
        Limited.STAND_IN_OUTLET: Text("最满的网点", "the fullest outlet"),
    }
    found = []
    for kind, name in names.items():
        one = by_kind.get(kind)
        meter = _meter(show.say(name), one.highest if one else 0, policy.most(kind))
        found.append((meter, one))
    return found


def _meter(name: str, out: int, most: int) -> Meter:
    ppm = out * 1_000_000 // max(1, most)
    tone: Tone = "not" if ppm >= FULL_PPM else "doubt" if ppm >= HIGH_PPM else "paid"
    return Meter(name, out, most, min(METER_WIDTH, share(out, most, METER_WIDTH)), tone)
