"""A partner that posts whatever it is sent: a server of its own, with the aggregator's signatures.

It costs next to nothing, so that what is measured is our own side: `python -m bench.partner PORT`
with its secret on standard input.
"""

import asyncio
import sys
from datetime import UTC, datetime

import msgspec
import uvloop
from aiohttp import web
from msgspec import Struct

from cashlane.adapters.routes.aggregator_message import sign
from cashlane.trial.station import HOST

BODY_MOST = 1 << 22


class _Item(Struct):
    serial: str
    fen: str


class _Order(Struct):
    batch: str
    items: list[_Item] = []
    serials: list[str] = []


_read = msgspec.json.Decoder(_Order).decode


class Partner:
    """Answers every payment as posted, and knows nothing afterwards."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    async def pay(self, request: web.Request) -> web.Response:
        """All posted."""
        order = _read(await request.read())
        told = [
            {"serial": one.serial, "code": "0000", "fen": one.fen, "trace": "t"}
            for one in order.items
        ]
        return self._say(order.batch, told)

    async def query(self, request: web.Request) -> web.Response:
        """Nothing is known of what is asked for, which the network's probes ask."""
        order = _read(await request.read())
        told = [{"serial": one, "code": "4001", "fen": "0", "trace": "t"} for one in order.serials]
        return self._say(order.batch, told)

    def _say(self, batch: str, told: list[dict[str, str]]) -> web.Response:
        body = msgspec.json.encode({"batch": batch, "items": told})
        headers = sign(self._secret, datetime.now(UTC), body)
        return web.Response(body=body, content_type="application/json", headers=headers)


async def serve(port: int, secret: bytes) -> None:
    """Answer until stopped."""
    partner, app = Partner(secret), web.Application(client_max_size=BODY_MOST)
    app.add_routes([
        web.post("/gateway/pay", partner.pay), web.post("/gateway/query", partner.query),
    ])  # fmt: skip
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), sys.stdin.readline().strip().encode()))
