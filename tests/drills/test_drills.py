"""Drills with real processes: a thing stops in a city of its own, payments of its people show what
becomes of each pair, and a spare that does not keep what its contract says is found."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from cashlane.core.charter import Charter
from cashlane.core.drill import Record, Thing, differences, party_names
from cashlane.core.network import Contract, Way
from cashlane.core.routing import CLEAR
from cashlane.home import Home, home, settings
from cashlane.main import network_of
from cashlane.store.connect import open_pool
from cashlane.store.drills import Drills
from cashlane.trial.charter import AGGREGATOR, BANK, POST_LINE, city_charter
from cashlane.trial.city import open_books
from cashlane.trial.drill.run import Order, Patience, drill
from cashlane.trial.drill.told import Wish, run_drills
from cashlane.world.city import Brand, chains, city_of

SHORT = Patience(before_s=20.0, stopped_s=25.0, settle_s=0.0)
"""What does not come true must be waited for: here not for long."""
SPARES = {"post": POST_LINE, "chain-a": BANK}
"""Aggregator A leads for both; each has another spare."""
BILLERS = (1, 2, 3, 4)


def small() -> Charter:
    """Two companies with three outlets each, four billers, and a spare for everybody."""
    companies = tuple(
        replace(one, brands=(Brand(one.brands[0].code, 3),))
        for one in chains()
        if one.code in {"post", "a"}
    )
    charter = city_charter(city_of(7, companies))
    spares = {one.number: SPARES[one.code] for one in charter.agents}
    contracts = tuple(
        led_by_aggregator(one, spares[one.agent])
        for one in charter.contracts
        if one.biller in BILLERS
    )
    return replace(charter, contracts=contracts)


def led_by_aggregator(contract: Contract, spare: int) -> Contract:
    ways = Way(AGGREGATOR, "certified", 0, 0), Way(spare, "certified", 0, 0)
    return replace(contract, ways=ways)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The books of a small network; none of its processes runs."""
    house = home(settings(tmp_path_factory.mktemp("drills") / "data"))
    house.cluster.start()
    try:
        open_books(house, small(), date.today())  # noqa: DTZ011 - whatever day this machine has
        yield house
    finally:
        house.cluster.stop()


async def kept(house: Home) -> tuple[dict[Thing, Record], list[Record], int]:
    """The latest drill of each thing, those of chain A, and its days."""
    pool = await open_pool(house.databases().watch, size=1)
    try:
        books = Drills(pool)
        found = await books.of(Thing("agent", "chain-a"), most=5)
        (schedule,) = await books.schedules()
        return await books.latest(), found, schedule.every_days
    finally:
        await pool.close()


def wish(what: str, *, every: int | None = None, spoilt: tuple[str, ...] = ()) -> Wish:
    return Wish(what, every, spoilt, "tester", as_json=True, language="en")


def test_what_is_due_is_drilled_once_and_kept(
    live: Home, capsys: pytest.CaptureFixture[str], figures
) -> None:
    assert run_drills(live, wish("agent:chain-a", every=30)) == 0
    assert run_drills(live, wish("due")) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["finding"]["thing"] == {"kind": "agent", "code": "chain-a"}
    latest, of_chain, days = asyncio.run(kept(live))
    (record,) = of_chain
    found = record.finding
    assert latest == {found.thing: record}
    assert (record.actor, record.scheduled, days) == ("tester", True, 30)
    seen = {(one.agent, one.predicted, one.before, one.seen) for one in found.pairs}
    assert seen == {("chain-a", "closes", "first", "none"), ("post", "untouched", "first", "first")}
    assert found.passed
    assert found.back_ms is not None
    assert timedelta(0) < record.ended_at - record.began_at < timedelta(minutes=5)
    assert abs(record.began_at - datetime.now(UTC)) < timedelta(minutes=5)
    figures(f"a chain's host stops: all served again {found.back_ms / 1000:.1f} s after its return")
    assert run_drills(live, wish("due")) == 0
    assert capsys.readouterr().out == "", "drilled is not due"


def test_a_route_is_left_for_its_spare_and_a_spare_that_refuses_is_found(
    live: Home, figures
) -> None:
    network = network_of(live)
    order = Order(Thing("route", "aggregator-a"), {"post-line": "refuses"}, SHORT)
    found = drill(live, network, CLEAR, order, lambda _: None)
    by_agent = {agent: [it for it in found.pairs if it.agent == agent] for agent in SPARES}
    assert [len(pairs) for pairs in by_agent.values()] == [len(BILLERS)] * 2
    for one in by_agent["chain-a"]:
        assert (one.predicted, one.before, one.seen, one.way) == (
            "moves_cold", "first", "other", "bank-b",
        )  # fmt: skip
    for one in by_agent["post"]:
        assert (one.predicted, one.before, one.way) == ("moves_cold", "first", None)
        assert one.seen in {"refused", "none"}, "by then it is shut, or cash is given back"
    assert set(found.astray) == set(by_agent["post"])
    assert not found.passed
    said = [words.en for words in differences(found, party_names(network))]
    assert any("City Power at City Post: predicted paid by another way" in one for one in said)
    assert found.books_agree
    assert found.moved_ms is not None
    figures(f"a route stops: the first payment takes its spare after {found.moved_ms / 1000:.1f} s")


@pytest.mark.parametrize(
    "words",
    [
        wish("route:nowhere"),
        wish("till:1"),
        wish("due", every=7),
        wish("hub", every=367),
        wish("hub", spoilt=("bank-b",)),
        wish("hub", spoilt=("bank-b=sings",)),
    ],
)
def test_words_that_mean_nothing_are_told(
    live: Home, capsys: pytest.CaptureFixture[str], words: Wish
) -> None:
    assert run_drills(live, words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err) > 20
