"""Plain requests of a counter, answered in front of the framework: a known key, whole JSON.

These are the requests that a busy hour is made of, and the framework would cost as much as all the
rest of them. Whatever is not plain to the letter - a stranger, another form, a body that is wrong -
goes to the framework unread, so that every refusal of form has one place. What is decided is said
in the same words.
"""

from collections.abc import (
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
    Mapping,
    MutableMapping,
    Sequence,
)
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from msgspec import Struct
from pydantic import ValidationError

from cashlane.core.network import Actor
from cashlane.counter.messages import (
    BatchIn,
    Body,
    HeldBatchIn,
    HeldIn,
    HoldIn,
    InquiryIn,
    PaymentIn,
    is_key,
)
from cashlane.counter.problems import RefusedError
from cashlane.counter.service import Service
from cashlane.counter.taking import batch_at, hold_at, inquire_at, pay_at
from cashlane.switch.inquire import BUSY

Message = MutableMapping[str, Any]
Receive = Callable[[], Coroutine[Any, Any, Message]]
Send = Callable[[Message], Coroutine[Any, Any, None]]
App = Callable[[Any, Any, Any], Coroutine[Any, Any, None]]
Told = Callable[[Request[Any, Any, Any], Exception], Response[Any]]

_encode = msgspec.json.Encoder().encode
_JSON = b"application/json"
_KEY = b"idempotency-key"
PLAIN_MOST = 1 << 18
"""Bytes of a body that is read here: a batch of 200 held bills has about half of it."""
_READ = frozenset({b"authorization", _KEY, b"content-type", b"content-encoding"})


class Shape(Struct, frozen=True):
    """One operation: how its body is read (ValueError where it is not plain), whether it has a key,
    whether who asks for it comes anew, and how its answer is found."""

    read: Callable[[bytes], Any]
    keyed: bool
    anew: bool
    status: int
    answer: Callable[[Service, Actor, Any, Any], Awaitable[Any]]


def _plainly(plain: type[Struct], body: type[Body]) -> Callable[[bytes], Any]:
    """Reads the plainest form of a body, and else whatever the body may be."""
    decode, otherwise = msgspec.json.Decoder(plain).decode, body.model_validate_json

    def read(content: bytes) -> Any:
        try:
            return decode(content)
        except msgspec.DecodeError:
            return otherwise(content)

    return read


SHAPES: Mapping[str, Shape] = {
    "/v1/payments": Shape(_plainly(HeldIn, PaymentIn), True, False, 201, pay_at),
    "/v1/batches": Shape(_plainly(HeldBatchIn, BatchIn), False, False, 200, batch_at),
    "/v1/holds": Shape(HoldIn.model_validate_json, False, True, 200, hold_at),
    "/v1/inquiries": Shape(InquiryIn.model_validate_json, False, True, 200, inquire_at),
}
"""What is answered here, by its path; all of it is posted."""


class Plain:
    """Stands before an application; `told` says what an error is told as."""

    def __init__(self, app: App, service: Service, told: Told) -> None:
        self._app = app
        self._service = service
        self._told = told
        self._busy: _Said | None = None

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """One request: answered here where it is plain."""
        shape = SHAPES.get(scope["path"]) if scope["type"] == "http" else None
        if shape is None or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        key = _key_of(shape, scope["headers"])
        actor = None if key is None else await self._service.keys.actor(key.secret)
        if key is None or actor is None:
            await self._app(scope, receive, send)
            return
        if shape.anew and self._service.inquirer.is_full():
            await _say(self._turned_away(scope), send)
            return
        await self._service.deeds.note(actor, "signed", "")
        messages = await _messages(receive)
        said = await self._answer(shape, actor, key, messages, scope)
        if said is None:
            await self._app(scope, _again(messages, receive), send)
            return
        await _say(said, send)

    def _turned_away(self, scope: Any) -> "_Said":
        """The answer to all who come anew while it is full: nothing of theirs is read."""
        if self._busy is None:
            self._busy = _said(self._told(Request(scope), RefusedError(BUSY)))
        return self._busy

    async def _answer(
        self, shape: Shape, actor: Actor, key: "_Key", messages: Sequence[Message], scope: Any
    ) -> "_Said | None":
        content = _content(messages)
        if content is None:
            return None
        try:
            body = shape.read(content)
        except ValidationError:
            return None
        number = msgspec.convert(key.number, UUID) if shape.keyed else None
        try:
            out = await shape.answer(self._service, actor, body, number)
        except Exception as error:  # answered as the framework answers it
            return _said(self._told(Request(scope), error))
        return _answered(shape.status, _encode(out), _JSON, [])


class _Key(Struct, frozen=True):
    """What opens the door, and the till's own number for the request where it has one."""

    secret: str
    number: str


class _Said(Struct, frozen=True):
    """An answer as the server sends it."""

    start: Message
    body: Message


def _key_of(shape: Shape, headers: Iterable[tuple[bytes, bytes]]) -> _Key | None:
    """What a request's headers say; None where any of it is not plain."""
    said = [pair for pair in headers if pair[0] in _READ]
    by_name = dict(said)
    scheme, _, secret = by_name.get(b"authorization", b"").decode("latin-1").partition(" ")
    number = by_name.get(_KEY, b"").decode("latin-1")
    plain = (
        len(said) == len(by_name) == 2 + shape.keyed
        and by_name.get(b"content-type") == _JSON
        and scheme == "Bearer"
        and (is_key(number) if shape.keyed else not number)
    )
    return _Key(secret, number) if plain else None


async def _messages(receive: Receive) -> list[Message]:
    """A whole body, or as much of it as a plain one has at most."""
    messages, size = [await receive()], 0
    while messages[-1].get("more_body"):
        size += len(messages[-1]["body"])
        if size > PLAIN_MOST:
            break
        messages.append(await receive())
    return messages


def _content(messages: Sequence[Message]) -> bytes | None:
    """The body that was sent; None where it is not whole."""
    if messages[-1]["type"] != "http.request" or messages[-1].get("more_body"):
        return None
    return b"".join([one["body"] for one in messages])


def _again(messages: Sequence[Message], receive: Receive) -> Receive:
    """What was received once is received once more."""
    waiting = list(reversed(messages))

    async def once_more() -> Message:
        return waiting.pop() if waiting else await receive()

    return once_more


def _said(response: Response[Any]) -> _Said:
    """The framework's answer, as the server sends it."""
    kind = str(response.media_type or "application/json").encode()
    more = [(name.lower().encode(), value.encode()) for name, value in response.headers.items()]
    return _answered(response.status_code or 200, response.content, kind, more)


def _answered(status: int, body: bytes, kind: bytes, more: Sequence[tuple[bytes, bytes]]) -> _Said:
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *more]
    return _Said(
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": body},
    )


async def _say(said: _Said, send: Send) -> None:
    await send(said.start)
    await send(said.body)
