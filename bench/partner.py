"""The outside in one server of its own: a partner that posts whatever it is sent, with the
aggregator's signatures, and a biller's desk where every account owes one small bill.

It costs next to nothing, so that what is measured is our own side: `python -m bench.partner PORT`
with the partner's secret on standard input.
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
OWED = 100
"""What every account owes, in minor units: what a coin can pay, and no drawer is soon full of."""


class _Item(Struct):
    serial: str
    fen: str


class _Order(Struct):
    batch: str
    items: list[_Item] = []
    serials: list[str] = []


class _Question(Struct):
    account: str


_read = msgspec.json.Decoder(_Order).decode
_read_question = msgspec.json.Decoder(_Question).decode


class Partner:
    """Answers every payment as posted, and knows nothing afterwards; of every account one bill."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    async def live(self, _: web.Request) -> web.Response:
        """It is there."""
        return web.Response()

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

    async def inquire(self, request: web.Request) -> web.Response:
        """One bill, whoever is asked about."""
        account = _read_question(await request.read()).account
        bill = {"bill_ref": f"{account}-1", "account": account, "period": "202112",
                "amount": OWED, "due_on": None, "customer": ""}  # fmt: skip
        return web.Response(
            body=msgspec.json.encode({"bills": [bill]}), content_type="application/json"
        )

    def _say(self, batch: str, told: list[dict[str, str]]) -> web.Response:
        body = msgspec.json.encode({"batch": batch, "items": told})
        headers = sign(self._secret, datetime.now(UTC), body)
        return web.Response(body=body, content_type="application/json", headers=headers)


async def serve(port: int, secret: bytes) -> None:
    """Answer until stopped."""
    partner, app = Partner(secret), web.Application(client_max_size=BODY_MOST)
    app.add_routes([
        web.post("/gateway/pay", partner.pay), web.post("/gateway/query", partner.query),
        web.post("/inquiries", partner.inquire), web.get("/livez", partner.live),
    ])  # fmt: skip
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), sys.stdin.readline().strip().encode()))
