"""Bills that are held already, so that a run measures the pay and nothing before it.

Claims are written as holding a bill writes them; the tokens are signed with the network's key.
"""

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from bench.ground import Ground
from cashlane.adapters.clock import system_ids
from cashlane.core.bill import Bill
from cashlane.core.network import Outlet
from cashlane.core.outlet import Permit, may_take
from cashlane.core.quote import Hold, Quote, price, seal
from cashlane.core.routing import CLEAR
from cashlane.home import clock_offset
from cashlane.main import network_of
from cashlane.store.connect import connect
from cashlane.switch.inquire import claim_bucket

KEPT = timedelta(days=1)
"""Longer than any figure takes."""
AMOUNT = 100
"""Small, so that no drawer is full before the last run."""


class Held(Struct, frozen=True):
    """A held bill: where it is paid, with whose key, and what the till says."""

    outlet: str
    till: str
    api_key: str
    token: str
    tendered: int
    hold: Hold


class Holder:
    """Makes held bills of a city, every one of a new bill."""

    def __init__(
        self, ground: Ground, *, biller: int | None = None, route: int | None = None
    ) -> None:
        self._ground = ground
        self._network = network_of(ground.house)
        self._key = ground.house.secret("hold-1").encode()
        self._billers = [biller] if biller else sorted(self._network.billers)
        self._route = route
        self._chance = Random("held bills")
        self._tills: dict[int, list[tuple[int, str]]] = {}
        for till in self._network.tills.values():
            self._tills.setdefault(till.outlet, []).append((till.number, till.code))
        self._batch = itertools.count(uuid4().int % 10**9)

    def make(self, count: int) -> list[Held]:
        """So many held bills at counters all over the city, their claims written."""
        made = list(itertools.islice(self._stream(), count))
        self._write([held.hold for held in made])
        return made

    def _stream(self) -> Iterator[Held]:
        network, now = self._network, datetime.now(UTC) + clock_offset(self._ground.house)
        outlets = list(network.outlets.values())
        series = next(self._batch)
        for number in itertools.count():
            outlet = self._chance.choice(outlets)
            quote = self._quote(outlet, f"{series:09d}-{number:07d}", now)
            if quote is None or self._route not in (None, quote.route):
                continue
            till, code = self._chance.choice(self._tills[outlet.number])
            hold = Hold(_ids.fresh(_now()), outlet.number, till, now + KEPT, quote)
            token = seal(hold, key_id="1", key=self._key)
            secret = self._ground.keys[network.agents[outlet.agent].code]
            yield Held(outlet.code, code, secret, token, quote.cash_due, hold)

    def _quote(self, outlet: Outlet, ref: str, now: datetime) -> Quote | None:
        biller = self._network.billers[self._chance.choice(self._billers)]
        permit = may_take(self._network, outlet, biller, now, CLEAR)
        if not isinstance(permit, Permit):
            return None
        bill = Bill(biller.number, ref, ref[:9], "202112", AMOUNT, None, "")
        quote = price(self._network, biller, permit, bill, amount=AMOUNT, now=now)
        assert isinstance(quote, Quote), quote
        return quote

    def _write(self, holds: list[Hold]) -> None:
        into = (
            "COPY claims (bucket, biller, bill_ref, state, outlet, till, until, hold, paid_total)"
            " FROM STDIN"
        )
        with (
            connect(self._ground.database) as books,
            books.cursor() as cursor,
            cursor.copy(into) as copy,
        ):
            for hold in holds:
                bill = (hold.quote.biller, hold.quote.bill_ref)
                holder = (hold.outlet, hold.till, hold.until, hold.id)
                copy.write_row((claim_bucket(*bill), *bill, 1, *holder, 0))


_ids = system_ids()


def _now() -> datetime:
    return datetime.now(UTC)


def next_key() -> UUID:
    """A till's own number, as our till makes it: in the order of time (version 7)."""
    return _ids.fresh(_now())


def pay(held: Held) -> bytes:
    """A till's whole request to take the cash for a held bill, as it goes over the wire."""
    return post("/v1/payments", held.api_key, _said(held), key=next_key())


def pay_many(held: Sequence[Held]) -> bytes:
    """A head office's request to take many; all with the key of one agent."""
    lines = [_said(one) | {"key": next_key()} for one in held]
    return post("/v1/batches", held[0].api_key, {"payments": lines}, key=None)


def _said(held: Held) -> dict[str, object]:
    return {
        "outlet": held.outlet, "till": held.till, "hold": held.token, "tendered": held.tendered,
    }  # fmt: skip


def post(path: str, secret: str, content: object, *, key: UUID | None) -> bytes:
    """A request with a JSON body."""
    body = msgspec.json.encode(content)
    own = f"Idempotency-Key: {key}\r\n" if key is not None else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {secret}\r\n{own}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str, secret: str | None) -> bytes:
    """A request without a body; a secret of None asks as anybody."""
    own = f"Authorization: Bearer {secret}\r\n" if secret is not None else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{own}\r\n".encode()
