"""The API as a Litestar application: its operations, its health, its description."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from litestar import HttpMethod, Litestar, MediaType, Response, Router, get, route
from litestar.di import Provide
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from cashlane.api import health
from cashlane.api.description import Schema, describe
from cashlane.api.health import Health
from cashlane.api.refusing import HANDLERS, told
from cashlane.api.v1 import asking, paying, places
from cashlane.api.v1.door import actor_of, door, json_only
from cashlane.api.v1.plain import App, Plain
from cashlane.counter.service import Service

TRUSTED = "127.0.0.1"
"""A proxy there is believed when it says for whom it asks."""
BODY_MOST = 1 << 20
"""Bytes of one request's body: a batch of 200 payments is a tenth of this."""


@route("/payments", http_method=[HttpMethod.OPTIONS], status_code=204)
async def _payments_methods() -> Response[None]:
    """Which methods this path knows: two handlers share it, and each alone tells only its own."""
    return Response(None, headers={"Allow": "GET, OPTIONS, POST"})


_OPERATIONS: list[Any] = [
    _payments_methods, paying.inquire, paying.hold, paying.pay, paying.pay_batch, paying.pay_visit,
    asking.status, asking.by_key, asking.abandon,
    asking.void, asking.cash_returned, asking.slip_given, asking.refunded,
    places.outlets, places.outlet, places.nearest, places.routes, places.billers,
]  # fmt: skip


def make_app(
    service: Service, health_of: Health, pages: Callable[[Schema], Sequence[Router]]
) -> App:
    """The application over the rooms that main has built, with the pages beside the interface.

    `pages` are handed the description of the interface, which one of them shows.
    """
    v1 = Router(
        "/v1",
        route_handlers=_OPERATIONS,
        guards=[door(service.keys, service.deeds), json_only],
        dependencies={"actor": Provide(actor_of, sync_to_thread=False)},
    )
    description = describe(v1, health.HANDLERS)
    application = Litestar(
        [v1, *health.HANDLERS, _openapi(description), *pages(description)],
        dependencies={
            "service": Provide(lambda: service, sync_to_thread=False),
            "health": Provide(lambda: health_of, sync_to_thread=False),
        },
        exception_handlers=HANDLERS,
        request_max_body_size=BODY_MOST,
        openapi_config=None,
        logging_config=None,
    )
    # Who asks behind a proxy of this machine matters to pages only; plain requests bring a key.
    behind: Any = ProxyHeadersMiddleware(cast(Any, application), TRUSTED)
    return Plain(behind, service, told)


def _openapi(description: Schema) -> Any:
    @get("/schema/openapi.json", media_type=MediaType.JSON)
    async def openapi() -> Response[Schema]:
        """The description of this interface, in OpenAPI 3.1."""
        return Response(description, headers={"Cache-Control": "no-cache"})

    return openapi
