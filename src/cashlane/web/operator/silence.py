"""What people say about a silent outlet: that they asked, what they found, and when it is back."""

from datetime import date
from typing import Any

from litestar import Response, post
from litestar.response import Redirect

from cashlane.core.refusals import Refused
from cashlane.counter.problems import RefusedError
from cashlane.registry.silence import NOTE_MOST
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, line_of, typed
from cashlane.web.operator.moments import day
from cashlane.web.operator.places import named_party
from cashlane.web.operator.silence_shown import SAYS


@post("/outlet/{code:str}/silence", status_code=200)
async def say_silence(here: Here, code: str) -> Response[Any]:
    """Acknowledge an outlet's alarm, or end it, with a word."""
    here.require(SAYS)
    words = await typed(here.request)
    outlet = named_party(here.show.network.outlets.values(), code, Text("网点", "outlet"))
    back_on = _back_on(here, words.get("back_on", ""))
    refused = await here.room.silence.say(
        outlet.number,
        kind=words.get("kind", ""),
        back_on=back_on,
        note=line_of(words.get("note", ""), NOTE_MOST),
        actor=here.session.person.login,
    )
    if refused is not None:
        raise RefusedError(refused)
    return Redirect(f"/window/outlet/{outlet.code}", status_code=303)


def _back_on(here: Here, text: str) -> date | None:
    """A day, or none where nothing was typed."""
    found = day(text, here.show, Text("恢复日", "day it is back")) if text else None
    if isinstance(found, Refused):
        raise RefusedError(found)
    return found
