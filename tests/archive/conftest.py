"""A small year of settled months, written once; each test spoils a copy of its own."""

import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from psycopg import conninfo, sql

from cashlane.audit.archive import Desk, put_away
from cashlane.audit.findings import Report
from cashlane.audit.verify import verify
from cashlane.home import Databases
from cashlane.store.audit import reading
from cashlane.store.connect import connect
from tests.archive.year import write_months
from tests.databases import Server

MONTHS, EACH = 12, 24
NOW = datetime(2026, 12, 28, tzinfo=UTC)


class Year:
    """A year's books, the folder of their archive, and who was told which step."""

    def __init__(self, ways: Databases, folder: Path) -> None:
        self.ways, self.folder = ways, folder
        self.steps: list[str] = []

    def desk(self, *, die_at: str = "") -> Desk:
        """What months are put away with; dies at a step as a power cut would have it."""

        def step(label: str, _: date) -> None:
            self.steps.append(label)
            if label == die_at:
                raise KilledError(label)

        return Desk(
            self.ways.watch, self.ways.owner, self.folder, "1.0", lambda: NOW,
            lambda: self.audit().clean, step,
        )  # fmt: skip

    def put_away(self, month: date) -> None:
        outcome = put_away(self.desk(), month)
        assert outcome.done, outcome.words.en

    def audit(self) -> Report:
        with reading(self.ways.watch, self.folder) as books:
            return verify(books)

    def found(self) -> set[str]:
        return {finding.code for finding in self.audit().findings}

    def change(self, statement: str, *values: object) -> None:
        """Write past every rule, as the superuser."""
        with connect(self.ways.admin) as admin:
            assert admin.execute(statement, values).rowcount != 0, "nothing was changed"
            admin.commit()


class KilledError(BaseException):
    """The program is gone: nothing of it may clean up behind itself."""


@pytest.fixture(scope="module")
def written(server: Server) -> Iterator[str]:
    with server.database() as ways:
        write_months(ways, MONTHS, each=EACH)
        yield str(conninfo.conninfo_to_dict(ways.admin)["dbname"])


@pytest.fixture
def year(server: Server, written: str, tmp_path: Path) -> Iterator[Year]:
    name = f"y_{secrets.token_hex(6)}"
    to, of = sql.Identifier(name), sql.Identifier(written)
    with connect(server.admin, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER cashlane_owner").format(to, of))
    try:
        yield Year(server.ways(name), tmp_path / "archive")
    finally:
        with connect(server.admin, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(to))
