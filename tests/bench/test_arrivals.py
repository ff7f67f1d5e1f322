"""Constant arrivals against a server that stalls: nobody's waiting is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bench.arrivals import Answered, Arrivals, at_percent

REQUEST = b"GET / HTTP/1.1\r\n\r\n"
STALL_S = 0.3
PER_S = 100
Answer = Callable[[int], Awaitable[bytes | None]]


class Desk:
    """A server on a free port that answers as it is told; None hangs up."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.met = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One line's requests, one after the other."""
        while await _read(reader):
            self.met += 1
            said = await self._answer(self.met)
            if said is None:
                break
            writer.write(said)
        writer.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


def _said(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def _run(answer: Answer, **how: Any) -> Arrivals:
    async def play() -> Arrivals:
        server = await asyncio.start_server(Desk(answer).serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        arrivals = Arrivals(f"http://127.0.0.1:{port}", [REQUEST] * 10, per_s=PER_S, **how)
        await arrivals.run()
        server.close()
        return arrivals

    return asyncio.run(play())


def test_waiting_for_a_free_line_counts() -> None:
    async def stalls_once(number: int) -> bytes:
        await asyncio.sleep(STALL_S if number == 1 else 0)
        return _said(200, b"ok")

    found = _run(stalls_once, lines=1, then=None).answered
    assert [round(one.due_s * PER_S) for one in found] == list(range(10))
    # All were due while the first was stalled: each of them waited for the rest of the stall.
    assert all(one.took_s + one.due_s >= STALL_S for one in found)
    assert {one.status for one in found} == {200}


def test_a_stalled_line_holds_up_nobody_else() -> None:
    async def first_is_last(number: int) -> bytes:
        if number == 1:
            await everybody.wait()
        elif number == 10:
            everybody.set()
        return _said(201, b"")

    everybody = asyncio.Event()
    found = _run(first_is_last, lines=2, then=None).answered
    assert [round(one.due_s * PER_S) for one in found][-1] == 0, "the first due is answered last"
    assert len(found) == 10


def test_an_answer_may_be_followed_at_once() -> None:
    async def created(number: int) -> bytes:
        return _said(201 if number % 2 else 429, b"%d" % number)

    def then(_: int, status: int, body: bytes) -> bytes | None:
        return REQUEST if status == 201 and body else None

    found = _run(created, lines=1, then=then)
    assert [one.status for one in found.answered] == [201] * 10
    assert [one.status for one in found.followed] == [429] * 10


def test_a_line_that_breaks_is_an_answer_of_its_own() -> None:
    async def hangs_up(number: int) -> bytes | None:
        return None if number == 3 else _said(200, b"")

    found = _run(hangs_up, lines=2, then=None).answered
    assert sorted(one.status for one in found) == [0, *[200] * 9]


def test_when_every_line_has_broken_all_that_come_are_told_so() -> None:
    async def hangs_up(_: int) -> None:
        return None

    arrivals = _run(hangs_up, lines=2, then=None)
    assert [one.status for one in arrivals.answered] == [0] * 10


def test_percentiles() -> None:
    took = [Answered(0, number / 100, 200) for number in range(100)]
    assert [at_percent(took, percent) for percent in (0, 50, 99, 100)] == [0, 0.5, 0.99, 0.99]
    assert at_percent([], 99) == 0
