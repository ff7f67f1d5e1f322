"""Other public services at counters: which are planned, live and ended at whose outlets, and who
came in the latest month of which somebody told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from litestar import Response, get
from msgspec import Struct

from cashlane.core.network import Outlet
from cashlane.core.outlet_list import spelled
from cashlane.core.programme import (
    STATE_NAMES,
    Attendance,
    Book,
    Placement,
    State,
    sums,
    together,
)
from cashlane.core.roles import Permission
from cashlane.web.operator.door import Here
from cashlane.web.operator.show import Show, StateShown, Tone
from cashlane.web.shared.sheets import sheet

LISTED_MOST = 100
"""Rows of outlets on one page; the file has all that the filters leave."""
TYPED_MOST = 60
"""Letters of a search that are looked at."""
MONTHS_MOST = 24
"""Rows of months on an outlet's page: a year of two programmes."""
_SIGNS: Mapping[State, tuple[Tone, str]] = {
    "planned": ("doubt", "…"), "live": ("paid", "✓"), "ended": ("quiet", "–"),
}  # fmt: skip
_STATES: Mapping[str, State] = {"planned": "planned", "live": "live", "ended": "ended"}


class Placed(Struct, frozen=True):
    """A programme at an outlet as a row shows it; `came` is None where nobody told."""

    outlet: Outlet
    one: Placement
    name: str
    state: State
    late: bool
    came: Attendance | None


class Asked(Struct, frozen=True):
    """What somebody wants to see: a programme and an agent ("" for all), a state, words, and the
    rows after which place."""

    programme: str
    agent: str
    state: State | None
    typed: str
    after: str


@get("/programmes")
async def programmes_page(here: Here) -> Response[str]:
    """Sums by programme and agent, and the outlets that the filters leave."""
    here.require(Permission.NETWORK_READ)
    show, book = here.show, await here.room.programmes.book()
    asked, today = _asked(here.request.query_params), _today(show)
    found = list(_wanted(show, placed(show, book, today), asked))
    rows = [one for one in found if _place(one) > asked.after]
    each = sums(book, show.network.agents_by_outlet(), today)
    return here.page(
        "programmes.html",
        book=book,
        sums=each,
        whole=together(each.values()),
        asked=asked,
        states=STATE_NAMES,
        agents=sorted({agent for _, agent in each}),
        count=len(found),
        rows=rows[:LISTED_MOST],
        after=_place(rows[LISTED_MOST - 1]) if len(rows) > LISTED_MOST else "",
        shown=lambda state: state_shown(show, state),
        today=today,
    )


@get("/programmes.csv")
async def programmes_sheet(here: Here) -> Response[bytes]:
    """All that the filters leave, in a file."""
    here.require(Permission.NETWORK_READ)
    show, book = here.show, await here.room.programmes.book()
    rows = placed(show, book, _today(show))
    head = [
        show.t("网点代码", "outlet"), show.t("名称", "name"), show.t("代收机构", "agent"),
        show.t("区", "district"), show.t("业务代码", "programme"), show.t("业务名称", "called"),
        show.t("状态", "state"), show.t("计划开办日", "planned"), show.t("开办日", "live"),
        show.t("结束日", "ended"), show.t("月份", "month"), show.t("人次", "visits"),
        show.t("用时分钟", "minutes"),
    ]  # fmt: skip
    wanted = _wanted(show, rows, _asked(here.request.query_params))
    return sheet("programmes", head, (_cells(show, one) for one in wanted))


def placed(show: Show, book: Book, today: date) -> list[Placed]:
    """Every programme at every outlet, by the outlet's code and the programme's."""
    came = {(one.outlet, one.programme): one for one in book.attendances}
    outlets = show.network.outlets
    rows = [
        Placed(
            outlets[one.outlet], one, show.say(book.programmes[one.programme].name),
            one.state(today), one.is_late(today), came.get((one.outlet, one.programme)),
        )
        for one in book.placements
        if one.outlet in outlets
    ]  # fmt: skip
    return sorted(rows, key=_place)


def state_shown(show: Show, state: State) -> StateShown:
    """A state in one word, with its tone and sign."""
    tone, sign = _SIGNS[state]
    return StateShown(show.say(STATE_NAMES[state]), tone, sign)


def _today(show: Show) -> date:
    return show.network.local(show.now).date()


def _place(one: Placed) -> str:
    """Where a row stands in the list. A blank comes before every letter of a code."""
    return f"{one.outlet.code} {one.one.programme}"


def _asked(said: Mapping[str, str]) -> Asked:
    return Asked(
        programme=said.get("programme", ""),
        agent=said.get("agent", ""),
        state=_STATES.get(said.get("state", "")),
        typed=said.get("q", "").strip()[:TYPED_MOST],
        after=said.get("after", ""),
    )


def _wanted(show: Show, every: Iterable[Placed], asked: Asked) -> Iterable[Placed]:
    wanted, agents = spelled(asked.typed), show.network.agents
    for one in every:
        outlet = one.outlet
        if (
            asked.programme in ("", one.one.programme)
            and asked.agent in ("", agents[outlet.agent].code)
            and asked.state in (None, one.state)
        ):
            words = (outlet.code, outlet.name.zh, outlet.name.en)
            if not wanted or any(wanted in spelled(word) for word in words):
                yield one


def _cells(show: Show, row: Placed) -> Sequence[str]:
    outlet, one, came = row.outlet, row.one, row.came
    days = [
        day.isoformat() if day is not None else "" for day in (one.planned, one.live, one.ended)
    ]
    told = ["", "", ""] if came is None else [
        f"{came.month:%Y-%m}", str(came.visits), str(came.minutes)
    ]  # fmt: skip
    return [
        outlet.code, show.say(outlet.name), show.agent(outlet.agent),
        show.district(outlet.district), one.programme, row.name,
        show.say(STATE_NAMES[row.state]), *days, *told,
    ]  # fmt: skip
