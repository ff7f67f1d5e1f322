"""Other people's programs add our ledger up, and come to our trial balance to the fen."""

import io
from datetime import date
from pathlib import Path

import pytest

from cashlane.audit.accounts import AccountNames
from cashlane.audit.auditors import (
    Sums,
    UnreadableError,
    by_beancount,
    by_hledger,
    opinions,
    our_sums,
)
from cashlane.audit.export import Grouping, export
from cashlane.audit.journal import Format
from cashlane.home import Databases
from cashlane.store.audit import Party, reading
from cashlane.values.money import CNY
from cashlane.values.text import Text
from tests.conftest import Require
from tests.store.books import DAY_ONE, DAY_TWO, write_books

FORMS: tuple[Format, ...] = ("hledger", "beancount")
CHOICES: list[tuple[Grouping, date | None]] = [
    ("payment", None), ("summed", None), ("auto", DAY_ONE), ("summed", DAY_TWO),
]  # fmt: skip


@pytest.fixture
def books(ways: Databases) -> Databases:
    write_books(ways, lives=400, seed=11)
    return ways


def written(ways: Databases, form: Format, grouping: Grouping, day: date | None) -> str:
    out = io.StringIO()
    with reading(ways.watch) as books:
        assert export(books, out, form=form, grouping=grouping, day=day) > 0
    return out.getvalue()


def added_up(form: Format, text: str, folder: Path, require: Require) -> Sums:
    """What another program makes of it."""
    if form == "hledger":
        require("hledger")
    file = folder / f"ledger.{form}"
    file.write_text(text, encoding="utf-8")
    return {"hledger": by_hledger, "beancount": by_beancount}[form](file, CNY)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("grouping", "day"), CHOICES)
def test_another_program_comes_to_our_balances(
    books: Databases, tmp_path: Path, require: Require, form: Format, grouping: Grouping,
    day: date | None,
) -> None:  # fmt: skip
    totals = added_up(form, written(books, form, grouping, day), tmp_path, require)
    with reading(books.watch) as snapshot:
        assert totals == our_sums(snapshot, day)
    assert len(totals) > 10


@pytest.mark.parametrize("form", FORMS)
def test_an_amount_altered_is_refused(
    books: Databases, tmp_path: Path, require: Require, form: Format
) -> None:
    """Control: a ledger that does not balance is read by neither."""
    text = written(books, form, "payment", None)
    line = next(row for row in text.splitlines() if "Assets:Agents" in row and ".00 CNY" in row)
    with pytest.raises(UnreadableError, match=r"0\.01"):
        added_up(form, text.replace(line, line.replace(".00 CNY", ".01 CNY"), 1), tmp_path, require)


@pytest.mark.parametrize("form", FORMS)
def test_a_payment_left_out_is_another_sum(
    books: Databases, tmp_path: Path, require: Require, form: Format
) -> None:
    """Control: the comparison of balances can fail while everything still balances."""
    whole = written(books, form, "payment", None)
    cut, _ = whole.rsplit("\n\n", 1)
    with reading(books.watch) as snapshot:
        assert added_up(form, cut + "\n", tmp_path, require) != our_sums(snapshot, None)


def test_every_program_that_is_installed_is_asked(books: Databases, require: Require) -> None:
    require("hledger")
    with reading(books.watch) as snapshot:
        asked = list(opinions(snapshot, DAY_ONE))
    assert [opinion.auditor for opinion in asked] == ["hledger", "beancount"]
    assert all(opinion.ours == opinion.theirs > 0 for opinion in asked)
    assert not any(opinion.differences for opinion in asked)


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
