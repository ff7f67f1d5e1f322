"""What each outlet took in a month: payments and their amounts."""

from datetime import date

from cashlane.core.payment import State
from cashlane.core.scenario import Taken
from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements

_SQL = statements("volumes.sql")
UNDONE = (State.DECLINED, State.RETURNED, State.VOIDED, State.REFUND_DUE, State.REFUNDED)
"""No fee is earned by what was undone."""


class Volumes:
    """Reads as the watching role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def span(self) -> tuple[date, date] | None:
        """The first business date and the latest; None before there is any."""
        async with transaction(self._pool) as work:
            row = await (await work.execute(_SQL["span"])).fetchone()
        return None if row is None or row[0] is None else (row[0], row[1])

    async def taken(self, first: date, following: date) -> dict[int, Taken]:
        """By outlet, from a business date up to another, which does not count."""
        values = {"first": first, "next": following, "undone": list(UNDONE)}
        async with transaction(self._pool) as work:
            rows = await (await work.execute(_SQL["volumes"], values)).fetchall()
        return {outlet: Taken(payments, int(amount)) for outlet, payments, amount in rows}
