"""The interface described in OpenAPI 3.1: made from the handlers, their types and their refusals.

Everything an operation may answer stands in it: no status without a body, no body without a type.
"""

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from litestar import Request, Response, Router
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from cashlane.api.refusing import SERVER_WORDS
from cashlane.api.v1.told import HAS_BODY, TOLD, Told
from cashlane.core.refusals import CATALOGUE, Refused
from cashlane.counter.problems import MEDIA_TYPE, Problem, problem
from cashlane.values.text import Text

Schema = dict[str, Any]
_REF = "#/components/schemas/{name}"
_GIVEN = frozenset({"request", "service", "actor", "health", "data", "return"})
"""What a handler is handed that no caller sends as a parameter."""
_JSON = "application/json"
VERSION = "1.0"
"""Of the interface, not of the program: raised when something is added that callers may use."""
_TAGS = {
    "counter": Text("柜台缴费", "Paying at the counter"),
    "payments": Text("查询与放弃", "Looking up and giving up"),
    "undoing": Text("撤销与退还", "Undoing"),
    "places": Text("网点、通道与收费单位", "Outlets, ways and billers"),
    "health": Text("运行状态", "Health"),
}
_INTRODUCTION = Text(
    "代收机构的接口。金额一律为最小货币单位的整数；时间带时区（RFC 3339）。"
    "拒绝以 application/problem+json 表示，payment_state 说明现金如何处理。",
    "The interface for agents. Amounts are integers of the minor unit; times carry their offset"
    " (RFC 3339). Refusals come as application/problem+json, and payment_state says what becomes of"
    " the cash.",
)


def describe(v1: Router, health: Sequence[HTTPRouteHandler]) -> Schema:
    """The whole description, as a JSON object."""
    handlers = [(v1.path, one) for one in _handlers(v1)] + [("", one) for one in health]
    paths: dict[str, Schema] = {}
    for prefix, handler in handlers:
        path = prefix + re.sub(r":\w+}", "}", next(iter(handler.paths)))
        method = next(iter(handler.http_methods)).lower()
        paths.setdefault(path, {})[method] = _operation(handler)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cashlane 现金通道",
            "version": VERSION,
            "summary": _INTRODUCTION.zh,
            "description": f"{_INTRODUCTION.zh}\n\n{_INTRODUCTION.en}",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag, "description": f"{it.zh} · {it.en}"} for tag, it in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": _schemas([one for _, one in handlers]),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _handlers(v1: Router) -> Iterator[HTTPRouteHandler]:
    for route in v1.routes:
        for handler in route.route_handlers:  # type: ignore[union-attr]
            if isinstance(handler, HTTPRouteHandler) and TOLD in handler.opt:
                yield handler


def _operation(handler: HTTPRouteHandler) -> Schema:
    told: Told = handler.opt[TOLD]
    words = inspect.getdoc(handler.fn) or ""
    made: Schema = {
        "operationId": handler.fn.__name__,
        "tags": [told.tag],
        "summary": words.split(". ")[0].split("\n")[0].rstrip("."),
        "description": words,
        "parameters": list(_parameters(handler, told)),
        "responses": _responses(handler, told),
        "security": [] if told.free else [{"key": []}],
    }
    body = _hints(handler).get("data")
    if body is not None:
        made["requestBody"] = {"required": True, "content": _content(body, told.asked)}
    return made


def _hints(handler: HTTPRouteHandler) -> dict[str, Any]:
    return get_type_hints(inspect.unwrap(handler.fn), include_extras=True)


def _content(kind: Any, example: Any) -> Schema:
    content: Schema = {"schema": {"$ref": _REF.format(name=kind.__name__)}}
    if example is not None:
        content["examples"] = {"example": {"value": example}}
    return {_JSON: content}


# -- parameters --------------------------------------------------------------------------------


def _parameters(handler: HTTPRouteHandler, told: Told) -> Iterator[Schema]:
    path = next(iter(handler.paths))
    defaults = inspect.signature(inspect.unwrap(handler.fn)).parameters
    for name, kind in _hints(handler).items():
        if name in _GIVEN or kind in (Request,):
            continue
        default = defaults[name].default
        in_path = f"{{{name}:" in path
        required = in_path or default is inspect.Parameter.empty
        schema = _parameter_schema(kind)
        if not required and default is not None:
            schema["default"] = default
        yield {
            "name": name,
            "in": "path" if in_path else "query",
            "required": required,
            "schema": schema,
        }
    if told.keyed:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "description": "收银机自己生成并保存的请求号 · the till's own number for this request",
            "schema": {"type": "string", "format": "uuid"},
        }


def _parameter_schema(kind: Any) -> Schema:
    """The bounds of a parameter as JSON Schema; what may be left out is not null but absent."""
    made: Schema = TypeAdapter(_present(kind)).json_schema()
    for bound in getattr(kind, "__metadata__", ()):
        if isinstance(bound, ParameterKwarg):
            named = {
                "minimum": bound.ge, "maximum": bound.le, "minLength": bound.min_length,
                "maxLength": bound.max_length,
            }  # fmt: skip
            made |= {word: value for word, value in named.items() if value is not None}
    return made


def _present(kind: Any) -> Any:
    """The type without its "or nothing"."""
    if get_origin(kind) is Annotated and isinstance(kind.__metadata__[0], ParameterKwarg):
        kind = kind.__origin__
    kinds = [one for one in get_args(kind) if one is not type(None)]
    return kinds[0] if type(None) in get_args(kind) else kind


# -- answers ------------------------------------------------------------------------------------


def _responses(handler: HTTPRouteHandler, told: Told) -> Schema:
    kind = _answer_of(handler)
    success = {"description": "完成 · done", "content": _content(kind, told.answered)}
    made = {str(handler.status_code): success}
    if handler.fn.__name__ == "readyz":
        made["503"] = {"description": "尚不能工作 · not ready", "content": _content(kind, None)}
    by_status: dict[int, list[Refused]] = {}
    for code in dict.fromkeys(told.may):
        by_status.setdefault(CATALOGUE[code].status, []).append(Refused(code, _SAMPLES))
    for status, refusals in sorted(by_status.items()):
        made[str(status)] = _refusals(refusals, None)
    if set(HAS_BODY) <= set(told.may):
        for status in (413, 415):
            made[str(status)] = _refusals([_server_refusal(status)], status)
    return made


def _answer_of(handler: HTTPRouteHandler) -> Any:
    kind = _hints(handler)["return"]
    return get_args(kind)[0] if get_origin(kind) is Response else kind


def _server_refusal(status: int) -> Refused:
    return Refused("MALFORMED", {"what": SERVER_WORDS[status]})


def _refusals(refusals: list[Refused], status: int | None) -> Schema:
    """One status: the refusals it may stand for, each with its sentence filled as an example."""
    examples = {
        one.code: {"value": msgspec.to_builtins(problem(one, status=status))} for one in refusals
    }
    content: Schema = {"schema": {"$ref": _REF.format(name="Problem")}, "examples": examples}
    made: Schema = {
        "description": ", ".join(one.code for one in refusals),
        "content": {MEDIA_TYPE: content},
    }
    headers = _headers(refusals)
    return made | ({"headers": headers} if headers else {})


def _headers(refusals: list[Refused]) -> Schema:
    made: Schema = {}
    again = [one.entry.retryable for one in refusals]
    if any(again):
        made["Retry-After"] = {
            "description": "多少秒后可再试 · after how many seconds to try again",
            "required": all(again),
            "schema": {"type": "integer", "minimum": 0},
        }
    if any(one.code == "UNAUTHENTICATED" for one in refusals):
        made["WWW-Authenticate"] = {"required": True, "schema": {"type": "string"}}
    return made


_SAMPLES: dict[str, str | int | Text] = {
    "what": Text("网点", "outlet"), "count": 1, "seconds": 30,
    "biller": Text("城市电力", "City Power"),
    "sentence": Text("系统升级，17:00 恢复", "an upgrade until 17:00"), "windows": "08:00-20:00",
    "why": Text("通道无应答", "the way does not answer"),
    "now": "07:12", "account": "310000000017", "printed": "126.50", "owed": "120.00",
    "wanted": "CNY", "given": "USD", "amount": "100.00", "most": "10000.00", "least": 12,
    "when": "2022-01-14T09:31:07.120+08:00", "where": Text("本网络另一网点", "another counter"),
    "tendered": "120.00", "due": "126.50", "short": "6.50", "state": Text("已撤销", "voided"),
}  # fmt: skip


# -- types --------------------------------------------------------------------------------------


def _schemas(handlers: Sequence[HTTPRouteHandler]) -> Schema:
    bodies = {it for one in handlers if (it := _hints(one).get("data")) is not None}
    asked: list[tuple[type[BaseModel], Any]] = [(body, "validation") for body in bodies]
    _, found = models_json_schema(asked, ref_template="#/components/schemas/{model}")
    answers = {_answer_of(one) for one in handlers} | {Problem}
    _, made = msgspec.json.schema_components(answers, ref_template=_REF)
    every = found.get("$defs", {}) | made
    return {name: every[name] for name in sorted(every)}
