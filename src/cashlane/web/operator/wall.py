"""The live wall: what flows now, by channel, biller and route; the day; what waits."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get
from litestar.response import Redirect
from msgspec import Struct

from cashlane.core.payment import State
from cashlane.core.record import ErrandKind
from cashlane.core.roles import Permission
from cashlane.web.operator.door import HOME, ITSELF, Here
from cashlane.web.operator.entries import entries
from cashlane.web.operator.pictures import Picture, bars, share, tens
from cashlane.web.operator.pulse import DayTally, Stream
from cashlane.web.operator.show import Show
from cashlane.web.operator.timeline import ERRANDS
from cashlane.web.operator.ways_shown import CONDITIONS, ailing, look, of_route

AGAIN_S = 5
"""The wall asks for itself this often; without scripts the page does, three times more rarely."""
STREAM_HEIGHT, WHOLE_HEIGHT = 36, 56
STATE_WIDTH = 120


class StreamShown(Struct, frozen=True):
    """A stream of payments with its picture, and its sums of ten minutes to be heard."""

    name: str
    href: str | None
    stream: Stream
    picture: Picture
    tens: list[int]


class StateBar(Struct, frozen=True):
    """A state of the day's payments; `width` of its bar in pixels, cash in minor units."""

    state: State
    count: int
    cash: int
    width: int


class Silent(Struct, frozen=True):
    """Outlets whose silence is an alarm, and those of them that nobody has asked yet."""

    whole: int
    unseen: int


@get("/")
async def wall(here: Here) -> Response[Any]:
    """The wall; its live part asks for itself again, and alone.

    Whoever may not look, and has other work here, goes to it.
    """
    others = entries(here.session.person)
    if others and others[0].href != HOME:
        return Redirect(others[0].href, status_code=303)
    here.require(Permission.NETWORK_READ)
    figures, tally = await here.room.pulse.wall(), await here.room.pulse.tally()
    template = "_wall.html" if ITSELF in here.request.headers else "wall.html"
    outlook = here.room.service.outlook()
    show, waiting = here.show, {row.kind: row for row in figures.queue}
    return here.page(
        template,
        wall=figures,
        tally=tally,
        whole=bars(figures.whole.minutes, top=max(figures.whole.minutes), height=WHOLE_HEIGHT),
        channels=_shown(figures.channels, {n: (show.agent(n), None) for n in show.network.agents}),
        billers=_shown(
            figures.billers,
            {
                one.number: (show.say(one.name), f"/window/biller/{one.code}")
                for one in show.network.billers.values()
            },
        ),
        states=states_shown(tally),
        errands=ERRANDS,
        queue=[(kind, waiting.get(kind)) for kind in ErrandKind],
        width=STATE_WIDTH,
        conditions={one.number: of_route(show, outlook, one.number) for one in figures.routes},
        silent=_silent(show),
        ailing={one.number: len(ailing(outlook, one.number)) for one in figures.routes},
        changes=[
            (one, look(show, CONDITIONS[one.before]), look(show, CONDITIONS[one.after]))
            for one in await here.room.watching.changes()
        ],
        again=None if "still" in here.request.query_params else AGAIN_S,
    )


def _silent(show: Show) -> Silent:
    alarms = show.network.silent.values()
    return Silent(len(alarms), sum(not seen for seen in alarms))


def _shown(
    streams: Sequence[Stream], named: Mapping[int, tuple[str, str | None]]
) -> list[StreamShown]:
    """Streams on one scale, so that their heights can be compared."""
    top = max((max(one.minutes) for one in streams), default=0)
    return [
        StreamShown(
            *named[one.number],
            one,
            bars(one.minutes, top=top, height=STREAM_HEIGHT),
            tens(one.minutes),
        )
        for one in streams
        if one.number in named
    ]


def states_shown(tally: DayTally) -> list[StateBar]:
    """The day by state, each in its place whether or not it occurs; bars to the largest."""
    by_state = tally.by_state(lambda _: True)
    most = max((count for count, _ in by_state.values()), default=0)
    return [
        StateBar(state, count, cash, share(count, most, STATE_WIDTH))
        for state, (count, cash) in ((one, by_state.get(one, (0, 0))) for one in State)
    ]
