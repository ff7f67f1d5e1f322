"""Other public services at the synthetic city's post counters: made up, and saying so.

They are taken as an operator's lists are, so that whoever tries the city sees what a list does.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from cashlane.adapters.clock import SystemClock, system_ids
from cashlane.core.place_list import Line
from cashlane.home import Home, clock_offset
from cashlane.registry.programme_lists import HandedList, take_placements, take_visits
from cashlane.store.connect import connect
from cashlane.store.programmes import read_placements
from cashlane.world.city import City, CityOutlet

_Row = dict[str, str]
ONE_STOP: _Row = {
    "programme": "one-stop",
    "name": "一网通办",
    "name_en": "one-stop government services",
    "about": "在柜台代办政务服务事项（合成数据）",
    "about_en": "government matters handled at the counter (synthetic)",
}
POLICE: _Row = {
    "programme": "police",
    "name": "警邮",
    "name_en": "police services at the post",
    "about": "在邮政柜台代办公安便民事项（合成数据）",
    "about_en": "police matters handled at a post counter (synthetic)",
}
MONTHS = (date(2021, 11, 1), date(2021, 12, 1))
"""Of these somebody told who came."""
_MINUTES_EACH: Mapping[str, int] = {"one-stop": 8, "police": 12}


def place_programmes(house: Home, city: City, day: date) -> None:
    """Bring the made-up lists into the city's books, once."""
    clock, ids = SystemClock(clock_offset(house)), system_ids()
    with connect(house.databases().hub) as hub:
        if read_placements(hub):
            return
        placed = list(placements(city))
        take_placements(hub, _handed("placements", placed), clock, ids, for_real=True)
        came = list(visits(placed))
        take_visits(hub, _handed("visits", came), clock, ids, on=day, for_real=True)


def placements(city: City) -> Iterator[_Row]:
    """What is where from when: by lot, since nobody has published it."""
    for outlet in city.outlets:
        if outlet.chain == "post":
            lot = _lot(outlet)
            for programme, days in ((ONE_STOP, _one_stop(lot)), (POLICE, _police(lot))):
                if days:
                    yield programme | {"outlet": outlet.code} | days


def _lot(outlet: CityOutlet) -> int:
    return outlet.number * 7_919 % 100


def _one_stop(lot: int) -> _Row:
    """Live at three in ten, planned at one in ten, and late at a few."""
    if lot < 30:
        return {"live": date(2021, 1 + lot % 9, 1).isoformat()}
    if lot < 42:
        return {"planned": "2022-03-01" if lot < 40 else "2021-12-01"}
    return {}


def _police(lot: int) -> _Row:
    """Live at one in ten, and ended at one in a hundred."""
    if lot % 10 != 3:
        return {}
    return {"live": "2021-10-15"} | ({"ended": "2022-01-01"} if lot == 93 else {})


def visits(placed: Sequence[_Row]) -> Iterator[_Row]:
    """Who came, where a programme was there for the whole of a month."""
    for at, row in enumerate(placed):
        for month in MONTHS:
            if row.get("live", "9999") <= month.isoformat():
                people = 20 + (at * 37 + month.month) % 60
                yield {
                    "month": f"{month:%Y-%m}", "outlet": row["outlet"],
                    "programme": row["programme"], "visits": str(people),
                    "minutes": str(people * _MINUTES_EACH[row["programme"]]),
                }  # fmt: skip


def _handed(name: str, rows: Sequence[_Row]) -> HandedList:
    columns = dict.fromkeys(column for row in rows for column in row)
    whole = [{column: row.get(column, "") for column in columns} for row in rows]
    lines = [Line(at, row) for at, row in enumerate(whole, start=2)]
    content = msgspec.json.encode(whole)
    return HandedList(f"synthetic city {name}", content, lines, True, "trial")
