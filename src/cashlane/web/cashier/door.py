"""Who sits at the till: cookies in, a seat out. Every post proves that it came from our page."""

from litestar.datastructures import Cookie
from msgspec import Struct

from cashlane.core.network import Actor
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.core.sitting import AT_TILL, Session
from cashlane.counter.places import Counter
from cashlane.counter.problems import RefusedError
from cashlane.people.sessions import actor_of
from cashlane.people.tokens import form_is_ours
from cashlane.values.secret import Secret
from cashlane.web.cashier.room import CashierRoom
from cashlane.web.shared.door import AnyRequest, cookie_secret, is_foreign, secret_cookie

SESSION, DEVICE = "cashlane_till_session", "cashlane_till_device"
FORM = "cashlane-form"
"""The header of every post. Before a session it only has to be there: no other origin can set it
without asking this server first, and it never agrees."""
DEVICE_S = 400 * 24 * 3600
"""The longest that browsers keep a cookie; each sign-in begins it anew."""


class Seat(Struct, frozen=True):
    """A cashier at a till."""

    session: Session
    token: Secret
    actor: Actor
    counter: Counter


async def seated(request: AnyRequest, room: CashierRoom, permission: Permission | None) -> Seat:
    """The seat of a request. Raises SESSION_ENDED, and FORBIDDEN where the role is missing."""
    token = cookie_secret(request, SESSION)
    session = Refused("SESSION_ENDED") if token is None else await room.sessions.of(token)
    if isinstance(session, Refused) or token is None:
        raise RefusedError(Refused("SESSION_ENDED"))
    if request.method != "GET" and not form_is_ours(token, request.headers.get(FORM, "")):
        raise RefusedError(Refused("FORBIDDEN"))
    check_origin(request)
    if permission is not None and not session.person.may(permission):
        raise RefusedError(Refused("FORBIDDEN"))
    return _seat(room, session, token)


def _seat(room: CashierRoom, session: Session, token: Secret) -> Seat:
    actor, network = actor_of(session), room.service.places.network
    till = None if session.till is None else network.tills.get(session.till)
    if actor is None or till is None:
        raise RefusedError(Refused("TILL_NOT_ENROLLED"))
    return Seat(session, token, actor, Counter(network.outlets[till.outlet], till))


def check_origin(request: AnyRequest) -> None:
    """Raise FORBIDDEN for what another site's page sent, and for a post without our header."""
    if is_foreign(request) or (request.method != "GET" and not request.headers.get(FORM)):
        raise RefusedError(Refused("FORBIDDEN"))


def device_of(request: AnyRequest) -> Secret:
    """The till's own secret. Raises TILL_NOT_ENROLLED."""
    device = cookie_secret(request, DEVICE)
    if device is None:
        raise RefusedError(Refused("TILL_NOT_ENROLLED"))
    return device


def session_brought(request: AnyRequest) -> Secret | None:
    """The session that the browser brings to a sign-in, to be ended there."""
    return cookie_secret(request, SESSION)


def session_cookie(request: AnyRequest, token: Secret | None) -> Cookie:
    """The cookie of a new session, or the one that takes it away."""
    life = int(AT_TILL.whole.total_seconds())
    return secret_cookie(request, SESSION, token, max_age=life, path="/till")


def device_cookie(request: AnyRequest, secret: Secret) -> Cookie:
    """The cookie by which this browser is a till: no script can read it."""
    return secret_cookie(request, DEVICE, secret, max_age=DEVICE_S, path="/till")
