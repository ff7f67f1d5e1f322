"""Whole visits: asked, held, paid and confirmed, by tills that serve one citizen after another.

A visit ends when its till hears that the bill is written off at the biller, and can print that.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

import msgspec
import uvloop
from msgspec import Struct

from bench.arrivals import CREATED, Answered, Line, milliseconds
from bench.citizens import Citizen, Citizens, named
from bench.ground import Ground
from bench.holds import get, next_key, post
from bench.outside import only_way, partner
from cashlane.trial.station import HOST

TILLS = 64
"""Tills that serve at one moment, each one citizen after another."""
WARM_S = 2
"""Served before it counts: by then every line is open and every till in a visit of its own."""
WORKER_WITHIN_S = 60
"""The worker is at work when a first visit comes to its end."""
WAIT_MS = 10_000
"""As long as one look-up may wait for the word that the bill is paid."""
OK = 200


class Visited(Struct, frozen=True):
    """What came of a run. A visit is lost where any of its answers was not as it should be."""

    per_s: float
    p50_ms: float
    p99_ms: float
    lost: int


class _Hold(Struct):
    token: str


class _Bill(Struct):
    cash_due: int
    hold: _Hold | None


class _Offer(Struct):
    bills: list[_Bill]


class _Paid(Struct):
    payment: str


class _Status(Struct):
    written_off: bool


_read_offer = msgspec.json.Decoder(_Offer).decode
_read_paid = msgspec.json.Decoder(_Paid).decode
_read_status = msgspec.json.Decoder(_Status).decode


class _LostError(Exception):
    """A visit did not come to its end."""


class Till:
    """A line of its own, and one citizen at a time."""

    def __init__(self) -> None:
        self._line = Line(self._heard, self._gone)
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self.broken = False

    async def open(self, address: str) -> None:
        """Connect."""
        loop, port = asyncio.get_running_loop(), int(address.rpartition(":")[2])
        await loop.create_connection(lambda: self._line, HOST, port)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    async def serve(self, one: Citizen) -> None:
        """One whole visit. Raises _LostError where it does not come to its end."""
        asked = post("/v1/inquiries", one.api_key, named(one) | {"hold": True}, key=None)
        (bill,) = _read_offer(await self._ask(asked, OK)).bills
        if bill.hold is None:
            raise _LostError
        said = {"outlet": one.outlet, "till": one.till, "hold": bill.hold.token,
                "tendered": bill.cash_due}  # fmt: skip
        paying = post("/v1/payments", one.api_key, said, key=next_key())
        payment = _read_paid(await self._ask(paying, CREATED)).payment
        looking = get(f"/v1/payments/{payment}?wait_ms={WAIT_MS}", one.api_key)
        if not _read_status(await self._ask(looking, OK)).written_off:
            raise _LostError

    async def _ask(self, request: bytes, wanted: int) -> bytes:
        if self.broken:
            raise _LostError
        self._waiting = asyncio.get_running_loop().create_future()
        self._line.ask(0, 0.0, request)
        status, body = await self._waiting
        if status != wanted:
            raise _LostError
        return body

    def _heard(self, _: Line, status: int, body: bytes) -> None:
        self.broken = not status
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result((status, body))

    def _gone(self, _: Line) -> None:
        self.broken = True


def visited(on: Ground, *, seconds: int) -> Visited:
    """Visits at every till for so long, with a partner outside and the worker beside."""
    only_way(on)
    citizens = Citizens(on)
    with partner(on), on.api() as address, on.worker():
        return uvloop.run(_visits(address, citizens, seconds))


async def _visits(address: str, citizens: Citizens, seconds: int) -> Visited:
    tills = [Till() for _ in range(TILLS)]
    await asyncio.gather(*(till.open(address) for till in tills))
    await _serve_one(tills[0], citizens)
    begun, until = time.monotonic(), WARM_S + seconds
    served = await asyncio.gather(*(_serve(till, citizens, begun, until) for till in tills))
    for till in tills:
        till.close()
    return counted([one for visits in served for one in visits], seconds=seconds)


async def _serve_one(till: Till, citizens: Citizens) -> None:
    end = time.monotonic() + WORKER_WITHIN_S
    while time.monotonic() < end:
        with suppress(_LostError):
            return await till.serve(citizens.come())
    raise TimeoutError(f"no visit came to its end within {WORKER_WITHIN_S} s")


def counted(visits: Sequence[Answered], *, seconds: int) -> Visited:
    """The rate is of what ended well after the warm-up and in time; the waits are of what began
    after it; whoever was lost, was lost whenever it was."""
    begun = [one for one in visits if one.due_s >= WARM_S]
    well = [one for one in begun if one.status == OK]
    ended = [WARM_S <= one.due_s + one.took_s <= WARM_S + seconds for one in visits if one.status]
    return Visited(
        per_s=sum(ended) / seconds, p50_ms=milliseconds(well, 50), p99_ms=milliseconds(well, 99),
        lost=sum(one.status != OK for one in visits),
    )  # fmt: skip


async def _serve(till: Till, citizens: Citizens, begun: float, until: float) -> list[Answered]:
    """A till's visits, until the time is over; what was begun is brought to its end."""
    done: list[Answered] = []
    while (came := time.monotonic() - begun) < until and not till.broken:
        try:
            await till.serve(citizens.come())
            status = OK
        except _LostError:
            status = 0
        done.append(Answered(came, time.monotonic() - begun - came, status))
    return done
