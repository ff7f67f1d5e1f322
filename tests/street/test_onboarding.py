"""A chain comes into the network: its own host does each thing over HTTP against running processes,
each stage is earned by that alone, and two persons certify it in the end."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import aiohttp
import pytest
from msgspec import structs
from typer.testing import CliRunner

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.cli import app
from cashlane.core.approval import Approval, Kind, Proposal
from cashlane.core.charter import Brand
from cashlane.core.network import Agent
from cashlane.core.onboarding import ACTS, RULES, Progress
from cashlane.core.payment import State
from cashlane.core.place_list import EARTH, Declared, Line
from cashlane.core.refusals import Refused
from cashlane.core.roles import Person
from cashlane.home import clock_offset
from cashlane.main import chains_onboarding, network_of, outlet_lists
from cashlane.people.approvals import Approvals, Handler
from cashlane.registry.onboarding import Certifications
from cashlane.registry.outlet_lists import Handed, Taken
from cashlane.store.connect import connect, open_pool, transaction
from cashlane.store.network import add_service_state, put_charter
from cashlane.store.people import find_account
from cashlane.trial.charter import city_charter
from cashlane.trial.staffed import staff_trial
from cashlane.values.ids import read_id
from cashlane.values.text import Text
from tests.street.running import DAY, Street, Till, running_street, session

AGENT, CHAIN, OUTLET = 77, "chain-new", "new-0001"
ROW = {"name": "新店", "code": OUTLET, "lat": "31.2304", "lng": "121.4737"}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """A street of its own, with an agent on record that has done nothing yet."""
    folder = Path(tmp_path_factory.mktemp("newcomer")) / "data"
    with running_street(folder, bills=400) as street:
        charter = city_charter(street.city)
        old = next(one for one in charter.agents if one.code == "chain-a")
        name = Text("新来的连锁", "the new chain")
        grown = structs.replace(
            charter,
            agents=(*charter.agents, Agent(AGENT, CHAIN, name, "chain", old.group, "shared")),
            brands=(*charter.brands, Brand("new", AGENT, name)),
            contracts=(*charter.contracts, *(
                structs.replace(one, agent=AGENT)
                for one in charter.contracts if one.agent == old.number
            )),
        )  # fmt: skip
        with connect(street.house.databases().hub) as hub:
            put_charter(hub, grown)
        yield street


async def _progress(street: Street) -> Progress:
    network = await asyncio.to_thread(network_of, street.house)
    every = await chains_onboarding(street.house, network)
    return next(one for one in every if one.agent == AGENT)


async def _earned(street: Street) -> set[str]:
    return {one.stage for one in (await _progress(street)).stages if one.earned}


class Seen:
    """What was earned up to now, held to what the hub says."""

    def __init__(self, street: Street) -> None:
        self._street = street
        self.earned: set[str] = set()

    async def gains(self, *stages: str) -> None:
        """These came since, and nothing else."""
        self.earned |= set(stages)
        assert await _earned(self._street) == self.earned


def _command(street: Street, *words: str) -> str:
    said = CliRunner().invoke(
        app, ["onboarding", *words, "--data", str(street.house.settings.data)]
    )
    assert said.exit_code == 0, said.output
    return said.output


def test_a_chain_earns_each_stage_by_what_its_host_did(alone: Street) -> None:
    asyncio.run(_comes_in(alone))


async def _comes_in(street: Street) -> None:
    assert (await _progress(street)).next == "key"
    key = (await asyncio.to_thread(_command, street, CHAIN, "--key", "head office")).strip()
    seen = Seen(street)
    await seen.gains("named", "key")
    async with session() as http:
        till = Till(http, street.api, key, OUTLET, "1")
        await _let_in(till)
        await seen.gains("signed")
        await _list(street)
        await seen.gains("listed")
        await _open(till)
        await _does_its_part(street, till, seen)
    assert (await _progress(street)).next == "certified"
    await _certified(street)
    assert (await _progress(street)).next is None
    told = await asyncio.to_thread(_command, street, CHAIN)
    assert f"{len(RULES)} / {len(RULES)}  next: done" in told


async def _does_its_part(street: Street, till: Till, seen: "Seen") -> None:
    """Everything that only the host itself can do, and what looks like it and is not."""
    bill = await till.hold(street.bill())
    await seen.gains("inquired")
    assert (await _proposed(street)).code == "ONBOARDING_UNEARNED"

    first = str(uuid4())
    paid = await till.pay(bill, first)
    assert paid.status == 201
    await seen.gains("paid")
    # Another amount under one key is no repeat, however often it is sent.
    for _ in range(2):
        wrong = await till.pay(bill, first, bill["cash_due"] + 100)
        assert wrong.code == "KEY_REUSED"
    await seen.gains()
    again = await till.pay(bill, first)
    assert (again.status, again.body) == (201, paid.body)
    await seen.gains("repeated")

    short, other = str(uuid4()), await till.hold(street.bill())
    assert (await till.pay(other, short, other["cash_due"] - 10)).code == "TENDERED_SHORT"
    # A refusal that nobody asked about is not understood yet; nor is asking about what was paid.
    assert (await till.ask("GET", f"/v1/payments?outlet={OUTLET}&key={first}")).status == 200
    await seen.gains()
    asked = await till.ask("GET", f"/v1/payments?outlet={OUTLET}&key={short}")
    assert asked.json["verdict"] == "refused"
    await seen.gains("refused")

    second = (await till.pay(other, str(uuid4()))).json["payment"]
    await _confirmed(street, second)
    assert (await till.act(second, "void", str(uuid4()))).status == 200
    await seen.gains("voided")
    await _confirmed(street, paid.json["payment"])
    status = await till.ask("GET", f"/v1/payments/{paid.json['payment']}")
    assert status.json["receipt_number"]
    await seen.gains("looked_up")
    assert set(ACTS) <= seen.earned


async def _let_in(till: Till) -> None:
    """A new key opens the door within some seconds."""
    for _ in range(100):
        if (await till.ask("GET", "/v1/outlets")).status == 200:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the key opened nothing within ten seconds")


async def _list(street: Street) -> None:
    """Its list is taken, and a counter of it switched on for trials."""
    async with outlet_lists(street.house) as (lists, on):
        handed = Handed("a.csv", b"a", [Line(2, ROW)], CHAIN, Declared("wgs84", EARTH), "test")
        assert isinstance(await lists.take(handed, on=on, for_real=True), Taken)
    now = SystemClock(clock_offset(street.house)).now()
    network = await asyncio.to_thread(network_of, street.house)
    number = next(one.number for one in network.outlets.values() if one.code == OUTLET)
    with connect(street.house.databases().hub) as hub:
        add_service_state(
            hub, outlet=number, biller=0, since=DAY, recorded_at=now, state="on", reason="trial",
            actor="test",
        )  # fmt: skip


async def _open(till: Till) -> None:
    """The hub learns of the new outlet."""
    for _ in range(100):
        found = await till.ask("GET", f"/v1/outlets/{OUTLET}")
        if found.status == 200 and found.json["open"]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the new outlet was not open within ten seconds")


async def _confirmed(street: Street, payment: str) -> None:
    """Wait for the payment's confirmation without asking the interface: asking is a deed."""
    ident: UUID | None = read_id("pay", payment)
    for _ in range(300):
        with connect(street.house.databases().watch) as watch:
            row = watch.execute("SELECT state FROM payments WHERE id = %s", (ident,)).fetchone()
        if row == (State.CONFIRMED,):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{payment} was not confirmed within half a minute: {row}")


async def _proposed(street: Street) -> Refused:
    """What is answered to a proposal that does not hold."""
    pool = await open_pool(street.house.databases().hub, size=1)
    try:
        refused = await _propose(street, _desk(street, pool), pool)
        assert isinstance(refused, Refused)
        return refused
    finally:
        await pool.close()


async def _certified(street: Street) -> None:
    """One proposes, another approves, the worker carries it out."""
    pool = await open_pool(street.house.databases().hub, size=1)
    try:
        desk = _desk(street, pool)
        proposed = await _propose(street, desk, pool)
        assert isinstance(proposed, Approval), proposed
        lead = await _person(street, pool, "operator_lead")
        assert isinstance(await desk.decide(lead, proposed.id, "approved", "seen"), Approval)
        for _ in range(200):
            if "certified" in await _earned(street):
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("the worker did not certify it within 20 seconds")
        again = await _propose(street, desk, pool)
        assert isinstance(again, Refused)
        assert again.code == "ONBOARDING_CERTIFIED"
    finally:
        await pool.close()


def _desk(street: Street, pool: object) -> Approvals:
    clock = SystemClock(clock_offset(street.house))
    certifying = Certifications(clock)
    kinds = {Kind.CERTIFY_AGENT: Handler(certifying.read, certifying.apply)}
    return Approvals(pool, clock, system_ids(), kinds)  # type: ignore[arg-type]


async def _propose(street: Street, desk: Approvals, pool: object) -> Approval | Refused:
    clock = SystemClock(clock_offset(street.house))
    until = clock.now() + timedelta(days=1)
    by = await _person(street, pool, "operator")
    for body in ({"agent": "nobody"}, {"name": CHAIN}):
        refused = await desk.propose(by, Proposal(Kind.CERTIFY_AGENT, body, None, until))
        assert isinstance(refused, Refused)
        assert refused.code in {"NOT_FOUND", "MALFORMED"}
    body = {"agent": CHAIN, "reason": "a test"}
    return await desk.propose(by, Proposal(Kind.CERTIFY_AGENT, body, None, until))


async def _person(street: Street, pool: object, role: str) -> Person:
    staff = await staff_trial(street.house, ("post-0001",))
    async with transaction(pool) as work:  # type: ignore[arg-type]
        account = await find_account(work, login=staff.desk(role).login, user=None)
    assert account is not None
    return account.person


def test_a_person_at_a_till_proves_nothing_about_the_host(alone: Street) -> None:
    """Only the keys of machines are noted, and a stranger's are not even let in."""

    async def main() -> None:
        async with aiohttp.ClientSession() as http:
            stranger = Till(http, alone.api, "ck_nobody", OUTLET, "1")
            assert (await stranger.ask("GET", "/v1/outlets")).code == "UNAUTHENTICATED"

    asyncio.run(main())
    with connect(alone.house.databases().watch) as watch:
        names = {name for (name,) in watch.execute("SELECT key_name FROM agent_deeds")}
    assert names <= {"head office", *(f"{one} head office" for one in alone.keys)}
