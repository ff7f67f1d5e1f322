"""Who reaches a counter: people by walk in one layer, on a map and by name, beside what it would be
without an agent, a way or an outlet."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from msgspec import Struct, structs

from cashlane.core.access import HOURS_OF_WEEK, Layer, Offer
from cashlane.core.demand import elders, payers
from cashlane.core.demand_list import Neighbourhood
from cashlane.core.network import Network
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.counter.problems import RefusedError
from cashlane.coverage.comparing import compared
from cashlane.coverage.laid import Coverage
from cashlane.coverage.offers import (
    offers_of,
    without_agent,
    without_outlet,
    without_route,
)
from cashlane.coverage.reach import BEYOND_M
from cashlane.coverage.standing import Ground, kinds_in, seen_in
from cashlane.values.money import read_minor
from cashlane.values.text import Text
from cashlane.web.operator.coverage_map import MapShown, coverage_map
from cashlane.web.operator.door import Here, line_of
from cashlane.web.operator.show import Show
from cashlane.web.shared.sheets import sheet
from cashlane.web.shared.telling import KINDS, bands_of

WORST_MOST = 100
"""Places by name on one page; the file has all."""
TYPED_MOST = 60
"""Letters of a name that are looked for."""
HOURS_OF_DAY = 24
DAYS = (
    Text("周一", "Monday"), Text("周二", "Tuesday"), Text("周三", "Wednesday"),
    Text("周四", "Thursday"), Text("周五", "Friday"), Text("周六", "Saturday"),
    Text("周日", "Sunday"),
)  # fmt: skip


class Wanted(Struct, frozen=True):
    """What is asked of the map; "" and None are everything. `without` is a scenario: "agent:code",
    "route:code" or "outlet:code"."""

    kind: str
    hour: int | None
    step_free: bool
    district: str
    typed: str
    without: str

    @property
    def layer(self) -> Layer:
        """As a layer."""
        return Layer(self.kind or None, self.hour, self.step_free)

    def address(self, path: str = "/window/coverage", **changes: Any) -> str:
        """The same question at a path, changed where said."""
        asked = structs.replace(self, **changes)
        words = {
            "kind": asked.kind, "steps": "1" if asked.step_free else "",
            "district": asked.district, "q": asked.typed, "without": asked.without,
        }  # fmt: skip
        if asked.hour is not None:
            words |= {
                "day": str(asked.hour // HOURS_OF_DAY), "hour": str(asked.hour % HOURS_OF_DAY)
            }  # fmt: skip
        said = urlencode({name: word for name, word in words.items() if word})
        return f"{path}?{said}" if said else path


class Counted(Struct, frozen=True):
    """People, those of 65 and more, and those likely to pay over a counter."""

    people: int
    elders: int
    payers: int


class BandShown(Struct, frozen=True):
    """People who walk no farther than a band (beyond the last: who walk farther); `then` in the
    scenario, None where there is none."""

    name: Text
    now: Counted
    then: Counted | None


class PlaceShown(Struct, frozen=True):
    """A place where people live and its nearest counter, None where none is in reach; `then` is the
    walk in the scenario."""

    place: Neighbourhood
    counted: Counted
    walk_m: int | None
    outlet: int | None
    then_m: int | None
    worse: bool


@get("/coverage")
async def coverage_page(here: Here) -> Response[str]:
    """The page; while it is counted it says so."""
    here.require(Permission.NETWORK_READ)
    ground = await here.room.guard.ground()
    if isinstance(ground, Refused):
        return here.page("coverage_none.html", status=ground.entry.status, refused=ground)
    wanted = _wanted(here, ground.network)
    seen, then = await _both(ground, wanted)
    rows = await asyncio.to_thread(_places, ground, wanted, seen, then)
    shown = _searched(rows, wanted)
    return here.page(
        "coverage.html",
        wanted=wanted,
        ground=ground,
        bands=_bands(ground, wanted, seen, then),
        whole=_sum([row.counted for row in rows]),
        picture=_picture(ground, wanted, rows),
        worst=shown[:WORST_MOST],
        worst_count=len(shown),
        farther=_farther(rows)[:WORST_MOST] if then is not None else [],
        farther_sum=_sum([row.counted for row in _farther(rows)]),
        kinds=[(kind, KINDS[kind]) for kind in kinds_in(ground.network)],
        days=DAYS,
        districts=_districts(ground),
        scenarios=_scenarios(here.show, ground.network),
        scenario=_name(here.show, ground.network, wanted.without),
        typed_most=TYPED_MOST,
        beyond=BEYOND_M,
    )


@get("/coverage.csv")
async def coverage_sheet(here: Here) -> Response[bytes]:
    """Every place of the page's list in a file."""
    here.require(Permission.NETWORK_READ)
    ground = await here.room.guard.ground()
    if isinstance(ground, Refused):
        raise RefusedError(ground)
    wanted, show = _wanted(here, ground.network), here.show
    seen, then = await _both(ground, wanted)
    rows = _searched(await asyncio.to_thread(_places, ground, wanted, seen, then), wanted)
    head = [
        show.t("编号", "number"), show.t("地点", "place"), show.t("区", "district"),
        show.t("人数", "people"), show.t("65 岁以上", "65 and more"),
        show.t("柜台缴费者", "payers"), show.t("步行米数", "walk in metres"),
        show.t("最近网点", "nearest outlet"), show.t("情景下步行米数", "walk in the scenario"),
    ]  # fmt: skip
    return sheet("coverage", head, (_cells(show, row, then is not None) for row in rows))


def _cells(show: Show, row: PlaceShown, compared_: bool) -> list[str]:
    walk = "" if row.walk_m is None else str(row.walk_m)
    then = "" if not compared_ or row.then_m is None else str(row.then_m)
    outlet = "" if row.outlet is None else show.outlet_code(row.outlet)
    one = row.counted
    return [
        str(row.place.number), show.say(row.place.name), show.district(row.place.district),
        str(one.people), str(one.elders), str(one.payers), walk, outlet, then,
    ]  # fmt: skip


def _wanted(here: Here, network: Network) -> Wanted:
    """What the address asks for; what makes no sense is as if it had not been said."""
    said = here.request.query_params
    kind, district = said.get("kind", ""), said.get("district", "")
    outlet = line_of(said.get("outlet", ""), TYPED_MOST)
    without = f"outlet:{outlet}" if outlet else said.get("without", "")
    return Wanted(
        kind if kind in kinds_in(network) else "",
        _hour(said.get("day", ""), said.get("hour", "")),
        said.get("steps") == "1",
        district if any(one.district == district for one in network.outlets.values()) else "",
        line_of(said.get("q", ""), TYPED_MOST),
        without if _scenario(network, without) is not None else "",
    )


def _hour(day: str, hour: str) -> int | None:
    """An hour of the week; a day without an hour is no question, nor an hour without a day."""
    number, clock = read_minor(day), read_minor(hour)
    if number is None or clock is None or number >= len(DAYS) or clock >= HOURS_OF_DAY:
        return None
    found = number * HOURS_OF_DAY + clock
    assert found < HOURS_OF_WEEK
    return found


def _scenario(network: Network, without: str) -> Network | None:
    kind, _, code = without.partition(":")
    parties: Mapping[str, tuple[Any, Any]] = {
        "agent": (network.agents, without_agent),
        "route": (network.routes, without_route),
        "outlet": (network.outlets, without_outlet),
    }
    if kind not in parties:
        return None
    each, less = parties[kind]
    number = next((one.number for one in each.values() if one.code == code), None)
    return None if number is None else less(network, number)


async def _both(ground: Ground, wanted: Wanted) -> tuple[Coverage, Coverage | None]:
    """The layer as it is, and in the scenario."""
    seen = await seen_in(ground, wanted.layer, ground.offers)
    other = _scenario(ground.network, wanted.without)
    if other is None:
        return seen, None
    offers: Mapping[int, Offer] = await asyncio.to_thread(offers_of, other, ground.counted_at)
    return seen, await seen_in(ground, wanted.layer, offers)


def _bands(
    ground: Ground, wanted: Wanted, seen: Coverage, then: Coverage | None
) -> list[BandShown]:
    """People within each band, and those beyond the last."""
    whole = [int(count) for count in ground.reach.people.sum(axis=0)]
    each = [_within(seen, wanted.layer, whole)]
    if then is not None:
        each.append(_within(then, wanted.layer, whole))
    names = [*bands_of(ground.reach.method), Text("够不着", "out of reach")]
    return [
        BandShown(name, now[0], now[1] if len(now) > 1 else None)
        for name, *now in zip(names, *each, strict=True)
    ]


def _within(coverage: Coverage, layer: Layer, whole: Sequence[int]) -> list[Counted]:
    bands = [[int(count) for count in row] for row in coverage.people_within(layer)]
    beyond = [all_ - near for all_, near in zip(whole, bands[-1], strict=True)]
    return [counted(ages) for ages in (*bands, beyond)]


def counted(ages: Sequence[int]) -> Counted:
    """People by the census's age bands, added up; payers are rounded down once."""
    return Counted(sum(ages), elders(ages), payers(ages))


def _places(
    ground: Ground, wanted: Wanted, seen: Coverage, then: Coverage | None
) -> list[PlaceShown]:
    """Every place of the district, the worst served first."""
    now_m = seen.walks_m(wanted.layer)
    then_m = now_m if then is None else then.walks_m(wanted.layer)
    worse = set() if then is None else set(compared(seen, then)[0].farther)
    found = []
    for row, point in enumerate(ground.reach.points):
        place = ground.places[point.number]
        if wanted.district and place.district != wanted.district:
            continue
        near = seen.nearest(wanted.layer, row)[:1]
        found.append(
            PlaceShown(
                place, counted(point.people), _metres(int(now_m[row])),
                near[0].outlet if near else None, _metres(int(then_m[row])),
                point.number in worse,
            )
        )  # fmt: skip
    return sorted(found, key=_worst_first)


def _metres(walk: int) -> int | None:
    return None if walk == BEYOND_M else walk


def _worst_first(row: PlaceShown) -> tuple[int, int, int]:
    walk = BEYOND_M if row.walk_m is None else row.walk_m
    return -walk, -row.counted.people, row.place.number


def _searched(rows: Sequence[PlaceShown], wanted: Wanted) -> list[PlaceShown]:
    """Places where somebody lives, by a part of their name."""
    typed = wanted.typed.casefold()
    return [
        row
        for row in rows
        if row.counted.people
        and (typed in row.place.name.zh.casefold() or typed in row.place.name.en.casefold())
    ]


def _farther(rows: Sequence[PlaceShown]) -> list[PlaceShown]:
    """Who walks farther in the scenario, the most people first."""
    worse = [row for row in rows if row.worse and row.counted.people]
    return sorted(worse, key=lambda row: (-row.counted.people, row.place.number))


def _sum(each: Sequence[Counted]) -> Counted:
    return Counted(
        sum(one.people for one in each), sum(one.elders for one in each),
        sum(one.payers for one in each),
    )  # fmt: skip


def _picture(ground: Ground, wanted: Wanted, rows: Sequence[PlaceShown]) -> MapShown | None:
    points = [(row.place, row.then_m) for row in rows if row.counted.people]
    return coverage_map(ground, points, near=bool(wanted.district)) if points else None


def _districts(ground: Ground) -> list[str]:
    """The districts in which people live and outlets stand, in the order of their names."""
    lived = {one.district for one in ground.places.values()}
    stand = {one.district for one in ground.network.outlets.values()}
    return sorted(lived & stand)


def _scenarios(show: Show, network: Network) -> list[tuple[str, str]]:
    """Agents and ways that could be missing; an outlet is typed."""
    agents = [
        (f"agent:{one.code}", show.t("没有机构：", "without the agent ") + show.say(one.name))
        for one in network.agents.values()
    ]
    routes = [
        (f"route:{one.code}", show.t("没有通道：", "without the way ") + show.say(one.name))
        for one in network.routes.values()
    ]
    return [*agents, *routes]


def _name(show: Show, network: Network, without: str) -> str:
    """What the scenario is called."""
    named = dict(_scenarios(show, network))
    if without in named:
        return named[without]
    code = without.partition(":")[2]
    outlet = next((one for one in network.outlets.values() if one.code == code), None)
    return (
        ""
        if outlet is None
        else show.t("没有网点：", "without the outlet ") + show.say(outlet.name)
    )
