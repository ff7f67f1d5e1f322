"""A simulated post counter: a cashier at a till who pays bills for people over the API.

The cashier's own count of the cash in hand is kept apart from the network's books: it is what
the books are judged by.
"""

import asyncio
from collections import Counter as Tally
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import aiohttp
from msgspec import Struct, field

from cashlane.values.ids import Ids
from cashlane.values.times import zoned

PATIENCE_S = 10.0
"""How long a simulated till waits for one answer."""
TRIES = 4
"""How often it asks with the same key before it says "in doubt"."""
NOTES = (1000, 2000, 5000, 10000)


class Drawer(Struct):
    """Cash that really went over the counter, in fen, and what people were told."""

    cash_in: int = 0
    cash_back: int = 0
    words: Tally[str] = field(default_factory=Tally)
    refusals: Tally[str] = field(default_factory=Tally)


class Counter:
    """One line to the API with an agent's key; many tills work over it."""

    def __init__(self, http: aiohttp.ClientSession, api: str, key: str, ids: Ids, now: Any) -> None:
        self._http = http
        self._api = api
        self._headers = {"Authorization": f"Bearer {key}"}
        self._ids = ids
        self._now = now
        self.drawer = Drawer()

    async def serve(self, outlet: str, till: str, codes: list[str], *, twice: bool) -> None:
        """A person with one or more bills: inquire and hold each, take one sum, pay, hand over."""
        held = [bill for code in codes if (bill := await self._held(outlet, till, code))]
        if not held:
            return
        if len(held) == 1:
            await self._single(outlet, till, held[0], twice=twice)
        else:
            await self._basket(outlet, till, held)

    async def _held(self, outlet: str, till: str, code: str) -> dict[str, Any] | None:
        body = {"outlet": outlet, "till": till, "code": code, "hold": True}
        status, answer = await self._ask("POST", "/v1/inquiries", body, None)
        if status != 200:
            self.drawer.refusals[str(answer.get("code", status))] += 1
            return None
        bill: dict[str, Any] = answer["bills"][0]
        return bill if bill["hold"] else None

    async def _single(
        self, outlet: str, till: str, bill: Mapping[str, Any], *, twice: bool
    ) -> None:
        key = str(self._new_key())
        tendered = in_notes(bill["cash_due"])
        body = {
            "outlet": outlet,
            "till": till,
            "hold": bill["hold"]["token"],
            "tendered": tendered,
        }
        if twice:
            asks = [self._ask("POST", "/v1/payments", body, key) for _ in range(2)]
            await asyncio.gather(*asks)
        status, answer = await self._insist("/v1/payments", body, key)
        if status == 201:
            await self._hand_over(outlet, till, answer, answer["cash_due"])
        else:
            self.drawer.refusals[str(answer.get("code", status))] += 1

    async def _basket(self, outlet: str, till: str, bills: list[dict[str, Any]]) -> None:
        due = sum(bill["cash_due"] for bill in bills)
        items = [{"key": str(self._new_key()), "hold": bill["hold"]["token"]} for bill in bills]
        body = {
            "outlet": outlet,
            "till": till,
            "visit": str(self._new_key()),
            "tendered": in_notes(due),
            "items": items,
        }
        status, answer = await self._insist("/v1/visits", body, None)
        if status != 200:
            self.drawer.refusals[str(answer.get("code", status))] += 1
            return
        assert answer["tendered"] - answer["change"] == answer["total"], "change was miscounted"
        for line in answer["results"]:
            if line["payment"] is not None:
                await self._hand_over(outlet, till, line["payment"], line["payment"]["cash_due"])
            else:
                self.drawer.refusals[line["problem"]["code"]] += 1

    async def _hand_over(
        self, outlet: str, till: str, payment: Mapping[str, Any], cash: int
    ) -> None:
        """Wait for the word: receipt, cash back, or a slip."""
        self.drawer.cash_in += cash
        ident = payment["payment"]
        status, answer = await self._ask("GET", f"/v1/payments/{ident}?wait_ms=4000", None, None)
        word = answer["word"] if status == 200 else "in_doubt"
        self.drawer.words[word] += 1
        if word == "paid":
            return
        act = "cash-returned" if word == "not_paid" else "slip-given"
        body = {"outlet": outlet, "till": till}
        path = f"/v1/payments/{ident}/{act}"
        status, answer = await self._insist(path, body, str(self._new_key()))
        if act == "cash-returned" and status == 200:
            self.drawer.cash_back += cash

    async def void(self, outlet: str, till: str, payment: str) -> int:
        """Ask for a void; the HTTP status."""
        body = {"outlet": outlet, "till": till}
        status, _ = await self._insist(f"/v1/payments/{payment}/void", body, str(self._new_key()))
        return status

    async def _insist(
        self, path: str, body: Mapping[str, Any], key: str | None
    ) -> tuple[int, dict[str, Any]]:
        """Ask under the same key until something definite comes."""
        status: int = 0
        answer: dict[str, Any] = {}
        for turn in range(TRIES):
            status, answer = await self._ask("POST", path, body, key)
            if status and status < 500 and answer.get("code") not in {"KEY_RUNNING", "TOO_BUSY"}:
                return status, answer
            await asyncio.sleep(0.3 * (turn + 1))
        return status, answer

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None, key: str | None
    ) -> tuple[int, dict[str, Any]]:
        """One question; status 0 where no answer came."""
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        try:
            async with self._http.request(
                method, self._api + path, json=body, headers=headers
            ) as response:
                return response.status, await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return 0, {}

    def _new_key(self) -> UUID:
        return self._ids.fresh(zoned(self._now()))


def in_notes(due: int) -> int:
    """The cash a person puts down: the sum rounded up to a note they have."""
    note = next((note for note in NOTES if note >= due), NOTES[-1])
    return (due + note - 1) // note * note
