"""Sandboxes for the kit's tests: real servers that behave as ordered, and their billers' books.

What a biller's book holds is the truth; the kit never sees it and must not contradict it.
"""

import asyncio
import ssl
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from msgspec import Struct

from cashlane.core.conformance import Kind
from cashlane.core.evidence import Evidence
from cashlane.core.partner_sheet import PAYABLE_LEAST, Sheet, WireKind, read_sheet
from cashlane.core.ports import Declined, NotFound
from cashlane.registry.certify import Owed, Run
from cashlane.registry.ordered import Examined, order_for
from cashlane.trial.partner_line import check_partner
from cashlane.trial.rehearsal import SECRET, Rehearsal, standing_sandbox

USUAL = ssl.create_default_context
"""Whose certificates are believed where nothing else is said."""
SPARE = 4
"""Bills beyond what the trials need: one is paid by somebody else, the others go into the rate."""


ATTEMPT_MS = 3_000
"""How long a message may take: the machine may be busy with other tests."""
PATIENT_MS = 60_000
"""What honest partners are given to answer in: no busy machine makes them slow."""
SLOWER_MS = 100
"""By how much a slow one is later than it says."""


class Posting(Struct, frozen=True):
    """One line of the biller's own book."""

    payment: str
    amount: int
    state: str


class Tried(Struct, frozen=True):
    """A finished run and what its billers' books say, the shut one's apart."""

    sheet: Sheet
    run: Run
    truth: tuple[Posting, ...]
    shut_truth: tuple[Posting, ...]

    @property
    def earned(self) -> dict[str, str]:
        """What was earned, by claim."""
        return {line.flag: line.earned for line in self.run.judgement.flags}

    def times(self) -> Counter[str]:
        """How often each payment stands in the book."""
        return Counter(line.payment for line in self.truth if line.state == "posted")


def sheet_of(standing: Rehearsal) -> Sheet:
    """The standing sandbox's sheet, with a bill that is paid already."""
    content = tomllib.loads(standing.sheet.read_text(encoding="utf-8"))
    *payable, paid = content["payable"]
    content["payable"] = payable
    content["refused"].append(paid | {"because": "already_paid"})
    sheet = read_sheet(content)
    assert isinstance(sheet, Sheet), sheet
    return sheet


async def ask(method: str, address: str, body: Any = None) -> Any:
    """One call of a party's own page."""
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, address, json=body) as answer,
    ):
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def pay_elsewhere(standing: Rehearsal, sheet: Sheet) -> None:
    """Somebody pays the bill that the sheet calls paid."""
    (bill,) = [one.bill for one in sheet.refused if one.because == "already_paid"]
    posting = {
        "payment": "pay_elsewhere", "bill_ref": bill.bill_ref, "account": bill.account,
        "amount": bill.amount,
    }  # fmt: skip
    await ask("POST", f"{standing.biller}/postings", {"postings": [posting]})


async def truth(biller: str) -> tuple[Posting, ...]:
    """A biller's whole book."""
    page = await ask("GET", f"{biller}/books")
    assert page["next"] is None
    return msgspec.convert(tuple(page["postings"]), tuple[Posting, ...], strict=False)


async def tried(
    folder: Path, wire: WireKind, kind: Kind | None, *, owed: Sequence[Owed] = (), **more: Any
) -> Tried:
    """One run against a sandbox that behaves as ordered from before its first message."""
    async with standing_sandbox(folder, wire, bills=PAYABLE_LEAST + SPARE) as standing:
        sheet = msgspec.structs.replace(sheet_of(standing), **more)
        await pay_elsewhere(standing, sheet)
        if kind is not None:
            order = order_for(kind, sheet)
            if kind == "slow":
                order = msgspec.structs.replace(order, ms=sheet.answer_within_ms + SLOWER_MS)
            await ask("POST", standing.control, msgspec.to_builtins(order))
        found = await check_partner(
            sheet, SECRET.encode(), trust=USUAL(), owed=owed, control=None, orders=()
        )
        assert isinstance(found, Examined), found
        books = [await truth(one) for one in (standing.biller, standing.shut_biller)]
        return Tried(sheet, found.run, *books)


def lies(evidence: Evidence, earned: dict[str, str], times: Counter[str]) -> list[str]:
    """What was called earned and is not so by the biller's book: must always be empty.

    Shares nothing with the rules of the kit: it reads messages and the book, one flag at a time.
    """
    found = []
    if earned["dedups_by_payment_id"] == "yes":
        found += [
            f"{payment} posted {count} times" for payment, count in times.items() if count > 1
        ]
    grace_ms = evidence.claimed.grace_s * 1000
    sent_at = {one.payment: one.at_ms for one in reversed(evidence.heard) if one.act == "send"}
    for one in evidence.heard:
        posted = times[one.payment] > 0
        age_ms = one.at_ms - sent_at.get(one.payment, 0)
        gone = isinstance(one.finding, NotFound) and one.act == "enquire"
        if earned["not_found_final"] == "yes" and gone and age_ms >= grace_ms and posted:
            found.append(f"{one.payment} not found after the grace, and posted")
        codes = earned["not_posted_codes"].split()
        said = one.finding.code if isinstance(one.finding, Declined) else ""
        if said in codes and posted and one.trial not in ("other_amount", "other_bill"):
            found.append(f"{one.payment} declined with {said}, and posted")
        if earned["voids"] == "yes" and one.trial in ("void", "void_lost") and posted:
            found.append(f"{one.payment} voided, and posted")
    return found


def gather(*runs: Any, most: int) -> list[Any]:
    """Several runs at the same time, so that their waiting is shared."""

    async def each() -> list[Any]:
        gate = asyncio.Semaphore(most)

        async def one(run: Any) -> Any:
            async with gate:
                return await run()

        return await asyncio.gather(*(one(run) for run in runs))

    return asyncio.run(each())
