"""All outlets at one look: on record, enabled, and taking cash; which are silent, and of which
nobody has told when they are open or whether there is a step."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from msgspec import Struct

from cashlane.core.approval import REASON_MOST, RULES, Kind, Proposal
from cashlane.core.outlet_list import spelled
from cashlane.core.premises import UNTOLD, Premises
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.core.silence import LATELY_DAYS, Heard, Sum, heard, sums
from cashlane.counter.problems import RefusedError
from cashlane.registry.switching_on import OUTLETS_MOST
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, line_of, typed
from cashlane.web.operator.proposals import proposal_href
from cashlane.web.operator.show import Show
from cashlane.web.shared.sheets import sheet

LISTED_MOST = 100
"""Outlets on one page; the file has all that the filters leave."""
TYPED_MOST = 60
"""Letters of a search that are looked at."""

_Test = Callable[[Show, Heard], bool]
FILTERS: Mapping[str, tuple[Text, _Test]] = {
    "all": (Text("全部", "All"), lambda _, __: True),
    "working": (Text("近期有收款", "Took cash lately"), lambda _, one: one.voice == "working"),
    "silent": (Text("沉默", "Silent"), lambda _, one: one.voice == "silent"),
    "alarm": (Text("沉默警报", "Silence alarms"), lambda _, one: one.alarmed),
    "off": (Text("未启用", "Not enabled"), lambda _, one: one.voice == "off"),
    "hours": (
        Text("营业时间未告知", "Hours not told"),
        lambda show, one: not _premises(show, one).hours,
    ),
    "steps": (
        Text("台阶未告知", "Steps not told"),
        lambda show, one: _premises(show, one).step_free is None,
    ),
}
"""What the list can be narrowed to."""


class Asked(Struct, frozen=True):
    """What somebody wants to see: of an agent ("" for all), of which kind, like what was typed,
    after which code."""

    agent: str
    only: str
    typed: str
    after: str


@get("/outlets")
async def outlets_page(here: Here) -> Response[str]:
    """The two counts of each agent, and the outlets that the filters leave."""
    here.require(Permission.NETWORK_READ)
    every, on = await _everybody(here)
    asked = _asked(here.request.query_params)
    found = list(_wanted(here.show, every, asked))
    rows = [one for one in found if one.outlet.code > asked.after]
    return here.page(
        "outlets.html",
        sums=sums(every),
        whole=_whole(sums(every).values()),
        asked=asked,
        filters={name: words for name, (words, _) in FILTERS.items()},
        count=len(found),
        rows=rows[:LISTED_MOST],
        after=rows[LISTED_MOST - 1].outlet.code if len(rows) > LISTED_MOST else "",
        days=LATELY_DAYS,
        on=on,
        untold=UNTOLD,
        proposes=here.session.person.may(Permission.OUTLETS_PROPOSE),
        switch_most=OUTLETS_MOST,
    )


@get("/outlets.csv")
async def outlets_sheet(here: Here) -> Response[bytes]:
    """All that the filters leave, in a file."""
    here.require(Permission.NETWORK_READ)
    every, _ = await _everybody(here)
    show = here.show
    head = [
        show.t("网点代码", "outlet"), show.t("名称", "name"), show.t("代收机构", "agent"),
        show.t("区", "district"), show.t("状态", "state"), show.t("最近收款日", "last took cash"),
        show.t("营业时间", "hours"), show.t("无台阶", "step-free"), show.t("地址", "address"),
    ]  # fmt: skip
    rows = (_cells(show, one) for one in _wanted(show, every, _asked(here.request.query_params)))
    return sheet("outlets", head, rows)


@post("/outlets/on", status_code=200)
async def switch_on(here: Here) -> Response[Any]:
    """Put before a second person that outlets are switched on: the named one, or all that the
    filters leave and that are off."""
    here.require(Permission.OUTLETS_PROPOSE)
    words = await typed(here.request)
    every, on = await _everybody(here)
    asked = _asked(words)
    named = [words["outlet"]] if words.get("outlet") else [
        one.outlet.code for one in _wanted(here.show, every, asked) if one.voice == "off"
    ]  # fmt: skip
    if not 0 < len(named) <= OUTLETS_MOST:
        raise RefusedError(Refused("MALFORMED", {"what": _HOW_MANY}))
    body = {
        "outlets": named, "since": on.isoformat(),
        "reason": line_of(words.get("reason", ""), REASON_MOST),
    }  # fmt: skip
    until = here.show.now + RULES[Kind.RESTORE_OUTLET].open_most
    proposal = Proposal(Kind.RESTORE_OUTLET, body, None, until)
    made = await here.room.approvals.propose(here.session.person, proposal)
    if isinstance(made, Refused):
        raise RefusedError(made)
    return Redirect(proposal_href(made.id), status_code=303)


_HOW_MANY = Text("要启用的网点（1 至 1,000 个）", "outlets to switch on (1 to 1,000)")


async def _everybody(here: Here) -> tuple[list[Heard], date]:
    on = (await here.room.pulse.tally()).day
    last = await here.room.last_cash()
    outlets = sorted(here.show.network.outlets.values(), key=lambda one: one.code)
    silent = here.show.network.silent
    return [
        heard(one, last.get(one.number), on, alarmed=one.number in silent) for one in outlets
    ], on


def _asked(said: Mapping[str, str]) -> Asked:
    only = said.get("only", "all")
    return Asked(
        agent=said.get("agent", ""),
        only=only if only in FILTERS else "all",
        typed=said.get("q", "").strip()[:TYPED_MOST],
        after=said.get("after", ""),
    )


def _wanted(show: Show, every: Iterable[Heard], asked: Asked) -> Iterable[Heard]:
    _, test = FILTERS[asked.only]
    wanted, agents = spelled(asked.typed), show.network.agents
    for one in every:
        if asked.agent in ("", agents[one.outlet.agent].code) and test(show, one):
            words = (one.outlet.code, one.outlet.name.zh, one.outlet.name.en)
            if not wanted or any(wanted in spelled(word) for word in words):
                yield one


def _premises(show: Show, one: Heard) -> Premises:
    return show.network.premises.get(one.outlet.number, UNTOLD)


def _whole(parts: Iterable[Sum]) -> Sum:
    rows = list(parts)
    return Sum(*(sum(getattr(row, name) for row in rows) for name in Sum.__struct_fields__))


def _cells(show: Show, one: Heard) -> Sequence[str]:
    outlet, premises = one.outlet, _premises(show, one)
    words, _ = FILTERS[one.voice]
    steps = {True: show.t("是", "yes"), False: show.t("否", "no"), None: ""}[premises.step_free]
    return [
        outlet.code, show.say(outlet.name), show.agent(outlet.agent),
        show.district(outlet.district), show.say(words),
        one.last.isoformat() if one.last is not None else "", premises.hours, steps,
        premises.address,
    ]  # fmt: skip
