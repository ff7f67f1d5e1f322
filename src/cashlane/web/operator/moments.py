"""Days and moments as they are typed, in the network's zone and within what can be kept."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cashlane.core.refusals import Refused
from cashlane.values.text import Text
from cashlane.web.operator.show import Show

FAR = timedelta(days=36_525)
"""A century from now: what is further off was mistyped, and may not be read back."""


def moment(text: str, show: Show, what: Text) -> datetime | Refused | None:
    """A date and time; None where nothing was typed."""
    if not text:
        return None
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        return Refused("MALFORMED", {"what": what})
    if typed.tzinfo is not None or not _near(typed.date(), show):
        return Refused("MALFORMED", {"what": what})
    return typed.replace(tzinfo=ZoneInfo(show.network.zone))


def day(text: str, show: Show, what: Text) -> date | Refused:
    """A date."""
    try:
        typed = date.fromisoformat(text)
    except ValueError:
        return Refused("MALFORMED", {"what": what})
    return typed if _near(typed, show) else Refused("MALFORMED", {"what": what})


def _near(typed: date, show: Show) -> bool:
    return abs(typed - show.network.local(show.now).date()) <= FAR
