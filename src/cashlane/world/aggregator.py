"""The wire of an aggregator: signed JSON, up to a hundred payments a message, codes of its own.

A message is signed by HMAC-SHA256 over its time and its raw body, in both directions.
"""

import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from cashlane.values.money import read_minor
from cashlane.world.journal import Carried, Said
from cashlane.world.plan import RoutePlan
from cashlane.world.route import RouteOffice
from cashlane.world.wire import meet, read_json

ITEMS_MOST = 100
"""Payments in one message."""
TIME_HEADER, SIGN_HEADER = "X-Agg-Time", "X-Agg-Sign"
_FRESH_S = 300
"""A request signed longer ago than this is refused as a replay."""

CODES = {
    "posted": "0000",
    "already_posted": "0001",
    "voided": "0000",
    "already_voided": "0001",
    "pending": "1001",
    "no_such_bill": "2001",
    "wrong_amount": "2002",
    "closed": "2003",
    "already_paid": "2004",
    "not_voidable": "2005",
    "withdrawn": "3001",
    "refuses": "3002",
    "not_found": "4001",
}
"""Neutral words to this wire's codes; a word that is not here travels as it is."""

VOIDED = "4002"
"""The status desk's code for a payment that was undone."""


class Item(Struct, frozen=True):
    """One payment on this wire. `fen` is digits in text."""

    serial: Annotated[str, Meta(min_length=1, max_length=64)]
    org: str
    bill: str
    acct: str
    fen: str
    shop: str
    slip: str
    at: str
    attempt: int


class Pay(Struct, frozen=True):
    """A message of payments."""

    batch: Annotated[str, Meta(min_length=1, max_length=64)]
    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=ITEMS_MOST)]


class Ask(Struct, frozen=True):
    """A message of serials: status questions or voids."""

    batch: Annotated[str, Meta(min_length=1, max_length=64)]
    serials: Annotated[tuple[str, ...], Meta(min_length=1, max_length=ITEMS_MOST)]


class Told(Struct, frozen=True):
    """One answer on this wire."""

    serial: str
    code: str
    fen: str
    trace: str
    since: str


class AggregatorServer:
    """An aggregator."""

    def __init__(self, folder: Path, plan: RoutePlan, billers: Mapping[str, str]) -> None:
        self.office = RouteOffice(folder, plan, billers, dedups=True)
        self._secret = plan.secret.encode()

    def routes(self) -> list[web.RouteDef]:
        """What this aggregator answers to."""
        return [
            web.post("/gateway/pay", self._pay),
            web.post("/gateway/query", self._query),
            web.post("/gateway/void", self._void),
            *self.office.routes(),
        ]

    async def work(self) -> None:
        """The office's follow-up."""
        await self.office.work()

    async def close(self) -> None:
        """Close the office."""
        await self.office.close()

    async def _pay(self, request: web.Request) -> web.StreamResponse:
        asked = read_json(await self._opened(request), Pay)
        carried = [_carried(item) for item in asked.items]
        billers = tuple({one.biller for one in carried})

        async def answer() -> web.Response:
            said = await self.office.take(carried)
            told = [_told(one, voids=False) for one in said]
            return self._signed(asked.batch, self._doubled(told))

        return await meet(
            request, self.office.faults, act="post", billers=billers,
            outlet=carried[0].outlet, answer=answer,
        )  # fmt: skip

    async def _query(self, request: web.Request) -> web.StreamResponse:
        asked = read_json(await self._opened(request), Ask)

        async def answer() -> web.Response:
            said = [self.office.status(serial) for serial in asked.serials]
            return self._signed(asked.batch, [_told(one, voids=False) for one in said])

        return await meet(
            request, self.office.faults, act="status", billers=(), outlet="", answer=answer
        )

    async def _void(self, request: web.Request) -> web.StreamResponse:
        asked = read_json(await self._opened(request), Ask)

        async def answer() -> web.Response:
            said = [await self.office.void(serial) for serial in asked.serials]
            return self._signed(asked.batch, [_told(one, voids=True) for one in said])

        return await meet(
            request, self.office.faults, act="void", billers=(), outlet="", answer=answer
        )

    async def _opened(self, request: web.Request) -> bytes:
        """The body, once its signature and time are found right."""
        body = await request.read()
        moment = request.headers.get(TIME_HEADER, "")
        signed = hmac.compare_digest(
            request.headers.get(SIGN_HEADER, "").encode(), self._sign(moment, body).encode()
        )
        if not signed or not _fresh(moment):
            raise web.HTTPUnauthorized(text='{"code":"9002"}', content_type="application/json")
        return body

    def _doubled(self, told: Sequence[Told]) -> list[Told]:
        """With an order to do things twice in force, answers are told twice as well."""
        twice = any(order.behaviour == "duplicate" for order in self.office.faults.in_force())
        return [*told, *told] if twice else list(told)

    def _signed(self, batch: str, told: Sequence[Told]) -> web.Response:
        body = msgspec.json.encode({"batch": batch, "items": told})
        moment = str(int(time.time()))
        headers = {TIME_HEADER: moment, SIGN_HEADER: self._sign(moment, body)}
        return web.Response(body=body, headers=headers, content_type="application/json")

    def _sign(self, moment: str, body: bytes) -> str:
        return hmac.new(self._secret, moment.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def _fresh(moment: str) -> bool:
    sent_at = read_minor(moment)
    return sent_at is not None and abs(time.time() - sent_at) <= _FRESH_S


def _carried(item: Item) -> Carried:
    amount = read_minor(item.fen)
    if not amount:
        raise web.HTTPBadRequest(text='{"code":"9003"}', content_type="application/json")
    return Carried(
        item.serial, item.org, item.bill, item.acct, amount, item.shop, item.slip
    )  # fmt: skip


def _told(said: Said, *, voids: bool) -> Told:
    code = CODES.get(said.result, said.result)
    if said.result == "voided" and not voids:
        code = VOIDED
    return Told(said.payment, code, str(said.amount), said.reference, said.since)
