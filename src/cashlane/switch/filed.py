"""Billers that only hand over files: taking one in, and answering inquiries from the last."""

import hashlib
from collections.abc import Callable, Sequence

import structlog

from cashlane.core.bill import Bill, Biller, BillKey
from cashlane.core.clock import Clock
from cashlane.core.filing import BadFile, BillFile, Filed, judge
from cashlane.core.ports import BillsFound, Delivery, DeskAnswer, DeskSilent
from cashlane.store.connect import TRIES, Lost, Pool, again, transaction
from cashlane.store.files import Received, add, earlier
from cashlane.store.network import filed_bills_of, put_filed_bills
from cashlane.switch.batch import Batcher

BILLS = "bills"
"""The kind of these files among those that partners hand over."""
ASK_MOST = 200
"""Beyond this a look-up gains little and its tills wait longer."""
Reader = Callable[[bytes], BillFile | BadFile]
_log = structlog.get_logger("files")


class FiledDesk:
    """Answers from the last bill file; those who ask at one moment are looked up together."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._asking: Batcher[tuple[int, str], tuple[Bill, ...]] = Batcher(self._look_up, ASK_MOST)

    async def inquire(self, key: BillKey) -> DeskAnswer:
        """What the file says is owed on an account, or for one bill of it."""
        try:
            return BillsFound(await self._asking.ask((key.biller, key.account)))
        except Lost as error:
            return DeskSilent(str(error))

    async def _look_up(self, accounts: Sequence[tuple[int, str]]) -> list[tuple[Bill, ...]]:
        found = await filed_bills_of(self._pool, accounts)
        return [tuple(found.get(account, ())) for account in accounts]

    async def keep_on(self, taken: Sequence[Delivery]) -> None:
        """A biller that only takes files hears of the cash by its next payment file."""


class BillFiles:
    """Takes bill files in: each is written down, and applied whole or not at all."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def take(self, biller: Biller, name: str, content: bytes, read: Reader) -> Filed:
        """What became of a file. The same content again changes nothing; other content under a
        number that was used is held, with a loud word about it."""
        found = read(content)
        filed = await again(lambda: self._take(biller, name, content, found), tries=TRIES)
        if filed.verdict in {"held", "refused"}:
            _log.error(
                f"files.{filed.verdict}", partner=biller.code, file=name,
                why=[one.en for one in filed.note],
            )  # fmt: skip
        return filed

    async def _take(
        self, biller: Biller, name: str, content: bytes, found: BillFile | BadFile
    ) -> Filed:
        received = self._received(biller, name, content, found)
        async with transaction(self._pool) as work:
            filed = judge(found, await earlier(work, received))
            await add(work, received, filed)
            if filed.verdict == "applied" and isinstance(found, BillFile):
                await put_filed_bills(work, biller.number, found.bills, file=name)
        return filed

    def _received(
        self, biller: Biller, name: str, content: bytes, found: BillFile | BadFile
    ) -> Received:
        whole = found if isinstance(found, BillFile) else None
        return Received(
            sha256=hashlib.sha256(content).digest(),
            received_at=self._clock.now(),
            partner=biller.code,
            kind=BILLS,
            name=name,
            business_date=whole.day if whole else None,
            sequence=whole.sequence if whole else None,
            lines=len(whole.bills) if whole else 0,
            total=sum(bill.amount for bill in whole.bills) if whole else 0,
        )
