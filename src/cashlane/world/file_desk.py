"""A file-only biller's desk: it hands over a bill file, and books the payment files left for it.

In the exchange folder: bills/ (from the biller), in/ (for the biller), archive/ and acks/.
"""

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from msgspec import Struct

from cashlane.values.money import read_minor
from cashlane.values.times import write_moment
from cashlane.world import bills, postings
from cashlane.world.biller import BillerServer
from cashlane.world.plan import BillerPlan
from cashlane.world.postings import Answer, Posting, Terms
from cashlane.world.wire import json_answer

_WAKE_S = 0.2
"""How often the folder is looked into."""
_FILE_MOST = 64 << 20
"""Bytes of one file that are read."""
FOLDERS = ("bills", "in", "archive", "acks")


class PaymentFile(Struct, frozen=True):
    """A payment file that agrees with its own header."""

    postings: tuple[Posting, ...]


class FileDesk:
    """The exchange folder of one biller, seen from the biller's side."""

    def __init__(self, plan: BillerPlan, server: BillerServer) -> None:
        assert plan.drop is not None
        self._folder = Path(plan.drop)
        self._server = server
        for name in FOLDERS:
            (self._folder / name).mkdir(parents=True, exist_ok=True)

    def routes(self) -> list[web.RouteDef]:
        """The order to hand over a bill file, which a person gives in real life."""
        return [web.post("/control/bill-file", self._hand_over)]

    async def work(self) -> None:
        """Pick up payment files as they arrive; ends when cancelled."""
        while True:
            for path in sorted((self._folder / "in").glob("*.txt")):
                await self._pick_up(path)
            await asyncio.sleep(_WAKE_S)

    async def _pick_up(self, path: Path) -> None:
        """Book a file, then acknowledge it, then move it: a crash between repeats harmlessly."""
        read = read_payment_file(path)
        if isinstance(read, str):
            lines = [f"refused|{read}"]
        else:
            answers = await self._book(read.postings)
            lines = [f"taken|{len(answers)}", *(_ack_line(answer) for answer in answers)]
        write_durably(self._folder / "acks", f"{path.stem}.ack", "\n".join(lines) + "\n")
        path.replace(self._folder / "archive" / path.name)
        sync_folder(self._folder / "archive")

    async def _book(self, asked: Sequence[Posting]) -> list[Answer]:
        at = write_moment(datetime.now(UTC))

        def work(book: Any) -> list[Answer]:
            return [
                postings.credit(book, one, at=at, terms=Terms(dedups=True, short_most=0))
                for one in asked
            ]

        return await self._server.book.write(work)

    async def _hand_over(self, request: web.Request) -> web.Response:
        found = self._server.book.read(bills.open_bills)
        day = datetime.now(UTC).strftime("%Y%m%d")
        sequence = 1 + len(list((self._folder / "bills").glob(f"*_BILL_{day}_*.txt")))
        name = f"{self._server.plan.code}_BILL_{day}_{sequence:04d}.txt"
        text = bill_file(self._server.plan.code, day, sequence, found)
        write_durably(self._folder / "bills", name, text)
        total = sum(bill.amount for bill in found)
        return json_answer({"file": name, "count": len(found), "sum": total}, status=200)


def read_payment_file(path: Path) -> PaymentFile | str:
    """Read a payment file whole; a sentence where it does not agree with itself."""
    if path.stat().st_size > _FILE_MOST:
        return "the file is too large"
    try:
        lines = path.read_bytes().decode("gb18030").splitlines()
    except UnicodeDecodeError:
        return "not GB18030"
    read = [_posting(line) for line in lines[1:]]
    good = [posting for posting in read if posting is not None]
    if not lines or len(good) != len(read):
        return "a line is malformed"
    if lines[0] != f"{len(good)}|{sum(one.amount for one in good)}":
        return "count or amount in the header is not that of the lines"
    return PaymentFile(tuple(good))


def _posting(line: str) -> Posting | None:
    """date|payment|bill|account|amount|outlet|receipt|accepted at"""
    fields = line.split("|")
    if len(fields) != 8:
        return None
    amount = read_minor(fields[4])
    return Posting(fields[1], fields[2], fields[3], amount) if amount else None


def _ack_line(answer: Answer) -> str:
    return f"{answer.payment}|{answer.result}|{answer.reference}"


def bill_file(partner: str, day: str, sequence: int, found: Sequence[bills.OwedBill]) -> str:
    """The biller's bill file: header with count and sum, one line a bill, trailer."""
    total = sum(bill.amount for bill in found)
    header = f"H|{partner}|{day}|{sequence:04d}|{len(found)}|{total}"
    lines = [_bill_line(bill) for bill in found]
    return "\n".join((header, *lines, f"T|{len(found)}|{total}")) + "\n"


def _bill_line(bill: bills.OwedBill) -> str:
    due = "" if bill.due_on is None else bill.due_on.strftime("%Y%m%d")
    fields = ("D", bill.bill_ref, bill.account, bill.period, str(bill.amount), due, bill.customer)
    return "|".join(fields)


def write_durably(folder: Path, name: str, text: str) -> None:
    """Write a file under a temporary name, push it to the disk, then give it its name."""
    hidden = folder / f".{name}.part"
    with hidden.open("wb") as file:
        file.write(text.encode("gb18030"))
        file.flush()
        os.fsync(file.fileno())
    hidden.replace(folder / name)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Push the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
