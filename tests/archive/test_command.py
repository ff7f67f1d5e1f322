"""The command as an operator types it: reasons in both languages, progress aside, exit codes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cashlane.cli import app
from cashlane.home import Home, home, prepare_database, settings
from cashlane.store.schema import ROLES
from tests.archive.year import JANUARY, write_months


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    house = home(settings(tmp_path_factory.mktemp("archive-command")))
    house.cluster.start()
    passwords = {role: house.secret(role) for role in ROLES}
    prepare_database(house.databases(), passwords, JANUARY)
    write_months(house.databases(), 6, each=12)
    yield house
    house.cluster.stop()


def run(house: Home, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--data", str(house.settings.data)])


def test_months_are_put_away_dropped_and_still_answered(house: Home, tmp_path: Path) -> None:
    exported = run(house, "ledger", "export", "--format", "hledger").stdout
    refused = run(house, "archive", "--until", "2026-03", "--lang", "zh")
    assert refused.exit_code == 1
    assert refused.stdout.count("已归档：") == 2
    assert "2026-03 距今不足 3 个整月" in refused.stdout
    assert "2026-01: packed" in refused.stderr
    assert (house.settings.data / "archive" / "2026-01" / "manifest.json").exists()
    again = run(house, "archive", "2026-01")
    assert (again.exit_code, "was archived before" in again.stdout) == (0, True)
    dropped = run(house, "archive", "--until", "2026-02", "--drop")
    assert dropped.exit_code == 0, dropped.output
    assert dropped.stdout.count("are dropped") == 2
    assert run(house, "verify").exit_code == 0
    assert run(house, "ledger", "export", "--format", "hledger").stdout == exported
    elsewhere = run(house, "verify", "--archive", str(tmp_path))
    assert elsewhere.exit_code == 1
    assert elsewhere.stdout.startswith("ARCHIVE_MISSING (2): ")


def test_a_month_that_is_none_is_refused_at_once(house: Home) -> None:
    assert run(house, "archive", "January").exit_code == 2
    assert run(house, "archive").exit_code == 2
    assert run(house, "archive", "2026-01", "--until", "2026-02").exit_code == 2


def test_half_a_ledger_is_never_handed_out(house: Home, tmp_path: Path) -> None:
    whole = ("ledger", "export", "--format", "hledger", "--archive", str(tmp_path))
    told = run(house, *whole)
    assert told.exit_code == 1
    assert told.stdout == ""
