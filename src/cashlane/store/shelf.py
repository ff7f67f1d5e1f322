"""Archived payments for those who ask for one: a file's few rows instead of a table's.

The database says which months are archived; a month whose files are not there is away, which is
never the same as a payment that does not exist.
"""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from cashlane.core.archiving import month_of
from cashlane.core.chart import Account
from cashlane.core.payment import FactKind, State
from cashlane.core.record import EntryRow, FactRow, PaymentRow
from cashlane.store.archives import Manifest
from cashlane.store.beside import file_of
from cashlane.store.connect import Pool, transaction
from cashlane.store.parquet import UnreadableError, find
from cashlane.store.statements import statements
from cashlane.values.ids import payment_home

_SQL = statements("archives.sql")
READS_AT_ONCE = 2
"""Files are looked into beside the counters: who asks for old papers waits for one another."""


class AwayError(Exception):
    """The payment's month is archived, and its files cannot be read now."""

    def __init__(self, month: date) -> None:
        super().__init__(f"the archive of {month:%Y-%m} cannot be read")
        self.month = month


class Shelved(Struct, frozen=True):
    """An archived payment as it stood when its month was put away, which is how it stands."""

    payment: PaymentRow
    contradicted: bool
    state_at: datetime


class Shelf:
    """Looks archived payments up, by the files in a folder; asks for the months as watch."""

    def __init__(self, pool: Pool, folder: Path) -> None:
        self._pool = pool
        self._folder = folder
        self._months: dict[date, Manifest] = {}
        self._turn = asyncio.Semaphore(READS_AT_ONCE)

    async def payment(self, ident: UUID) -> Shelved | None:
        """A payment by its id; None where its month is not archived or has none such.

        Raises AwayError where the month is archived and its files cannot be read.
        """
        bucket, day = payment_home(ident)
        return await self._payment(day, {"bucket": bucket, "business_date": day, "id": ident})

    async def kept(self, ident: UUID) -> PaymentRow:
        """A payment that a stored ask names and the database has no row of any more."""
        shelved = await self.payment(ident)
        assert shelved is not None, "a payment is among the rows or in an archived month"
        return shelved.payment

    async def receipt(self, bucket: int, *, outlet: int, day: date, number: int) -> Shelved | None:
        """A payment by the number on its paper; None and AwayError as above."""
        return await self._payment(day, {
            "bucket": bucket, "outlet": outlet, "business_date": day, "receipt": number,
        })  # fmt: skip

    async def of_outlet(self, bucket: int, *, outlet: int, day: date) -> list[Shelved]:
        """An outlet's archived payments of a day, in the order of their receipts."""
        where: dict[str, int | date | UUID] = {
            "bucket": bucket, "outlet": outlet, "business_date": day,
        }  # fmt: skip
        return await self._payments(day, where)

    async def facts(self, payment: PaymentRow) -> list[FactRow]:
        """What became known about an archived payment, in the order of writing."""
        rows = await self._find("facts", payment.business_date, {
            "bucket": payment.bucket, "payment_date": payment.business_date, "payment": payment.id,
        })  # fmt: skip
        told = [_as(FactRow, row | {"kind": FactKind(row["kind"])}) for row in rows]
        return sorted(told, key=lambda fact: (fact.written_at, fact.kind))

    async def entries(self, payment: PaymentRow, day: date) -> list[EntryRow]:
        """A payment's lines of one business date; none where its month is not archived."""
        if not await self.holds(day):
            return []
        rows = await self._find("entries", day, {
            "bucket": payment.bucket, "business_date": day, "payment": payment.id,
        })  # fmt: skip
        return [_as(EntryRow, row | {"account": Account(row["account"])}) for row in rows]

    async def holds(self, day: date) -> bool:
        """Whether a date's month is archived."""
        month = month_of(day)
        if month not in self._months:
            async with transaction(self._pool) as work:
                rows = await (await work.execute(_SQL["archived"], prepare=True)).fetchall()
            self._months = {
                archived: msgspec.convert(manifest, Manifest) for archived, manifest in rows
            }
        return month in self._months

    async def _payment(self, day: date, where: Mapping[str, int | date | UUID]) -> Shelved | None:
        found = await self._payments(day, where)
        return found[0] if found else None

    async def _payments(self, day: date, where: Mapping[str, int | date | UUID]) -> list[Shelved]:
        if not await self.holds(day):
            return []
        rows = await self._find("payments", day, where)
        return [
            Shelved(
                _as(PaymentRow, row | {"state": State(row["state"])}),
                row["contradicted"],
                row["state_at"],
            )
            for row in rows
        ]

    async def _find(
        self, table: str, day: date, where: Mapping[str, int | date | UUID]
    ) -> list[dict[str, Any]]:
        manifest = self._months[month_of(day)]
        file, columns = file_of(self._folder, manifest, table), manifest.tables[table].columns
        try:
            async with self._turn:
                return await asyncio.to_thread(find, file, columns, where)
        except UnreadableError as error:
            raise AwayError(manifest.month) from error


def _as(kind: type[Any], row: Mapping[str, Any]) -> Any:
    """The row of that kind: columns that it does not have are left out."""
    return kind(**{name: row[name] for name in kind.__struct_fields__ if name in row})
