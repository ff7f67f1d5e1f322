"""The schema comes up on a real server, is what the code expects, and can be brought up again."""

from datetime import date

from cashlane.main import Databases, prepare_database
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


def test_months_cross_the_year() -> None:
    assert schema.months(date(2026, 11, 30), 3) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]
