"""The API as a Litestar application: routes, refusals as problems, a description that is true."""

from typing import Any

from litestar import Litestar, Request, Response, Router, get
from litestar.di import Provide
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.openapi import OpenAPIConfig
from pydantic import ValidationError

from cashlane.api.v1 import asking, paying
from cashlane.api.v1.problems import FieldError, RefusedError, refuse
from cashlane.api.v1.service import Service
from cashlane.core.refusals import Refused
from cashlane.store.connect import DayNotOpen, Lost, Moved
from cashlane.values.text import Text

BODY_MOST = 1 << 20
"""Bytes of one request's body: a batch of 200 payments is a tenth of this."""


def make_app(service: Service) -> Litestar:
    """The application over the rooms that main has built."""
    v1 = Router(
        "/v1",
        route_handlers=[
            paying.inquire, paying.pay, paying.pay_batch, paying.pay_visit,
            asking.status, asking.by_key, asking.abandon, asking.void, asking.cash_returned,
            asking.slip_given, asking.refunded, asking.outlets, asking.outlet, asking.routes,
        ],
    )  # fmt: skip
    return Litestar(
        [v1, livez],
        dependencies={"service": Provide(lambda: service, sync_to_thread=False)},
        exception_handlers={
            RefusedError: _refused,
            ValidationException: _invalid,
            ValidationError: _invalid,
            NotFoundException: _absent,
            MethodNotAllowedException: _other,
            HTTPException: _other,
            Lost: _lost,
            Moved: _lost,
            DayNotOpen: _day,
        },
        request_max_body_size=BODY_MOST,
        openapi_config=OpenAPIConfig(title="Cashlane", version="1"),
        logging_config=None,
    )


@get("/livez", include_in_schema=False)
async def livez() -> dict[str, str]:
    """Whether this process answers at all."""
    return {"status": "alive"}


_Any = Request[Any, Any, Any]


def _refused(_: _Any, error: RefusedError) -> Response[Any]:
    return refuse(error.refused, errors=error.errors)


def _invalid(_: _Any, error: Any) -> Response[Any]:
    """All that is wrong with a request at once, each with a JSON pointer."""
    found = error.errors() if isinstance(error, ValidationError) else (error.extra or [])
    errors = [_field(one) for one in found]
    return refuse(Refused("SCHEMA", {"count": max(1, len(errors))}), errors=errors)


def _field(one: Any) -> FieldError:
    place = one.get("loc") or one.get("key", "").split(".")
    pointer = "/" + "/".join(str(part) for part in place if part != "")
    return FieldError(pointer, str(one.get("msg") or one.get("message")))


def _absent(_: _Any, error: Exception) -> Response[Any]:
    return refuse(Refused("NOT_FOUND", {"what": Text("页面", "page")}))


def _other(_: _Any, error: HTTPException) -> Response[Any]:
    """What the server itself refuses: a broken body, a wrong method, too much."""
    words = _SERVER_WORDS.get(error.status_code, _SERVER_WORDS[400])
    response = refuse(Refused("MALFORMED", {"what": words}), status=error.status_code)
    response.headers.update(error.headers or {})
    return response


_SERVER_WORDS = {
    400: Text("正文不是完整的 JSON", "the body is no complete JSON"),
    405: Text("此地址不支持该方法", "this address does not know the method"),
    413: Text("正文过大", "the body is too large"),
    415: Text("正文类型应为 application/json", "the body must be application/json"),
}


def _lost(_: _Any, error: Exception) -> Response[Any]:
    """The database was not reached in time: what became of the ask is unknown, so say so."""
    return refuse(Refused("OUTCOME_UNKNOWN", {"seconds": 2}))


def _day(_: _Any, error: Exception) -> Response[Any]:
    return refuse(Refused("DAY_CLOSED"))
