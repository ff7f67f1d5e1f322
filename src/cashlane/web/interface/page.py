"""The page that tells the interface to programmers: made from its description, whole without
scripts, and with nothing from another origin.
"""

import json
from pathlib import Path
from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import Provide
from litestar.static_files import create_static_files_router
from markupsafe import Markup, escape

from cashlane.web.shared.headers import guarded
from cashlane.web.shared.pages import Pages, language_of

_FILES = Path(__file__).parent / "static"
_pages = Pages("cashlane.web.interface")
Schema = dict[str, Any]


@get("/")
async def page(
    request: Request[Any, Any, Any], description: Schema, lang: str | None = None
) -> Response[str]:
    """All operations by their groups, and all bodies by their names."""
    return _pages.page(
        "interface.html",
        told=description,
        groups=_groups(description),
        language=language_of(lang, request.headers.get("accept-language", "")),
        written=_written,
        type_of=_type_of,
    )


def _groups(description: Schema) -> list[tuple[Schema, list[tuple[str, str, Schema]]]]:
    """Each group with its operations: method, path, and what is told of it."""
    every = [
        (method.upper(), path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    return [
        (tag, [one for one in every if one[2]["tags"] == [tag["name"]]])
        for tag in description["tags"]
    ]


def _written(value: Any) -> str:
    """An example as people read JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def _type_of(schema: Schema) -> Markup:
    """A field's type in a few words, with a link where it is a body of its own."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[1])
        return Markup(f'<a href="#{name}">{name}</a>')  # noqa: S704 - the name is escaped
    if "anyOf" in schema:
        return Markup(" / ").join(_type_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return escape(" | ".join(f'"{value}"' for value in schema["enum"]))
    kind = schema.get("type", "any")
    if kind == "array" and isinstance(schema.get("items"), dict):
        return Markup("[ ") + _type_of(schema["items"]) + Markup(" ]")
    words = [" / ".join(kind) if isinstance(kind, list) else str(kind)]
    words += [str(schema[word]) for word in ("format", "pattern") if word in schema]
    words += [f"{sign} {schema[word]}" for word, sign in _BOUNDS.items() if word in schema]
    return escape(", ".join(words))


_BOUNDS = {"minimum": "≥", "maximum": "≤", "minLength": "length ≥", "maxLength": "length ≤",
           "minItems": "items ≥", "maxItems": "items ≤"}  # fmt: skip


def interface_router(description: Schema) -> Router:
    """The page, for whoever programs against the interface."""
    files = create_static_files_router(
        path="/static", directories=[_FILES], include_in_schema=False
    )
    return Router(
        "/schema",
        route_handlers=[page, files],
        dependencies={"description": Provide(lambda: description, sync_to_thread=False)},
        include_in_schema=False,
        after_request=guarded,
    )
