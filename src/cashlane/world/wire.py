"""How a party of the world meets a message: read it within limits, then behave as ordered.

Misbehaviour of whole messages lives here, so that every server shows it the same way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from cashlane.world.faults import Act, Faults

T = TypeVar("T")
BODY_MOST = 1 << 20
"""Bytes of one request that are read."""
SILENCE_S = 60.0
"""A silent server lets go of a caller who never hangs up after this many seconds."""

Answering = Callable[[], Awaitable[web.Response]]


async def meet(
    request: web.Request,
    faults: Faults,
    *,
    act: Act,
    billers: Sequence[str],
    outlet: str,
    answer: Answering,
) -> web.StreamResponse:
    """Answer a message, unless an order says to be slow, silent, down, or to lose the answer."""
    strike = faults.of_message(act, billers, outlet)
    match strike.behaviour if strike else None:
        case "down":
            return hang_up(request)
        case "silent":
            return await _keep_silent(request)
        case "answer_lost_after_posting":
            await answer()
            return hang_up(request)
        case "slow" if strike:
            await asyncio.sleep(strike.ms / 1000)
    return await answer()


def hang_up(request: web.Request) -> web.StreamResponse:
    """Cut the line without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _keep_silent(request: web.Request) -> web.StreamResponse:
    """Hold the line open and say nothing until the caller gives up."""
    for _ in range(round(SILENCE_S / 0.1)):
        if request.transport is None or request.transport.is_closing():
            break
        await asyncio.sleep(0.1)
    return hang_up(request)


def read_json(body: bytes, kind: type[T]) -> T:
    """Read a JSON message at the door; a malformed one is answered 400."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as broken:
        raise web.HTTPBadRequest(
            text=msgspec.json.encode({"code": "malformed", "detail": str(broken)}).decode(),
            content_type="application/json",
        ) from None


def json_answer(value: Any, *, status: int) -> web.Response:
    """A JSON answer."""
    return web.Response(
        body=msgspec.json.encode(value), status=status, content_type="application/json"
    )
