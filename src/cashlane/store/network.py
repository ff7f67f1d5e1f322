"""The parties in the database: written by registry, read as one immutable picture."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct, structs
from psycopg import Connection
from psycopg.types.json import set_json_loads

from cashlane.core.bill import Bill, Biller
from cashlane.core.chart import Limited
from cashlane.core.charter import Charter, Place
from cashlane.core.fees import FeeSchedule
from cashlane.core.network import (
    NO_STAND_IN,
    Agent,
    Contract,
    Network,
    Outlet,
    Route,
    StandIn,
    Till,
)
from cashlane.core.premises import UNTOLD
from cashlane.core.programme import Placement
from cashlane.core.stand_in import agent_bucket, biller_bucket
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.outlets import put_premises, read_premises
from cashlane.store.programmes import read_placements, read_programmes
from cashlane.store.statements import statements
from cashlane.values.geo import Point
from cashlane.values.money import Currency
from cashlane.values.text import Text

_SQL = statements("network.sql")
_BODIES: dict[str, Any] = {
    "biller": Biller, "route": Route, "agent": Agent, "contract": Contract, "fee": FeeSchedule,
}  # fmt: skip


def put_charter(connection: Connection[Any], charter: Charter) -> None:
    """Write all parties of a charter; what is numbered already is brought up to date. What it tells
    of premises is written as a list of each agent, once."""
    currency = msgspec.json.encode(charter.currency).decode()
    name = msgspec.json.encode(charter.name).decode()
    connection.execute(
        _SQL["put_network"],
        {
            "name": name,
            "currency": currency,
            "zone": charter.zone,
            "trial": charter.trial,
            "country": charter.country,
        },
    )
    families: tuple[tuple[str, Sequence[Any]], ...] = (
        ("put_billers", charter.billers),
        ("put_routes", charter.routes),
        ("put_fee_schedules", charter.fees),
        ("put_legal_groups", charter.groups),
        ("put_agents", charter.agents),
        ("put_brands", charter.brands),
        ("put_districts", charter.districts),
        ("put_outlets", charter.places),
        ("put_tills", charter.tills),
        ("put_contracts", charter.contracts),
    )
    for statement, rows in families:
        connection.execute(_SQL[statement], {"rows": msgspec.json.encode(rows).decode()})
    connection.execute(_SQL["put_limits"])
    put_premises(connection, [one for one in charter.places if one.premises != UNTOLD])


class Mended(Struct, frozen=True):
    """How a known outlet is called and where it is, as the list has it."""

    number: int
    name_zh: str
    name_en: str
    brand: str
    district: str
    longitude: float
    latitude: float


async def put_new_brands(work: Work, agent: int, brands: Mapping[str, str]) -> None:
    """Names over an agent's doors that are new: codes by names."""
    rows = [{"code": code, "name": Text(name, name)} for name, code in brands.items()]
    await work.execute(_SQL["put_new_brands"], {"agent": agent, "rows": _json(rows)})


async def put_new_outlets(
    work: Work, outlets: Sequence[Place], tills: Sequence[Till], *, since: date, at: datetime,
    actor: str,
) -> None:  # fmt: skip
    """Outlets that were not on record, with their tills and the zero row of their drawers; they are
    switched off until somebody switches them on."""
    await work.execute(_SQL["put_outlets"], {"rows": _json(outlets)})
    await work.execute(_SQL["put_tills"], {"rows": _json(tills)})
    await work.execute(_SQL["put_limits"])
    numbers = _json([{"number": outlet.number} for outlet in outlets])
    said = {"rows": numbers, "since": since, "recorded_at": at, "actor": actor}
    await work.execute(_SQL["put_not_yet"], said)


async def put_right(work: Work, outlets: Sequence[Mended]) -> None:
    """Known outlets as a list has them."""
    await work.execute(_SQL["put_right"], {"rows": _json(outlets)})


def _json(rows: Any) -> str:
    return msgspec.json.encode(rows).decode()


def set_endpoints(
    connection: Connection[Any], routes: dict[str, str], desks: dict[str, str]
) -> None:
    """Say where routes and inquiry desks are reached now, by their codes."""
    for code, endpoint in routes.items():
        connection.execute(_SQL["set_route_endpoint"], {"code": code, "endpoint": endpoint})
    for code, endpoint in desks.items():
        connection.execute(_SQL["set_desk"], {"code": code, "endpoint": endpoint})


def read_endpoints(connection: Connection[Any]) -> dict[str, str]:
    """Where routes and desks are reached, by code."""
    return dict(connection.execute(_SQL["read_endpoints"]).fetchall())


async def read_mark(pool: Pool) -> str:
    """What changes whenever the picture may have: the picture itself is read only then."""
    async with transaction(pool) as connection:
        cursor = await connection.execute(_SQL["mark"], prepare=True)
        row = await cursor.fetchone()
    assert row is not None
    return str(row[0])


def read_network(connection: Connection[Any], on: date) -> Network | None:
    """The network's picture for a business date; None before a charter was written."""
    head = connection.execute(_SQL["read_network"]).fetchone()
    if head is None:
        return None
    version, currency, zone, _, country = head
    bodies: dict[str, list[Any]] = {kind: [] for kind in _BODIES}
    for kind, body in connection.execute(_SQL["read_bodies"]).fetchall():
        bodies[kind].append(msgspec.convert(body, _BODIES[kind]))
    found = _outlets(connection, on)
    tills = [Till(*row) for row in connection.execute(_SQL["read_tills"]).fetchall()]
    return Network(
        version=version,
        currency=msgspec.convert(currency, Currency),
        zone=zone,
        billers={biller.number: biller for biller in bodies["biller"]},
        routes={route.number: route for route in bodies["route"]},
        agents={agent.number: agent for agent in bodies["agent"]},
        outlets={outlet.number: outlet for outlet, _ in found},
        tills={till.number: till for till in tills},
        contracts={(row.agent, row.biller): row for row in bodies["contract"]},
        fees={fee.number: fee for fee in bodies["fee"]},
        withdrawn=_withdrawn(connection, on),
        stand_in=_stand_in(connection),
        places={outlet.number: place for outlet, place in found},
        premises=read_premises(connection, on),
        country=country,
        districts=_districts(connection),
        placements=_placements(connection, on),
        programmes=read_programmes(connection),
        silent=dict(connection.execute(_SQL["read_silent"]).fetchall()),
    )


def _placements(connection: Connection[Any], on: date) -> dict[int, tuple[Placement, ...]]:
    """Of programmes that were planned only, or are over, nobody needs to know at a counter."""
    found: dict[int, list[Placement]] = {}
    for one in read_placements(connection):
        if one.live is not None and one.state(on) != "ended":
            found.setdefault(one.outlet, []).append(one)
    return {outlet: tuple(placed) for outlet, placed in found.items()}


def _districts(connection: Connection[Any]) -> dict[str, Text]:
    rows = connection.execute(_SQL["read_districts"]).fetchall()
    return {code: Text(zh, en) for code, zh, en in rows}


def _stand_in(connection: Connection[Any]) -> StandIn:
    row = connection.execute(_SQL["read_stand_in"]).fetchone()
    return msgspec.convert(row[0], StandIn) if row is not None else NO_STAND_IN


_HOMES = {Limited.STAND_IN_AGENT: agent_bucket, Limited.STAND_IN_BILLER: biller_bucket}
"""Where the bounds of those live that have no outlet's bucket."""


async def put_stand_in(work: Work, policy: StandIn, *, approval: UUID, since: datetime) -> None:
    """Bring what two persons decided about standing in into force, with a row for every bound."""
    body = msgspec.json.encode(policy).decode()
    await work.execute(_SQL["add_stand_in"], {"approval": approval, "since": since, "body": body})
    await _bound(work, policy)


async def bound_all(work: Work) -> None:
    """A row for every bound of the policy in force: outlets that came after it get theirs."""
    row = await (await work.execute(_SQL["read_stand_in"])).fetchone()
    if row is not None:
        await _bound(work, msgspec.convert(row[0], StandIn))


async def _bound(work: Work, policy: StandIn) -> None:
    cursor = await work.execute(_SQL["bounded_parties"])
    rows = [
        {
            "bucket": _HOMES[kind](party) if kind in _HOMES else bucket,
            "kind": kind,
            "party": party,
            "most": policy.most(Limited(kind)),
        }
        for kind, party, bucket in await cursor.fetchall()
    ]
    await work.execute(_SQL["put_bounds"], {"rows": msgspec.json.encode(rows).decode()})


async def biller_numbers(work: Work) -> dict[str, int]:
    """The billers' numbers by their codes."""
    cursor = await work.execute(_SQL["biller_numbers"])
    return dict(await cursor.fetchall())


def _withdrawn(connection: Connection[Any], on: date) -> dict[tuple[int, int], date]:
    rows = connection.execute(_SQL["read_withdrawn"], {"on": on}).fetchall()
    return {(outlet, biller): since for outlet, biller, since in rows}


def _outlets(connection: Connection[Any], on: date) -> list[tuple[Outlet, Point]]:
    rows = connection.execute(_SQL["read_outlets"], {"on": on}).fetchall()
    return [
        (
            Outlet(number, code, Text(zh, en), agent, brand, district, bucket, most, off),
            Point(longitude, latitude),
        )
        for number, code, zh, en, agent, brand, district, bucket, most, off, longitude, latitude
        in rows
    ]  # fmt: skip


def is_trial(connection: Connection[Any]) -> bool:
    """Whether these books are marked as a trial."""
    head = connection.execute(_SQL["read_network"]).fetchone()
    return bool(head and head[3])


def add_service_state(
    connection: Connection[Any], *, outlet: int, biller: int, since: date, recorded_at: datetime,
    state: str, reason: str, actor: str,
) -> None:  # fmt: skip
    """Add a dated fact about an outlet (biller 0) or one service of it."""
    connection.execute(
        _SQL["add_service_state"],
        {
            "outlet": outlet, "biller": biller, "since": since, "recorded_at": recorded_at,
            "state": state, "reason": reason, "actor": actor,
        },
    )  # fmt: skip


class ServiceState(Struct, frozen=True):
    """A dated fact about an outlet (biller 0) or one service of it."""

    outlet: int
    biller: int
    since: date
    recorded_at: datetime
    state: Literal["on", "off"]
    reason: str
    actor: str


async def put_service_state(work: Work, row: ServiceState) -> None:
    """Likewise, in a transaction in which more is written."""
    await work.execute(_SQL["add_service_state"], structs.asdict(row))


async def put_filed_bills(work: Work, biller: int, bills: Sequence[Bill], *, file: str) -> None:
    """Bring a biller's bill file into effect; all of it or nothing."""
    rows = msgspec.json.encode(bills).decode()
    await work.execute(_SQL["put_filed_bills"], {"biller": biller, "rows": rows, "file": file})


async def filed_bills_of(
    pool: Pool, accounts: Collection[tuple[int, str]]
) -> dict[tuple[int, str], list[Bill]]:
    """What billers' files say is owed on accounts (biller, account), earliest due first; an
    account that no file names is not among them."""
    wanted = [{"biller": biller, "account": account} for biller, account in sorted(set(accounts))]
    async with transaction(pool) as connection:
        cursor = await connection.execute(
            _SQL["filed_bills"], {"accounts": msgspec.json.encode(wanted).decode()}, prepare=True
        )
        rows = await cursor.fetchall()
    found: dict[tuple[int, str], list[Bill]] = {}
    for biller, account, ref, period, amount, due_on, customer in rows:
        bill = Bill(biller, ref, account, period, amount, due_on, customer)
        found.setdefault((biller, account), []).append(bill)
    return found


set_json_loads(msgspec.json.decode)
