"""A party that cannot be reached at all: its port refuses connections for some seconds.

Not an answer of any kind but the absence of a server, as when a machine is switched off; the one
fault after which it is certain that nothing was heard.
"""

import asyncio
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from cashlane.world.wire import json_answer, read_json

HOST = "127.0.0.1"
_GOODBYE_S = 0.05
"""The last answer gets out before the line goes dead."""


class Absence(Struct, frozen=True):
    """How long to be gone."""

    seconds: Annotated[float, Meta(gt=0, le=3600)]


class Outage:
    """Takes one party's port away on order, and gives it back."""

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._gone: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        """The order to be unreachable; it cannot be taken back, since nobody hears."""
        return [web.post("/control/unreachable", self._order)]

    def watch(self, runner: web.AppRunner) -> None:
        """The server that is to disappear."""
        self._runner = runner

    async def end(self) -> None:
        """Stop, together with the party."""
        if self._gone is not None:
            self._gone.cancel()
            await asyncio.gather(self._gone, return_exceptions=True)

    async def _order(self, request: web.Request) -> web.Response:
        absence = read_json(await request.read(), Absence)
        if self._runner is None or (self._gone is not None and not self._gone.done()):
            return json_answer({"code": "leaving_already"}, status=409)
        self._gone = asyncio.create_task(self._leave(self._runner, absence.seconds))
        return json_answer({"unreachable_for": absence.seconds}, status=202)

    async def _leave(self, runner: web.AppRunner, seconds: float) -> None:
        await asyncio.sleep(_GOODBYE_S)
        port = runner.addresses[0][1]
        for site in list(runner.sites):
            await site.stop()
        for line in runner.server.connections if runner.server else ():
            if line.transport is not None:
                line.transport.abort()
        await asyncio.sleep(seconds)
        await web.TCPSite(runner, HOST, port).start()
