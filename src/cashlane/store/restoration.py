"""Lost service in the database: cases and the facts said about them, two append-only tables."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from msgspec import structs

from cashlane.core.restoration import Case, Course, Fact
from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements

_SQL = statements("restoration.sql")
_OF_CASE = len(Case.__struct_fields__)
"""A row holds a case, then one of its facts, or nothing where none was said."""


class Cases:
    """The tables of lost service. Adding raises Moved where another took the place before."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, case: Case) -> None:
        """Open a case under its agent's next place."""
        await self._write("add_case", structs.asdict(case) | {"outlets": list(case.outlets)})

    async def say(self, case: UUID, fact: Fact) -> None:
        """Say something about a case under its next place."""
        await self._write("add_fact", structs.asdict(fact) | {"restoration": case})

    async def all(self) -> list[Course]:
        """Every case with all that was said about it."""
        return list(_courses(await self._rows("read_all", {})))

    async def of_agent(self, agent: int) -> list[Course]:
        """The same of one agent."""
        return list(_courses(await self._rows("read_agent", {"agent": agent})))

    async def one(self, case: UUID) -> Course | None:
        """One case with all that was said about it."""
        return next(_courses(await self._rows("read_case", {"id": case})), None)

    async def _write(self, name: str, values: Mapping[str, object]) -> None:
        async with transaction(self._pool) as work:
            await work.execute(_SQL[name], values)

    async def _rows(self, name: str, values: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        async with transaction(self._pool) as work:
            return await (await work.execute(_SQL[name], values, prepare=True)).fetchall()


def _courses(rows: Sequence[tuple[Any, ...]]) -> Iterator[Course]:
    for _, group in groupby(rows, key=itemgetter(0)):
        said = list(group)
        facts = [row[_OF_CASE:] for row in said if row[_OF_CASE] is not None]
        yield Course(_case(said[0][:_OF_CASE]), tuple(Fact(*fact) for fact in facts))


def _case(row: tuple[Any, ...]) -> Case:
    fields = dict(zip(Case.__struct_fields__, row, strict=True))
    return Case(**fields | {"outlets": tuple(fields["outlets"])})
