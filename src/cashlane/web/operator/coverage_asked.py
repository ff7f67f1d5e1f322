"""What is asked of the map of coverage: one layer, and two sides of it - each a date and what is
missing on it - that are laid beside one another."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from cashlane.core.access import HOURS_OF_WEEK, Layer, Offer
from cashlane.core.network import Network
from cashlane.core.place_list import date_of
from cashlane.coverage.laid import Coverage
from cashlane.coverage.offers import as_on, offers_of, without_agent, without_outlet, without_route
from cashlane.coverage.standing import Ground, kinds_in, seen_in
from cashlane.values.money import read_minor
from cashlane.values.text import Text
from cashlane.web.operator.door import Here, line_of
from cashlane.web.operator.room import OperatorRoom
from cashlane.web.operator.show import Show

TYPED_MOST = 60
"""Letters of a name that are looked for."""
YEARS = range(2000, 2100)
"""Dates that can be asked about."""
HOURS_OF_DAY = 24
NOON = time(12)
DAYS = (
    Text("周一", "Monday"), Text("周二", "Tuesday"), Text("周三", "Wednesday"),
    Text("周四", "Thursday"), Text("周五", "Friday"), Text("周六", "Saturday"),
    Text("周日", "Sunday"),
)  # fmt: skip


class Side(Struct, frozen=True):
    """A date (None is now), and what is thought to be missing then: "agent:code", "route:code",
    "outlet:code", or nothing."""

    on: date | None
    without: str


AS_IT_IS = Side(None, "")


class Wanted(Struct, frozen=True):
    """What is asked; "" and None are everything. `by` "room" colours the map by the room at
    counters instead of walks. `second` is None where nothing is laid beside the first side."""

    kind: str
    hour: int | None
    step_free: bool
    district: str
    typed: str
    by: str
    first: Side
    second: Side | None

    @property
    def layer(self) -> Layer:
        """As a layer."""
        return Layer(self.kind or None, self.hour, self.step_free)

    def address(self, path: str = "/window/coverage", **changes: Any) -> str:
        """The same question at a path, changed where said."""
        asked = structs.replace(self, **changes)
        words = {
            "kind": asked.kind, "steps": "1" if asked.step_free else "",
            "district": asked.district, "q": asked.typed, "by": asked.by,
            "on": _written(asked.first), "given": asked.first.without,
        }  # fmt: skip
        if asked.second is not None:
            to = _written(asked.second) if asked.second.on != asked.first.on else ""
            words |= {"to": to, "without": asked.second.without}
        if asked.hour is not None:
            words |= {
                "day": str(asked.hour // HOURS_OF_DAY), "hour": str(asked.hour % HOURS_OF_DAY)
            }  # fmt: skip
        said = urlencode({name: word for name, word in words.items() if word})
        return f"{path}?{said}" if said else path


def _written(side: Side) -> str:
    return "" if side.on is None else side.on.isoformat()


def wanted(here: Here, network: Network) -> Wanted:
    """What the address asks for; what makes no sense is as if it had not been said. A side beside
    the first has that one's date where none is told."""
    said = here.request.query_params
    kind, district = said.get("kind", ""), said.get("district", "")
    outlet = line_of(said.get("outlet", ""), TYPED_MOST)
    without = _known(network, f"outlet:{outlet}" if outlet else said.get("without", ""))
    first = Side(_date(said.get("on", "")), _known(network, said.get("given", "")))
    to = _date(said.get("to", ""))
    second = Side(to or first.on, without)
    return Wanted(
        kind if kind in kinds_in(network) else "",
        _hour(said.get("day", ""), said.get("hour", "")),
        said.get("steps") == "1",
        district if any(one.district == district for one in network.outlets.values()) else "",
        line_of(said.get("q", ""), TYPED_MOST),
        "room" if said.get("by") == "room" else "",
        first,
        second if (to is not None or without) and second != first else None,
    )


def _date(told: str) -> date | None:
    found = date_of(told)
    return found if found is not None and found.year in YEARS else None


def _hour(day: str, hour: str) -> int | None:
    """An hour of the week; a day without an hour is no question, nor an hour without a day."""
    number, clock = read_minor(day), read_minor(hour)
    if number is None or clock is None or number >= len(DAYS) or clock >= HOURS_OF_DAY:
        return None
    found = number * HOURS_OF_DAY + clock
    assert found < HOURS_OF_WEEK
    return found


def _known(network: Network, without: str) -> str:
    return without if _missing(network, without) is not None else ""


def _missing(network: Network, without: str) -> Network | None:
    """The network without something; None where nothing is called so."""
    kind, _, code = without.partition(":")
    parties: Mapping[str, tuple[Any, Any]] = {
        "agent": (network.agents, without_agent),
        "route": (network.routes, without_route),
        "outlet": (network.outlets, without_outlet),
    }
    if kind not in parties:
        return None
    each, less = parties[kind]
    number = next((one.number for one in each.values() if one.code == code), None)
    return None if number is None else less(network, number)


async def seen_on(room: OperatorRoom, ground: Ground, asked: Wanted, side: Side) -> Coverage:
    """The layer as it is on one side, on the ground of now: where people live and outlets stand is
    that of today; services and hours are those of the side's date."""
    if side == AS_IT_IS:
        return await seen_in(ground, asked.layer, ground.offers)
    network, at = ground.network, ground.counted_at
    if side.on is not None:
        network = await room.network_on(side.on)
        at = datetime.combine(side.on, NOON, tzinfo=ZoneInfo(network.zone))
    offers = await asyncio.to_thread(_offers, network, side, at)
    return await seen_in(ground, asked.layer, {one: offers[one] for one in ground.offers})


def _offers(network: Network, side: Side, at: datetime) -> Mapping[int, Offer]:
    stood = network if side.on is None else as_on(network, side.on)
    missing = _missing(stood, side.without)
    return offers_of(stood if missing is None else missing, at)


def scenarios(show: Show, network: Network) -> list[tuple[str, str]]:
    """Agents and ways that could be missing; an outlet is typed."""
    agents = [
        (f"agent:{one.code}", show.t("没有机构：", "without the agent ") + show.say(one.name))
        for one in network.agents.values()
    ]
    routes = [
        (f"route:{one.code}", show.t("没有通道：", "without the way ") + show.say(one.name))
        for one in network.routes.values()
    ]
    return [*agents, *routes]


def named(show: Show, network: Network, side: Side) -> str:
    """What a side is called."""
    on = show.t("现在", "now") if side.on is None else side.on.isoformat()
    known = dict(scenarios(show, network))
    code = side.without.partition(":")[2]
    outlet = next((one for one in network.outlets.values() if one.code == code), None)
    if side.without in known:
        return f"{on} · {known[side.without]}"
    if side.without.startswith("outlet:") and outlet is not None:
        return f"{on} · " + show.t("没有网点：", "without the outlet ") + show.say(outlet.name)
    return on
