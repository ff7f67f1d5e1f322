"""The world as one process: every party a server on its own port, started and stopped together.

Ports chosen by the system are kept across restarts where they are still free, so that those who
knew an address before a crash find the same party there after it.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from cashlane.world.addresses import read_addresses, write_addresses
from cashlane.world.aggregator import AggregatorServer
from cashlane.world.bank import BankServer
from cashlane.world.biller import BillerServer
from cashlane.world.chain import ChainServer
from cashlane.world.file_desk import FileDesk
from cashlane.world.outage import HOST, Outage
from cashlane.world.plan import BillerPlan, RoutePlan, WorldPlan
from cashlane.world.wire import BODY_MOST


class Party(Protocol):
    """Anything of the world that answers on a port and works on its own."""

    def routes(self) -> Sequence[web.RouteDef]:
        """What it answers to."""
        ...

    async def work(self) -> None:
        """What it does unasked, until cancelled."""
        ...

    async def close(self) -> None:
        """Close its books."""
        ...


class FileBiller:
    """A file-only biller: the usual books, and a folder instead of an inquiry desk."""

    def __init__(self, folder: Path, plan: BillerPlan) -> None:
        self._server = BillerServer(folder, plan)
        self._desk = FileDesk(plan, self._server)

    def routes(self) -> Sequence[web.RouteDef]:
        """Books, control and the order for a bill file."""
        return [*self._server.routes(), *self._desk.routes()]

    async def work(self) -> None:
        """Both halves at work."""
        await asyncio.gather(self._server.work(), self._desk.work())

    async def close(self) -> None:
        """Close the book."""
        await self._server.close()


def run_world(folder: Path, plan: WorldPlan) -> None:
    """Serve a world until SIGTERM or SIGINT; returns when every book is closed."""
    asyncio.run(serve_world(folder, plan))


async def serve_world(folder: Path, plan: WorldPlan) -> None:
    """Serve a world until SIGTERM or SIGINT arrives at this process."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_world(folder, plan):
        await stop.wait()


@asynccontextmanager
async def open_world(folder: Path, plan: WorldPlan) -> AsyncIterator[Mapping[str, str]]:
    """A world that stands while the block runs; gives each party's address."""
    folder.mkdir(parents=True, exist_ok=True)
    known = read_addresses(folder)
    addresses: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        for biller in plan.billers:
            party = _biller(folder, biller)
            earlier = _port(known, biller.code)
            addresses[biller.code] = await _stand(stack, party, biller.port, earlier)
        billers = {biller.code: addresses[biller.code] for biller in plan.billers}
        for route in plan.routes:
            office, earlier = _route(folder, route, billers), _port(known, route.code)
            addresses[route.code] = await _stand(stack, office, route.port, earlier)
        for chain in plan.chains:
            host, earlier = ChainServer(folder, chain), _port(known, chain.code)
            addresses[chain.code] = await _stand(stack, host, chain.port, earlier)
        write_addresses(folder, addresses)
        yield addresses


def _biller(folder: Path, plan: BillerPlan) -> Party:
    return FileBiller(folder, plan) if plan.drop else BillerServer(folder, plan)


def _route(folder: Path, plan: RoutePlan, billers: Mapping[str, str]) -> Party:
    if plan.kind == "aggregator":
        return AggregatorServer(folder, plan, billers)
    return BankServer(folder, plan, billers)


def _port(known: Mapping[str, str], code: str) -> int:
    return urlsplit(known.get(code, "")).port or 0


async def _stand(stack: AsyncExitStack, party: Party, port: int, earlier: int) -> str:
    """Start one party; it is stopped, and its book closed, when the stack unwinds."""
    stack.push_async_callback(party.close)
    app = web.Application(client_max_size=BODY_MOST, middlewares=[_while_heard])
    outage = Outage()
    app.add_routes([*party.routes(), *outage.routes()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await _listen(runner, port, earlier)
    outage.watch(runner)
    stack.push_async_callback(outage.end)
    work = asyncio.create_task(party.work())
    work.add_done_callback(_complain)
    stack.push_async_callback(_end, work)
    host, bound = runner.addresses[0][:2]
    return f"http://{host}:{bound}"


@web.middleware
async def _while_heard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whoever hangs up in the middle of a message has said nothing, and gets no answer."""
    try:
        return await handler(request)
    except ConnectionResetError:
        return web.Response(status=400)


async def _listen(runner: web.AppRunner, port: int, earlier: int) -> None:
    """Listen on the planned port, or else on the one of the last run if it is still free."""
    if port or not earlier:
        await web.TCPSite(runner, HOST, port).start()
        return
    try:
        await web.TCPSite(runner, HOST, earlier).start()
    except OSError:
        await web.TCPSite(runner, HOST, 0).start()


def _complain(work: asyncio.Task[None]) -> None:
    """A party that stops working on its own is a broken simulation, and says so at once."""
    broken = None if work.cancelled() else work.exception()
    if broken is not None:
        context = {"message": "a party of the world stopped working", "exception": broken}
        work.get_loop().call_exception_handler(context)


async def _end(work: asyncio.Task[None]) -> None:
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
