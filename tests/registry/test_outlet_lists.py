"""Lists taken into a real database: whole or not at all, again and again, and by whom."""

import asyncio
import csv
import gzip
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cashlane.adapters.clock import system_ids
from cashlane.cli import app
from cashlane.core.place_list import Box, Declared, Line
from cashlane.core.refusals import Refused
from cashlane.home import Databases
from cashlane.registry.lists_told import FAULTS_SHOWN_MOST, box, told
from cashlane.registry.outlet_lists import Handed, OutletLists, Taken
from cashlane.store.connect import connect, open_pool
from cashlane.store.days import open_day
from cashlane.store.network import add_service_state, put_charter, read_network
from cashlane.store.outlets import counts
from cashlane.values.datum import Datum
from cashlane.values.geo import Point
from tests.databases import DAY
from tests.store.street import street

SHANGHAI = Box(120_800_000, 30_600_000, 122_300_000, 31_900_000)
OPENING = datetime(2026, 1, 14, 0, 0, tzinfo=UTC)
ROW = {"name": "江边店", "brand": "新海", "lat": "31.2304", "lng": "121.4737", "hours": "24/7"}
KONBINI = Path(__file__).parents[3] / "shared" / "data" / "konbini-japan-2013.csv.gz"


class At:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.at = OPENING

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def elapsed(self) -> float:
        return 0.0


@pytest.fixture
def take(ways: Databases) -> Callable[..., Taken | Refused]:
    with connect(ways.hub) as hub:
        put_charter(hub, street())
        open_day(hub, DAY, now=OPENING)
    clock = At()

    def take(
        *rows: dict[str, str], agent: str = "harbour-mart", datum: Datum = "wgs84",
        for_real: bool = True, within: Box = SHANGHAI,
    ) -> Taken | Refused:  # fmt: skip
        async def main() -> Taken | Refused:
            pool = await open_pool(ways.hub, size=1)
            try:
                lines = [Line(at, row) for at, row in enumerate(rows, start=2)]
                handed = Handed(
                    "a.csv", repr(rows).encode(), lines, agent, Declared(datum, within), "test"
                )
                lists = OutletLists(pool, clock, system_ids())
                return await lists.take(handed, on=DAY, for_real=for_real)
            finally:
                await pool.close()

        return asyncio.run(main())

    return take


def rows(ways: Databases, question: str) -> Sequence[tuple[object, ...]]:
    with connect(ways.watch) as watch:
        return watch.execute(question).fetchall()


def sums(taken: Taken | Refused) -> tuple[bool, int, int, int]:
    assert isinstance(taken, Taken)
    return taken.done, taken.added, taken.changed, taken.same


def test_new_outlets_are_on_record_and_off(ways: Databases, take: Callable[..., Taken]) -> None:
    assert sums(take(ROW, ROW | {"name": "河边店", "code": "hm-0009", "lat": "31.25"})) == (
        True, 2, 0, 0,
    )  # fmt: skip
    with connect(ways.hub) as hub:
        network = read_network(hub, DAY)
    assert network is not None
    new = [outlet for number, outlet in sorted(network.outlets.items()) if number > 3]
    assert [one.code for one in new] == ["harbour-mart-00001", "hm-0009"]
    assert all(one.suspended for one in new)
    assert network.places[new[0].number] == Point(121_473_700, 31_230_400)
    assert {till.outlet for till in network.tills.values()} >= {one.number for one in new}
    with connect(ways.hub) as hub:
        before = read_network(hub, DAY - timedelta(days=1))
    assert before is not None
    assert {one for one, it in before.outlets.items() if it.suspended} == {it.number for it in new}
    drawers = rows(ways, "SELECT count(*) FROM limits WHERE kind = 1")
    assert drawers == [(5,)]
    with connect(ways.hub) as hub:
        add_service_state(
            hub, outlet=new[0].number, biller=0, since=DAY,
            recorded_at=OPENING + timedelta(hours=1), state="on", reason="certified", actor="test",
        )  # fmt: skip
        hub.commit()
        network = read_network(hub, DAY)
    assert network is not None
    assert not network.outlets[new[0].number].suspended


def test_a_list_handed_in_again_changes_nothing(
    ways: Databases, take: Callable[..., Taken]
) -> None:
    take(ROW)
    assert sums(take(ROW)) == (True, 0, 0, 1)
    assert rows(ways, "SELECT count(*) FROM outlet_details") == [(1,)]
    assert rows(ways, "SELECT added, changed FROM outlet_lists ORDER BY id") == [(1, 0), (0, 0)]


def test_what_a_list_tells_anew_is_put_right_and_dated(
    ways: Databases, take: Callable[..., Taken]
) -> None:
    take(ROW)
    known = ROW | {"code": "harbour-mart-00001", "name": "江边新店", "hours": "Mo-Sa 08:00-20:00"}
    assert sums(take(known)) == (True, 0, 1, 0)
    assert rows(ways, "SELECT name_zh FROM outlets WHERE code = 'harbour-mart-00001'") == [
        ("江边新店",)
    ]
    assert rows(ways, "SELECT hours FROM outlet_details ORDER BY recorded_at") == [
        ("24/7",), ("Mo-Sa 08:00-20:00",),
    ]  # fmt: skip


def test_the_place_is_kept_as_it_was_received(ways: Databases, take: Callable[..., Taken]) -> None:
    take(ROW, datum="gcj02")
    assert rows(ways, "SELECT datum, longitude_e6, latitude_e6 FROM outlet_details") == [
        ("gcj02", 121_473_700, 31_230_400)
    ]
    ((longitude, latitude),) = rows(
        ways, "SELECT longitude, latitude FROM outlets WHERE number > 3"
    )
    assert (longitude, latitude) == (
        pytest.approx(121.4692, abs=2e-4),
        pytest.approx(31.2323, abs=2e-4),
    )


def test_what_a_list_does_not_say_stays_as_it_was_told(
    ways: Databases, take: Callable[..., Taken]
) -> None:
    """Hours, brand, district, address, steps and the English name of a list that has them are not
    blanked by one that has only names and places, which finds the same outlet again."""
    whole = {
        "brand": "新海", "district": "北区", "address": "江边路 1 号", "wheelchair": "yes",
        "name_en": "Riverside", "since": "2020-05-01",
    }  # fmt: skip
    take(ROW | whole)
    bare = {key: ROW[key] for key in ("name", "lat", "lng")}
    assert sums(take(bare)) == (True, 0, 0, 1)
    assert sums(take(bare | {"lat": "31.2305"})) == (True, 0, 1, 0)
    assert rows(
        ways,
        "SELECT name_zh, name_en, b.name->>'zh', district FROM outlets o"
        " JOIN brands b ON b.code = o.brand WHERE o.number > 3",
    ) == [("江边店", "Riverside", "新海", "北区")]
    assert rows(
        ways,
        "SELECT hours, address, step_free, collecting_since::text, latitude_e6"
        " FROM outlet_details ORDER BY recorded_at",
    ) == [
        ("24/7", "江边路 1 号", True, "2020-05-01", latitude)
        for latitude in (31_230_400, 31_230_500)
    ]


def test_lists_of_two_agents_at_once_number_their_outlets_apart(
    ways: Databases, take: Callable[..., Taken]
) -> None:
    async def main() -> list[Taken | Refused]:
        pool = await open_pool(ways.hub, size=2)
        try:
            lists = OutletLists(pool, At(), system_ids())
            handed = [
                Handed(
                    "a.csv", agent.encode(),
                    [
                        Line(at + 2, ROW | {"name": f"{agent} {at}", "lat": f"31.{200 + at}"})
                        for at in range(40)
                    ],
                    agent, Declared("wgs84", SHANGHAI), "test",
                )
                for agent in ("harbour-mart", "post")
            ]  # fmt: skip
            return list(
                await asyncio.gather(*(lists.take(it, on=DAY, for_real=True) for it in handed))
            )
        finally:
            await pool.close()

    assert [sums(taken) for taken in asyncio.run(main())] == [(True, 40, 0, 0)] * 2
    assert rows(ways, "SELECT count(DISTINCT number), count(DISTINCT bucket) > 1 FROM outlets") == [
        (83, True)
    ]
    assert rows(
        ways, "SELECT agent, count(*) FROM outlets WHERE number > 3 GROUP BY agent ORDER BY agent"
    ) == [(1, 40), (2, 40)]


def test_one_fault_and_nothing_is_written(ways: Databases, take: Callable[..., Taken]) -> None:
    taken = take(ROW, ROW | {"name": "", "lat": "31.3"})
    assert isinstance(taken, Taken)
    assert not taken.done
    assert [(fault.line, fault.column) for fault in taken.faults] == [(3, "name")]
    for table in ("outlet_lists", "outlet_details"):
        assert rows(ways, f"SELECT count(*) FROM {table}") == [(0,)]
    assert rows(ways, "SELECT max(number) FROM outlets") == [(3,)]


def test_trying_writes_nothing(ways: Databases, take: Callable[..., Taken]) -> None:
    assert sums(take(ROW, for_real=False)) == (False, 1, 0, 0)
    assert rows(ways, "SELECT max(number) FROM outlets") == [(3,)]


def test_another_agents_code_is_a_fault(take: Callable[..., Taken]) -> None:
    taken = take(ROW | {"code": "post-0001"})
    assert isinstance(taken, Taken)
    assert [fault.found for fault in taken.faults] == ["post-0001"]
    assert not taken.done


def test_an_agent_that_is_not_there(take: Callable[..., Refused]) -> None:
    refused = take(ROW, agent="nobody")
    assert isinstance(refused, Refused)
    assert refused.code == "NOT_FOUND"


def test_two_counts_are_told_apart(ways: Databases, take: Callable[..., Taken]) -> None:
    """On record, enabled, and with a receipt of the last fourteen days."""
    take(ROW)
    with connect(ways.admin) as admin:
        admin.execute(
            "UPDATE limits SET receipts = 4, receipts_day = CASE party WHEN 1 THEN %s ELSE %s END"
            " WHERE kind = 1 AND party IN (1, 2)",
            (DAY - timedelta(days=13), DAY - timedelta(days=14)),
        )

    async def main() -> list[tuple[str, int, int, int]]:
        pool = await open_pool(ways.hub, size=1)
        try:
            found = await counts(pool, on=DAY, since=DAY - timedelta(days=14))
        finally:
            await pool.close()
        return [(it.agent, it.outlets, it.enabled, it.took_cash) for it in found]

    assert asyncio.run(main()) == [("harbour-mart", 2, 1, 0), ("post", 2, 2, 1)]


def test_the_report_says_what_is_wrong_and_what_to_do(take: Callable[..., Taken]) -> None:
    taken = take(*[ROW | {"name": ""} for _ in range(FAULTS_SHOWN_MOST + 3)])
    assert isinstance(taken, Taken)
    lines = list(told(taken, "en"))
    assert lines[0] == "row 2, name: “” must not be empty"
    assert lines[FAULTS_SHOWN_MOST] == "… and 3 more"
    assert lines[-1].startswith("203 cells are wrong; nothing was written.")
    assert next(iter(told(taken, "zh"))) == "第 2 行 name：“”不能为空"


def test_a_list_without_its_system_is_refused_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("name,lat,lng\nA,31,121\n", encoding="utf-8")
    said = CliRunner().invoke(
        app, ["outlets", "import", str(file), "--agent", "post", "--data", str(tmp_path / "data")]
    )
    assert said.exit_code == 1
    assert "Declare the coordinate system" in said.stderr
    assert not (tmp_path / "data").exists()


def test_bounds_are_read() -> None:
    assert box("122,20,154,46.5") == Box(122_000_000, 20_000_000, 154_000_000, 46_500_000)
    for wrong in ("1,2,3", "154,20,122,46", "a,b,c,d"):
        with pytest.raises(ValueError, match=r".*"):
            box(wrong)


@pytest.mark.skipif(not KONBINI.exists(), reason="the list of a country's stores is not there")
def test_a_countrys_stores_are_taken_whole(ways: Databases, take: Callable[..., Taken]) -> None:
    with gzip.open(KONBINI, "rt", encoding="utf-8", newline="") as file:
        stores = list(csv.DictReader(file))
    taken = take(*stores, within=Box(122_000_000, 20_000_000, 154_000_000, 46_000_000))
    assert isinstance(taken, Taken)
    assert (taken.done, taken.added, len(taken.reading.merged)) == (True, 47_475, 1)
    ((outside,),) = rows(
        ways,
        "SELECT count(*) FROM outlets WHERE number > 3 AND NOT (longitude BETWEEN 122 AND 154"
        " AND latitude BETWEEN 20 AND 46)",
    )
    assert outside == 0
