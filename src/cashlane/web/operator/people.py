"""The people in somebody's charge: who they are, what they may, and what is proposed for them.

Roles are only proposed here, and passwords only proposed to be taken away: two decide on both.
"""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from cashlane.core.approval import REASON_MOST, RULES, Kind, Proposal
from cashlane.core.credentials import read_login
from cashlane.core.network import Network
from cashlane.core.refusals import Refused
from cashlane.core.roles import PLACES, Permission, Person, Role, check_role
from cashlane.counter.problems import RefusedError
from cashlane.people.staff import PAGE_MOST, Issued, Member, Newcomer, in_charge
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, line_of, typed
from cashlane.web.operator.duties import EVENTS, ROLES, place_of
from cashlane.web.operator.entries import PEOPLE, has_staff
from cashlane.web.operator.moments import moment
from cashlane.web.operator.proposals import proposal_href

NAME_MOST = 80
"""Letters of a person's name: the longest in a population register have about fifty."""


@get("/people")
async def people_page(here: Here) -> Response[str]:
    """Staff by login, from behind the one named by `after`."""
    return await _list(here, None)


@post("/people", status_code=200)
async def make(here: Here) -> Response[Any]:
    """Make a newcomer: an administrator anybody, without a role; a lead a cashier."""
    by, said = _in_charge_of_some(here), await typed(here.request)
    newcomer = _newcomer(here.show.network, said)
    if isinstance(newcomer, Refused):
        return await _list(here, newcomer)
    staff, anybody = here.room.staff, by.may(Permission.USERS_MANAGE)
    issued = await (staff.make if anybody else staff.make_cashier)(by, newcomer)
    return await _list(here, issued) if isinstance(issued, Refused) else _issued(here, issued)


@get("/people/{login:str}")
async def person_page(here: Here, login: str) -> Response[str]:
    """One account, what was done to it, and what can be proposed."""
    return await _person(here, await _named(here, login), None)


@post("/people/{login:str}/word", status_code=200)
async def issue(here: Here, login: str) -> Response[Any]:
    """A new password or PIN, shown on the answer and nowhere else."""
    member, said, staff = await _named(here, login), await typed(here.request), here.room.staff
    give = staff.issue_pin if said.get("which") == "pin" else staff.issue_password
    issued = await give(here.session.person, member.person.id)
    if isinstance(issued, Refused):
        return await _person(here, member, issued)
    return _issued(here, issued)


@post("/people/{login:str}/shut", status_code=200)
async def shut(here: Here, login: str) -> Response[Any]:
    """Shut somebody out, or let them in again."""
    member, said = await _named(here, login), await typed(here.request)
    disabled = said.get("disabled") == "yes"
    refused = await here.room.staff.set_disabled(
        here.session.person, member.person.id, disabled=disabled
    )
    if refused is not None:
        return await _person(here, member, refused)
    return Redirect(f"{PEOPLE.href}/{login}", status_code=303)


@post("/people/{login:str}/role", status_code=200)
async def propose_role(here: Here, login: str) -> Response[Any]:
    """Propose to give or take a role."""
    member, said = await _named(here, login), await typed(here.request)
    way, _, role = said.get("change", "").partition(" ")
    if way not in {"give", "take"} or role not in set(Role):
        refused = Refused("MALFORMED", {"what": Text("角色", "role")})
        return await _person(here, member, refused)
    body = {"user": str(member.person.id), "role": role, "held": way == "give"}
    return await _propose(here, member, Kind.USER_ROLE, body, said)


@post("/people/{login:str}/password", status_code=200)
async def propose_password_away(here: Here, login: str) -> Response[Any]:
    """Propose to take a password away."""
    member, said = await _named(here, login), await typed(here.request)
    body = {"user": str(member.person.id)}
    return await _propose(here, member, Kind.USER_PASSWORD, body, said)


async def _propose(
    here: Here, member: Member, kind: Kind, body: dict[str, Any], said: dict[str, str]
) -> Response[Any]:
    """Put it before a second person, with as much time to decide as its kind allows."""
    show = here.show
    effective = moment(said.get("effective", ""), show, Text("生效时间", "time of effect"))
    if isinstance(effective, Refused):
        return await _person(here, member, effective)
    reason = line_of(said.get("reason", ""), REASON_MOST)
    until = show.now + RULES[kind].open_most
    proposal = Proposal(kind, body | {"reason": reason}, effective, until)
    made = await here.room.approvals.propose(here.session.person, proposal)
    if isinstance(made, Refused):
        return await _person(here, member, made)
    return Redirect(proposal_href(made.id), status_code=303)


def _newcomer(network: Network, said: dict[str, str]) -> Newcomer | Refused:
    """Who is to be made. A place is named by its code; none is the network itself."""
    login, name = said.get("login", "").strip(), line_of(said.get("name", ""), NAME_MOST)
    code = said.get("place", "").strip().casefold()
    if not name:
        return Refused("MALFORMED", {"what": Text("姓名", "name")})
    if not code:
        return Newcomer(login, name, None, None)
    for outlet in network.outlets.values():
        if outlet.code == code:
            return Newcomer(login, name, outlet.agent, outlet.number)
    for agent in network.agents.values():
        if agent.code == code:
            return Newcomer(login, name, agent.number, None)
    return Refused("NOT_FOUND", {"what": Text("网点或机构", "outlet or agent")})


def _in_charge_of_some(here: Here) -> Person:
    if not has_staff(here.session.person):
        raise RefusedError(Refused("FORBIDDEN"))
    return here.session.person


async def _named(here: Here, login: str) -> Member:
    found = await here.room.staff.find(_in_charge_of_some(here), login)
    if isinstance(found, Refused):
        raise RefusedError(found)
    return found


async def _list(here: Here, refused: Refused | None) -> Response[str]:
    by, after = (
        _in_charge_of_some(here),
        read_login(here.request.query_params.get("after", "")) or "",
    )
    rows = await here.room.staff.people_of(by, agent=by.agent, outlet=by.outlet, after=after)
    if isinstance(rows, Refused):
        raise RefusedError(rows)
    return here.page(
        "people.html",
        status=200 if refused is None else refused.entry.status,
        rows=rows,
        refused=refused,
        roles=ROLES,
        place_of=place_of,
        anybody=by.may(Permission.USERS_MANAGE),
        own_place=here.show.outlet_code(by.outlet) if by.outlet is not None else "",
        name_most=NAME_MOST,
        after=rows[-1].person.login if len(rows) == PAGE_MOST else None,
        later=bool(after),
    )


async def _person(here: Here, member: Member, refused: Refused | None) -> Response[str]:
    by, one = here.session.person, member.person
    events = await here.room.staff.history(by, one.id)
    own = one.id == by.id
    return here.page(
        "person.html",
        status=200 if refused is None else refused.entry.status,
        member=member,
        events=[] if isinstance(events, Refused) else events,
        refused=refused,
        own=own,
        mine=not own and in_charge(by, one),
        proposes=not own and by.may(Permission.ROLES_PROPOSE),
        gives=[role for role in PLACES if role not in one.roles and check_role(one, role) is None],
        roles=ROLES,
        event_names=EVENTS,
        path=f"{PEOPLE.href}/{one.login}",
        place_of=place_of,
        reason_most=REASON_MOST,
    )


def _issued(here: Here, issued: Issued) -> Response[str]:
    login = issued.person.login
    return here.page(
        "issued.html", login=login, word=issued.word.reveal(), path=f"{PEOPLE.href}/{login}"
    )
