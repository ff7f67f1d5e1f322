"""Who cannot walk far: noted from an application or by a canvasser, without a name, for the guard
to ask about. The list shows numbers only; nobody can look up where somebody lives."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from cashlane.core.access import Layer
from cashlane.core.refusals import Refused
from cashlane.core.roles import Permission
from cashlane.counter.problems import RefusedError
from cashlane.coverage.deciding import WALK_MOST_M
from cashlane.coverage.standing import kinds_in
from cashlane.store.guard import Told
from cashlane.values.datum import DATUM_NAMES, Datum, to_wgs84
from cashlane.values.geo import Point
from cashlane.values.money import read_minor
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, typed
from cashlane.web.shared.telling import KINDS, kind_of

_DEGREES = re.compile(
    r"\s*([0-9]{1,2})\.([0-9]{4,6})\s*[,，\s]\s*([0-9]{1,3})\.([0-9]{4,6})\s*", re.ASCII
)
"""Latitude and longitude to ten metres or better, as maps on telephones copy them."""
LISTED_MOST = 500
"""Numbers on one page; whoever was noted before these is let go by number all the same."""


@get("/walkers")
async def walkers_page(here: Here) -> Response[str]:
    """How many there are, by number, and the form by which one is noted."""
    here.require(Permission.CITIZEN_READ)
    each = await here.room.guard.walkers()
    return here.page(
        "walkers.html",
        rows=[
            (one, here.show.say(kind_of(one.layer.kind)) if one.layer.kind else None)
            for one in each[-LISTED_MOST:]
        ],
        count=len(each),
        kinds=[(kind, KINDS[kind]) for kind in kinds_in(here.show.network)],
        systems=DATUM_NAMES,
        walk_most=WALK_MOST_M,
    )


@post("/walkers", status_code=200)
async def note(here: Here) -> Response[Any]:
    """Note somebody."""
    here.require(Permission.CITIZEN_READ)
    words = await typed(here.request)
    place = _place(words.get("place", ""), words.get("datum", ""))
    if isinstance(place, Refused):
        raise RefusedError(place)
    kind = words.get("kind", "")
    known = kind if kind in kinds_in(here.show.network) else None
    layer = Layer(known, None, words.get("steps") == "1")
    told = Told(place, read_minor(words.get("metres", "")) or 0, layer, synthetic=False)
    made = await here.room.guard.note(told, here.session.person)
    if isinstance(made, Refused):
        raise RefusedError(made)
    return Redirect("/window/walkers", status_code=303)


@post("/walkers/end", status_code=200)
async def let_go(here: Here) -> Response[Any]:
    """Ask for somebody no longer."""
    here.require(Permission.CITIZEN_READ)
    number = read_minor((await typed(here.request)).get("number", ""))
    if number is None or number >= 1 << 31:
        raise RefusedError(Refused("MALFORMED", {"what": Text("编号", "the number")}))
    refused = await here.room.guard.let_go(number, here.session.person)
    if refused is not None:
        raise RefusedError(refused)
    return Redirect("/window/walkers", status_code=303)


def _place(text: str, declared: str) -> Point | Refused:
    """A place in a declared system; there is no silent default."""
    found = _DEGREES.fullmatch(text)
    datum: Datum | None = next((one for one in DATUM_NAMES if one == declared), None)
    if datum is None:
        return Refused("MALFORMED", {"what": Text("坐标系", "the coordinate system")})
    if found is None:
        what = Text("位置（纬度, 经度）", "the place (latitude, longitude)")
        return Refused("MALFORMED", {"what": what})
    north, north_part, east, east_part = found.groups()
    point = Point(_e6(east, east_part), _e6(north, north_part))
    return to_wgs84(datum, point)


def _e6(whole: str, part: str) -> int:
    """Millionths of a degree from digits that were matched as such."""
    millionths = read_minor(whole + part.ljust(6, "0"))
    assert millionths is not None, "the pattern takes digits only"
    return millionths
