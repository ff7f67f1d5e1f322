"""The doctor on a real database: well, then wounded one by one, and no process starts unfit."""

import asyncio
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from cashlane.home import UnfitError, examine, home, migrate, settings
from cashlane.main import serve
from cashlane.store import schema
from cashlane.store.connect import connect


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("doctor") / "data"
    folder.mkdir(mode=0o700)
    house = home(settings(folder))
    house.cluster.start()
    # Here and not in the first test: tests of one file may be shared out among processes.
    migrate(house)
    yield house
    house.cluster.stop()


def codes(house) -> set[str]:
    return {finding.code for finding in examine(house)}


def test_an_empty_folder_becomes_well_by_migrating(house) -> None:
    assert codes(house) == set()
    assert migrate(house) == schema.expected_revision(), "migrating again changes nothing"


@pytest.mark.parametrize(
    ("wound", "heal"),
    [
        ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM RESET fsync"),
        ("ALTER SYSTEM SET synchronous_commit = off", "ALTER SYSTEM RESET synchronous_commit"),
        ("ALTER SYSTEM SET full_page_writes = off", "ALTER SYSTEM RESET full_page_writes"),
    ],
)
def test_unsafe_settings_forbid_a_start(house, wound: str, heal: str) -> None:
    with connect(house.databases().admin, autocommit=True) as admin:
        admin.execute(wound)
        admin.execute("SELECT pg_reload_conf()")
    try:
        assert codes(house), wound
        with pytest.raises(UnfitError, match=wound.split()[3]):
            asyncio.run(serve(house, host="127.0.0.1", port=0))
    finally:
        with connect(house.databases().admin, autocommit=True) as admin:
            admin.execute(heal)
            admin.execute("SELECT pg_reload_conf()")
    assert codes(house) == set()


def test_a_missing_month_is_named(house) -> None:
    this_month = date.today().replace(day=1)  # noqa: DTZ011 - the server's month, in UTC
    name = f"payments_{this_month:%Y_%m}"
    with connect(house.databases().owner) as owner:
        owner.execute(f"DROP TABLE {name}")
    (finding,) = examine(house)
    assert "payments" in finding.where
    assert f"{this_month:%Y-%m}" in finding.where
    migrate(house)
    assert codes(house) == set()


def test_the_command_says_all_is_well(house) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "cashlane.cli", "doctor", "--data", str(house.settings.data)],
        capture_output=True, text=True, cwd=Path.cwd(), check=False,
    )  # fmt: skip
    assert (run.returncode, "All is well" in run.stdout) == (0, True), run.stdout + run.stderr
