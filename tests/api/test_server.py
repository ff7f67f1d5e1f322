"""The server itself: answers leave whole and in order, and several may have one port."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvloop

from cashlane.api.server import Whole, answer
from cashlane.trial.station import free_port

HOST = "127.0.0.1"
HEAD = b"GET %s HTTP/1.1\r\nHost: here\r\n%s\r\n"
Lines = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def _said(name: str, go_on: asyncio.Event) -> Any:
    """An application that says its name and what it was asked for; `/slow` says it in two parts."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        parts = [name.encode(), scope["path"].encode()]
        size = b"%d" % sum(map(len, parts))
        headers = [(b"content-length", size)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": parts[0], "more_body": True})
        if scope["path"] == "/slow":
            await go_on.wait()
        await send({"type": "http.response.body", "body": parts[1]})

    return app


@asynccontextmanager
async def _answering(
    *names: str,
) -> AsyncIterator[tuple[Callable[[], Awaitable[Lines]], asyncio.Event]]:
    """Servers of these names at one port; how to call there, and what lets slow answers go on."""
    port, go_on = free_port(), asyncio.Event()
    tasks = [
        asyncio.create_task(answer(_said(name, go_on), host=HOST, port=port, shared=True))
        for name in names
    ]
    await asyncio.sleep(0.3)
    assert not any(task.done() for task in tasks)

    async def call() -> Lines:
        return await asyncio.open_connection(HOST, port)

    try:
        yield call, go_on
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return await reader.readexactly(size)


def test_what_is_said_in_one_turn_is_one_write() -> None:
    class Line(asyncio.Transport):
        heard: list[bytes]
        hung_up = False

        def write(self, data: bytes | bytearray | memoryview) -> None:
            assert not self.hung_up
            self.heard.append(bytes(data))

        def close(self) -> None:
            self.hung_up = True

        def is_closing(self) -> bool:
            return self.hung_up

    async def main() -> None:
        troubles: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, told: troubles.append(told))
        line = Line()
        line.heard = []
        whole = Whole(line, asyncio.get_running_loop())
        whole.write(b"head ")
        whole.write(b"body")
        assert line.heard == []
        await asyncio.sleep(0)
        assert line.heard == [b"head body"]
        whole.write(b"last")
        whole.close()
        assert line.heard == [b"head body", b"last"]
        assert whole.is_closing()
        whole.write(b"too late")
        await asyncio.sleep(0)
        assert line.heard == [b"head body", b"last"]
        assert troubles == [], "a caller that has gone is no trouble"

    asyncio.run(main())


def test_a_slow_answer_keeps_nothing_back_that_is_said() -> None:
    async def main() -> None:
        async with _answering("a") as (call, go_on):
            reader, writer = await call()
            writer.write(HEAD % (b"/slow", b""))
            await reader.readuntil(b"\r\n\r\n")
            assert await asyncio.wait_for(reader.readexactly(1), 5) == b"a"
            go_on.set()
            assert await reader.readexactly(5) == b"/slow"
            writer.close()

    uvloop.run(main())


def test_answers_come_in_the_order_of_their_questions_and_before_the_end() -> None:
    async def main() -> None:
        async with _answering("a") as (call, _):
            reader, writer = await call()
            asked = [b"/%d" % number for number in range(20)]
            writer.write(b"".join(HEAD % (path, b"") for path in asked))
            writer.write(HEAD % (b"/last", b"Connection: close\r\n"))
            assert [await _body(reader) for _ in asked] == [b"a" + path for path in asked]
            assert await _body(reader) == b"a/last"
            assert await reader.read() == b""
            writer.close()

    uvloop.run(main())


def test_callers_of_one_port_are_dealt_out_among_all_that_have_it() -> None:
    async def main() -> None:
        async with _answering("a", "b") as (call, _):
            heard = []
            for _turn in range(64):
                reader, writer = await call()
                writer.write(HEAD % (b"/", b""))
                heard.append((await _body(reader))[:1])
                writer.close()
            assert set(heard) == {b"a", b"b"}

    uvloop.run(main())
