"""A biller's server: an inquiry desk, a posting desk for routes, and its own books.

Nothing is called posted before it is on the biller's disk.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct

from cashlane.values.times import write_moment
from cashlane.world import bills, postings
from cashlane.world.book import Book
from cashlane.world.capacity import Capacity
from cashlane.world.control import Control
from cashlane.world.faults import Faults, Strike
from cashlane.world.pages import next_after, page_asked
from cashlane.world.plan import BillerPlan
from cashlane.world.postings import Answer, Posting
from cashlane.world.wire import json_answer, meet, read_json

POSTINGS_MOST = 500
"""Postings in one message."""
DELAY_MS = 2000
"""How late a late posting is, where the fault does not say."""
_WAKE_S = 0.05
"""How often late postings are looked for."""


class PostingsAsked(Struct, frozen=True):
    """A route's message to the posting desk."""

    postings: Annotated[tuple[Posting, ...], Meta(min_length=1, max_length=POSTINGS_MOST)]


class NoticesAsked(Struct, frozen=True):
    """The network's message that cash was taken."""

    notices: Annotated[tuple[postings.Notice, ...], Meta(min_length=1, max_length=POSTINGS_MOST)]


class VoidsAsked(Struct, frozen=True):
    """A route's message to undo credits, by payment id."""

    payments: Annotated[tuple[str, ...], Meta(min_length=1, max_length=POSTINGS_MOST)]


class BillsHanded(Struct, frozen=True):
    """Bills loaded at the control page."""

    bills: Annotated[tuple[bills.BillRow, ...], Meta(min_length=1, max_length=10_000)]


class Question(Struct, frozen=True):
    """What the inquiry desk is asked: an account, a bill, or a bill of an account."""

    account: Annotated[str, Meta(max_length=64)] = ""
    bill_ref: Annotated[str, Meta(max_length=64)] = ""


class BillerServer:
    """One biller."""

    def __init__(self, folder: Path, plan: BillerPlan) -> None:
        self.plan = plan
        self.faults = Faults()
        schema = bills.BILLS_SCHEMA + postings.POSTINGS_SCHEMA
        self.book = Book(bills.book_path(folder, plan.code), schema)
        self._terms = postings.Terms(plan.dedups, plan.short_most)
        self._capacity = Capacity(plan.per_minute)
        self._control = Control(plan.name, self.faults, self._state)

    def routes(self) -> list[web.RouteDef]:
        """What this biller answers to; a file-only one has no inquiry desk."""
        desk = [] if self.plan.drop else [web.post("/inquiries", self._inquire)]
        return [
            *desk,
            web.post("/postings", self._post),
            web.get("/postings/{payment}", self._status),
            web.post("/voids", self._void),
            web.post("/notices", self._notices),
            web.get("/notices", self._noticed),
            web.get("/books", self._books),
            web.post("/control/bills", self._load),
            *self._control.routes(),
        ]

    async def work(self) -> None:
        """Credit what was put off, when it is due; ends when cancelled."""
        while True:
            await self._credit_due(time.time())
            await asyncio.sleep(_WAKE_S)

    async def _credit_due(self, now: float) -> None:
        if self.book.read(lambda book: postings.anything_due(book, now)):
            await self.book.write(
                lambda book: postings.credit_due(book, now=now, at=_at(), terms=self._terms)
            )

    async def close(self) -> None:
        """Close the book."""
        await self.book.close()

    # The inquiry desk.

    async def _inquire(self, request: web.Request) -> web.StreamResponse:
        asked = read_json(await request.read(), Question)
        return await meet(
            request, self.faults, act="inquiry", billers=(self.plan.code,), outlet="",
            answer=lambda: self._owed(asked),
        )  # fmt: skip

    async def _owed(self, asked: Question) -> web.Response:
        if not self._capacity.admits():
            return _over_capacity(self.plan.per_minute)
        strike = self.faults.of_item("inquiry", self.plan.code, "")
        if strike and strike.behaviour in {"refuses", "withdrawn"}:
            return json_answer({"code": strike.code or strike.behaviour}, status=503)
        if asked.bill_ref:
            return self._one_bill(asked)
        return self._whole_account(asked.account)

    def _one_bill(self, asked: Question) -> web.Response:
        bill = self.book.read(lambda book: bills.find_bill(book, asked.bill_ref))
        if bill is None or (asked.account and asked.account != bill.account):
            return json_answer({"code": "no_such_bill"}, status=404)
        if bill.state != "open":
            code = "already_paid" if bill.state == "paid" else "closed"
            return json_answer({"code": code}, status=409)
        return json_answer({"bills": [_shown(bill)]}, status=200)

    def _whole_account(self, account: str) -> web.Response:
        found = self.book.read(lambda book: bills.open_on_account(book, account))
        if not found and not self.book.read(lambda book: bills.knows_account(book, account)):
            return json_answer({"code": "no_such_account"}, status=404)
        return json_answer({"bills": [_shown(bill) for bill in found]}, status=200)

    # The posting desk.

    async def _post(self, request: web.Request) -> web.StreamResponse:
        asked = read_json(await request.read(), PostingsAsked)
        return await meet(
            request, self.faults, act="post", billers=(self.plan.code,), outlet="",
            answer=lambda: self._enter(asked.postings),
        )  # fmt: skip

    async def _enter(self, asked: Sequence[Posting]) -> web.Response:
        struck = [(item, self.faults.of_item("post", self.plan.code, "")) for item in asked]
        at, now = _at(), time.time()

        def work(book: Any) -> list[Answer]:
            return [
                enter_one(book, item, strike, at=at, now=now, terms=self._terms)
                for item, strike in struck
            ]

        return json_answer({"results": await self.book.write(work)}, status=200)

    async def _status(self, request: web.Request) -> web.StreamResponse:
        payment = request.match_info["payment"]
        return await meet(
            request, self.faults, act="status", billers=(self.plan.code,), outlet="",
            answer=lambda: self._standing(payment),
        )  # fmt: skip

    async def _standing(self, payment: str) -> web.Response:
        found = self.book.read(lambda book: postings.standing(book, payment))
        if found is None:
            return json_answer({"code": "not_found"}, status=404)
        return json_answer(found, status=200)

    async def _void(self, request: web.Request) -> web.StreamResponse:
        asked = read_json(await request.read(), VoidsAsked)
        return await meet(
            request, self.faults, act="void", billers=(self.plan.code,), outlet="",
            answer=lambda: self._undo(asked.payments),
        )  # fmt: skip

    async def _undo(self, payments: Sequence[str]) -> web.Response:
        results = await self.book.write(
            lambda book: [postings.void(book, payment) for payment in payments]
        )
        return json_answer({"results": results}, status=200)

    # The books.

    async def _notices(self, request: web.Request) -> web.StreamResponse:
        asked = read_json(await request.read(), NoticesAsked)

        async def answer() -> web.Response:
            await self.book.write(lambda book: postings.take_notices(book, asked.notices, at=_at()))
            return json_answer({"taken": len(asked.notices)}, status=200)

        return await meet(
            request, self.faults, act="inquiry", billers=(self.plan.code,), outlet="",
            answer=answer,
        )  # fmt: skip

    async def _noticed(self, _: web.Request) -> web.Response:
        rows = self.book.read(lambda book: postings.notices_page(book, most=POSTINGS_MOST))
        return json_answer({"notices": rows}, status=200)

    async def _books(self, request: web.Request) -> web.Response:
        asked = page_asked(request)
        totals = self.book.read(postings.book_totals)
        rows = self.book.read(
            lambda book: postings.book_page(book, after=asked.after, most=asked.most)
        )
        return json_answer(
            {
                "party": self.plan.code,
                "totals": totals,
                "postings": rows,
                "next": next_after(rows, asked),
            },
            status=200,
        )

    async def _load(self, request: web.Request) -> web.Response:
        handed = read_json(await request.read(), BillsHanded)
        loaded = await self.book.write(lambda book: bills.insert_bills(book, handed.bills))
        return json_answer({"loaded": loaded}, status=200)

    def _state(self) -> dict[str, Any]:
        return self.book.read(postings.book_totals)


def enter_one(
    book: Any, item: Posting, strike: Strike | None, *, at: str, now: float, terms: postings.Terms
) -> Answer:
    """Credit one payment, with whatever fault struck it."""
    match strike.behaviour if strike else None:
        case "refuses" | "withdrawn" if strike:
            return Answer(item.payment, strike.code or strike.behaviour, since=strike.since)
        case "pending" | "early_not_found" if strike:
            due_at = now + (strike.ms or DELAY_MS) / 1000
            hidden = strike.behaviour == "early_not_found"
            return postings.delay(book, item, due_at=due_at, hidden=hidden)
        case "duplicate":
            first = postings.credit(book, item, at=at, terms=terms)
            postings.credit(book, item, at=at, terms=terms)
            return first
        case "contradictory" if strike:
            return _contradict(book, item, at=at, terms=terms, odd=strike.odd)
    return postings.credit(book, item, at=at, terms=terms)


def _contradict(book: Any, item: Posting, *, at: str, terms: postings.Terms, odd: bool) -> Answer:
    """Credited in either case: says posted and later failed, or closed and later posted."""
    answer = postings.credit(book, item, at=at, terms=terms)
    if answer.result != "posted":
        return answer
    if odd:
        postings.deny(book, item.payment)
        return answer
    return Answer(item.payment, "closed")


def _shown(bill: bills.OwedBill) -> dict[str, Any]:
    return {
        "bill_ref": bill.bill_ref, "account": bill.account, "period": bill.period,
        "amount": bill.amount, "due_on": bill.due_on, "customer": bill.customer,
    }  # fmt: skip


def _over_capacity(per_minute: int) -> web.Response:
    answer = json_answer({"code": "too_many", "per_minute": per_minute}, status=429)
    answer.headers["Retry-After"] = "1"
    return answer


def _at() -> str:
    return write_moment(datetime.now(UTC))
