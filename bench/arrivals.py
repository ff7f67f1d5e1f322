"""Constant arrivals: requests leave at their moments whatever became of those before them.

A request that finds no free line waits, and its waiting counts: nothing hides a stall. Time is the
system's own stopwatch: the loop's counts whole milliseconds.
"""

import asyncio
import gc
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import uvloop
from msgspec import Struct

from cashlane.trial.station import HOST

CREATED = 201
"""A payment was taken."""
_END = b"\r\n\r\n"


class Answered(Struct, frozen=True):
    """One request: when it was due (seconds from the start), how long its answer took after that,
    and what it was. Status 0: the line broke."""

    due_s: float
    took_s: float
    status: int


Then = Callable[[int, int, bytes], bytes | None]
"""What to send at once after an answer: from the request's number, the status and the body."""


class Line(asyncio.Protocol):
    """A connection with one request on it at a time."""

    def __init__(
        self, heard: Callable[["Line", int, bytes], None], gone: Callable[["Line"], None]
    ) -> None:
        self._heard = heard
        self._gone = gone
        self._buffer = b""
        self._transport: Any = None
        self._busy = False
        self.number = 0
        self.due = 0.0

    def connection_made(self, transport: Any) -> None:
        """Ready to ask."""
        self._transport = transport

    def ask(self, number: int, due: float, request: bytes) -> None:
        """Send one request."""
        self.number, self.due, self._busy = number, due, True
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Put the answer together; every answer of ours says its length."""
        self._buffer += data
        head, end, rest = self._buffer.partition(_END)
        if not end:
            return
        said = head.lower()
        at = said.index(b"content-length:") + 15
        length = int(said[at:].partition(b"\r\n")[0])
        if len(rest) >= length:
            self._buffer, self._busy = rest[length:], False
            self._heard(self, int(head[9:12]), rest[:length])

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits on it learns it; a line that nobody used is only gone."""
        if self._busy:
            self._heard(self, 0, b"")
        else:
            self._gone(self)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._heard = self._gone = lambda *_: None
            self._transport.close()


class Arrivals:
    """Sends requests at a constant rate over a fixed number of lines, and keeps the answers.

    Answers to what `then` sends are kept in `followed`, timed from their own sending.
    """

    def __init__(
        self, address: str, requests: Sequence[bytes], *, per_s: float, lines: int,
        then: Then | None,
    ) -> None:  # fmt: skip
        self._port = int(address.rpartition(":")[2])
        self._requests = requests
        self._per_s = per_s
        self._count = self._lines = lines
        self._then = then
        self._free: deque[Line] = deque()
        self._waiting: deque[tuple[int, float]] = deque()
        self._over = asyncio.Event()
        self._left = len(requests)
        self._following: set[Line] = set()
        self.answered: list[Answered] = []
        self.followed: list[Answered] = []

    async def run(self) -> None:
        """Until every request is answered."""
        loop = asyncio.get_running_loop()
        lines = [
            (await loop.create_connection(lambda: Line(self._heard, self._lost), HOST, self._port))[
                1
            ]
            for _ in range(self._count)
        ]
        self._free.extend(lines)
        self._begun = time.monotonic()
        for number in range(len(self._requests)):
            due = self._begun + number / self._per_s
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
            self._waiting.append((number, due))
            self._send_waiting()
        await self._over.wait()
        for line in lines:
            line.close()

    def _send_waiting(self) -> None:
        if not self._lines:
            self._give_up()
        while self._waiting and self._free:
            number, due = self._waiting.popleft()
            self._free.popleft().ask(number, due, self._requests[number])

    def _heard(self, line: Line, status: int, body: bytes) -> None:
        now = time.monotonic()
        one = Answered(line.due - self._begun, now - line.due, status)
        if line in self._following:
            self._following.discard(line)
            self.followed.append(one)
        else:
            self.answered.append(one)
            more = self._then(line.number, status, body) if self._then is not None else None
            if more is not None:
                self._following.add(line)
                line.ask(line.number, now, more)
                return
        if status:
            self._free.append(line)
        self._done()
        if not status:
            self._lost(line)
        self._send_waiting()

    def _done(self) -> None:
        self._left -= 1
        if not self._left:
            self._over.set()

    def _lost(self, line: Line) -> None:
        """Without a line nothing that waits, or comes later, is ever answered."""
        if line in self._free:
            self._free.remove(line)
        self._lines -= 1
        if not self._lines:
            self._give_up()

    def _give_up(self) -> None:
        now = time.monotonic()
        while self._waiting:
            _, due = self._waiting.popleft()
            self.answered.append(Answered(due - self._begun, now - due, 0))
            self._done()


def arrive(
    address: str, requests: Sequence[bytes], *, per_s: float, lines: int, then: Then | None
) -> Arrivals:
    """Send requests so, in a loop of their own; with every answer.

    Nothing is tidied up meanwhile: a pause here would be counted as theirs.
    """
    arrivals = Arrivals(address, requests, per_s=per_s, lines=lines, then=then)
    gc.disable()
    try:
        uvloop.run(arrivals.run())
    finally:
        gc.enable()
    return arrivals


def not_taken(answers: Sequence[Answered]) -> int:
    """How many pays were not taken, whatever became of them."""
    return sum(one.status != CREATED for one in answers)


def milliseconds(answers: Sequence[Answered], percent: float) -> float:
    """What so many percent of the answers took at most, in milliseconds."""
    return at_percent(answers, percent) * 1000


def at_percent(answers: Sequence[Answered], percent: float) -> float:
    """The time in seconds that so many percent of the answers took at most; 0 without any."""
    took = sorted(one.took_s for one in answers)
    return took[min(len(took) - 1, int(len(took) * percent / 100))] if took else 0.0
