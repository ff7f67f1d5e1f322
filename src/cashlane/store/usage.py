"""Who uses what: payments and customers of each pair of agent and biller, and what is stood in for
and not delivered yet."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from cashlane.core.chart import Limited
from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements

_SQL = statements("usage.sql")
_NAMED = (Limited.STAND_IN_AGENT, Limited.STAND_IN_BILLER)
_KINDS = (Limited.STAND_IN_TILL, Limited.STAND_IN_OUTLET, *_NAMED)


class Used(Struct, frozen=True):
    """What went by one agent to one biller. A customer is an account of the biller."""

    agent: int
    biller: int
    payments: int
    customers: int


class Exposure(Struct, frozen=True):
    """What is out, in minor units: of one agent or biller, or (party 0) of all tills or outlets.

    `highest` is the most that one of them has out, `count` how many have any.
    """

    kind: Limited
    party: int
    whole: int
    highest: int
    count: int


class Usage:
    """Reads as the watching role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def since(self, day: date) -> list[Used]:
        """Payments and customers by agent and biller, from a business date on."""
        return [Used(*row) for row in await self._rows("usage", {"since": day})]

    async def exposures(self) -> list[Exposure]:
        """What was stood in for and is not delivered yet."""
        rows = await self._rows("exposures", {"named": list(_NAMED), "kinds": list(_KINDS)})
        return [Exposure(Limited(kind), *rest) for kind, *rest in rows]

    async def _rows(self, name: str, values: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
        async with transaction(self._pool) as work:
            return await (await work.execute(_SQL[name], values, prepare=True)).fetchall()
