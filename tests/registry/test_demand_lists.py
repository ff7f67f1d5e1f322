"""Lists of where people live, taken into a real database: the latest is in force."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.cli import app
from cashlane.core.demand import AGE_BANDS
from cashlane.core.place_list import EARTH, Declared, Line
from cashlane.home import Databases
from cashlane.registry.demand_lists import HandedDemand, TakenDemand, take_demand
from cashlane.registry.lists_told import demand_told
from cashlane.store.connect import connect, open_pool
from cashlane.store.demand import Demand, lists_taken, read_demand

HOME = dict.fromkeys(AGE_BANDS, "") | {"name": "江边", "lat": "31.2304", "lng": "121.4737"}


def take(
    ways: Databases, *rows: dict[str, str], for_real: bool = True, synthetic: bool = False
) -> TakenDemand:
    handed = HandedDemand(
        "people.csv", repr(rows).encode(), [Line(at, row) for at, row in enumerate(rows, 2)],
        None, Declared("wgs84", EARTH), synthetic, "test",
    )  # fmt: skip
    with connect(ways.hub) as hub:
        return take_demand(hub, handed, SystemClock(timedelta(0)), system_ids(), for_real=for_real)


def in_force(ways: Databases, known: Demand | None = None) -> Demand:
    async def main() -> Demand:
        pool = await open_pool(ways.watch, size=1)
        try:
            return await read_demand(pool, known)
        finally:
            await pool.close()

    return asyncio.run(main())


def test_nobody_lives_anywhere_before_the_first_list(ways: Databases) -> None:
    assert in_force(ways) == Demand(None, ())


def test_the_latest_list_is_in_force_whole(ways: Databases) -> None:
    assert take(ways, HOME | {"65-69": "12"}, synthetic=True).done
    first = in_force(ways)
    assert first.row is not None
    assert (first.row.points, first.row.synthetic, first.places[0].people[14]) == (1, True, 12)
    assert take(ways, HOME | {"65-69": "13"}, HOME | {"name": "河东"}).done
    second = in_force(ways, first)
    assert [one.name.zh for one in second.places] == ["江边", "河东"]
    assert second.places[0].people[14] == 13
    assert in_force(ways, second) is second, "what is known is not read again"
    with connect(ways.watch) as watch:
        assert [one.points for one in lists_taken(watch, most=9)] == [2, 1]


def test_a_list_in_force_is_not_taken_again_and_trying_writes_nothing(ways: Databases) -> None:
    assert not take(ways, HOME, for_real=False).done
    assert take(ways, HOME).done
    again = take(ways, HOME)
    assert not again.done
    assert "in force already" in list(demand_told(again, "en"))[-1]
    with connect(ways.watch) as watch:
        (row,) = lists_taken(watch, most=9)
    assert row.received_at <= datetime.now(UTC)


def test_one_fault_and_nothing_is_written(ways: Databases) -> None:
    taken = take(ways, HOME, HOME | {"lat": "north"})
    assert not taken.done
    assert in_force(ways) == Demand(None, ())
    said = list(demand_told(taken, "zh"))
    assert said[0].startswith("第 3 行 lat")


def test_a_list_without_its_system_is_refused_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,lat,lng\nA,31,121\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["demand", "import", str(file), "--data", str(tmp_path / "d")])
    assert said.exit_code == 1
    assert "Declare the coordinate system" in said.stderr
