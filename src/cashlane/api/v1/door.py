"""The door of the API: who is asking, and in what form, is settled before a body is read."""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from cashlane.core.network import Actor
from cashlane.core.refusals import Refused
from cashlane.counter.problems import RefusedError
from cashlane.people.keys import KeyRing
from cashlane.registry.onboarding import Deeds

_ACTOR = "actor"


def door(keys: KeyRing, deeds: Deeds) -> Guard:
    """The guard of all operations. Raises UNAUTHENTICATED, whatever else is wrong with them."""

    async def known(
        connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
    ) -> None:
        scheme, _, key = connection.headers.get("authorization", "").partition(" ")
        actor = await keys.actor(key.strip()) if scheme.lower() == "bearer" else None
        if actor is None:
            raise RefusedError(Refused("UNAUTHENTICATED"))
        await deeds.note(actor, "signed", "")
        connection.state[_ACTOR] = actor

    return known


async def json_only(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """The guard of bodies: what is not said to be JSON is not read as JSON."""
    kind = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    if connection.scope.get("method") == "POST" and kind != "application/json":
        raise HTTPException(status_code=415)


def actor_of(request: Request[Any, Any, Any]) -> Actor:
    """Who stands behind the request's key, as the door found it."""
    actor: Actor = request.state[_ACTOR]
    return actor
