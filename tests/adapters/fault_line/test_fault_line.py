"""The breakable line between a caller and a server that echoes, and counts what it really got."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from cashlane.adapters.fault_line import FaultLine
from cashlane.core.line import PASS, LineKind, broken, fault, late


class Echo:
    """A server that remembers every byte it was sent and sends it back."""

    def __init__(self) -> None:
        self.got = b""
        self.callers = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.callers += 1
        try:
            while piece := await reader.read(4096):
                self.got += piece
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


Scenario = Callable[[FaultLine, Echo], Awaitable[None]]


def with_line(scenario: Scenario) -> None:
    async def run() -> None:
        echo = Echo()
        server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        line = FaultLine("127.0.0.1", port, None)
        await line.open()
        try:
            async with asyncio.timeout(20):
                await scenario(line, echo)
        finally:
            await line.close()
            server.close()

    asyncio.run(run())


async def say(line: FaultLine, text: bytes, wait_s: float = 0.3) -> bytes | None:
    """What comes back on a new connection: None for silence, b"" for a line cut."""
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
    try:
        writer.write(text)
        async with asyncio.timeout(wait_s):
            return await reader.read(4096)
    except TimeoutError:
        return None
    except OSError:
        return b""
    finally:
        writer.transport.abort()


async def reached(echo: Echo, text: bytes) -> bool:
    """Whether the server has these bytes, or gets them within a second."""
    for _ in range(50):
        if text in echo.got:
            return True
        await asyncio.sleep(0.02)
    return False


def test_a_whole_line_carries_both_ways() -> None:
    async def scenario(line: FaultLine, echo: Echo) -> None:
        assert await say(line, b"one") == b"one"
        big = bytes(300_000)
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        writer.write(big)
        assert await reader.readexactly(len(big)) == big
        writer.transport.abort()

    with_line(scenario)


@pytest.mark.parametrize(
    ("kind", "arrives", "answer"),
    [
        ("lose_requests", False, None),
        ("lose_answers", True, None),
        ("lose_both", False, None),
        ("hold_requests", False, None),
        ("hold_answers", True, None),
        ("hold_both", False, None),
        ("cut", False, b""),
    ],
)
def test_each_fault_stops_its_own_direction(
    kind: LineKind, arrives: bool, answer: bytes | None
) -> None:
    async def scenario(line: FaultLine, echo: Echo) -> None:
        await line.order(fault(kind))
        assert await say(line, b"one") == answer
        assert (b"one" in echo.got) == arrives
        await line.order(PASS)
        assert await say(line, b"two") == b"two"
        # What was lost stays lost; what was held arrived, although its caller has gone.
        assert await reached(echo, b"one") == (arrives or kind.startswith("hold"))

    with_line(scenario)


def test_a_refusing_line_lets_nothing_in_and_comes_back_at_its_port() -> None:
    async def scenario(line: FaultLine, echo: Echo) -> None:
        port = line.port
        await line.order(fault("refuse"))
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        assert echo.callers == 0
        await line.order(PASS)
        assert line.port == port
        assert await say(line, b"again") == b"again"

    with_line(scenario)


@pytest.mark.parametrize("kind", ["cut", "refuse"])
def test_connections_under_way_are_broken(kind: LineKind) -> None:
    async def scenario(line: FaultLine, echo: Echo) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        writer.write(b"one")
        assert await reader.read(100) == b"one"
        await line.order(fault(kind))
        with pytest.raises(ConnectionResetError):
            await reader.read(100)

    with_line(scenario)


def test_a_stream_with_a_hole_is_cut_when_the_loss_ends() -> None:
    async def scenario(line: FaultLine, echo: Echo) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        writer.write(b"one")
        assert await reader.read(100) == b"one"
        await line.order(fault("lose_answers"))
        writer.write(b"two")
        assert await reached(echo, b"two")
        await line.order(PASS)
        with pytest.raises(ConnectionResetError):
            await reader.read(100)

    with_line(scenario)


def test_held_answers_arrive_when_the_line_is_whole_again() -> None:
    async def scenario(line: FaultLine, echo: Echo) -> None:
        await line.order(fault("hold_answers"))
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        writer.write(b"one")
        assert await reached(echo, b"one")
        await line.order(PASS)
        assert await reader.read(100) == b"one"
        writer.transport.abort()

    with_line(scenario)


def test_a_message_breaks_after_so_many_bytes() -> None:
    async def scenario(line: FaultLine, echo: Echo) -> None:
        await line.order(broken("break_request", 4))
        assert await say(line, b"0123456789") in {b"", b"0123"}
        await asyncio.sleep(0.05)
        assert echo.got in {b"", b"0123"}  # a reset may take the last bytes with it
        await line.order(broken("break_answer", 4))
        assert await say(line, b"abcdefghij") in {b"", b"abcd"}
        assert await reached(echo, b"abcdefghij")

    with_line(scenario)


def test_delay_is_at_least_what_was_ordered() -> None:
    async def scenario(line: FaultLine, echo: Echo) -> None:
        await line.order(late(100))
        since = time.monotonic()
        assert await say(line, b"one", wait_s=5) == b"one"
        assert time.monotonic() - since >= 0.2

    with_line(scenario)


def test_a_counterpart_that_is_away_shows_as_a_cut() -> None:
    async def run() -> None:
        line = FaultLine("127.0.0.1", 9, None)
        await line.open()
        try:
            assert await say(line, b"one") == b""
        finally:
            await line.close()

    asyncio.run(run())


def test_a_network_cut_in_two_again_and_again_loses_no_byte_of_a_hundred_streams() -> None:
    """Held, one way or both, under load: every stream arrives whole and in order."""
    content = bytes(range(256)) * 64

    async def stream(line: FaultLine) -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        got = b""
        for at in range(0, len(content), 1024):
            writer.write(content[at : at + 1024])
            got += await reader.readexactly(1024)
        writer.transport.abort()
        return got == content

    async def scenario(line: FaultLine, echo: Echo) -> None:
        streams = asyncio.gather(*(stream(line) for _ in range(100)))
        kinds: tuple[LineKind, ...] = ("hold_requests", "hold_answers", "hold_both")
        for turn in range(20):
            await asyncio.sleep(0.02)
            await line.order(fault(kinds[turn % 3]))
            await asyncio.sleep(0.02)
            await line.order(PASS)
        assert all(await streams)

    with_line(scenario)
