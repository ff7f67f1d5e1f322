"""The tour as a page: a button for each act, what happens told line by line, bills to try by hand.

It is a server of its own beside the API, because one of its acts kills that.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import zxingcpp
from aiohttp import web
from markupsafe import Markup

from cashlane.home import Home
from cashlane.trial.station import HOST
from cashlane.trial.tour.clerk import clerk_at_work, money, some_bills
from cashlane.trial.tour.lines import Line
from cashlane.trial.tour.running import Running
from cashlane.trial.tour.steps import STEPS, Step
from cashlane.values.text import Text
from cashlane.web.shared.headers import HEADERS
from cashlane.web.shared.pages import Pages
from cashlane.world.city_bills import BILLERS

_STATIC = Path(__file__).parent / "static"
BILLS_SHOWN = 12
"""Bills to try by hand: a handful of each biller."""
_BILLERS = {biller.code: biller.name for biller in BILLERS}


class Way(msgspec.Struct, frozen=True):
    """A door of the demo: what is behind it, its address, and what to type there."""

    name: Text
    address: str
    words: tuple[tuple[Text, str], ...]


class TourPage:
    """The page's server. One act at a time: they work at the same till."""

    def __init__(self, house: Home, running: Running, ways: list[Way]) -> None:
        self._house = house
        self._running = running
        self._ways = ways
        self._at_work = asyncio.Lock()
        self._pages = Pages("cashlane.trial.tour")

    def app(self) -> web.Application:
        """The application."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/", self._page),
                web.post("/steps/{name}", self._step),
                web.static("/static", _STATIC),
                web.get("/favicon.ico", _no_picture),
            ]
        )
        app.on_response_prepare.append(_guard)
        return app

    async def _page(self, request: web.Request) -> web.Response:
        language = "en" if request.query.get("lang") == "en" else "zh"
        text = self._pages.written(
            "tour.html",
            language=language,
            steps=STEPS,
            ways=self._ways,
            bills=await asyncio.to_thread(self._bills),
        )
        return web.Response(text=text, content_type="text/html", charset="utf-8")

    def _bills(self) -> list[dict[str, Any]]:
        return [
            {
                "biller": _BILLERS[row.biller],
                "account": row.bill.account,
                "due": money(row.bill.amount),
                "code": code,
                "bars": Markup(_bars(code)),  # noqa: S704 - drawn here, with no foreign text in it
            }
            for row, code in some_bills(self._running, BILLS_SHOWN)
        ]

    async def _step(self, request: web.Request) -> web.StreamResponse:
        # Only JSON is taken: a page of another origin cannot send it without asking first.
        step = next((one for one in STEPS if one.name == request.match_info["name"]), None)
        if step is None or request.content_type != "application/json":
            raise web.HTTPNotFound
        answer = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await answer.prepare(request)
        async with self._at_work:
            await self._tell(step, answer)
        await answer.write_eof()
        return answer

    async def _tell(self, step: Step, answer: web.StreamResponse) -> None:
        try:
            async with clerk_at_work(self._house, self._running) as clerk:
                async for line in step.act(clerk):
                    await answer.write(msgspec.json.encode(line) + b"\n")
        except (LookupError, aiohttp.ClientError, OSError) as trouble:
            line = Line("bad", Text(f"未成：{trouble}", f"it did not work: {trouble}"))
            await answer.write(msgspec.json.encode(line) + b"\n")


@contextmanager
def serving_port(wanted: int) -> Iterator[socket.socket]:
    """A listener of this machine on the wanted port, or on a free one where that is taken."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, wanted))
        except OSError:
            listener.bind((HOST, 0))
        yield listener


@asynccontextmanager
async def shown(app: web.Application, listener: socket.socket) -> AsyncIterator[None]:
    """Answer as long as the block lasts."""
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield
    finally:
        await runner.cleanup()


async def _no_picture(_: web.Request) -> web.Response:
    return web.Response(status=204)


async def _guard(_: web.Request, answer: web.StreamResponse) -> None:
    answer.headers.update(HEADERS)
    answer.headers["Cache-Control"] = "no-store"


def _bars(code: str) -> str:
    drawn = str(zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.Code128).to_svg())
    return drawn[drawn.index("<svg") :]
