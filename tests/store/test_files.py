"""Bill files taken in: once by content, once by number, each time on record."""

import asyncio
from collections.abc import Sequence
from functools import partial

from structlog.testing import capture_logs

from cashlane.adapters.files.bill_file import BARS, read_bill_file
from cashlane.core.bill import BillKey
from cashlane.core.filing import Filed
from cashlane.core.ports import BillsFound
from cashlane.home import Databases
from cashlane.store.connect import connect, open_pool
from cashlane.store.files import Kept, files_of
from cashlane.store.network import put_charter
from cashlane.switch.filed import BillFiles, FiledDesk
from tests.store.books import OPENING, Wall
from tests.store.street import street

BILLER = next(one for one in street().billers if one.code == "east-water")


def _file(sequence: int, *amounts: int) -> bytes:
    lines = [f"D|w-{at}|{at:08d}|202601|{amount}|20260131|" for at, amount in enumerate(amounts)]
    head = f"H|{BILLER.code}|20260114|{sequence:04d}|{len(lines)}|{sum(amounts)}"
    return "\n".join([head, *lines, f"T|{len(lines)}|{sum(amounts)}", ""]).encode("gb18030")


def _taken(ways: Databases, *files: tuple[str, bytes]) -> tuple[list[Filed], Sequence[Kept], int]:
    """What became of files in this order, what is on record, and what account 0 owes then."""

    async def main() -> tuple[list[Filed], Sequence[Kept], int]:
        pool, wall = await open_pool(ways.hub, size=4), Wall(OPENING)
        intake = BillFiles(pool, wall)
        read = partial(read_bill_file, partner=BILLER.code, biller=BILLER.number, layout=BARS)
        filed = []
        try:
            for name, content in files:
                wall.tick()
                filed.append(await intake.take(BILLER, name, content, read))
            kept = await files_of(pool, BILLER.code, most=10)
            found = await FiledDesk(pool).inquire(BillKey(BILLER.number, f"{0:08d}"))
        finally:
            await pool.close()
        assert isinstance(found, BillsFound)
        return filed, kept, sum(bill.amount for bill in found.bills)

    with connect(ways.hub) as hub:
        put_charter(hub, street())
    return asyncio.run(main())


def test_a_file_is_applied_once_and_written_down_each_time(ways: Databases) -> None:
    content = _file(1, 500, 700)
    filed, kept, owed = _taken(ways, ("a.txt", content), ("again.txt", content))
    assert [one.verdict for one in filed] == ["applied", "repeated"]
    assert "a.txt" in filed[1].note[0].zh
    newest, first = kept
    assert (first.name, first.verdict, first.lines, first.total) == ("a.txt", "applied", 2, 1_200)
    assert (newest.name, newest.verdict) == ("again.txt", "repeated")
    assert newest.sha256 == first.sha256
    assert newest.note == filed[1].note
    assert owed == 500


def test_other_content_under_a_used_number_is_held_whole(ways: Databases) -> None:
    """Nothing of it counts, and it is told loudly; a corrected file comes under a new number."""
    with capture_logs() as logs:
        filed, kept, owed = _taken(
            ways, ("a.txt", _file(1, 500)), ("b.txt", _file(1, 900)), ("c.txt", _file(2, 800))
        )
    assert [one.verdict for one in filed] == ["applied", "held", "applied"]
    assert "a.txt" in filed[1].note[0].en
    assert [(one["event"], one["file"], one["log_level"]) for one in logs] == [
        ("files.held", "b.txt", "error")
    ]
    assert [one.verdict for one in kept] == ["applied", "held", "applied"]
    assert owed == 800


def test_what_does_not_agree_with_itself_is_refused_with_its_reasons(ways: Databases) -> None:
    broken = _file(1, 500, 700).replace(b"T|2|1200", b"T|3|1200")
    with capture_logs() as logs:
        filed, kept, owed = _taken(ways, ("a.txt", broken), ("b.txt", _file(1, 500)))
    assert [one.verdict for one in filed] == ["refused", "applied"]
    assert "3" in filed[0].note[0].en
    assert logs[0]["event"] == "files.refused"
    assert (kept[1].business_date, kept[1].sequence, kept[1].lines) == (None, None, 0)
    assert owed == 500


def test_many_at_once_apply_one(ways: Databases) -> None:
    """Two takers of the same folder: the constraint decides, and nothing is applied twice."""

    async def main() -> list[str]:
        pool = await open_pool(ways.hub, size=8)
        read = partial(read_bill_file, partner=BILLER.code, biller=BILLER.number, layout=BARS)
        walls = [Wall(OPENING) for _ in range(8)]
        for at, wall in enumerate(walls):
            for _ in range(at):
                wall.tick()
        try:
            taking = [
                BillFiles(pool, wall).take(BILLER, "a.txt", _file(1, 500), read) for wall in walls
            ]
            return sorted([one.verdict for one in await asyncio.gather(*taking)])
        finally:
            await pool.close()

    with connect(ways.hub) as hub:
        put_charter(hub, street())
    assert asyncio.run(main()) == ["applied"] + ["repeated"] * 7
