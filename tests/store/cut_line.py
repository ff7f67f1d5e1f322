"""A proxy between the hub and its database that cuts the line at COMMIT.

Either the COMMIT is delivered and its answer is lost, or the line goes before it is delivered.
It reads the frontend's messages (PostgreSQL protocol 3) just far enough to see a COMMIT.
"""

import asyncio
import contextlib
import random
from pathlib import Path

COMMITS = (b"Q\x00\x00\x00\x0bCOMMIT\x00", b"COMMIT\x00")


class CutLine:
    """Listens on a Unix socket of its own and passes everything on - until it cuts."""

    def __init__(self, socket: Path, target: Path, *, share: float, seed: int) -> None:
        self._socket, self._target = socket, target
        self._share = share
        self._chance = random.Random(seed)
        self.delivered = 0
        self.dropped = 0

    async def __aenter__(self) -> "CutLine":
        self._server = await asyncio.start_unix_server(self._serve, str(self._socket))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, near: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        far, far_out = await asyncio.open_unix_connection(str(self._target))
        back = asyncio.create_task(self._pass_back(far, near_out))
        try:
            while data := await near.read(1 << 16):
                cut = any(word in data for word in COMMITS) and self._chance.random() < self._share
                deliver = self._chance.random() < 0.5
                if cut:
                    back.cancel()
                if not cut or deliver:
                    far_out.write(data)
                    await far_out.drain()
                if cut:
                    self.delivered += deliver
                    self.dropped += not deliver
                    if deliver:
                        await far.read(1 << 16)  # the answer that nobody will hear
                    break
        finally:
            back.cancel()
            for writer in (far_out, near_out):
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()

    async def _pass_back(self, far: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await far.read(1 << 16):
                out.write(data)
                await out.drain()
