"""Alive, ready, and how the ways are: three questions that must not be mixed up."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from psycopg import conninfo

from cashlane.api import health
from cashlane.api.health import QUEUE_AGE_MOST_S, Health
from cashlane.core.record import ErrandKind
from cashlane.home import Databases
from cashlane.store.connect import connect, open_pool
from cashlane.store.errands import Errands
from cashlane.store.readiness import Readiness
from cashlane.store.schema import expected_revision
from tests.store.books import DAY_ONE, OPENING, Wall
from tests.street.running import Street, run


def _reasons(ways: Databases, dsn: str, revision: str) -> list[str]:
    async def main() -> list[str]:
        pool = await open_pool(dsn, size=2)
        try:
            asked = Health(Readiness(pool), Errands(pool), Wall(OPENING), revision=revision)
            return [code for code, _ in await asked.reasons()]
        finally:
            await pool.close()

    return asyncio.run(main())


def _plant(ways: Databases, kind: ErrandKind, *, due_for_s: int) -> None:
    with connect(ways.hub) as hub:
        hub.execute(
            "INSERT INTO errands (bucket, kind, count, payment_date, id, payment, due_at, subject)"
            " VALUES (1, %s, 0, %s, %s, %s, %s, '')",
            (int(kind), DAY_ONE, uuid4(), uuid4(), OPENING - timedelta(seconds=due_for_s)),
        )


def test_a_database_at_the_right_schema_is_ready(ways: Databases) -> None:
    assert _reasons(ways, ways.hub, expected_revision()) == []


def test_another_schema_is_not_ready(ways: Databases) -> None:
    assert _reasons(ways, ways.hub, "9999") == ["MIGRATIONS"]


def test_marks_that_nobody_carries_are_not_ready(ways: Databases) -> None:
    _plant(ways, ErrandKind.CLAIM_PAID, due_for_s=QUEUE_AGE_MOST_S)
    assert _reasons(ways, ways.hub, expected_revision()) == []
    _plant(ways, ErrandKind.CLAIM_FREE, due_for_s=QUEUE_AGE_MOST_S + 1)
    assert _reasons(ways, ways.hub, expected_revision()) == ["QUEUE"]


def test_what_waits_for_a_silent_route_never_makes_a_process_unready(ways: Databases) -> None:
    for kind in (ErrandKind.SEND, ErrandKind.ENQUIRE, ErrandKind.VOID, ErrandKind.CASE):
        _plant(ways, kind, due_for_s=86_400)
    assert _reasons(ways, ways.hub, expected_revision()) == []


def test_a_database_that_is_away_is_not_ready(ways: Databases, monkeypatch) -> None:
    monkeypatch.setattr(health, "ANSWER_MOST_S", 0.5)
    nowhere = conninfo.make_conninfo(ways.hub, host="127.0.0.1", port="9")
    assert _reasons(ways, nowhere, expected_revision()) == ["DATABASE"]


def test_a_running_network_tells_all_three(street: Street) -> None:
    """Also while a biller is cut off."""

    async def main(http):
        control = street.parties["east-water"] + "/control"
        order = {"behaviour": "down", "share_ppm": 1_000_000, "seed": 1}
        async with http.post(control, json=order) as ordered:
            assert ordered.status == 200
        till = street.till(http)
        till.key = "none is needed"
        assert (await till.ask("GET", "/livez")).json == {"status": "alive"}
        ready = await till.ask("GET", "/readyz")
        assert (ready.status, ready.json) == (200, {"ready": True, "reasons": []})
        told = (await till.ask("GET", "/status")).json
        assert [way["code"] for way in told["routes"]] == [
            "aggregator-a", "bank-b", "island-files", "post-line"
        ]  # fmt: skip
        async with http.delete(control):
            pass

    run(main)
