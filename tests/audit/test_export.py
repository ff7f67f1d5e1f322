"""Other people's programs add our ledger up, and come to our trial balance to the fen."""

import csv
import io
import subprocess
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Transaction

from cashlane.audit.accounts import AccountNames
from cashlane.audit.export import Detail, export
from cashlane.audit.journal import Format
from cashlane.audit.trial_balance import trial_balance
from cashlane.main import Databases
from cashlane.store.audit import Party, reading
from cashlane.values.text import Text
from tests.conftest import Require
from tests.store.books import DAY_ONE, DAY_TWO, write_books

UTF8 = {"LC_ALL": "C.UTF-8"}
CHOICES: list[tuple[Detail | None, date | None]] = [
    ("per-payment", None), ("summed", None), (None, DAY_ONE), ("summed", DAY_TWO),
]  # fmt: skip


@pytest.fixture
def books(ways: Databases) -> Databases:
    write_books(ways, lives=400, seed=11)
    return ways


def ours(ways: Databases, day: date | None) -> dict[str, int]:
    """Our balances in minor units, by the names of the export."""
    with reading(ways.watch) as books:
        names, totals = AccountNames(books.parties()), trial_balance(books, day).accounts()
    found = {names.named(*account).name: total.balance for account, total in totals.items()}
    assert len(found) == len(totals), "two accounts share a name"
    return {name: amount for name, amount in found.items() if amount}


def written(ways: Databases, form: Format, detail: Detail | None, day: date | None) -> str:
    out = io.StringIO()
    with reading(ways.watch) as books:
        assert export(books, out, form=form, detail=detail, day=day) > 0
    return out.getvalue()


def by_hledger(tool: str, text: str) -> dict[str, int]:
    """What hledger makes of it: strict, so that only declared accounts and commodities pass."""
    asked = [tool, "-f-", "--strict", "balance", "--flat", "--no-total", "-O", "csv"]
    done = subprocess.run(asked, input=text.encode(), capture_output=True, timeout=60, env=UTF8)
    assert done.returncode == 0, done.stderr.decode()
    rows = list(csv.reader(done.stdout.decode().splitlines()))[1:]
    return {name: fen(amount.removesuffix(" CNY")) for name, amount in rows}


def by_beancount(text: str, folder: Path) -> dict[str, int]:
    """What beancount's own loader makes of it; one complaint of its is a failure."""
    file = folder / "ledger.beancount"
    file.write_text(text, encoding="utf-8")
    entries, errors, _ = loader.load_file(str(file))
    assert errors == []
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                assert posting.units is not None
                assert posting.units.number is not None
                totals[posting.account] += posting.units.number
    return {name: fen(str(total)) for name, total in totals.items() if total}


def fen(amount: str) -> int:
    return int((Decimal(amount) * 100).to_integral_exact())


@pytest.mark.parametrize(("detail", "day"), CHOICES)
def test_hledger_comes_to_our_balances(
    books: Databases, require: Require, detail: Detail | None, day: date | None
) -> None:
    totals = by_hledger(require("hledger"), written(books, "hledger", detail, day))
    assert totals == ours(books, day)


@pytest.mark.parametrize(("detail", "day"), CHOICES)
def test_beancount_comes_to_our_balances(
    books: Databases, tmp_path: Path, detail: Detail | None, day: date | None
) -> None:
    totals = by_beancount(written(books, "beancount", detail, day), tmp_path)
    assert totals == ours(books, day)


def test_an_altered_amount_is_noticed_by_both(
    books: Databases, require: Require, tmp_path: Path
) -> None:
    """Control: the comparison above can fail."""
    journal = written(books, "hledger", "per-payment", None)
    line = next(row for row in journal.splitlines() if "Assets:Agents" in row and ".00" in row[-9:])
    spoilt = journal.replace(line, line.replace(".00 CNY", ".01 CNY"), 1)
    done = subprocess.run([require("hledger"), "-f-", "balance"], input=spoilt.encode(),
                          capture_output=True, env=UTF8)  # fmt: skip
    assert b"0.01 CNY" in done.stderr
    beans = written(books, "beancount", "summed", None)
    cut = beans.rstrip().rsplit("\n", 1)[0]
    with pytest.raises(AssertionError):
        by_beancount(cut, tmp_path)


def test_codes_that_look_alike_get_names_of_their_own() -> None:
    both = {
        ("agent", number): Party("agent", number, code, Text("", ""))
        for number, code in enumerate(("chain.a", "chain-a", "链", "7-days"), 1)
    }
    names = AccountNames(both)
    assert [names.named(1, number).name for number in range(1, 5)] == [
        "Assets:Agents:Chain-A",
        "Assets:Agents:Chain-A-2",
        "Assets:Agents:Unnamed",
        "Assets:Agents:7-Days",
    ]
