"""Wiring: everything is built here, by hand, in one file. No rule lives in it."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
import uvicorn
from msgspec import Struct
from psycopg import conninfo, sql

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.adapters.partners import Partners
from cashlane.api.app import make_app
from cashlane.api.health import Health
from cashlane.api.v1.plain import App
from cashlane.audit.archive import Desk, desk
from cashlane.cash.shift import Shifts
from cashlane.core.approval import Kind
from cashlane.core.clock import Clock
from cashlane.core.network import Network
from cashlane.core.receipt import ReceiptKey
from cashlane.counter.service import Service
from cashlane.engine import binaries, doctor
from cashlane.engine.cluster import Cluster
from cashlane.people.approvals import Approvals, Handler
from cashlane.people.doors import DeskDoor, TillDoor
from cashlane.people.guard import Guard
from cashlane.people.hashing import Hasher
from cashlane.people.keys import KeyRing
from cashlane.people.own_word import OwnWord
from cashlane.people.role_changes import handlers
from cashlane.people.sessions import Sessions
from cashlane.people.staff import Staff
from cashlane.people.tries import Tries
from cashlane.registry.drills import DrillBook
from cashlane.registry.notices import Notices
from cashlane.registry.outlet_lists import OutletLists
from cashlane.registry.picture import Picture, read_picture
from cashlane.registry.restoration import Restoration
from cashlane.registry.stand_in import StandInChanges
from cashlane.store import schema
from cashlane.store.claims import Claims
from cashlane.store.connect import Lost, Pool, connect, open_pool
from cashlane.store.days import latest_day
from cashlane.store.drills import Drills
from cashlane.store.errands import Errands
from cashlane.store.files import Kept, files_of
from cashlane.store.finding import Finding
from cashlane.store.lives import Lives
from cashlane.store.lookup import Lookup
from cashlane.store.network import read_mark
from cashlane.store.payments import Books
from cashlane.store.pulse import PulseRows
from cashlane.store.readiness import Readiness
from cashlane.store.restoration import Cases
from cashlane.store.routes import Routes
from cashlane.store.shelf import Shelf
from cashlane.store.usage import Usage
from cashlane.store.vitals import read_vitals
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
from cashlane.values.text import LANGUAGES
from cashlane.web.cashier.app import cashier_router
from cashlane.web.cashier.room import CashierRoom
from cashlane.web.citizen.app import citizen_routers
from cashlane.web.interface.page import interface_router
from cashlane.web.operator.app import operator_router
from cashlane.web.operator.pulse import Pulse
from cashlane.web.operator.room import OperatorRoom
from cashlane.web.operator.watching import Watching
from cashlane.web.shared.files import shared_files

DATABASE = "cashlane"
OWNER = "cashlane_owner"
APPROVED_MOST = 100
"""Approved changes carried out in one round, each in its own write; the rest is next at once."""
LOOK_S = 0.5
"""A way that fell ill is known to every process within this time."""
GARBAGE_MOST = 20_000
"""Objects that a process may gather before it looks for cycles: some seconds of work."""
REFRESH_S = 3.0
"""A changed party, schedule or endpoint is known to every process within this time."""


class Settings(Struct, frozen=True):
    """Where data and old months lie; how the database is reached: by a URL, or embedded there.

    `admit_per_s`: inquiries and holds that each API process lets in; None bounds them by what
    waits only.
    """

    data: Path
    archive: Path
    database_url: str | None
    binaries: str | None
    admit_per_s: int | None


def settings(data: Path | None) -> Settings:
    """Settings from the command line and the environment."""
    folder = data or Path(os.environ.get("CASHLANE_DATA", "var/cashlane"))
    return Settings(
        data=folder.absolute(),
        archive=Path(os.environ.get("CASHLANE_ARCHIVE") or folder / "archive").absolute(),
        database_url=os.environ.get("CASHLANE_DATABASE_URL"),
        binaries=os.environ.get("CASHLANE_PG_BIN"),
        admit_per_s=_count("CASHLANE_ADMIT_PER_S"),
    )


def _count(name: str) -> int | None:
    """A whole number above 0 from the environment; None where it is not said."""
    said = os.environ.get(name)
    if said is None:
        return None
    if not (said.isascii() and said.isdigit() and int(said)):
        raise UnfitError(f"{name}: 应为正整数；a whole number above 0 is wanted, not {said!r}")
    return int(said)


class Databases(Struct, frozen=True):
    """How each role reaches the database (libpq strings)."""

    admin: str
    owner: str
    hub: str
    party: str
    watch: str


class Home(Struct, frozen=True):
    """A data folder with its cluster (None where the database is elsewhere)."""

    settings: Settings
    cluster: Cluster

    def secret(self, name: str) -> str:
        """A secret of this data folder, made at first use."""
        return self.cluster.folder.secret(name)

    def databases(self) -> Databases:
        """Every role's way to the database."""
        admin = self.settings.database_url or self.cluster.dsn(
            "postgres", DATABASE, self.secret("postgres")
        )
        return databases(admin, {role: self.secret(role) for role in schema.ROLES})


def home(chosen: Settings) -> Home:
    """The data folder, made where it is missing; starts nothing."""
    found = binaries.find(chosen.binaries)
    return Home(chosen, Cluster.at(chosen.data, found))


def databases(admin: str, passwords: Mapping[str, str]) -> Databases:
    """Derive the roles' connection strings from the administrator's."""

    def as_role(role: str) -> str:
        return conninfo.make_conninfo(admin, user=role, password=passwords[role])

    return Databases(
        admin=admin,
        owner=conninfo.make_conninfo(admin, options=f"-c role={OWNER}"),
        hub=as_role("cashlane_hub"),
        party=as_role("cashlane_party"),
        watch=as_role("cashlane_watch"),
    )


def prepare_database(ways: Databases, passwords: Mapping[str, str], first: date) -> None:
    """Database, roles, schema, and the months from `first` on; safe to repeat."""
    _ensure_database(ways)
    with connect(ways.admin, autocommit=True) as admin:
        schema.ensure_roles(admin, dict(passwords))
    schema.migrate(ways.owner)
    with connect(ways.owner) as owner:
        schema.ensure_partitions(owner, first)


def _ensure_database(ways: Databases) -> None:
    wanted = conninfo.conninfo_to_dict(ways.admin)["dbname"]
    with connect(conninfo.make_conninfo(ways.admin, dbname="postgres"), autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OWNER,)).fetchone():
            admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(OWNER)))
        found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (wanted,))
        if found.fetchone() is None:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(str(wanted)), sql.Identifier(OWNER)
                )
            )
    with connect(ways.admin, autocommit=True) as admin:
        admin.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(OWNER)))


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


def clock_offset(house: Home) -> timedelta:
    """How far a trial's wall is shifted; zero outside trials."""
    file = house.settings.data / "trial-offset-seconds"
    if not file.exists():
        return timedelta(0)
    return timedelta(seconds=int(file.read_text(encoding="ascii")))


def examine(house: Home) -> list[doctor.Finding]:
    """What the doctor finds about a data folder and its database; refusals forbid a start."""
    ways = house.databases()
    applied = schema.applied_revision(ways.admin)
    expected = schema.expected_revision()
    found = doctor.check_asserts(__debug__)
    found += doctor.check_migrations([applied] if applied else [], [expected])
    if applied is None:
        return found
    with connect(ways.admin) as admin:
        vitals = read_vitals(admin)
        day = latest_day(admin)
    found += doctor.check_durability(vitals.settings)
    found += doctor.check_checksums(vitals.settings)
    found += doctor.check_zones({"server": vitals.settings["TimeZone"]})
    today = day.business_date if day is not None else datetime.now(UTC).date()
    return found + doctor.check_partitions(vitals.months, today, schema.MONTHS_AHEAD)


def migrate(house: Home) -> str:
    """Bring the database to the schema this code expects; the revision it is at then."""
    ways = house.databases()
    with connect(conninfo.make_conninfo(ways.admin, dbname="postgres"), autocommit=True) as admin:
        wanted = conninfo.conninfo_to_dict(ways.admin)["dbname"]
        known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (wanted,))
        fresh = known.fetchone() is None
    first = datetime.now(UTC).date()
    if not fresh and schema.applied_revision(ways.admin) is not None:
        with connect(ways.admin) as admin:
            day = latest_day(admin)
        first = day.business_date if day is not None else first
    prepare_database(
        ways, {role: house.secret(role) for role in schema.ROLES}, first.replace(day=1)
    )
    return schema.expected_revision()


class UnfitError(Exception):
    """The doctor refuses a start; the message says why and what to do, in both languages."""


def _require_fit(house: Home) -> None:
    refused = doctor.refusals(examine(house))
    if refused:
        raise UnfitError(
            "\n".join(
                f"{it.where}: {it.cause.say(language)} {it.remedy.say(language)}"
                for it in refused
                for language in LANGUAGES
            )
        )


async def serve(house: Home, *, host: str, port: int) -> None:
    """Answer the API until asked to stop. Raises UnfitError where the doctor refuses."""
    _require_fit(house)
    async with open_switchboard(house) as board:
        _settle_memory()
        server = uvicorn.Server(
            uvicorn.Config(
                _app(house, board),
                host=host,
                port=port,
                log_level="warning",
                access_log=False,
                http="httptools",
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )
        await server.serve()


def _settle_memory() -> None:
    """What lives as long as the process is not looked through again and again for garbage; what a
    request leaves behind is freed without looking, cycles among it are rare."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_MOST, 20, 100)


def _app(house: Home, board: Switchboard) -> App:
    service = _service(board)
    people = people_of(house, board.hub, board.clock)
    cashier, operator = _cashier(people, board, service), _operator(people, board, service)
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
            *citizen_routers(service, _restoration(board, board.watch), licence),
            interface_router(description),
            operator_router(operator),
            shared_files(),
        ],
    )


def _cashier(people: "People", board: Switchboard, service: Service) -> CashierRoom:
    return CashierRoom(
        service=service,
        door=people.door,
        sessions=people.sessions,
        own_word=people.own_word,
        shifts=Shifts(board.hub, board.lookup, board.clock),
        public=os.environ.get("CASHLANE_PUBLIC_URL"),
    )


def _operator(people: "People", board: Switchboard, service: Service) -> OperatorRoom:
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
        restoration=_restoration(board, board.hub),
    )  # fmt: skip


def _restoration(board: Switchboard, pool: Pool) -> Restoration:
    """Whoever only looks is given the watching pool."""
    return Restoration(Cases(pool), board.picture.network, board.clock, system_ids())


def _approvals(board: Switchboard) -> Approvals:
    stand_in = StandInChanges(board.clock)
    kinds = handlers(board.clock) | {Kind.STAND_IN: Handler(stand_in.read, stand_in.apply)}
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
    )


async def work(house: Home) -> None:
    """Carry, chase, mark, sweep, and do what two approved, until asked to stop.

    Raises UnfitError likewise.
    """
    _require_fit(house)
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
    pool = await open_pool(house.databases().hub, size=1)
    try:
        return await files_of(pool, partner, most=most)
    finally:
        await pool.close()


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


def archive_desk(house: Home, folder: Path, step: Callable[[str, date], None]) -> Desk:
    """What months are put away with."""
    ways, clock = house.databases(), SystemClock(clock_offset(house))
    return desk(ways.watch, ways.owner, folder, now=clock.now, step=step)
