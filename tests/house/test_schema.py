"""The schema gate: the catalogue of a really migrated database, and each of its rules broken."""

from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection

from cashlane.home import Databases
from cashlane.store.connect import connect
from tests.house import repository, statement_lint
from tests.house.schema_lint import RULES, schema_findings
from tests.house.verdict import hold


@pytest.fixture
def catalogue(ways: Databases) -> Iterator[Connection[Any]]:
    """A migrated database as its administrator; nothing done here is kept."""
    with connect(ways.admin) as connection:
        yield connection
        connection.rollback()


def _tables() -> tuple[set[str], set[str]]:
    """The tables that the store's statements write, and those that they read."""
    codes = [
        one.code
        for path, text in repository.folder("src/cashlane/store", ".sql").items()
        if "/migrations/" not in path
        for one in statement_lint.named(path.rsplit("/", 1)[1], text)
    ]
    written = set().union(*map(statement_lint.written, codes))
    return written, set().union(*map(statement_lint.read, codes))


def test_the_schema_keeps_the_rules_of_the_store(catalogue: Connection[Any]) -> None:
    hold(RULES, schema_findings(catalogue, *_tables()))


def test_the_money_writer_is_the_file_that_is_reviewed(catalogue: Connection[Any]) -> None:
    (body,) = catalogue.execute("SELECT prosrc FROM pg_proc WHERE proname = 'record_v3'").fetchone()
    text = repository.texts()["src/cashlane/store/record.sql"]
    assert body == text.split("$record$")[1], (
        "record_v3 in the database is not store/record.sql: a migration runs another text"
    )


_OFFENCES = (
    ("bucket-first", "postings_odd", "CREATE INDEX postings_odd ON postings (payment)"),
    ("bucket-first", "visits_odd", "CREATE UNIQUE INDEX visits_odd ON visits (id, bucket)"),
    ("bucket-first", "facts_odd", "CREATE INDEX facts_odd ON facts ((route + 1))"),
    ("bucket-small", "limits", "ALTER TABLE limits ALTER bucket TYPE integer"),
    ("bucket-small", "errands", "ALTER TABLE errands DROP COLUMN bucket CASCADE"),
    ("no-machinery", "asks.numbered", "ALTER TABLE asks ADD numbered bigserial"),
    (
        "no-machinery",
        "visits.numbered",
        "ALTER TABLE visits ADD numbered bigint GENERATED ALWAYS AS IDENTITY",
    ),
    (
        "no-machinery",
        "claims.alarm",
        "CREATE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        " CREATE TRIGGER alarm AFTER INSERT ON claims FOR EACH ROW EXECUTE FUNCTION odd()",
    ),
    ("no-machinery", "facts.no_more", "CREATE RULE no_more AS ON DELETE TO facts DO NOTHING"),
    ("row-security", "asks", "ALTER TABLE asks NO FORCE ROW LEVEL SECURITY"),
    ("row-security", "payments_2026_02", "ALTER TABLE payments_2026_02 DISABLE ROW LEVEL SECURITY"),
    ("row-security", "odd", "CREATE TABLE odd (agent integer)"),
    ("partition-closed", "facts_2026_01", "GRANT SELECT ON facts_2026_01 TO cashlane_party"),
    ("append-only", "postings", "GRANT UPDATE (amounts) ON postings TO cashlane_hub"),
    ("append-only", "facts", "GRANT DELETE ON facts TO cashlane_hub"),
    ("append-only", "asks", "GRANT UPDATE ON asks TO PUBLIC"),
    ("hub-changes", "payments", "GRANT UPDATE (amount) ON payments TO cashlane_hub"),
    ("hub-changes", "claims", "GRANT DELETE ON claims TO cashlane_hub"),
    ("hub-changes", "outlets", "GRANT TRUNCATE ON outlets TO cashlane_hub"),
    ("readers-read", "users", "GRANT UPDATE (login) ON users TO cashlane_watch"),
    ("readers-read", "payments", "GRANT INSERT ON payments TO cashlane_party"),
    ("role-power", "cashlane_watch", "ALTER ROLE cashlane_watch BYPASSRLS"),
    ("role-power", "cashlane_owner", "ALTER ROLE cashlane_owner SUPERUSER"),
    ("view-invoker", "seen", "CREATE VIEW seen AS SELECT id FROM payments"),
    (
        "definer",
        "lent",
        "CREATE FUNCTION lent() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    ),
    ("function-closed", "record_v3", "GRANT EXECUTE ON FUNCTION record_v3 TO PUBLIC"),
    ("whole-units", "postings.share", "ALTER TABLE postings ADD share real"),
    ("whole-units", "visits.tendered", "ALTER TABLE visits ALTER tendered TYPE numeric"),
    ("whole-units", "limits.most", "ALTER TABLE limits ALTER most TYPE integer"),
    ("zoned-times", "visits.asked_at", "ALTER TABLE visits ALTER asked_at TYPE timestamp"),
    ("no-default-partition", "facts", "CREATE TABLE rest PARTITION OF facts DEFAULT"),
    ("partitioned", "many", "CREATE TABLE many (at date) PARTITION BY RANGE (at)"),
    ("no-state-index", "by_state", "CREATE INDEX by_state ON payments (bucket, state)"),
    (
        "no-state-index",
        "half",
        "CREATE INDEX half ON payments (bucket, outlet) WHERE state = 3",
    ),
    ("key-direction", "back", "ALTER TABLE tills ADD b smallint, ADD k smallint, ADD CONSTRAINT"
        " back FOREIGN KEY (b, k, number) REFERENCES limits"),
    ("key-direction", "deep", "ALTER TABLE asks ADD CONSTRAINT deep FOREIGN KEY"
        " (bucket, payment_date, payment) REFERENCES payments"),
    ("table-used", "lonely", "CREATE TABLE lonely (name text)"),
)  # fmt: skip


def test_every_planted_offence_is_named(catalogue: Connection[Any]) -> None:
    """One database for all: each offence is planted, looked for, and taken back."""
    tables = _tables()
    before = {(one.rule, one.subject) for one in schema_findings(catalogue, *tables)}
    for rule, subject, offence in _OFFENCES:
        with catalogue.transaction(force_rollback=True):
            catalogue.execute(offence)
            found = {(one.rule, one.subject) for one in schema_findings(catalogue, *tables)}
        assert (rule, subject) in found - before, offence
    assert {rule for rule, _, _ in _OFFENCES} == set(RULES), "a rule that was never broken"
