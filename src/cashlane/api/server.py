"""The server in front of the application, over which answers leave whole.

It says the head of an answer and then its body. Each by itself would be a call of the system and a
packet, and would wake the caller twice; here what one turn of the loop says on a line is one write.
"""

import asyncio
from socket import AF_INET, AF_INET6, create_server, socket
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cashlane.api.v1.plain import App

BACKLOG = 2048
"""Callers that wait to be let in: every till of a large city at once finds room."""


async def answer(app: App, *, host: str, port: int, shared: bool) -> None:
    """Answer at a port until asked to stop; `shared`: others may have their ear there too, and the
    system deals callers out among all that have."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            http=WholeAnswers,
            lifespan="off",
            backlog=BACKLOG,
            server_header=False,
            proxy_headers=False,  # heard where it matters (app.py)
            timeout_graceful_shutdown=5,
        )
    )
    await server.serve([_ear(host, port)] if shared else None)


def _ear(host: str, port: int) -> socket:
    family = AF_INET6 if ":" in host else AF_INET
    return create_server((host, port), family=family, backlog=BACKLOG, reuse_port=True)


class Whole:
    """A line to a caller that gathers what is written until the loop turns."""

    __slots__ = ("_line", "_loop", "_said")

    def __init__(self, line: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._line = line
        self._loop = loop
        self._said: list[bytes] = []

    def write(self, content: bytes) -> None:
        """Say something; it leaves when the loop turns."""
        if not self._said:
            self._loop.call_soon(self._leave)
        self._said.append(content)

    def close(self) -> None:
        """Say what is left to say, and hang up."""
        self._leave()
        self._line.close()

    def _leave(self) -> None:
        whole, self._said = b"".join(self._said), []
        if whole and not self._line.is_closing():  # else the caller has gone meanwhile
            self._line.write(whole)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the line's own."""
        return getattr(self._line, name)


class WholeAnswers(HttpToolsProtocol):
    """The server's side of a line, over which answers leave whole."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A caller has come."""
        super().connection_made(cast("asyncio.Transport", Whole(transport, self.loop)))
