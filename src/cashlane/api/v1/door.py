"""The door of the API: who is asking, and under which key."""

from typing import Any

from litestar import Request

from cashlane.core.network import Actor
from cashlane.core.refusals import Refused
from cashlane.counter.problems import RefusedError
from cashlane.people.keys import KeyRing


async def actor_of(request: Request[Any, Any, Any], keys: KeyRing) -> Actor:
    """Who stands behind the request's key. Raises UNAUTHENTICATED."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    actor = await keys.actor(key.strip()) if scheme.lower() == "bearer" else None
    if actor is None:
        raise RefusedError(Refused("UNAUTHENTICATED"))
    return actor
