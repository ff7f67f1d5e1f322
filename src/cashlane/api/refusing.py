"""Everything that goes wrong on the way to an answer, put as a problem in both languages."""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from pydantic import ValidationError

from cashlane.core.refusals import Refused
from cashlane.counter.problems import FieldError, RefusedError, refuse
from cashlane.store.connect import DayNotOpen, Lost, Moved
from cashlane.values.text import Text

AGAIN_S = 2
"""When to ask again what became of a request: a database that restarts is back by then."""
_Any = Request[Any, Any, Any]
_log = structlog.get_logger("api")


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
    words = SERVER_WORDS.get(error.status_code, SERVER_WORDS[400])
    response = refuse(Refused("MALFORMED", {"what": words}), status=error.status_code)
    response.headers.update(error.headers or {})
    return response


SERVER_WORDS = {
    400: Text("正文不是完整的 JSON", "the body is no complete JSON"),
    405: Text("此地址不支持该方法", "this address does not know the method"),
    413: Text("正文过大", "the body is too large"),
    415: Text("正文类型应为 application/json", "the body must be application/json"),
}
"""What the server itself refuses, by status."""


def _lost(_: _Any, error: Exception) -> Response[Any]:
    """The database was not reached in time: what became of the ask is unknown, so say so."""
    return refuse(Refused("OUTCOME_UNKNOWN", {"seconds": AGAIN_S}))


def _day(_: _Any, error: Exception) -> Response[Any]:
    return refuse(Refused("DAY_CLOSED"))


def _defect(request: _Any, error: Exception) -> Response[Any]:
    """Our own program failed: it is told as such, and never as the asker's fault."""
    _log.error("api.defect", path=request.url.path, exc_info=error)
    return refuse(Refused("DEFECT", {"seconds": AGAIN_S}))


HANDLERS: dict[int | type[Exception], Any] = {
    RefusedError: _refused,
    ValidationException: _invalid,
    ValidationError: _invalid,
    NotFoundException: _absent,
    MethodNotAllowedException: _other,
    HTTPException: _other,
    Lost: _lost,
    Moved: _lost,
    DayNotOpen: _day,
    Exception: _defect,
}
"""Which exception is answered how."""


def told(request: _Any, error: Exception) -> Response[Any]:
    """How an error is answered where the framework is not asked."""
    kind = next(kind for kind in type(error).__mro__ if kind in HANDLERS)
    response: Response[Any] = HANDLERS[kind](request, error)
    return response
