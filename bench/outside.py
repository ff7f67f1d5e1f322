"""Who stands outside while the whole street is measured: one partner for a route and every desk."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from bench.ground import Ground, wait_for
from cashlane.core.network import Way
from cashlane.main import network_of
from cashlane.store.connect import connect
from cashlane.store.network import set_endpoints
from cashlane.trial.station import HOST, free_port

ROUTE, CODE = 1, "aggregator-a"
"""The route that the partner runs."""
LIVE = (1, 2, 3, 4, 5)
"""Billers that are asked live; the bills of the sixth come by file."""


@contextmanager
def partner(ground: Ground) -> Iterator[None]:
    """A partner in a process of its own, known to the books as the route and as every desk."""
    port = free_port()
    address = f"http://{HOST}:{port}"
    billers = network_of(ground.house).billers
    with connect(ground.database) as books:
        set_endpoints(books, {CODE: address}, {billers[one].code: address for one in LIVE})
        books.execute(
            "UPDATE routes SET body = jsonb_set(body, '{manifest,per_second}', '1000000')"
            " WHERE code = %s", (CODE,),
        )  # fmt: skip
    open_wide(ground)
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.partner", str(port)],
        stdin=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(ground.house.secret(f"route-{CODE}") + "\n")
    process.stdin.close()
    try:
        wait_for(f"{address}/livez")
        yield
    finally:
        process.terminate()
        process.wait(10)


def only_way(ground: Ground) -> None:
    """Have every live biller's payments carried by the partner's route: nobody stands behind the
    others here."""
    way = msgspec.json.encode([Way(ROUTE, "certified", warm_ppm=0, fee=0)]).decode()
    with connect(ground.database) as books:
        books.execute(
            "UPDATE contracts SET body = jsonb_set(body, '{ways}', %s::jsonb)"
            " WHERE biller = ANY (%s)", (way, list(LIVE)),
        )  # fmt: skip


def open_wide(ground: Ground) -> None:
    """Let every biller's desk be asked as often as the network can: a desk's own bound is not what
    is measured."""
    with connect(ground.database) as books:
        books.execute(
            "UPDATE billers SET body = jsonb_set(body, '{inquiries_per_minute}', '6000000')"
        )
