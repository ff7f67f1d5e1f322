"""What every door for people does alike: cookies that no script reads, posts from our own pages."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Cookie

from cashlane.values.secret import Secret

AnyRequest = Request[Any, Any, Any]


def is_foreign(request: AnyRequest) -> bool:
    """Whether another site's page sent this, as far as the browser says.

    Sec-Fetch-Site comes first: under our referrer policy a form's own Origin is "null".
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def is_secure(request: AnyRequest) -> bool:
    """Whether the browser came by https, so that cookies can be kept to it."""
    return bool(request.url.scheme == "https")


def cookie_secret(request: AnyRequest, name: str) -> Secret | None:
    """The secret in a cookie; None where there is none."""
    value = request.cookies.get(name)
    return Secret(value) if value else None


def secret_cookie(
    request: AnyRequest, name: str, value: Secret | None, *, max_age: int, path: str
) -> Cookie:
    """A cookie that no script can read and no other site's page sends; None takes it away."""
    return Cookie(
        key=name,
        value=value.reveal() if value is not None else "",
        max_age=max_age if value is not None else 0,
        path=path,
        httponly=True,
        secure=is_secure(request),
        samesite="strict",
    )
