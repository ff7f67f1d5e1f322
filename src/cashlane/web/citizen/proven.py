"""When the spare ways behind the counters were last proven by a payment: public, dated, and red
after thirty days, as a page for people and as open data."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import Provide
from msgspec import Struct

from cashlane.core.network import Network
from cashlane.core.proven import PairProven, Readiness, WayProven, proven
from cashlane.core.routing import PROVEN_WITHIN, Spare
from cashlane.counter.service import Service
from cashlane.values.text import Language, Text
from cashlane.web.shared.headers import guarded
from cashlane.web.shared.pages import Pages, elder_of, language_of
from cashlane.web.shared.resting import Resting

_pages = Pages("cashlane.web.citizen")
LOOKED_S = 10.0
"""However many people look: a date changes once a day, so it is worked out six times a minute."""


class City(Struct, frozen=True):
    """All ways as they stood at one moment."""

    network: Network
    at: datetime
    pairs: Sequence[PairProven]

    def on(self, way: WayProven) -> date | None:
        """The day on which a way was last proven, by the network's own clock."""
        return None if way.proven_at is None else self.network.local(way.proven_at).date()


class AgentWays(Struct, frozen=True):
    """One agent's pairs, as they are shown."""

    name: str
    pairs: Sequence[tuple[str, PairProven]]


@get("/ways")
async def ways_page(
    request: Request[Any, Any, Any], cities: Resting[City], lang: str | None = None
) -> Response[str]:
    """Every agent's ways to every biller, with the day on which each was last proven."""
    city = await cities.latest()
    language = language_of(lang, request.headers.get("accept-language", ""))
    return _pages.page(
        "ways.html",
        language=language,
        elder=elder_of(request),
        city=city,
        at=city.network.local(city.at),
        agents=_by_agent(city, language),
        counted=Counter(one.readiness for one in city.pairs),
        readiness=READINESS,
        within_days=PROVEN_WITHIN.days,
    )


READINESS: Mapping[Readiness, Text] = {
    "proven": Text("备用通道近期验证过", "spare way proven of late"),
    "unproven": Text("备用通道久未验证", "spare way not proven of late"),
    "none": Text("没有可用的备用通道", "no usable spare way"),
}
"""In the order in which they are counted out."""


def _by_agent(city: City, language: Language) -> list[AgentWays]:
    network, found = city.network, dict[int, list[tuple[str, PairProven]]]()
    for one in city.pairs:
        name = network.billers[one.biller].name.say(language)
        found.setdefault(one.agent, []).append((name, one))
    return [AgentWays(network.agents[it].name.say(language), found[it]) for it in found]


class WayOut(Struct, frozen=True):
    """A way in the open data. `state`: signed (on paper), certified (tried), warm (proven within
    the days that the file names); `proven_on`: the last day a payment was carried, or null."""

    route: str
    name: Text
    leads: bool
    state: Spare
    proven_on: date | None


class PairOut(Struct, frozen=True):
    """One agent's ways to one biller, by their codes."""

    agent: str
    biller: str
    spare: Readiness
    ways: Sequence[WayOut]


class WaysOut(Struct, frozen=True):
    """The whole file."""

    at: str
    proven_within_days: int
    pairs: Sequence[PairOut]


@get("/ways.json")
async def ways_data(cities: Resting[City]) -> WaysOut:
    """The same as open data."""
    city = await cities.latest()
    at = city.network.written(city.at)
    return WaysOut(at, PROVEN_WITHIN.days, [_pair_out(city, one) for one in city.pairs])


def _pair_out(city: City, pair: PairProven) -> PairOut:
    network = city.network
    ways = [
        WayOut(
            network.routes[one.route].code,
            network.routes[one.route].name,
            one.leads,
            one.spare,
            city.on(one),
        )
        for one in pair.ways
    ]
    agent, biller = network.agents[pair.agent].code, network.billers[pair.biller].code
    return PairOut(agent, biller, pair.readiness, ways)


def ways_router(service: Service) -> Router:
    """The page and its data, beside the truth page."""

    async def look() -> City:
        network, now = service.places.network, service.clock.now()
        return City(network, now, proven(network, service.outlook(), now))

    cities = Resting(look, service.clock.elapsed, least_s=LOOKED_S)
    return Router(
        "/now",
        route_handlers=[ways_page, ways_data],
        dependencies={"cities": Provide(lambda: cities, sync_to_thread=False)},
        include_in_schema=False,
        after_request=guarded,
    )
