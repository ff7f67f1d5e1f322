"""Files that partners handed over: a row for each time, never changed afterwards."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from msgspec import Struct, structs

from cashlane.core.filing import Earlier, Filed, Verdict
from cashlane.store.connect import Pool, Work, transaction
from cashlane.store.statements import statements
from cashlane.values.text import Text

_SQL = statements("files.sql")


class Received(Struct, frozen=True):
    """A file as it came: `total` in minor units; day and number None where it says none."""

    sha256: bytes
    received_at: datetime
    partner: str
    kind: str
    name: str
    business_date: date | None
    sequence: int | None
    lines: int
    total: int


class Kept(Struct, frozen=True):
    """A file as it is on record."""

    name: str
    kind: str
    sha256: bytes
    received_at: datetime
    business_date: date | None
    sequence: int | None
    lines: int
    total: int
    verdict: Verdict
    note: tuple[Text, ...]


async def earlier(work: Work, received: Received) -> Earlier:
    """What is known of files applied before."""
    row = await (await work.execute(_SQL["earlier"], structs.asdict(received))).fetchone()
    assert row is not None, "a selection of two values is one row"
    return Earlier(*row)


async def add(work: Work, received: Received, filed: Filed) -> None:
    """Write a file down. Raises Moved where another took its content or number meanwhile."""
    note = msgspec.json.encode(filed.note).decode()
    values = structs.asdict(received) | {"verdict": filed.verdict, "note": note}
    await work.execute(_SQL["add"], values)


async def files_of(pool: Pool, partner: str, *, most: int) -> Sequence[Kept]:
    """A partner's latest files, the newest first."""
    async with transaction(pool) as work:
        cursor = await work.execute(_SQL["received"], {"partner": partner, "most": most})
        rows = await cursor.fetchall()
    return [Kept(*(*row[:-1], msgspec.convert(row[-1], tuple[Text, ...]))) for row in rows]
