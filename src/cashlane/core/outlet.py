"""May this outlet take this biller's money now: contract, service, notice, window, open ways."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from cashlane.core.bill import Biller, Notice
from cashlane.core.network import Contract, Network, Outlet, Way
from cashlane.core.refusals import Refused, first
from cashlane.core.routing import Closed, Outlook, WayState, pick, way_states
from cashlane.core.stand_in import applies
from cashlane.values.text import Text


class Permit(Struct, frozen=True):
    """The contract to take a payment under, and its certified ways as they stand.

    `stands_in`: none of them is open, and the network stands in.
    """

    contract: Contract
    ways: tuple[WayState, ...]
    stands_in: bool

    def way(self, lot: int, now: datetime) -> Way:
        """The way that a payment of this lot is priced by."""
        return pick(self.ways, lot, now) or self.ways[0].way


def may_take(
    network: Network, outlet: Outlet, biller: Biller, now: datetime, outlook: Outlook
) -> Permit | Refused:
    """The contract to take it under with its ways, or the refusal that the catalogue puts first."""
    name: dict[str, str | int | Text] = {"biller": biller.name}
    contract = network.contract(outlet.number, biller.number)
    ways = tuple(way_states(contract, outlook, now)) if contract else ()
    stands_in = applies(network.stand_in, biller.number, ways, now)
    found = []
    if outlet.suspended:
        found.append(Refused("OUTLET_SUSPENDED"))
    if (outlet.number, biller.number) in network.withdrawn:
        found.append(Refused("SERVICE_WITHDRAWN", name))
    if contract is None:
        found.append(Refused("NO_CONTRACT", name))
    elif not stands_in and not any(way.share for way in ways):
        found.append(Refused("NO_ROUTE", name | {"why": _why(ways)}))
    found += _closed(network, biller, now)
    refused = first(found)
    if refused is not None or contract is None:
        return refused or Refused("NO_CONTRACT", name)
    return Permit(contract, ways, stands_in)


_WHY: dict[Closed, Text] = {
    "sick": Text("通道无应答", "the way does not answer"),
    "refuses": Text("通道拒绝办理", "the way refuses the service"),
    "withdrawn": Text("通道方已停办", "the way was withdrawn"),
    "maintenance": Text("通道维护中", "the way is under maintenance"),
    "shut": Text("通道已由管理方停用", "the way was shut by its operator"),
}
_UNSIGNED = Text("没有已验收的通道", "no certified way exists")


def _why(ways: Sequence[WayState]) -> Text:
    """Why the preferred way is closed: what its own notice says, else what is known of it."""
    for state in ways:
        if state.closed is not None:
            return state.sentence or _WHY[state.closed]
    return _UNSIGNED


def _closed(network: Network, biller: Biller, now: datetime) -> list[Refused]:
    found = []
    for notice in _notices_now(biller, now):
        places = {"biller": biller.name, "sentence": notice.sentence}
        found.append(Refused("BILLER_NOTICE", places))
    hour = network.local(now).time()
    if biller.windows and not any(win.opens <= hour < win.closes for win in biller.windows):
        hours = ", ".join(f"{win.opens:%H:%M}-{win.closes:%H:%M}" for win in biller.windows)
        said: dict[str, str | int | Text] = {
            "biller": biller.name,
            "windows": hours,
            "now": f"{hour:%H:%M}",
        }
        found.append(Refused("WINDOW_CLOSED", said))
    return found


def window_ends(network: Network, biller: Biller, now: datetime) -> datetime | None:
    """When the biller's present window ends; None where it has no windows."""
    local = network.local(now)
    for window in biller.windows:
        if window.opens <= local.time() < window.closes:
            return local.replace(
                hour=window.closes.hour, minute=window.closes.minute, second=0, microsecond=0
            )
    return None


class Standing(Struct, frozen=True):
    """A biller at one outlet now: open (`refused` is None), or why not.

    `since` and `until` bound the closure where they are known beforehand.
    """

    refused: Refused | None
    since: datetime | None
    until: datetime | None


def standing(
    network: Network, outlet: Outlet, biller: Biller, now: datetime, outlook: Outlook
) -> Standing:
    """Whether this biller's bills may be paid at this outlet now, and why not since when."""
    answer = may_take(network, outlet, biller, now, outlook)
    if not isinstance(answer, Refused):
        return Standing(None, None, None)
    if answer.code == "NO_ROUTE":
        return Standing(answer, *_ways_bounds(network, outlet, biller, now, outlook))
    since, until = _bounds(network, outlet, biller, now, answer.code)
    return Standing(answer, since, until)


def _ways_bounds(
    network: Network, outlet: Outlet, biller: Biller, now: datetime, outlook: Outlook
) -> tuple[datetime | None, datetime | None]:
    """Closed since the last way closed, until the first that says so opens again."""
    contract = network.contract(outlet.number, biller.number)
    assert contract is not None, "without a contract the refusal is another"
    states = way_states(contract, outlook, now)
    since = [state.since for state in states if state.since is not None]
    until = [state.until for state in states if state.until is not None]
    return max(since, default=None), min(until, default=None)


def _bounds(
    network: Network, outlet: Outlet, biller: Biller, now: datetime, code: str
) -> tuple[datetime | None, datetime | None]:
    match code:
        case "OUTLET_SUSPENDED":
            return _withdrawn_since(network, outlet, 0), None
        case "SERVICE_WITHDRAWN":
            return _withdrawn_since(network, outlet, biller.number), None
        case "BILLER_NOTICE":
            notice = _notices_now(biller, now)[0]
            return notice.since, notice.until
        case "WINDOW_CLOSED":
            return _between_windows(network, biller, now)
    return None, None


def _withdrawn_since(network: Network, outlet: Outlet, biller: int) -> datetime | None:
    since = network.withdrawn.get((outlet.number, biller))
    return datetime.combine(since, time.min, tzinfo=ZoneInfo(network.zone)) if since else None


def _notices_now(biller: Biller, now: datetime) -> list[Notice]:
    return [
        notice
        for notice in biller.notices
        if notice.since <= now and (notice.until is None or now < notice.until)
    ]


def _between_windows(network: Network, biller: Biller, now: datetime) -> tuple[datetime, datetime]:
    """The last closing before now and the next opening after it, on the network's own clock."""
    local = network.local(now)
    days = [local.date() + timedelta(days=turn) for turn in (-1, 0, 1)]

    def at(*, opening: bool) -> list[datetime]:
        hours = [win.opens if opening else win.closes for win in biller.windows]
        return [datetime.combine(day, hour, tzinfo=local.tzinfo) for day in days for hour in hours]

    closed = max(moment for moment in at(opening=False) if moment <= local)
    return closed, min(moment for moment in at(opening=True) if moment > local)
