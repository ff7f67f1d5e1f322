"""The schema comes up on a real server, is what the code expects, and can be brought up again."""

import secrets
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
from psycopg import sql

from cashlane.home import Databases, prepare_database
from cashlane.store import schema
from cashlane.store.connect import connect
from tests.databases import FIRST_MONTH, Server


def test_migrated_database_is_at_the_expected_revision(ways: Databases) -> None:
    assert schema.applied_revision(ways.admin) == schema.expected_revision()


def test_preparing_twice_changes_nothing(server: Server, ways: Databases) -> None:
    with connect(ways.admin) as admin:
        before = schema.partitions(admin)
    prepare_database(ways, server.passwords, FIRST_MONTH)
    with connect(ways.admin) as admin:
        assert schema.partitions(admin) == before
    assert "payments_2026_04" in before


@pytest.fixture
def before_postings(server: Server) -> Iterator[Databases]:
    """A database as it was when each line of the ledger was a row: one month in the books, one
    detached from them."""
    ways = server.ways(f"t_{secrets.token_hex(6)}")
    make = sql.SQL("CREATE DATABASE {} OWNER cashlane_owner")
    drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
    name = sql.Identifier(ways.admin.rsplit("dbname=", 1)[1].split()[0])
    with connect(server.admin, autocommit=True) as admin:
        admin.execute(make.format(name))
    schema.migrate(ways.owner, "0004")
    with connect(ways.owner) as owner:
        for month, after in (("2025_12", "2026-01-01"), ("2026_01", "2026-02-01")):
            owner.execute(
                f"CREATE TABLE entries_{month} PARTITION OF entries"
                f" FOR VALUES FROM ('{month.replace('_', '-')}-01') TO ('{after}')"
            )
    yield ways
    with connect(server.admin, autocommit=True) as admin:
        admin.execute(drop.format(name))


LINES = "SELECT * FROM {} ORDER BY bucket, business_date, payment, line"


def test_lines_of_before_become_postings_and_read_the_same(before_postings: Databases) -> None:
    """A thousand postings of two to five lines, in the books and beside them."""
    ways = before_postings
    with connect(ways.admin) as admin:
        for day in ("2025-12-30", "2026-01-14"):
            for each in range(500):
                lines, kind = 2 + each % 4, 1 + each % 7
                amounts = [100 + place for place in range(lines - 1)]
                payment = uuid4()
                for place, amount in enumerate([*amounts, -sum(amounts)]):
                    admin.execute(
                        "INSERT INTO entries VALUES (%s, %s, %s, %s, %s, %s, 11, %s, 1)",
                        (each % 64, kind * 16 + place, day, payment, amount, place, 1 + place),
                    )
        admin.execute("ALTER TABLE entries DETACH PARTITION entries_2025_12")
        before = {table: admin.execute(LINES.format(table)).fetchall()
                  for table in ("entries", "entries_2025_12")}  # fmt: skip
        admin.commit()
    assert schema.migrate(ways.owner) == schema.expected_revision()
    with connect(ways.admin) as admin:
        after = {table: admin.execute(LINES.format(table)).fetchall() for table in before}
        assert schema.partitions(admin) == ["postings_2026_01"]
    assert after == before
    assert [len(found) for found in after.values()] == [1_750, 1_750]


def test_months_cross_the_year() -> None:
    assert schema.months(date(2026, 11, 30), 3) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]
