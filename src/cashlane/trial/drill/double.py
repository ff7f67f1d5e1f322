"""The double of a network: its agents, billers, routes and contracts as they are, a few outlets of
each agent, and bills of its own, in a data folder that nobody else uses."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import count, islice

from msgspec import Struct
from msgspec.structs import replace

from cashlane.adapters.clock import SystemClock
from cashlane.core.bill import Bill, Biller
from cashlane.core.charter import Brand, Charter, Group, Place
from cashlane.core.health import newborn
from cashlane.core.network import Contract, Network, Outlet, Route, Till
from cashlane.core.routing import Outlook, lot_of
from cashlane.home import Home, clock_offset
from cashlane.main import network_of
from cashlane.store.connect import open_pool, transaction
from cashlane.store.network import put_filed_bills
from cashlane.store.routes import Routes
from cashlane.trial.city import agent_keys, open_books, world_folder
from cashlane.trial.outside import Outside, keep_outside
from cashlane.values.ids import bucket_of
from cashlane.values.text import Text
from cashlane.world.bills import BillRow, load_bills
from cashlane.world.plan import CARRIED_MOST, BillerPlan, ChainPlan, RoutePlan, WorldPlan

OUTLETS_MOST = 2
"""Outlets taken over of each agent: what stops, stops for all of them alike."""
BILLS_PER_PAIR = 40
"""More than a pair pays before its patience ends."""
PER_MINUTE = 60_000
"""Capacity is no part of the question: every biller answers as often as it is asked."""
AMOUNT = 1_000
"""Minor units of a bill, where the biller's own rule does not say otherwise."""
LOT_LEAST = 500_000
"""Bills of such lots go by the way that leads, never by a spare that is kept warm."""
PERIOD = "202112"
Pair = tuple[int, int]
"""(agent, biller), by number."""


class Counter(Struct, frozen=True):
    """A till at which bills are paid, by codes."""

    outlet: str
    till: str


class Double(Struct, frozen=True):
    """A double that is set up. `outlook` is what its rules know beforehand: notices in force, and
    when each way last carried a payment in the network itself."""

    house: Home
    network: Network
    outlook: Outlook
    counters: Mapping[int, Sequence[Counter]]
    bills: Mapping[Pair, Sequence[Bill]]
    drops: Mapping[str, str]

    def now(self) -> datetime:
        """The moment on the network's own wall."""
        return SystemClock(clock_offset(self.house)).now()


async def make_double(live: Home, house: Home, network: Network, outlook: Outlook) -> Double:
    """Set up a network's double in an empty data folder whose database runs."""
    offset = clock_offset(live)
    file = house.settings.data / "trial-offset-seconds"
    file.write_text(str(offset // timedelta(seconds=1)), encoding="ascii")
    now = SystemClock(offset).now()
    day = network.local(now).date()
    charter = charter_of(network)
    open_books(house, charter, day)
    outside = _outside(house, charter)
    keep_outside(house, outside)
    own = network_of(house)
    bills = bills_of(own, day)
    _load(house, own, bills)
    await _tell(house, own, outlook, bills)
    counters = {agent: [*_counters(own, agent)] for agent in own.agents}
    return Double(house, own, _known(outlook), counters, bills, outside.drops)


def charter_of(network: Network) -> Charter:
    """The network's shape as a charter: all parties, a few outlets, every hour open."""
    outlets = [one for agent in sorted(network.agents) for one in _sample(network, agent)]
    named = {one.number for one in outlets}
    groups = sorted({one.group for one in network.agents.values()})
    return Charter(
        name=Text("演练", "Drill"),
        currency=network.currency,
        zone=network.zone,
        trial=True,
        billers=tuple(_always_open(one) for one in network.billers.values()),
        routes=tuple(network.routes.values()),
        fees=tuple(network.fees.values()),
        groups=tuple(Group(code, Text(code, code)) for code in groups),
        agents=tuple(network.agents.values()),
        brands=tuple(_brands(outlets)),
        places=tuple(_place(one) for one in outlets),
        tills=tuple(one for one in network.tills.values() if one.outlet in named),
        contracts=tuple(network.contracts.values()),
    )


def _sample(network: Network, agent: int) -> list[Outlet]:
    """The first outlets of an agent that take everything under its contracts."""
    equipped = {till.outlet for till in network.tills.values()}
    partly = {outlet for outlet, _ in network.withdrawn}
    fit = (
        one
        for one in sorted(network.outlets.values(), key=lambda it: it.number)
        if one.agent == agent and not one.suspended and one.number in equipped - partly
    )
    return list(islice(fit, OUTLETS_MOST))


def _always_open(biller: Biller) -> Biller:
    """Hours, notices of the day and capacity say nothing about ways: they are left out."""
    often = max(biller.inquiries_per_minute, PER_MINUTE)
    return replace(biller, windows=(), notices=(), inquiries_per_minute=often)


def _brands(outlets: Sequence[Outlet]) -> Iterator[Brand]:
    for code, agent in sorted({(one.brand, one.agent) for one in outlets}):
        yield Brand(code, agent, Text(code, code))


def _place(outlet: Outlet) -> Place:
    """Where it is says nothing about ways."""
    return Place(
        outlet.number, outlet.code, outlet.name, outlet.agent, outlet.brand, outlet.district,
        bucket_of("outlet", outlet.code), outlet.drawer_most, 0.0, 0.0,
    )  # fmt: skip


# The outside.


def _outside(house: Home, charter: Charter) -> Outside:
    """Every party as a server of its own; each agent pays through a head-office host."""
    drops = {
        route.code: str(world_folder(house) / f"{route.code}-exchange")
        for route in charter.routes
        if route.kind == "file"
    }
    keys = agent_keys(house, charter)
    plan = WorldPlan(
        billers=tuple(_biller_plan(one, charter, drops) for one in charter.billers),
        routes=tuple(
            RoutePlan(one.code, one.name, one.kind, 0, house.secret(f"route-{one.code}"))
            for one in charter.routes
            if one.kind != "file"
        ),
        chains=tuple(
            ChainPlan(host_of(one.code), one.name, 0, "", keys[one.code], time(0, 0))
            for one in charter.agents
        ),
    )
    return Outside(plan, drops)


def host_of(agent: str) -> str:
    """What an agent's head-office host is called in the outside."""
    return f"{agent}-host"


def _biller_plan(biller: Biller, charter: Charter, drops: Mapping[str, str]) -> BillerPlan:
    return BillerPlan(
        code=biller.code,
        name=biller.name,
        port=0,
        per_minute=PER_MINUTE,
        dedups=biller.dedups_across_routes,
        short_most=CARRIED_MOST if biller.cash_rule.kind == "carry" else 0,
        drop=_drop(biller, charter.routes, drops),
    )


def _drop(biller: Biller, routes: Sequence[Route], drops: Mapping[str, str]) -> str | None:
    """The exchange folder of a biller that works by files."""
    if biller.flow != "file":
        return None
    return next(drops[one.code] for one in routes
                if one.kind == "file" and biller.number in one.billers)  # fmt: skip


# Bills.


def bills_of(network: Network, day: date) -> dict[Pair, list[Bill]]:
    """Open bills for every pair, each on an account of its own."""
    numbers = count(1)
    return {
        pair: [
            _bill(network.billers[contract.biller], contract, number)
            for number in islice(
                (n for n in numbers if _leads(network.billers[contract.biller], n, day)),
                BILLS_PER_PAIR,
            )
        ]
        for pair, contract in sorted(network.contracts.items())
    }


def _leads(biller: Biller, number: int, day: date) -> bool:
    """Whether a bill goes by the leading way today, and also if midnight passes meanwhile."""
    ref = _ref(biller, number)
    return all(
        lot_of(biller.number, ref, day + timedelta(days=turn)) >= LOT_LEAST for turn in (0, 1)
    )


def _ref(biller: Biller, number: int) -> str:
    return f"{_account(biller, number)}-{PERIOD}"


def _account(biller: Biller, number: int) -> str:
    """A made-up account of the biller's own length."""
    field = biller.fields[0]
    return str(number).zfill(max(field.least, min(field.most, 8)))


def _bill(biller: Biller, contract: Contract, number: int) -> Bill:
    amount = _amount(biller, min(biller.payment_most, contract.payment_most))
    ref, account = _ref(biller, number), _account(biller, number)
    return Bill(biller.number, ref, account, PERIOD, amount, None, "演练")


def _amount(biller: Biller, most: int) -> int:
    """An amount that the biller's own rule takes."""
    rule = biller.amount_rule
    if rule.choices:
        return min(rule.choices)
    wanted = max(AMOUNT, rule.least)
    return min(wanted + -wanted % rule.step, rule.most or most, most)


def _load(house: Home, network: Network, bills: Mapping[Pair, Sequence[Bill]]) -> None:
    """Put the bills into their billers' own books."""
    for (_, biller), found in bills.items():
        rows = [
            BillRow(one.ref, one.account, one.period, one.amount, one.due_on, one.customer)
            for one in found
        ]
        load_bills(world_folder(house), network.billers[biller].code, rows)


async def _tell(
    house: Home, network: Network, outlook: Outlook, bills: Mapping[Pair, Sequence[Bill]]
) -> None:
    """What the double's own books know beforehand: bill files, and notices in force."""
    pool = await open_pool(house.databases().hub, size=1)
    try:
        for notice in outlook.notices:
            await Routes(pool).add_notice(notice)
        for (_, biller), found in bills.items():
            if network.billers[biller].flow == "file":
                async with transaction(pool) as work:
                    await put_filed_bills(work, biller, found, file="drill")
    finally:
        await pool.close()


def _known(outlook: Outlook) -> Outlook:
    """Every route well, as in the double; but whether a spare is warm is known of the network."""
    proven = {
        scope: replace(newborn(scope, known.heard_at), proven_at=known.proven_at)
        for scope, known in outlook.health.items()
        if scope.agent and known.proven_at is not None
    }
    return Outlook(proven, outlook.notices)


def _counters(network: Network, agent: int) -> Iterator[Counter]:
    tills: dict[int, Till] = {}
    for till in sorted(network.tills.values(), key=lambda it: it.number):
        tills.setdefault(till.outlet, till)
    for outlet in _sample(network, agent):
        yield Counter(outlet.code, tills[outlet.number].code)
