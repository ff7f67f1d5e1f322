"""Coming and going: the sign-in page, one's own password, the way out."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from cashlane.core.credentials import PASSWORD_LEAST
from cashlane.core.refusals import Refused
from cashlane.counter.problems import RefusedError
from cashlane.people.tokens import form_token, new_token
from cashlane.values.secret import Secret
from cashlane.web.operator.door import (
    HOME,
    SIGN_IN,
    Here,
    SignedOut,
    check_post,
    door_name,
    door_token,
    entered,
    outside,
    safe_next,
    session_cookie,
    session_name,
    signed_in,
    typed,
)
from cashlane.web.operator.room import OperatorRoom
from cashlane.web.shared.door import AnyRequest, cookie_secret, secret_cookie

DOOR_S = 3600
"""A sign-in page is good for an hour: who comes later gets a fresh one."""


@get("/sign-in")
async def sign_in_page(request: AnyRequest, room: OperatorRoom) -> Response[Any]:
    """The door; whoever is inside already goes on."""
    try:
        await entered(request, room)
    except SignedOut:
        return _door(request, room, None, request.query_params.get("next", ""))
    return Redirect(HOME, status_code=303)


@post("/sign-in", status_code=200)
async def sign_in(request: AnyRequest, room: OperatorRoom) -> Response[Any]:
    """Login and password, from a page that this browser was shown."""
    token, said = door_token(request), await typed(request)
    if token is None:
        return _door(request, room, Refused("SESSION_ENDED"), said.get("next", ""))
    await check_post(request, token)
    begun = await room.door.log_in(
        said.get("login", "").strip(),
        Secret(said.get("password", "")),
        address=_address(request),
        before=cookie_secret(request, session_name(request)),
    )
    if isinstance(begun, Refused):
        return _door(request, room, begun, said.get("next", ""))
    response: Response[Any] = Redirect(safe_next(said.get("next", "")), status_code=303)
    response.cookies.append(session_cookie(request, begun.token))
    response.cookies.append(secret_cookie(request, door_name(request), None, max_age=0, path="/"))
    return response


def _door(
    request: AnyRequest, room: OperatorRoom, refused: Refused | None, after: str
) -> Response[str]:
    token = door_token(request) or new_token()
    page = outside(
        request,
        room,
        "door.html",
        status=200 if refused is None else refused.entry.status,
        form=form_token(token),
        refused=refused,
        after=safe_next(after),
    )
    page.cookies.append(secret_cookie(request, door_name(request), token, max_age=DOOR_S, path="/"))
    return page


def _address(request: AnyRequest) -> str:
    return request.client.host if request.client is not None else ""


@get("/password")
async def password_page(request: AnyRequest, room: OperatorRoom) -> Response[Any]:
    """One's own password."""
    return _password(await signed_in(request, room), None)


@post("/password", status_code=200)
async def change_password(request: AnyRequest, room: OperatorRoom) -> Response[Any]:
    """Replace one's password. A session begun with a given word has no roles and ends with it."""
    here, said = await signed_in(request, room), await typed(request)
    old, new = Secret(said.get("old", "")), Secret(said.get("new", ""))
    if new != Secret(said.get("again", "")):
        return _password(here, None, differ=True)
    refused = await room.own_word.change_password(here.session, old, new, address=_address(request))
    if refused is not None:
        return _password(here, refused)
    return await _renewed(here, new)


async def _renewed(here: Here, word: Secret) -> Response[Any]:
    """A new session under the new password: what it may do is read anew."""
    begun = await here.room.door.log_in(
        here.session.person.login, word, address=_address(here.request), before=here.token
    )
    if isinstance(begun, Refused):
        raise RefusedError(begun)
    response: Response[Any] = Redirect(HOME, status_code=303)
    response.cookies.append(session_cookie(here.request, begun.token))
    return response


def _password(here: Here, refused: Refused | None, *, differ: bool = False) -> Response[str]:
    status = 422 if differ else 200 if refused is None else refused.entry.status
    return here.page(
        "password.html",
        status=status,
        refused=refused,
        differ=differ,
        must_change=here.session.must_change,
        least=PASSWORD_LEAST,
    )


@post("/sign-out", status_code=303)
async def sign_out(request: AnyRequest, room: OperatorRoom) -> Response[Any]:
    """End the session."""
    here = await signed_in(request, room)
    await room.sessions.end(here.token)
    response: Response[Any] = Redirect(SIGN_IN, status_code=303)
    response.cookies.append(session_cookie(request, None))
    return response
