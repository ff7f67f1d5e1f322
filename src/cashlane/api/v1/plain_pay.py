"""The plain pay, answered in front of the framework: a known key, whole JSON, a live hold.

This is the request that money comes in by, and the framework would cost as much as all the rest.
Whatever is not plain - a stranger, another form, a body that is wrong - goes to the framework
unread, so that every refusal of form has one place. What is decided is said in the same words.
"""

from collections.abc import Callable, Coroutine, Iterable, MutableMapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from pydantic import ValidationError

from cashlane.core.asks import Accepted
from cashlane.core.network import Actor
from cashlane.counter.messages import PaymentIn, is_key
from cashlane.counter.problems import refuse
from cashlane.counter.service import Service
from cashlane.counter.taking import refusal, take
from cashlane.counter.wording import payment_out

PATH = "/v1/payments"
Message = MutableMapping[str, Any]
Receive = Callable[[], Coroutine[Any, Any, Message]]
Send = Callable[[Message], Coroutine[Any, Any, None]]
App = Callable[[Any, Any, Any], Coroutine[Any, Any, None]]
Told = Callable[[Request[Any, Any, Any], Exception], Response[Any]]

_encode = msgspec.json.Encoder().encode
_JSON = b"application/json"
_PLAIN = frozenset({b"authorization", b"idempotency-key", b"content-type", b"content-encoding"})


class PlainPay:
    """Stands before an application and answers plain pays; `told` says what an error is told as."""

    def __init__(self, app: App, service: Service, told: Told) -> None:
        self._app = app
        self._service = service
        self._told = told

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """One request: answered here where it is plain."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        first = await receive()
        asked = await self._asked(scope["headers"], first)
        if asked is None:
            await self._app(scope, _again(first, receive), send)
            return
        try:
            response = await self._answer(*asked)
        except Exception as error:  # answered as the framework answers it
            response = self._told(Request(scope), error)
        await _say(response, send)

    async def _asked(
        self, headers: Iterable[tuple[bytes, bytes]], message: Message
    ) -> tuple[Actor, PaymentIn, UUID] | None:
        """Who asks for what under which key; None where any of it is not plain."""
        said = [pair for pair in headers if pair[0] in _PLAIN]
        by_name = dict(said)
        scheme, _, secret = by_name.get(b"authorization", b"").decode("latin-1").partition(" ")
        key = by_name.get(b"idempotency-key", b"").decode("latin-1")
        plain = (
            len(said) == len(by_name) == 3
            and by_name.get(b"content-type") == _JSON
            and scheme == "Bearer"
            and is_key(key)
            and message["type"] == "http.request"
            and not message.get("more_body")
        )
        actor = await self._service.keys.actor(secret) if plain else None
        if actor is None:
            return None
        try:
            data = PaymentIn.model_validate_json(message["body"])
        except ValidationError:
            return None
        return (actor, data, UUID(key)) if data.hold is not None else None

    async def _answer(self, actor: Actor, data: PaymentIn, key: UUID) -> Response[Any]:
        answer = await take(self._service, actor, data, key)
        if not isinstance(answer, Accepted):
            return refuse(refusal(answer))
        said = payment_out(answer.payment, self._service.places.network)
        return Response(_encode(said), status_code=201)


def _again(first: Message, receive: Receive) -> Receive:
    """What was received once is received once more."""
    waiting = [first]

    async def once_more() -> Message:
        return waiting.pop() if waiting else await receive()

    return once_more


async def _say(response: Response[Any], send: Send) -> None:
    body: bytes = response.content
    kind = str(response.media_type or "application/json").encode()
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    headers += [(name.lower().encode(), value.encode()) for name, value in response.headers.items()]
    status = response.status_code
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
