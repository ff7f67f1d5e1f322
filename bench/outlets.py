"""Outlets: a country's list taken whole, and the nearest counter asked for over the API.

The list is a real one of 47,475 stores that lies beside a checkout and is no part of it; where it
is not there, its figures are not measured.
"""

import asyncio
import gzip
import time
from pathlib import Path
from random import Random

from bench.arrivals import arrive, milliseconds
from bench.ground import Ground
from bench.holds import get
from bench.results import Book, Figure
from cashlane.adapters.lists.reading import read_rows
from cashlane.core.place_list import Box, Declared
from cashlane.main import outlet_lists
from cashlane.registry.outlet_lists import Handed, Taken
from cashlane.store.connect import connect

LIST = Path(__file__).parents[2] / "shared" / "data" / "konbini-japan-2013.csv.gz"
STORES, AGENT = 47_475, "chain-a"
COUNTRY = Box(122_000_000, 20_000_000, 154_000_000, 46_000_000)
IMPORT_MOST_S, NEAREST_MOST_MS = 30, 5
PER_S, ASKED, LINES = 200, 4_000, 20
SHOWN = 200


def take_list(on: Ground) -> tuple[Taken, float]:
    """The whole list into the books of a city, and the seconds from its bytes to its COMMIT."""
    content = gzip.decompress(LIST.read_bytes())
    begun = time.monotonic()

    async def taken() -> Taken:
        handed = Handed(
            LIST.stem, content, read_rows(LIST.stem, content), AGENT, Declared("wgs84", COUNTRY),
            "bench",
        )  # fmt: skip
        async with outlet_lists(on.house) as (lists, day):
            found = await lists.take(handed, on=day, for_real=True)
        assert isinstance(found, Taken)
        return found

    return asyncio.run(taken()), time.monotonic() - begun


def import_47475(on: Ground, book: Book) -> Figure:
    """A country's stores into the books, and none of them outside the country."""
    taken, seconds = take_list(on)
    outside = on.count(
        "SELECT count(*) FROM outlets JOIN outlet_details ON outlet = number WHERE NOT"
        " (longitude BETWEEN 122 AND 154 AND latitude BETWEEN 20 AND 46)"
    )
    return book.alone(
        "import_47475", seconds, "s", bar="<= 30 s, 0 outside the country",
        holds=taken.done and taken.added == STORES and not outside and seconds <= IMPORT_MOST_S,
        also={"missing": STORES - taken.added, "merged": len(taken.reading.merged),
              "outside": outside},
    )  # fmt: skip


def nearest_outlet(on: Ground, book: Book) -> Figure:
    """The three nearest of a country's stores, from places all over it, at a steady rate."""
    take_list(on)
    with connect(on.database) as books:
        # As if each had been switched on: what takes no cash is not answered.
        books.execute(
            "INSERT INTO service_states SELECT outlet, biller, since, now(), 'on', 'bench', 'bench'"
            " FROM service_states WHERE state = 'off' AND actor = 'bench'"
        )
        homes = books.execute(
            "SELECT longitude, latitude FROM outlets JOIN outlet_details ON outlet = number"
        ).fetchall()
    key, chance = on.keys[AGENT], Random("walkers")
    requests = [get(_path(*chance.choice(homes), chance), key) for _ in range(ASKED)]
    with on.api() as address:
        answers = arrive(address, requests, per_s=PER_S, lines=LINES, then=None).answered
    wrong = sum(one.status != SHOWN for one in answers)
    p99 = milliseconds(answers, 99)
    return book.alone(
        "nearest_outlet", p99, "ms", bar="p99 <= 5 ms", holds=p99 <= NEAREST_MOST_MS and not wrong,
        also={"p50_ms": milliseconds(answers, 50), "asked": ASKED, "wrong": wrong, "per_s": PER_S},
    )  # fmt: skip


def _path(longitude: float, latitude: float, chance: Random) -> str:
    """From somewhere within a walk of a store."""
    x, y = longitude + chance.uniform(-0.02, 0.02), latitude + chance.uniform(-0.02, 0.02)
    return f"/v1/nearest?longitude={x:.6f}&latitude={y:.6f}&system=wgs84"


FIGURES = {"import_47475": import_47475, "nearest_outlet": nearest_outlet}
