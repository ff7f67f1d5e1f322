"""What a route does, whatever its wire looks like: journal, forward, follow up, say.

A payment whose biller gave no answer is pending; the follow-up asks the biller until it knows.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from cashlane.values.times import write_moment
from cashlane.world import journal
from cashlane.world.bills import book_path
from cashlane.world.book import Book
from cashlane.world.control import Control
from cashlane.world.faults import Faults
from cashlane.world.forwarder import Forwarder
from cashlane.world.journal import POSTED, Carried, Received, Row, Said
from cashlane.world.pages import next_after, page_asked
from cashlane.world.plan import RoutePlan
from cashlane.world.postings import Answer, Standing
from cashlane.world.wire import json_answer

AGAIN_S = 1.0
"""How long the follow-up waits before it asks a silent biller again."""

_WAKE_S = 0.1
"""How often open payments are looked for."""
_FOLLOWED_MOST = 200
"""Open payments that are followed up at once."""


class RouteOffice:
    """The office behind a route's wire. `dedups`: one payment id is carried out once."""

    def __init__(
        self, folder: Path, plan: RoutePlan, billers: Mapping[str, str], *, dedups: bool
    ) -> None:
        self.plan = plan
        self.faults = Faults()
        self.book = Book(book_path(folder, plan.code), journal.JOURNAL_SCHEMA)
        self._forwarder = Forwarder(billers)
        self._dedups = dedups
        self._control = Control(plan.name, self.faults, self._state)

    def routes(self) -> list[web.RouteDef]:
        """The office's own endpoints: books and control."""
        return [web.get("/books", self._books), *self._control.routes()]

    async def close(self) -> None:
        """Hang up and close the journal."""
        await self._forwarder.close()
        await self.book.close()

    # Payments.

    async def take(self, payments: Sequence[Carried]) -> list[Said]:
        """Receive payments, forward them, and say what came of each, in order."""
        received = await self._receive(payments)
        answers = await asyncio.gather(*(self._forward(one) for one in received))
        await self._enter_answers(received, answers)
        return [_say(one, answer) for one, answer in zip(received, answers, strict=True)]

    async def _receive(self, payments: Sequence[Carried]) -> list[Received]:
        struck = [(one, self.faults.of_item("post", one.biller, one.outlet)) for one in payments]
        at, now = write_moment(datetime.now(UTC)), time.time()

        def work(book: Any) -> list[Received]:
            return [
                journal.receive(book, one, strike, at=at, now=now, dedups=self._dedups)
                for one, strike in struck
            ]

        return await self.book.write(work)

    async def _forward(self, one: Received) -> Answer | None:
        if one.step == "say":
            return None
        answer = await self._forwarder.post(one.row)
        if one.step == "forward_twice":
            await self._forwarder.post(one.row)
        return answer

    async def _enter_answers(
        self, received: Sequence[Received], answers: Sequence[Answer | None]
    ) -> None:
        """Write down what billers answered; what they did not answer is due at once."""
        now = time.time()

        def work(book: Any) -> None:
            for one, answer in zip(received, answers, strict=True):
                if one.step != "say":
                    _enter(book, one.row, answer, now + AGAIN_S)

        if any(one.step != "say" for one in received):
            await self.book.write(work)

    # Questions.

    def status(self, payment: str) -> Said:
        """What became of a payment."""
        row = self.book.read(lambda book: journal.latest(book, payment))
        if row is None or (row.result is None and row.hidden):
            return Said(payment, "not_found", 0, "", "")
        return Said(payment, _status_word(row), row.amount, row.reference, "")

    async def void(self, payment: str) -> Said:
        """Undo a posted payment at its biller; safe to repeat."""
        row = self.book.read(lambda book: journal.latest(book, payment))
        if row is None:
            return Said(payment, "not_found", 0, "", "")
        if row.result not in POSTED:
            word = "pending" if row.result is None else "not_voidable"
            return Said(payment, word, row.amount, "", "")
        return await self._undo(row)

    async def _undo(self, row: Row) -> Said:
        answers = await self._forwarder.void(row.biller, (row.payment,))
        result = answers[0].result if answers else "pending"
        if result in {"voided", "already_voided"}:
            await self.book.write(lambda book: journal.void(book, row.payment))
        word = "not_voidable" if result == "not_found" else result
        return Said(row.payment, word, row.amount, row.reference, "")

    # The follow-up.

    async def work(self) -> None:
        """Forward what was put off and chase what was not answered; ends when cancelled."""
        while True:
            await self._follow_up(time.time())
            await asyncio.sleep(_WAKE_S)

    async def _follow_up(self, now: float) -> None:
        rows = self.book.read(lambda book: journal.due(book, now, _FOLLOWED_MOST))
        if not rows:
            return
        answers = await asyncio.gather(*(self._chase(row) for row in rows))

        def work(book: Any) -> None:
            for row, answer in zip(rows, answers, strict=True):
                _enter(book, row, answer, time.time() + AGAIN_S)

        await self.book.write(work)

    async def _chase(self, row: Row) -> Answer | None:
        """Ask the biller first: forwarding blindly could post a second time."""
        found = await self._forwarder.standing(row)
        if isinstance(found, Standing):
            return _from_standing(found)
        return await self._forwarder.post(row) if found is False else None

    # The books.

    async def _books(self, request: web.Request) -> web.Response:
        asked = page_asked(request)
        totals = self.book.read(journal.journal_totals)
        rows = self.book.read(
            lambda book: journal.journal_page(book, after=asked.after, most=asked.most)
        )
        return json_answer(
            {
                "party": self.plan.code,
                "totals": totals,
                "payments": rows,
                "next": next_after(rows, asked),
            },
            status=200,
        )

    def _state(self) -> dict[str, Any]:
        return self.book.read(journal.journal_totals)


def _enter(book: Any, row: Row, answer: Answer | None, again_at: float) -> None:
    if answer is None or answer.result == "pending":
        journal.put_off(book, row.seq, again_at, hidden=row.hidden)
    else:
        journal.answer(book, row.seq, answer.result, answer.reference)


def _from_standing(found: Standing) -> Answer | None:
    """A biller's status as if it were its answer; pending is none yet."""
    if found.state == "pending":
        return None
    word = {"posted": "posted", "voided": "voided", "failed": "closed"}[found.state]
    return Answer(found.payment, word, found.amount)


def _say(one: Received, answer: Answer | None) -> Said:
    """What a route tells about a payment right after it was received."""
    row = one.row
    if one.step == "say":
        word = "pending" if row.twist == "in_files_only" else _repeat_word(row)
        return Said(row.payment, word, row.amount, row.reference, one.since)
    if answer is None or row.twist == "in_files_only":
        return Said(row.payment, "pending", row.amount, "", "")
    result = answer.result
    if row.twist == "failed_then_ok" and result in POSTED:
        result = "closed"
    return Said(row.payment, result, row.amount, answer.reference, answer.since)


def _repeat_word(row: Row) -> str:
    if row.voided or row.result is None:
        return "voided" if row.voided else "pending"
    return "already_posted" if row.result in POSTED else row.result


def _status_word(row: Row) -> str:
    if row.twist == "in_files_only":
        return "pending"
    if row.voided:
        return "voided"
    if row.twist == "ok_then_failed" and row.result in POSTED:
        return "closed"
    return row.result or "pending"
