"""Checking receipts by their codes, one at a time, as citizens do on the page for everybody."""

from random import Random

from bench.arrivals import Answered, arrive
from bench.ground import Ground
from bench.holds import get
from cashlane.core.receipt import ReceiptKey, make_code
from cashlane.store.connect import connect

PER_S = 50
CHECKS = 1_000
"""Papers of any day of the books that are checked: enough for a p99."""
LINES = 20
SHOWN = 200
"""The paper is true, and its payment was found."""


def checked(ground: Ground) -> list[Answered]:
    """The answers about papers of every age."""
    requests = [get(f"/check/{code}", None) for code in _codes(ground)]
    with ground.api() as address:
        return arrive(address, requests, per_s=PER_S, lines=LINES, then=None).answered


def _codes(ground: Ground) -> list[str]:
    """Codes of receipts of every age, from pages all over the table."""
    key = ReceiptKey(1, ground.house.secret("receipt-1").encode())
    pages = ground.count(
        "SELECT coalesce(sum(relpages), 0) FROM pg_class"
        " WHERE oid IN (SELECT relid FROM pg_partition_tree('payments')) AND relkind = 'r'"
    )
    share = min(100.0, 100.0 * CHECKS / max(1, pages))
    with connect(ground.database) as books:
        rows = books.execute(
            "SELECT outlet, business_date, receipt FROM payments"
            f" TABLESAMPLE SYSTEM ({share}) REPEATABLE (1) ORDER BY id".encode()
        ).fetchall()
    return [
        make_code(key, outlet=outlet, business_date=day, number=number)
        for outlet, day, number in Random("papers").sample(rows, min(CHECKS, len(rows)))
    ]
