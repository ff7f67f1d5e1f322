"""A till's own number for a request, and what the request said under it."""

import hashlib
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request

from cashlane.core.refusals import Refused
from cashlane.counter.messages import is_key
from cashlane.counter.problems import RefusedError


def idempotency_key(request: Request[Any, Any, Any]) -> UUID:
    """The till's own number for this request. Raises KEY_MISSING."""
    text = request.headers.get("idempotency-key", "")
    if not is_key(text):
        raise RefusedError(Refused("KEY_MISSING"))
    return UUID(text)


def content_hash(*parts: object) -> UUID:
    """128 bits of a request's content: the same key with another content is refused."""
    content = msgspec.json.encode(parts)
    return UUID(bytes=hashlib.blake2b(content, digest_size=16).digest())
