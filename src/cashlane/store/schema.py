"""Bringing a database to the schema this code expects, and its months ahead of need.

Migrations are plain SQL run by Alembic as the owner; nothing else in the system may alter tables.
"""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import Connection, sql
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool, StaticPool

from cashlane.store.connect import connect

HUB = "cashlane_hub"
ROLES = (HUB, "cashlane_party", "cashlane_watch")
PARTITIONED = ("payments", "facts", "postings")
MONTHS_AHEAD = 3
_MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def expected_revision() -> str:
    """The revision that this code was written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "there is at least one migration"
    return head


def applied_revision(dsn: str) -> str | None:
    """The revision the database is at; None where it was never migrated."""
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: connect(dsn), poolclass=NullPool
    )
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(dsn: str, revision: str = "head") -> str:
    """Bring the schema to a revision (by default to what this code expects) as the owner whose
    `dsn` this is; say where it is.

    Locks are waited for only briefly: a migration that cannot get one gives up and changes
    nothing, so that the counters go on.
    """
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: connect(dsn), poolclass=StaticPool
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("SET lock_timeout = '5s'")
        connection.exec_driver_sql("SET statement_timeout = '10min'")
        connection.commit()
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
    engine.dispose()
    return applied_revision(dsn) or ""


HUB_PLANS = {
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "plan_cache_mode": "force_generic_plan",
}
"""How the database plans what the hub asks. Its statements find a few rows by their keys: each is
looked up, and no table is read through only because it was small, or empty, when somebody counted
it last - the errands are, every night, and there are thousands in the morning. One plan serves
whatever the batch, so it is made once."""


def ensure_roles(admin: Connection, passwords: dict[str, str]) -> None:
    """Make the roles that do not exist yet and set their passwords; needs CREATEROLE."""
    for role in ROLES:
        found = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        verb = sql.SQL("ALTER" if found else "CREATE")
        admin.execute(
            sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}").format(
                verb, sql.Identifier(role), sql.Literal(passwords[role])
            )
        )
    for name, value in HUB_PLANS.items():
        admin.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                sql.Identifier(HUB), sql.Identifier(name), sql.Literal(value)
            )
        )


def months(first: date, count: int) -> list[date]:
    """The first days of `count` months from the one that holds `first`."""
    start = first.year * 12 + first.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(start, start + count)]


def ensure_partitions(owner: Connection, first: date) -> Sequence[str]:
    """Create the months from `first` to MONTHS_AHEAD beyond it; answer the names made now.

    A partition has row level security of its own and no grants: it is reached by its parent only.
    """
    made = []
    for start in months(first, MONTHS_AHEAD + 1):
        after = months(start, 2)[1]
        for table in PARTITIONED:
            name = f"{table}_{start:%Y_%m}"
            if owner.execute("SELECT to_regclass(%s)", (name,)).fetchone() == (None,):
                _create_partition(owner, table, name, start, after)
                made.append(name)
    return made


def _create_partition(owner: Connection, table: str, name: str, start: date, after: date) -> None:
    with owner.transaction():
        owner.execute(
            sql.SQL("CREATE TABLE {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})").format(
                sql.Identifier(name),
                sql.Identifier(table),
                sql.Literal(start.isoformat()),
                sql.Literal(after.isoformat()),
            )
        )
        for clause in (*_PROTECTED, *([_ROOMY] if table == "payments" else [])):
            owner.execute(
                sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(name), sql.SQL(clause))
            )


_PROTECTED = ("ENABLE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY")
_ROOMY = "SET (fillfactor = 70)"
"""A payment's row takes two steps within seconds; where its page has room for them, none of its
indexes has to hear of it."""


def partitions(reader: Connection) -> list[str]:
    """The names of the partitions that exist, sorted."""
    rows = reader.execute(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE c.relkind = 'r'"
    ).fetchall()
    return sorted(name for (name,) in rows if re.search(r"_[0-9]{4}_[0-9]{2}$", name))
