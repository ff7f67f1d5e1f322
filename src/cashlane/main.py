"""Wiring: everything is built here, by hand, in one file. No rule lives in it."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import psycopg
from msgspec import Struct

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.adapters.partners import Partners
from cashlane.api.app import make_app
from cashlane.api.health import Health
from cashlane.api.server import answer
from cashlane.api.v1.plain import App
from cashlane.audit.archive import Desk, desk
from cashlane.cash.shift import Shifts
from cashlane.core.approval import Kind
from cashlane.core.clock import Clock
from cashlane.core.demand import DemandPoint
from cashlane.core.network import Network
from cashlane.core.onboarding import Progress
from cashlane.core.programme import Sum, sums
from cashlane.core.receipt import ReceiptKey
from cashlane.core.survey import Survey
from cashlane.counter.service import Service
from cashlane.coverage.deciding import GuardDesk
from cashlane.coverage.planning.desk import PlanningDesk
from cashlane.coverage.planning.wishing import Settled
from cashlane.coverage.standing import Standing
from cashlane.home import (
    Databases,
    Home,
    clock_offset,
    require_fit,
)
from cashlane.people.approvals import Approvals, Handler
from cashlane.people.doors import DeskDoor, TillDoor
from cashlane.people.guard import Guard
from cashlane.people.hashing import Hasher
from cashlane.people.keys import KeyRing, key_hash, new_key
from cashlane.people.own_word import OwnWord
from cashlane.people.role_changes import handlers
from cashlane.people.sessions import Sessions
from cashlane.people.staff import Staff
from cashlane.people.tries import Tries
from cashlane.registry.demand_lists import HandedDemand, TakenDemand, take_demand
from cashlane.registry.drills import DrillBook
from cashlane.registry.notices import Notices
from cashlane.registry.onboarding import Certifications, Deeds, Onboarding
from cashlane.registry.outlet_lists import OutletLists
from cashlane.registry.picture import Picture, network_on, read_picture
from cashlane.registry.programme_lists import (
    HandedList,
    TakenPlacements,
    TakenVisits,
    take_placements,
    take_visits,
)
from cashlane.registry.restoration import Restoration
from cashlane.registry.silence import SilenceDesk, SilenceWatch
from cashlane.registry.stand_in import StandInChanges
from cashlane.registry.surveys import HandedSurvey, TakenSurvey, take_survey
from cashlane.registry.switching_on import SwitchingsOn
from cashlane.store import schema
from cashlane.store.claims import Claims
from cashlane.store.connect import Lost, Pool, connect, open_pool
from cashlane.store.days import latest_day
from cashlane.store.demand import Demand, DemandRow, lists_taken, read_demand
from cashlane.store.drills import Drills
from cashlane.store.errands import Errands
from cashlane.store.files import Kept, files_of
from cashlane.store.finding import Finding
from cashlane.store.guard import kept_partition, walkers_of
from cashlane.store.lives import Lives
from cashlane.store.lookup import Lookup
from cashlane.store.network import read_mark
from cashlane.store.outlets import last_cash, received_at
from cashlane.store.payments import Books
from cashlane.store.people import KeyRow, add_key
from cashlane.store.programmes import ListRow, ProgrammeRows
from cashlane.store.programmes import lists_taken as programme_lists_taken
from cashlane.store.pulse import PulseRows
from cashlane.store.readiness import Readiness
from cashlane.store.restoration import Cases
from cashlane.store.routes import Routes
from cashlane.store.shelf import Shelf
from cashlane.store.silence import SilenceRows
from cashlane.store.surveys import read_surveys
from cashlane.store.usage import Usage
from cashlane.store.volumes import Volumes
from cashlane.switch.accept import Acceptor
from cashlane.switch.admission import Admission
from cashlane.switch.chase import Chaser
from cashlane.switch.filed import FiledDesk
from cashlane.switch.hearing import Hearing
from cashlane.switch.inquire import Inquirer, SigningKeys
from cashlane.switch.lane import Lane
from cashlane.switch.mark import SWEEP_AFTER, Marker, Sweeper
from cashlane.switch.notify import Notifier
from cashlane.switch.relay import relay_all
from cashlane.switch.send import Sender
from cashlane.switch.watch import Lookout, Watch
from cashlane.web.cashier.app import cashier_router
from cashlane.web.cashier.room import CashierRoom
from cashlane.web.citizen.app import citizen_routers
from cashlane.web.citizen.record import PublicRecord
from cashlane.web.interface.page import interface_router
from cashlane.web.operator.app import operator_router
from cashlane.web.operator.pulse import Pulse
from cashlane.web.operator.reckoning import Reckoning
from cashlane.web.operator.room import OperatorRoom
from cashlane.web.operator.watching import Watching
from cashlane.web.shared.files import shared_files
from cashlane.web.shared.resting import Resting

T = TypeVar("T")
APPROVED_MOST = 100
"""Approved changes carried out in one round, each in its own write; the rest is next at once."""
LOOK_S = 0.5
"""A way that fell ill is known to every process within this time."""
GARBAGE_MOST = 20_000
"""Objects that a process may gather before it looks for cycles: some seconds of work."""
SILENCE_LEAST_S = 60.0
"""What outlets are told by moves once a business day; four weeks of them are read at most once a
minute."""
SURVEYS_MOST = 12
"""Surveys that are looked at: one of each month."""
REFRESH_S = 3.0
"""A changed party, schedule or endpoint is known to every process within this time."""


class Switchboard(Struct):
    """The rooms of the street, built over one set of pools."""

    hub: Pool
    watch: Pool
    picture: Picture
    clock: Clock
    lane: Lane
    inquirer: Inquirer
    acceptor: Acceptor
    sender: Sender
    notifier: Notifier
    route_watch: Watch
    lookout: Lookout
    chaser: Chaser
    marker: Marker
    sweeper: Sweeper
    lookup: Lookup
    shelf: Shelf
    keys: KeyRing
    hold_keys: Mapping[str, bytes]
    receipt_key: ReceiptKey


@asynccontextmanager
async def open_switchboard(house: Home) -> AsyncIterator[Switchboard]:
    """Open pools and partners, build the rooms, keep the picture fresh; close all at the end."""
    ways, clock = house.databases(), SystemClock(clock_offset(house))
    pools = Pools(
        hub=await open_pool(ways.hub, size=8),
        party=await open_pool(ways.party, size=6),
        watch=await open_pool(ways.watch, size=3),
    )
    mark = await read_mark(pools.hub)
    picture = _read_picture(ways)
    partners = Partners(
        picture.network, lambda: picture.endpoints, house.secret, FiledDesk(pools.hub)
    )
    lookout = Lookout(Routes(pools.hub), clock)
    await lookout.look()
    refreshing = [
        asyncio.create_task(_keep_fresh(ways, pools.hub, picture, mark)),
        asyncio.create_task(_keep_looking(lookout)),
    ]
    try:
        yield _build(house, pools, picture, lookout, partners, clock)
    finally:
        for task in refreshing:
            task.cancel()
        await asyncio.gather(*refreshing, return_exceptions=True)
        await partners.close()
        for pool in (pools.hub, pools.party, pools.watch):
            await pool.close()


class Pools(Struct, frozen=True):
    """Connections by role; those who only watch can take none from the counters."""

    hub: Pool
    party: Pool
    watch: Pool


def _build(
    house: Home,
    pools: Pools,
    picture: Picture,
    lookout: Lookout,
    partners: Partners,
    clock: Clock,
) -> Switchboard:
    hub, ids, network = pools.hub, system_ids(), picture.network
    shelf = Shelf(pools.watch, house.settings.archive)
    books, errands, claims = Books(hub), Errands(hub), Claims(hub)
    hold_keys = {"1": house.secret("hold-1").encode()}
    lane = Lane(books, network, lookout.outlook, clock, ids)
    hearing = Hearing(books, network, lookout.outlook, clock, ids)
    watch = Watch(Routes(hub), lookout, partners.routes, network, clock)
    inquirer = Inquirer(
        partners.desks, claims, network, clock, ids, SigningKeys("1", hold_keys), lookout.outlook,
        Admission(lambda: lane.waiting, clock, per_second=house.settings.admit_per_s),
    )  # fmt: skip
    return Switchboard(
        hub=hub,
        watch=pools.watch,
        picture=picture,
        clock=clock,
        lane=lane,
        inquirer=inquirer,
        acceptor=Acceptor(lane, inquirer, network, shelf.kept),
        sender=Sender(books, errands, hearing, watch.ports, network, lookout.outlook, clock, ids),
        chaser=Chaser(books, errands, hearing, watch.ports, network, clock),
        notifier=Notifier(books, errands, partners.desks, network, clock, ids),
        route_watch=watch,
        lookout=lookout,
        marker=Marker(books, errands, claims, network, clock, ids),
        sweeper=Sweeper(lane, claims, network, clock, SWEEP_AFTER),
        lookup=Lookup(pools.party, shelf),
        shelf=shelf,
        keys=KeyRing(hub, clock),
        hold_keys=hold_keys,
        receipt_key=ReceiptKey(1, house.secret("receipt-1").encode()),
    )


class NotReadyError(Exception):
    """The data folder has no network yet: load one first."""


def _read_picture(ways: Databases) -> Picture:
    with connect(ways.hub) as hub:
        day = latest_day(hub)
        picture = read_picture(hub, day.business_date) if day is not None else None
    if picture is None:
        raise NotReadyError("there is no network in this database yet; run `cashlane demo` first")
    return picture


async def _keep_fresh(ways: Databases, hub: Pool, picture: Picture, mark: str) -> None:
    """The picture is read again only where the database says that something was written."""
    while True:
        await asyncio.sleep(REFRESH_S)
        with suppress(psycopg.Error, Lost):
            latest = await read_mark(hub)
            if latest != mark:
                newer = await asyncio.to_thread(_read_picture, ways)
                picture.swap(newer.network(), newer.endpoints)
                mark = latest


async def _keep_looking(lookout: Lookout) -> None:
    """A database that is away leaves the last look standing."""
    while True:
        await asyncio.sleep(LOOK_S)
        with suppress(Lost):
            await lookout.look()


async def serve(house: Home, *, host: str, port: int, shared: bool = False) -> None:
    """Answer the API until asked to stop; `shared`: beside others like it on the same port. Raises
    UnfitError where the doctor refuses."""
    require_fit(house)
    async with open_switchboard(house) as board:
        _settle_memory()
        await answer(_app(house, board), host=host, port=port, shared=shared)


def _settle_memory() -> None:
    """What lives as long as the process is not looked through again and again for garbage; what a
    request leaves behind is freed without looking, cycles among it are rare."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_MOST, 20, 100)


def _app(house: Home, board: Switchboard) -> App:
    service = _service(board)
    people = people_of(house, board.hub, board.clock)
    standing = _standing(board)
    guard = _guard(board, standing)
    cashier = _cashier(people, board, service)
    operator = _operator(people, board, service, guard, house.databases().hub)
    record = PublicRecord(service, standing, guard, partial(kept_partition, board.hub))
    licence = os.environ.get("CASHLANE_OPEN_LICENCE")
    return make_app(
        service,
        Health(
            Readiness(board.hub),
            Errands(board.hub),
            board.clock,
            revision=schema.expected_revision(),
        ),
        # Beside the interface itself, everything that people see.
        lambda description: [
            cashier_router(cashier),
            *citizen_routers(
                service, partial(read_demand, board.watch), _restoration(board, board.watch),
                record, partial(last_cash, board.watch), licence,
            ),
            interface_router(description),
            operator_router(operator),
            shared_files(),
        ],
    )  # fmt: skip


def _cashier(people: "People", board: Switchboard, service: Service) -> CashierRoom:
    return CashierRoom(
        service=service,
        door=people.door,
        sessions=people.sessions,
        own_word=people.own_word,
        shifts=Shifts(board.hub, board.lookup, board.clock),
        public=os.environ.get("CASHLANE_PUBLIC_URL"),
    )


def _standing(board: Switchboard) -> Standing:
    return Standing(
        board.picture.network, partial(read_demand, board.watch), partial(walkers_of, board.hub),
        board.clock,
    )  # fmt: skip


def _guard(board: Switchboard, standing: Standing) -> GuardDesk:
    return GuardDesk(board.hub, standing, board.clock, system_ids())


def _operator(
    people: "People", board: Switchboard, service: Service, guard: GuardDesk, hub: str
) -> OperatorRoom:
    silence = _silence(board)
    return OperatorRoom(
        service=service,
        door=people.desk,
        sessions=people.sessions,
        own_word=people.own_word,
        pulse=Pulse(PulseRows(board.watch), board.picture.network, board.clock),
        finding=Finding(board.watch, board.shelf),
        lives=Lives(board.watch, board.shelf),
        approvals=_approvals(board),
        staff=Staff(board.hub, board.clock, system_ids(), people.hasher),
        notices=Notices(Routes(board.hub), board.picture.network, board.clock, system_ids()),
        watching=Watching(
            Routes(board.watch), Usage(board.watch), board.picture.network,
            board.lookout.outlook, board.clock,
        ),
        drills=DrillBook(Drills(board.hub), board.picture.network, board.clock),
        guard=guard,
        network_on=partial(network_on, hub),
        last_cash=partial(last_cash, board.watch),
        received=partial(received_at, board.watch),
        surveyed=partial(_surveyed, board.watch),
        reckoning=Reckoning(
            Volumes(board.watch), ProgrammeRows(board.watch).book, board.picture.network,
            board.clock,
        ),
        programmes=ProgrammeRows(board.watch), planning=PlanningDesk(),
        settled=partial(_settled, board.watch),
        restoration=_restoration(board, board.hub),
        silence=silence,
        onboarding=Onboarding(board.hub, board.picture.network),
        silence_look=Resting(silence.look, board.clock.elapsed, least_s=SILENCE_LEAST_S).latest,
    )  # fmt: skip


def _silence(board: Switchboard) -> SilenceDesk:
    rows = SilenceRows(board.hub, board.watch)
    return SilenceDesk(rows, board.picture.network, board.lookout.outlook, board.clock)


def _restoration(board: Switchboard, pool: Pool) -> Restoration:
    """Whoever only looks is given the watching pool."""
    return Restoration(Cases(pool), board.picture.network, board.clock, system_ids())


async def _settled(watch: Pool) -> Settled:
    """Where people live, for plans."""
    demand = await read_demand(watch, None)
    points = tuple(DemandPoint(one.number, one.place, one.people) for one in demand.places)
    row = demand.row
    return Settled(points, row.name if row else "", row.synthetic if row else False)


async def _surveyed(watch: Pool) -> tuple[Demand, Sequence[Survey]]:
    """Where people live, and what surveys found there."""
    demand = await read_demand(watch, None)
    if demand.row is None:
        return demand, ()
    return demand, await read_surveys(watch, demand.row.id, most=SURVEYS_MOST)


def _approvals(board: Switchboard) -> Approvals:
    stand_in = StandInChanges(board.clock)
    switching, certifying = SwitchingsOn(board.clock), Certifications(board.clock)
    kinds = handlers(board.clock) | {
        Kind.STAND_IN: Handler(stand_in.read, stand_in.apply),
        Kind.RESTORE_OUTLET: Handler(switching.read, switching.apply),
        Kind.CERTIFY_AGENT: Handler(certifying.read, certifying.apply),
    }
    return Approvals(board.hub, board.clock, system_ids(), kinds)


class People(Struct):
    """Everybody's doors, at tills and at desks."""

    hasher: Hasher
    sessions: Sessions
    door: TillDoor
    desk: DeskDoor
    own_word: OwnWord


def people_of(house: Home, hub: Pool, clock: Clock) -> People:
    """Doors and sessions over a pool."""
    hasher = Hasher({"1": house.secret("words-1").encode()}, "1")
    tries = Tries(hub, clock, house.secret("tries-1").encode())
    guard, sessions = Guard(hub, clock, hasher, tries), Sessions(hub, clock, system_ids())
    door = TillDoor(hub, guard, sessions)
    own_word = OwnWord(hub, clock, hasher, guard, door)
    return People(hasher, sessions, door, DeskDoor(guard, sessions), own_word)


def _service(board: Switchboard) -> Service:
    return Service(
        inquirer=board.inquirer,
        acceptor=board.acceptor,
        lookup=board.lookup,
        keys=board.keys,
        hold_keys=board.hold_keys,
        receipt_key=board.receipt_key,
        network=board.picture.network,
        clock=board.clock,
        outlook=board.lookout.outlook,
        deeds=Deeds(board.hub, board.clock),
    )


async def work(house: Home) -> None:
    """Carry, chase, mark, sweep, and do what two approved, until asked to stop.

    Raises UnfitError likewise.
    """
    require_fit(house)
    async with open_switchboard(house) as board:
        _settle_memory()
        relays = asyncio.create_task(
            relay_all(
                {
                    "send": board.sender.round,
                    "chase": board.chaser.round,
                    "watch": board.route_watch.round,
                    "notify": board.notifier.round,
                    "mark": board.marker.round,
                    "sweep": board.sweeper.round,
                    "silence": SilenceWatch(_silence(board)).round,
                    "approve": partial(_approvals(board).round, most=APPROVED_MOST),
                }
            )
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, relays.cancel)
        with suppress(asyncio.CancelledError):
            await relays


def network_of(house: Home) -> Network:
    """The network in a data folder's database."""
    return _read_picture(house.databases()).network()


async def files_received(house: Home, partner: str, *, most: int) -> Sequence[Kept]:
    """A partner's latest files and what became of each, the newest first."""
    return await _once(house.databases().hub, partial(files_of, partner=partner, most=most))


async def chains_onboarding(house: Home, network: Network) -> Sequence[Progress]:
    """How far every chain has come on its way in."""
    return await _once(house.databases().hub, lambda hub: Onboarding(hub, lambda: network).all())


def key_made(house: Home, agent: int, name: str) -> str:
    """A new key of an agent's host, to be told once."""
    key, clock = new_key(), SystemClock(clock_offset(house))
    with connect(house.databases().hub) as hub:
        add_key(hub, KeyRow(key_hash(key), name, agent, None), now=clock.now())
    return key


@asynccontextmanager
async def outlet_lists(house: Home) -> AsyncIterator[tuple[OutletLists, date]]:
    """Agents' lists of their outlets, and the latest business date."""
    clock = SystemClock(clock_offset(house))
    with connect(house.databases().hub) as hub:
        day = latest_day(hub)
    pool = await open_pool(house.databases().hub, size=1)
    try:
        on = day.business_date if day is not None else clock.now().date()
        yield OutletLists(pool, clock, system_ids()), on
    finally:
        await pool.close()


def demand_taken(house: Home, handed: HandedDemand, *, for_real: bool) -> TakenDemand:
    """Take a list of where people live, or try it."""
    clock = SystemClock(clock_offset(house))
    with connect(house.databases().hub) as hub:
        return take_demand(hub, handed, clock, system_ids(), for_real=for_real)


def survey_taken(house: Home, handed: HandedSurvey, *, for_real: bool) -> TakenSurvey:
    """Take a survey about the places of the list in force, or try it."""
    ways, clock = house.databases(), SystemClock(clock_offset(house))
    demand = asyncio.run(_once(ways.watch, partial(read_demand, known=None)))
    with connect(ways.hub) as hub:
        return take_survey(hub, handed, demand, clock, system_ids(), for_real=for_real)


def placements_taken(house: Home, handed: HandedList, *, for_real: bool) -> TakenPlacements:
    """Take a list of programmes at outlets, or try it."""
    clock = SystemClock(clock_offset(house))
    with connect(house.databases().hub) as hub:
        return take_placements(hub, handed, clock, system_ids(), for_real=for_real)


def visits_taken(house: Home, handed: HandedList, *, for_real: bool) -> TakenVisits:
    """Take a list of who came for programmes, or try it."""
    clock = SystemClock(clock_offset(house))
    with connect(house.databases().hub) as hub:
        day = latest_day(hub)
        on = day.business_date if day is not None else clock.now().date()
        return take_visits(hub, handed, clock, system_ids(), on=on, for_real=for_real)


async def programme_sums(house: Home) -> tuple[Network, dict[tuple[str, int], Sum]]:
    """Each programme with each agent today, and the network that their codes are of."""
    ways, clock = house.databases(), SystemClock(clock_offset(house))
    network = _read_picture(ways).network()
    book = await _once(ways.watch, lambda pool: ProgrammeRows(pool).book())
    return network, sums(book, network.agents_by_outlet(), network.local(clock.now()).date())


def programme_lists(house: Home, *, most: int) -> list[ListRow]:
    """The lists of programmes and of who came, the newest first."""
    with connect(house.databases().watch) as watch:
        return programme_lists_taken(watch, most=most)


async def _once(dsn: str, ask: Callable[[Pool], Awaitable[T]]) -> T:
    """One question over a pool of its own."""
    pool = await open_pool(dsn, size=1)
    try:
        return await ask(pool)
    finally:
        await pool.close()


def demand_lists(house: Home, *, most: int) -> list[DemandRow]:
    """The lists of where people live, the newest first."""
    with connect(house.databases().watch) as watch:
        return lists_taken(watch, most=most)


def archive_desk(house: Home, folder: Path, step: Callable[[str, date], None]) -> Desk:
    """What months are put away with."""
    ways, clock = house.databases(), SystemClock(clock_offset(house))
    return desk(ways.watch, ways.owner, folder, now=clock.now, step=step)
