"""A real PostgreSQL for tests: one cluster a session and binaries, a fresh database a test."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from psycopg import conninfo, sql

from cashlane.engine import binaries
from cashlane.engine.cluster import Cluster
from cashlane.home import Databases, databases, prepare_database
from cashlane.store.connect import connect
from cashlane.store.schema import ROLES

FIRST_MONTH = date(2026, 1, 1)
DAY = date(2026, 1, 14)
TEMPLATE = "cashlane_template"


class Server:
    """A running cluster with a migrated template database."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.passwords = {role: secrets.token_hex(16) for role in ROLES}
        self.admin = cluster.dsn("postgres", "postgres", cluster.folder.secret("postgres"))
        prepare_database(self.ways(TEMPLATE), self.passwords, FIRST_MONTH)

    def ways(self, name: str) -> Databases:
        """Every role's way to a database of this server."""
        return databases(conninfo.make_conninfo(self.admin, dbname=name), self.passwords)

    @contextmanager
    def database(self) -> Iterator[Databases]:
        """A fresh copy of the template, dropped afterwards."""
        name = f"t_{secrets.token_hex(6)}"
        with connect(self.admin, autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER cashlane_owner").format(
                    sql.Identifier(name), sql.Identifier(TEMPLATE)
                )
            )
        try:
            yield self.ways(name)
        finally:
            with connect(self.admin, autocommit=True) as admin:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def running_server(folder: Path, setting: str | None) -> Iterator[Server]:
    """A cluster in a folder, of the wheel's binaries or of those in the named folder."""
    cluster = Cluster.at(folder, binaries.find(setting))
    cluster.start()
    try:
        yield Server(cluster)
    finally:
        cluster.stop()
