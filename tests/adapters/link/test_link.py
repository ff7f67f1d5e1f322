"""The line to a counterpart: never an exception, a hard end, and the truth about what left us."""

import asyncio
import time

import pytest

from cashlane.adapters.link import Answered, Link, LinkPlan, NotAnswered

ATTEMPT_S = 0.4


def ask(serve, *, scheme="http", connections=4, calls=1, host=None):
    """Answers of `calls` messages to a bare server that does `serve(reader, writer)`."""

    async def run():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        plan = LinkPlan(f"{scheme}://127.0.0.1:{port}", ATTEMPT_S, connections, host)
        link = Link(plan, None)
        until = link.deadline()
        try:
            return await asyncio.gather(
                *(link.post("/", b"{}", {}, until=until) for _ in range(calls))
            )
        finally:
            await link.close()
            server.close()

    return asyncio.run(run())


async def answer(writer, head, body=b""):
    writer.write(head.encode() + b"\r\n\r\n" + body)
    await writer.drain()


async def read_request(reader):
    await reader.readuntil(b"\r\n\r\n")


def test_an_answer():
    async def serve(reader, writer):
        await read_request(reader)
        await answer(writer, "HTTP/1.1 200 OK\r\nContent-Length: 2", b"ok")

    (found,) = ask(serve)
    assert isinstance(found, Answered)
    assert found.body == b"ok"


def test_a_slow_drip_ends_at_the_deadline():
    async def serve(reader, writer):
        await read_request(reader)
        await answer(writer, "HTTP/1.1 200 OK\r\nContent-Length: 1000")
        for _ in range(100):
            writer.write(b"x")
            await asyncio.sleep(0.05)

    begun = time.monotonic()
    (found,) = ask(serve)
    assert found == NotAnswered("no whole answer before the deadline", sent=True)
    assert time.monotonic() - begun < ATTEMPT_S + 0.5


def test_silence_and_those_who_never_got_a_line():
    async def serve(reader, writer):
        await asyncio.sleep(2)

    found = ask(serve, connections=1, calls=3)
    assert sorted(one.sent for one in found) == [False, False, True]


def test_a_refused_connection_sent_nothing():
    async def run():
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        link = Link(LinkPlan(f"http://127.0.0.1:{port}", ATTEMPT_S, 1), None)
        found = await link.post("/", b"{}", {}, until=link.deadline())
        await link.close()
        return found

    found = asyncio.run(run())
    assert isinstance(found, NotAnswered)
    assert not found.sent


def test_failed_tls_sent_nothing():
    async def serve(reader, writer):
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 no TLS here\r\n\r\n")
        writer.close()

    (found,) = ask(serve, scheme="https")
    assert isinstance(found, NotAnswered)
    assert not found.sent


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 3000000",
        "garbage",
        "HTTP/1.1 200 OK\r\nContent-Length: -1",
        "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:1/",
    ],
)
def test_bad_answers_raise_nothing(head):
    async def serve(reader, writer):
        await read_request(reader)
        await answer(writer, head, b"x" * 3_000_000 if "3000000" in head else b"")
        writer.close()

    (found,) = ask(serve)
    if "302" in head:
        assert found.status == 302
    else:
        assert isinstance(found, NotAnswered)
        assert found.sent


def test_a_line_cut_after_the_request_may_have_been_heard():
    async def serve(reader, writer):
        await read_request(reader)
        writer.transport.abort()

    (found,) = ask(serve)
    assert isinstance(found, NotAnswered)
    assert found.sent


def test_a_counterpart_behind_a_line_is_asked_by_its_own_name():
    heard = []

    async def serve(reader, writer):
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        await answer(writer, "HTTP/1.1 200 OK\r\nContent-Length: 2", b"ok")

    (found,) = ask(serve, host="sandbox.example:8443")
    assert isinstance(found, Answered)
    assert b"\r\nHost: sandbox.example:8443\r\n" in heard[0]
