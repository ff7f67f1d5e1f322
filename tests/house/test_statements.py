"""The statement gate: named statements, SQL in Python, migrations; and each rule broken."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.house import repository
from tests.house.statement_lint import (
    RULES,
    Statement,
    migration_findings,
    named,
    python_findings,
    read,
    statement_findings,
    written,
)
from tests.house.verdict import hold

_STORE = "src/cashlane/store/"
_STEPS = f"{_STORE}migrations/"


def _statements() -> list[Statement]:
    return [
        one
        for path, text in repository.folder("src/cashlane/store", ".sql").items()
        if not path.startswith(_STEPS)
        for one in named(path.removeprefix(_STORE), text)
    ]


def test_statements_keep_the_rules_of_the_store() -> None:
    texts = repository.texts()
    hold(
        RULES,
        [
            *statement_findings(_statements(), repository.source()),
            *python_findings({Path(path): text for path, text in repository.source().items()}),
            *migration_findings(
                texts[f"{_STORE}record.sql"],
                texts[f"{_STEPS}record_v3.sql"],
                [path.removeprefix(_STEPS) for path in texts
                 if path.startswith(_STEPS) and path.endswith(".sql")],
                {path: text for path, text in texts.items()
                 if path.startswith(f"{_STEPS}versions/v") and path.endswith(".py")},
            ),
        ],
    )  # fmt: skip


_FINE = "-- Says why it is there.\nSELECT 1 FROM tills"


@pytest.mark.parametrize(
    ("rule", "file", "text"),
    [
        ("purpose", "odd.sql", "SELECT 1"),
        ("purpose", "odd.sql", "-- no capital\nSELECT 1"),
        ("ordered-locks", "odd.sql", "-- Locks.\nSELECT 1 FROM limits FOR UPDATE OF limits"),
        ("ordered-locks", "odd.sql",
         "-- Locks.\nSELECT (SELECT 1 ORDER BY 1) FROM limits FOR NO KEY UPDATE"),
        ("no-waiting-words", "odd.sql", "-- Waits.\nLISTEN payments"),
        ("no-waiting-words", "odd.sql", "-- Waits.\nSELECT pg_advisory_xact_lock(1)"),
        ("no-waiting-words", "odd.sql", "-- Counts.\nSELECT nextval('x')"),
        ("no-waiting-words", "odd.sql", "-- Pages.\nSELECT 1 FROM tills OFFSET 5"),
        ("errands-by-lease", "odd.sql", "-- Takes.\nSELECT e.id FROM errands e WHERE e.id > %(l)s"),
        ("plain-money", "odd.sql", "-- Merges.\nMERGE INTO claims USING limits ON true"),
        ("plain-money", "odd.sql", "-- Sums.\nSELECT 1 FROM postings GROUP BY GROUPING SETS ((a))"),
        ("plain-money", "odd.sql", "-- Walks.\nWITH RECURSIVE w AS (SELECT 1 FROM facts) SELECT 1"),
        ("whole-sets", "odd.sql", "-- One.\nUPDATE claims SET state = 0 WHERE hold = %(hold)s"),
        ("money-writer", "odd.sql", "-- Writes.\nINSERT INTO postings SELECT 1 FROM unnest(%(x)s)"),
        ("one-record-call", "odd.sql", "-- Writes.\nSELECT record_v3(1)"),
        ("statement-used", "odd.sql", _FINE),
    ],
)  # fmt: skip
def test_an_offending_statement_is_named(rule: str, file: str, text: str) -> None:
    (one,) = named(file, f"-- name: odd\n{text}")
    assert rule in {found.rule for found in statement_findings([one], {})}


def test_a_good_statement_is_left_alone() -> None:
    (one,) = named("odd.sql", f"-- name: odd\n{_FINE}")
    assert not list(statement_findings([one], {"odd.py": 'S = statements("odd.sql")["odd"]'}))


def test_a_name_that_no_file_has_is_named() -> None:
    python = {"odd.py": '_SQL = statements("odd.sql")\n_SQL["odd"], _SQL["gone"]'}
    (one,) = named("odd.sql", f"-- name: odd\n{_FINE}")
    (found,) = statement_findings([one], python)
    assert found.said == "asks for gone, which no file names"


def test_two_files_that_write_one_table_are_named() -> None:
    both = [Statement(file, "put", "-- Puts.\nUPDATE tills SET code = 'x'") for file in "ab"]
    assert "one-writer" in {found.rule for found in statement_findings(both, {})}


def test_targets_are_read_past_locks_and_conflicts() -> None:
    code = (
        "INSERT INTO a SELECT 1 FROM b JOIN c ON true FOR UPDATE OF b"
        " ON CONFLICT DO UPDATE SET x = 1; DELETE FROM d USING unnest(1); UPDATE e SET y = 2"
    )
    assert written(code) == {"a", "d", "e"}
    assert read(code) == {"b", "c"}


@pytest.mark.parametrize(
    ("path", "said"), [("switch/odd.py", "switch"), ("main.py", "main.py"),
                       ("store/odd.py", "store/odd.py")],
)  # fmt: skip
def test_sql_in_python_is_named_by_its_room(path: str, said: str) -> None:
    text = 'go("UPDATE payments SET state = 5"); say("Update your browser")'
    (found,) = python_findings({Path(path): text})
    assert found.subject == said


@pytest.mark.parametrize(
    ("rule", "frozen", "files", "versions"),
    [
        ("frozen-copy", "another", [], {}),
        ("migrations-whole", "text", ["left.sql"], {"v1.py": 'down_revision = None\nx = "a.sql"'}),
        ("migrations-whole", "text", [],
         {"v2.py": 'down_revision = "1"', "v3.py": 'down_revision = "1"'}),
    ],
)  # fmt: skip
def test_offending_migrations_are_named(
    rule: str, frozen: str, files: Sequence[str], versions: dict[str, str]
) -> None:
    assert [found.rule for found in migration_findings("text", frozen, files, versions)] == [rule]


def test_every_rule_was_broken_once() -> None:
    here = repository.texts()["tests/house/test_statements.py"]
    assert not [rule for rule in RULES if f'"{rule}"' not in here and rule != "sql-at-home"]
