"""Whether the database answers, and which schema it has, for whoever watches over processes."""

from cashlane.store.connect import Pool, transaction
from cashlane.store.statements import statements

_SQL = statements("readiness.sql")


class Readiness:
    """Asks the database itself."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def revision(self) -> str | None:
        """The revision of the schema. Raises Lost where the database cannot be reached."""
        async with transaction(self._pool) as connection:
            row = await (await connection.execute(_SQL["revision"])).fetchone()
        return None if row is None else str(row[0])
