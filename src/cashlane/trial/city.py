"""Setting up the synthetic city: its books, its keys, its simulated outside, its open bills.

Everything is made once in a data folder marked as a trial, and found again at the next start.
"""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.adapters.files.bill_file import BARS, read_bill_file
from cashlane.core.bill import Biller
from cashlane.core.charter import Charter
from cashlane.core.filing import BadFile, BillFile
from cashlane.home import Home, clock_offset, prepare_database
from cashlane.main import network_of
from cashlane.people.keys import key_hash, new_key
from cashlane.store import schema
from cashlane.store.connect import connect, open_pool
from cashlane.store.days import open_day
from cashlane.store.demand import DemandRow, latest_row, put_demand
from cashlane.store.guard import any_walkers, put_walkers
from cashlane.store.network import put_charter, set_endpoints
from cashlane.store.people import KeyRow, add_key
from cashlane.switch.filed import BillFiles
from cashlane.trial.charter import city_charter
from cashlane.trial.keeping import keep
from cashlane.trial.neighbours import neighbourhoods, walkers
from cashlane.trial.outside import kept_outside
from cashlane.trial.programmes import place_programmes
from cashlane.world.addresses import read_addresses
from cashlane.world.bills import load_bills
from cashlane.world.city import City, make_city
from cashlane.world.city_bills import CityBill, loaded, make_bills
from cashlane.world.plan import WorldPlan, city_plan

ZONE = ZoneInfo("Asia/Shanghai")
SIGNED_ROUTES = ("aggregator-a", "post-line")
CHAINS = ("chain-a", "chain-b", "chain-c", "chain-d", "chain-e")
KEYS_FILE = "trial-keys.json"
BATCH = 20_000


class Trial(Struct, frozen=True):
    """A city in a data folder: what it is made from, and the business date it opens on."""

    seed: int
    bills: int
    day: date


def world_folder(house: Home) -> Path:
    """Where the simulated outside keeps its own books."""
    return house.settings.data / "world"


def set_up(house: Home, trial: Trial) -> City:
    """Make the books, parties, keys and bills of a city; safe to repeat."""
    city = make_city(trial.seed)
    _set_wall(house, trial.day)
    open_books(house, city_charter(city), trial.day)
    _settle(house, city)
    place_programmes(house, city, trial.day)
    load_city_bills(house, city, trial)
    return city


def _settle(house: Home, city: City) -> None:
    """Where the made-up city's people live, as a list of its own; taken once."""
    clock, places = SystemClock(clock_offset(house)), neighbourhoods(city)
    digest = sha256(msgspec.json.encode(places)).digest()
    with connect(house.databases().hub) as hub:
        known = latest_row(hub)
        if known is not None and known.sha256 == digest:
            return
        now = clock.now()
        row = DemandRow(
            system_ids().fresh(now), digest, "synthetic city", "wgs84", True, now, "trial",
            len(places),
        )  # fmt: skip
        put_demand(hub, row, places)
        if not any_walkers(hub):
            put_walkers(hub, walkers(places), at=now, actor="trial")


def open_books(house: Home, charter: Charter, day: date) -> None:
    """Books for the parties of a charter, open on a business date, and a key for each agent."""
    ways = house.databases()
    passwords = {role: house.secret(role) for role in schema.ROLES}
    prepare_database(ways, passwords, day.replace(day=1))
    with connect(ways.hub) as hub:
        put_charter(hub, charter)
        open_day(hub, day, now=datetime.now(UTC))
        _add_keys(house, hub, charter)


def _set_wall(house: Home, day: date) -> None:
    """A trial's wall clock is shifted to its business date, never scaled."""
    file = house.settings.data / "trial-offset-seconds"
    if not file.exists():
        wanted = datetime.combine(day, time(8, 0), tzinfo=ZONE)
        shift = wanted - datetime.now(UTC)
        file.write_text(str(round(shift / timedelta(seconds=1))), encoding="ascii")


def _add_keys(house: Home, hub: object, charter: Charter) -> None:
    """One key for each agent, kept in the trial's secrets for its simulated machines."""
    keys = agent_keys(house, charter)
    for agent in charter.agents:
        row = KeyRow(key_hash(keys[agent.code]), f"{agent.code} head office", agent.number, None)
        add_key(hub, row, now=datetime.now(UTC))  # type: ignore[arg-type]


def agent_keys(house: Home, charter: Charter | None) -> dict[str, str]:
    """The agents' keys by agent code; made at first use where the charter is given."""
    file = house.settings.data / "secrets" / KEYS_FILE
    if file.exists():
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    assert charter is not None, "keys are made with the charter"
    keys = {agent.code: new_key() for agent in charter.agents}
    keep(file, msgspec.json.encode(keys))
    return keys


def load_city_bills(house: Home, city: City, trial: Trial) -> None:
    """Put the open bills into their billers' own books; a biller that has them keeps them."""
    folder = world_folder(house)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "bills-loaded").exists():
        return
    stream = make_bills(city, trial.seed, trial.bills)
    while batch := list(islice(stream, BATCH)):
        for biller, rows in _by_biller(batch).items():
            load_bills(folder, biller, (loaded(row) for row in rows))
    (folder / "bills-loaded").write_text(str(trial.bills), encoding="ascii")


def _by_biller(batch: list[CityBill]) -> dict[str, list[CityBill]]:
    found: dict[str, list[CityBill]] = {}
    for row in batch:
        found.setdefault(row.biller, []).append(row)
    return found


def world_plan(house: Home, api: str) -> WorldPlan:
    """The plan of the simulated outside of this data folder."""
    kept = kept_outside(house)
    if kept is not None:
        return kept.reaching(api)
    return city_plan(
        drop=world_folder(house) / "island-gas-exchange",
        secrets={code: house.secret(f"route-{code}") for code in SIGNED_ROUTES},
        api=api,
        api_keys={code: agent_keys(house, None)[code] for code in CHAINS},
    )


def connect_world(house: Home) -> dict[str, str]:
    """Tell the switch where the world's parties answer now; the addresses by party."""
    addresses, kept = read_addresses(world_folder(house)), kept_outside(house)
    usual = {"island-files": str(world_folder(house) / "island-gas-exchange")}
    with connect(house.databases().hub) as hub:
        # Addresses of others are nobody's: an endpoint is set only where the books have the code.
        set_endpoints(hub, addresses | dict(kept.drops if kept else usual), addresses)
    return addresses


async def take_bill_files(house: Home, partner: str) -> list[str]:
    """Take in the bill files that a file-only biller has laid down; the names of all of them."""
    folder = world_folder(house) / f"{partner}-exchange" / "bills"
    network = await asyncio.to_thread(network_of, house)
    biller = next(one for one in network.billers.values() if one.code == partner)
    names = sorted(file.name for file in folder.glob("*.txt"))
    pool = await open_pool(house.databases().hub, size=1)
    try:
        intake = BillFiles(pool, SystemClock(clock_offset(house)))
        for name in names:
            content = (folder / name).read_bytes()
            filed = await intake.take(biller, name, content, partial(_read, biller))
            if filed.verdict not in {"applied", "repeated"}:
                raise ValueError(f"{name}: {[one.en for one in filed.note]}")
    finally:
        await pool.close()
    return names


def _read(biller: Biller, content: bytes) -> BillFile | BadFile:
    return read_bill_file(content, partner=biller.code, biller=biller.number, layout=BARS)
