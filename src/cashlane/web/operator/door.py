"""Who looks through the window: a cookie in, somebody at work out, or the way to the door.

Every post carries the form token of its session; what another site sends is refused.
"""

from typing import Any
from urllib.parse import quote

from litestar import Response
from litestar.datastructures import Cookie
from litestar.response import Redirect
from msgspec import Struct

from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.core.sitting import STAFF, Session
from cashlane.counter.problems import RefusedError
from cashlane.people.tokens import TOKEN_MOST, form_is_ours, form_token
from cashlane.store.connect import Lost
from cashlane.values.secret import Secret
from cashlane.values.text import Language
from cashlane.web.operator.entries import entries
from cashlane.web.operator.room import OperatorRoom
from cashlane.web.operator.show import Show
from cashlane.web.shared.door import (
    AnyRequest,
    cookie_secret,
    is_foreign,
    is_secure,
    secret_cookie,
)
from cashlane.web.shared.headers import guarded
from cashlane.web.shared.pages import Pages, language_of

HOME, SIGN_IN, PASSWORD = "/window/", "/window/sign-in", "/window/password"
LANGUAGE = "cashlane_language"
LANGUAGE_S = 400 * 24 * 3600
"""The longest that browsers keep a cookie."""
ITSELF = "hx-request"
"""The header by which a page says that it asks by itself, and nobody touched anything."""
_pages = Pages("cashlane.web.operator")


class SignedOut(Exception):
    """Nobody is signed in: the door is the next page."""


class MustChange(Exception):
    """The password was given by another: changing it is the next page."""


class Here(Struct, frozen=True):
    """Somebody at the window."""

    room: OperatorRoom
    request: AnyRequest
    session: Session
    token: Secret

    def require(self, permission: Permission) -> None:
        """Raise FORBIDDEN unless this person's roles allow it."""
        if not self.session.person.may(permission):
            raise RefusedError(Refused("FORBIDDEN"))

    @property
    def show(self) -> Show:
        """How this person reads: language, zone, names."""
        service = self.room.service
        return Show(spoken(self.request), service.places.network, service.clock.now())

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response[str]:
        """A page with everything that all pages have.

        `path` is given where an answer to a post has its page elsewhere: the other language does.
        """
        response = _pages.page(
            template,
            status=status,
            show=self.show,
            person=self.session.person,
            form=form_token(self.token),
            entries=entries(self.session.person),
            **({"path": self.request.url.path} | values),
        )
        return remembering(self.request, response)


async def entered(request: AnyRequest, room: OperatorRoom) -> Here:
    """Somebody signed in at a desk. Raises SignedOut, MustChange, and FORBIDDEN for a post that
    none of our pages made."""
    here = await signed_in(request, room)
    if here.session.must_change:
        raise MustChange
    request.state.here = here
    return here


async def signed_in(request: AnyRequest, room: OperatorRoom) -> Here:
    """Likewise, also before a given password is changed."""
    token = cookie_secret(request, session_name(request))
    if token is None:
        raise SignedOut
    look = room.sessions.glance if ITSELF in request.headers else room.sessions.of
    session = await look(token)
    if isinstance(session, Refused) or session.till is not None:
        raise SignedOut
    await check_post(request, token)
    return Here(room, request, session, token)


async def check_post(request: AnyRequest, token: Secret) -> None:
    """Raise FORBIDDEN for another site's request, and for a post without this token's form."""
    ours = not is_foreign(request)
    if ours and request.method != "GET":
        ours = form_is_ours(token, (await typed(request)).get("form", ""))
    if not ours:
        raise RefusedError(Refused("FORBIDDEN"))


async def typed(request: AnyRequest) -> dict[str, str]:
    """What was typed into a form: texts only, the last of each name."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def line_of(text: str, most: int) -> str:
    """What was typed as one line to be kept: no letters that cannot be seen, at most so many."""
    seen = (one if one.isprintable() else " " for one in text)
    return " ".join("".join(seen).split())[:most]


def session_name(request: AnyRequest) -> str:
    """The session cookie; by https the browser itself keeps it to this host."""
    return "__Host-cashlane_window" if is_secure(request) else "cashlane_window"


def door_name(request: AnyRequest) -> str:
    """The cookie that ties a sign-in to the page it was typed on."""
    return "__Host-cashlane_door" if is_secure(request) else "cashlane_door"


def session_cookie(request: AnyRequest, token: Secret | None) -> Cookie:
    """The cookie of a new session, or the one that takes it away."""
    life = int(STAFF.whole.total_seconds())
    return secret_cookie(request, session_name(request), token, max_age=life, path="/")


def door_token(request: AnyRequest) -> Secret | None:
    """The token of the sign-in page that this browser was shown."""
    token = cookie_secret(request, door_name(request))
    return token if token is not None and len(token.reveal()) <= TOKEN_MOST else None


def outside(
    request: AnyRequest, room: OperatorRoom, template: str, *, status: int = 200, **values: Any
) -> Response[str]:
    """A page for somebody who is not signed in, or may not see what was asked for."""
    service = room.service
    show = Show(spoken(request), service.places.network, service.clock.now())
    page = _pages.page(template, status=status, show=show, path=request.url.path, **values)
    return guarded(remembering(request, page))


def spoken(request: AnyRequest) -> Language:
    """The language asked for, else the one chosen before, else the browser's."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
    return language_of(chosen, request.headers.get("accept-language", ""))


def remembering(request: AnyRequest, response: Response[str]) -> Response[str]:
    """The response, with the language that was just chosen kept for the next page."""
    if "lang" in request.query_params:
        response.set_cookie(
            LANGUAGE, spoken(request), max_age=LANGUAGE_S, path="/", samesite="strict"
        )
    return response


def to_door(request: AnyRequest, _: SignedOut) -> Response[Any]:
    """The way to the door, and back to this page afterwards."""
    if ITSELF in request.headers:
        return guarded(_pages.page("_ended.html", status=401, language=spoken(request)))
    back = f"?next={quote(request.url.path)}" if request.method == "GET" else ""
    return guarded(Redirect(SIGN_IN + back, status_code=303))


def to_password(_: AnyRequest, __: MustChange) -> Response[Any]:
    """The way to the one page that a given password opens."""
    return guarded(Redirect(PASSWORD, status_code=303))


def safe_next(text: str) -> str:
    """Where a sign-in leads: a page of the window, whatever the address says."""
    plain = text.startswith(HOME) and "\\" not in text and "//" not in text
    return text if plain and text not in {SIGN_IN, PASSWORD} else HOME


def refusal_page(request: AnyRequest, room: OperatorRoom, refused: Refused) -> Response[str]:
    """A refusal said plainly, with the way on; whoever is signed in keeps the search box."""
    here: Here | None = getattr(request.state, "here", None)
    status = refused.entry.status
    if here is None:
        return outside(request, room, "refused.html", status=status, refused=refused)
    return guarded(here.page("refused.html", status=status, refused=refused))


def lost_page(request: AnyRequest, room: OperatorRoom, _: Lost) -> Response[str]:
    """The database was not reached: nothing here moves money, so trying again harms nothing."""
    return outside(request, room, "lost.html", status=503)
