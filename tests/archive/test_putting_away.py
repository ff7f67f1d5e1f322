"""Months are put away without a fen moving, whatever happens on the way."""

import asyncio
import shutil
import signal
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import msgspec
import pytest

from cashlane.audit import archive
from cashlane.audit.archive import archived, drop_tables, months_until, put_away
from cashlane.audit.auditors import Opinion, opinions
from cashlane.audit.export import IncompleteError
from cashlane.audit.findings import Figures
from cashlane.audit.trial_balance import Total, trial_balance
from cashlane.audit.verify import verify
from cashlane.store import archives
from cashlane.store.archives import Manifest, months_of
from cashlane.store.audit import reading
from cashlane.store.connect import connect, open_pool
from cashlane.store.parquet import find, pack, unpack
from cashlane.store.schema import partitions
from tests.archive.conftest import KilledError, Year
from tests.archive.year import reopened
from tests.databases import Server

JANUARY, FEBRUARY, APRIL = date(2026, 1, 1), date(2026, 2, 1), date(2026, 4, 1)
STEPS = ("payments", "packed", "written", "entries compared", "compared", "detached", "kept")
"""Where a death leaves another thing half done: lines, files, names, comparisons, the one write."""


class Sums(msgspec.Struct, frozen=True):
    """What the books amount to by day and account, and what was counted."""

    days: dict[date, Total]
    accounts: dict[tuple[int, int], Total]
    figures: Figures


def sums(year: Year) -> Sums:
    """All of it, and that the audit finds nothing wrong."""
    with reading(year.ways.watch, year.folder) as books:
        balance, report = trial_balance(books, None), verify(books)
    assert report.clean, report.findings
    return Sums(balance.by_day(), balance.accounts(), report.figures)


def debits(sums: Sums) -> int:
    """The debit balances together."""
    return sum(total.balance for total in sums.accounts.values() if total.balance > 0)


def others(year: Year) -> list[Opinion]:
    """What other people's programs make of the exported ledger."""
    with reading(year.ways.watch, year.folder) as books:
        return list(opinions(books, None))


def test_the_books_are_the_same_to_the_fen(year: Year) -> None:
    before = sums(year)
    months = months_until(year.desk(), APRIL, drop=False)
    outcomes = list(archived(year.desk(), months, drop=False))
    assert [outcome.done for outcome in outcomes] == [True] * 4
    assert sums(year) == before
    assert drop_tables(year.desk(), JANUARY).done
    assert months_until(year.desk(), APRIL, drop=True) == months[1:]
    assert sums(year) == before
    said = others(year)
    assert "beancount" in {one.auditor for one in said}
    assert all(one.ours == one.theirs == debits(before) and not one.differences for one in said)
    with connect(year.ways.admin) as admin:
        live = [name for name in partitions(admin) if name.startswith("payments")]
        kept = admin.execute("SELECT to_regclass('payments_2026_01'), count(*)"
                             " FROM payments_2026_02").fetchone()  # fmt: skip
    assert live[0] == "payments_2026_05"
    assert kept == (None, 24)


def test_what_was_done_is_said_again_and_not_done_again(year: Year) -> None:
    year.put_away(JANUARY)
    year.steps.clear()
    again = put_away(year.desk(), JANUARY)
    assert (again.done, again.code) == (True, "ARCHIVED_BEFORE")
    assert year.steps == []
    assert drop_tables(year.desk(), JANUARY).done
    assert drop_tables(year.desk(), JANUARY).done


def test_a_manifest_says_what_the_files_hold(year: Year) -> None:
    year.put_away(JANUARY)
    place = year.folder / "2026-01"
    assert sorted(file.name for file in place.iterdir()) == [
        "entries.parquet", "facts.parquet", "manifest.json", "payments.parquet",
    ]  # fmt: skip
    manifest = msgspec.json.decode((place / "manifest.json").read_bytes(), type=Manifest)
    assert (manifest.version, manifest.revision, manifest.month) == ("1.0", "0015", JANUARY)
    assert manifest.tables["payments"].rows == 24
    assert sum(one.debit for one in manifest.accounts) == sum(
        one.credit for one in manifest.accounts
    )


@pytest.fixture(scope="module")
def untouched(server: Server, written: str, tmp_path_factory: pytest.TempPathFactory) -> Sums:
    """The books of the year before anything was put away."""
    return sums(Year(server.ways(written), tmp_path_factory.mktemp("untouched")))


@pytest.mark.parametrize("label", STEPS)
def test_killed_at_any_step_the_next_run_finishes(year: Year, untouched: Sums, label: str) -> None:
    with pytest.raises(KilledError):
        put_away(year.desk(die_at=label), JANUARY)
    assert sums(year) == untouched
    year.put_away(JANUARY)
    assert sums(year) == untouched
    assert year.steps[-1] == "kept"
    assert not list(year.folder.glob(".*.part"))


MORTAL = """
import os, signal, sys
from datetime import UTC, date, datetime
from pathlib import Path
from cashlane.audit.archive import desk, put_away
watch, owner, folder, die_at = sys.argv[1:]
def step(label, month):
    if label == die_at:
        os.kill(os.getpid(), signal.SIGKILL)
put_away(desk(watch, owner, Path(folder), now=lambda: datetime.now(UTC), step=step),
         date(2026, 1, 1))
"""


@pytest.mark.parametrize("label", ["packed", "kept"])
def test_killed_by_the_system_the_next_run_finishes(
    year: Year, untouched: Sums, label: str
) -> None:
    """Nothing of the program runs any more: no lock, no rollback of its own, no tidying up."""
    words = [year.ways.watch, year.ways.owner, str(year.folder), label]
    died = subprocess.run([sys.executable, "-c", MORTAL, *words], check=False)
    assert died.returncode == -signal.SIGKILL
    assert sums(year) == untouched
    year.put_away(JANUARY)
    assert sums(year) == untouched


def test_killed_after_everything_there_is_nothing_left_to_do(year: Year) -> None:
    year.put_away(JANUARY)
    assert set(STEPS) <= set(year.steps)
    with pytest.raises(KilledError):
        drop_tables(year.desk(die_at="compared"), JANUARY)
    assert drop_tables(year.desk(), JANUARY).done
    assert year.audit().clean


def test_a_half_written_folder_is_no_archive(year: Year) -> None:
    aside = year.folder / ".2026-01.part"
    aside.mkdir(parents=True)
    (aside / "payments.parquet").write_bytes(b"PAR1 half")
    year.put_away(JANUARY)
    assert year.audit().clean


def test_counters_take_cash_meanwhile(year: Year) -> None:
    """Three months leave while a counter pays in batches of ten; nobody is turned away."""
    away = threading.Event()

    def put_all_away() -> None:
        for month in (JANUARY, FEBRUARY, date(2026, 3, 1)):
            year.put_away(month)
        away.set()

    async def take() -> int:
        taken = 0
        pool = await open_pool(year.ways.hub, size=2)
        counter = await reopened(year.ways, pool)
        worker = threading.Thread(target=put_all_away)
        worker.start()
        while not away.is_set() and worker.is_alive():
            await counter.take(10)
            taken += 10
        worker.join()
        await pool.close()
        return taken

    taken = asyncio.run(take())
    assert away.is_set()
    assert taken > 20
    report = year.audit()
    assert report.clean, report.findings
    assert report.figures.payments == 12 * 24 + taken


# -- refusals --------------------------------------------------------------------------------------

ERRAND = (
    "INSERT INTO errands SELECT bucket, {kind}, 0, business_date, gen_random_uuid(), id,"
    " accepted_at, NULL, '' FROM payments WHERE business_date = '2026-01-02' AND receipt = 1"
)
SPOILT = {
    "BOOKS_WRONG": "UPDATE limits SET balance = balance + 1 WHERE party = 2 AND kind = 1",
    "ERRANDS_OPEN": ERRAND.format(kind=8),
    "CASES_OPEN": ERRAND.format(kind=7),
    "PAYMENTS_OPEN": "UPDATE payments SET state = 10 WHERE business_date = '2026-01-02'"
                     " AND receipt = 1 AND outlet = 1",
    "MONTH_NOT_OVER": "UPDATE business_days SET state = 'open', cut_at = NULL"
                      " WHERE business_date = '2026-01-02'",
}  # fmt: skip
"""Each is told before those that were there already."""


def test_a_month_that_is_not_fit_is_refused_with_its_reason(year: Year) -> None:
    for code, month in (
        ("NO_SUCH_MONTH", date(2025, 12, 1)),
        ("MONTH_TOO_YOUNG", date(2026, 9, 1)),
        ("OLDER_FIRST", FEBRUARY),
    ):
        assert put_away(year.desk(), month).code == code
    for code, spoil in SPOILT.items():
        year.change(spoil)
        refused = put_away(year.desk(), JANUARY)
        assert (refused.done, refused.code) == (False, code)
        assert refused.words.zh != refused.words.en
    assert not (year.folder / "2026-01").exists()


def test_the_present_month_is_not_over(year: Year) -> None:
    refused = put_away(year.desk(), date(2026, 12, 1))
    assert refused.code == "MONTH_NOT_OVER"


def test_a_folder_of_other_rows_is_left_alone(year: Year) -> None:
    with pytest.raises(KilledError):
        put_away(year.desk(die_at="written"), JANUARY)
    year.change("UPDATE payments SET period = 'other' WHERE business_date = '2026-01-02'"
                " AND receipt = 1 AND outlet = 1")  # fmt: skip
    before = (year.folder / "2026-01" / "payments.parquet").read_bytes()
    refused = put_away(year.desk(), JANUARY)
    assert refused.code == "FOLDER_TAKEN"
    assert (year.folder / "2026-01" / "payments.parquet").read_bytes() == before


def test_what_is_written_meanwhile_keeps_the_month_in_the_books(year: Year) -> None:
    desk = year.desk()

    def late(label: str, _: date) -> None:
        if label == "compared":
            year.change(
                "INSERT INTO facts SELECT bucket, 17, business_date, id, 1, 9, business_date,"
                " accepted_at, accepted_at, 'late', NULL FROM payments"
                " WHERE business_date = '2026-01-02' AND receipt = 1 AND outlet = 1"
            )

    refused = put_away(msgspec.structs.replace(desk, step=late), JANUARY)
    assert refused.code == "ROWS_MOVED"
    with months_of(year.ways.watch) as books:
        assert books.live()[0] == JANUARY
        assert not books.archived()


def test_who_reads_for_long_is_not_pushed_aside(year: Year) -> None:
    with connect(year.ways.watch) as reader:
        reader.execute("SELECT count(*) FROM payments")
        refused = put_away(year.desk(), JANUARY)
        assert refused.code == "BOOKS_BUSY"
        assert year.audit().clean
    year.put_away(JANUARY)
    with connect(year.ways.admin) as reader:
        reader.execute("SELECT count(*) FROM payments_2026_01")
        assert drop_tables(year.desk(), JANUARY).code == "BOOKS_BUSY"


def test_two_commands_do_not_meet_in_one_folder(year: Year) -> None:
    met: list[archive.Outcome] = []

    def meet(label: str, month: date) -> None:
        if label == "packed":
            met.append(put_away(year.desk(), month))

    assert put_away(msgspec.structs.replace(year.desk(), step=meet), JANUARY).done
    assert met[0].code == "FOLDER_BUSY"


def test_tables_are_dropped_only_where_the_files_are_theirs(year: Year) -> None:
    assert drop_tables(year.desk(), JANUARY).code == "NOT_ARCHIVED"
    year.put_away(JANUARY)
    year.change("UPDATE payments_2026_01 SET tendered = tendered + 1, change = change + 1"
                " WHERE receipt = 1 AND outlet = 1")  # fmt: skip
    assert drop_tables(year.desk(), JANUARY).code == "FILES_DIFFER"
    year.change("UPDATE payments_2026_01 SET tendered = tendered - 1, change = change - 1"
                " WHERE receipt = 1 AND outlet = 1")  # fmt: skip
    assert drop_tables(year.desk(), JANUARY).done


# -- files that cannot be believed -----------------------------------------------------------------


def test_one_byte_changed_is_found(year: Year) -> None:
    year.put_away(JANUARY)
    file = year.folder / "2026-01" / "entries.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert year.found() == {"ARCHIVE_ALTERED"}
    assert drop_tables(year.desk(), JANUARY).code == "FILES_DIFFER"


def test_an_archive_that_is_away_is_named_and_totals_stand(year: Year) -> None:
    with reading(year.ways.watch, year.folder) as books:
        before = trial_balance(books, None).by_day()
    year.put_away(JANUARY)
    year.folder.rename(year.folder.with_name("elsewhere"))
    assert year.found() == {"ARCHIVE_MISSING"}
    with reading(year.ways.watch, year.folder) as books:
        assert trial_balance(books, None).by_day() == before
        with pytest.raises(IncompleteError, match="2026-01"):
            list(opinions(books, None))


def test_a_forger_with_every_key_is_found_by_the_rows(year: Year) -> None:
    """File, manifest and the database's note all agree; the books do not."""
    year.put_away(JANUARY)
    with connect(year.ways.admin) as admin:
        manifest = archives.archived(admin)[JANUARY]
    file, lines = year.folder / "2026-01" / "entries.parquet", year.folder / "lines"
    columns = manifest.tables["entries"].columns
    unpack(file, lines, columns)
    text = lines.read_text(encoding="utf-8")
    row = find(file, columns, {"account": 4})[0]
    assert text.count(f'"{row["amount"]}"') >= 1
    lines.write_text(text.replace(f'"{row["amount"]}"', f'"{row["amount"] - 100}"'), "utf-8")
    pack(lines, file, columns)
    forged = archives.Packed(
        manifest.tables["entries"].rows, archive.digest(file), archive.digest(lines), columns
    )
    manifest = msgspec.structs.replace(manifest, tables={**manifest.tables, "entries": forged})
    (file.parent / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    year.change("UPDATE archives SET manifest = %s::jsonb", msgspec.json.encode(manifest).decode())
    assert {"POSTING_UNBALANCED", "BOOKS_NOT_READ_WHOLE"} <= year.found()


# -- planted bugs: the tests above can fail --------------------------------------------------------


def test_a_detaching_that_forgets_the_balances_is_found(
    year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive.Months, "balances", lambda self, month: [])
    year.put_away(JANUARY)
    assert "BOOKS_NOT_READ_WHOLE" in year.found()


def test_files_that_lose_rows_are_never_taken_for_the_month(
    year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(lines: Path, file: Path, columns: object) -> None:
        kept = lines.read_bytes().splitlines(keepends=True)[:-1]
        lines.write_bytes(b"".join(kept))
        pack(lines, file, columns)  # type: ignore[arg-type]

    monkeypatch.setattr(archive, "pack", losing)
    assert put_away(year.desk(), JANUARY).code == "FILES_DIFFER"
    monkeypatch.setattr(archive, "_compare", lambda *_: None)
    shutil.rmtree(year.folder / "2026-01")
    year.put_away(JANUARY)
    assert {"BOOKS_NOT_READ_WHOLE", "ASK_WITHOUT_PAYMENT"} <= year.found()
