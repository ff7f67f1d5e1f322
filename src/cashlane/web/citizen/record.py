"""Coverage and the guard's decisions for everybody: pages without scripts, and open data. Figures
are sums of whole groups of ten people or more; nobody's place is told."""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from litestar import Request, Response, Router, get
from litestar.di import Provide
from msgspec import Struct, structs

from cashlane.core.guard import GUARD, TRIGGER_NAMES, VERDICT_NAMES, Trigger, Verdict
from cashlane.core.network import Network
from cashlane.core.public_cells import (
    PEOPLE_LEAST,
    Cell,
    Partition,
    again,
    public_count,
    public_part,
)
from cashlane.core.reduction import Reduction
from cashlane.counter.service import Service
from cashlane.coverage.deciding import GuardDesk
from cashlane.coverage.public import AGES, bands_in, cells_of, districts_in, parted
from cashlane.coverage.standing import Ground, Standing
from cashlane.store.guard import NEWEST, Asked
from cashlane.values.ids import spell
from cashlane.values.text import Text
from cashlane.web.citizen.asked import asked_of
from cashlane.web.shared.headers import guarded
from cashlane.web.shared.pages import Pages
from cashlane.web.shared.resting import Resting
from cashlane.web.shared.sheets import sheet
from cashlane.web.shared.telling import band, what

_pages = Pages("cashlane.web.citizen")
LOOKED_S = 5.0
"""However many people look, what changed is looked for once in so many seconds."""
WAIT_S = 2.0
"""A public page waits so long for a count that is under way, then says so."""
RECORDED_MOST = 500
"""Assessments on the public page and in its files: some years of a city's."""
ANY_AGE = ""
"""People of all ages."""


class Keep(Protocol):
    """Keeps a list's groups, or hands out those that were kept before."""

    def __call__(self, list_: UUID, made: Partition, *, at: datetime) -> Awaitable[Partition]: ...


class PublicRecord(Struct, frozen=True):
    """Built by main."""

    service: Service
    standing: Standing
    guard: GuardDesk
    keep: Keep


class Shares(Struct, frozen=True):
    """What is known of coverage: its ground, and people in groups; None while it is counted, or
    where a group would show too few."""

    ground: Ground | None
    groups: Partition | None


class Figure(Struct, frozen=True):
    """People of whole groups; `least`: some cells asked for are in groups that reach beyond."""

    people: int
    least: bool


class RowShown(Struct, frozen=True):
    """A district (or the city), its people, and those within each band."""

    name: Text
    whole: Figure
    within: tuple[Figure, ...]


async def look(record: PublicRecord) -> Shares:
    """The coverage as it stands, in the groups that were made for its list of people."""
    ground = await record.standing.latest(within_s=WAIT_S)
    if isinstance(ground, str):
        return Shares(None, None)
    made = await asyncio.to_thread(parted, ground)
    if made is None:
        return Shares(ground, None)
    kept = await record.keep(ground.list.id, made, at=ground.counted_at)
    return Shares(ground, again(kept, cells_of(ground)))


@get("/coverage")
async def coverage_page(
    request: Request[Any, Any, Any], record: PublicRecord, shares: Resting[Shares]
) -> Response[str]:
    """People of each district by the walk to their nearest counter."""
    known = await shares.latest()
    tables: list[tuple[Text, list[RowShown]]] = []
    if known.ground is not None and known.groups is not None:
        tables = [
            (name, _rows(known.ground, known.groups, ages))
            for name, ages in (
                (Text("全部居民", "Everybody"), AGES),
                (Text("65 岁以上", "People of 65 and more"), AGES[1:]),
            )
        ]
    return _page(
        "coverage.html", request, record,
        path="/find/coverage", status=200 if known.ground is not None else 503,
        ground=known.ground, tables=tables, least=PEOPLE_LEAST,
        bands=[band(int(one)) for one in bands_in(known.ground)[:-1]] if known.ground else [],
    )  # fmt: skip


def _rows(ground: Ground, groups: Partition, ages: tuple[str, ...]) -> list[RowShown]:
    """The whole city first, then its districts by name."""
    districts = districts_in(ground)
    named = [(ground.network.district(one), (one,)) for one in districts]
    each = [(Text("全市", "The whole city"), districts), *named]
    return [_row(name, places, ages, ground, groups) for name, places in each]


def _row(
    name: Text, places: tuple[str, ...], ages: tuple[str, ...], ground: Ground, groups: Partition
) -> RowShown:
    bands = bands_in(ground)

    def figure(upto: int) -> Figure:
        wanted: list[Cell] = [
            (place, age, one) for place in places for age in ages for one in bands[:upto]
        ]
        people, left = groups.total(wanted)
        return Figure(people, bool(left))

    within = tuple(figure(at) for at in range(1, len(bands)))
    return RowShown(name, figure(len(bands)), within)


class GroupOut(Struct, frozen=True):
    """A group of the open data: its cells (district, age, metres of the longest walk or "beyond"),
    and the people in all of them together."""

    cells: tuple[Cell, ...]
    people: int


class CoverageOut(Struct, frozen=True):
    """The whole file, with what its figures rest on."""

    at: str
    method: str
    people_list: str
    list_received_at: str
    synthetic: bool
    people_least: int
    groups: list[GroupOut]


@get("/coverage.json")
async def coverage_data(shares: Resting[Shares]) -> Response[CoverageOut]:
    """The groups themselves, as open data."""
    known = await shares.latest()
    if known.ground is None:
        nothing = CoverageOut("", "", "", "", synthetic=False, people_least=PEOPLE_LEAST, groups=[])
        return Response(nothing, status_code=503)
    ground = known.ground
    groups = known.groups.groups if known.groups is not None else ()
    written = ground.network.written
    return Response(
        CoverageOut(
            written(ground.counted_at), ground.reach.method.version, ground.list.name,
            written(ground.list.received_at), ground.list.synthetic, PEOPLE_LEAST,
            [GroupOut(one.cells, one.people) for one in groups],
        )
    )  # fmt: skip


class DecisionOut(Struct, frozen=True):
    """An assessment in the open data. Counts below ten are null and said to be "fewer than 10";
    nobody's place and nobody's name is in it."""

    id: str
    assessed_at: str
    trigger: Trigger
    what: Text
    outlets: tuple[str, ...]
    holds_from: date
    verdict: Verdict
    people_far: int | None
    elders_far: int | None
    stranded: int | None
    make_good_by: date | None
    decided_at: str | None
    reason: str | None
    keep_until: date | None
    network_version: int
    state: int
    method: str
    rule: str


@get("/decisions")
async def decisions_page(request: Request[Any, Any, Any], record: PublicRecord) -> Response[str]:
    """What was asked, what the guard answered, and what was decided and why."""
    network = record.service.places.network
    rows = await _recorded(record)
    return _page(
        "decisions.html", request, record,
        path="/find/decisions", rows=[_out(network, one) for one in rows],
        names=TRIGGER_NAMES, verdicts=VERDICT_NAMES, rule=GUARD, least=PEOPLE_LEAST,
    )  # fmt: skip


@get("/decisions.json")
async def decisions_data(record: PublicRecord) -> list[DecisionOut]:
    """The same as open data."""
    network = record.service.places.network
    return [_out(network, one) for one in await _recorded(record)]


@get("/decisions.csv")
async def decisions_sheet(record: PublicRecord) -> Response[bytes]:
    """Likewise for a spreadsheet; a line for each assessment."""
    network = record.service.places.network
    rows = [_out(network, one) for one in await _recorded(record)]
    return sheet("decisions", DecisionOut.__struct_fields__, (_cells(one) for one in rows))


def _cells(one: DecisionOut) -> list[str]:
    fewer = f"<{PEOPLE_LEAST}"
    counts = [
        fewer if it is None else str(it) for it in (one.people_far, one.elders_far, one.stranded)
    ]
    said = (one.make_good_by, one.decided_at, one.reason, one.keep_until)
    return [
        one.id, one.assessed_at, one.trigger, one.what.en, " ".join(one.outlets),
        one.holds_from.isoformat(), one.verdict, *counts,
        *("" if it is None else str(it) for it in said), str(one.network_version), str(one.state),
        one.method, one.rule,
    ]  # fmt: skip


async def _recorded(record: PublicRecord) -> list[Asked]:
    return await record.guard.latest(before=NEWEST, most=RECORDED_MOST)


def _out(network: Network, one: Asked) -> DecisionOut:
    decided, wanted = one.decided, one.reduction
    return DecisionOut(
        spell("asm", one.id), network.written(one.made_at), wanted.trigger,
        what(network, _by_district(network, wanted)),
        tuple(network.outlets[it].code for it in wanted.outlets if it in network.outlets),
        wanted.since, one.verdict, public_count(one.people), public_part(one.elders, one.people),
        public_count(one.stranded), one.act_by,
        None if decided is None else network.written(decided.at),
        None if decided is None else decided.reason,
        None if decided is None else decided.keep_until, one.network_version, one.ground,
        one.method, one.rule,
    )  # fmt: skip


def _by_district(network: Network, wanted: Reduction) -> Reduction:
    """A wish comes from somebody who lives there: everybody learns its district only."""
    if wanted.wish is None:
        return wanted
    near = structs.replace(wanted.wish, name=network.district(wanted.wish.district))
    return structs.replace(wanted, wish=near)


def _page(
    template: str, request: Request[Any, Any, Any], record: PublicRecord, *, path: str,
    status: int = 200, **values: Any,
) -> Response[str]:  # fmt: skip
    asked, network = asked_of(request), record.service.places.network

    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(asked.language)

    ground: Ground | None = values.get("ground")
    return _pages.page(
        template, status=status, language=asked.language, say=say, asked=asked, path=path,
        at=network.local(record.service.clock.now()), network=network,
        synthetic=ground is not None and ground.list.synthetic, **values,
    )  # fmt: skip


def record_router(record: PublicRecord) -> Router:
    """The pages and their data."""
    clock = record.service.clock
    shares = Resting(lambda: look(record), clock.elapsed, least_s=LOOKED_S)
    dependencies: Mapping[str, Any] = {
        "record": Provide(lambda: record, sync_to_thread=False),
        "shares": Provide(lambda: shares, sync_to_thread=False),
    }
    return Router(
        "/find",
        route_handlers=[
            coverage_page, coverage_data, decisions_page, decisions_data, decisions_sheet,
        ],
        dependencies=dependencies,
        include_in_schema=False,
        after_request=guarded,
    )  # fmt: skip
