"""Putting a month away: its files first, compared with the books; then the month leaves them.

Every step may be the last: run again, the command finishes what it finds. Until the one write that
detaches a month its rows count in the books, from it on in the files, and never in both.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from cashlane.audit.verify import verify
from cashlane.core.archiving import Unfit, may_archive, name
from cashlane.store.archives import (
    TABLES,
    AccountSum,
    Balance,
    BusyError,
    Manifest,
    Months,
    MovedOnError,
    Packed,
    detach,
    drop,
    months_of,
)
from cashlane.store.audit import reading
from cashlane.store.beside import MANIFEST, file_of, troubles
from cashlane.store.parquet import UnreadableError, digest, pack, unpack
from cashlane.values.text import Text

DONE: dict[str, Text] = {
    "ARCHIVED": Text("{month} 已归档：{rows} 行。", "{month} is archived: {rows} rows."),
    "ARCHIVED_BEFORE": Text("{month} 先前已归档，无须再做。",
                   "{month} was archived before: nothing to do."),
    "DROPPED": Text("{month} 的数据表已删除，只余归档文件。",
                    "The tables of {month} are dropped; its files remain."),
}  # fmt: skip


class Desk(Struct, frozen=True):
    """What the work is done with: who reads, who owns, where files go, and who is told each step.

    `sound` says whether the audit finds the books in order; it is asked once it matters.
    """

    watch: str
    owner: str
    folder: Path
    version: str
    now: Callable[[], datetime]
    sound: Callable[[], bool]
    step: Callable[[str, date], None]


def desk(
    watch: str, owner: str, folder: Path, *, now: Callable[[], datetime],
    step: Callable[[str, date], None],
) -> Desk:  # fmt: skip
    """A desk whose audit is asked once, however many months are put away."""

    @cache
    def sound() -> bool:
        with reading(watch, folder) as books:
            return verify(books).clean

    return Desk(watch, owner, folder, _version(), now, sound, step)


def _version() -> str:
    """This program's version; it has none where it runs from its sources."""
    try:
        return version("cashlane")
    except PackageNotFoundError:
        return "sources"


class Outcome(Struct, frozen=True):
    """What became of a month: whether it is as asked for now, a code of DONE or of the reasons why
    not, and its sentence."""

    done: bool
    code: str
    words: Text


def put_away(desk: Desk, month: date) -> Outcome:
    """Archive a month: write its files, compare, detach. Done already is done."""
    try:
        with _alone(desk.folder):
            manifest, balances = _on_paper(desk, month)
            if balances is None:
                return _done("ARCHIVED_BEFORE", manifest)
            _leave(desk, manifest, balances)
            return _done("ARCHIVED", manifest)
    except _NotFitError as error:
        return _refused(error.unfit)


def months_until(desk: Desk, month: date, *, drop: bool) -> list[date]:
    """The months up to one that are in the database still, or archived with their tables kept;
    the month itself where there are none, to hear why."""
    with months_of(desk.watch) as books:
        there = sorted(set(books.archived()) - books.dropped()) if drop else books.live()
    return [one for one in there if one <= month] or [month]


def archived(desk: Desk, months: Sequence[date], *, drop: bool) -> Iterator[Outcome]:
    """Put months away, or drop their tables, one after the other until one is refused."""
    for month in months:
        outcome = drop_tables(desk, month) if drop else put_away(desk, month)
        yield outcome
        if not outcome.done:
            return


def drop_tables(desk: Desk, month: date) -> Outcome:
    """Drop a month's detached tables, once more compared with its files."""
    try:
        with _alone(desk.folder), months_of(desk.watch) as books:
            manifest = books.archived().get(month)
            if manifest is None:
                raise _not_fit("NOT_ARCHIVED", month, desk.folder)
            gone = month in books.dropped()
            if not gone:
                _compare(desk, books, manifest, desk.folder)
        if not gone:
            desk.step("compared", month)
            drop(desk.owner, manifest, desk.now())
        return _done("DROPPED", manifest)
    except BusyError:
        return _refused(Unfit("BOOKS_BUSY", {"month": name(month)}))
    except _NotFitError as error:
        return _refused(error.unfit)


class _NotFitError(Exception):
    def __init__(self, unfit: Unfit) -> None:
        super().__init__(unfit.code)
        self.unfit = unfit


def _not_fit(code: str, month: date, folder: Path) -> _NotFitError:
    return _NotFitError(Unfit(code, {"month": name(month), "folder": str(folder / name(month))}))


def _refused(unfit: Unfit) -> Outcome:
    return Outcome(False, unfit.code, unfit.words)


def _done(code: str, manifest: Manifest) -> Outcome:
    rows = sum(packed.rows for packed in manifest.tables.values())
    return Outcome(True, code, DONE[code].fill(month=name(manifest.month), rows=rows))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One program at a time works in a folder; a lock of one that died is gone with it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise _NotFitError(Unfit("FOLDER_BUSY", {"folder": str(folder)})) from None
    finally:
        os.close(lock)


def _on_paper(desk: Desk, month: date) -> tuple[Manifest, list[Balance] | None]:
    """The month's files, written and compared in one snapshot, and what its entries amount to;
    no balances where the month was archived before."""
    with months_of(desk.watch) as books:
        before = books.archived().get(month)
        if before is not None:
            return before, None
        unfit = may_archive(books.standing(month))
        if unfit is None and not desk.sound():
            unfit = Unfit("BOOKS_WRONG")
        if unfit is not None:
            raise _NotFitError(unfit)
        manifest = _found(desk, books, month) or _write(desk, books, month)
        desk.step("written", month)
        _compare(desk, books, manifest, desk.folder)
        desk.step("compared", month)
        return manifest, books.balances(month)


def _leave(desk: Desk, manifest: Manifest, balances: Sequence[Balance]) -> None:
    month = manifest.month
    try:
        detach(
            desk.owner, manifest, balances, desk.now(), step=lambda label: desk.step(label, month)
        )
    except BusyError:
        raise _not_fit("BOOKS_BUSY", month, desk.folder) from None
    except MovedOnError:
        raise _not_fit("ROWS_MOVED", month, desk.folder) from None


# -- writing ---------------------------------------------------------------------------------------


def _found(desk: Desk, books: Months, month: date) -> Manifest | None:
    """Files that an interrupted run left whole: taken if they are of these very rows."""
    place = desk.folder / name(month)
    if not place.exists():
        return None
    try:
        manifest = msgspec.json.decode((place / MANIFEST).read_bytes(), type=Manifest)
        _compare(desk, books, manifest, desk.folder)
    except (OSError, msgspec.DecodeError, _NotFitError):
        raise _not_fit("FOLDER_TAKEN", month, desk.folder) from None
    return manifest


def _write(desk: Desk, books: Months, month: date) -> Manifest:
    """Aside, onto the disk, and only then by its name: a folder of that name is whole."""
    aside = desk.folder / f".{name(month)}.part"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    manifest = Manifest(
        month=month,
        network=books.network(),
        version=desk.version,
        revision=books.revision(),
        written_at=desk.now(),
        tables={table: _pack(desk, books, table, month, aside) for table in TABLES},
        accounts=_accounts(books.balances(month)),
    )
    _keep(aside / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    _sync(aside)
    desk.step("packed", month)
    aside.rename(desk.folder / name(month))
    _sync(desk.folder)
    return manifest


def _pack(desk: Desk, books: Months, table: str, month: date, aside: Path) -> Packed:
    lines, file, columns = aside / f"{table}.csv", aside / f"{table}.parquet", books.columns(table)
    seal = hashlib.sha256()
    with lines.open("wb") as out:

        def write(chunk: bytes) -> None:
            out.write(chunk)
            seal.update(chunk)

        rows = books.pour(table, month, table, columns, write)
    pack(lines, file, columns)
    lines.unlink()
    desk.step(table, month)
    return Packed(rows, digest(file), seal.hexdigest(), columns)


def _accounts(balances: Sequence[Balance]) -> tuple[AccountSum, ...]:
    sums: dict[int, tuple[int, int]] = {}
    for one in balances:
        debit, credit = sums.get(one.account, (0, 0))
        sums[one.account] = (debit + one.debit, credit + one.credit)
    return tuple(AccountSum(account, *sums[account]) for account in sorted(sums))


def _keep(file: Path, content: bytes) -> None:
    with file.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# -- comparing -------------------------------------------------------------------------------------


def _compare(desk: Desk, books: Months, manifest: Manifest, folder: Path) -> None:
    """Files and tables, row by row: the same lines on both sides, and as many."""
    month = manifest.month
    if troubles(folder, manifest):
        raise _not_fit("FILES_DIFFER", month, folder)
    detached = month in books.archived()
    for table, packed in manifest.tables.items():
        seal = hashlib.sha256()
        source = manifest.table(table) if detached else table
        rows = books.pour(table, month, source, packed.columns, seal.update)
        same = (rows, seal.hexdigest()) == (packed.rows, packed.digest)
        if not same or _in_file(file_of(folder, manifest, table), packed) != packed.digest:
            raise _not_fit("FILES_DIFFER", month, folder)
        desk.step(f"{table} compared", month)
    if not detached and _accounts(books.balances(month)) != manifest.accounts:
        raise _not_fit("FILES_DIFFER", month, folder)


def _in_file(file: Path, packed: Packed) -> str | None:
    """The digest of a file's rows; None where it cannot be read."""
    with TemporaryDirectory(prefix="cashlane-archive-") as spare:
        lines = Path(spare) / "lines"
        try:
            unpack(file, lines, packed.columns)
        except UnreadableError:
            return None
        return digest(lines)
