"""What can be paid where right now: the truth page, for everybody, without scripts or accounts.

It counts an outlet as open only where its service, its biller and a way to that biller are.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import Provide
from msgspec import Struct

from cashlane.core.bill import Biller
from cashlane.core.finding import opening
from cashlane.core.network import Network, Outlet
from cashlane.core.outlet import Standing
from cashlane.core.premises import UNTOLD
from cashlane.core.silence import LATELY_DAYS, Sum, heard, sums
from cashlane.core.truth import Near, Row, at_outlet, everywhere, reason
from cashlane.counter.problems import RefusedError
from cashlane.counter.service import Service
from cashlane.values.text import Language
from cashlane.web.citizen.shown import also_words, opening_words, steps_words
from cashlane.web.shared.headers import guarded
from cashlane.web.shared.pages import Pages, elder_of, language_of
from cashlane.web.shared.resting import Resting

_pages = Pages("cashlane.web.citizen")
NEAREST = 3
"""A person remembers three places."""
FOUND_MOST = 30
"""Outlets of one search: more are not read, one types more letters."""
TYPED_MOST = 40
"""Letters of a search that are looked at."""


LOOKED_S = 1.0
"""However many people look at the city, it is counted once a second."""
CASH_S = 30.0
"""Who took cash within two weeks is looked up so often."""
NOBODY = Sum(0, 0, 0)
LastCash = Callable[[], Awaitable[Mapping[int, date]]]
"""Looks up the last business date on which each outlet took cash."""


class City(Struct, frozen=True):
    """The whole city as it stood at one moment."""

    network: Network
    at: datetime
    rows: list[Row]
    sums: Mapping[int, Sum]


class Place(Struct, frozen=True):
    """A place that works, as it is shown."""

    code: str
    name: str
    metres: int


class Bill(Struct, frozen=True):
    """One biller's bills at a counter, as they are shown."""

    biller: str
    open: bool
    why: str
    since: str
    until: str
    nearest: tuple[Place, ...]


@get("/")
async def now_page(
    request: Request[Any, Any, Any],
    cities: Resting[City],
    q: str = "",
    lang: str | None = None,
) -> Response[str]:
    """The whole city, and a search for one's own counter."""
    city = await cities.latest()
    network = city.network
    language, typed = _language(request, lang), q.strip()[:TYPED_MOST]
    return _pages.page(
        "now.html",
        language=language,
        elder=elder_of(request),
        at=network.local(city.at),
        billers=sorted(network.billers.values(), key=lambda one: one.number),
        agents=_by_agent(network, city, language),
        enabled=sum(one.enabled for one in city.sums.values()),
        took_cash=sum(one.took_cash for one in city.sums.values()),
        lately=LATELY_DAYS,
        reason=reason,
        typed=typed,
        found=_found(network, typed),
    )


@get("/{code:str}")
async def place_page(
    request: Request[Any, Any, Any], service: Service, code: str, lang: str | None = None
) -> Response[str]:
    """One counter: each kind of bill, why not and since when, and the nearest that works."""
    network, outlook, now = service.places.network, service.outlook(), service.clock.now()
    outlet, near = service.places.public_outlet(code), service.places.nearest
    language = _language(request, lang)
    lines = at_outlet(network, outlook, outlet, now, places=near, nearest=NEAREST)
    return _pages.page(
        "place.html",
        language=language,
        elder=elder_of(request),
        at=network.local(now),
        outlet=outlet,
        door=_door(network, outlet, now, language),
        bills=[
            _bill(network, network.billers[one.biller], one.standing, one.nearest, language)
            for one in lines
        ],
    )


class Door(Struct, frozen=True):
    """How one gets in."""

    opening: str
    hours: str
    steps: str
    address: str
    transit: str
    also: str


def _door(network: Network, outlet: Outlet, now: datetime, language: Language) -> Door:
    premises = network.premises.get(outlet.number, UNTOLD)
    stands, today = opening(network, outlet.number, now), network.local(now).date()
    return Door(
        stands.state, opening_words(network, stands, now, language),
        steps_words(premises.step_free, language), premises.address, premises.transit,
        also_words(network, network.live_programmes(outlet.number, today), language),
    )  # fmt: skip


def _language(request: Request[Any, Any, Any], lang: str | None) -> Language:
    return language_of(lang, request.headers.get("accept-language", ""))


def _bill(
    network: Network, biller: Biller, stands: Standing, near: tuple[Near, ...], language: Language
) -> Bill:
    def moment(at: Any) -> str:
        return f"{network.local(at):%Y-%m-%d %H:%M}" if at is not None else ""

    places = tuple(
        Place(network.outlets[one.outlet].code, network.outlets[one.outlet].name.say(language),
              one.metres)
        for one in near
    )  # fmt: skip
    why = "" if stands.refused is None else stands.refused.sentence().say(language)
    return Bill(
        biller.name.say(language), stands.refused is None, why, moment(stands.since),
        moment(stands.until), places,
    )  # fmt: skip


def _by_agent(
    network: Network, city: City, language: Language
) -> list[tuple[str, Sum, dict[int, Row]]]:
    """The agents with their two counts and their rows by biller, the largest first."""
    agents: dict[int, dict[int, Row]] = {}
    for row in city.rows:
        agents.setdefault(row.agent, {})[row.biller] = row
    largest = sorted(agents, key=lambda one: -max(it.outlets for it in agents[one].values()))
    return [
        (network.agents[one].name.say(language), city.sums.get(one, NOBODY), agents[one])
        for one in largest
    ]


def _found(network: Network, typed: str) -> list[Outlet]:
    """Outlets by a part of their name or code."""
    if not typed:
        return []
    wanted = typed.casefold()
    hits = (
        one
        for one in sorted(network.outlets.values(), key=lambda it: it.code)
        if wanted in one.code.casefold()
        or wanted in one.name.zh
        or wanted in one.name.en.casefold()
    )
    return [one for one, _ in zip(hits, range(FOUND_MOST), strict=False)]


def _not_found(request: Request[Any, Any, Any], error: RefusedError) -> Response[str]:
    page = _pages.page(
        "none.html",
        status=error.refused.entry.status,
        sentence=error.refused.sentence(),
        language=_language(request, request.query_params.get("lang")),
        elder=elder_of(request),
    )
    return guarded(page)


def now_router(service: Service, last_cash: LastCash) -> Router:
    """The truth page."""
    cash = Resting(last_cash, service.clock.elapsed, least_s=CASH_S)

    async def look() -> City:
        network, now, last = service.places.network, service.clock.now(), await cash.latest()
        on, alarms = network.local(now).date(), network.silent
        each = (
            heard(one, last.get(number), on, alarmed=number in alarms)
            for number, one in network.outlets.items()
        )
        return City(network, now, everywhere(network, service.outlook(), now), sums(each))

    cities = Resting(look, service.clock.elapsed, least_s=LOOKED_S)
    return Router(
        "/now",
        route_handlers=[now_page, place_page],
        dependencies={
            "service": Provide(lambda: service, sync_to_thread=False),
            "cities": Provide(lambda: cities, sync_to_thread=False),
        },
        exception_handlers={RefusedError: _not_found},
        include_in_schema=False,
        after_request=guarded,
    )
