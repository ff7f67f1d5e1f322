"""The inquiry desk of a biller that only hands over files: its own bill file, as we hold it."""

from cashlane.core.bill import BillKey
from cashlane.core.ports import BillsFound, DeskAnswer, DeskSilent
from cashlane.store.connect import Lost, Pool
from cashlane.store.network import filed_bills_of


class FiledDesk:
    """Answers from the last bill file."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def inquire(self, key: BillKey) -> DeskAnswer:
        """What the file says is owed on an account, or for one bill of it."""
        try:
            bills = await filed_bills_of(self._pool, key.biller, key.account)
        except Lost as error:
            return DeskSilent(str(error))
        return BillsFound(bills)
