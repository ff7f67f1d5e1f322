"""What surveys found, beside the nearest counter: where people who pay in cash have far to go."""

from collections.abc import Iterable, Sequence

from litestar import Response, get
from msgspec import Struct

from cashlane.core.demand_list import Neighbourhood
from cashlane.core.finding import Counter, Wish, counters_near
from cashlane.core.roles import Permission
from cashlane.core.survey import Needed, Survey
from cashlane.store.demand import Demand
from cashlane.web.operator.door import Here
from cashlane.web.operator.show import Show
from cashlane.web.shared.sheets import sheet

LISTED_MOST = 200
"""Places on the page, the farthest first; the file has all."""
ANY = Wish(None, open_now=False, step_free=False)


class PlaceShown(Struct, frozen=True):
    """A place, what was found there, and the nearest counter that takes bills now."""

    estate: Neighbourhood
    found: Needed
    by: str
    nearest: Counter | None


@get("/survey")
async def survey_page(here: Here) -> Response[str]:
    """Each place of the surveys, whoever has the farthest way first."""
    here.require(Permission.NETWORK_READ)
    demand, surveys = await here.room.surveyed()
    rows = _shown(here, demand, surveys)
    return here.page(
        "survey.html",
        surveys=surveys,
        rows=rows[:LISTED_MOST],
        count=len(rows),
        asked=sum(one.found.asked for one in rows),
        cash=sum(one.found.cash for one in rows),
        homebound=sum(one.found.homebound for one in rows),
        synthetic=demand.row is not None and demand.row.synthetic,
    )


@get("/survey.csv")
async def survey_sheet(here: Here) -> Response[bytes]:
    """All of them in a file."""
    here.require(Permission.NETWORK_READ)
    demand, surveys = await here.room.surveyed()
    show = here.show
    head = [
        show.t("小区", "place"), show.t("区", "district"), show.t("走访人数", "asked"),
        show.t("用现金人数", "pay in cash"), show.t("出不了门人数", "cannot go out"),
        show.t("最近网点", "nearest counter"), show.t("步行分钟", "minutes on foot"),
        show.t("需求", "need"), show.t("调查单位", "surveyed by"),
    ]  # fmt: skip
    rows = (_cells(show, one) for one in _shown(here, demand, surveys))
    return sheet("survey", head, rows)


def _shown(here: Here, demand: Demand, surveys: Iterable[Survey]) -> list[PlaceShown]:
    """The latest word about each place; who pays in cash and has far to go comes first."""
    estates = {one.number: one for one in demand.places}
    latest: dict[int, tuple[Survey, Needed]] = {}
    for survey in surveys:
        for found in survey.found:
            latest.setdefault(found.estate, (survey, found))
    rows = [
        PlaceShown(estates[number], found, survey.by, _nearest(here, estates[number]))
        for number, (survey, found) in latest.items()
    ]
    return sorted(rows, key=_need, reverse=True)


def _need(one: PlaceShown) -> tuple[int, int]:
    """Minutes of all who pay in cash together; where there is no counter at all, most of all."""
    if one.nearest is None or one.nearest.minutes is None:
        return 1, one.found.cash
    return 0, one.found.cash * one.nearest.minutes


def _nearest(here: Here, estate: Neighbourhood) -> Counter | None:
    service = here.room.service
    found = counters_near(
        service.places.network, service.outlook(), estate.place, service.clock.now(),
        places=service.places.nearest, wish=ANY, most=1,
    )  # fmt: skip
    return found[0] if found else None


def _cells(show: Show, one: PlaceShown) -> Sequence[str]:
    found, nearest = one.found, one.nearest
    return [
        show.say(one.estate.name), show.district(one.estate.district), str(found.asked),
        str(found.cash), str(found.homebound),
        show.outlet(nearest.outlet) if nearest is not None else "",
        str(nearest.minutes) if nearest is not None else "", found.need, one.by,
    ]  # fmt: skip
