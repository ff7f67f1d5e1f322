"""What would happen if something stopped: asked before it does, answered by the rules that would
then route the payments."""

from collections.abc import Mapping, Sequence

from litestar import Response, get
from msgspec import Struct

from cashlane.core.concentration import HUB, RESTARTS, Impact, Pair, Stopped, what_if
from cashlane.core.drill import EVERY_DAYS_MOST, read_thing, stopped, thing_of
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.counter.problems import RefusedError
from cashlane.store.usage import Used
from cashlane.values.text import Text
from cashlane.web.operator.door import Here
from cashlane.web.operator.drills import drill_shown, known_drills, past_drills
from cashlane.web.operator.losers import LOSERS_MOST, Loser, losers, losers_sheet
from cashlane.web.operator.pictures import share
from cashlane.web.operator.show import Show, StateShown
from cashlane.web.operator.watching import USAGE_DAYS
from cashlane.web.operator.ways import weight
from cashlane.web.operator.ways_shown import OUTCOMES, SPARES, look

SHARE_WIDTH = 320
DIFFERENCES_MOST = 6
"""Differences of one drill that are read out; the record has them all."""


class PairShown(Struct, frozen=True):
    """What becomes of one agent's bills of one biller; `used` is None where none was paid."""

    pair: Pair
    outcome: StateShown
    ways: Sequence[tuple[int, StateShown]]
    used: Used | None


class Sum(Struct, frozen=True):
    """Pairs, payments and customers that come to one end."""

    outcome: StateShown
    pairs: int
    payments: int
    customers: int


@get("/what-if/{kind:str}/{code:str}")
async def what_if_page(here: Here, kind: str, code: str) -> Response[str]:
    """If a route, a biller or an agent stopped."""
    here.require(Permission.NETWORK_READ)
    return await _page(here, _stopped(here.show, kind, code))


@get("/what-if/hub")
async def hub_page(here: Here) -> Response[str]:
    """If Cashlane itself stopped."""
    here.require(Permission.NETWORK_READ)
    return await _page(here, HUB)


@get("/what-if/{kind:str}/{code:str}/outlets.csv")
async def what_if_outlets(here: Here, kind: str, code: str) -> Response[bytes]:
    """All outlets that would lose something."""
    here.require(Permission.NETWORK_READ)
    impact = _impact(here, _stopped(here.show, kind, code))
    return losers_sheet(here.show, f"without-{code}-outlets", _losers(here.show, impact))


@get("/what-if/hub/outlets.csv")
async def hub_outlets(here: Here) -> Response[bytes]:
    """Likewise for Cashlane itself: all of them."""
    here.require(Permission.NETWORK_READ)
    return losers_sheet(here.show, "without-hub-outlets", _losers(here.show, _impact(here, HUB)))


def _stopped(show: Show, kind: str, code: str) -> Stopped:
    thing = read_thing(f"{kind}:{code}")
    found = stopped(thing, show.network) if thing is not None else None
    if found is None:
        raise RefusedError(Refused("NOT_FOUND", {"what": Text("事物", "thing")}))
    return found


def _impact(here: Here, what: Stopped) -> Impact:
    show = here.show
    return what_if(what, show.network, here.room.service.outlook(), show.now)


def _losers(show: Show, impact: Impact) -> list[Loser]:
    lost = [(pair.biller, pair.outlets) for pair in impact.pairs if pair.outcome == "closes"]
    return losers(show, lost, impact.dark)


async def _page(here: Here, what: Stopped) -> Response[str]:
    show, impact = here.show, _impact(here, what)
    usage = await here.room.watching.usage()
    pairs = [_pair(show, pair, usage or {}) for pair in impact.pairs]
    touched = [one for one in pairs if one.pair.outcome != "untouched"]
    lost = _losers(show, impact)
    thing, known = thing_of(what, show.network), await known_drills(here)
    return here.page(
        "what_if.html",
        what=what,
        impact=impact,
        weight=weight(show, impact),
        restart=RESTARTS[what.kind],
        pairs=sorted(touched, key=_urgency),
        untouched=len(pairs) - len(touched),
        sums=_sums(show, pairs) if usage is not None else None,
        usage_days=USAGE_DAYS,
        losers=lost[:LOSERS_MOST],
        losers_count=len(lost),
        width=SHARE_WIDTH,
        parts=_parts(impact),
        thing=thing.spelled(),
        drill=drill_shown(show, known, thing) if known is not None else None,
        past=await past_drills(here, thing),
        differences_most=DIFFERENCES_MOST,
        every_most=EVERY_DAYS_MOST,
        says=here.session.person.may(Permission.ROUTES_PROPOSE),
    )


_ORDER = list(OUTCOMES)


def _urgency(one: PairShown) -> tuple[int, int, int]:
    return _ORDER.index(one.pair.outcome), one.pair.biller, one.pair.agent


def _pair(show: Show, pair: Pair, usage: Mapping[tuple[int, int], Used]) -> PairShown:
    ways = [
        (state.way.route, look(show, SPARES[state.spare(show.now)]))
        for state in pair.left
        if state.share
    ]
    used = usage.get((pair.agent, pair.biller))
    return PairShown(pair, look(show, OUTCOMES[pair.outcome]), ways, used)


def _sums(show: Show, pairs: Sequence[PairShown]) -> list[Sum]:
    """What hangs on it, by what would become of it."""
    found = []
    for outcome, words in OUTCOMES.items():
        ended = [one for one in pairs if one.pair.outcome == outcome]
        used = [one.used for one in ended if one.used is not None]
        payments, customers = (
            sum(one.payments for one in used), sum(one.customers for one in used)
        )  # fmt: skip
        found.append(Sum(look(show, words), len(ended), payments, customers))
    return found


def _parts(impact: Impact) -> list[tuple[str, int, int]]:
    """The bar of all outlets: tone, beginning and width in pixels of each part."""
    closing, dark = impact.closing, impact.dark
    moving = impact.moving - closing
    parts, at = [], 0
    for tone, count in (("dark", len(dark)), ("not", len(closing - dark)), ("paid", len(moving))):
        width = share(count, impact.outlets, SHARE_WIDTH)
        parts.append((tone, at, min(width, SHARE_WIDTH - at)))
        at += width
    return parts
