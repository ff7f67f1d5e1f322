"""The commands of the audit on a database of their own: what they print, and how they end."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from cashlane.audit.auditors import by_beancount, by_hledger, our_sums
from cashlane.audit.findings import Report
from cashlane.audit.journal import Format
from cashlane.cli import app
from cashlane.home import Home, home, prepare_database, settings
from cashlane.store.audit import reading
from cashlane.store.connect import connect
from cashlane.store.schema import ROLES
from cashlane.values.money import CNY
from tests.conftest import Require
from tests.store.books import DAY_TWO, write_books


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    house = home(settings(tmp_path_factory.mktemp("commands")))
    house.cluster.start()
    passwords = {role: house.secret(role) for role in ROLES}
    prepare_database(house.databases(), passwords, date(2026, 1, 1))
    write_books(house.databases(), lives=120, seed=3)
    yield house
    house.cluster.stop()


def run(house: Home, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--data", str(house.settings.data)])


def test_books_in_order_end_with_0_and_a_sentence(house: Home) -> None:
    english, chinese = run(house, "verify"), run(house, "verify", "--lang", "zh")
    assert english.exit_code == chinese.exit_code == 0
    assert english.stdout.startswith("120 payments, ")
    assert chinese.stdout.startswith("已核对 120 笔缴费")


def test_a_finding_ends_with_1_for_people_and_machines(house: Home) -> None:
    raise_drawer = "UPDATE limits SET balance = balance + %s WHERE party = 2"
    with connect(house.databases().admin, autocommit=True) as admin:
        admin.execute(raise_drawer, (1,))
        read, machine = run(house, "verify"), run(house, "verify", "--json")
        admin.execute(raise_drawer, (-1,))
    assert read.exit_code == machine.exit_code == 1
    assert read.stdout.startswith("DRAWER (1): ")
    report = msgspec.json.decode(machine.stdout, type=Report)
    assert [finding.code for finding in report.findings] == ["DRAWER"]


@pytest.mark.parametrize("form", ["hledger", "beancount"])
@pytest.mark.parametrize("more", [(), ("--day", "2026-01-15"), ("--grouping", "summed")])
def test_the_ledger_on_stdout_is_what_the_others_read(
    house: Home, tmp_path: Path, require: Require, form: Format, more: tuple[str, ...]
) -> None:
    if form == "hledger":
        require("hledger")
    told = run(house, "ledger", "export", "--format", form, *more)
    assert told.exit_code == 0, told.output
    file = tmp_path / f"ledger.{form}"
    file.write_text(told.stdout, encoding="utf-8")
    add_up = {"hledger": by_hledger, "beancount": by_beancount}[form]
    with reading(house.databases().watch) as books:
        assert add_up(file, CNY) == our_sums(books, DAY_TWO if "--day" in more else None)


def test_a_format_or_a_day_that_is_none_is_refused(house: Home) -> None:
    assert run(house, "ledger", "export", "--format", "csv").exit_code == 2
    wrong = run(house, "ledger", "export", "--format", "hledger", "--day", "2026-02-30")
    assert wrong.exit_code == 2
