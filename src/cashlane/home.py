"""A data folder: its settings, its secrets, the ways to its database, and whether it is fit."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from msgspec import Struct
from psycopg import conninfo, sql

from cashlane.core.public_holidays import told_until
from cashlane.engine import binaries, doctor
from cashlane.engine.cluster import Cluster
from cashlane.store import schema
from cashlane.store.connect import connect
from cashlane.store.days import latest_day
from cashlane.store.vitals import read_vitals
from cashlane.values.text import LANGUAGES

DATABASE = "cashlane"
OWNER = "cashlane_owner"


class Settings(Struct, frozen=True):
    """Where data and old months lie; how the database is reached: by a URL, or embedded there.

    `admit_per_s`: inquiries and holds that each API process lets in; None bounds them by what
    waits only.
    """

    data: Path
    archive: Path
    database_url: str | None
    binaries: str | None
    admit_per_s: int | None


def settings(data: Path | None) -> Settings:
    """Settings from the command line and the environment."""
    folder = data or Path(os.environ.get("CASHLANE_DATA", "var/cashlane"))
    return Settings(
        data=folder.absolute(),
        archive=Path(os.environ.get("CASHLANE_ARCHIVE") or folder / "archive").absolute(),
        database_url=os.environ.get("CASHLANE_DATABASE_URL"),
        binaries=os.environ.get("CASHLANE_PG_BIN"),
        admit_per_s=_count("CASHLANE_ADMIT_PER_S"),
    )


def _count(name: str) -> int | None:
    """A whole number above 0 from the environment; None where it is not said."""
    said = os.environ.get(name)
    if said is None:
        return None
    if not (said.isascii() and said.isdigit() and int(said)):
        raise UnfitError(f"{name}: 应为正整数；a whole number above 0 is wanted, not {said!r}")
    return int(said)


class Databases(Struct, frozen=True):
    """How each role reaches the database (libpq strings)."""

    admin: str
    owner: str
    hub: str
    party: str
    watch: str


class Home(Struct, frozen=True):
    """A data folder with its cluster (None where the database is elsewhere)."""

    settings: Settings
    cluster: Cluster

    def secret(self, name: str) -> str:
        """A secret of this data folder, made at first use."""
        return self.cluster.folder.secret(name)

    def databases(self) -> Databases:
        """Every role's way to the database."""
        admin = self.settings.database_url or self.cluster.dsn(
            "postgres", DATABASE, self.secret("postgres")
        )
        return databases(admin, {role: self.secret(role) for role in schema.ROLES})


def home(chosen: Settings) -> Home:
    """The data folder, made where it is missing; starts nothing."""
    found = binaries.find(chosen.binaries)
    return Home(chosen, Cluster.at(chosen.data, found))


def databases(admin: str, passwords: Mapping[str, str]) -> Databases:
    """Derive the roles' connection strings from the administrator's."""

    def as_role(role: str) -> str:
        return conninfo.make_conninfo(admin, user=role, password=passwords[role])

    return Databases(
        admin=admin,
        owner=conninfo.make_conninfo(admin, options=f"-c role={OWNER}"),
        hub=as_role("cashlane_hub"),
        party=as_role("cashlane_party"),
        watch=as_role("cashlane_watch"),
    )


def prepare_database(ways: Databases, passwords: Mapping[str, str], first: date) -> None:
    """Database, roles, schema, and the months from `first` on; safe to repeat."""
    _ensure_database(ways)
    with connect(ways.admin, autocommit=True) as admin:
        schema.ensure_roles(admin, dict(passwords))
    schema.migrate(ways.owner)
    with connect(ways.owner) as owner:
        schema.ensure_partitions(owner, first)


def _ensure_database(ways: Databases) -> None:
    wanted = conninfo.conninfo_to_dict(ways.admin)["dbname"]
    with connect(conninfo.make_conninfo(ways.admin, dbname="postgres"), autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OWNER,)).fetchone():
            admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(OWNER)))
        found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (wanted,))
        if found.fetchone() is None:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(str(wanted)), sql.Identifier(OWNER)
                )
            )
    with connect(ways.admin, autocommit=True) as admin:
        admin.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(OWNER)))


def clock_offset(house: Home) -> timedelta:
    """How far a trial's wall is shifted; zero outside trials."""
    file = house.settings.data / "trial-offset-seconds"
    if not file.exists():
        return timedelta(0)
    return timedelta(seconds=int(file.read_text(encoding="ascii")))


def examine(house: Home) -> list[doctor.Finding]:
    """What the doctor finds about a data folder and its database; refusals forbid a start."""
    ways = house.databases()
    applied = schema.applied_revision(ways.admin)
    expected = schema.expected_revision()
    found = doctor.check_asserts(__debug__)
    found += doctor.check_migrations([applied] if applied else [], [expected])
    if applied is None:
        return found
    with connect(ways.admin) as admin:
        vitals = read_vitals(admin)
        day = latest_day(admin)
    found += doctor.check_durability(vitals.settings)
    found += doctor.check_checksums(vitals.settings)
    found += doctor.check_zones({"server": vitals.settings["TimeZone"]})
    today = day.business_date if day is not None else datetime.now(UTC).date()
    found += doctor.check_partitions(vitals.months, today, schema.MONTHS_AHEAD)
    return found + doctor.check_holidays(vitals.country, told_until(vitals.country), today)


def migrate(house: Home) -> str:
    """Bring the database to the schema this code expects; the revision it is at then."""
    ways = house.databases()
    with connect(conninfo.make_conninfo(ways.admin, dbname="postgres"), autocommit=True) as admin:
        wanted = conninfo.conninfo_to_dict(ways.admin)["dbname"]
        known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (wanted,))
        fresh = known.fetchone() is None
    first = datetime.now(UTC).date()
    if not fresh and schema.applied_revision(ways.admin) is not None:
        with connect(ways.admin) as admin:
            day = latest_day(admin)
        first = day.business_date if day is not None else first
    prepare_database(
        ways, {role: house.secret(role) for role in schema.ROLES}, first.replace(day=1)
    )
    return schema.expected_revision()


class UnfitError(Exception):
    """The doctor refuses a start; the message says why and what to do, in both languages."""


def require_fit(house: Home) -> None:
    refused = doctor.refusals(examine(house))
    if refused:
        raise UnfitError(
            "\n".join(
                f"{it.where}: {it.cause.say(language)} {it.remedy.say(language)}"
                for it in refused
                for language in LANGUAGES
            )
        )
