"""May this outlet take this biller's money now: contract, service, notice, window, open ways."""

from collections.abc import Collection
from datetime import datetime

from cashlane.core.bill import Biller
from cashlane.core.network import Contract, Network, Outlet
from cashlane.core.refusals import Refused, first
from cashlane.values.text import Text


def may_take(
    network: Network, outlet: Outlet, biller: Biller, now: datetime, shut: Collection[int]
) -> Contract | Refused:
    """The contract to take it under, or the refusal that the catalogue puts first.

    `shut` are the numbers of routes that are known to be closed at the moment.
    """
    name = {"biller": biller.name}
    contract = network.contract(outlet.number, biller.number)
    found = []
    if outlet.suspended:
        found.append(Refused("OUTLET_SUSPENDED"))
    if (outlet.number, biller.number) in network.withdrawn:
        found.append(Refused("SERVICE_WITHDRAWN", name))
    if contract is None:
        found.append(Refused("NO_CONTRACT", name))
    elif not [route for route in contract.routes if route not in shut]:
        found.append(Refused("NO_ROUTE", name))
    found += _closed(network, biller, now)
    refused = first(found)
    if refused is not None or contract is None:
        return refused or Refused("NO_CONTRACT", name)
    return contract


def _closed(network: Network, biller: Biller, now: datetime) -> list[Refused]:
    found = []
    for notice in biller.notices:
        if notice.since <= now and (notice.until is None or now < notice.until):
            places = {"biller": biller.name, "sentence": notice.sentence}
            found.append(Refused("BILLER_NOTICE", places))
    time = network.local(now).time()
    if biller.windows and not any(win.opens <= time < win.closes for win in biller.windows):
        hours = ", ".join(f"{win.opens:%H:%M}-{win.closes:%H:%M}" for win in biller.windows)
        said: dict[str, str | int | Text] = {
            "biller": biller.name,
            "windows": hours,
            "now": f"{time:%H:%M}",
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
