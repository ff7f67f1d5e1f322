"""Who reaches a counter: people by walk in one layer, on a map and by name, and any two dates or
scenarios beside one another."""

import asyncio
from collections.abc import Sequence

from litestar import Response, get
from msgspec import Struct

from cashlane.core.access import Layer
from cashlane.core.demand import elders, payers
from cashlane.core.demand_list import Neighbourhood
from cashlane.core.guard import GUARD
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.counter.problems import RefusedError
from cashlane.coverage.comparing import compared
from cashlane.coverage.laid import Coverage
from cashlane.coverage.reach import BEYOND_M
from cashlane.coverage.room import room_tenths
from cashlane.coverage.standing import Ground, kinds_in
from cashlane.values.text import Text
from cashlane.web.operator.coverage_asked import (
    AS_IT_IS,
    DAYS,
    TYPED_MOST,
    Wanted,
    named,
    scenarios,
    seen_on,
    wanted,
)
from cashlane.web.operator.coverage_map import MapShown, coverage_map
from cashlane.web.operator.door import Here
from cashlane.web.operator.show import Show
from cashlane.web.shared.sheets import sheet
from cashlane.web.shared.telling import KINDS, bands_of

WORST_MOST = 100
"""Places by name on one page; the file has all."""


class Counted(Struct, frozen=True):
    """People, those of 65 and more, and those likely to pay over a counter."""

    people: int
    elders: int
    payers: int


class BandShown(Struct, frozen=True):
    """People who walk no farther than a band (beyond the last: who walk farther); `now` on the
    first side, `then` on the second, None where there is none."""

    name: Text
    now: Counted
    then: Counted | None


class PlaceShown(Struct, frozen=True):
    """A place where people live and its nearest counter, None where none is in reach; `then` is the
    walk on the second side. `room` is told in tenths of what its payers bring."""

    place: Neighbourhood
    counted: Counted
    walk_m: int | None
    outlet: int | None
    then_m: int | None
    worse: bool
    room: int
    then_room: int


@get("/coverage")
async def coverage_page(here: Here) -> Response[str]:
    """The page; while it is counted it says so."""
    here.require(Permission.NETWORK_READ)
    ground = await here.room.guard.ground()
    if isinstance(ground, Refused):
        return here.page("coverage_none.html", status=ground.entry.status, refused=ground)
    asked = wanted(here, ground.network)
    seen, then = await _both(here, ground, asked)
    rows = await asyncio.to_thread(_places, ground, asked, seen, then)
    shown = _searched(rows, asked)
    return here.page(
        "coverage.html",
        wanted=asked,
        ground=ground,
        bands=_bands(ground, asked, seen, then),
        whole=_sum([row.counted for row in rows]),
        picture=_picture(ground, asked, rows, seen if then is None else then),
        worst=shown[:WORST_MOST],
        worst_count=len(shown),
        farther=_farther(rows)[:WORST_MOST] if then is not None else [],
        farther_sum=_sum([row.counted for row in _farther(rows)]),
        nearer_sum=_sum([row.counted for row in rows if _nearer(row)]),
        as_it_is=AS_IT_IS,
        kinds=[(kind, KINDS[kind]) for kind in kinds_in(ground.network)],
        days=DAYS,
        districts=_districts(ground),
        scenarios=scenarios(here.show, ground.network),
        first="" if asked.first == AS_IT_IS else named(here.show, ground.network, asked.first),
        scenario="" if asked.second is None else named(here.show, ground.network, asked.second),
        bills_a_year=GUARD.bills_a_year,
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
    asked, show = wanted(here, ground.network), here.show
    seen, then = await _both(here, ground, asked)
    rows = _searched(await asyncio.to_thread(_places, ground, asked, seen, then), asked)
    head = [
        show.t("编号", "number"), show.t("地点", "place"), show.t("区", "district"),
        show.t("人数", "people"), show.t("65 岁以上", "65 and more"),
        show.t("柜台缴费者", "payers"), show.t("步行米数", "walk in metres"),
        show.t("最近网点", "nearest outlet"),
        show.t("对照的步行米数", "walk on the second side"),
        show.t("余力（缴费量的倍数）", "room, times what is brought"),
        show.t("对照的余力", "room on the second side"),
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
        _times(row.room), _times(row.then_room) if compared_ else "",
    ]  # fmt: skip


def _times(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


async def _both(here: Here, ground: Ground, asked: Wanted) -> tuple[Coverage, Coverage | None]:
    """The layer on the first side, and on the second."""
    room, second = here.room, asked.second
    seen = await seen_on(room, ground, asked, asked.first)
    return seen, None if second is None else await seen_on(room, ground, asked, second)


def _bands(ground: Ground, asked: Wanted, seen: Coverage, then: Coverage | None) -> list[BandShown]:
    """People within each band, and those beyond the last."""
    whole = [int(count) for count in ground.reach.people.sum(axis=0)]
    each = [_within(seen, asked.layer, whole)]
    if then is not None:
        each.append(_within(then, asked.layer, whole))
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
    ground: Ground, asked: Wanted, seen: Coverage, then: Coverage | None
) -> list[PlaceShown]:
    """Every place of the district, the worst served first."""
    now_m = seen.walks_m(asked.layer)
    then_m = now_m if then is None else then.walks_m(asked.layer)
    worse = set() if then is None else set(compared(seen, then)[0].farther)
    room = room_tenths(seen, asked.layer, GUARD)
    then_room = room if then is None else room_tenths(then, asked.layer, GUARD)
    found = []
    for row, point in enumerate(ground.reach.points):
        place = ground.places[point.number]
        if asked.district and place.district != asked.district:
            continue
        near = seen.nearest(asked.layer, row)[:1]
        found.append(
            PlaceShown(
                place, counted(point.people), _metres(int(now_m[row])),
                near[0].outlet if near else None, _metres(int(then_m[row])),
                point.number in worse, int(room[row]), int(then_room[row]),
            )
        )  # fmt: skip
    return sorted(found, key=_least_room_first if asked.by == "room" else _worst_first)


def _metres(walk: int) -> int | None:
    return None if walk == BEYOND_M else walk


def _least_room_first(row: PlaceShown) -> tuple[int, int, int]:
    return row.room, -row.counted.payers, row.place.number


def _worst_first(row: PlaceShown) -> tuple[int, int, int]:
    walk = BEYOND_M if row.walk_m is None else row.walk_m
    return -walk, -row.counted.people, row.place.number


def _searched(rows: Sequence[PlaceShown], asked: Wanted) -> list[PlaceShown]:
    """Places where somebody lives, by a part of their name."""
    typed = asked.typed.casefold()
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


def _nearer(row: PlaceShown) -> bool:
    """Whether its people walk less far on the second side."""
    return row.then_m is not None and (row.walk_m is None or row.then_m < row.walk_m)


def _sum(each: Sequence[Counted]) -> Counted:
    return Counted(
        sum(one.people for one in each), sum(one.elders for one in each),
        sum(one.payers for one in each),
    )  # fmt: skip


def _picture(
    ground: Ground, asked: Wanted, rows: Sequence[PlaceShown], drawn: Coverage
) -> MapShown | None:
    """The map of the second side where there is one, else of the first."""
    points = [(row.place, row.then_m, row.then_room) for row in rows if row.counted.people]
    if not points:
        return None
    return coverage_map(
        ground.reach.method, drawn.offers.values(), points,
        near=bool(asked.district), by_room=asked.by == "room",
    )  # fmt: skip


def _districts(ground: Ground) -> list[str]:
    """The districts in which people live and outlets stand, in the order of their names."""
    lived = {one.district for one in ground.places.values()}
    stand = {one.district for one in ground.network.outlets.values()}
    return sorted(lived & stand)
