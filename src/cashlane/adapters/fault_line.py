"""A TCP line of ours in front of a counterpart, broken on order: lost, held, late, cut, refused.

Listens on the loopback only. It knows bytes and directions, and no protocol.
"""

import asyncio
import socket
import ssl
import struct
from contextlib import suppress
from typing import Literal

from cashlane.adapters.reach import WITHIN_S
from cashlane.core.line import PASS, LineFault, LineKind

Way = Literal["request", "answer"]
HOST = "127.0.0.1"
CHUNK_BYTES = 1 << 16
"""Read at a time: larger than any message of a partner."""

_LOST: dict[Way, frozenset[LineKind]] = {
    "request": frozenset({"lose_requests", "lose_both"}),
    "answer": frozenset({"lose_answers", "lose_both"}),
}
_HELD: dict[Way, frozenset[LineKind]] = {
    "request": frozenset({"hold_requests", "hold_both"}),
    "answer": frozenset({"hold_answers", "hold_both"}),
}
_BROKEN: dict[Way, LineKind] = {"request": "break_request", "answer": "break_answer"}
_DEAD: frozenset[LineKind] = frozenset({"cut", "refuse"})


class _Pair:
    """One connection through the line: the caller's end and the counterpart's."""

    def __init__(self, caller: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.ends: dict[Way, asyncio.StreamWriter] = {"request": far, "answer": caller}
        self.passed: dict[Way, int] = {"request": 0, "answer": 0}
        self.holed = False

    def cut(self) -> None:
        """Break both ends at once, as a pulled plug would."""
        for end in self.ends.values():
            _reset(end)


class FaultLine:
    """A line to `host:port`. `tls` is spoken towards the counterpart only."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self._far = (host, port)
        self._tls = tls
        self._fault = PASS
        self._changed = asyncio.Event()
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> str:
        """Start to listen; where callers reach the line from now on, also after a refusal."""
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, HOST, self.port)
            self.port = self._server.sockets[0].getsockname()[1]
        return f"{HOST}:{self.port}"

    async def order(self, fault: LineFault) -> None:
        """Be in this state from now on. What was held goes on its way, or stays held."""
        self._fault = fault
        for pair in list(self._pairs):
            pair.passed = {"request": 0, "answer": 0}
            if fault.kind in _DEAD or (pair.holed and not _loses(fault.kind)):
                pair.cut()
        before, self._changed = self._changed, asyncio.Event()
        before.set()
        if fault.kind == "refuse":
            self._deaf()
        else:
            await self.open()

    async def close(self) -> None:
        """Stop listening and cut whatever is left."""
        self._deaf()
        for pair in list(self._pairs):
            pair.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _deaf(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _accept(self, reader: asyncio.StreamReader, caller: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # The server's own task: it ends in peace also where the whole line is closed.
        with suppress(asyncio.CancelledError):
            await self._connect(reader, caller)

    async def _connect(self, reader: asyncio.StreamReader, caller: asyncio.StreamWriter) -> None:
        if self._fault.kind in _DEAD:
            _reset(caller)
            return
        try:
            async with asyncio.timeout(WITHIN_S):
                far_reader, far = await asyncio.open_connection(*self._far, ssl=self._tls)
        except (OSError, TimeoutError):
            _reset(caller)
            return
        await self._carry(reader, far_reader, _Pair(caller, far))

    async def _carry(
        self, reader: asyncio.StreamReader, far_reader: asyncio.StreamReader, pair: _Pair
    ) -> None:
        self._pairs.add(pair)
        try:
            await asyncio.gather(
                self._pump(pair, "request", reader), self._pump(pair, "answer", far_reader)
            )
        finally:
            pair.cut()
            self._pairs.discard(pair)

    async def _pump(self, pair: _Pair, way: Way, reader: asyncio.StreamReader) -> None:
        """Bytes one way until they end. A caller who has gone takes nothing back that he sent."""
        with suppress(OSError):
            while piece := await reader.read(CHUNK_BYTES):
                await self._pass(pair, way, piece)
        with suppress(OSError, RuntimeError):
            if not pair.ends[way].is_closing():
                pair.ends[way].write_eof()

    async def _pass(self, pair: _Pair, way: Way, piece: bytes) -> None:
        """One piece, by the state of the line at the moment it is to pass."""
        while self._fault.kind in _HELD[way]:
            await self._changed.wait()
        fault = self._fault
        if fault.kind in _LOST[way]:
            pair.holed = True
            return
        if fault.kind == "delay":
            await asyncio.sleep(fault.delay_ms / 1000)
        if fault.kind == _BROKEN[way]:
            room = max(fault.after_bytes - pair.passed[way], 0)
            await _write(pair.ends[way], piece[:room])
            pair.passed[way] += len(piece)
            if pair.passed[way] >= fault.after_bytes:
                pair.cut()
            return
        await _write(pair.ends[way], piece)


def _loses(kind: LineKind) -> bool:
    return any(kind in kinds for kinds in _LOST.values())


async def _write(end: asyncio.StreamWriter, piece: bytes) -> None:
    """Hand a piece on; to one who has hung up nothing is handed, and nobody minds."""
    if end.is_closing() or not piece:
        return
    with suppress(OSError):
        end.write(piece)
        await end.drain()


def _reset(end: asyncio.StreamWriter) -> None:
    """Close without farewell: what was not sent yet is not sent any more."""
    line = end.get_extra_info("socket")
    if line is not None and not end.is_closing():
        with suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport = end.transport
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
