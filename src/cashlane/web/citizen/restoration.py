"""Who is out, why, at which stage and back when: for everybody, calm and plain, without scripts;
every figure leads to what it counts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import Provide
from msgspec import Struct

from cashlane.core.network import Network
from cashlane.core.restoration import Board, Standing
from cashlane.core.withdrawal import REASON_NAMES, STAGE_NAMES
from cashlane.counter.service import Service
from cashlane.registry.restoration import Restoration
from cashlane.store.connect import Lost
from cashlane.values.text import Language, Text
from cashlane.web.shared.headers import guarded
from cashlane.web.shared.outlets_line import outlets_line
from cashlane.web.shared.pages import Pages, elder_of, language_of
from cashlane.web.shared.resting import Resting

_pages = Pages("cashlane.web.citizen")
LOOKED_S = 5.0
"""However many people look, the cases are read a dozen times a minute."""
BACK_SHOWN_DAYS = 60
"""Who came back is told for two months; all of it is in the open data."""
_BAR = 200


class Seen(Struct, frozen=True):
    """All cases as they stood at one moment."""

    network: Network
    at: datetime
    board: Board


class Shown(Struct, frozen=True):
    """A case as everybody reads it; `width` is the part that is back, of 200."""

    standing: Standing
    chain: str
    bills: str
    why: str
    width: int


@get("/restoration")
async def restoration_page(
    request: Request[Any, Any, Any], seen: Resting[Seen], lang: str | None = None
) -> Response[str]:
    """The page."""
    now = await seen.latest()
    language = language_of(lang, request.headers.get("accept-language", ""))
    board = now.board
    return _pages.page(
        "restoration.html",
        language=language,
        elder=elder_of(request),
        at=now.network.local(now.at),
        board=board,
        drawn=outlets_line(board.steps, board.enabled, board.today),
        out=[_shown(now.network, one, language) for one in board.standings if one.open],
        back=[_shown(now.network, one, language) for one in _back(board)],
        stage_names=STAGE_NAMES,
        bar=_BAR,
        back_days=BACK_SHOWN_DAYS,
    )


def _back(board: Board) -> Sequence[Standing]:
    """Those that ended of late, the last first."""
    since = board.today - timedelta(days=BACK_SHOWN_DAYS)
    over = {one.case.id: _over_on(one) for one in board.standings if not one.open}
    found = [it for it in board.standings if over.get(it.case.id, date.min) >= since]
    return sorted(found, key=lambda it: over[it.case.id], reverse=True)


def _over_on(standing: Standing) -> date:
    """The day all were back, or the case was closed."""
    days = [day for day in (standing.stages[-1].came, standing.closed_on) if day is not None]
    return min(days)


def _shown(network: Network, one: Standing, language: Language) -> Shown:
    case = one.case
    bills = network.billers[case.biller].name if case.biller else _ALL_BILLS
    return Shown(
        one,
        network.agents[case.agent].name.say(language),
        bills.say(language),
        REASON_NAMES[case.cause].say(language),
        _BAR * one.outlets_on // case.outlets_meant,
    )


_ALL_BILLS = Text("全部账单", "all bills")
_AWAY = Text(
    "暂时读不到恢复情况，请稍后再看。",
    "How service returns cannot be read at the moment. Please look again in a while.",
)


def away(request: Request[Any, Any, Any], _: Lost) -> Response[str]:
    """The database was not reached: nothing is made up."""
    language = language_of(
        request.query_params.get("lang"), request.headers.get("accept-language", "")
    )
    elder = elder_of(request)
    return guarded(
        _pages.page("none.html", status=503, sentence=_AWAY, language=language, elder=elder)
    )


def resting_board(service: Service, restoration: Restoration) -> Resting[Seen]:
    """The board, read once for everybody who asks: page and open data tell the same."""

    async def look() -> Seen:
        board = await restoration.board()
        return Seen(service.places.network, service.clock.now(), board)

    return Resting(look, service.clock.elapsed, least_s=LOOKED_S)


def restoration_router(seen: Resting[Seen]) -> Router:
    """The page, beside the truth page."""
    handlers: Mapping[Any, Any] = {Lost: away}
    return Router(
        "/now",
        route_handlers=[restoration_page],
        dependencies={"seen": Provide(lambda: seen, sync_to_thread=False)},
        exception_handlers=dict(handlers),
        include_in_schema=False,
        after_request=guarded,
    )
