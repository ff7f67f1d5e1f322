"""Pages from templates, with everything escaped that comes from elsewhere."""

from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    PackageLoader,
    StrictUndefined,
    select_autoescape,
)
from litestar import Request, Response
from litestar.enums import MediaType

from cashlane.values.text import LANGUAGES, Language


class Pages:
    """The templates of one room, and those that all rooms share."""

    def __init__(self, room: str) -> None:
        self._templates = Environment(
            loader=ChoiceLoader([PackageLoader(room), PackageLoader("cashlane.web.shared")]),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response[str]:
        """A page as an answer."""
        text = self.written(template, **values)
        return Response(text, status_code=status, media_type=MediaType.HTML)

    def written(self, template: str, **values: Any) -> str:
        """A page's text; StrictUndefined raises where a value is missing."""
        return self._templates.get_template(template).render(**values)


def language_of(query: str | None, accepted: str) -> Language:
    """The language asked for, else the browser's first of ours, else Chinese."""
    if query in LANGUAGES:
        return "zh" if query == "zh" else "en"
    places = {found: accepted.find(found) for found in LANGUAGES if found in accepted}
    return min(places, key=lambda found: places[found]) if places else "zh"


def elder_of(request: Request[Any, Any, Any]) -> bool:
    """Whether very large letters are asked for."""
    return request.query_params.get("elder") == "1"
