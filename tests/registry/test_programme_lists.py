"""Lists of programmes taken into a real database: whole or not at all, told anew without losing
what was told, and read into the network's picture."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from typer.testing import CliRunner, Result

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.cli import app
from cashlane.core.place_list import Line
from cashlane.core.programme import Attendance, Book, Placement
from cashlane.home import Databases, Home, home, prepare_database, settings
from cashlane.registry.lists_told import placements_told, visits_told
from cashlane.registry.programme_lists import (
    HandedList,
    TakenPlacements,
    TakenVisits,
    take_placements,
    take_visits,
)
from cashlane.store.connect import connect, open_pool
from cashlane.store.days import open_day
from cashlane.store.network import put_charter, read_mark, read_network
from cashlane.store.programmes import ProgrammeRows, lists_taken
from cashlane.store.schema import ROLES
from tests.databases import DAY, FIRST_MONTH
from tests.store.street import street

CLOCK, IDS = SystemClock(timedelta(0)), system_ids()
NAMED = {"name": "一网通办", "name_en": "One-stop", "about": "政务", "about_en": "government"}
ROW = {"outlet": "post-0001", "programme": "one-stop", "planned": "", "live": "2025-07-01",
       "ended": ""} | NAMED  # fmt: skip
CAME = {"month": "2025-12", "outlet": "post-0001", "programme": "one-stop", "visits": "30",
        "minutes": "240"}  # fmt: skip


@pytest.fixture
def books(ways: Databases) -> Databases:
    with connect(ways.hub) as hub:
        put_charter(hub, street())
        open_day(hub, DAY, now=datetime(2026, 1, 14, tzinfo=UTC))
    return ways


def _handed(rows: Sequence[dict[str, str]], *, synthetic: bool = False) -> HandedList:
    lines = [Line(at, row) for at, row in enumerate(rows, start=2)]
    return HandedList("list.csv", repr(rows).encode(), lines, synthetic, "test")


def place(ways: Databases, *rows: dict[str, str], for_real: bool = True) -> TakenPlacements:
    with connect(ways.hub) as hub:
        return take_placements(hub, _handed(rows), CLOCK, IDS, for_real=for_real)


def count(ways: Databases, *rows: dict[str, str], for_real: bool = True) -> TakenVisits:
    with connect(ways.hub) as hub:
        return take_visits(hub, _handed(rows), CLOCK, IDS, on=DAY, for_real=for_real)


def book(ways: Databases) -> Book:
    async def main() -> Book:
        pool = await open_pool(ways.watch, size=1)
        try:
            return await ProgrammeRows(pool).book()
        finally:
            await pool.close()

    return asyncio.run(main())


def rows_of(ways: Databases, table: str) -> int:
    with connect(ways.watch) as watch:
        ((found,),) = watch.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(found)


def test_the_latest_telling_counts_and_those_before_it_are_kept(books: Databases) -> None:
    assert place(
        books, ROW, ROW | {"outlet": "post-0002", "live": "", "planned": "2026-03-01"}
    ).done
    assert book(books).placements == (
        Placement(1, "one-stop", None, date(2025, 7, 1), None),
        Placement(2, "one-stop", date(2026, 3, 1), None, None),
    )
    again = place(books, ROW, ROW | {"outlet": "post-0002", "live": "2026-01-10"})
    assert (again.done, again.fresh, again.reading.named) == (True, 1, ())
    assert book(books).placements[1] == Placement(2, "one-stop", None, date(2026, 1, 10), None)
    assert rows_of(books, "programme_placements") == 3
    assert place(books, ROW | {"name": "一网通"}).fresh == 0
    assert book(books).programmes["one-stop"].name.zh == "一网通"
    assert rows_of(books, "programmes") == 2
    with connect(books.watch) as watch:
        taken = lists_taken(watch, most=9)
    assert [(one.kind, one.lines, one.told) for one in taken] == [
        ("placements", 1, 0), ("placements", 2, 1), ("placements", 2, 2),
    ]  # fmt: skip


def test_a_month_told_again_replaces_and_keeps(books: Databases) -> None:
    place(books, ROW)
    november = CAME | {"month": "2025-11", "visits": "5", "minutes": "50"}
    assert count(books, CAME, november).done
    assert book(books).attendances == (Attendance(1, "one-stop", date(2025, 12, 1), 30, 240),)
    again = count(books, CAME | {"visits": "31"}, november)
    assert (again.done, again.fresh) == (True, 1)
    assert book(books).attendances == (Attendance(1, "one-stop", date(2025, 12, 1), 31, 240),)
    assert rows_of(books, "programme_visits") == 3
    assert (
        "1 of 2 rows say something new: 36 visits and 290 minutes"
        in list(visits_told(again, "en"))[-1]
    )


def test_one_fault_and_nothing_is_written(books: Databases) -> None:
    taken = place(books, ROW, ROW | {"outlet": "hm-0009"})
    assert not taken.done
    said = list(placements_told(taken, "zh"))
    assert said[0] == "第 3 行 outlet：“hm-0009”没有这个网点"
    assert said[-1].endswith("改好后再交。")
    place(books, ROW)
    assert not count(books, CAME, CAME | {"month": "2026-01"}).done
    assert rows_of(books, "programme_visits") == 0
    assert rows_of(books, "programme_lists") == 1


def test_trying_writes_nothing(books: Databases) -> None:
    tried = place(books, ROW, for_real=False)
    assert (tried.done, tried.fresh) == (False, 1)
    assert list(placements_told(tried, "en"))[-1].startswith("would be written: 1 of 1 rows")
    assert book(books) == Book({}, (), (), synthetic=False)
    place(books, ROW)
    assert not count(books, CAME, for_real=False).done
    assert rows_of(books, "programme_visits") == 0


def test_what_is_told_cannot_be_changed(books: Databases) -> None:
    place(books, ROW)
    count(books, CAME)
    with connect(books.hub) as hub:
        for act in (
            "UPDATE programme_placements SET live = NULL",
            "DELETE FROM programme_visits",
            "UPDATE programmes SET name_zh = ''",
            "DELETE FROM programme_lists",
        ):
            with pytest.raises(Exception, match="permission denied"):
                hub.execute(act)
            hub.rollback()
    with connect(books.party) as party, pytest.raises(Exception, match="permission denied"):
        party.execute("SELECT * FROM programme_visits")


def test_the_picture_holds_what_is_there_or_will_be(books: Databases) -> None:
    """What is only planned, or over, is not in it; and a list changes its mark."""

    async def mark() -> str:
        pool = await open_pool(books.hub, size=1)
        try:
            return await read_mark(pool)
        finally:
            await pool.close()

    before = asyncio.run(mark())
    place(
        books, ROW,
        ROW | {"outlet": "post-0002", "live": "2026-02-01"},
        ROW | {"outlet": "hm-0001", "live": "", "planned": "2026-02-01"},
        ROW | {"programme": "police", "ended": "2026-01-14"},
    )  # fmt: skip
    assert asyncio.run(mark()) != before
    with connect(books.hub) as hub:
        network = read_network(hub, DAY)
    assert network is not None
    assert sorted(network.placements) == [1, 2]
    assert network.live_programmes(1, DAY) == ("one-stop",)
    assert network.live_programmes(2, DAY) == ()
    assert network.live_programmes(2, date(2026, 2, 1)) == ("one-stop",)
    assert sorted(network.programmes) == ["one-stop", "police"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Home]:
    """A data folder of its own with the small network in its books."""
    house = home(settings(tmp_path / "data"))
    house.cluster.start()
    passwords = {role: house.secret(role) for role in ROLES}
    prepare_database(house.databases(), passwords, FIRST_MONTH)
    with connect(house.databases().hub) as hub:
        put_charter(hub, street())
        open_day(hub, DAY, now=datetime(2026, 1, 14, tzinfo=UTC))
    yield house
    house.cluster.stop()


def run(house: Home, *words: object) -> Result:
    at = ["--data", str(house.settings.data)]
    return CliRunner().invoke(app, ["programmes", *map(str, words), *at])


def test_lists_come_in_by_the_command(house: Home, tmp_path: Path) -> None:
    """A sheet of Excel and a CSV of its visits, then what they come to."""
    sheet, visits = tmp_path / "placed.xlsx", tmp_path / "came.csv"
    with xlsxwriter.Workbook(sheet) as book_:
        page = book_.add_worksheet()
        page.write_row(0, 0, list(ROW))
        page.write_row(1, 0, list(ROW.values()))
        page.write_datetime(
            1, list(ROW).index("live"), datetime(2025, 7, 1),  # noqa: DTZ001 - a sheet's own day
            book_.add_format({"num_format": "yyyy-mm-dd"}),
        )  # fmt: skip
    visits.write_text(
        "月份,网点编号,业务编号,人次,分钟\n2025-12,post-0001,one-stop,30,240\n", encoding="gb18030"
    )
    tried = run(house, "import", sheet, "--try")
    assert tried.output.startswith("would be written: 1 of 1 rows say something new"), tried.output
    assert run(house, "import", sheet).output.startswith("written: 1 of 1 rows")
    assert "30 visits and 240 minutes" in run(house, "visits", visits, "--synthetic").output
    counted = run(house, "counts").output
    assert "one-stop the post" in counted
    assert counted.split()[-5:] == ["0", "1", "0", "30", "240"]
    assert "visits  came.csv  synthetic 1: +1  by command" in run(house, "lists").output
    assert book(house.databases()).synthetic
    wrong = run(house, "visits", sheet)
    assert wrong.exit_code == 1
    assert "row 1, month: “” the list has no such column" in wrong.output
